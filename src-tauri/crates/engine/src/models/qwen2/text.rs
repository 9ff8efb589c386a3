//! The Qwen2 decoder over quantised weights.

use super::config::Config;
use crate::{EngineError, artifact::Artifact, models::kv_cache::KvCache, widen::widened};
use candle_core::{
    DType, Device, IndexOp, Module, Result, Tensor,
    quantized::{QMatMul, QTensor},
};
use candle_nn::{
    ops::{rms_norm, softmax_last_dim},
    rotary_emb::rope,
};
use std::sync::Arc;

/// What a pass over the network came to.
pub enum Forward {
    /// Scores of every token for the next position, as a vector as long as the vocabulary.
    Scores(Vec<f32>),
    /// The tokens are in the cache; scores were not asked for.
    Read,
    /// The caller interrupted. The cache holds what it held before.
    Interrupted,
}

/// A loaded network with the keys and values of the text it has read.
pub struct Text {
    config: Config,
    device: Device,
    embedding: Arc<QTensor>,
    layers: Vec<Layer>,
    norm: Tensor,
    head: QMatMul,
    /// Rotary tables, one row for each position: `(context, head_width / 2)`.
    cos: Tensor,
    sin: Tensor,
    length: usize,
}

impl Text {
    /// Reads the weights. `loaded` is told the fraction read, from 0 to 1, and says whether to go on.
    pub fn load(
        artifact: &mut Artifact,
        config: Config,
        context: usize,
        device: &Device,
        loaded: &mut dyn FnMut(f32) -> bool,
    ) -> std::result::Result<Self, EngineError> {
        let table = artifact.tensor("token_embd.weight", &[config.vocabulary, config.hidden], device)?;
        let is_head = !artifact.has_tensor("output.weight");
        let embedding = Arc::new(if is_head { widened(table)? } else { table });
        let head = if is_head {
            QMatMul::from_arc(Arc::clone(&embedding))?
        } else {
            let head = artifact.tensor("output.weight", &[config.vocabulary, config.hidden], device)?;
            QMatMul::from_qtensor(widened(head)?)?
        };
        let norm = vector(artifact, "output_norm.weight", config.hidden, device)?;
        let mut layers = Vec::new();
        for index in 0..config.layers {
            if !loaded(index as f32 / config.layers as f32) {
                return Err(EngineError::Interrupted);
            }
            layers.push(Layer::load(artifact, &config, index, device)?);
        }
        let (cos, sin) = rotary_tables(&config, context, device)?;
        Ok(Self { config, device: device.clone(), embedding, layers, norm, head, cos, sin, length: 0 })
    }

    /// Layers, each of which asks once whether to go on.
    pub fn layers(&self) -> usize {
        self.layers.len()
    }

    /// Forgets everything behind the first `length` tokens.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Reads `tokens` behind what is cached. `proceed` is asked before each layer.
    pub fn forward(
        &mut self,
        tokens: &[u32],
        want_scores: bool,
        proceed: &mut dyn FnMut() -> bool,
    ) -> std::result::Result<Forward, EngineError> {
        let count = tokens.len();
        let ids = Tensor::new(tokens, &self.device)?;
        let mut stream = self.embedding.embedding(&ids)?;
        let pass = Pass {
            position: self.length,
            cos: self.cos.narrow(0, self.length, count)?,
            sin: self.sin.narrow(0, self.length, count)?,
            mask: causal_mask(count, self.length, &self.device)?,
        };
        for layer in &mut self.layers {
            if !proceed() {
                return Ok(Forward::Interrupted);
            }
            stream = layer.forward(&stream, &pass, &self.config)?;
        }
        self.length += count;
        if !want_scores {
            return Ok(Forward::Read);
        }
        let last = stream.narrow(0, count - 1, 1)?;
        let scores = self.head.forward(&rms_norm(&last, &self.norm, self.config.norm_epsilon as f32)?)?;
        Ok(Forward::Scores(scores.i(0)?.to_vec1()?))
    }
}

/// What all layers of one pass share.
struct Pass {
    position: usize,
    cos: Tensor,
    sin: Tensor,
    /// Zero where a token may look, minus infinity where not; `None` for a single token, which may look at everything.
    mask: Option<Tensor>,
}

struct Layer {
    attention_norm: Tensor,
    query: QMatMul,
    query_bias: Tensor,
    key: QMatMul,
    key_bias: Tensor,
    value: QMatMul,
    value_bias: Tensor,
    output: QMatMul,
    feed_forward_norm: Tensor,
    gate: QMatMul,
    up: QMatMul,
    down: QMatMul,
    cache: KvCache,
}

impl Layer {
    fn load(
        artifact: &mut Artifact,
        config: &Config,
        index: usize,
        device: &Device,
    ) -> std::result::Result<Self, EngineError> {
        let kv_width = config.kv_heads * config.head_width;
        let (hidden, wide) = (config.hidden, config.feed_forward);
        let mut matrix = |name: &str, rows: usize, columns: usize| {
            let tensor = artifact.tensor(&format!("blk.{index}.{name}.weight"), &[rows, columns], device)?;
            Ok::<_, EngineError>(QMatMul::from_qtensor(widened(tensor)?)?)
        };
        let query = matrix("attn_q", hidden, hidden)?;
        let key = matrix("attn_k", kv_width, hidden)?;
        let value = matrix("attn_v", kv_width, hidden)?;
        let output = matrix("attn_output", hidden, hidden)?;
        let gate = matrix("ffn_gate", wide, hidden)?;
        let up = matrix("ffn_up", wide, hidden)?;
        let down = matrix("ffn_down", hidden, wide)?;
        let mut row =
            |name: &str, width: usize| vector(artifact, &format!("blk.{index}.{name}"), width, device);
        Ok(Self {
            attention_norm: row("attn_norm.weight", hidden)?,
            query,
            query_bias: row("attn_q.bias", hidden)?,
            key,
            key_bias: row("attn_k.bias", kv_width)?,
            value,
            value_bias: row("attn_v.bias", kv_width)?,
            output,
            feed_forward_norm: row("ffn_norm.weight", hidden)?,
            gate,
            up,
            down,
            cache: KvCache::new(config.kv_heads, config.head_width, device)?,
        })
    }

    /// `stream` is `(count, hidden)`.
    fn forward(&mut self, stream: &Tensor, pass: &Pass, config: &Config) -> Result<Tensor> {
        let epsilon = config.norm_epsilon as f32;
        let attended = self.attention(&rms_norm(stream, &self.attention_norm, epsilon)?, pass, config)?;
        let stream = (stream + attended)?;
        let normed = rms_norm(&stream, &self.feed_forward_norm, epsilon)?;
        let [gate, up] = project([&self.gate, &self.up], &normed)?;
        &stream + self.down.forward(&(gate.silu()? * up)?)?
    }

    fn attention(&mut self, normed: &Tensor, pass: &Pass, config: &Config) -> Result<Tensor> {
        let (count, _) = normed.dims2()?;
        let Config { heads, kv_heads, head_width, hidden, .. } = *config;
        let group = heads / kv_heads;

        let [query, key] = project([&self.query, &self.key], normed)?;
        let value = self.value.forward(normed)?;
        let by_head = |projected: Tensor, bias: &Tensor, heads: usize| {
            projected.broadcast_add(bias)?.reshape((count, heads, head_width))?.transpose(0, 1)?.contiguous()
        };
        let query = rotate(&by_head(query, &self.query_bias, heads)?, pass)?;
        let key = rotate(&by_head(key, &self.key_bias, kv_heads)?, pass)?;
        let value = by_head(value, &self.value_bias, kv_heads)?;
        let (keys, values) = self.cache.write(pass.position, &key, &value)?;

        // The heads that share keys and values are stacked as rows of one product, so that nothing is copied for them.
        let stacked =
            (query * (head_width as f64).powf(-0.5))?.reshape((kv_heads, group * count, head_width))?;
        let mut scores = stacked.matmul(&keys.t()?)?;
        if let Some(mask) = &pass.mask {
            let length = keys.dim(1)?;
            scores = scores.reshape((heads, count, length))?.broadcast_add(mask)?.reshape((
                kv_heads,
                group * count,
                length,
            ))?;
        }
        let mixed = softmax_last_dim(&scores)?.matmul(&values)?;
        let joined = mixed.reshape((heads, count, head_width))?.transpose(0, 1)?.reshape((count, hidden))?;
        self.output.forward(&joined)
    }
}

/// Two products of the same input. For a single row of equally quantised weights Candle can quantise the input and wake
/// its threads once for both.
fn project(weights: [&QMatMul; 2], input: &Tensor) -> Result<[Tensor; 2]> {
    if let (1, [QMatMul::QTensor(first), QMatMul::QTensor(second)]) = (input.dim(0)?, weights) {
        let fused = QTensor::gemv_fused_shared_lhs(&[first, second], input)?;
        if let Some(Ok(outputs)) = fused.map(<[Tensor; 2]>::try_from) {
            return Ok(outputs);
        }
    }
    Ok([weights[0].forward(input)?, weights[1].forward(input)?])
}

/// Turns `(heads, count, head_width)` by each token's position.
fn rotate(by_head: &Tensor, pass: &Pass) -> Result<Tensor> {
    rope(&by_head.unsqueeze(0)?, &pass.cos, &pass.sin)?.squeeze(0)
}

fn vector(
    artifact: &mut Artifact,
    name: &str,
    width: usize,
    device: &Device,
) -> std::result::Result<Tensor, EngineError> {
    Ok(artifact.tensor(name, &[width], device)?.dequantize(device)?)
}

fn rotary_tables(config: &Config, context: usize, device: &Device) -> Result<(Tensor, Tensor)> {
    let half = config.head_width / 2;
    let frequencies: Vec<f32> =
        (0..half).map(|index| config.rope_base.powf(-(index as f32) / half as f32)).collect();
    let frequencies = Tensor::from_vec(frequencies, (1, half), device)?;
    let positions = Tensor::arange(0, context as u32, device)?.to_dtype(DType::F32)?.reshape((context, 1))?;
    let angles = positions.matmul(&frequencies)?;
    Ok((angles.cos()?, angles.sin()?))
}

/// `(count, position + count)`: each new token sees everything cached, itself and the new ones before it.
fn causal_mask(count: usize, position: usize, device: &Device) -> Result<Option<Tensor>> {
    if count == 1 {
        return Ok(None);
    }
    let length = position + count;
    let mask: Vec<f32> = (0..count)
        .flat_map(|row| {
            (0..length).map(move |column| if column <= position + row { 0.0 } else { f32::NEG_INFINITY })
        })
        .collect();
    Tensor::from_vec(mask, (count, length), device).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{
        self, CONTEXT, EPSILON, FEED_FORWARD, HEAD_WIDTH, HEADS, HIDDEN, KV_HEADS, LAYERS, ROPE_BASE,
        VOCABULARY,
    };
    use candle_core::quantized::GgmlDType;

    fn load(model: &fixture::Model) -> Text {
        let folder = tempfile::tempdir().unwrap();
        let mut artifact = Artifact::open(&model.write(folder.path())).unwrap();
        let config = Config::from_artifact(&artifact).unwrap();
        Text::load(&mut artifact, config, CONTEXT, &Device::Cpu, &mut |_| true).unwrap()
    }

    fn scores(network: &mut Text, tokens: &[u32]) -> Vec<f32> {
        match network.forward(tokens, true, &mut || true).unwrap() {
            Forward::Scores(scores) => scores,
            _ => panic!("no scores"),
        }
    }

    fn tokens(count: u32) -> Vec<u32> {
        (0..count).map(|index| (index * 37 + 11) % 256).collect()
    }

    /// Root of the mean squared difference over that of `expected`.
    fn relative_error(actual: &[f32], expected: &[f32]) -> f32 {
        assert_eq!(actual.len(), expected.len());
        let difference: f32 = actual.iter().zip(expected).map(|(a, b)| (a - b).powi(2)).sum();
        (difference / expected.iter().map(|value| value.powi(2)).sum::<f32>()).sqrt()
    }

    /// `rows` outputs of a row-major matrix.
    fn product(matrix: &[f32], input: &[f32], rows: usize) -> Vec<f32> {
        let columns = input.len();
        (0..rows)
            .map(|row| (0..columns).map(|column| matrix[row * columns + column] * input[column]).sum())
            .collect()
    }

    fn norm(input: &[f32], weight: &[f32]) -> Vec<f32> {
        let mean = input.iter().map(|value| value * value).sum::<f32>() / input.len() as f32;
        let scale = 1.0 / (mean + EPSILON).sqrt();
        input.iter().zip(weight).map(|(value, weight)| value * scale * weight).collect()
    }

    fn rotated(head: &[f32], position: usize) -> Vec<f32> {
        let half = HEAD_WIDTH / 2;
        let mut output = vec![0.0; HEAD_WIDTH];
        for index in 0..half {
            let angle = position as f32 / ROPE_BASE.powf(index as f32 / half as f32);
            let (sine, cosine) = angle.sin_cos();
            output[index] = head[index] * cosine - head[index + half] * sine;
            output[index + half] = head[index + half] * cosine + head[index] * sine;
        }
        output
    }

    fn add(a: &mut [f32], b: &[f32]) {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
    }

    /// The same network in plain loops over 32-bit numbers, after the published description. Scores after the last token.
    fn reference(model: &fixture::Model, tokens: &[u32]) -> Vec<f32> {
        let embedding = model.values("token_embd.weight");
        let mut streams: Vec<Vec<f32>> =
            tokens.iter().map(|token| embedding[*token as usize * HIDDEN..][..HIDDEN].to_vec()).collect();
        for layer in 0..LAYERS {
            let weight = |name: &str| model.values(&format!("blk.{layer}.{name}"));
            let attention_norm = weight("attn_norm.weight");
            let project = |part: &str, stream: &[f32], rows: usize| {
                let mut output =
                    product(&weight(&format!("attn_{part}.weight")), &norm(stream, &attention_norm), rows);
                add(&mut output, &weight(&format!("attn_{part}.bias")));
                output
            };
            let heads = |position: usize, projected: Vec<f32>| -> Vec<Vec<f32>> {
                projected.chunks(HEAD_WIDTH).map(|head| rotated(head, position)).collect()
            };
            let positions = || streams.iter().enumerate();
            let queries: Vec<_> =
                positions().map(|(at, stream)| heads(at, project("q", stream, HIDDEN))).collect();
            let keys: Vec<_> = positions()
                .map(|(at, stream)| heads(at, project("k", stream, KV_HEADS * HEAD_WIDTH)))
                .collect();
            let values: Vec<_> =
                streams.iter().map(|stream| project("v", stream, KV_HEADS * HEAD_WIDTH)).collect();

            for at in 0..streams.len() {
                let mut joined = Vec::new();
                for (head, query) in queries[at].iter().enumerate() {
                    let shared = head / (HEADS / KV_HEADS);
                    let scores: Vec<f32> = (0..=at)
                        .map(|other| {
                            let dot: f32 = query.iter().zip(&keys[other][shared]).map(|(q, k)| q * k).sum();
                            (dot / (HEAD_WIDTH as f32).sqrt()).exp()
                        })
                        .collect();
                    let total: f32 = scores.iter().sum();
                    joined.extend((0..HEAD_WIDTH).map(|column| {
                        (0..=at)
                            .map(|other| scores[other] / total * values[other][shared * HEAD_WIDTH + column])
                            .sum::<f32>()
                    }));
                }
                let attended = product(&weight("attn_output.weight"), &joined, HIDDEN);
                add(&mut streams[at], &attended);
                let normed = norm(&streams[at], &weight("ffn_norm.weight"));
                let gate = product(&weight("ffn_gate.weight"), &normed, FEED_FORWARD);
                let up = product(&weight("ffn_up.weight"), &normed, FEED_FORWARD);
                let inner: Vec<f32> =
                    gate.iter().zip(up).map(|(gate, up)| gate / (1.0 + (-gate).exp()) * up).collect();
                let output = product(&weight("ffn_down.weight"), &inner, HIDDEN);
                add(&mut streams[at], &output);
            }
        }
        let last = norm(streams.last().unwrap(), &model.values("output_norm.weight"));
        product(&embedding, &last, VOCABULARY)
    }

    #[test]
    fn scores_equal_those_of_plain_loops() {
        // Full precision must agree to rounding. Quantised weights are multiplied with inputs rounded to eight bits,
        // which costs about half a percent in each product.
        for (kind, tolerance) in [
            (GgmlDType::F32, 1e-4),
            (GgmlDType::Q8_0, 0.03),
            (GgmlDType::Q5_0, 0.03),
            (GgmlDType::Q4K, 0.03),
            (GgmlDType::Q6K, 0.03),
        ] {
            let model = fixture::Model::new(kind);
            let mut network = load(&model);
            let prompt = tokens(9);
            let whole = scores(&mut network, &prompt);
            let error = relative_error(&whole, &reference(&model, &prompt));
            assert!(error < tolerance, "{kind:?}, several rows: {error}");

            // A single row takes other kernels.
            network.truncate(8);
            let error = relative_error(&scores(&mut network, &prompt[8..]), &reference(&model, &prompt));
            assert!(error < tolerance, "{kind:?}, one row: {error}");
        }
    }

    #[test]
    fn reading_in_parts_equals_reading_at_once() {
        let model = fixture::Model::new(GgmlDType::F32);
        let prompt = tokens(600);
        let whole = scores(&mut load(&model), &prompt);
        let mut network = load(&model);
        for part in prompt[..590].chunks(64) {
            network.forward(part, false, &mut || true).unwrap();
        }
        let parts = scores(&mut network, &prompt[590..]);
        assert!(relative_error(&parts, &whole) < 1e-4);
    }

    #[test]
    fn what_was_truncated_or_interrupted_leaves_no_trace() {
        let model = fixture::Model::new(GgmlDType::F32);
        let prompt = tokens(30);
        let fresh = scores(&mut load(&model), &prompt);

        let mut network = load(&model);
        network.forward(&prompt[..20], false, &mut || true).unwrap();
        network.forward(&[200; 40], false, &mut || true).unwrap();
        network.truncate(20);
        let mut asked = 0;
        let interrupted = network
            .forward(&[100; 5], true, &mut || {
                asked += 1;
                asked < LAYERS
            })
            .unwrap();
        assert!(matches!(interrupted, Forward::Interrupted));
        assert_eq!(asked, LAYERS);
        assert!(relative_error(&scores(&mut network, &prompt[20..]), &fresh) < 1e-4);
    }
}
