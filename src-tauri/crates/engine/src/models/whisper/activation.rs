//! The functions between the matrix products, in place and over all threads: softmax, and GELU with its bias.
//!
//! Candle computes both with the mathematical library's exponential and error function, one number after the other, of which
//! a window of 30 s takes more than a hundred million. Here the exponential is a polynomial over as many numbers
//! at once as the processor has lanes, which `pulp` finds out when the program runs. Errors stay below 3e-7 of the result.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were found"
)]

use candle_core::{CpuStorage, InplaceOp1, InplaceOp2, Layout, Result, Tensor, bail};
use pulp::Arch;
use rayon::prelude::*;

/// Numbers a thread takes at once, at least.
const STRETCH: usize = 16 * 1024;
/// Independent sums, so that adding up does not wait for itself.
const LANES: usize = 32;

/// Softmax over the last dimension, in place.
pub fn softmax(scores: &Tensor) -> Result<()> {
    scores.inplace_op1(&Softmax)
}

/// Adds a bias as long as the last dimension, then applies GELU as defined by the error function; in place.
pub fn bias_gelu(stream: &Tensor, bias: &Tensor) -> Result<()> {
    stream.inplace_op2(bias, &BiasGelu)
}

/// Adds a bias as long as the last dimension, in place.
pub fn bias(stream: &Tensor, bias: &Tensor) -> Result<()> {
    stream.inplace_op2(bias, &Bias)
}

struct Softmax;

impl InplaceOp1 for Softmax {
    fn name(&self) -> &'static str {
        "whisper-softmax"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let width = layout.dims().last().copied().unwrap_or_default();
        each_row(storage, layout, width, softmax_row)
    }
}

struct BiasGelu;

impl InplaceOp2 for BiasGelu {
    fn name(&self) -> &'static str {
        "whisper-bias-gelu"
    }

    fn cpu_fwd(
        &self,
        stream: &mut CpuStorage,
        layout: &Layout,
        bias: &CpuStorage,
        of: &Layout,
    ) -> Result<()> {
        let bias = contiguous(bias, of)?;
        each_row(stream, layout, bias.len(), |row| bias_gelu_row(row, bias))
    }
}

struct Bias;

impl InplaceOp2 for Bias {
    fn name(&self) -> &'static str {
        "whisper-bias"
    }

    fn cpu_fwd(
        &self,
        stream: &mut CpuStorage,
        layout: &Layout,
        bias: &CpuStorage,
        of: &Layout,
    ) -> Result<()> {
        let bias = contiguous(bias, of)?;
        each_row(stream, layout, bias.len(), |row| {
            for (value, bias) in row.iter_mut().zip(bias) {
                *value += bias;
            }
        })
    }
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let Some((start, end)) = layout.contiguous_offsets() else { bail!("the tensor is not contiguous") };
    Ok(&storage.as_slice::<f32>()?[start..end])
}

/// Applies `work` to each row of `width` numbers, in the widest registers there are, on all threads where it pays.
fn each_row(
    storage: &mut CpuStorage,
    layout: &Layout,
    width: usize,
    work: impl Fn(&mut [f32]) + Sync,
) -> Result<()> {
    let Some((start, end)) = layout.contiguous_offsets() else { bail!("the tensor is not contiguous") };
    let CpuStorage::F32(values) = storage else { bail!("the tensor is not of type f32") };
    let Some(values) = values.get_mut(start..end).filter(|_| width > 0) else { bail!("the tensor is empty") };
    let arch = Arch::new();
    let rows = |values: &mut [f32]| {
        arch.dispatch(
            #[inline(always)]
            || {
                for row in values.chunks_exact_mut(width) {
                    work(row);
                }
            },
        );
    };
    let stretch = STRETCH.div_ceil(width) * width;
    if values.len() <= stretch {
        rows(values);
    } else {
        values.par_chunks_mut(stretch).for_each(rows);
    }
    Ok(())
}

#[inline(always)]
fn softmax_row(row: &mut [f32]) {
    let mut most = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (most, value) in most.iter_mut().zip(chunk) {
            *most = if *value > *most { *value } else { *most };
        }
    }
    let most = most.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sums = [0.0; LANES];
    let (chunks, rest) = row.as_chunks_mut::<LANES>();
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *value = exp(*value - most);
            *sum += *value;
        }
    }
    let mut sum: f32 = sums.iter().sum();
    for value in rest {
        *value = exp(*value - most);
        sum += *value;
    }
    let scale = 1.0 / sum;
    for value in row {
        *value *= scale;
    }
}

#[inline(always)]
fn bias_gelu_row(row: &mut [f32], bias: &[f32]) {
    for (value, bias) in row.iter_mut().zip(bias) {
        let x = *value + bias;
        *value = 0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// The exponential: two to the whole part of `x / ln 2`, put together in the exponent's bits, times Cephes' polynomial
/// (`expf`) of what is left.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Adding it rounds to whole numbers, which then stand in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    const ROUND_BITS: u32 = ROUND.to_bits();
    // In two parts, so that the difference keeps its last bits.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let whole = rounded - ROUND;
    let rest = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    let mut sum = 1.987_569_1e-4;
    for factor in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        sum = sum * rest + factor;
    }
    let fraction = sum * rest * rest + rest + 1.0;
    let exponent = rounded.to_bits().wrapping_sub(ROUND_BITS).wrapping_add(127) << 23;
    fraction * f32::from_bits(exponent)
}

/// The error function by Abramowitz and Stegun, 7.1.26: wrong by 1.5e-7 at most.
#[inline(always)]
fn erf(x: f32) -> f32 {
    let size = x.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * size);
    let mut sum = 1.061_405_4;
    for factor in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        sum = sum * t + factor;
    }
    (1.0 - sum * t * exp(-size * size)).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, IndexOp};
    use candle_nn::ops::softmax_last_dim;

    fn sample(rows: usize, width: usize) -> Tensor {
        let values: Vec<f32> = (0..rows * width).map(|index| (index as f32 * 0.37).sin() * 9.0).collect();
        Tensor::from_vec(values, (rows, width), &Device::Cpu).unwrap()
    }

    fn difference(one: &Tensor, other: &Tensor) -> f32 {
        (one - other).unwrap().abs().unwrap().max_all().unwrap().to_scalar().unwrap()
    }

    #[test]
    fn the_exponential_and_the_error_function_are_right() {
        for step in -8700..8800 {
            let x = step as f32 / 100.0;
            let (found, expected) = (exp(x), f64::from(x).exp());
            let error = (f64::from(found) - expected).abs() / expected;
            assert!(error < 3e-7, "exp({x}) = {found}");
        }
        assert!(exp(-1000.0) < 1e-37 && exp(f32::NEG_INFINITY) < 1e-37);
        for (x, expected) in [(0.0, 0.0), (0.5, 0.520_499_9), (-1.0, -0.842_700_8), (3.0, 0.999_977_9)] {
            assert!((erf(x) - expected).abs() < 3e-7, "erf({x}) = {}", erf(x));
        }
    }

    #[test]
    fn softmax_is_candles_softmax() {
        for (rows, width) in [(3, 7), (1, 1), (40, 1500), (2, 64)] {
            let scores = sample(rows, width);
            let expected = softmax_last_dim(&scores).unwrap();
            softmax(&scores).unwrap();
            assert!(difference(&scores, &expected) < 1e-6);
        }
    }

    #[test]
    fn gelu_is_candles_gelu_behind_the_bias() {
        let stream = sample(40, 600);
        let by = sample(2, 600).i(1).unwrap();
        let biased = stream.broadcast_add(&by).unwrap();
        let expected = biased.gelu_erf().unwrap();
        let plain = stream.copy().unwrap();
        bias(&plain, &by).unwrap();
        assert!(difference(&plain, &biased) < 1e-6);
        bias_gelu(&stream, &by).unwrap();
        assert!(difference(&stream, &expected) < 3e-6);
    }

    #[test]
    fn what_is_not_in_one_piece_is_refused() {
        let across = sample(4, 4).t().unwrap();
        assert!(softmax(&across).is_err());
        assert!(bias(&sample(4, 8), &sample(8, 4).narrow(1, 0, 1).unwrap()).is_err());
    }
}
