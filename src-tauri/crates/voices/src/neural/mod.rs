//! The neural voice: Kokoro-82M v1.0 (hexgrad, Apache-2.0) as 8-bit ONNX in rten, which is pure Rust and needs the published
//! file a little different ([`rewrite`]).

mod network;
mod pieces;
mod rewrite;
mod styles;
mod voices;

pub use voices::{Accent, Gender, NeuralVoiceInfo, neural_voices};

use crate::{
    SpokenLanguage, VoiceError,
    phonemes::{EDGE, Phonemizer, token},
};
use network::Network;
use std::{
    collections::HashMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
};
use styles::Styles;

/// Samples of a second of its sound.
pub const NEURAL_RATE: u32 = 24_000;

/// Fewest phonemes of the first piece of a long text: a clause of about three seconds.
const FIRST_PIECE: usize = 40;
/// How much slower and faster than usual it speaks.
const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// The files of the neural voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeuralFiles {
    /// Kokoro-82M v1.0 as ONNX.
    pub model: PathBuf,
    /// The tables of the voices that are there, by [`NeuralVoiceInfo::id`]: 510 x 256 little-endian `f32` each, as
    /// onnx-community/Kokoro-82M-v1.0-ONNX publishes them.
    pub styles: Vec<(String, PathBuf)>,
}

/// The loaded network and its voices.
pub struct NeuralVoice {
    network: Network,
    files: HashMap<String, PathBuf>,
    /// Those that spoke already.
    styles: HashMap<String, Styles>,
    phonemizer: Phonemizer,
}

impl NeuralVoice {
    /// Loads the network, to run on all processors. [`VoiceError::Missing`] where a file is not there,
    /// [`VoiceError::Unusable`] where it is damaged or another's.
    pub fn load(files: &NeuralFiles) -> Result<Self, VoiceError> {
        for (_, path) in &files.styles {
            Styles::check(path)?;
        }
        Ok(Self {
            network: Network::load(&files.model)?,
            files: files.styles.iter().cloned().collect(),
            styles: HashMap::new(),
            phonemizer: Phonemizer::default(),
        })
    }

    /// The same voice on so many threads.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.network.set_threads(threads);
        self
    }

    /// Loads the dictionaries a voice needs for a language, which otherwise the first sentence waits for: half a second for
    /// English, less for Chinese.
    pub fn warm_up(&self, voice: &str, language: SpokenLanguage) {
        let accent = neural_voices().iter().find(|known| known.id == voice).map(|known| known.accent);
        self.phonemizer.load(language, accent.unwrap_or(Accent::AmericanEnglish));
    }

    /// One sentence as sound: mono samples between -1 and 1 at [`NEURAL_RATE`]. Empty where there is nothing to speak.
    /// `voice` is a [`NeuralVoiceInfo::id`], `speed` from 0.5 to 2 (more or less counts as these).
    pub fn speak(&mut self, text: &str, voice: &str, speed: f32) -> Result<Vec<f32>, VoiceError> {
        let mut sound = Vec::new();
        self.speak_pieces(text, voice, speed, &mut |piece| {
            sound.extend(piece);
            ControlFlow::Continue(())
        })?;
        Ok(sound)
    }

    /// As [`speak`](Self::speak), but hands over the sound clause by clause where the text is long: the first piece is short,
    /// so that it can be heard while the next is made. `hear` may end it.
    pub fn speak_pieces(
        &mut self,
        text: &str,
        voice: &str,
        speed: f32,
        hear: &mut dyn FnMut(Vec<f32>) -> ControlFlow<()>,
    ) -> Result<(), VoiceError> {
        let info = neural_voices().iter().find(|known| known.id == voice).ok_or(VoiceError::Missing)?;
        let path = self.files.get(voice).ok_or(VoiceError::Missing)?;
        if !self.styles.contains_key(voice) {
            self.styles.insert(voice.to_owned(), Styles::read(path)?);
        }
        let Some(styles) = self.styles.get(voice) else { return Err(VoiceError::Missing) };
        let speed = if speed.is_nan() { 1.0 } else { speed.clamp(*SPEEDS.start(), *SPEEDS.end()) };
        let phonemes = self.phonemizer.phonemes(text, info.accent);
        for piece in pieces::cut(&phonemes, FIRST_PIECE) {
            let known: Vec<i64> = piece.chars().filter_map(token).collect();
            let style = styles.of(known.len());
            let tokens = [EDGE].into_iter().chain(known).chain([EDGE]).collect();
            let mut sound = self.network.run(tokens, style, speed)?;
            for sample in &mut sound {
                *sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
            }
            if hear(sound).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> VoiceError {
    if error.kind() == std::io::ErrorKind::NotFound {
        VoiceError::Missing
    } else {
        VoiceError::Unusable(format!("{}: {error}", path.display()))
    }
}
