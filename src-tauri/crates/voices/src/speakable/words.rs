//! Turns the Markdown of one sentence into words as they are spoken.

use super::spans::{Span, span};
use crate::language::is_han;
use pulldown_cmark::{BrokenLink, Event, LinkType, Options, Parser, Tag, TagEnd};
use unicode_properties::UnicodeEmoji;

/// Stands before the sentence, so that nothing in it is taken for the beginning of a heading, list or table.
const BEFORE: &str = "x ";
/// The longest code that is spoken, in characters and in words.
const LONGEST_NAME: usize = 40;
const MOST_WORDS: usize = 4;

/// The spoken words of `markdown`; empty where nothing is to be said.
pub(super) fn words(markdown: &str) -> String {
    let line = format!("{BEFORE}{}", one_line(&without_spans(markdown)));
    let mut links =
        |link: BrokenLink<'_>| (link.link_type == LinkType::Reference).then(|| ("".into(), "".into()));
    let parser =
        Parser::new_with_broken_link_callback(&line, Options::ENABLE_STRIKETHROUGH, Some(&mut links));
    let mut text = String::new();
    for event in parser {
        match event {
            Event::Text(words) => text.push_str(&words),
            Event::Code(code) => text.push_str(&spoken_code(&code)),
            Event::SoftBreak
            | Event::HardBreak
            | Event::Start(Tag::Image { .. })
            | Event::End(TagEnd::Image) => {
                text.push(' ');
            }
            _ => {}
        }
    }
    let text = text.strip_prefix(BEFORE.trim_end()).unwrap_or(&text);
    let text = without_marks(&with_hosts(text));
    if text.chars().any(char::is_alphanumeric) { tidy(&text) } else { String::new() }
}

/// Puts words in the place of formulas, and nothing in that of footnotes and tags.
fn without_spans(markdown: &str) -> String {
    let text: Vec<char> = markdown.chars().collect();
    let (mut kept, mut at) = (String::new(), 0);
    let range = |from: usize, to: usize| text.get(from..to).unwrap_or_default().iter().collect::<String>();
    while at < text.len() {
        let found = span(&text, at, true);
        let to = match found {
            Span::Formula { to, .. }
            | Span::Tag { to, .. }
            | Span::Footnote { to }
            | Span::Code { to }
            | Span::Marks(to) => to,
            Span::Escape => at + 2,
            // Words of a link have spans of their own; the rest of it is the parser's.
            _ => at + 1,
        };
        match found {
            Span::Formula { inner, .. } => kept.push_str(&spoken_formula(&range(inner.0, inner.1))),
            Span::Tag { .. } => kept.push(' '),
            Span::Footnote { .. } => {}
            _ => kept.push_str(&range(at, to)),
        }
        at = to;
    }
    kept
}

/// Joins lines: with a space, but not within Chinese.
fn one_line(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_close = |letter: Option<char>| letter.is_some_and(|letter| is_han(letter) || is_wide(letter));
        let joins = is_close(joined.chars().next_back()) && is_close(line.chars().next());
        if !joined.is_empty() && !joins {
            joined.push(' ');
        }
        joined.push_str(line);
    }
    joined
}

/// Chinese punctuation.
fn is_wide(mark: char) -> bool {
    matches!(mark, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}' | '“' | '”' | '…' | '—')
}

/// Code that reads as words or as a short name; nothing for any other.
fn spoken_code(code: &str) -> String {
    let name = code.trim().trim_end_matches("()").trim_start_matches(['-', '.', '/', '~', '@']);
    let is_name = name.chars().count() <= LONGEST_NAME
        && name.split_whitespace().count() <= MOST_WORDS
        && name.chars().any(char::is_alphanumeric)
        && name.chars().all(|mark| mark.is_alphanumeric() || " _-./:#+".contains(mark));
    if !is_name {
        return String::new();
    }
    name.replace("::", " ").replace('_', " ")
}

/// A formula that reads aloud as it is written, Greek letters by their names; nothing for any other.
fn spoken_formula(formula: &str) -> String {
    let (mut said, mut rest) = (String::new(), formula.trim());
    while let Some(mark) = rest.chars().next() {
        if mark != '\\' {
            // "H_2O" and "x_{1}" are read as chemists and engineers do.
            if !"_{}".contains(mark) {
                said.push(mark);
            }
            rest = rest.get(mark.len_utf8()..).unwrap_or_default();
            continue;
        }
        let command = rest.get(1..).unwrap_or_default();
        let length = command.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(command.len());
        let (command, after) = command.split_at(length);
        said.push_str(match command {
            "times" => " × ",
            "div" => " ÷ ",
            "pm" => " ± ",
            "approx" => " ≈ ",
            "to" | "rightarrow" => " → ",
            "circ" => "°",
            "%" | "" => "",
            _ if GREEK.contains(&command.to_ascii_lowercase().as_str()) => command,
            _ => return String::new(),
        });
        rest = after;
    }
    let reads = |mark: char| mark.is_alphanumeric() || " =+-<>%,.()×÷±≈°→'".contains(mark);
    if said.chars().all(reads) { said.replace('<', " &lt; ") } else { String::new() }
}

const GREEK: &[&str] = &[
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
];

/// Puts the host in the place of every address.
fn with_hosts(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, scheme)) = ["https://", "http://", "www."]
        .into_iter()
        .filter_map(|scheme| Some((rest.find(scheme)?, scheme)))
        .min_by_key(|(at, _)| *at)
    {
        let (before, address) = rest.split_at(at);
        said.push_str(before);
        let address = address.get(scheme.len()..).unwrap_or_default();
        let is_end = |mark: char| mark.is_whitespace() || !mark.is_ascii() || "<>\"'`|".contains(mark);
        let whole = address.get(..address.find(is_end).unwrap_or(address.len())).unwrap_or_default();
        let whole = whole.trim_end_matches(|mark: char| ".,;:!?)]*_".contains(mark));
        let host = whole.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let is_address = !host.is_empty() && !before.ends_with(char::is_alphanumeric);
        said.push_str(if is_address { host.strip_prefix("www.").unwrap_or(host) } else { scheme });
        let whole = if is_address { whole } else { "" };
        rest = address.get(whole.len()..).unwrap_or_default();
    }
    said.push_str(rest);
    said
}

/// Leaves out emoji and ornaments, and marks of emphasis whose other half is in another sentence.
fn without_marks(text: &str) -> String {
    let text: Vec<char> = text.chars().collect();
    let mut kept = String::with_capacity(text.len());
    for (at, mark) in text.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| text.get(before)).copied();
        let after = text.get(at + 1).copied();
        let are = |is_so: fn(char) -> bool| before.is_some_and(is_so) && after.is_some_and(is_so);
        let is_kept = match mark {
            '*' | '_' => are(char::is_alphanumeric) || are(char::is_whitespace),
            '~' => before != Some('~') && after != Some('~'),
            mark => !is_ornament(*mark),
        };
        if is_kept {
            kept.push(*mark);
        }
    }
    kept
}

fn is_ornament(mark: char) -> bool {
    match mark {
        '©' | '®' | '™' => false,
        // Joiners, keycaps, variants and tags of emoji; boxes, shapes, dingbats.
        '\u{200b}'..='\u{200d}'
        | '\u{2060}'
        | '\u{20e3}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{e0020}'..='\u{e007f}'
        | '\u{2500}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}' => true,
        mark => !mark.is_ascii() && mark.is_emoji_char(),
    }
}

/// One space between words, and none that something left out has left behind.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let joins = word.starts_with(is_wide_stop) || word.chars().all(|mark| ".,;:!?)\"'”’".contains(mark));
        let opens = tidied.ends_with(['(', '（']);
        if !tidied.is_empty() && !joins && !opens {
            tidied.push(' ');
        }
        tidied.push_str(word);
    }
    let empty = ["()", "（）", "[]", "\"\"", "“”"];
    let tidied = empty.into_iter().fold(tidied, |text, pair| text.replace(pair, ""));
    tidied.trim_start_matches(|mark: char| " ,;:，、；：".contains(mark)).trim().to_owned()
}

fn is_wide_stop(mark: char) -> bool {
    "，。；：！？、）".contains(mark)
}
