//! The functions between and behind the matrix products: softmax, GELU with its bias, the logarithm of a sum of exponentials.
//!
//! Candle computes both with the mathematical library's exponential and error function, one number after the other, of which
//! a window of 30 s takes more than a hundred million. Here the exponential is a polynomial over as many numbers
//! at once as the processor has lanes, which `pulp` finds out when the program runs. Errors stay below 3e-7 of the result.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were found"
)]

use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Tensor, bail};
use pulp::Arch;
use rayon::prelude::*;

/// Numbers a thread takes at once, at least.
const STRETCH: usize = 16 * 1024;
/// Independent sums, so that adding up does not wait for itself.
const LANES: usize = 32;

/// Applies `work` to each row (the last dimension) of a contiguous tensor, in place; it must be `inline(always)` to be compiled
/// for the widest registers.
///
/// # Errors
/// When the tensor is not contiguous, not of type f32, or has no numbers in a row.
pub fn each_row(stream: &Tensor, work: impl Fn(&mut [f32]) + Sync) -> Result<()> {
    stream.inplace_op1(&EachRow(work))
}

/// Runs `work` compiled for the widest registers there are. What it calls must be `inline(always)` to be part of it, which
/// iterators over pairs are not: loops by place take their place.
#[inline(always)]
pub fn vectorised<T>(work: impl FnOnce() -> T) -> T {
    Arch::new().dispatch(work)
}

struct EachRow<F>(F);

impl<F: Fn(&mut [f32]) + Sync> InplaceOp1 for EachRow<F> {
    fn name(&self) -> &'static str {
        "whisper-each-row"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let width = layout.dims().last().copied().unwrap_or_default();
        let Some((start, end)) = layout.contiguous_offsets() else { bail!("the tensor is not contiguous") };
        let CpuStorage::F32(values) = storage else { bail!("the tensor is not of type f32") };
        let Some(values) = values.get_mut(start..end).filter(|_| width > 0) else {
            bail!("the tensor is empty")
        };
        let rows = |values: &mut [f32]| {
            vectorised(
                #[inline(always)]
                || {
                    for row in values.chunks_exact_mut(width) {
                        (self.0)(row);
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
}

/// Adds a bias.
#[inline(always)]
pub fn bias(row: &mut [f32], bias: &[f32]) {
    let bias = &bias[..row.len()];
    for place in 0..row.len() {
        row[place] += bias[place];
    }
}

/// Adds a bias, then applies GELU as defined by the error function.
#[inline(always)]
pub fn bias_gelu(row: &mut [f32], bias: &[f32]) {
    let bias = &bias[..row.len()];
    for place in 0..row.len() {
        let x = row[place] + bias[place];
        row[place] = 0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// The largest number; minus infinity where there is none.
pub fn largest(row: &[f32]) -> f32 {
    vectorised(
        #[inline(always)]
        || most_of(row),
    )
}

/// The logarithm of the sum of the exponentials; minus infinity where there is nothing to add.
pub fn log_sum_exp(row: &[f32]) -> f32 {
    vectorised(
        #[inline(always)]
        || logarithm_of_sum(row),
    )
}

#[inline(always)]
fn most_of(row: &[f32]) -> f32 {
    let mut most = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            most[lane] = if chunk[lane] > most[lane] { chunk[lane] } else { most[lane] };
        }
    }
    most.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}

#[inline(always)]
fn logarithm_of_sum(row: &[f32]) -> f32 {
    let most = most_of(row);
    if most == f32::NEG_INFINITY {
        return most;
    }
    let mut sums = [0.0; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += exp(chunk[lane] - most);
        }
    }
    let mut sum: f32 = sums.iter().sum();
    for value in rest {
        sum += exp(*value - most);
    }
    most + sum.ln()
}

/// Softmax.
#[inline(always)]
pub fn softmax(row: &mut [f32]) {
    let most = most_of(row);
    let mut sums = [0.0; LANES];
    let (chunks, rest) = row.as_chunks_mut::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            chunk[lane] = exp(chunk[lane] - most);
            sums[lane] += chunk[lane];
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
            each_row(&scores, softmax).unwrap();
            assert!(difference(&scores, &expected) < 1e-6);
        }
    }

    #[test]
    fn gelu_is_candles_gelu_behind_the_bias() {
        let stream = sample(40, 600);
        let by = sample(2, 600).i(1).unwrap();
        let biased = stream.broadcast_add(&by).unwrap();
        let expected = biased.gelu_erf().unwrap();
        let by: Vec<f32> = by.to_vec1().unwrap();
        let plain = stream.copy().unwrap();
        each_row(&plain, |row| bias(row, &by)).unwrap();
        assert!(difference(&plain, &biased) < 1e-6);
        each_row(&stream, |row| bias_gelu(row, &by)).unwrap();
        assert!(difference(&stream, &expected) < 3e-6);
    }

    #[test]
    fn sums_of_exponentials() {
        assert!((log_sum_exp(&[0.0, 0.0]) - 2.0_f32.ln()).abs() < 1e-6);
        assert!((log_sum_exp(&[1000.0, f32::NEG_INFINITY]) - 1000.0).abs() < 1e-3);
        assert!(log_sum_exp(&[]) < f32::MIN && log_sum_exp(&[f32::NEG_INFINITY; 50]) < f32::MIN);
        let values: Vec<f32> = (0..5003).map(|index| (index as f32 * 0.37).sin() * 9.0).collect();
        let expected = values.iter().map(|value| f64::from(*value).exp()).sum::<f64>().ln();
        assert!((f64::from(log_sum_exp(&values)) - expected).abs() < 1e-5);
        assert!((largest(&values[..4999]) - largest(&values[4900..])).abs() < 1e-2);
    }

    #[test]
    fn what_is_not_in_one_piece_is_refused() {
        assert!(each_row(&sample(4, 4).t().unwrap(), softmax).is_err());
        assert!(each_row(&sample(4, 8).narrow(1, 0, 1).unwrap(), softmax).is_err());
    }
}
