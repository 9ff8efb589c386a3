//! Weights of five bits written with eight: the same numbers, in a format whose products are fast.
//!
//! Candle multiplies Q5_0 one number at a time on x86. Files whose rows are no multiple of 256 long are full of them, since
//! K-quants need that and llama.cpp falls back to Q5_0. Each of their numbers, an integer of five bits times a scale of
//! 16, is one of Q8_0, too, so nothing is rounded; a weight takes 34 bytes in place of 22 for each 32 numbers.
//!
//! Layout: `ggml-common.h` of llama.cpp, `block_q5_0` and `block_q8_0`.

use candle_core::{
    Result,
    quantized::{GgmlDType, QStorage, QTensor},
};
use std::borrow::Cow;

/// Bytes of a block of 32 numbers: a scale, the fifth bits, the other four of the first and the second half.
const NARROW: usize = 2 + 4 + 16;
/// Bytes of a block of 32 numbers: a scale and the numbers.
const WIDE: usize = 2 + 32;

/// The weight as it is multiplied fastest on a processor. One of another format, or on another device, is handed back.
pub fn widened(weight: QTensor) -> Result<QTensor> {
    if weight.dtype() != GgmlDType::Q5_0 || !weight.device().is_cpu() {
        return Ok(weight);
    }
    let wide = wide_blocks(&weight.data()?);
    let storage = QStorage::from_data(Cow::Owned(wide), &weight.device(), GgmlDType::Q8_0)?;
    QTensor::new(storage, weight.shape())
}

fn wide_blocks(narrow: &[u8]) -> Vec<u8> {
    let mut wide = Vec::with_capacity(narrow.len() / NARROW * WIDE);
    for block in narrow.chunks_exact(NARROW) {
        let (scale, rest) = block.split_at(2);
        let (fifth, lows) = rest.split_at(4);
        let fifth = fifth.iter().rev().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        wide.extend_from_slice(scale);
        let number = |low: u8, index: usize| {
            let high = (fifth >> index & 1) as u8;
            // From 0 to 31, with 16 for zero.
            (low | high << 4).wrapping_sub(16)
        };
        wide.extend(lows.iter().enumerate().map(|(index, byte)| number(byte & 0x0f, index)));
        wide.extend(lows.iter().enumerate().map(|(index, byte)| number(byte >> 4, index + 16)));
    }
    wide
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    #[test]
    fn no_number_changes() {
        let numbers = Tensor::randn(0.0_f32, 1.0, (5, 96), &Device::Cpu).unwrap();
        let narrow = QTensor::quantize(&numbers, GgmlDType::Q5_0).unwrap();
        let before: Vec<Vec<f32>> = narrow.dequantize(&Device::Cpu).unwrap().to_vec2().unwrap();
        let wide = widened(narrow).unwrap();
        assert_eq!(wide.dtype(), GgmlDType::Q8_0);
        assert_eq!(wide.dequantize(&Device::Cpu).unwrap().to_vec2::<f32>().unwrap(), before);
        assert!(before.iter().flatten().any(|number| *number < 0.0));
    }

    #[test]
    fn other_formats_stay() {
        let numbers = Tensor::randn(0.0_f32, 1.0, (2, 256), &Device::Cpu).unwrap();
        for format in [GgmlDType::Q4K, GgmlDType::Q8_0, GgmlDType::F32] {
            assert_eq!(widened(QTensor::quantize(&numbers, format).unwrap()).unwrap().dtype(), format);
        }
    }
}
