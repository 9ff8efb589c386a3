//! Chinese in simplified characters. Whisper writes what it hears in either script, as the recordings it was trained on
//! were subtitled; a person expects their own.
//!
//! `ferrous-opencc` carries OpenCC's tables, which know phrases: 頭髮 becomes 头发, 發現 becomes 发现. (`zhconv` is under the
//! GPL.)

use crate::EngineError;
use ferrous_opencc::{OpenCC, config::BuiltinConfig};

/// The code of Chinese among Whisper's languages. Cantonese (`yue`) is usually written in traditional characters and left
/// as it is.
pub const CODE: &str = "zh";

/// Turns traditional characters into simplified ones.
pub struct Simplifier(OpenCC);

impl Simplifier {
    /// Reads the tables, which are built into the program.
    pub fn new() -> Result<Self, EngineError> {
        OpenCC::from_config(BuiltinConfig::T2s)
            .map(Self)
            .map_err(|error| EngineError::Recognizer(format!("tables of Chinese characters: {error}")))
    }

    /// The text in simplified characters.
    pub fn simplify(&self, text: &str) -> String {
        self.0.convert(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_become_simplified_and_everything_else_stays() {
        let simplifier = Simplifier::new().unwrap();
        assert_eq!(simplifier.simplify("頭髮、發現，乾燥、乾坤"), "头发、发现，干燥、乾坤");
        assert_eq!(simplifier.simplify(" 今天下午 3 点, OK?"), " 今天下午 3 点, OK?");
    }
}
