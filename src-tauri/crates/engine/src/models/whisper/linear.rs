//! Matrix products with weights that stay as they are: in full precision, or as 8-bit numbers.

#[cfg(target_arch = "x86_64")]
use super::vnni::{Vnni, VnniMatrix};
use super::{activation, weights::Weights};
use crate::EngineError;
#[cfg(target_arch = "x86_64")]
use candle_core::{CpuStorage, CustomOp1, Layout, Shape, bail};
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
    /// 8-bit numbers with a scale for each row, or for every 32 of them where the processor has no AVX-512 VNNI; what they are
    /// multiplied with is brought to 8 bits on the way. A quarter of the memory, faster, and hardly a word different.
    #[default]
    EightBit,
}

/// `y = x W^T`, where `W` is `(outputs, inputs)`.
pub struct Product(Matrix);

enum Matrix {
    /// `(outputs, inputs)`.
    Full(Tensor),
    #[cfg(target_arch = "x86_64")]
    Vnni(VnniMatrix),
    Blocks(Blocks),
}

impl Product {
    /// From row-major weights `(outputs, inputs)`.
    pub fn new(values: Vec<f32>, outputs: usize, inputs: usize, precision: SpeechPrecision) -> Result<Self> {
        if precision == SpeechPrecision::Full {
            return Ok(Self(Matrix::Full(Tensor::from_vec(values, (outputs, inputs), &Device::Cpu)?)));
        }
        #[cfg(target_arch = "x86_64")]
        if let Some(vnni) = Vnni::detect() {
            return Ok(Self(Matrix::Vnni(VnniMatrix::new(vnni, &values, outputs, inputs))));
        }
        Ok(Self(Matrix::Blocks(Blocks::new(values, outputs, inputs)?)))
    }

    /// `(rows, inputs)` to `(rows, outputs)`, contiguous.
    pub fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        match &self.0 {
            Matrix::Full(matrix) => rows.matmul(&matrix.t()?),
            #[cfg(target_arch = "x86_64")]
            Matrix::Vnni(matrix) => rows.apply_op1_no_bwd(&Multiply { matrix, finish: |_: &mut [f32]| {} }),
            Matrix::Blocks(blocks) => blocks.forward(rows),
        }
    }

    /// The same, and `finish` applied to each row of the result.
    pub fn forward_then(&self, rows: &Tensor, finish: impl Fn(&mut [f32]) + Sync) -> Result<Tensor> {
        #[cfg(target_arch = "x86_64")]
        if let Matrix::Vnni(matrix) = &self.0 {
            return rows.apply_op1_no_bwd(&Multiply { matrix, finish });
        }
        let output = self.forward(rows)?;
        activation::each_row(&output, finish)?;
        Ok(output)
    }

    /// Rows of the matrix by their numbers: `(numbers, inputs)`.
    pub fn rows(&self, numbers: &[u32]) -> Result<Tensor> {
        match &self.0 {
            Matrix::Full(matrix) => matrix.index_select(&Tensor::new(numbers, &Device::Cpu)?, 0),
            #[cfg(target_arch = "x86_64")]
            Matrix::Vnni(matrix) => {
                let mut values = Vec::new();
                for number in numbers {
                    matrix.push_row(*number as usize, &mut values)?;
                }
                let inputs = values.len() / numbers.len().max(1);
                Tensor::from_vec(values, (numbers.len(), inputs), &Device::Cpu)
            }
            Matrix::Blocks(blocks) => blocks.rows(numbers),
        }
    }
}

#[cfg(target_arch = "x86_64")]
struct Multiply<'a, F> {
    matrix: &'a VnniMatrix,
    finish: F,
}

#[cfg(target_arch = "x86_64")]
impl<F: Fn(&mut [f32]) + Sync> CustomOp1 for Multiply<'_, F> {
    fn name(&self) -> &'static str {
        "whisper-eight-bit"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, _) = layout.shape().dims2()?;
        let Some((start, end)) = layout.contiguous_offsets() else { bail!("the tensor is not contiguous") };
        let output = self.matrix.multiply(
            &storage.as_slice::<f32>()?[start..end],
            #[inline(always)]
            |row: &mut [f32]| (self.finish)(row),
        )?;
        Ok((CpuStorage::F32(output), (rows, self.matrix.outputs()).into()))
    }
}

/// Candle's fast 8-bit products take inputs and outputs in multiples of these; others are filled up with zeros.
const INPUT_MULTIPLE: usize = 256;
const OUTPUT_MULTIPLE: usize = 16;

/// Blocks of 32 8-bit numbers with a scale each, on any processor.
struct Blocks {
    /// Filled up to the multiples above. The same numbers twice: `QMatMul` multiplies, `QTensor` looks up rows.
    matrix: QMatMul,
    quantised: Arc<QTensor>,
    inputs: usize,
    outputs: usize,
}

impl Blocks {
    fn new(values: Vec<f32>, outputs: usize, inputs: usize) -> Result<Self> {
        let matrix = Tensor::from_vec(values, (outputs, inputs), &Device::Cpu)?
            .pad_with_zeros(0, 0, outputs.next_multiple_of(OUTPUT_MULTIPLE) - outputs)?
            .pad_with_zeros(1, 0, inputs.next_multiple_of(INPUT_MULTIPLE) - inputs)?;
        let quantised = Arc::new(QTensor::quantize(&matrix, GgmlDType::Q8_0)?);
        Ok(Self { matrix: QMatMul::from_arc(Arc::clone(&quantised))?, quantised, inputs, outputs })
    }

    fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let missing = self.inputs.next_multiple_of(INPUT_MULTIPLE) - self.inputs;
        let rows = if missing == 0 { rows.clone() } else { rows.pad_with_zeros(D::Minus1, 0, missing)? };
        let output = self.matrix.forward(&rows)?;
        if self.outputs.is_multiple_of(OUTPUT_MULTIPLE) {
            Ok(output)
        } else {
            output.narrow(D::Minus1, 0, self.outputs)?.contiguous()
        }
    }

    fn rows(&self, numbers: &[u32]) -> Result<Tensor> {
        let numbers = Tensor::new(numbers, &Device::Cpu)?;
        self.quantised.embedding(&numbers)?.narrow(D::Minus1, 0, self.inputs)?.contiguous()
    }
}

/// A product and the bias behind it.
pub struct Linear {
    product: Product,
    bias: Vec<f32>,
}

impl Linear {
    /// Reads `NAME.weight` and `NAME.bias` of several layers that read the same rows, as one with their outputs side by side,
    /// each `outputs` wide. A bias that is absent is zero: the keys of Whisper have none.
    pub fn load(
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
        Ok(Self { product: Product::new(matrix, outputs, inputs, precision)?, bias })
    }

    /// `(rows, inputs)` to `(rows, outputs)`.
    pub fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        self.product.forward_then(
            rows,
            #[inline(always)]
            |row| activation::bias(row, &self.bias),
        )
    }

    /// The same with GELU behind it.
    pub fn forward_gelu(&self, rows: &Tensor) -> Result<Tensor> {
        self.product.forward_then(
            rows,
            #[inline(always)]
            |row| activation::bias_gelu(row, &self.bias),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(count: usize) -> Vec<f32> {
        (0..count).map(|index| (index as f32 * 0.61).sin()).collect()
    }

    fn length(tensor: &Tensor) -> f32 {
        tensor.sqr().unwrap().sum_all().unwrap().sqrt().unwrap().to_scalar().unwrap()
    }

    fn error(expected: &Tensor, found: &Tensor) -> f32 {
        length(&(found - expected).unwrap()) / length(expected)
    }

    #[test]
    fn eight_bits_come_close_whatever_the_sizes() {
        for (outputs, inputs) in [(32, 256), (21, 64), (5, 301), (16, 512), (1100, 1030)] {
            let weights = values(outputs * inputs);
            let product = |precision| Product::new(weights.clone(), outputs, inputs, precision).unwrap();
            let full = product(SpeechPrecision::Full);
            let blocks = Product(Matrix::Blocks(Blocks::new(weights.clone(), outputs, inputs).unwrap()));
            for eight in [product(SpeechPrecision::EightBit), blocks] {
                for count in [1, 3, 70] {
                    let rows =
                        Tensor::from_vec(values(count * inputs), (count, inputs), &Device::Cpu).unwrap();
                    let (expected, found) = (full.forward(&rows).unwrap(), eight.forward(&rows).unwrap());
                    assert_eq!(found.dims(), [count, outputs]);
                    let error = error(&expected, &found);
                    assert!(error < 0.03, "{outputs}x{inputs}, {count}: {error}");
                    let more =
                        eight.forward_then(&rows, |row| row.iter_mut().for_each(|value| *value += 1.0));
                    assert!(
                        length(&((more.unwrap() - 1.0).unwrap() - found).unwrap()) < 1e-3 * length(&expected)
                    );
                }
                let (expected, found) = (full.rows(&[4, 0]).unwrap(), eight.rows(&[4, 0]).unwrap());
                assert!(error(&expected, &found) < 0.01);
            }
        }
    }
}
