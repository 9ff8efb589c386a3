//! The sizes of a Whisper network, read off the shapes of its weights: nothing beside the weights has to be trusted, and
//! every size from tiny to large-v3-turbo works the same.

use super::weights::Weights;
use crate::EngineError;

/// Width of one attention head in every published Whisper.
pub const HEAD_WIDTH: usize = 64;

/// More layers than any Whisper has; the large ones have 32.
const MOST_LAYERS: usize = 256;

/// Sizes of encoder and decoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Filters of the spectrogram: 80, or 128 from large-v3 on.
    pub mels: usize,
    /// Width of the stream between layers.
    pub width: usize,
    /// Width inside the feed-forward layers.
    pub feed_forward: usize,
    /// Positions of an encoded window, each of two frames of the spectrogram: 1500 for 30 s.
    pub audio_context: usize,
    /// Positions of the decoder: prompt and text together, 448.
    pub text_context: usize,
    /// Tokens the decoder knows.
    pub vocabulary: usize,
    /// Layers of the encoder.
    pub encoder_layers: usize,
    /// Layers of the decoder.
    pub decoder_layers: usize,
}

impl Config {
    /// Reads the sizes.
    ///
    /// # Errors
    /// [`EngineError::MissingTensor`] when a weight that says a size is absent, [`EngineError::MalformedWeights`] when sizes
    /// make no sense together.
    pub fn from_weights(weights: &Weights) -> Result<Self, EngineError> {
        let [vocabulary, width] = sizes(weights, "model.decoder.embed_tokens.weight")?;
        let [_, mels, _] = sizes(weights, "model.encoder.conv1.weight")?;
        let [audio_context, _] = sizes(weights, "model.encoder.embed_positions.weight")?;
        let [text_context, _] = sizes(weights, "model.decoder.embed_positions.weight")?;
        let [feed_forward, _] = sizes(weights, "model.encoder.layers.0.fc1.weight")?;
        let layers = |side: &str| {
            let has = |index: &usize| weights.has(&format!("model.{side}.layers.{index}.fc1.weight"));
            (0..MOST_LAYERS).take_while(has).count()
        };
        let config = Self {
            mels,
            width,
            feed_forward,
            audio_context,
            text_context,
            vocabulary,
            encoder_layers: layers("encoder"),
            decoder_layers: layers("decoder"),
        };
        let sizes = [mels, width, feed_forward, audio_context, vocabulary, config.decoder_layers];
        // Half of the text context is kept for the text before, half for the text itself.
        if sizes.contains(&0) || !width.is_multiple_of(HEAD_WIDTH) || text_context < 16 {
            return Err(EngineError::MalformedWeights {
                detail: format!("sizes that no Whisper has: {config:?}"),
            });
        }
        Ok(config)
    }

    /// Attention heads of each layer.
    pub fn heads(&self) -> usize {
        self.width / HEAD_WIDTH
    }

    /// Frames of the spectrogram in one window, 3000 for 30 s.
    pub fn window_frames(&self) -> usize {
        self.audio_context * 2
    }

    /// Most tokens of text in one window (`sample_len` of the reference implementation).
    pub fn text_tokens(&self) -> usize {
        self.text_context / 2
    }
}

fn sizes<const N: usize>(weights: &Weights, name: &str) -> Result<[usize; N], EngineError> {
    let shape = weights.shape(name)?;
    shape.try_into().map_err(|_| EngineError::MalformedWeights {
        detail: format!("`{name}` has {} dimensions instead of {N}", shape.len()),
    })
}
