//! Attention to all positions of a window of sound: of the encoder's positions to each other, and of one token to the sound.
//!
//! Candle computes both as products of whole matrices, whose scores (9 MB for a head of 1500 positions) go to memory and back
//! between one step and the next. Here the scores of a few dozen rows stay in the cache, 6 rows by two registers of columns
//! are summed up at a time, and nothing is copied but keys and values, once each, into the order in which they are read.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were found"
)]

use super::{
    activation::{self, vectorised},
    config::HEAD_WIDTH,
};
use candle_core::{CpuStorage, CustomOp1, CustomOp3, Device, Layout, Result, Shape, Storage, Tensor, bail};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Rows whose scores are computed and used before the next: 360 KB for 1500 positions.
const BLOCK: usize = 60;
/// Rows summed up at once; with two registers of columns that takes 12 registers, of which every processor has 16.
const TILE: usize = 6;
/// Positions whose values are added up for all rows of a block before the next: 16 KB in a panel of 32 columns.
const STRETCH: usize = 128;
/// Rows of keys that are turned into columns at once.
const TURNED: usize = 16;

/// Each position looks at every other. `input` is `(rows, 3 * width)`, queries, keys and values side by side; the result is
/// `(rows, width)`.
pub fn of_all_to_all(input: &Tensor) -> Result<Tensor> {
    input.apply_op1_no_bwd(&AllToAll)
}

/// One row looks at many. `query` is `(1, width)`, `keys` are `(heads, head_width, others)`, `values` `(heads, others,
/// head_width)`; the result is `(1, width)`.
pub fn of_one_to_all(query: &Tensor, keys: &Tensor, values: &Tensor) -> Result<Tensor> {
    query.apply_op3_no_bwd(keys, values, &OneToAll)
}

/// Keys and values of all heads, as [`of_one_to_all`] takes them, from `(others, 2 * width)`, where they lie side by side.
pub fn keys_and_values(input: &Tensor) -> Result<(Tensor, Tensor)> {
    let (others, stride) = input.dims2()?;
    let heads = stride / 2 / HEAD_WIDTH;
    if others == 0 || stride != 2 * heads * HEAD_WIDTH {
        bail!("{:?} are no keys and values", input.shape());
    }
    let (storage, layout) = input.storage_and_layout();
    let Storage::Cpu(storage) = &*storage else { bail!("the tensor is not on the processor") };
    let input = contiguous(storage, layout)?;
    let (mut keys, mut values) =
        (vec![0.0; heads * HEAD_WIDTH * others], vec![0.0; heads * HEAD_WIDTH * others]);
    let size = HEAD_WIDTH * others;
    keys.par_chunks_mut(size).zip(values.par_chunks_mut(size)).enumerate().for_each(
        |(head, (keys, values))| {
            // A few rows at a time, so that what is read and what is written stays in the cache.
            for first in (0..others).step_by(TURNED) {
                for place in 0..HEAD_WIDTH {
                    let column = head * HEAD_WIDTH + place;
                    let keys = &mut keys[place * others..][..others];
                    for row in first..others.min(first + TURNED) {
                        keys[row] = input[row * stride + column];
                    }
                }
            }
            for (row, values) in values.chunks_exact_mut(HEAD_WIDTH).enumerate() {
                let start = row * stride + stride / 2 + head * HEAD_WIDTH;
                values.copy_from_slice(&input[start..][..HEAD_WIDTH]);
            }
        },
    );
    let device = &Device::Cpu;
    let keys = Tensor::from_vec(keys, (heads, HEAD_WIDTH, others), device)?;
    Ok((keys, Tensor::from_vec(values, (heads, others, HEAD_WIDTH), device)?))
}

/// What scores are multiplied with.
fn scale() -> f32 {
    (HEAD_WIDTH as f32).powf(-0.5)
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let Some((start, end)) = layout.contiguous_offsets() else { bail!("the tensor is not contiguous") };
    Ok(&storage.as_slice::<f32>()?[start..end])
}

struct AllToAll;

impl CustomOp1 for AllToAll {
    fn name(&self) -> &'static str {
        "whisper-attention"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, stride) = layout.shape().dims2()?;
        let width = stride / 3;
        let input = contiguous(storage, layout)?;
        if rows == 0 || !width.is_multiple_of(HEAD_WIDTH) || stride != 3 * width {
            bail!("{:?} is no input of attention", layout.shape());
        }
        let arch = Arch::new();
        let heads: Vec<Head> = (0..width / HEAD_WIDTH)
            .into_par_iter()
            .map(|head| arch.dispatch(Pack { input, rows, stride, width, start: head * HEAD_WIDTH }))
            .collect();
        // Head after head, as a thread that goes through one after the other has its keys and values at hand.
        let mut by_head = vec![0.0; rows * width];
        by_head.par_chunks_mut(rows * HEAD_WIDTH).zip(&heads).enumerate().for_each(
            |(index, (output, head))| {
                output.par_chunks_mut(BLOCK * HEAD_WIDTH).enumerate().for_each_init(
                    Vec::new,
                    |scores, (block, output)| {
                        let queries = &input[block * BLOCK * stride + index * HEAD_WIDTH..];
                        arch.dispatch(Attend { head, queries, stride, scores, output });
                    },
                );
            },
        );
        let mut output = vec![0.0; rows * width];
        output.par_chunks_exact_mut(width).enumerate().for_each(|(row, output)| {
            for (head, output) in output.chunks_exact_mut(HEAD_WIDTH).enumerate() {
                output.copy_from_slice(&by_head[(head * rows + row) * HEAD_WIDTH..][..HEAD_WIDTH]);
            }
        });
        Ok((CpuStorage::F32(output), (rows, width).into()))
    }
}

/// Keys and values of one head in the order in which they are read: in panels of two registers of columns, all of a panel's
/// rows one after the other.
struct Head {
    /// Columns are positions, those that fill up the last panel among them; rows are the numbers of a key.
    keys: Vec<f32>,
    /// Columns are the numbers of a value, rows are positions.
    values: Vec<f32>,
    positions: usize,
}

/// Numbers in the columns of a panel.
const fn panel<S: Simd>() -> usize {
    2 * S::F32_LANES
}

struct Pack<'a> {
    input: &'a [f32],
    rows: usize,
    stride: usize,
    width: usize,
    start: usize,
}

impl WithSimd for Pack<'_> {
    type Output = Head;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Head {
        let Self { input, rows, stride, width, start } = self;
        let panel = panel::<S>();
        let mut keys = vec![0.0; rows.next_multiple_of(panel) * HEAD_WIDTH];
        let mut values = vec![0.0; rows * HEAD_WIDTH];
        for row in 0..rows {
            let key = &input[row * stride + width + start..][..HEAD_WIDTH];
            let first = row / panel * panel * HEAD_WIDTH + row % panel;
            for place in 0..HEAD_WIDTH {
                keys[first + place * panel] = key[place];
            }
            let value = &input[row * stride + 2 * width + start..][..HEAD_WIDTH];
            for index in 0..HEAD_WIDTH / panel {
                values[(index * rows + row) * panel..][..panel]
                    .copy_from_slice(&value[index * panel..][..panel]);
            }
        }
        Head { keys, values, positions: rows }
    }
}

/// Computes a block of rows of one head.
struct Attend<'a> {
    head: &'a Head,
    /// From the first query on, the others [`Self::stride`] apart.
    queries: &'a [f32],
    stride: usize,
    scores: &'a mut Vec<f32>,
    /// `(rows, head_width)`, zeros.
    output: &'a mut [f32],
}

impl WithSimd for Attend<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { head, queries, stride, scores, output } = self;
        let panel = panel::<S>();
        let width = head.positions.next_multiple_of(panel);
        let rows = output.len() / HEAD_WIDTH;
        scores.resize(rows * width, 0.0);
        let scale = simd.splat_f32s(scale());
        for (index, keys) in head.keys.chunks_exact(panel * HEAD_WIDTH).enumerate() {
            for first in (0..rows).step_by(TILE) {
                let sums = tile(simd, &tile_of(queries, first, rows, stride, HEAD_WIDTH), keys);
                for (row, sums) in (first..rows).zip(sums) {
                    let (scores, _) =
                        S::as_mut_simd_f32s(&mut scores[row * width + index * panel..][..panel]);
                    for (slot, sum) in scores.iter_mut().zip(sums) {
                        *slot = simd.mul_f32s(sum, scale);
                    }
                }
            }
        }
        for scores in scores.chunks_exact_mut(width) {
            activation::softmax(&mut scores[..head.positions]);
        }
        for (index, values) in head.values.chunks_exact(panel * head.positions).enumerate() {
            for (stretch, values) in values.chunks(panel * STRETCH).enumerate() {
                let scores = &scores[stretch * STRETCH..];
                for first in (0..rows).step_by(TILE) {
                    let scores = tile_of(scores, first, rows, width, values.len() / panel);
                    let sums = tile(simd, &scores, values);
                    for row in first..rows.min(first + TILE) {
                        let output = &mut output[row * HEAD_WIDTH + index * panel..][..panel];
                        let (output, _) = S::as_mut_simd_f32s(output);
                        for half in 0..2 {
                            output[half] = simd.add_f32s(output[half], sums[row - first][half]);
                        }
                    }
                }
            }
        }
    }
}

/// The rows of a tile; the last one again where there are no more.
#[inline(always)]
fn tile_of(values: &[f32], first: usize, rows: usize, stride: usize, width: usize) -> [&[f32]; TILE] {
    let mut tile = [&values[..0]; TILE];
    for index in 0..TILE {
        tile[index] = &values[(first + index).min(rows - 1) * stride..][..width];
    }
    tile
}

/// The products of the rows of a tile with the columns of a panel.
#[inline(always)]
fn tile<S: Simd>(simd: S, rows: &[&[f32]; TILE], panel: &[f32]) -> [[S::f32s; 2]; TILE] {
    let (columns, _) = S::as_simd_f32s(panel);
    let (columns, _) = columns.as_chunks::<2>();
    let count = columns.len();
    // All of a length the compiler knows, so that it does not check places.
    let mut cut = *rows;
    for row in 0..TILE {
        cut[row] = &rows[row][..count];
    }
    let mut sums = [[simd.splat_f32s(0.0); 2]; TILE];
    for place in 0..count {
        let [left, right] = columns[place];
        for row in 0..TILE {
            let value = simd.splat_f32s(cut[row][place]);
            sums[row][0] = simd.mul_add_f32s(value, left, sums[row][0]);
            sums[row][1] = simd.mul_add_f32s(value, right, sums[row][1]);
        }
    }
    sums
}

struct OneToAll;

impl CustomOp3 for OneToAll {
    fn name(&self) -> &'static str {
        "whisper-attention-of-one"
    }

    fn cpu_fwd(
        &self,
        query: &CpuStorage,
        of_query: &Layout,
        keys: &CpuStorage,
        of_keys: &Layout,
        values: &CpuStorage,
        of_values: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (heads, _, others) = of_keys.shape().dims3()?;
        let width = heads * HEAD_WIDTH;
        let expected =
            [(1, width).into(), (heads, HEAD_WIDTH, others).into(), (heads, others, HEAD_WIDTH).into()];
        if [of_query, of_keys, of_values].map(Layout::shape) != expected.each_ref() || others == 0 {
            bail!("{:?} looks at {:?} and {:?}", of_query.shape(), of_keys.shape(), of_values.shape());
        }
        let query = contiguous(query, of_query)?;
        let (keys, values) = (contiguous(keys, of_keys)?, contiguous(values, of_values)?);
        let mut output = vec![0.0; width];
        let size = HEAD_WIDTH * others;
        let heads = keys.par_chunks_exact(size).zip(values.par_chunks_exact(size));
        let heads =
            heads.zip(query.par_chunks_exact(HEAD_WIDTH)).zip(output.par_chunks_exact_mut(HEAD_WIDTH));
        heads.for_each_init(
            || vec![0.0; others],
            |scores, (((keys, values), query), output)| {
                vectorised(
                    #[inline(always)]
                    || look(query, keys, values, scores, output),
                );
            },
        );
        Ok((CpuStorage::F32(output), (1, width).into()))
    }
}

/// One head of one query; bound by how fast keys and values come from memory.
#[inline(always)]
fn look(query: &[f32], keys: &[f32], values: &[f32], scores: &mut [f32], output: &mut [f32]) {
    let (others, scale) = (scores.len(), scale());
    scores.fill(0.0);
    // Four numbers of every key at a time, so that the scores are not read and written for each.
    for four in 0..HEAD_WIDTH / 4 {
        let (first, rest) = keys[4 * four * others..][..4 * others].split_at(others);
        let (second, rest) = rest.split_at(others);
        let (third, fourth) = rest.split_at(others);
        let mut factors = [0.0; 4];
        for place in 0..4 {
            factors[place] = query[4 * four + place] * scale;
        }
        for place in 0..others {
            scores[place] += factors[0] * first[place]
                + factors[1] * second[place]
                + factors[2] * third[place]
                + factors[3] * fourth[place];
        }
    }
    activation::softmax(scores);
    let mut sums = [0.0; HEAD_WIDTH];
    let (values, _) = values.as_chunks::<HEAD_WIDTH>();
    for place in 0..others.min(values.len()) {
        for lane in 0..HEAD_WIDTH {
            sums[lane] += scores[place] * values[place][lane];
        }
    }
    output.copy_from_slice(&sums);
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Device};
    use candle_nn::ops::softmax_last_dim;

    fn sample(rows: usize, width: usize) -> Tensor {
        let values: Vec<f32> = (0..rows * width).map(|index| (index as f32 * 0.37).sin() * 2.0).collect();
        Tensor::from_vec(values, (rows, width), &Device::Cpu).unwrap()
    }

    /// `(heads, rows, head_width)`.
    fn heads(rows: &Tensor) -> Tensor {
        let (count, width) = rows.dims2().unwrap();
        let heads = rows.reshape((count, width / HEAD_WIDTH, HEAD_WIDTH)).unwrap();
        heads.transpose(0, 1).unwrap().contiguous().unwrap()
    }

    fn expected(queries: &Tensor, keys: &Tensor, values: &Tensor) -> Tensor {
        let scores = heads(queries).matmul(&heads(keys).t().unwrap()).unwrap();
        let weights = softmax_last_dim(&(scores / (HEAD_WIDTH as f64).sqrt()).unwrap()).unwrap();
        weights.matmul(&heads(values)).unwrap().transpose(0, 1).unwrap().flatten_from(1).unwrap()
    }

    fn difference(one: &Tensor, other: &Tensor) -> f32 {
        assert_eq!(one.dims(), other.dims());
        (one - other).unwrap().abs().unwrap().max_all().unwrap().to_scalar().unwrap()
    }

    #[test]
    fn both_are_candles_attention_whatever_the_sizes() {
        for (rows, count) in [(1, 1), (BLOCK, 2), (BLOCK + 1, 3), (3 * BLOCK - 1, 8)] {
            let width = count * HEAD_WIDTH;
            let input = sample(rows, 3 * width);
            let part = |index| input.narrow(1, index * width, width).unwrap();
            let expected = expected(&part(0), &part(1), &part(2));
            assert!(difference(&of_all_to_all(&input).unwrap(), &expected) < 1e-5, "{rows} {count}");

            let (keys, values) =
                keys_and_values(&input.narrow(1, width, 2 * width).unwrap().contiguous().unwrap()).unwrap();
            assert!(difference(&keys, &heads(&part(1)).t().unwrap()) < f32::EPSILON);
            for row in [0, rows - 1] {
                let query = part(0).narrow(0, row, 1).unwrap().contiguous().unwrap();
                let found = of_one_to_all(&query, &keys, &values).unwrap();
                assert!(
                    difference(&found, &expected.narrow(0, row, 1).unwrap()) < 1e-5,
                    "{rows} {count} {row}"
                );
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let across = Tensor::zeros((3 * HEAD_WIDTH, 4), DType::F32, &Device::Cpu).unwrap().t().unwrap();
        assert!(of_all_to_all(&across).is_err());
        assert!(of_all_to_all(&sample(4, 3 * HEAD_WIDTH + 3)).is_err());
        assert!(keys_and_values(&sample(4, 3 * HEAD_WIDTH)).is_err());
        let keys = heads(&sample(5, HEAD_WIDTH));
        assert!(of_one_to_all(&sample(1, HEAD_WIDTH), &keys, &keys).is_err());
    }
}
