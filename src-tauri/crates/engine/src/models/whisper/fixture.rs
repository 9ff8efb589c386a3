//! A tiny Whisper with random weights and a vocabulary of bytes, written as real files for the tests.

use super::{SpeechRecognizerFiles, config::Config, tokens::Tokens};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Map, Value, json};
use std::{fs, path::Path};

pub const WIDTH: usize = 128;
pub const INSIDE: usize = 192;
pub const MELS: usize = 80;
/// One second.
pub const AUDIO_CONTEXT: usize = 50;
pub const TEXT_CONTEXT: usize = 32;
const LAYERS: usize = 2;
/// Behind the 256 bytes.
const MARKS: [&str; 10] = [
    "endoftext",
    "startoftranscript",
    "en",
    "zh",
    "translate",
    "transcribe",
    "startoflm",
    "startofprev",
    "nospeech",
    "notimestamps",
];
/// Bytes, marks and timestamps.
pub const VOCABULARY: usize = 256 + MARKS.len() + 1501;

/// A weight: name, shape, values row by row.
pub type Weight<'a> = (&'a str, &'a [usize], &'a [f32]);
type OwnedWeight = (String, Vec<usize>, Vec<f32>);

/// The tokens of the tiny model.
pub fn tokens() -> Tokens {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokenizer.json");
    fs::write(&path, tokenizer()).unwrap();
    let config = Config {
        mels: MELS,
        width: WIDTH,
        feed_forward: INSIDE,
        audio_context: AUDIO_CONTEXT,
        text_context: TEXT_CONTEXT,
        vocabulary: VOCABULARY,
        encoder_layers: LAYERS,
        decoder_layers: LAYERS,
    };
    Tokens::load(&path, &config).unwrap()
}

/// Writes the model with the weights as Hugging Face has them.
pub fn write_safetensors(folder: &Path) -> SpeechRecognizerFiles {
    let weights = weights();
    let borrowed: Vec<Weight<'_>> =
        weights.iter().map(|(name, shape, values)| (&**name, &**shape, &**values)).collect();
    write(folder, "model.safetensors", &safetensors_file(&borrowed))
}

/// Writes the same model with the weights as CTranslate2 has them.
pub fn write_ctranslate2(folder: &Path) -> SpeechRecognizerFiles {
    let weights = stacked(weights());
    let borrowed: Vec<Weight<'_>> =
        weights.iter().map(|(name, shape, values)| (&**name, &**shape, &**values)).collect();
    write(folder, "model.bin", &ctranslate2_file(&borrowed))
}

fn write(folder: &Path, name: &str, weights: &[u8]) -> SpeechRecognizerFiles {
    let files =
        SpeechRecognizerFiles { weights: folder.join(name), tokenizer: folder.join("tokenizer.json") };
    fs::write(&files.weights, weights).unwrap();
    fs::write(&files.tokenizer, tokenizer()).unwrap();
    files
}

/// A `tokenizer.json` in which a byte's number is its token.
pub fn tokenizer() -> String {
    let mut next = 0x100;
    let mut vocabulary = Map::new();
    for byte in 0..=255_u8 {
        let character = if matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF) {
            char::from(byte)
        } else {
            next += 1;
            char::from_u32(next - 1).unwrap()
        };
        vocabulary.insert(character.to_string(), json!(byte));
    }
    let marks: Vec<Value> = (256..)
        .zip(MARKS)
        .map(|(id, mark)| {
            json!({"id": id, "content": format!("<|{mark}|>"), "special": true, "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false})
        })
        .collect();
    let level =
        json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
    json!({
        "version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
        "added_tokens": marks, "pre_tokenizer": level, "decoder": level,
        "model": {"type": "BPE", "vocab": vocabulary, "merges": []}
    })
    .to_string()
}

fn weights() -> Vec<OwnedWeight> {
    let mut random = StdRng::seed_from_u64(5);
    let mut all = Vec::new();
    let mut weight = |name: String, shape: &[usize], centre: f32| {
        let inputs: usize = shape.iter().skip(1).product();
        let spread = if shape.len() == 1 { 0.2 } else { 1.5 / (inputs as f32).sqrt() };
        let values = (0..shape.iter().product::<usize>())
            .map(|_| centre + spread * (random.random::<f32>() * 2.0 - 1.0))
            .collect();
        all.push((name, shape.to_vec(), values));
    };
    let norm = |weight: &mut dyn FnMut(String, &[usize], f32), name: String| {
        weight(format!("{name}.weight"), &[WIDTH], 1.0);
        weight(format!("{name}.bias"), &[WIDTH], 0.0);
    };
    for (name, inputs) in [("conv1", MELS), ("conv2", WIDTH)] {
        weight(format!("model.encoder.{name}.weight"), &[WIDTH, inputs, 3], 0.0);
        weight(format!("model.encoder.{name}.bias"), &[WIDTH], 0.0);
    }
    weight("model.encoder.embed_positions.weight".into(), &[AUDIO_CONTEXT, WIDTH], 0.0);
    weight("model.decoder.embed_positions.weight".into(), &[TEXT_CONTEXT, WIDTH], 0.0);
    weight("model.decoder.embed_tokens.weight".into(), &[VOCABULARY, WIDTH], 0.0);
    for side in ["encoder", "decoder"] {
        norm(&mut weight, format!("model.{side}.layer_norm"));
        for layer in 0..LAYERS {
            let name = format!("model.{side}.layers.{layer}");
            let attentions: &[&str] =
                if side == "encoder" { &["self_attn"] } else { &["self_attn", "encoder_attn"] };
            for attention in attentions {
                norm(&mut weight, format!("{name}.{attention}_layer_norm"));
                for part in ["q_proj", "k_proj", "v_proj", "out_proj"] {
                    weight(format!("{name}.{attention}.{part}.weight"), &[WIDTH, WIDTH], 0.0);
                    if part != "k_proj" {
                        weight(format!("{name}.{attention}.{part}.bias"), &[WIDTH], 0.0);
                    }
                }
            }
            norm(&mut weight, format!("{name}.final_layer_norm"));
            weight(format!("{name}.fc1.weight"), &[INSIDE, WIDTH], 0.0);
            weight(format!("{name}.fc1.bias"), &[INSIDE], 0.0);
            weight(format!("{name}.fc2.weight"), &[WIDTH, INSIDE], 0.0);
            weight(format!("{name}.fc2.bias"), &[WIDTH], 0.0);
        }
    }
    all
}

/// Queries, keys and values on top of each other, under the names CTranslate2 gives them.
fn stacked(weights: Vec<OwnedWeight>) -> Vec<OwnedWeight> {
    let places = [
        ("self_attn_layer_norm", "self_attention/layer_norm"),
        ("encoder_attn_layer_norm", "attention/layer_norm"),
        ("final_layer_norm", "ffn/layer_norm"),
        ("self_attn.q_proj", "self_attention/linear_0"),
        ("self_attn.k_proj", "self_attention/linear_0"),
        ("self_attn.v_proj", "self_attention/linear_0"),
        ("self_attn.out_proj", "self_attention/linear_1"),
        ("encoder_attn.q_proj", "attention/linear_0"),
        ("encoder_attn.k_proj", "attention/linear_1"),
        ("encoder_attn.v_proj", "attention/linear_1"),
        ("encoder_attn.out_proj", "attention/linear_2"),
        ("fc1", "ffn/linear_0"),
        ("fc2", "ffn/linear_1"),
        ("embed_positions", "position_encodings"),
        ("embed_tokens", "embeddings"),
    ];
    let mut all: Vec<OwnedWeight> = Vec::new();
    let mut put =
        |name: String, shape: &[usize], values: &[f32]| match all.iter_mut().find(|entry| entry.0 == name) {
            Some((_, known, stack)) => {
                known[0] += shape[0];
                stack.extend(values);
            }
            None => all.push((name, shape.to_vec(), values.to_vec())),
        };
    for (name, shape, values) in weights {
        let path = name.strip_prefix("model.").unwrap();
        let (path, kind) = path.rsplit_once('.').unwrap();
        let (side, path) = path.split_once('.').unwrap();
        let (layer, part) = match path.strip_prefix("layers.").and_then(|rest| rest.split_once('.')) {
            Some((layer, part)) => (format!("/layer_{layer}"), part),
            None => (String::new(), path),
        };
        let place = places.iter().find(|(known, _)| *known == part).map_or(part, |(_, place)| place);
        let kind = match (kind, place) {
            ("weight", "position_encodings") => "encodings",
            ("weight", place) if place.ends_with("layer_norm") => "gamma",
            ("bias", place) if place.ends_with("layer_norm") => "beta",
            (kind, _) => kind,
        };
        put(format!("{side}{layer}/{place}/{kind}"), &shape, &values);
        if part.ends_with("k_proj") {
            put(format!("{side}{layer}/{place}/bias"), &[WIDTH], &[0.0; WIDTH]);
        }
    }
    all
}

/// A `model.bin` of CTranslate2's format 6 with a setting and an alias among the weights.
pub fn ctranslate2_file(weights: &[Weight<'_>]) -> Vec<u8> {
    let mut file = Vec::new();
    let text = |file: &mut Vec<u8>, text: &str| {
        file.extend((text.len() as u16 + 1).to_le_bytes());
        file.extend(text.as_bytes());
        file.push(0);
    };
    file.extend(6_u32.to_le_bytes());
    text(&mut file, "WhisperSpec");
    file.extend(3_u32.to_le_bytes());
    file.extend((weights.len() as u32 + 1).to_le_bytes());
    text(&mut file, "encoder/num_heads");
    file.extend([0, 2, 2, 0, 0, 0, 8, 0]);
    for (name, shape, values) in weights {
        text(&mut file, name);
        file.push(shape.len() as u8);
        file.extend(shape.iter().flat_map(|size| (*size as u32).to_le_bytes()));
        file.push(0);
        file.extend((values.len() as u32 * 4).to_le_bytes());
        file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
    file.extend(1_u32.to_le_bytes());
    text(&mut file, "decoder/projection/weight");
    text(&mut file, "decoder/embeddings/weight");
    file
}

/// A `model.safetensors`.
pub fn safetensors_file(weights: &[Weight<'_>]) -> Vec<u8> {
    let mut header = Map::new();
    header.insert("__metadata__".into(), json!({"format": "pt"}));
    let mut data = Vec::new();
    for (name, shape, values) in weights {
        let begin = data.len();
        data.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        header.insert(
            (*name).into(),
            json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()]}),
        );
    }
    let header = Value::Object(header).to_string();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.into_bytes());
    file.extend(data);
    file
}
