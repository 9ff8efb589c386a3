//! Keys and values of one layer, in buffers that are written in place.

use candle_core::{DType, Device, Result, Tensor};

/// Positions a buffer grows by at least.
const STEP: usize = 512;

/// One layer's keys and values, each `(kv_heads, capacity, head_width)`.
pub struct KvCache {
    keys: Tensor,
    values: Tensor,
    capacity: usize,
}

impl KvCache {
    /// An empty cache; the first write allocates.
    pub fn new(kv_heads: usize, head_width: usize, device: &Device) -> Result<Self> {
        let empty = Tensor::zeros((kv_heads, 0, head_width), DType::F32, device)?;
        Ok(Self { keys: empty.clone(), values: empty, capacity: 0 })
    }

    /// Writes `(kv_heads, count, head_width)` at `position` and returns all keys and values up to the end of it. What lay
    /// there or behind is forgotten.
    pub fn write(&mut self, position: usize, keys: &Tensor, values: &Tensor) -> Result<(Tensor, Tensor)> {
        let end = position + keys.dim(1)?;
        if end > self.capacity {
            // Doubling keeps the copying linear in the length of a conversation.
            let capacity = end.max(2 * self.capacity).next_multiple_of(STEP);
            self.keys = grow(&self.keys, position, capacity)?;
            self.values = grow(&self.values, position, capacity)?;
            self.capacity = capacity;
        }
        self.keys.slice_set(&keys.contiguous()?, 1, position)?;
        self.values.slice_set(&values.contiguous()?, 1, position)?;
        Ok((self.keys.narrow(1, 0, end)?, self.values.narrow(1, 0, end)?))
    }
}

fn grow(buffer: &Tensor, used: usize, capacity: usize) -> Result<Tensor> {
    let (heads, _, width) = buffer.dims3()?;
    let larger = Tensor::zeros((heads, capacity, width), buffer.dtype(), buffer.device())?;
    if used > 0 {
        larger.slice_set(&buffer.narrow(1, 0, used)?.contiguous()?, 1, 0)?;
    }
    Ok(larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(range: std::ops::Range<u32>) -> Tensor {
        let values: Vec<f32> = range.map(|value| value as f32).collect();
        let count = values.len();
        Tensor::from_vec(values, (1, count, 1), &Device::Cpu).unwrap()
    }

    fn flat(tensor: &Tensor) -> Vec<f32> {
        tensor.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn growing_keeps_what_was_written_and_a_rewrite_replaces_it() {
        let mut cache = KvCache::new(1, 1, &Device::Cpu).unwrap();
        let first = rows(0..500);
        cache.write(0, &first, &first).unwrap();
        let second = rows(500..1100);
        let (keys, values) = cache.write(500, &second, &second).unwrap();
        assert_eq!(flat(&keys), (0..1100).map(|value| value as f32).collect::<Vec<_>>());
        assert_eq!(flat(&keys), flat(&values));

        let other = rows(7..8);
        let (keys, _) = cache.write(2, &other, &other).unwrap();
        assert_eq!(flat(&keys), [0.0, 1.0, 7.0]);
    }
}
