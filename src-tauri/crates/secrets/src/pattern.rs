//! Patterns written for Go's regular expressions, made into Rust's.

use regex::bytes::{Regex, RegexBuilder};

/// How most gitleaks rules say that a key ends, without the closing bracket.
const END: &str = r#"(?:[\x60'"\s;]|\\[nr]|$"#;
/// The same for prose and addresses, where a key may be followed by a comma, a full stop or a bracket.
const END_IN_PROSE: &str = r#"(?:[\x60'"\s;,.!?)\]}>&|*]|\\[nr]|$"#;

/// Compiles a pattern. As in Go, classes such as `\w` are of ASCII.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&braced(pattern)).unicode(false).size_limit(64 << 20).build()
}

/// Lets a key end where a sentence does.
pub(crate) fn in_prose(pattern: &str) -> String {
    pattern.replace(END, END_IN_PROSE)
}

/// Escapes braces that repeat nothing. Go reads them as themselves, Rust refuses them.
fn braced(pattern: &str) -> String {
    let mut braced = String::with_capacity(pattern.len() + 8);
    let mut escaped = false;
    for (place, character) in pattern.char_indices() {
        if character == '{' && !escaped && !repeats(&pattern[place + 1..]) {
            braced.push('\\');
        }
        escaped = character == '\\' && !escaped;
        braced.push(character);
    }
    braced
}

/// Whether what follows an opening brace makes it a repetition: `3}`, `3,}`, `3,5}`.
fn repeats(rest: &str) -> bool {
    let Some((inside, _)) = rest.split_once('}') else { return false };
    let (from, to) = inside.split_once(',').unwrap_or((inside, ""));
    let is_number = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
    !from.is_empty() && is_number(from) && is_number(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_braces_that_repeat_nothing_are_escaped() {
        assert_eq!(braced(r"^\${(?:a{2}|b{1,}|c{1,3}|{\d+})}$"), r"^\$\{(?:a{2}|b{1,}|c{1,3}|\{\d+})}$");
        assert_eq!(braced(r"\{\{x\\{y"), r"\{\{x\\\{y");
        assert!(compile(r"^\${(?:[A-Z_]+|[a-z_]+)}$").unwrap().is_match(b"${HOME}"));
    }

    #[test]
    fn a_key_may_end_a_sentence() {
        let rule = r#"\b(k-[0-9]{4})(?:[\x60'"\s;]|\\[nr]|$)"#;
        assert!(!compile(rule).unwrap().is_match(b"it is k-1234."));
        assert!(compile(&in_prose(rule)).unwrap().is_match(b"it is k-1234."));
    }
}
