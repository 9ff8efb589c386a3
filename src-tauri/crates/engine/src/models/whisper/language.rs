//! Which language is spoken: the token the decoder would write right behind the beginning, among those of languages. After
//! `detect_language` in `whisper/decoding.py` of openai-whisper.

use super::{
    activation::log_sum_exp,
    decoder::{Decoder, Heard},
    tokens::Tokens,
};
use crate::EngineError;

/// A language and how likely it is the one that is spoken.
#[derive(Debug, Clone, PartialEq)]
pub struct SpokenLanguage {
    /// ISO 639-1 where there is such a code, e.g. `en` or `zh`.
    pub code: String,
    /// From 0 to 1, all languages together 1.
    pub probability: f32,
}

/// The likeliest language of what was heard. A model that knows only English finds English.
pub fn detect(
    decoder: &Decoder,
    heard: &Heard,
    tokens: &Tokens,
    interrupted: &dyn Fn() -> bool,
) -> Result<SpokenLanguage, EngineError> {
    let english = || SpokenLanguage { code: "en".into(), probability: 1.0 };
    if tokens.languages().is_empty() {
        return Ok(english());
    }
    let mut reading = decoder.begin(heard)?;
    let states = reading.read(&[tokens.start], interrupted)?;
    let scores = reading.scores(&states, 0)?;
    let score = |token: u32| scores.get(token as usize).copied().unwrap_or(f32::NEG_INFINITY);
    let of_languages: Vec<f32> = tokens.languages().iter().map(|(_, token)| score(*token)).collect();
    let total = log_sum_exp(&of_languages);
    let best =
        tokens.languages().iter().zip(of_languages).max_by(|(_, one), (_, other)| one.total_cmp(other));
    Ok(best.map_or_else(english, |((code, _), score)| SpokenLanguage {
        code: code.clone(),
        probability: (score - total).exp(),
    }))
}
