//! Whisper: speech in a hundred languages to text, after OpenAI's own implementation (openai-whisper 20250625). The weights
//! are read as they are published, by CTranslate2 or by Hugging Face.

mod activation;
mod attention;
mod chinese;
mod config;
mod decode;
mod decoder;
mod encoder;
#[cfg(test)]
mod fixture;
mod language;
mod linear;
mod mel;
mod norm;
#[cfg(test)]
mod parity;
mod pcm;
mod rules;
#[cfg(test)]
mod tests;
mod tokens;
mod transcribe;
#[cfg(target_arch = "x86_64")]
mod vnni;
mod weights;

pub use language::SpokenLanguage;
pub use linear::SpeechPrecision;
pub use pcm::PcmSource;
pub use tokens::SpeechTask;
pub use transcribe::{SpeechSegment, TranscribeEvent, TranscribeOptions, Transcript};

use crate::EngineError;
use config::Config;
use decoder::Decoder;
use encoder::Encoder;
use mel::MelSpectrogram;
use std::path::PathBuf;
use tokens::Tokens;
use weights::Weights;

/// The two files of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechRecognizerFiles {
    /// CTranslate2's `model.bin` (format 6, in 16 or 32 bits) or Hugging Face's `model.safetensors`.
    pub weights: PathBuf,
    /// `tokenizer.json`, as published beside either.
    pub tokenizer: PathBuf,
}

/// A loaded model. It keeps nothing from one recording to the next.
pub struct SpeechRecognizer {
    config: Config,
    mel: MelSpectrogram,
    encoder: Encoder,
    decoder: Decoder,
    tokens: Tokens,
}

impl SpeechRecognizer {
    /// Loads a model of any size. `progress` is told the fraction that is loaded, from 0 to 1; `interrupted` is asked
    /// before each layer.
    ///
    /// # Errors
    /// [`EngineError::Io`] and [`EngineError::MalformedWeights`] for a file that cannot be read or is none,
    /// [`EngineError::MissingTensor`] and [`EngineError::ShapeMismatch`] for one that is not Whisper,
    /// [`EngineError::Tokenizer`] and [`EngineError::VocabularyMismatch`] for a tokenizer that is broken or another's,
    /// [`EngineError::Interrupted`].
    pub fn load(
        files: &SpeechRecognizerFiles,
        precision: SpeechPrecision,
        progress: &mut dyn FnMut(f32),
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, EngineError> {
        let mut weights = Weights::open(&files.weights)?;
        let config = Config::from_weights(&weights)?;
        let tokens = Tokens::load(&files.tokenizer, &config)?;
        let layers = config.encoder_layers + config.decoder_layers;
        let mut done = 0;
        let mut loaded = || {
            progress(done as f32 / layers as f32);
            done += 1;
            go_on(interrupted)
        };
        let encoder = Encoder::load(&mut weights, &config, precision, &mut loaded)?;
        let decoder = Decoder::load(&mut weights, &config, precision, &mut loaded)?;
        progress(1.0);
        Ok(Self { mel: MelSpectrogram::new(config.mels), config, encoder, decoder, tokens })
    }

    /// Writes down what is said in a recording, segment by segment. `interrupted` is asked before each layer and each
    /// token.
    ///
    /// # Errors
    /// [`EngineError::Sound`] when the source fails, [`EngineError::UnknownLanguage`] for a language the model does not
    /// know, [`EngineError::Interrupted`].
    pub fn transcribe(
        &self,
        source: &mut dyn PcmSource,
        options: &TranscribeOptions,
        on_event: &mut dyn FnMut(TranscribeEvent),
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Transcript, EngineError> {
        transcribe::transcribe(self, source, options, on_event, interrupted)
    }

    /// Finds out which language is spoken, from the first 30 s in which there is anything to hear; `None` where there is
    /// nothing.
    ///
    /// # Errors
    /// [`EngineError::Sound`] when the source fails, [`EngineError::Interrupted`].
    pub fn detect_language(
        &self,
        source: &mut dyn PcmSource,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<SpokenLanguage>, EngineError> {
        transcribe::detect_language(self, source, interrupted)
    }

    /// Codes of the languages the model tells apart; only `en` for a model of English alone.
    pub fn languages(&self) -> Vec<&str> {
        let known: Vec<&str> = self.tokens.languages().iter().map(|(code, _)| code.as_str()).collect();
        if known.is_empty() { vec!["en"] } else { known }
    }
}

/// An error when the caller asks to stop.
fn go_on(interrupted: &dyn Fn() -> bool) -> Result<(), EngineError> {
    if interrupted() { Err(EngineError::Interrupted) } else { Ok(()) }
}
