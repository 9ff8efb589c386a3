//! What kind of line one is, by its first characters, as soon as they tell. After CommonMark and GitHub's tables, for
//! what models write.

/// What decides beside the line itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// The line before belongs to a paragraph that goes on.
    pub in_paragraph: bool,
    /// An item of a list was before, and nothing since that ends the list.
    pub in_list: bool,
    /// The line before may be the first of a table.
    pub after_bar: bool,
}

/// A kind of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// Nothing.
    Blank,
    /// Words from this place (in bytes). `begins`: a paragraph of their own. `is_item`: of a list. `is_alone`: a heading,
    /// which ends with the line.
    Words { from: usize, begins: bool, is_item: bool, is_alone: bool },
    /// The beginning of a block of code, which so many of these marks close.
    Fence { mark: char, width: usize },
    /// Code that is set in.
    Code,
    /// A line across, or under a heading.
    Rule,
    /// The second line of a table.
    Table,
    /// The target of links elsewhere.
    Target,
}

/// The kind of `line`, which is complete where `is_whole`; `None` while more of it is needed.
pub(super) fn head(line: &str, is_whole: bool, around: Around) -> Option<Head> {
    let (mut from, mut begins, mut is_item) = (0, false, false);
    loop {
        let rest = line.get(from..).unwrap_or_default();
        let inner = rest.trim_start();
        let indent = rest.len() - inner.len();
        let Some(mark) = inner.chars().next() else {
            return is_whole.then_some(if is_item {
                Head::Words { from: line.len(), begins: true, is_item, is_alone: false }
            } else {
                Head::Blank
            });
        };
        let is_code = !is_item && !around.in_paragraph && !around.in_list;
        if is_code && (indent >= 4 || rest.starts_with('\t')) {
            return Some(Head::Code);
        }
        from += indent;
        let words = |begins| Some(Head::Words { from, begins, is_item, is_alone: false });
        let only = |marks: &str| inner.trim_end().chars().all(|mark| marks.contains(mark));
        if around.after_bar && !is_item && only("|:- \t") {
            if !is_whole {
                return None;
            }
            if inner.contains('-') && (inner.contains('|') || inner.contains(':')) {
                return Some(Head::Table);
            }
        }
        let skip = match mark {
            '>' => 1,
            '`' | '~' => {
                let width = inner.chars().take_while(|other| *other == mark).count();
                if width < 3 && (width < inner.len() || is_whole) {
                    return words(begins);
                }
                if !is_whole {
                    return None;
                }
                let info = inner.get(width..).unwrap_or_default();
                let is_fence = mark == '~' || !info.contains('`');
                return if is_fence { Some(Head::Fence { mark, width }) } else { words(begins) };
            }
            '#' => {
                let level = inner.chars().take_while(|other| *other == '#').count();
                match inner.chars().nth(level) {
                    None => return is_whole.then_some(Head::Rule),
                    Some(' ' | '\t') if level <= 6 => {
                        let from = from + level + 1;
                        return Some(Head::Words { from, begins: true, is_item, is_alone: true });
                    }
                    Some(_) => return words(begins),
                }
            }
            '-' | '*' | '_' | '+' | '=' if only(&format!("{mark} \t")) => {
                if !is_whole {
                    return None;
                }
                let count = inner.chars().filter(|other| *other == mark).count();
                if count >= 3 || (around.in_paragraph && matches!(mark, '-' | '=')) {
                    return Some(Head::Rule);
                }
                inner.len()
            }
            '-' | '*' | '+' if inner.get(1..).is_some_and(|rest| rest.starts_with([' ', '\t'])) => {
                is_item = true;
                2
            }
            '•' | '◦' | '▪' | '●' if inner.chars().nth(1).is_none_or(char::is_whitespace) => {
                is_item = true;
                mark.len_utf8()
            }
            '0'..='9' => match number(inner, is_whole, around) {
                Number::Open => return None,
                Number::None => return words(begins),
                Number::Item(length) => {
                    is_item = true;
                    length
                }
            },
            '[' => match bracket(inner, is_item, is_whole) {
                Bracket::Open => return None,
                Bracket::None => return words(begins),
                Bracket::Target => return Some(Head::Target),
                Bracket::Note(length) => {
                    begins = true;
                    length
                }
            },
            _ => return words(begins),
        };
        // A quote goes on as its lines do.
        begins |= mark != '>';
        from += skip;
    }
}

enum Number {
    Open,
    None,
    Item(usize),
}

/// "12. " or "12) ", before an item of a list.
fn number(inner: &str, is_whole: bool, around: Around) -> Number {
    let digits = inner.chars().take_while(char::is_ascii_digit).count();
    let mut after = inner.chars().skip(digits);
    match (after.next(), after.next()) {
        _ if digits > 9 => Number::None,
        // Within a paragraph only a list's first item is one: "1984. " may be the end of a sentence.
        (Some('.' | ')'), Some(' ' | '\t'))
            if around.in_paragraph && !around.in_list && inner.get(..digits) != Some("1") =>
        {
            Number::None
        }
        (Some('.' | ')'), Some(' ' | '\t')) => Number::Item(digits + 2),
        (None, _) | (Some('.' | ')'), None) if !is_whole => Number::Open,
        _ => Number::None,
    }
}

enum Bracket {
    Open,
    None,
    Target,
    Note(usize),
}

/// "[ ] " of a task, "[^1]: " of a footnote, "[name]: address".
fn bracket(inner: &str, is_item: bool, is_whole: bool) -> Bracket {
    let end = inner.find(']');
    let after = end.and_then(|end| inner.get(end + 1..)).and_then(|rest| rest.chars().next());
    match (end, after) {
        (None, _) | (Some(_), None) => {
            // Nobody names a target with a sentence.
            if is_whole || inner.chars().count() > 60 { Bracket::None } else { Bracket::Open }
        }
        (Some(2), Some(' ')) if is_item && matches!(inner.get(1..2), Some(" " | "x" | "X")) => {
            Bracket::Note(4)
        }
        (Some(end), Some(':')) if inner.starts_with("[^") => Bracket::Note(end + 2),
        (Some(_), Some(':')) => Bracket::Target,
        _ => Bracket::None,
    }
}
