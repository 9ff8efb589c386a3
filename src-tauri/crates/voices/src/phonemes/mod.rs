//! Text as phonemes of Kokoro v1.0, whatever mixture of English and Chinese it is. Chinese characters are read as Chinese
//! and Latin words as English in the same sentence; the language of the sentence decides how its numbers are read.

mod chinese;
mod chinese_numbers;
mod english;
mod english_numbers;
mod letters;
mod readings;
mod scan;
mod syllables;
mod vocabulary;

pub use vocabulary::{EDGE, token};

use crate::{SpokenLanguage, language::is_han};
use chinese::Chinese;
use english::English;
use std::sync::OnceLock;

/// What turns text into phonemes. Dictionaries are loaded when a text first needs them.
#[derive(Default)]
pub struct Phonemizer {
    american: OnceLock<English>,
    british: OnceLock<English>,
    chinese: OnceLock<Chinese>,
}

impl Phonemizer {
    /// The phonemes of a text, only such as Kokoro knows. English is American or `british`. Empty where nothing can be
    /// spoken.
    pub fn phonemes(&self, text: &str, british: bool) -> String {
        let text = plain(text);
        let phonemes = if text.chars().any(is_han) {
            self.mixed(&text, british)
        } else {
            self.english(british).phonemes(&english_numbers::write_out(&text))
        };
        if !phonemes.chars().any(|phoneme| phoneme.is_alphabetic() && token(phoneme).is_some()) {
            return String::new();
        }
        let known: String = phonemes.chars().filter(|&phoneme| token(phoneme).is_some()).collect();
        known.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn english(&self, british: bool) -> &English {
        let (place, accent) = if british {
            (&self.british, misaki_rs::Language::EnglishGB)
        } else {
            (&self.american, misaki_rs::Language::EnglishUS)
        };
        place.get_or_init(|| English::new(accent))
    }

    fn mixed(&self, text: &str, british: bool) -> String {
        let numbers = match SpokenLanguage::of(text) {
            SpokenLanguage::Chinese => chinese_numbers::write_out(text),
            SpokenLanguage::English => english_numbers::write_out(text),
        };
        let mut phonemes = String::new();
        let mut rest = numbers.as_str();
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|character| is_han(character) != is_han(first)).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            rest = after;
            if is_han(first) {
                phonemes.push_str(&self.chinese.get_or_init(Chinese::new).phonemes(run));
            } else if run.chars().any(char::is_alphanumeric) {
                phonemes.push(' ');
                phonemes.push_str(&self.english(british).phonemes(run));
                phonemes.push(' ');
            } else {
                phonemes.push_str(run);
            }
        }
        phonemes
    }
}

/// The text with punctuation Kokoro knows (as misaki's `ZHG2P.map_punctuation`), Latin letters and digits of usual width, and
/// none of the brackets in which misaki's English takes instructions.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let digit_follows = characters.peek().is_some_and(char::is_ascii_digit);
        match character {
            '：' if before.is_ascii_digit() && digit_follows => plain.push(':'),
            '、' | '，' => plain.push_str(", "),
            '。' | '．' => plain.push_str(". "),
            '！' => plain.push_str("! "),
            '：' => plain.push_str(": "),
            '；' => plain.push_str("; "),
            '？' => plain.push_str("? "),
            '«' | '《' | '「' | '『' | '【' | '〈' => plain.push_str(" “"),
            '»' | '》' | '」' | '』' | '】' | '〉' => plain.push_str("” "),
            '（' | '[' => plain.push_str(" ("),
            '）' | ']' => plain.push_str(") "),
            '\u{FF01}'..='\u{FF5E}' => plain.extend(char::from_u32(character as u32 - 0xFEE0)),
            _ if character.is_whitespace() => plain.push(' '),
            _ => plain.push(character),
        }
        before = character;
    }
    plain.trim().to_owned()
}
