//! Qwen2 and Qwen2.5: grouped-query attention with biases on query, key and value, rotary positions by halves, a gated
//! feed-forward layer with SiLU, RMS norms before both.

mod config;
mod text;

pub use config::Config;
pub use text::{Forward, Text};
