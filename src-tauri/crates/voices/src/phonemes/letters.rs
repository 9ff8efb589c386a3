//! English words that no dictionary has: names made of known words are read as these (`webview`, `DeepSeek`), short words in
//! capitals or without vowels letter by letter, the rest by rules from letters to sounds.

use super::letter_sounds::LetterSounds;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Fewest letters of a word that a longer one is taken to be made of: shorter ones are everywhere.
const SHORTEST_PART: usize = 3;
/// Most letters of a word in capitals that is an abbreviation.
const LONGEST_ABBREVIATION: usize = 5;

/// The phonemes of an unknown word. `look_up` gives those of known ones, `sounds` guesses.
pub fn read(word: &str, look_up: &dyn Fn(&str) -> Option<String>, sounds: &LetterSounds) -> String {
    let mut phonemes = String::new();
    let mut after_digits = false;
    for part in humps(word) {
        if after_digits && part == "s" {
            // The plural of a number: the 1980s.
            phonemes.push('z');
        } else {
            phonemes.push(' ');
            phonemes.push_str(&read_part(part, look_up, sounds));
        }
        after_digits = part.ends_with(|last: char| last.is_ascii_digit());
    }
    phonemes.trim().to_owned()
}

/// The stretches of letters of a word, `camelCase` apart: `PostgreSQL` is `Postgre` and `SQL`. Digits are stretches, too.
fn humps(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut before = ' ';
    let following = word.chars().skip(1).map(Some).chain([None]);
    for ((at, character), next) in word.char_indices().zip(following) {
        let begins_hump = character.is_uppercase()
            && (before.is_lowercase() || before.is_uppercase() && next.is_some_and(char::is_lowercase));
        let changes = begins_hump
            || !character.is_alphanumeric()
            || before.is_ascii_digit() != character.is_ascii_digit();
        if changes && let Some(start) = start.take() {
            parts.push(&word[start..at]);
        }
        if character.is_alphanumeric() && start.is_none() {
            start = Some(at);
        }
        before = character;
    }
    parts.extend(start.map(|start| &word[start..]));
    parts
}

fn read_part(part: &str, look_up: &dyn Fn(&str) -> Option<String>, sounds: &LetterSounds) -> String {
    let lower = part.to_lowercase();
    let has_vowel = lower.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let is_abbreviation = part.chars().count() <= LONGEST_ABBREVIATION && !part.contains(char::is_lowercase);
    if is_abbreviation || !has_vowel {
        return spell(&lower, look_up);
    }
    look_up(&lower).or_else(|| compound(&lower, look_up)).unwrap_or_else(|| sounds.read(&unaccented(&lower)))
}

/// The word in the letters of English: `é` is `e`. Letters that come from none stay.
fn unaccented(word: &str) -> String {
    word.nfd().filter(|character| !is_combining_mark(*character)).collect()
}

/// Letter by letter, each by its name.
fn spell(word: &str, look_up: &dyn Fn(&str) -> Option<String>) -> String {
    word.chars().filter_map(|letter| look_up(&letter.to_uppercase().to_string())).collect()
}

/// As two known words, the first as long as can be.
fn compound(word: &str, look_up: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let borders = word.char_indices().map(|(at, _)| at).rev();
    borders.filter(|&at| at >= SHORTEST_PART && word.len() - at >= SHORTEST_PART).find_map(|at| {
        let first = look_up(&word[..at])?;
        // The second word's stress is the lesser one.
        Some(first + &look_up(&word[at..])?.replace('ˈ', "ˌ"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look_up(word: &str) -> Option<String> {
        let known =
            [("web", "wˈɛb"), ("view", "vjˈu"), ("deep", "dˈip"), ("S", "ˈɛs"), ("Q", "kjˈu"), ("L", "ˈɛl")];
        known.iter().find(|(name, _)| *name == word).map(|(_, sound)| (*sound).to_owned())
    }

    #[test]
    fn words_come_apart_where_capitals_and_digits_begin() {
        assert_eq!(humps("PostgreSQL"), ["Postgre", "SQL"]);
        assert_eq!(humps("HTTPServer2"), ["HTTP", "Server", "2"]);
        assert_eq!(humps("snake_case-name"), ["snake", "case", "name"]);
        assert_eq!(humps("Übung"), ["Übung"]);
        assert_eq!(humps("--"), [""; 0]);
    }

    #[test]
    fn known_parts_and_letters_are_read() {
        let sounds = LetterSounds::new();
        for (word, expected) in [
            ("webview", "wˈɛbvjˌu"),
            ("SQL", "ˈɛskjˈuˈɛl"),
            ("deepView", "dˈip vjˈu"),
            ("Tauri", "tˈɔɹi"),
            ("Táuri", "tˈɔɹi"),
            ("日本", ""),
        ] {
            assert_eq!(read(word, &look_up, &sounds), expected, "{word}");
        }
    }
}
