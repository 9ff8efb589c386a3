//! Runs open models on this computer: language models from GGUF files through Candle, and the recognisers that read
//! pictures.
//!
//! A [`LanguageModel`] is opened from one file, which carries the weights, the tokenizer and the chat template. It turns
//! [`ChatMessage`]s into a prompt and a prompt into streamed text. Everything blocks and belongs on a thread of its own;
//! every long step asks an `interrupted` closure whether to go on, at least once for each layer of the network.
//!
//! A [`TextReader`] finds and reads the text of a picture.
//!
//! The crate knows tensors and text. It knows no conversation, no network and no database.
//!
//! Outside crates: `candle-core` and `candle-nn` for tensors, quantised matrix products and the GGUF reader, with their own
//! reader of GGUF tokenizers on `tokenizers`; `minijinja` with `minijinja-contrib` for chat templates, which are Jinja
//! written against Python's string methods; `rand` for a sampler that can be seeded; `rten` for ONNX models whose operators
//! Candle lacks; `fast_image_resize` to make pictures smaller.
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

pub use chat_template::{ChatMessage, Role};
pub use error::EngineError;
pub use generation::{GenerateOptions, GenerationEvent, LanguageModel, LoadOptions, Outcome, StopReason};
pub use models::text_reader::{RecognizedLine, RecognizedText, TextReader, TextReaderFiles};
pub use sampling::Sampling;
