//! The decoder: layers in which every token looks at those before it and at the encoded sound. After `TextDecoder` in
//! `whisper/model.py` of openai-whisper. What the sound contributes to attention is computed once for each window, what
//! the tokens contribute is kept.

use super::{
    activation, attention,
    config::{Config, HEAD_WIDTH},
    go_on,
    linear::{Linear, Product, SpeechPrecision},
    norm::LayerNorm,
    weights::Weights,
};
use crate::{EngineError, models::kv_cache::KvCache};
use candle_core::{Device, Result, Tensor};

/// The loaded decoder.
pub struct Decoder {
    /// The embedding of the tokens, which scores them, too: `(vocabulary, width)`.
    tokens: Product,
    /// `(text_context, width)`.
    positions: Tensor,
    layers: Vec<Layer>,
    norm: LayerNorm,
    heads: usize,
}

struct Layer {
    self_norm: LayerNorm,
    /// Queries, keys and values side by side.
    self_input: Linear,
    self_output: Linear,
    cross_norm: LayerNorm,
    cross_query: Linear,
    /// Keys and values of the sound side by side.
    cross_input: Linear,
    cross_output: Linear,
    feed_forward_norm: LayerNorm,
    expand: Linear,
    contract: Linear,
}

/// What a window of sound contributes to each layer: keys as `(heads, head_width, audio_context)`, values as
/// `(heads, audio_context, head_width)`.
pub struct Heard(Vec<(Tensor, Tensor)>);

/// The tokens that were read so far.
pub struct Reading<'a> {
    decoder: &'a Decoder,
    heard: &'a Heard,
    caches: Vec<KvCache>,
    length: usize,
}

impl Decoder {
    /// Reads the weights. `loaded` is called before each layer and may end the reading.
    pub fn load(
        weights: &mut Weights,
        config: &Config,
        precision: SpeechPrecision,
        loaded: &mut dyn FnMut() -> std::result::Result<(), EngineError>,
    ) -> std::result::Result<Self, EngineError> {
        let width = config.width;
        let embedding = weights.read("model.decoder.embed_tokens.weight", &[config.vocabulary, width])?;
        let tokens = Product::new(embedding, config.vocabulary, width, precision)?;
        let shape = [config.text_context, width];
        let positions = weights.tensor("model.decoder.embed_positions.weight", &shape)?;
        let mut layers = Vec::new();
        for index in 0..config.decoder_layers {
            loaded()?;
            layers.push(Layer::load(weights, config, index, precision)?);
        }
        let norm = LayerNorm::load(weights, "model.decoder.layer_norm", width)?;
        Ok(Self { tokens, positions, layers, norm, heads: config.heads() })
    }

    /// What `sound`, `(audio_context, width)`, contributes to every layer.
    pub fn hear(
        &self,
        sound: &Tensor,
        interrupted: &dyn Fn() -> bool,
    ) -> std::result::Result<Heard, EngineError> {
        let each = self.layers.iter().map(|layer| {
            go_on(interrupted)?;
            Ok(attention::keys_and_values(&layer.cross_input.forward(sound)?)?)
        });
        Ok(Heard(each.collect::<std::result::Result<_, EngineError>>()?))
    }

    /// Begins to read tokens about what was heard.
    pub fn begin<'a>(&'a self, heard: &'a Heard) -> Result<Reading<'a>> {
        let cache = |_: &Layer| KvCache::new(self.heads, HEAD_WIDTH, &Device::Cpu);
        let caches = self.layers.iter().map(cache).collect::<Result<_>>()?;
        Ok(Reading { decoder: self, heard, caches, length: 0 })
    }
}

impl Reading<'_> {
    /// Reads `tokens` behind those before and returns their states, `(tokens, width)`.
    pub fn read(
        &mut self,
        tokens: &[u32],
        interrupted: &dyn Fn() -> bool,
    ) -> std::result::Result<Tensor, EngineError> {
        let count = tokens.len();
        let mut stream =
            (self.decoder.tokens.rows(tokens)? + self.decoder.positions.narrow(0, self.length, count)?)?;
        let mask = (count > 1).then(|| causal_mask(count, self.length)).transpose()?;
        let layers = self.decoder.layers.iter().zip(&self.heard.0).zip(&mut self.caches);
        for ((layer, heard), cache) in layers {
            go_on(interrupted)?;
            stream = layer.forward(&stream, heard, cache, self.length, mask.as_ref())?;
        }
        self.length += count;
        Ok(self.decoder.norm.forward(&stream)?)
    }

    /// The scores of every token to follow the one whose state is `row` of `states`.
    pub fn scores(&self, states: &Tensor, row: usize) -> Result<Vec<f32>> {
        self.decoder.tokens.forward(&states.narrow(0, row, 1)?.contiguous()?)?.flatten_all()?.to_vec1()
    }
}

impl Layer {
    fn load(
        weights: &mut Weights,
        config: &Config,
        index: usize,
        precision: SpeechPrecision,
    ) -> std::result::Result<Self, EngineError> {
        let name = |part: &str| format!("model.decoder.layers.{index}.{part}");
        let (width, inside) = (config.width, config.feed_forward);
        let of_self = ["q_proj", "k_proj", "v_proj"].map(|part| name(&format!("self_attn.{part}")));
        let of_cross = ["k_proj", "v_proj"].map(|part| name(&format!("encoder_attn.{part}")));
        let mut linear =
            |names: &[&str], outputs, inputs| Linear::load(weights, names, outputs, inputs, precision);
        let self_input = linear(&of_self.each_ref().map(String::as_str), width, width)?;
        let self_output = linear(&[&name("self_attn.out_proj")], width, width)?;
        let cross_query = linear(&[&name("encoder_attn.q_proj")], width, width)?;
        let cross_input = linear(&of_cross.each_ref().map(String::as_str), width, width)?;
        let cross_output = linear(&[&name("encoder_attn.out_proj")], width, width)?;
        let expand = linear(&[&name("fc1")], inside, width)?;
        let contract = linear(&[&name("fc2")], width, inside)?;
        Ok(Self {
            self_norm: LayerNorm::load(weights, &name("self_attn_layer_norm"), width)?,
            self_input,
            self_output,
            cross_norm: LayerNorm::load(weights, &name("encoder_attn_layer_norm"), width)?,
            cross_query,
            cross_input,
            cross_output,
            feed_forward_norm: LayerNorm::load(weights, &name("final_layer_norm"), width)?,
            expand,
            contract,
        })
    }

    fn forward(
        &self,
        stream: &Tensor,
        (keys, values): &(Tensor, Tensor),
        cache: &mut KvCache,
        position: usize,
        mask: Option<&Tensor>,
    ) -> Result<Tensor> {
        let (count, width) = stream.dims2()?;
        let split = |rows: &Tensor, start: usize| {
            let of_heads = rows.narrow(1, start, width)?.reshape((count, width / HEAD_WIDTH, HEAD_WIDTH))?;
            of_heads.transpose(0, 1)?.contiguous()
        };
        let input = self.self_input.forward(&self.self_norm.forward(stream)?)?;
        let (own_keys, own_values) =
            cache.write(position, &split(&input, width)?, &split(&input, 2 * width)?)?;
        let own = attention(&split(&input, 0)?, &own_keys.t()?, &own_values, mask)?;
        let stream = (stream + self.self_output.forward(&own)?)?;

        let query = self.cross_query.forward(&self.cross_norm.forward(&stream)?)?;
        let heard = if count == 1 {
            attention::of_one_to_all(&query, keys, values)?
        } else {
            attention(&split(&query, 0)?, keys, values, None)?
        };
        let stream = (&stream + self.cross_output.forward(&heard)?)?;

        let inside = self.expand.forward_gelu(&self.feed_forward_norm.forward(&stream)?)?;
        stream + self.contract.forward(&inside)?
    }
}

/// `queries` are `(heads, count, head_width)`, `keys` `(heads, head_width, others)`, `values` `(heads, others, head_width)`;
/// the result is `(count, width)`.
fn attention(queries: &Tensor, keys: &Tensor, values: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
    let (heads, count, _) = queries.dims3()?;
    let mut scores = (queries * (HEAD_WIDTH as f64).powf(-0.5))?.matmul(keys)?;
    if let Some(mask) = mask {
        scores = scores.broadcast_add(mask)?;
    }
    activation::each_row(&scores, activation::softmax)?;
    scores.matmul(values)?.transpose(0, 1)?.reshape((count, heads * HEAD_WIDTH))
}

/// `(count, position + count)`: zero where a token may look, minus infinity where not.
fn causal_mask(count: usize, position: usize) -> Result<Tensor> {
    let total = position + count;
    let values: Vec<f32> = (0..count)
        .flat_map(|row| {
            (0..total).map(move |place| if place <= position + row { 0.0 } else { f32::NEG_INFINITY })
        })
        .collect();
    Tensor::from_vec(values, (count, total), &Device::Cpu)
}
