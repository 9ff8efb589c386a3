//! Where sentences end, in English and Chinese, in text that may still be growing.

use crate::language::is_han;

/// Marks that may stand between a stop and the space after it: quotes, brackets, emphasis.
const CLOSERS: &[char] = &['"', '\'', '”', '’', ')', ']', '»', '」', '』', '）', '》', '】', '*', '_', '~'];
/// Marks that may stand before the first word of a sentence.
const OPENERS: &[char] = &['"', '\'', '“', '‘', '(', '[', '«', '*', '_', '~'];

/// Abbreviations that stand before what they belong to: no sentence ends with them.
const LEADING: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "gen", "col", "sgt", "capt", "lt", "rev", "hon", "mt", "e.g",
    "i.e", "cf", "vs", "viz", "ca", "approx", "incl", "esp", "resp",
];
/// Abbreviations before a number: "No. 5", but "No. That is wrong."
const BEFORE_NUMBER: &[&str] = &[
    "no", "nos", "fig", "figs", "vol", "p", "pp", "sec", "ch", "art", "eq", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
];
/// First words that tell "in the U.S. The" from "the U.S. Senate".
const FIRST_WORDS: &[&str] = &[
    "The", "A", "An", "It", "Its", "In", "On", "At", "As", "By", "For", "From", "Of", "This", "That",
    "These", "Those", "There", "He", "She", "We", "They", "You", "I", "But", "And", "Or", "So", "If", "When",
    "While", "However", "What", "Why", "How", "Who", "Where", "Which", "Then", "Here", "Now", "After",
    "Before", "Also", "Another", "Many", "Most", "Some", "Each", "Every", "All", "Both", "One", "Since",
    "Because", "Although", "His", "Her", "Their", "Our", "My", "Your", "To", "With", "Without", "Not", "No",
    "Yes", "Is", "Are", "Was", "Were", "Do", "Does", "Did", "Can", "Could", "Would", "Should", "Will", "Has",
    "Have", "Let", "Please", "Use", "Note",
];

/// Whether a sentence ends at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It goes on; the next place to look at.
    No(usize),
    /// It ends before this place.
    Ends(usize),
    /// What follows decides, and is not there yet.
    Wait,
}

/// Whether a sentence of `text` ends with the mark at `at`. Nothing comes after `text` where `is_whole`.
pub(super) fn stop(text: &[char], at: usize, is_whole: bool) -> Stop {
    match text.get(at) {
        Some('。' | '！' | '？' | '；' | '｡') => chinese(text, at, is_whole),
        // One such mark belongs to English; Chinese writes two.
        Some('…') if text.get(at + 1) == Some(&'…') || follows_chinese(text, at) => {
            chinese(text, at, is_whole)
        }
        Some('.' | '!' | '?' | '…') => english(text, at, is_whole),
        _ => Stop::No(at + 1),
    }
}

/// Cuts a text that is whole into sentences.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let text: Vec<char> = text.chars().collect();
    let (mut found, mut start, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        match stop(&text, at, true) {
            Stop::Ends(end) => {
                found.push(text.get(start..end).unwrap_or_default().iter().collect());
                (start, at) = (end, end);
            }
            Stop::No(next) => at = next,
            Stop::Wait => at += 1,
        }
    }
    found.push(text.get(start..).unwrap_or_default().iter().collect());
    found
}

fn follows_chinese(text: &[char], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|letter| is_han(*letter))
}

fn chinese(text: &[char], at: usize, is_whole: bool) -> Stop {
    let end = skip(text, at, |mark| "。！？；｡…!?".contains(mark) || CLOSERS.contains(&mark));
    if end == text.len() && !is_whole { Stop::Wait } else { Stop::Ends(end) }
}

fn english(text: &[char], at: usize, is_whole: bool) -> Stop {
    let marks = skip(text, at, |mark| ".!?…".contains(mark));
    let Some(end) = skip_closers(text, marks, is_whole) else { return Stop::Wait };
    let Some(next) = text.get(end) else {
        return if is_whole { Stop::Ends(end) } else { Stop::Wait };
    };
    let is_point = marks - at == 1 && text.get(at) == Some(&'.');
    let word = if is_point { word_before(text, at) } else { Vec::new() };
    if is_han(*next) {
        return if is_initials(&word) { Stop::No(marks) } else { Stop::Ends(end) };
    }
    if !next.is_whitespace() {
        return Stop::No(marks);
    }
    let first = skip(text, end, |letter| letter.is_whitespace() || OPENERS.contains(&letter));
    let Some(letter) = text.get(first) else {
        return if is_whole { Stop::Ends(end) } else { Stop::Wait };
    };
    if letter.is_lowercase() {
        return Stop::No(marks);
    }
    if !is_point {
        return Stop::Ends(end);
    }
    let name: String = word.iter().collect::<String>().to_lowercase();
    // The number of an item, at the beginning.
    let is_number = !word.is_empty() && word.iter().all(char::is_ascii_digit);
    if is_number && text.iter().take(at - word.len()).all(|before| before.is_whitespace()) {
        return Stop::No(marks);
    }
    if LEADING.contains(&name.as_str()) || (BEFORE_NUMBER.contains(&name.as_str()) && letter.is_ascii_digit())
    {
        return Stop::No(marks);
    }
    if is_initials(&word) && name != "a.m" && name != "p.m" {
        let after = skip(text, first, char::is_alphabetic);
        if after == text.len() && !is_whole {
            return Stop::Wait;
        }
        let first_word: String = text.get(first..after).unwrap_or_default().iter().collect();
        let begins = FIRST_WORDS.contains(&first_word.as_str()) || !letter.is_alphabetic();
        return if begins { Stop::Ends(end) } else { Stop::No(marks) };
    }
    Stop::Ends(end)
}

/// The place after quotes, brackets, emphasis and marks of footnotes; `None` when a mark is not complete yet.
fn skip_closers(text: &[char], from: usize, is_whole: bool) -> Option<usize> {
    let mut at = from;
    loop {
        at = skip(text, at, |mark| CLOSERS.contains(&mark));
        let is_footnote = text.get(at) == Some(&'[')
            && text.get(at + 1).is_none_or(|next| *next == '^' || next.is_ascii_digit());
        if !is_footnote {
            return Some(at);
        }
        match text.iter().skip(at).position(|mark| *mark == ']') {
            Some(length) => at += length + 1,
            None if is_whole => return Some(at),
            None => return None,
        }
    }
}

/// Letters, digits and the points among them right before `at`.
fn word_before(text: &[char], at: usize) -> Vec<char> {
    let before = text.get(..at).unwrap_or_default();
    let is_part = |letter: &&char| letter.is_alphanumeric() || **letter == '.';
    let length = before.iter().rev().take_while(is_part).count();
    before.get(at - length..).unwrap_or_default().to_vec()
}

/// "U.S", "J": single letters with points between them.
fn is_initials(word: &[char]) -> bool {
    !word.is_empty()
        && word.split(|letter| *letter == '.').all(|part| matches!(part, [letter] if letter.is_alphabetic()))
        && word != ['I']
}

fn skip(text: &[char], from: usize, is_skipped: impl Fn(char) -> bool) -> usize {
    from + text.iter().skip(from).take_while(|letter| is_skipped(**letter)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn cut(text: &str, wanted: &[&str]) {
        let found: Vec<String> = sentences(text).iter().map(|one| one.trim().to_owned()).collect();
        let found: Vec<&str> = found.iter().map(String::as_str).filter(|one| !one.is_empty()).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn points_that_end_nothing() {
        for whole in [
            "Dr. Smith and Mrs. Jones met Prof. Lee at St. Paul.",
            "Use a sweetener, e.g. Stevia or honey, i.e. Something sweet.",
            "It is 3.5 metres, or 1,234.56 feet.",
            "See Fig. 3 and No. 5 on pp. 12 of vol. 2.",
            "The U.S. Senate and J. R. R. Tolkien agree.",
            "He came at 5 p.m. and left on Jan. 5 this year.",
            "Apples, pears, etc. are fruit.",
            "Well... maybe it is… perhaps.",
            "\"Really?\" she asked.",
            "1. Open the lid.",
            "Visit example.com for version 2.0.1 of it.",
        ] {
            cut(whole, &[whole]);
        }
    }

    #[test]
    fn points_that_end() {
        cut("He lives in the U.S. The city is big.", &["He lives in the U.S.", "The city is big."]);
        cut("No. That is wrong.", &["No.", "That is wrong."]);
        cut("We met at 5 p.m. Then we ate.", &["We met at 5 p.m.", "Then we ate."]);
        cut(
            "Bring cups, plates, etc. Guests come at six.",
            &["Bring cups, plates, etc.", "Guests come at six."],
        );
        cut("She said \"Stop.\" He did.", &["She said \"Stop.\"", "He did."]);
        cut("Wait… What? Yes! (It is.) Good.", &["Wait…", "What?", "Yes!", "(It is.)", "Good."]);
        cut(
            "It was 1984. The war was over. 3 remained.",
            &["It was 1984.", "The war was over.", "3 remained."],
        );
        cut(
            "It is known.[^1] Others differ.[2] So be it.",
            &["It is known.[^1]", "Others differ.[2]", "So be it."],
        );
        cut("So did I. They came.", &["So did I.", "They came."]);
    }

    #[test]
    fn chinese_marks() {
        cut("你好！今天好吗？很好。", &["你好！", "今天好吗？", "很好。"]);
        cut(
            "他说：“走吧。”然后走了；我没走……后来呢？！",
            &["他说：“走吧。”", "然后走了；", "我没走……", "后来呢？！"],
        );
        cut("圆周率约为3.14。用 Rust 写。", &["圆周率约为3.14。", "用 Rust 写。"]);
        cut("好的OK.然后继续。", &["好的OK.", "然后继续。"]);
        cut("U.S.政府说了。", &["U.S.政府说了。"]);
    }

    #[test]
    fn it_waits_for_what_decides() {
        let text: Vec<char> = "It is 3. ".chars().collect();
        assert_eq!(stop(&text[..8], 7, false), Stop::Wait);
        assert_eq!(stop(&text, 7, false), Stop::Wait);
        assert_eq!(stop(&text, 7, true), Stop::Ends(8));
    }
}
