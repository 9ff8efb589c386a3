//! English as phonemes, by `misaki-rs`, which follows misaki 0.9.4, what Kokoro v1.0 was trained with, to the letter: its
//! dictionaries (Apache-2.0), and spaCy's tagger to tell a noun from a verb. Words it does not know are read by
//! [`letters`](super::letters); misaki asks espeak-ng, whose licence does not let it be built in.
//!
//! Taken for that faithfulness, British English and its having no parts in other languages; `voice-g2p` knows American only
//! and starts espeak-ng as a program.

use super::{letter_sounds::LetterSounds, letters};
use misaki_rs::{G2P, Language};

/// Stands where misaki knows no phonemes. A character for private use: no text or dictionary has it.
const UNKNOWN: char = '\u{E000}';

/// The dictionaries of one accent, loaded.
pub struct English {
    misaki: G2P,
    sounds: LetterSounds,
}

impl English {
    /// Loads the dictionaries; takes a few tenths of a second.
    pub fn new(accent: Language) -> Self {
        let mut misaki = G2P::new(accent);
        misaki.unk = UNKNOWN.to_string();
        Self { misaki, sounds: LetterSounds::new() }
    }

    /// The phonemes of a text, words apart as they are in it.
    pub fn phonemes(&self, text: &str) -> String {
        let Ok((_, words)) = self.misaki.g2p(text) else {
            // Only a fallback of misaki's fails, and there is none.
            return String::new();
        };
        let mut phonemes = String::new();
        for word in words {
            match word.phonemes.filter(|known| !known.contains(UNKNOWN)) {
                Some(known) => phonemes.push_str(&known),
                None => phonemes.push_str(&self.guess(&word.text)),
            }
            phonemes.push_str(&word.whitespace);
        }
        phonemes
    }

    fn guess(&self, word: &str) -> String {
        letters::read(word, &|part| self.look_up(part), &self.sounds)
    }

    /// The phonemes of a word in the dictionaries, or of one derived from it.
    fn look_up(&self, word: &str) -> Option<String> {
        Some(self.misaki.lexicon.get_word(word, "NN", None, None)?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_by_what_they_are() {
        let english = English::new(Language::EnglishUS);
        assert_eq!(english.phonemes("They record a record."), "ðˌA ɹəkˈɔɹd ɐ ɹˈɛkəɹd.");
        assert_ne!(english.phonemes("Kubernetes"), "", "an unknown word is spoken all the same");
        assert!(!english.phonemes("qzxwv Svelte").contains(UNKNOWN));
    }
}
