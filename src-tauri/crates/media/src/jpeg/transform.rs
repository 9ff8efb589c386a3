//! From the coefficients of a block to fewer pixels than its 64: the inverse cosine transform of the lowest frequencies only.
//!
//! A transform of `n` points over the lowest `n` of 8 frequencies gives the block at `n`/8 of its size, without what is finer
//! than that size can hold. It is what libjpeg does from version 7 on (jidctint.c), here in floating point.

use std::f32::consts::PI;

/// [`run`] for one size of block.
type Run = fn(&Transform, &[i16; 64], u64, &mut [u8], usize);

/// Makes blocks of one component smaller.
pub(super) struct Transform {
    /// Pixels of a block across and down: 1, 2, 4, 6 or 8.
    pub(super) width: usize,
    pub(super) height: usize,
    run: Run,
    /// What coefficients are multiplied with.
    quantisation: [f32; 64],
    /// For each frequency, how much of it is in each pixel.
    across: [[f32; 8]; 8],
    down: [[f32; 8]; 8],
}

impl Transform {
    /// `width` and `height` are taken for 8 where they are not 1, 2, 4 or 6.
    pub(super) fn new(width: usize, height: usize, quantisation: &[u16; 64]) -> Self {
        let run = match width {
            1 => of_height::<1>(height),
            2 => of_height::<2>(height),
            4 => of_height::<4>(height),
            6 => of_height::<6>(height),
            _ => of_height::<8>(height),
        };
        let known = |size: usize| if matches!(size, 1 | 2 | 4 | 6) { size } else { 8 };
        let (width, height) = (known(width), known(height));
        let quantisation = quantisation.map(f32::from);
        Self { width, height, run, quantisation, across: basis(width), down: basis(height) }
    }

    /// Writes a block's pixels where `target` begins, `stride` bytes from row to row. `seen` has a bit for each
    /// coefficient that is not zero.
    #[inline]
    pub(super) fn apply(&self, block: &[i16; 64], seen: u64, target: &mut [u8], stride: usize) {
        (self.run)(self, block, seen, target, stride);
    }
}

fn of_height<const WIDTH: usize>(height: usize) -> Run {
    match height {
        1 => run::<WIDTH, 1>,
        2 => run::<WIDTH, 2>,
        4 => run::<WIDTH, 4>,
        6 => run::<WIDTH, 6>,
        _ => run::<WIDTH, 8>,
    }
}

/// The cosine transform's basis of `size` points, for each frequency; scaled as JPEG scales that of eight.
fn basis(size: usize) -> [[f32; 8]; 8] {
    let mut basis = [[0.0; 8]; 8];
    for (frequency, waves) in basis.iter_mut().enumerate().take(size) {
        let scale = if frequency == 0 { 0.5 * 0.5_f32.sqrt() } else { 0.5 };
        for (place, wave) in waves.iter_mut().enumerate().take(size) {
            let angle = (2 * place + 1) as f32 * frequency as f32 * PI / (2 * size) as f32;
            *wave = scale * angle.cos();
        }
    }
    basis
}

/// The columns first, then the rows. Frequencies that are not there are left out: most are not.
fn run<const WIDTH: usize, const HEIGHT: usize>(
    transform: &Transform,
    block: &[i16; 64],
    seen: u64,
    target: &mut [u8],
    stride: usize,
) {
    let (in_row, mut columns_seen) = ((1_u64 << WIDTH) - 1, 1);
    let mut columns = [[0.0_f32; WIDTH]; HEIGHT];
    for frequency in 0..HEIGHT {
        let seen = (seen >> (8 * frequency)) & in_row;
        if seen == 0 {
            continue;
        }
        columns_seen |= seen;
        let mut row = [0.0_f32; WIDTH];
        for (index, value) in row.iter_mut().enumerate() {
            *value = f32::from(block[8 * frequency + index]) * transform.quantisation[8 * frequency + index];
        }
        for (column, wave) in columns.iter_mut().zip(&transform.down[frequency]) {
            for (sum, value) in column.iter_mut().zip(&row) {
                *sum += value * wave;
            }
        }
    }
    let frequencies = 64 - columns_seen.leading_zeros() as usize;
    for (place, column) in columns.iter().enumerate() {
        let mut line = [128.0_f32; WIDTH];
        for (value, waves) in column.iter().zip(&transform.across).take(frequencies) {
            for (sum, wave) in line.iter_mut().zip(waves) {
                *sum += value * wave;
            }
        }
        let Some(pixels) = target.get_mut(place * stride..place * stride + WIDTH) else { return };
        for (pixel, value) in pixels.iter_mut().zip(line) {
            // Added to this number, the value is rounded into the lowest bits of the sum.
            *pixel = (value.clamp(0.0, 255.0) + 8_388_608.0).to_bits() as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(width: usize, height: usize, block: &[i16; 64]) -> Vec<u8> {
        let seen = (0..64).filter(|index| block[*index] != 0).fold(0, |seen, index| seen | 1 << index);
        let mut target = vec![0; width * height];
        Transform::new(width, height, &[2; 64]).apply(block, seen, &mut target, width);
        target
    }

    #[test]
    fn the_mean_is_kept_at_every_size() {
        let mut block = [0; 64];
        block[0] = 4 * 40;
        for width in [1, 2, 4, 6, 8] {
            for height in [1, 2, 4, 6, 8] {
                assert_eq!(pixels(width, height, &block), vec![168; width * height], "{width}x{height}");
            }
        }
    }

    #[test]
    fn slopes_go_the_right_way_and_are_as_steep_at_half_the_size() {
        let mut block = [0; 64];
        block[1] = 100;
        let whole = pixels(8, 8, &block);
        // The definition: 2 * 100 / 4 / sqrt(2) * cos(pi / 16) above the middle.
        assert_eq!((whole[0], whole[7], whole[56]), (163, 93, 163));
        let half = pixels(4, 4, &block);
        for (index, pixel) in half.iter().enumerate().take(4) {
            let mean = i16::from(whole[2 * index].midpoint(whole[2 * index + 1]));
            assert!((i16::from(*pixel) - mean).abs() <= 1, "{half:?} {whole:?}");
        }
        let mut turned = [0; 64];
        turned[8] = 100;
        let down = pixels(4, 8, &turned);
        assert!(down[..4] == [163; 4] && down[28..] == [93; 4], "{down:?}");
    }

    #[test]
    fn what_is_beyond_black_and_white_stays_there() {
        let mut block = [0; 64];
        block[0] = 3000;
        assert_eq!(pixels(4, 4, &block), [255; 16]);
        block[0] = -3000;
        assert_eq!(pixels(4, 4, &block), [0; 16]);
    }
}
