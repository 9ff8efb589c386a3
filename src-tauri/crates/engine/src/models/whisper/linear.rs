//! Matrix products with weights that stay as they are: in full precision, or as 8-bit numbers.

use super::{activation, weights::Weights};
use crate::EngineError;
use candle_core::{
    D, Device, Module, Result, Tensor,
    quantized::{GgmlDType, QMatMul, QTensor},
};
use std::sync::Arc;

/// How the weights are held and multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SpeechPrecision {
    /// 32-bit floating point.
    Full,
    /// Blocks of 32 8-bit numbers with a scale each; what they are multiplied with is brought to 8 bits on the way. A
    /// quarter of the memory, faster, and hardly a word different.
    #[default]
    EightBit,
}

/// Candle's fast 8-bit products take inputs and outputs in multiples of these; others are filled up with zeros.
const INPUT_MULTIPLE: usize = 256;
const OUTPUT_MULTIPLE: usize = 16;

/// `y = x W^T`, where `W` is `(outputs, inputs)`.
pub struct Product {
    matrix: Matrix,
    inputs: usize,
    outputs: usize,
}

enum Matrix {
    /// `(outputs, inputs)`.
    Full(Tensor),
    /// Filled up to the multiples above. The same numbers twice: `QMatMul` multiplies, `QTensor` looks up rows.
    EightBit(QMatMul, Arc<QTensor>),
}

impl Product {
    /// From row-major weights `(outputs, inputs)`.
    pub fn new(values: Vec<f32>, outputs: usize, inputs: usize, precision: SpeechPrecision) -> Result<Self> {
        let matrix = Tensor::from_vec(values, (outputs, inputs), &Device::Cpu)?;
        let matrix = match precision {
            SpeechPrecision::Full => Matrix::Full(matrix),
            SpeechPrecision::EightBit => {
                let matrix = matrix
                    .pad_with_zeros(0, 0, outputs.next_multiple_of(OUTPUT_MULTIPLE) - outputs)?
                    .pad_with_zeros(1, 0, inputs.next_multiple_of(INPUT_MULTIPLE) - inputs)?;
                let quantised = Arc::new(QTensor::quantize(&matrix, GgmlDType::Q8_0)?);
                Matrix::EightBit(QMatMul::from_arc(Arc::clone(&quantised))?, quantised)
            }
        };
        Ok(Self { matrix, inputs, outputs })
    }

    /// `(rows, inputs)` to `(rows, outputs)`, contiguous.
    pub fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        match &self.matrix {
            Matrix::Full(matrix) => rows.matmul(&matrix.t()?),
            Matrix::EightBit(matrix, _) => {
                let missing = self.inputs.next_multiple_of(INPUT_MULTIPLE) - self.inputs;
                let rows =
                    if missing == 0 { rows.clone() } else { rows.pad_with_zeros(D::Minus1, 0, missing)? };
                let output = matrix.forward(&rows)?;
                if self.outputs.is_multiple_of(OUTPUT_MULTIPLE) {
                    Ok(output)
                } else {
                    output.narrow(D::Minus1, 0, self.outputs)?.contiguous()
                }
            }
        }
    }

    /// Rows of the matrix by their numbers: `(numbers, inputs)`.
    pub fn rows(&self, numbers: &Tensor) -> Result<Tensor> {
        match &self.matrix {
            Matrix::Full(matrix) => matrix.index_select(numbers, 0),
            Matrix::EightBit(_, matrix) => {
                matrix.embedding(numbers)?.narrow(D::Minus1, 0, self.inputs)?.contiguous()
            }
        }
    }
}

/// A product and the bias behind it.
pub struct Linear {
    product: Product,
    bias: Tensor,
}

impl Linear {
    /// Reads `NAME.weight` and `NAME.bias`.
    pub fn load(
        weights: &mut Weights,
        name: &str,
        outputs: usize,
        inputs: usize,
        precision: SpeechPrecision,
    ) -> std::result::Result<Self, EngineError> {
        Self::stacked(weights, &[name], outputs, inputs, precision)
    }

    /// Several layers that read the same rows, as one with their outputs side by side, each `outputs` wide. A bias that is
    /// absent is zero: the keys of Whisper have none.
    pub fn stacked(
        weights: &mut Weights,
        names: &[&str],
        outputs: usize,
        inputs: usize,
        precision: SpeechPrecision,
    ) -> std::result::Result<Self, EngineError> {
        let (mut matrix, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            matrix.extend(weights.read(&format!("{name}.weight"), &[outputs, inputs])?);
            let bias_name = format!("{name}.bias");
            if weights.has(&bias_name) || !name.ends_with("k_proj") {
                bias.extend(weights.read(&bias_name, &[outputs])?);
            } else {
                bias.resize(bias.len() + outputs, 0.0);
            }
        }
        let outputs = outputs * names.len();
        Ok(Self {
            product: Product::new(matrix, outputs, inputs, precision)?,
            bias: Tensor::from_vec(bias, outputs, &Device::Cpu)?,
        })
    }

    /// `(rows, inputs)` to `(rows, outputs)`.
    pub fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let output = self.product.forward(rows)?;
        activation::bias(&output, &self.bias)?;
        Ok(output)
    }

    /// The same with GELU behind it.
    pub fn forward_gelu(&self, rows: &Tensor) -> Result<Tensor> {
        let output = self.product.forward(rows)?;
        activation::bias_gelu(&output, &self.bias)?;
        Ok(output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(count: usize) -> Vec<f32> {
        (0..count).map(|index| (index as f32 * 0.61).sin()).collect()
    }

    #[test]
    fn eight_bits_come_close_whatever_the_sizes() {
        for (outputs, inputs) in [(32, 256), (21, 64), (5, 300), (16, 512)] {
            let full =
                Product::new(values(outputs * inputs), outputs, inputs, SpeechPrecision::Full).unwrap();
            let eight =
                Product::new(values(outputs * inputs), outputs, inputs, SpeechPrecision::EightBit).unwrap();
            let rows = Tensor::from_vec(values(3 * inputs), (3, inputs), &Device::Cpu).unwrap();
            let (expected, found) = (full.forward(&rows).unwrap(), eight.forward(&rows).unwrap());
            assert_eq!(found.dims(), [3, outputs]);
            let size = expected.sqr().unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
            let error =
                (&found - &expected).unwrap().sqr().unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
            assert!((error / size).sqrt() < 0.03, "{outputs}x{inputs}: {}", (error / size).sqrt());

            let numbers = Tensor::new(&[4_u32, 0], &Device::Cpu).unwrap();
            let (expected, found) = (full.rows(&numbers).unwrap(), eight.rows(&numbers).unwrap());
            let most =
                (expected - found).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
            assert!(most < 0.005, "{most}");
        }
    }
}
