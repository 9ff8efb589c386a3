//! The binary format of CTranslate2, `model.bin` version 6, as `WhisperSpec` revision 3 is written by
//! `ctranslate2/specs/model_spec.py`: the number of the version, the name and revision of the model's kind, then every
//! weight with its name, shape, type and bytes, then names that stand for others. Everything is little endian.
//!
//! Layers that read the same input are stored stacked (queries, keys and values); here they come apart again.

use super::{HeaderError, Number, Stored};
use std::{
    collections::HashMap,
    io::{Read, Seek},
};

/// How a file begins: its version.
pub const MAGIC: &[u8] = &[6, 0, 0, 0];

/// The kind of model that is meant here.
const KIND: &str = "WhisperSpec";
/// More weights than any Whisper has.
const MOST_WEIGHTS: u32 = 100_000;
/// No weight has more dimensions.
const MOST_DIMENSIONS: u8 = 4;

/// Reads the header and walks over the weights.
pub fn read(file: &mut (impl Read + Seek), size: u64) -> Result<HashMap<String, Stored>, HeaderError> {
    let malformed = |detail: String| Err(HeaderError::Malformed(detail));
    let _version = number(file)?;
    let kind = text(file)?;
    if kind != KIND {
        return malformed(format!("a CTranslate2 model of kind `{kind}`, not `{KIND}`"));
    }
    let _revision = number(file)?;
    let count = number(file)?;
    if count > MOST_WEIGHTS {
        return malformed(format!("{count} weights"));
    }
    let mut tensors = HashMap::new();
    for _ in 0..count {
        let name = text(file)?;
        let dimensions = byte(file)?;
        if dimensions > MOST_DIMENSIONS {
            return malformed(format!("`{name}` has {dimensions} dimensions"));
        }
        let shape =
            (0..dimensions).map(|_| Ok(number(file)? as usize)).collect::<Result<Vec<_>, HeaderError>>()?;
        let kind = byte(file)?;
        let bytes = u64::from(number(file)?);
        let offset = file.stream_position()?;
        if offset + bytes > size {
            return malformed(format!("`{name}` reaches past the end of the file"));
        }
        file.seek_relative(i64::try_from(bytes).unwrap_or(i64::MAX))?;
        let number = match kind {
            0 => Number::F32,
            4 => Number::F16,
            5 => Number::Bf16,
            // Settings of one number each, which the shapes say already.
            _ if shape.is_empty() || !name.ends_with("/weight") => continue,
            1 => return malformed(format!("`{name}` is stored in 8 bits; use a file in 16 or 32")),
            other => return malformed(format!("`{name}` is stored as type {other}")),
        };
        let stored = Stored { shape, number, offset };
        if stored.bytes() != Some(bytes) {
            return malformed(format!("`{name}` has {bytes} bytes, which its shape does not say"));
        }
        insert(&mut tensors, &name, &stored)?;
    }
    let aliases = number(file)?;
    for _ in 0..aliases {
        // Only the output projection, which is the token embedding in every Whisper.
        text(file)?;
        text(file)?;
    }
    Ok(tensors)
}

/// Puts a weight, or each of the weights stacked in it, under its usual name.
fn insert(tensors: &mut HashMap<String, Stored>, name: &str, stored: &Stored) -> Result<(), HeaderError> {
    let Some((side, rest)) = name.split_once('/') else { return Ok(()) };
    let Some((place, kind)) = rest.rsplit_once('/') else { return Ok(()) };
    let kind = match kind {
        "gamma" | "encodings" => "weight",
        "beta" => "bias",
        other => other,
    };
    let (prefix, part) = match place.strip_prefix("layer_").and_then(|rest| rest.split_once('/')) {
        Some((index, part)) => (format!("model.{side}.layers.{index}"), part),
        None => (format!("model.{side}"), place),
    };
    let parts: &[&str] = match part {
        "conv1" => &["conv1"],
        "conv2" => &["conv2"],
        "layer_norm" => &["layer_norm"],
        "position_encodings" => &["embed_positions"],
        "embeddings" => &["embed_tokens"],
        "self_attention/layer_norm" => &["self_attn_layer_norm"],
        "self_attention/linear_0" => &["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
        "self_attention/linear_1" => &["self_attn.out_proj"],
        "attention/layer_norm" => &["encoder_attn_layer_norm"],
        "attention/linear_0" => &["encoder_attn.q_proj"],
        "attention/linear_1" => &["encoder_attn.k_proj", "encoder_attn.v_proj"],
        "attention/linear_2" => &["encoder_attn.out_proj"],
        "ffn/layer_norm" => &["final_layer_norm"],
        "ffn/linear_0" => &["fc1"],
        "ffn/linear_1" => &["fc2"],
        _ => return Ok(()),
    };
    let mut shape = stored.shape.clone();
    match shape.first_mut() {
        Some(rows) if rows.is_multiple_of(parts.len()) => *rows /= parts.len(),
        _ => return Err(HeaderError::Malformed(format!("`{name}` does not come apart in {}", parts.len()))),
    }
    let bytes = stored.bytes().unwrap_or_default() / parts.len() as u64;
    for (index, part) in (0_u64..).zip(parts) {
        let stored =
            Stored { shape: shape.clone(), number: stored.number, offset: stored.offset + index * bytes };
        tensors.insert(format!("{prefix}.{part}.{kind}"), stored);
    }
    Ok(())
}

fn byte(file: &mut impl Read) -> Result<u8, HeaderError> {
    let mut bytes = [0];
    file.read_exact(&mut bytes)?;
    Ok(bytes[0])
}

fn number(file: &mut impl Read) -> Result<u32, HeaderError> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// Its length with the zero at its end in two bytes, then the text and the zero.
fn text(file: &mut impl Read) -> Result<String, HeaderError> {
    let mut length = [0; 2];
    file.read_exact(&mut length)?;
    let mut bytes = vec![0; usize::from(u16::from_le_bytes(length))];
    file.read_exact(&mut bytes)?;
    if bytes.pop() != Some(0) {
        return Err(HeaderError::Malformed("a name without an end".into()));
    }
    String::from_utf8(bytes).map_err(|_| HeaderError::Malformed("a name that is no text".into()))
}
