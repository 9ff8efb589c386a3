//! Layer normalisation with the constant all Whisper networks use.

use super::weights::Weights;
use crate::EngineError;
use candle_core::{Result, Tensor};
use candle_nn::ops::layer_norm;

/// Added to the variance under the root.
const EPSILON: f32 = 1e-5;

/// Scale and shift behind the normalisation.
pub struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
}

impl LayerNorm {
    /// Reads `NAME.weight` and `NAME.bias`.
    pub fn load(weights: &mut Weights, name: &str, width: usize) -> std::result::Result<Self, EngineError> {
        Ok(Self {
            weight: weights.tensor(&format!("{name}.weight"), &[width])?,
            bias: weights.tensor(&format!("{name}.bias"), &[width])?,
        })
    }

    /// Normalises each row of `(rows, width)`.
    pub fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        layer_norm(rows, &self.weight, &self.bias, EPSILON)
    }
}
