//! The settings of a Qwen2 network, from the file's metadata.

use crate::{EngineError, artifact::Artifact};

/// Sizes and constants of the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Tokens the network knows.
    pub vocabulary: usize,
    /// Decoder layers.
    pub layers: usize,
    /// Width of the stream between layers.
    pub hidden: usize,
    /// Width inside the feed-forward layer.
    pub feed_forward: usize,
    /// Attention heads.
    pub heads: usize,
    /// Heads of keys and values, each shared by `heads / kv_heads` attention heads.
    pub kv_heads: usize,
    /// Width of one head.
    pub head_width: usize,
    /// Positions the network was trained for.
    pub context: usize,
    /// Base of the rotary frequencies.
    pub rope_base: f32,
    /// Added under the root in RMS norms.
    pub norm_epsilon: f64,
}

impl Config {
    /// Reads and checks the settings.
    pub fn from_artifact(artifact: &Artifact) -> Result<Self, EngineError> {
        let number = |key: &str| match artifact.number(&format!("qwen2.{key}")) {
            Ok(0) => Err(EngineError::Malformed { detail: format!("`qwen2.{key}` is zero") }),
            other => other,
        };
        let float = |key: &str| artifact.float(&format!("qwen2.{key}"));
        let hidden = number("embedding_length")?;
        let heads = number("attention.head_count")?;
        let kv_heads = number("attention.head_count_kv")?;
        let head_width = hidden / heads;
        if !hidden.is_multiple_of(heads) || !heads.is_multiple_of(kv_heads) || !head_width.is_multiple_of(2) {
            return Err(EngineError::Malformed {
                detail: format!("width {hidden} over {heads} heads and {kv_heads} key-value heads"),
            });
        }
        let vocabulary = artifact.shape("token_embd.weight")?.first().copied().unwrap_or_default();
        Ok(Self {
            vocabulary,
            layers: number("block_count")?,
            hidden,
            feed_forward: number("feed_forward_length")?,
            heads,
            kv_heads,
            head_width,
            context: number("context_length")?,
            rope_base: float("rope.freq_base")?,
            norm_epsilon: f64::from(float("attention.layer_norm_rms_epsilon")?),
        })
    }
}
