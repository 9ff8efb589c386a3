//! The encoder: two convolutions over the spectrogram, then layers in which every position looks at every other. After
//! `AudioEncoder` in `whisper/model.py` of openai-whisper.

use super::{
    activation,
    config::{Config, HEAD_WIDTH},
    go_on,
    linear::{Linear, Product, SpeechPrecision},
    norm::LayerNorm,
    weights::Weights,
};
use crate::EngineError;
use candle_core::{Device, Result, Tensor};

/// Steps of a convolution's kernel.
const KERNEL: usize = 3;

/// The loaded encoder.
pub struct Encoder {
    first: Convolution,
    second: Convolution,
    /// `(audio_context, width)`.
    positions: Tensor,
    layers: Vec<Layer>,
    norm: LayerNorm,
}

/// A convolution over time with its activation, as one product: the three frames a step sees lie side by side in a row.
struct Convolution {
    product: Product,
    bias: Tensor,
}

struct Layer {
    attention_norm: LayerNorm,
    /// Queries, keys and values side by side.
    attention_input: Linear,
    attention_output: Linear,
    feed_forward_norm: LayerNorm,
    expand: Linear,
    contract: Linear,
}

impl Encoder {
    /// Reads the weights. `loaded` is called before each layer and may end the reading.
    pub fn load(
        weights: &mut Weights,
        config: &Config,
        precision: SpeechPrecision,
        loaded: &mut dyn FnMut() -> std::result::Result<(), EngineError>,
    ) -> std::result::Result<Self, EngineError> {
        let width = config.width;
        let first = Convolution::load(weights, "model.encoder.conv1", config.mels, width)?;
        let second = Convolution::load(weights, "model.encoder.conv2", width, width)?;
        let shape = [config.audio_context, width];
        let positions = weights.tensor("model.encoder.embed_positions.weight", &shape)?;
        let mut layers = Vec::new();
        for index in 0..config.encoder_layers {
            loaded()?;
            layers.push(Layer::load(weights, config, index, precision)?);
        }
        let norm = LayerNorm::load(weights, "model.encoder.layer_norm", width)?;
        Ok(Self { first, second, positions, layers, norm })
    }

    /// `(window_frames, mels)` to `(audio_context, width)`. `interrupted` is asked before each layer.
    pub fn forward(
        &self,
        spectrogram: &Tensor,
        interrupted: &dyn Fn() -> bool,
    ) -> std::result::Result<Tensor, EngineError> {
        let stream = self.second.every_other(&self.first.every(spectrogram)?)?;
        let mut stream = (stream + &self.positions)?;
        for layer in &self.layers {
            go_on(interrupted)?;
            stream = layer.forward(&stream)?;
        }
        Ok(self.norm.forward(&stream)?)
    }
}

impl Convolution {
    fn load(
        weights: &mut Weights,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> std::result::Result<Self, EngineError> {
        let matrix = weights.tensor(&format!("{name}.weight"), &[outputs, inputs, KERNEL])?;
        let bias = weights.tensor(&format!("{name}.bias"), &[outputs])?;
        let matrix = matrix.permute((0, 2, 1))?.flatten_all()?.to_vec1()?;
        // A hundredth of all products; in 8 bits they would cost more in precision than they save in time.
        let product = Product::new(matrix, outputs, KERNEL * inputs, SpeechPrecision::Full)?;
        Ok(Self { product, bias })
    }

    /// A row for each row.
    fn every(&self, rows: &Tensor) -> Result<Tensor> {
        let count = rows.dim(0)?;
        let padded = rows.pad_with_zeros(0, 1, 1)?;
        let steps = (0..KERNEL).map(|step| padded.narrow(0, step, count)).collect::<Result<Vec<_>>>()?;
        self.finish(&Tensor::cat(&steps, 1)?)
    }

    /// A row for every other row, of which there is an even number.
    fn every_other(&self, rows: &Tensor) -> Result<Tensor> {
        let (count, width) = rows.dims2()?;
        let padded = rows.pad_with_zeros(0, 1, 1)?;
        let two = padded.narrow(0, 0, count)?.reshape((count / 2, 2 * width))?;
        let third = padded.narrow(0, 2, count)?.reshape((count / 2, 2 * width))?.narrow(1, 0, width)?;
        self.finish(&Tensor::cat(&[two, third], 1)?)
    }

    fn finish(&self, rows: &Tensor) -> Result<Tensor> {
        let output = self.product.forward(rows)?;
        activation::bias_gelu(&output, &self.bias)?;
        Ok(output)
    }
}

impl Layer {
    fn load(
        weights: &mut Weights,
        config: &Config,
        index: usize,
        precision: SpeechPrecision,
    ) -> std::result::Result<Self, EngineError> {
        let name = |part: &str| format!("model.encoder.layers.{index}.{part}");
        let (width, inside) = (config.width, config.feed_forward);
        let [query, key, value] =
            ["q_proj", "k_proj", "v_proj"].map(|part| name(&format!("self_attn.{part}")));
        Ok(Self {
            attention_norm: LayerNorm::load(weights, &name("self_attn_layer_norm"), width)?,
            attention_input: Linear::stacked(weights, &[&query, &key, &value], width, width, precision)?,
            attention_output: Linear::load(weights, &name("self_attn.out_proj"), width, width, precision)?,
            feed_forward_norm: LayerNorm::load(weights, &name("final_layer_norm"), width)?,
            expand: Linear::load(weights, &name("fc1"), inside, width, precision)?,
            contract: Linear::load(weights, &name("fc2"), width, inside, precision)?,
        })
    }

    fn forward(&self, stream: &Tensor) -> Result<Tensor> {
        let input = self.attention_input.forward(&self.attention_norm.forward(stream)?)?;
        let stream = (stream + self.attention_output.forward(&attention(&input)?)?)?;
        let inside = self.expand.forward_gelu(&self.feed_forward_norm.forward(&stream)?)?;
        stream + self.contract.forward(&inside)?
    }
}

/// Attention of all rows to all rows; `input` is `(rows, 3 * width)`, queries, keys and values side by side.
///
/// Head by head: the scores of one head (9 MB for 1500 rows) stay in the cache, those of all heads do not.
fn attention(input: &Tensor) -> Result<Tensor> {
    let (rows, width) = input.dims2()?;
    let width = width / 3;
    let scale = (HEAD_WIDTH as f64).powf(-0.5);
    let output = Tensor::zeros((rows, width), input.dtype(), &Device::Cpu)?;
    for start in (0..width).step_by(HEAD_WIDTH) {
        let queries = (input.narrow(1, start, HEAD_WIDTH)? * scale)?;
        let keys = input.narrow(1, width + start, HEAD_WIDTH)?.contiguous()?;
        let values = input.narrow(1, 2 * width + start, HEAD_WIDTH)?.contiguous()?;
        let scores = queries.matmul(&keys.t()?)?;
        activation::softmax(&scores)?;
        output.slice_set(&scores.matmul(&values)?, 1, start)?;
    }
    Ok(output)
}
