//! The networks, one folder for each architecture: `config` for the settings in the file, `text` for the decoder.

pub mod qwen2;
pub mod text_reader;
