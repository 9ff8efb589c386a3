//! A tiny Qwen2 model with random weights, written as a real GGUF file for the tests.

use candle_core::{
    Device, Tensor,
    quantized::{
        GgmlDType, QTensor,
        gguf_file::{self, Value},
    },
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
};

/// The message layout of Qwen's own template.
pub const CHAT_TEMPLATE: &str = "\
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
";

pub const LAYERS: usize = 2;
pub const HIDDEN: usize = 256;
pub const FEED_FORWARD: usize = 512;
pub const HEADS: usize = 4;
pub const KV_HEADS: usize = 2;
pub const HEAD_WIDTH: usize = HIDDEN / HEADS;
pub const CONTEXT: usize = 700;
pub const ROPE_BASE: f32 = 10_000.0;
pub const EPSILON: f32 = 1e-6;
/// 256 bytes, one merge, three control tokens, padded to a multiple of 16.
pub const VOCABULARY: usize = 272;

/// Metadata and weights, open to changes before they are written.
pub struct Model {
    pub metadata: BTreeMap<String, Value>,
    pub tensors: BTreeMap<String, QTensor>,
}

impl Model {
    /// Weights of one seed; matrices in `kind`, vectors in full precision.
    pub fn new(kind: GgmlDType) -> Self {
        let mut random = StdRng::seed_from_u64(3);
        let mut tensors = BTreeMap::new();
        let mut matrix = |name: String, rows: usize, columns: usize| {
            let scale = 1.5 / (columns as f32).sqrt();
            let tensor = tensor(&mut random, &[rows, columns], 0.0, scale);
            tensors.insert(name, QTensor::quantize(&tensor, kind).unwrap());
        };
        matrix("token_embd.weight".into(), VOCABULARY, HIDDEN);
        for layer in 0..LAYERS {
            let name = |part: &str| format!("blk.{layer}.{part}.weight");
            matrix(name("attn_q"), HIDDEN, HIDDEN);
            matrix(name("attn_k"), KV_HEADS * HEAD_WIDTH, HIDDEN);
            matrix(name("attn_v"), KV_HEADS * HEAD_WIDTH, HIDDEN);
            matrix(name("attn_output"), HIDDEN, HIDDEN);
            matrix(name("ffn_gate"), FEED_FORWARD, HIDDEN);
            matrix(name("ffn_up"), FEED_FORWARD, HIDDEN);
            matrix(name("ffn_down"), HIDDEN, FEED_FORWARD);
        }
        let mut vector = |name: String, width: usize, centre: f32| {
            let tensor = tensor(&mut random, &[width], centre, 0.3);
            tensors.insert(name, QTensor::quantize(&tensor, GgmlDType::F32).unwrap());
        };
        vector("output_norm.weight".into(), HIDDEN, 1.0);
        for layer in 0..LAYERS {
            vector(format!("blk.{layer}.attn_norm.weight"), HIDDEN, 1.0);
            vector(format!("blk.{layer}.ffn_norm.weight"), HIDDEN, 1.0);
            vector(format!("blk.{layer}.attn_q.bias"), HIDDEN, 0.0);
            vector(format!("blk.{layer}.attn_k.bias"), KV_HEADS * HEAD_WIDTH, 0.0);
            vector(format!("blk.{layer}.attn_v.bias"), KV_HEADS * HEAD_WIDTH, 0.0);
        }
        Self { metadata: metadata(), tensors }
    }

    /// Writes `tiny.gguf` into `folder`.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join("tiny.gguf");
        let metadata: Vec<_> = self.metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();
        let tensors: Vec<_> = self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
        gguf_file::write(&mut File::create(&path).unwrap(), &metadata, &tensors).unwrap();
        path
    }

    /// A weight as the file holds it, row by row.
    pub fn values(&self, name: &str) -> Vec<f32> {
        self.tensors[name].dequantize(&Device::Cpu).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    }
}

fn tensor(random: &mut StdRng, shape: &[usize], centre: f32, spread: f32) -> Tensor {
    let values: Vec<f32> =
        (0..shape.iter().product()).map(|_| centre + spread * (random.random::<f32>() * 2.0 - 1.0)).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

fn metadata() -> BTreeMap<String, Value> {
    let mut next = 0x100u32;
    let mut tokens: Vec<String> = (0..=255u8)
        .map(|byte| {
            let printable = matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
            let character = if printable {
                char::from(byte)
            } else {
                next += 1;
                char::from_u32(next - 1).unwrap()
            };
            character.to_string()
        })
        .collect();
    tokens.extend(["\u{10a}\u{10a}", "<|endoftext|>", "<|im_start|>", "<|im_end|>"].map(String::from));
    let mut types = vec![1; 257];
    types.extend([3, 3, 3]);
    while tokens.len() < VOCABULARY {
        tokens.push(format!("[PAD{}]", tokens.len()));
        types.push(5);
    }
    let count = |value: usize| Value::U32(u32::try_from(value).unwrap());
    let text = |value: &str| Value::String(value.into());
    [
        ("general.architecture", text("qwen2")),
        ("qwen2.block_count", count(LAYERS)),
        ("qwen2.context_length", count(CONTEXT)),
        ("qwen2.embedding_length", count(HIDDEN)),
        ("qwen2.feed_forward_length", count(FEED_FORWARD)),
        ("qwen2.attention.head_count", count(HEADS)),
        ("qwen2.attention.head_count_kv", count(KV_HEADS)),
        ("qwen2.rope.freq_base", Value::F32(ROPE_BASE)),
        ("qwen2.attention.layer_norm_rms_epsilon", Value::F32(EPSILON)),
        ("tokenizer.ggml.model", text("gpt2")),
        ("tokenizer.ggml.pre", text("qwen2")),
        ("tokenizer.ggml.tokens", Value::Array(tokens.into_iter().map(Value::String).collect())),
        ("tokenizer.ggml.token_type", Value::Array(types.into_iter().map(Value::I32).collect())),
        ("tokenizer.ggml.merges", Value::Array(vec![text("\u{10a} \u{10a}")])),
        ("tokenizer.ggml.eos_token_id", count(259)),
        ("tokenizer.chat_template", text(CHAT_TEMPLATE)),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}
