//! The networks, one folder for each architecture: `config` for the settings in the file, `text` for the decoder of a language
//! model, `network` for one that looks at pictures.

pub mod efficientnet_lite;
mod kv_cache;
pub mod qwen2;
pub mod text_reader;
pub mod whisper;
