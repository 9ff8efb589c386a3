//! Reading aloud: what of a Markdown answer is spoken, sentence by sentence, and the voices that speak it. Knows neither
//! conversations nor windows; sound comes out as samples, or from the system's own voices.

mod error;
mod language;
mod neural;
mod phonemes;
mod speakable;
mod system;

pub use error::VoiceError;
pub use language::SpokenLanguage;
pub use neural::{Accent, Gender, NEURAL_RATE, NeuralFiles, NeuralVoice, NeuralVoiceInfo, neural_voices};
pub use speakable::{Remarks, Sentence, Speakable};
pub use system::{Spoken, SystemVoice, SystemVoices};
