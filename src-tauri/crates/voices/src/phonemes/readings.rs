//! How Chinese words are read, syllable by syllable: the usual reading of each character, and of words in which a character
//! is read otherwise (银行 yín háng, 行人 xíng rén).
//!
//! Characters come from the crate `pinyin`, words from pypinyin 0.55 (MIT, Hai Liang Wang and others), as `phrases.txt`
//! beside this file has them: `scripts/chinese-readings.py` wrote down those that differ from their characters' usual
//! readings. That is the reading misaki gets from pypinyin, with 一 and 不 changing their tone inside words.

use crate::language::is_han;
use pinyin::ToPinyin;
use std::collections::HashMap;

/// `word syllable syllable…` line by line, tones as digits.
const PHRASES: &str = include_str!("phrases.txt");

/// The readings of words.
pub struct Readings {
    phrases: HashMap<&'static str, &'static str>,
    /// Characters of the longest word.
    longest: usize,
}

impl Readings {
    /// Takes the words in.
    pub fn new() -> Self {
        let phrases: HashMap<_, _> = PHRASES.lines().filter_map(|line| line.split_once(' ')).collect();
        let longest = phrases.keys().map(|phrase| phrase.chars().count()).max().unwrap_or_default();
        Self { phrases, longest }
    }

    /// The syllables of a word, taking the longest known words in it from its beginning on, as pypinyin does. Characters
    /// without a reading are left out.
    pub fn syllables(&self, word: &str) -> Vec<&'static str> {
        let starts: Vec<usize> = word.char_indices().map(|(start, _)| start).chain([word.len()]).collect();
        let count = starts.len() - 1;
        let mut syllables = Vec::with_capacity(count);
        let mut at = 0;
        while at < count {
            let known = (at + 1..=count.min(at + self.longest)).rev().find_map(|end| {
                let phrase = self.phrases.get(&word[starts[at]..starts[end]])?;
                Some((end, *phrase))
            });
            if let Some((end, phrase)) = known {
                syllables.extend(phrase.split(' '));
                at = end;
            } else {
                let character = word[starts[at]..].chars().next().filter(|&character| is_han(character));
                syllables.extend(character.and_then(usual));
                at += 1;
            }
        }
        syllables
    }
}

fn usual(character: char) -> Option<&'static str> {
    Some(character.to_pinyin()?.with_tone_num_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_decide_how_a_character_is_read() {
        let readings = Readings::new();
        assert_eq!(readings.syllables("银行"), ["yin2", "hang2"]);
        assert_eq!(readings.syllables("行人"), ["xing2", "ren2"]);
        assert_eq!(readings.syllables("重庆"), ["chong2", "qing4"]);
        assert_eq!(readings.syllables("重要"), ["zhong4", "yao4"]);
        assert_eq!(readings.syllables("中国银行"), ["zhong1", "guo2", "yin2", "hang2"]);
        assert_eq!(readings.syllables("一个"), ["yi2", "ge4"]);
        assert_eq!(readings.syllables("a好"), ["hao3"], "what is no character has no reading");
    }
}
