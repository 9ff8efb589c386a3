//! Text as phonemes of Kokoro v1.0, whatever mixture of English and Chinese it is. Chinese characters are read as Chinese
//! and Latin words as English in the same sentence; the language of the sentence decides how its numbers are read.

mod chinese;
mod chinese_numbers;
mod english;
mod english_numbers;
mod letter_sounds;
mod letters;
mod readings;
mod scan;
mod syllables;
mod vocabulary;

pub use vocabulary::{EDGE, token};

use crate::{Accent, SpokenLanguage, language::is_han};
use chinese::Chinese;
use english::English;
use misaki_rs::Language;
use std::sync::OnceLock;

/// What turns text into phonemes. Dictionaries are loaded when a text first needs them.
#[derive(Default)]
pub struct Phonemizer {
    american: OnceLock<English>,
    british: OnceLock<English>,
    chinese: OnceLock<Chinese>,
}

impl Phonemizer {
    /// The phonemes of a text for a voice of an `accent`, only such as Kokoro knows. Empty where nothing can be spoken.
    pub fn phonemes(&self, text: &str, accent: Accent) -> String {
        let text = plain(text);
        let has_letters = text.chars().any(char::is_alphabetic);
        // Bare numbers are of the voice's language.
        let language = match accent {
            Accent::Mandarin if !has_letters => SpokenLanguage::Chinese,
            _ => SpokenLanguage::of(&text),
        };
        let written_out = match language {
            SpokenLanguage::Chinese => chinese_numbers::write_out(&text),
            SpokenLanguage::English => english_numbers::write_out(&text),
        };
        let mut phonemes = String::new();
        let mut rest = written_out.as_str();
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|character| is_han(character) != is_han(first)).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            rest = after;
            if is_han(first) {
                phonemes.push_str(&self.chinese().phonemes(run));
            } else if run.chars().any(char::is_alphanumeric) {
                phonemes.push(' ');
                phonemes.push_str(&self.english(accent).phonemes(run));
                phonemes.push(' ');
            } else {
                phonemes.push_str(run);
            }
        }
        if !phonemes.chars().any(|phoneme| phoneme.is_alphabetic() && token(phoneme).is_some()) {
            return String::new();
        }
        let known: String = phonemes.chars().filter(|&phoneme| token(phoneme).is_some()).collect();
        known.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Loads the dictionaries of a language now.
    pub fn load(&self, language: SpokenLanguage, accent: Accent) {
        match language {
            SpokenLanguage::Chinese => _ = self.chinese(),
            SpokenLanguage::English => _ = self.english(accent),
        }
    }

    fn chinese(&self) -> &Chinese {
        self.chinese.get_or_init(Chinese::new)
    }

    fn english(&self, accent: Accent) -> &English {
        match accent {
            Accent::BritishEnglish => self.british.get_or_init(|| English::new(Language::EnglishGB)),
            Accent::AmericanEnglish | Accent::Mandarin => {
                self.american.get_or_init(|| English::new(Language::EnglishUS))
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    /// A sentence, how a person reads it, and what misaki 0.9.4 makes of that: `scripts/fixtures/phonemes.py`.
    #[derive(Deserialize)]
    struct Sentence {
        text: String,
        read: String,
        phonemes: String,
    }

    /// What of misaki's phonemes reaches the network.
    fn known(phonemes: &str) -> String {
        let known: String = phonemes.chars().filter(|&phoneme| token(phoneme).is_some()).collect();
        known.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Which of the sentences of a fixture are read otherwise than misaki reads them.
    fn differences(fixture: &str, accent: Accent) -> Vec<String> {
        let sentences: Vec<Sentence> = serde_json::from_str(fixture).unwrap();
        assert!(sentences.len() >= 20);
        let phonemizer = Phonemizer::default();
        let difference = |sentence: &Sentence| {
            let spoken = phonemizer.phonemes(&sentence.text, accent);
            let expected = known(&sentence.phonemes);
            (spoken != expected)
                .then(|| format!("{} ({})\n{spoken}\n{expected}\n", sentence.text, sentence.read))
        };
        sentences.iter().filter_map(difference).collect()
    }

    #[test]
    fn sentences_are_read_as_misaki_reads_them() {
        let chinese = include_str!("../../tests/fixtures/chinese_phonemes.json");
        let american = include_str!("../../tests/fixtures/american_phonemes.json");
        let british = include_str!("../../tests/fixtures/british_phonemes.json");
        let different = [
            differences(chinese, Accent::Mandarin),
            differences(american, Accent::AmericanEnglish),
            differences(british, Accent::BritishEnglish),
        ]
        .concat();
        assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.concat());
    }

    #[test]
    fn both_languages_are_read_in_one_sentence() {
        let phonemizer = Phonemizer::default();
        let phonemes = |text| phonemizer.phonemes(text, Accent::Mandarin);
        let python = phonemes("Python");
        assert_eq!(
            phonemes("请用Python写代码。"),
            format!("{} {python} {}", phonemes("请用"), phonemes("写代码。"))
        );
        let greeting = phonemes("The word 你好 means hello.");
        assert!(
            greeting.contains(&phonemes("你好")) && greeting.starts_with(&phonemes("The word")),
            "{greeting}"
        );
        for text in ["GPT-4 有 3 个版本", "100% sure", "🙂", "", "…", "日本語のテキスト", "Привет"]
        {
            let phonemes = phonemes(text);
            assert!(phonemes.chars().all(|phoneme| token(phoneme).is_some()), "{text}: {phonemes}");
        }
        assert_eq!(phonemes("🙂 ■ —"), "");
        assert_eq!(phonemes("10"), phonemes("十"), "a Mandarin voice counts in Chinese");
        assert_eq!(
            phonemizer.phonemes("10", Accent::BritishEnglish),
            phonemizer.phonemes("ten", Accent::BritishEnglish)
        );
    }

    #[test]
    fn endless_words_and_numbers_are_no_danger() {
        for text in ["9", "$9", "-1", "1.", "3-", "a-", "x", "'", "A", "9:", "第9", "年", "9年", "1/"] {
            for accent in [Accent::AmericanEnglish, Accent::Mandarin] {
                let phonemes = shared().phonemes(&text.repeat(120), accent);
                assert!(phonemes.chars().all(|phoneme| token(phoneme).is_some()), "{text}");
            }
        }
    }

    fn shared() -> &'static Phonemizer {
        static PHONEMIZER: OnceLock<Phonemizer> = OnceLock::new();
        PHONEMIZER.get_or_init(Phonemizer::default)
    }

    proptest! {
        /// Text comes from a model and from the web: nothing in it may end the program.
        #[test]
        fn any_text_has_phonemes_that_kokoro_knows(
            text in prop_oneof![
                "\\PC{0,40}",
                "[0-9.,:/%$€¥°+~–-]{1,16}( ?[a-z]{1,4}| ?[年月日个元万]{1,2})?",
                "([A-Za-z]{1,9}|[一-龥]{1,4}|[0-9]{1,5}|['’.,!?()\\[\\]_-]| ){1,20}",
            ],
            mandarin in any::<bool>(),
        ) {
            let accent = if mandarin { Accent::Mandarin } else { Accent::AmericanEnglish };
            let phonemes = shared().phonemes(&text, accent);
            prop_assert!(phonemes.chars().all(|phoneme| token(phoneme).is_some()), "{phonemes}");
            prop_assert!(!phonemes.contains("  ") && phonemes.trim() == phonemes, "{phonemes:?}");
        }
    }
}
