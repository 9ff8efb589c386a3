//! Chinese characters as phonemes, as misaki 0.9.4 makes them for Kokoro v1.0 (`ZHG2P.legacy_call`): words by jieba, their
//! readings, each syllable as IPA. Tones stay those of the readings: what neighbours do to them, two third tones for one, the
//! network learned from the sound.

use super::{readings::Readings, syllables};
use jieba_rs::Jieba;

/// Words and readings, loaded.
pub struct Chinese {
    jieba: Jieba,
    readings: Readings,
}

impl Chinese {
    /// Loads the words; takes a few tenths of a second.
    pub fn new() -> Self {
        Self { jieba: Jieba::new(), readings: Readings::new() }
    }

    /// The phonemes of a run of Chinese characters, a space between words.
    pub fn phonemes(&self, characters: &str) -> String {
        let words = self.jieba.cut(characters, true).into_iter().map(|token| {
            self.readings
                .syllables(token.word)
                .into_iter()
                .filter_map(syllables::phonemes)
                .collect::<String>()
        });
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_apart_and_tones_are_marked() {
        let chinese = Chinese::new();
        assert_eq!(chinese.phonemes("我们在银行开会"), "wo↓mən ʦai↘ i↗nxa↗ŋ kʰai→xwei↘");
        assert_eq!(chinese.phonemes(""), "");
    }
}
