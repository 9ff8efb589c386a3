//! The language something is spoken in.

/// A language that Castor speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpokenLanguage {
    /// English, and any other language written without Chinese characters.
    English,
    /// Mandarin.
    Chinese,
}

impl SpokenLanguage {
    /// The language of `text`, by its letters: a Chinese character weighs as much as a word of others.
    pub fn of(text: &str) -> Self {
        let (mut characters, mut words, mut in_word) = (0_usize, 0_usize, false);
        for letter in text.chars() {
            let is_han = is_han(letter);
            let is_in_word = letter.is_alphabetic() && !is_han;
            characters += usize::from(is_han);
            words += usize::from(is_in_word && !in_word);
            in_word = is_in_word;
        }
        if characters > 0 && characters >= words { Self::Chinese } else { Self::English }
    }
}

/// Whether this is a Chinese character: the blocks of Unified Ideographs, and the sign for zero.
pub(crate) fn is_han(character: char) -> bool {
    matches!(character, '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_most_words() {
        assert_eq!(SpokenLanguage::of("Good morning."), SpokenLanguage::English);
        assert_eq!(SpokenLanguage::of("早上好。"), SpokenLanguage::Chinese);
        assert_eq!(SpokenLanguage::of("用 Rust 写的程序"), SpokenLanguage::Chinese);
        assert_eq!(SpokenLanguage::of("The word 你好 means hello."), SpokenLanguage::English);
        assert_eq!(SpokenLanguage::of("42"), SpokenLanguage::English);
    }
}
