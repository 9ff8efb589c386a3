//! Runs open models on this computer: language models from GGUF files through Candle, and the recognisers that read
//! pictures and hear speech.
//!
//! A [`LanguageModel`] is opened from one file, which carries the weights, the tokenizer and the chat template. It turns
//! [`ChatMessage`]s into a prompt and a prompt into streamed text. Everything blocks and belongs on a thread of its own;
//! every long step asks an `interrupted` closure whether to go on, at least once for each layer of the network.
//!
//! A [`TextReader`] finds and reads the text of a picture. An [`ImageClassifier`] says which of the thousand classes of
//! ImageNet it shows. A [`SpeechRecognizer`] writes down what is said in a recording of any length.
//!
//! The crate knows tensors, text, pixels and sound. It knows no conversation, no network and no database.
//!
//! Outside crates: `candle-core` and `candle-nn` for tensors, quantised matrix products and the GGUF reader, with their own
//! reader of GGUF tokenizers on `tokenizers`; `minijinja` with `minijinja-contrib` for chat templates, which are Jinja
//! written against Python's string methods; `rand` for a sampler that can be seeded; `rten` for ONNX models whose operators
//! Candle lacks; `pytorch-reader` for checkpoints of any age, hardened against broken ones; `fast_image_resize`, which gives
//! the pixels Pillow gives; `rayon`, on which Candle computes, and `pulp`, which compiles a loop for each width of the
//! processor's registers; `realfft` for spectrograms; `flate2` for how far a text can be compressed; `ferrous-opencc` for
//! Chinese characters; `half` for weights in 16 bits.
//!
//! How many threads compute is Candle's choice (the physical cores) and can be set from outside by the environment
//! variables `CANDLE_NUM_THREADS` and `RAYON_NUM_THREADS`.

mod artifact;
mod chat_template;
mod detokenizer;
mod device;
mod error;
#[cfg(test)]
mod fixture;
mod generation;
mod models;
mod sampling;
mod tokenizer;
mod torch_file;
mod widen;

pub use chat_template::{ChatMessage, Role};
pub use error::EngineError;
pub use generation::{GenerateOptions, GenerationEvent, LanguageModel, LoadOptions, Outcome, StopReason};
pub use models::efficientnet_lite::ImageClassifier;
pub use models::text_reader::{RecognizedLine, RecognizedText, TextReader, TextReaderFiles};
pub use models::whisper::{
    PcmSource, SpeechPrecision, SpeechRecognizer, SpeechRecognizerFiles, SpeechSegment, SpeechTask,
    SpokenLanguage, TranscribeEvent, TranscribeOptions, Transcript,
};
pub use sampling::Sampling;
