//! Products with weights of 8 bits on processors that add up four products of 8-bit numbers in each lane of 512 bits at once
//! (AVX-512 VNNI: Intel's servers since 2019 and some of its laptops, AMD's processors since Zen 4).
//!
//! Candle's kernels know the instruction, too, but keep their sums in memory, and go through all rows of the input for every 16
//! outputs: a window of Whisper base took twice as long. Here 8 rows by 32 outputs are summed up in registers, as in BLIS
//! (Van Zee and van de Geijn, 2015), for blocks of rows that stay in the cache. Each row of the weights has one scale, and so
//! has each row they are multiplied with, as in CTranslate2's `int8`: between the two lie only whole numbers, added up
//! exactly.

#![expect(
    unsafe_code,
    reason = "the compiler cannot know that the processor has the instructions; `Vnni` is only made where it does"
)]
#![expect(
    clippy::needless_range_loop,
    reason = "iterators over pairs are not inlined into what is compiled for wider registers"
)]

use super::activation::vectorised;
use candle_core::{Result, bail};
use rayon::prelude::*;
use std::arch::x86_64::{
    __m512i, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_loadu_ps, _mm512_loadu_si512, _mm512_mul_ps,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512, _mm512_storeu_ps, _mm512_sub_epi32,
};

/// 32-bit lanes of a register.
const LANES: usize = 16;
/// Outputs that are summed up at once: two registers.
const PANEL: usize = 2 * LANES;
/// Inputs that one lane adds up at once.
const GROUP: usize = 4;
/// Rows of the input that are summed up at once.
const TILE: usize = 8;
/// Rows of the input that are brought to 8 bits, multiplied and finished by a thread before the next.
const BLOCK: usize = 64;
/// The largest of 8 bits with a sign, the same to both sides.
const LEVELS: f32 = 127.0;
/// Added to weights, as the instruction wants one of its factors without a sign.
const OFFSET: i32 = 128;
/// A single row is shared among threads where the weights are at least so many: fewer are read before another thread wakes.
const LEAST_TO_SHARE: usize = 512 * 1024;

/// That the processor has the instructions.
#[derive(Debug, Clone, Copy)]
pub struct Vnni(());

impl Vnni {
    /// `None` where it has not.
    pub fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni");
        has.then_some(Self(()))
    }
}

/// A matrix `(outputs, inputs)` of 8-bit weights.
pub struct VnniMatrix {
    vnni: Vnni,
    /// Panel after panel of [`PANEL`] outputs; in each, group after group of [`GROUP`] inputs.
    weights: Vec<Weights>,
    /// For each output, those that fill up the last panel among them: what its weights are to be multiplied with.
    scales: Vec<f32>,
    inputs: usize,
    outputs: usize,
}

/// One group of inputs of one panel of outputs: for each output four weights plus [`OFFSET`].
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Weights([[u8; GROUP]; PANEL]);

/// Rows of the input in 8 bits.
#[derive(Default)]
struct Rows<const N: usize> {
    /// Tile after tile of `N` rows; in each, group after group of inputs: for each row four bytes, the first one lowest.
    groups: Vec<[i32; N]>,
    /// For each row, those that fill up the last tile among them: what its numbers are to be multiplied with.
    scales: Vec<f32>,
    /// For each row: the sum of its numbers times [`OFFSET`].
    excess: Vec<i32>,
    bytes: Vec<u8>,
}

impl VnniMatrix {
    /// Rounds row-major weights `(outputs, inputs)`.
    pub fn new(vnni: Vnni, values: &[f32], outputs: usize, inputs: usize) -> Self {
        let groups = inputs.div_ceil(GROUP);
        let panels = outputs.div_ceil(PANEL);
        let mut weights = vec![Weights([[OFFSET as u8; GROUP]; PANEL]); panels * groups];
        let mut scales = vec![0.0; panels * PANEL];
        weights
            .par_chunks_exact_mut(groups)
            .zip(scales.par_chunks_exact_mut(PANEL))
            .zip(values.par_chunks(PANEL * inputs))
            .for_each(|((weights, scales), values)| {
                let mut bytes = vec![0; inputs];
                for (output, row) in values.chunks_exact(inputs).enumerate() {
                    scales[output] = round(row, &mut bytes);
                    for (weights, bytes) in weights.iter_mut().zip(bytes.chunks(GROUP)) {
                        for (weight, byte) in weights.0[output].iter_mut().zip(bytes) {
                            *weight = byte.wrapping_add(OFFSET as u8);
                        }
                    }
                }
            });
        Self { vnni, weights, scales, inputs, outputs }
    }

    /// Numbers in a row of the result.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Appends a row of the matrix to `values`.
    ///
    /// # Errors
    /// When there is no such row.
    pub fn push_row(&self, row: usize, values: &mut Vec<f32>) -> Result<()> {
        if row >= self.outputs {
            bail!("there is no row {row} of {}", self.outputs);
        }
        let groups = self.inputs.div_ceil(GROUP);
        let weights = self.weights.iter().skip(row / PANEL * groups).take(groups);
        let weights = weights.flat_map(|weights| weights.0[row % PANEL]).take(self.inputs);
        let scale = self.scales[row];
        values.extend(weights.map(|weight| (i32::from(weight) - OFFSET) as f32 * scale));
        Ok(())
    }

    /// `(rows, inputs)` to `(rows, outputs)`, both row-major. `finish` is applied to each row of the result.
    ///
    /// # Errors
    /// When `input` is not made of whole rows.
    pub fn multiply(&self, input: &[f32], finish: impl Fn(&mut [f32]) + Sync) -> Result<Vec<f32>> {
        if !input.len().is_multiple_of(self.inputs) {
            bail!("{} numbers are no rows of {}", input.len(), self.inputs);
        }
        let rows = input.len() / self.inputs;
        let mut output = vec![0.0; rows * self.outputs];
        if rows == 1 {
            self.single(input, &mut output);
            vectorised(
                #[inline(always)]
                || finish(&mut output),
            );
        } else {
            output
                .par_chunks_mut(BLOCK * self.outputs)
                .zip(input.par_chunks(BLOCK * self.inputs))
                .for_each_init(Rows::<TILE>::default, |rows, (output, input)| {
                    rows.round(input, self.inputs);
                    self.panels(0, rows, output, self.outputs);
                    vectorised(
                        #[inline(always)]
                        || {
                            for row in output.chunks_exact_mut(self.outputs) {
                                finish(row);
                            }
                        },
                    );
                });
        }
        Ok(output)
    }

    /// A product with one row, bound by how fast the weights come from memory.
    fn single(&self, input: &[f32], output: &mut [f32]) {
        let mut row = Rows::<1>::default();
        row.round(input, self.inputs);
        let threads = rayon::current_num_threads();
        if threads == 1 || self.inputs * self.outputs < LEAST_TO_SHARE {
            self.panels(0, &row, output, self.outputs);
        } else {
            let share = self.outputs.div_ceil(PANEL).div_ceil(threads);
            let shares = output.par_chunks_mut(share * PANEL).enumerate();
            shares.for_each(|(index, output)| self.panels(index * share, &row, output, output.len()));
        }
    }

    /// `width` outputs from the panel `first` on, for all rows; `output` is `(rows, width)`.
    fn panels<const N: usize>(&self, first: usize, rows: &Rows<N>, output: &mut [f32], width: usize) {
        let groups = self.inputs.div_ceil(GROUP);
        for (index, start) in (0..width).step_by(PANEL).enumerate() {
            let panel = first + index;
            let weights = &self.weights[panel * groups..][..groups];
            let scales = self.scales[panel * PANEL..].first_chunk().unwrap_or(&[0.0; PANEL]);
            let columns = start..width.min(start + PANEL);
            for (tile, output) in output.chunks_mut(N * width).enumerate() {
                let values = &rows.groups[tile * groups..][..groups];
                // SAFETY: `Vnni` is only made where the processor has what the function is compiled for.
                let sums = unsafe { tile_of(self.vnni, values, weights, rows.of_tile(tile), scales) };
                for (row, sums) in output.chunks_exact_mut(width).zip(&sums) {
                    let row = &mut row[columns.clone()];
                    row.copy_from_slice(&sums[..row.len()]);
                }
            }
        }
    }
}

impl<const N: usize> Rows<N> {
    /// Brings `input`, made of rows of `width`, to 8 bits.
    fn round(&mut self, input: &[f32], width: usize) {
        let groups = width.div_ceil(GROUP);
        let rows = input.len() / width;
        self.groups.clear();
        self.groups.resize(rows.div_ceil(N) * groups, [0; N]);
        self.scales.clear();
        self.excess.clear();
        self.bytes.resize(width, 0);
        for (row, values) in input.chunks_exact(width).enumerate() {
            self.scales.push(round(values, &mut self.bytes));
            self.excess.push(OFFSET * sum(&self.bytes));
            let tile = &mut self.groups[row / N * groups..][..groups];
            let (whole, rest) = self.bytes.as_chunks::<GROUP>();
            for (group, bytes) in tile.iter_mut().zip(whole) {
                group[row % N] = i32::from_le_bytes(*bytes);
            }
            for (place, byte) in rest.iter().enumerate() {
                tile[groups - 1][row % N] |= i32::from(*byte) << (8 * place);
            }
        }
        self.scales.resize(rows.next_multiple_of(N), 0.0);
        self.excess.resize(rows.next_multiple_of(N), 0);
    }

    /// Scales and excess of the rows of a tile.
    fn of_tile(&self, tile: usize) -> (&[f32; N], &[i32; N]) {
        let scales = self.scales[tile * N..].first_chunk().unwrap_or(&[0.0; N]);
        (scales, self.excess[tile * N..].first_chunk().unwrap_or(&[0; N]))
    }
}

/// The products of `N` rows with a panel.
#[target_feature(enable = "avx512f,avx512vnni")]
fn tile_of<const N: usize>(
    _: Vnni,
    rows: &[[i32; N]],
    weights: &[Weights],
    (of_rows, excess): (&[f32; N], &[i32; N]),
    of_outputs: &[f32; PANEL],
) -> [[f32; PANEL]; N] {
    let mut sums = [[_mm512_setzero_si512(); 2]; N];
    for group in 0..rows.len().min(weights.len()) {
        let (left, right) = halves(&weights[group]);
        for row in 0..N {
            let values = _mm512_set1_epi32(rows[group][row]);
            sums[row][0] = _mm512_dpbusd_epi32(sums[row][0], left, values);
            sums[row][1] = _mm512_dpbusd_epi32(sums[row][1], right, values);
        }
    }
    let mut output = [[0.0; PANEL]; N];
    for row in 0..N {
        for half in 0..2 {
            let exact = _mm512_sub_epi32(sums[row][half], _mm512_set1_epi32(excess[row]));
            let place = half * LANES;
            // SAFETY: both arrays have `PANEL` numbers, twice as many as a register.
            unsafe {
                let of_outputs = _mm512_loadu_ps(of_outputs.as_ptr().add(place));
                let scales = _mm512_mul_ps(of_outputs, _mm512_set1_ps(of_rows[row]));
                let result = _mm512_mul_ps(_mm512_cvtepi32_ps(exact), scales);
                _mm512_storeu_ps(output[row].as_mut_ptr().add(place), result);
            }
        }
    }
    output
}

/// The two registers of a group.
#[inline]
#[target_feature(enable = "avx512f")]
fn halves(weights: &Weights) -> (__m512i, __m512i) {
    let start = weights.0.as_ptr();
    // SAFETY: `Weights` has two registers of bytes.
    unsafe { (_mm512_loadu_si512(start.cast()), _mm512_loadu_si512(start.add(LANES).cast())) }
}

/// The sum of numbers with a sign.
fn sum(bytes: &[u8]) -> i32 {
    vectorised(
        #[inline(always)]
        || {
            let mut sum = 0;
            for byte in bytes {
                sum += i32::from(byte.cast_signed());
            }
            sum
        },
    )
}

/// Brings a row to whole numbers with a sign, up to [`LEVELS`], and returns what they are to be multiplied with.
fn round(row: &[f32], bytes: &mut [u8]) -> f32 {
    /// Adding it rounds to whole numbers, which then stand in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    const SUMS: usize = 32;
    vectorised(
        #[inline(always)]
        || {
            let mut most = [0.0_f32; SUMS];
            let (chunks, rest) = row.as_chunks::<SUMS>();
            for chunk in chunks {
                for lane in 0..SUMS {
                    let size = chunk[lane].abs();
                    most[lane] = if size > most[lane] { size } else { most[lane] };
                }
            }
            let most = most.iter().chain(rest).fold(0.0_f32, |most, value| most.max(value.abs()));
            let by = if most > 0.0 { LEVELS / most } else { 0.0 };
            let bytes = &mut bytes[..row.len()];
            for place in 0..row.len() {
                bytes[place] = (row[place] * by + ROUND).to_bits() as u8;
            }
            most / LEVELS
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    /// Whole numbers, the largest possible in every row, so that nothing is rounded.
    fn whole(random: &mut StdRng, rows: usize, width: usize) -> Vec<f32> {
        let mut values: Vec<f32> =
            (0..rows * width).map(|_| f32::from(random.random_range(-127_i8..=127))).collect();
        for row in values.chunks_exact_mut(width) {
            row[random.random_range(0..width)] = if random.random() { LEVELS } else { -LEVELS };
        }
        values
    }

    #[test]
    fn whole_numbers_are_multiplied_exactly_whatever_the_sizes() {
        let Some(vnni) = Vnni::detect() else { return };
        let mut random = StdRng::seed_from_u64(7);
        for _ in 0..60 {
            let [rows, inputs, outputs] = [150, 130, 90].map(|most| random.random_range(1..=most));
            let (weights, input) = (whole(&mut random, outputs, inputs), whole(&mut random, rows, inputs));
            let matrix = VnniMatrix::new(vnni, &weights, outputs, inputs);
            let expected: Vec<f32> = input
                .chunks_exact(inputs)
                .flat_map(|row| weights.chunks_exact(inputs).map(move |weights| (row, weights)))
                .map(|(row, weights)| {
                    row.iter().zip(weights).map(|(one, other)| one * other).sum::<f32>() + 3.0
                })
                .collect();
            let add = |row: &mut [f32]| row.iter_mut().for_each(|value| *value += 3.0);
            assert_eq!(matrix.multiply(&input, add).unwrap(), expected, "{rows} {inputs} {outputs}");
            let mut row = Vec::new();
            matrix.push_row(outputs - 1, &mut row).unwrap();
            assert_eq!(row, weights[(outputs - 1) * inputs..]);
        }
    }

    #[test]
    fn a_single_row_is_shared_among_threads() {
        let Some(vnni) = Vnni::detect() else { return };
        let mut random = StdRng::seed_from_u64(8);
        let (inputs, outputs) = (512, 1100);
        let (weights, input) = (whole(&mut random, outputs, inputs), whole(&mut random, 2, inputs));
        let matrix = VnniMatrix::new(vnni, &weights, outputs, inputs);
        let both = matrix.multiply(&input, |_| {}).unwrap();
        for threads in [1, 2, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let first = pool.install(|| matrix.multiply(&input[..inputs], |_| {}).unwrap());
            assert_eq!(first, both[..outputs], "{threads}");
        }
    }

    #[test]
    fn zeros_stay_zeros_and_what_does_not_fit_is_refused() {
        let Some(vnni) = Vnni::detect() else { return };
        let matrix = VnniMatrix::new(vnni, &[0.0; 6], 2, 3);
        assert_eq!(matrix.multiply(&[0.0; 9], |_| {}).unwrap(), [0.0; 6]);
        assert!(matrix.multiply(&[], |_| {}).unwrap().is_empty());
        assert!(matrix.multiply(&[0.0; 4], |_| {}).is_err());
        assert!(matrix.push_row(2, &mut Vec::new()).is_err());
    }
}
