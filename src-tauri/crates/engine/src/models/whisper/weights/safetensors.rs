//! The safetensors format: eight bytes that say how long the header is, the header as JSON, then the bytes of all weights.
//!
//! The crate `safetensors` wants the whole file in memory or mapped; a header that is read by itself needs neither.

use super::{HeaderError, Number, Stored};
use serde_json::Value;
use std::{collections::HashMap, io::Read};

/// The longest header the format allows, in bytes.
const LONGEST_HEADER: u64 = 100_000_000;
/// The entry that is no weight.
const METADATA: &str = "__metadata__";

/// Reads the header.
pub fn read(file: &mut impl Read, size: u64) -> Result<HashMap<String, Stored>, HeaderError> {
    let neither = || HeaderError::Malformed("neither a CTranslate2 model nor a safetensors file".into());
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > LONGEST_HEADER || length + 8 > size {
        return Err(neither());
    }
    let mut header = vec![0; usize::try_from(length).map_err(|_| neither())?];
    file.read_exact(&mut header)?;
    let Ok(Value::Object(header)) = serde_json::from_slice(&header) else { return Err(neither()) };
    let start = length + 8;
    let mut tensors = HashMap::new();
    for (name, entry) in header.into_iter().filter(|(name, _)| name != METADATA) {
        // Whole numbers, if there are any, are of no use here.
        let Some(number) = number(&entry) else { continue };
        let malformed = || HeaderError::Malformed(format!("the header's entry for `{name}`"));
        let stored = stored(&entry, number, start).ok_or_else(malformed)?;
        tensors.insert(name, stored);
    }
    Ok(tensors)
}

fn number(entry: &Value) -> Option<Number> {
    match entry.get("dtype")?.as_str()? {
        "F32" => Some(Number::F32),
        "F16" => Some(Number::F16),
        "BF16" => Some(Number::Bf16),
        _ => None,
    }
}

/// One entry of the header.
fn stored(entry: &Value, number: Number, start: u64) -> Option<Stored> {
    let size = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let shape = entry.get("shape")?.as_array()?.iter().map(size).collect::<Option<Vec<_>>>()?;
    let [begin, end] = entry.get("data_offsets")?.as_array()?.as_slice() else { return None };
    let (begin, end) = (begin.as_u64()?, end.as_u64()?);
    let stored = Stored { shape, number, offset: start.checked_add(begin)? };
    (stored.bytes() == end.checked_sub(begin)).then_some(stored)
}
