//! The encoder: two convolutions over the spectrogram, then layers in which every position looks at every other. After
//! `AudioEncoder` in `whisper/model.py` of openai-whisper.

use super::{
    activation, attention,
    config::Config,
    go_on,
    linear::{Linear, Product, SpeechPrecision},
    norm::LayerNorm,
    weights::Weights,
};
use crate::EngineError;
use candle_core::{Result, Tensor};
use rayon::prelude::*;

/// Steps of a convolution's kernel.
const KERNEL: usize = 3;
/// Rows that go from one end of a layer to the other together.
const BLOCK: usize = 64;

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
    bias: Vec<f32>,
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
        let bias = weights.read(&format!("{name}.bias"), &[outputs])?;
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
        self.product.forward_then(
            rows,
            #[inline(always)]
            |row| activation::bias_gelu(row, &self.bias),
        )
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
        let mut linear =
            |names: &[&str], outputs, inputs| Linear::load(weights, names, outputs, inputs, precision);
        let attention_input = linear(&[&query, &key, &value], width, width)?;
        let attention_output = linear(&[&name("self_attn.out_proj")], width, width)?;
        let expand = linear(&[&name("fc1")], inside, width)?;
        let contract = linear(&[&name("fc2")], width, inside)?;
        Ok(Self {
            attention_norm: LayerNorm::load(weights, &name("self_attn_layer_norm"), width)?,
            attention_input,
            attention_output,
            feed_forward_norm: LayerNorm::load(weights, &name("final_layer_norm"), width)?,
            expand,
            contract,
        })
    }

    fn forward(&self, stream: &Tensor) -> Result<Tensor> {
        let input =
            by_blocks(stream, |rows, _| self.attention_input.forward(&self.attention_norm.forward(&rows)?))?;
        let attended = attention::of_all_to_all(&input)?;
        by_blocks(stream, |rows, first| {
            let attended = attended.narrow(0, first, rows.dim(0)?)?;
            let rows = (rows + self.attention_output.forward(&attended)?)?;
            let inside = self.expand.forward_gelu(&self.feed_forward_norm.forward(&rows)?)?;
            rows + self.contract.forward(&inside)?
        })
    }
}

/// Applies `work`, which takes each row for itself, to some rows at a time, on all threads: what lies between its steps stays in
/// the cache and is not asked of the system anew for each layer. `work` is told the number of the first row.
fn by_blocks(rows: &Tensor, work: impl Fn(Tensor, usize) -> Result<Tensor> + Sync) -> Result<Tensor> {
    let count = rows.dim(0)?;
    let blocks = (0..count).into_par_iter().step_by(BLOCK);
    let blocks = blocks.map(|first| work(rows.narrow(0, first, BLOCK.min(count - first))?, first));
    Tensor::cat(&blocks.collect::<Result<Vec<_>>>()?, 0)
}
