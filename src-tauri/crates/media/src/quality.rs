//! The quality of a JPEG that has to fit a number of bytes, found mostly with one encoding of the whole: some strips of the
//! picture tell how many bytes it takes at which quality.

use crate::MediaError;
use crate::encode::{self, Encoded};
use image::RgbImage;
use std::collections::BTreeMap;

/// The best quality; a better one costs bytes and shows nothing more.
const BEST: u8 = 92;
/// The lowest; below it the picture gets smaller instead.
const LOWEST: u8 = 60;
/// A better quality is tried only if it is better by so much.
const WORTH_TRYING: u8 = 4;
/// Encodings of the whole, at most, until one has to be found; after that only the lowest quality is tried.
const ATTEMPTS: usize = 4;
/// Strips that tell about the whole, each of the height of a block; a little more where they do not divide it.
const STRIPS: usize = 12;
const STRIP_ROWS: usize = 8;
/// Bytes of a file that do not grow with the picture: its tables and headers.
const HEADER: f64 = 600.0;
/// How much of the bytes is aimed at: strips do not tell everything.
const AIM: f64 = 0.98;

/// What came of trying to fit.
pub(crate) enum Attempt {
    /// It fits.
    Fits(Encoded),
    /// Not even at the lowest quality, which takes so many bytes.
    TooLarge(u64),
}

/// Encodes with the best quality that fits `max_bytes`, as far as a few attempts find it.
pub(crate) fn best_within(image: &RgbImage, max_bytes: u64) -> Result<Attempt, MediaError> {
    let mut estimate = Estimate::new(image);
    let mut found: Option<Encoded> = None;
    // What is known: this one fits, the other does not.
    let (mut fits, mut fails) = (LOWEST - 1, BEST + 1);
    let mut correction = 1.0;
    for attempt in 0..ATTEMPTS {
        let quality = match attempt {
            0 | 1 => estimate.best(max_bytes as f64 * AIM / correction)?.clamp(LOWEST, fails - 1),
            // The strips mislead.
            _ => fits.midpoint(fails).max(LOWEST),
        };
        if found.is_some() && quality < fits + WORTH_TRYING {
            break;
        }
        let encoded = encode::rgb_as_jpeg(image, quality)?;
        let bytes = encoded.data.len() as u64;
        correction = bytes as f64 / estimate.bytes(quality)?;
        if bytes <= max_bytes {
            fits = quality;
            found = Some(encoded);
        } else if quality == LOWEST {
            return Ok(Attempt::TooLarge(bytes));
        } else {
            fails = quality;
        }
    }
    if let Some(encoded) = found {
        return Ok(Attempt::Fits(encoded));
    }
    let lowest = encode::rgb_as_jpeg(image, LOWEST)?;
    let bytes = lowest.data.len() as u64;
    Ok(if bytes <= max_bytes { Attempt::Fits(lowest) } else { Attempt::TooLarge(bytes) })
}

/// What is thought about the bytes of a picture at each quality.
struct Estimate {
    strips: RgbImage,
    /// How many times as large the whole is.
    times: f64,
    known: BTreeMap<u8, f64>,
}

impl Estimate {
    fn new(image: &RgbImage) -> Self {
        let strip = image.width() as usize * 3 * STRIP_ROWS;
        let all = (image.height() as usize).div_ceil(STRIP_ROWS);
        let every = (all / STRIPS).max(1);
        // From the middle of each stretch.
        let taken: Vec<u8> =
            image.as_raw().chunks(strip).skip(every / 2).step_by(every).flatten().copied().collect();
        let rows = (taken.len() / (image.width() as usize * 3)) as u32;
        let strips = RgbImage::from_raw(image.width(), rows, taken).unwrap_or_default();
        let times = f64::from(image.height()) / f64::from(rows.max(1));
        Self { strips, times, known: BTreeMap::new() }
    }

    fn bytes(&mut self, quality: u8) -> Result<f64, MediaError> {
        if let Some(known) = self.known.get(&quality) {
            return Ok(*known);
        }
        let encoded = encode::rgb_as_jpeg(&self.strips, quality)?.data.len() as f64;
        let bytes = (encoded - HEADER).max(1.0) * self.times + HEADER;
        self.known.insert(quality, bytes);
        Ok(bytes)
    }

    /// The best quality that is thought to fit; the lowest when none is.
    fn best(&mut self, max_bytes: f64) -> Result<u8, MediaError> {
        if self.bytes(BEST)? <= max_bytes {
            return Ok(BEST);
        }
        let (mut low, mut high) = (LOWEST, BEST);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if self.bytes(middle)? <= max_bytes {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calm above and noise below, so that few strips do not tell the whole.
    fn picture(width: u32, height: u32, calm_rows: u32) -> RgbImage {
        let mut state = 1_u32;
        RgbImage::from_fn(width, height, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let calm = (x * 200 / width) as u8;
            image::Rgb(if y < calm_rows {
                [calm; 3]
            } else {
                [(state >> 24) as u8, calm, (state >> 16) as u8]
            })
        })
    }

    fn encoded(attempt: Attempt) -> Encoded {
        match attempt {
            Attempt::Fits(encoded) => encoded,
            Attempt::TooLarge(bytes) => panic!("{bytes} bytes at least"),
        }
    }

    #[test]
    fn little_is_lost_of_what_would_fit() {
        for (height, calm_rows) in [(64, 0), (400, 0), (400, 300), (1200, 37), (1200, 1160)] {
            let image = picture(300, height, calm_rows);
            for quality in [63, 75, 88] {
                let most = encode::rgb_as_jpeg(&image, quality).unwrap().data.len() as u64;
                let found = encoded(best_within(&image, most).unwrap());
                assert!(found.data.len() as u64 <= most);
                // Also where the strips mislead: they may miss all that is not calm.
                let near = encode::rgb_as_jpeg(&image, (quality - 10).max(LOWEST)).unwrap();
                assert!(
                    found.data.len() >= near.data.len().min(most as usize),
                    "{height} {calm_rows} {quality}"
                );
            }
        }
    }

    #[test]
    fn room_for_more_changes_nothing_and_too_little_is_told() {
        let image = picture(100, 100, 50);
        let best = encode::rgb_as_jpeg(&image, BEST).unwrap();
        assert!(encoded(best_within(&image, u64::MAX).unwrap()) == best);
        let lowest = encode::rgb_as_jpeg(&image, LOWEST).unwrap().data.len() as u64;
        assert!(encoded(best_within(&image, lowest).unwrap()).data.len() as u64 <= lowest);
        match best_within(&image, lowest - 1).unwrap() {
            Attempt::TooLarge(bytes) => assert_eq!(bytes, lowest),
            Attempt::Fits(encoded) => panic!("{encoded:?}"),
        }
    }
}
