//! Passwords: a word for password, a sign or word that says "is", and on the same line something that looks like one.
//!
//! What looks like one: at least six characters, not only letters, no call, path, address or variable, not a
//! placeholder. A password of letters alone stays unfound: "the password is wrong" is said far more often.
//!
//! In Chinese the same way keys of services nobody has a rule for; English ones have gitleaks' rule for anything called
//! a key.

use crate::finding::{Finding, Kind};
use regex::Regex;
use std::sync::LazyLock;

const SHORTEST: usize = 6;
const LONGEST: usize = 128;

/// The word, what says "is" (in Chinese a space does, too), and the value, in quotes of its own (`quoted`) or `bare`.
static LABELLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        (?:
            (?: (?i: pass (?:word|wd|phrase|code) | (?:\b|_) (?:pass|pwd) ) | 密码 | 密碼 | 口令 | (?<key> 密钥 | 密鑰 | 令牌 ) )
            ["'`”’\]]{0,2} [\ \t]*
            (?: :=? | => | = | ： | ＝ | (?i:\ is) (?:[:：]|\ ) | [是为為] [:：]? )
            [\ \t]*
        | (?: 密码 | 密碼 | 口令 ) [\ \t]+
        )
        (?: ["'`“‘] (?<quoted>[!-~]{1,200}?) ["'`”’] | (?<bare>[!-~]{1,200}) )
        "#,
    )
    .ok()
});

/// Words that stand in a password's place.
const PLACEHOLDERS: [&str; 16] = [
    "password",
    "passwd",
    "your",
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "redacted",
    "secret",
    "xxxx",
    "****",
    "....",
    "null",
    "undefined",
    "string",
];

/// Finds passwords that are called so.
pub(crate) fn find(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for captures in LABELLED.iter().flat_map(|labelled| labelled.captures_iter(text)) {
        let (start, value, is_bare) = match (captures.name("quoted"), captures.name("bare")) {
            (Some(quoted), _) => (quoted.start(), quoted.as_str(), false),
            (None, Some(bare)) => {
                let value = bare.as_str().trim_end_matches(['.', ',', ';', ':', ')', '"', '\'', '`']);
                (bare.start(), value, true)
            }
            (None, None) => continue,
        };
        let (kind, looks_so) = match captures.name("key") {
            Some(_) => (Kind::ApiKey { service: None }, is_password(value) && is_key(value)),
            None => (Kind::Password, is_password(value)),
        };
        if looks_so && !(is_bare && is_code(value)) {
            found.push(Finding { kind, start, end: start + value.len() });
        }
    }
    found
}

/// Whether it is as long and mixed as keys are. What has dashes is more often the name of a cipher.
fn is_key(value: &str) -> bool {
    value.len() >= 16
        && value.bytes().filter(u8::is_ascii_digit).count() >= 2
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_'))
}

fn is_password(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let has = |class: fn(&u8) -> bool| value.bytes().any(|byte| class(&byte));
    let (letters, digits) = (has(u8::is_ascii_alphabetic), has(u8::is_ascii_digit));
    // Beside letters, a sign that joins words makes none: `at-least`, `req.body`, `user_name`.
    let signs =
        value.bytes().any(|byte| byte.is_ascii_punctuation() && !matches!(byte, b'-' | b'_' | b'.' | b'/'));
    let mixed =
        if letters { digits || signs } else { digits && value.bytes().all(|byte| byte.is_ascii_digit()) };
    (SHORTEST..=LONGEST).contains(&value.len())
        && mixed
        && !PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder))
        && !value.starts_with(['$', '%', '{', '<', '[', '(', '/', '~', '.', ':', '=', '*', '&'])
        && !value.contains("://")
        && !is_measure(&lower)
}

/// What a program's text has in a value's place: a call, an index, a name of several words, a path of names.
fn is_code(value: &str) -> bool {
    let names = |value: &str, joint: char| {
        value.split(joint).all(|name| {
            name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    };
    let in_small_letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    value.contains(['(', ')', '[', ']', '{', '}', '<', '>', '"', '\'', '`', '\\', ';', '|', ','])
        || ["::", "->", "==", "?."].iter().any(|sign| value.contains(sign))
        || value.starts_with("0x")
        || (value.contains('_') && value.bytes().all(in_small_letters))
        || (value.contains('.') && names(value.trim_start_matches('!'), '.'))
}

/// `8-character`, `2-factor`, `12-digit`.
fn is_measure(lower: &str) -> bool {
    lower.split_once('-').is_some_and(|(number, word)| {
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && word.len() > 3
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}
