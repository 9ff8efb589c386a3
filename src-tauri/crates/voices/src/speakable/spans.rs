//! The spans of Markdown that no sentence may be cut in: code, links, formulas, tags. Decided from left to right in text
//! that may still be growing, with an end to the patience for what never closes.

/// How long a span may be, in characters: what is longer was never meant to be one.
const LONGEST: usize = 600;

/// What begins at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// Nothing but a character.
    None,
    /// What follows decides, and is not there yet.
    Wait,
    /// Marks without a meaning of their own, up to this place.
    Marks(usize),
    /// A character that is meant as it stands.
    Escape,
    /// Code within a line.
    Code { to: usize },
    /// A link or picture; its words are between the two places.
    Link { words: (usize, usize), to: usize },
    /// The mark of a footnote.
    Footnote { to: usize },
    /// A formula within a line, between the two places.
    Formula { inner: (usize, usize), to: usize },
    /// The beginning of a formula on its own, and what closes it.
    Display { close: [char; 2] },
    /// A tag of HTML; words on its two sides belong together unless it `is_border`.
    Tag { to: usize, is_border: bool },
}

/// What begins at `at`. Nothing comes after `text` where `is_whole`.
pub(super) fn span(text: &[char], at: usize, is_whole: bool) -> Span {
    let found = match text.get(at) {
        Some('\\') => escape(text, at),
        Some('`') => code(text, at, is_whole),
        Some('$') => dollar(text, at, is_whole),
        Some('[') => link(text, at, is_whole),
        Some('!') => match (text.get(at + 1), text.get(at + 2)) {
            (None, _) | (Some('['), None) => Span::Wait,
            (Some('['), Some(next)) if *next != '^' => link(text, at + 1, is_whole),
            _ => Span::None,
        },
        Some('<') => tag(text, at),
        _ => Span::None,
    };
    if found == Span::Wait && (is_whole || text.len() - at > LONGEST) { Span::None } else { found }
}

fn find(text: &[char], from: usize, is_wanted: impl Fn(usize, char) -> bool) -> Option<usize> {
    let found = text.iter().enumerate().skip(from).take(LONGEST).find(|(at, mark)| is_wanted(*at, **mark));
    found.map(|(at, _)| at)
}

fn escape(text: &[char], at: usize) -> Span {
    match text.get(at + 1) {
        None => Span::Wait,
        Some('[') => Span::Display { close: ['\\', ']'] },
        Some('(') => find(text, at + 2, |here, mark| mark == '\\' && text.get(here + 1) == Some(&')'))
            .map_or(Span::Wait, |end| Span::Formula { inner: (at + 2, end), to: end + 2 }),
        Some(next) if next.is_ascii_punctuation() => Span::Escape,
        Some(_) => Span::None,
    }
}

fn code(text: &[char], at: usize, is_whole: bool) -> Span {
    let run = |from: usize| text.iter().skip(from).take_while(|mark| **mark == '`').count();
    let width = run(at);
    if at + width == text.len() && !is_whole {
        return Span::Wait;
    }
    let mut from = at + width;
    while let Some(close) = find(text, from, |_, mark| mark == '`') {
        let closing = run(close);
        if close + closing == text.len() && !is_whole {
            return Span::Wait;
        }
        if closing == width {
            return Span::Code { to: close + closing };
        }
        from = close + closing;
    }
    if is_whole || text.len() - at > LONGEST { Span::Marks(at + width) } else { Span::Wait }
}

/// A formula as Pandoc has it: no space inside the two signs and no digit after them; and no sum of money.
fn dollar(text: &[char], at: usize, is_whole: bool) -> Span {
    match text.get(at + 1) {
        None => return Span::Wait,
        Some('$') => return Span::Display { close: ['$', '$'] },
        Some(next) if next.is_whitespace() => return Span::None,
        Some(_) => {}
    }
    let amount =
        text.iter().skip(at + 1).take_while(|mark| mark.is_ascii_digit() || ",.".contains(**mark)).count();
    if amount > 0 {
        let after = find(text, at + 1 + amount, |_, mark| !mark.is_whitespace());
        match after.and_then(|after| text.get(after)) {
            None => return Span::Wait,
            Some(mark) if "+-*/=<>^\\_$×·".contains(*mark) => {}
            Some(_) => {
                let rest = text.iter().skip(at + 1 + amount);
                let word = rest.clone().take_while(|mark| mark.is_alphanumeric()).count();
                match text.get(at + 1 + amount + word) {
                    None if !is_whole => return Span::Wait,
                    Some('$' | '^' | '_' | '\\') if word > 0 => {}
                    _ => return Span::None,
                }
            }
        }
    }
    let close = find(text, at + 1, |here, mark| {
        let before = text.get(here - 1).copied().unwrap_or(' ');
        mark == '$' && here > at + 1 && !before.is_whitespace() && before != '\\'
    });
    match close {
        None => Span::Wait,
        Some(close) => match text.get(close + 1) {
            None if !is_whole => Span::Wait,
            Some(next) if next.is_ascii_digit() => Span::None,
            _ => Span::Formula { inner: (at + 1, close), to: close + 1 },
        },
    }
}

fn closing(text: &[char], at: usize, pair: (char, char)) -> Option<usize> {
    let mut depth = 0_usize;
    let mut is_escaped = false;
    for (here, mark) in text.iter().enumerate().skip(at).take(LONGEST) {
        if is_escaped {
            is_escaped = false;
        } else if *mark == '\\' {
            is_escaped = true;
        } else if *mark == pair.0 {
            depth += 1;
        } else if *mark == pair.1 {
            depth -= 1;
            if depth == 0 {
                return Some(here);
            }
        }
    }
    None
}

fn link(text: &[char], at: usize, is_whole: bool) -> Span {
    let Some(end) = closing(text, at, ('[', ']')) else { return Span::Wait };
    if text.get(at + 1) == Some(&'^') {
        return Span::Footnote { to: end + 1 };
    }
    let words = (at + 1, end);
    match text.get(end + 1) {
        None if !is_whole => Span::Wait,
        Some('(') => {
            closing(text, end + 1, ('(', ')')).map_or(Span::Wait, |to| Span::Link { words, to: to + 1 })
        }
        Some('[') => closing(text, end + 1, ('[', ']')).map_or(Span::Wait, |to| match text.get(end + 2) {
            // Two marks of sources in a row.
            Some(next) if next.is_ascii_digit() || *next == '^' => Span::None,
            _ => Span::Link { words, to: to + 1 },
        }),
        // "[3]" after a word or stop tells a source; after a name it belongs to the name.
        _ if is_source(text, at, end) => Span::Footnote { to: end + 1 },
        _ => Span::None,
    }
}

fn is_source(text: &[char], at: usize, end: usize) -> bool {
    let inner = text.get(at + 1..end).unwrap_or_default();
    let is_number =
        !inner.is_empty() && inner.iter().all(|mark| mark.is_ascii_digit() || ", ".contains(*mark));
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    is_number && before.is_some_and(|mark| !mark.is_ascii_alphanumeric() && *mark != '_' && *mark != '=')
}

/// Elements that change how words look and not where they stand.
const WITHIN_LINES: &[&str] = &[
    "a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "u", "var", "wbr",
];

fn tag(text: &[char], at: usize) -> Span {
    match text.get(at + 1) {
        None => return Span::Wait,
        Some(next) if next.is_ascii_alphabetic() || *next == '/' || *next == '!' => {}
        Some(_) => return Span::None,
    }
    if text.get(at + 1) == Some(&'!') {
        let close =
            find(text, at + 4, |here, mark| mark == '>' && text.get(here - 2..here) == Some(&['-', '-']));
        return close.map_or(Span::Wait, |close| Span::Tag { to: close + 1, is_border: false });
    }
    let Some(close) = find(text, at + 1, |_, mark| mark == '>' || mark == '<') else { return Span::Wait };
    if text.get(close) == Some(&'<') {
        return Span::None;
    }
    let inner: String = text.get(at + 1..close).unwrap_or_default().iter().collect();
    // An address in angle brackets is a link.
    if inner.contains("://") && !inner.contains(char::is_whitespace) {
        return Span::Link { words: (at + 1, close), to: close + 1 };
    }
    let name = inner.trim_start_matches('/').split(|mark: char| !mark.is_ascii_alphanumeric()).next();
    let name = name.unwrap_or_default().to_ascii_lowercase();
    Span::Tag { to: close + 1, is_border: !WITHIN_LINES.contains(&name.as_str()) }
}
