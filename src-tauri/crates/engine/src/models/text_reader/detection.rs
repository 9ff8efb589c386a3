//! Finds lines of text: the PP-OCR detector on a copy of the picture that is as small as its text allows.

use super::{
    boxes::LineBox,
    components::{self, ProbabilityMap},
    network::Network,
    raster::{self, Raster},
};
use crate::EngineError;
use rten::RunOptions;
use rten_tensor::prelude::*;
use std::path::Path;

/// The detector's stride: sides are multiples of it.
const STRIDE: u32 = 32;
/// Longest side of the first look, in pixels. Lines of a page of A4 are 15 pixels high then.
const FIRST_LOOK: f32 = 1280.0;
/// The shorter side is not squeezed below this where the picture has more (PaddleOCR's `limit_side_len`).
const LEAST_SHORT_SIDE: f32 = 736.0;
/// Small pictures are enlarged up to twice: cuttings of screens hold letters of a few pixels.
const MOST_ENLARGED: f32 = 2.0;
/// Lines lower than this in the first look (margin included) are looked at again, closer.
const SMALL_LINE: f32 = 17.0;
/// The height such lines should have then.
const GOOD_LINE: f32 = 24.0;
/// The share of small lines that makes a second look worth its time.
const SMALL_SHARE: f32 = 0.1;
/// Longest side of a second look.
const SECOND_LOOK: f32 = 2560.0;
/// Pixels of one run of the detector; more are cut into stretches.
const MOST_PIXELS: u32 = 1280 * 1280;
/// Pixels of all stretches together.
const MOST_PIXELS_IN_ALL: f32 = 12e6;
/// What two stretches share, so that no line is cut.
const OVERLAP: u32 = 4 * STRIDE;

pub(super) struct Detector {
    network: Network,
}

impl Detector {
    pub(super) fn load(path: &Path) -> Result<Self, EngineError> {
        Ok(Self { network: Network::load(path)? })
    }

    /// Boxes around all lines, in the picture's pixels.
    pub(super) fn detect(
        &self,
        picture: &Raster<'_>,
        options: &RunOptions,
        is_interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<LineBox>, EngineError> {
        let scale = first_scale(picture.width(), picture.height());
        let found = self.look(picture, scale, options, is_interrupted)?;
        match closer_scale(picture.width(), picture.height(), scale, &found) {
            Some(closer) => self.look(picture, closer, options, is_interrupted),
            None => Ok(found),
        }
    }

    fn look(
        &self,
        picture: &Raster<'_>,
        scale: f32,
        options: &RunOptions,
        is_interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<LineBox>, EngineError> {
        let whole = |side: u32| ((side as f32 * scale / STRIDE as f32).round() as u32).max(1) * STRIDE;
        let (width, height) = (whole(picture.width()), whole(picture.height()));
        let rgb = picture.resized(width, height)?;
        let map = self.map(&rgb, width, height, options, is_interrupted)?;
        let (x, y) = (picture.width() as f32 / width as f32, picture.height() as f32 / height as f32);
        Ok(components::boxes(&map).iter().map(|found| found.scaled(x, y)).collect())
    }

    /// The probabilities of the whole copy, stretch by stretch where it is long.
    fn map(
        &self,
        rgb: &[u8],
        width: u32,
        height: u32,
        options: &RunOptions,
        is_interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<ProbabilityMap, EngineError> {
        let (wide, high) = (width as usize, height as usize);
        let mut map = ProbabilityMap { width: wide, height: high, values: vec![0.0; wide * high] };
        for [left, top, right, bottom] in stretches(width, height) {
            if is_interrupted() {
                return Err(EngineError::Interrupted);
            }
            let (tile_width, tile_height) = ((right - left) as usize, (bottom - top) as usize);
            let mut tile = Vec::with_capacity(tile_width * tile_height * 3);
            for row in top as usize..bottom as usize {
                tile.extend_from_slice(
                    &rgb[(row * wide + left as usize) * 3..(row * wide + right as usize) * 3],
                );
            }
            let shape = [1, 3, tile_height, tile_width];
            let output = self.network.run::<4>(shape, raster::planes(&tile), options)?;
            if output.shape() != [1, 1, tile_height, tile_width] {
                return Err(EngineError::Recognizer("the detector's map has another size".into()));
            }
            let values = output.to_vec();
            for row in 0..tile_height {
                let place = (row + top as usize) * wide + left as usize;
                let target = &mut map.values[place..place + tile_width];
                for (known, value) in target.iter_mut().zip(&values[row * tile_width..]) {
                    *known = known.max(*value);
                }
            }
        }
        Ok(map)
    }
}

/// How much the picture is scaled for the first look.
fn first_scale(width: u32, height: u32) -> f32 {
    let (short, long) = (width.min(height) as f32, width.max(height) as f32);
    let fitting = (FIRST_LOOK / long).max((LEAST_SHORT_SIDE / short).min(1.0));
    bounded(fitting.min(MOST_ENLARGED), width, height)
}

/// How much for a second look, where the first found lines too small to be seen well.
fn closer_scale(width: u32, height: u32, scale: f32, found: &[LineBox]) -> Option<f32> {
    let mut thickness: Vec<f32> = found.iter().map(|line| line.thickness() * scale).collect();
    thickness.sort_by(f32::total_cmp);
    let small = thickness.iter().filter(|height| **height < SMALL_LINE).count();
    if small == 0 || (small as f32) < thickness.len() as f32 * SMALL_SHARE {
        return None;
    }
    let typical = thickness[small / 2];
    let long = width.max(height) as f32;
    let wanted = (scale * GOOD_LINE / typical).min((SECOND_LOOK / long).max(scale)).min(MOST_ENLARGED);
    let closer = bounded(wanted, width, height);
    (closer > scale * 1.2).then_some(closer)
}

/// The scale, or less where the copy would have too many pixels.
fn bounded(scale: f32, width: u32, height: u32) -> f32 {
    scale.min((MOST_PIXELS_IN_ALL / (width as f32 * height as f32)).sqrt())
}

/// Stretches of a copy, each left, top, right, bottom: cut along the longer side, overlapping, of equal length.
fn stretches(width: u32, height: u32) -> Vec<[u32; 4]> {
    let (short, long) = (width.min(height), width.max(height));
    let most = ((MOST_PIXELS / short) / STRIDE * STRIDE).max(2 * OVERLAP);
    let mut places = Vec::new();
    if long <= most {
        places.push((0, long));
    } else {
        let number = (long - OVERLAP).div_ceil(most - OVERLAP);
        let step = (long - OVERLAP).div_ceil(number).next_multiple_of(STRIDE);
        let mut from = 0;
        while from + OVERLAP < long {
            places.push((from, (from + step + OVERLAP).min(long)));
            from += step;
        }
    }
    places
        .into_iter()
        .map(|(from, to)| if width >= height { [from, 0, to, height] } else { [0, from, width, to] })
        .collect()
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn the_first_look_is_small_but_not_squeezed() {
        assert_eq!(first_scale(4000, 3000), 0.32);
        assert_eq!(first_scale(300, 100), 2.0);
        // A long screenshot keeps a readable width.
        assert!((first_scale(1080, 8000) * 1080.0 - LEAST_SHORT_SIDE).abs() < 1.0);
        // Whatever its size, the copy is bounded.
        for (width, height) in [(1, 100_000), (20_000, 20_000), (65_535, 900), (1, 1)] {
            let scale = first_scale(width, height);
            assert!(width as f32 * scale * height as f32 * scale <= MOST_PIXELS_IN_ALL * 1.01);
        }
    }

    #[test]
    fn only_small_lines_ask_for_a_closer_look() {
        let lines = |height: f32| vec![LineBox::new([0.0; 2], [1.0, 0.0], 300.0, height); 5];
        assert_eq!(closer_scale(3000, 2000, 0.4, &lines(60.0)), None);
        assert_eq!(closer_scale(3000, 2000, 0.4, &[]), None);
        let closer = closer_scale(3000, 2000, 0.4, &lines(30.0)).unwrap();
        assert!((closer - 0.8).abs() < 0.01, "{closer}");
        let closest = closer_scale(3000, 2000, 0.4, &lines(10.0)).unwrap();
        assert!((closest - SECOND_LOOK / 3000.0).abs() < 0.01, "{closest}");
    }

    #[test]
    fn stretches_cover_everything_and_overlap() {
        assert_eq!(stretches(1280, 960), [[0, 0, 1280, 960]]);
        for (width, height) in [(736, 5440), (5440, 736), (32, 100_000), (1280, 1312)] {
            let found = stretches(width, height);
            let axis = usize::from(width < height);
            assert_eq!(found[0][axis], 0);
            assert_eq!(found.last().unwrap()[axis + 2], width.max(height));
            for pair in found.windows(2) {
                assert!(pair[0][axis + 2] >= pair[1][axis] + OVERLAP, "{pair:?}");
            }
            for [left, top, right, bottom] in found {
                assert!(left < right && top < bottom);
                assert!((right - left) % STRIDE == 0 && (bottom - top) % STRIDE == 0);
            }
        }
    }
}
