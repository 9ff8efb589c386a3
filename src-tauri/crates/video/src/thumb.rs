//! A frame made tiny, and how different two of them look.

use crate::Frame;

/// Width and height of a thumb, in pixels, whatever shape the video has.
pub(crate) const SIDE: u32 = 24;
/// Levels of each colour in a histogram.
const LEVELS: usize = 4;
/// From this distance on two frames show different scenes. A cut gives 0.5 and more, a camera that moves through a room
/// less than 0.3 in a second.
const OTHER_SCENE: f32 = 0.4;
/// Two frames are the same if no pixel of their thumbs differs by more, of 255: what compression does to a still picture.
const SAME: u8 = 6;
/// A frame is blank if its thumb has no larger contrast, of 255.
const BLANK: u8 = 16;

/// A frame of [`SIDE`] x [`SIDE`] pixels.
#[derive(Clone)]
pub(crate) struct Thumb {
    rgb: Vec<u8>,
    histogram: Vec<f32>,
}

impl Thumb {
    /// From a frame of any size: each pixel the mean of what it stands for.
    pub(crate) fn of(frame: &Frame) -> Self {
        let rgb = shrunk(frame);
        Self { histogram: histogram(&rgb), rgb }
    }

    /// Whether another scene is shown.
    pub(crate) fn is_other_scene(&self, other: &Self) -> bool {
        self.distance(other) >= OTHER_SCENE
    }

    /// Whether nothing has changed that could be seen.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.rgb.iter().zip(&other.rgb).all(|(one, other)| one.abs_diff(*other) <= SAME)
    }

    /// Whether nothing can be seen, as in a fade to black.
    pub(crate) fn is_blank(&self) -> bool {
        let channel = |channel: usize| {
            let values = self.rgb.iter().skip(channel).step_by(3);
            let (least, most) =
                values.fold((u8::MAX, 0), |(least, most), &value| (least.min(value), most.max(value)));
            most.saturating_sub(least)
        };
        (0..3).all(|index| channel(index) <= BLANK)
    }

    /// Whether it is black, or nearly.
    pub(crate) fn is_blank_and_dark(&self) -> bool {
        self.is_blank() && self.rgb.iter().all(|&value| value <= 2 * BLANK)
    }

    /// From 0, the same, to 1. The histogram tells a cut from movement, but takes two slides of a talk for one; what
    /// changed where it changed tells these apart and is counted as far as movement cannot explain it.
    fn distance(&self, other: &Self) -> f32 {
        let colours: f32 =
            self.histogram.iter().zip(&other.histogram).map(|(one, other)| (one - other).abs()).sum();
        let changes: u32 =
            self.rgb.iter().zip(&other.rgb).map(|(one, other)| u32::from(one.abs_diff(*other))).sum();
        let change = changes as f32 / self.rgb.len().max(1) as f32 / 255.0;
        // The colours' distance is 2 for pictures that have none in common; a mean change of a quarter is a cut.
        (colours / 2.0 * 0.6 + (change * 4.0).min(1.0) * 0.6).min(1.0)
    }
}

/// The pixels of a frame made [`SIDE`] wide and high.
fn shrunk(frame: &Frame) -> Vec<u8> {
    let part = |number: usize, of: u32| {
        let (of, side) = (of as usize, SIDE as usize);
        let from = number * of / side;
        from..((number + 1) * of / side).max(from + 1)
    };
    let row_length = frame.width as usize * 3;
    let mut rgb = Vec::with_capacity((SIDE * SIDE * 3) as usize);
    for down in 0..SIDE as usize {
        let mut sums = [[0_u32; 3]; SIDE as usize];
        let rows = part(down, frame.height);
        for row in rows.clone() {
            let row = frame.rgb.get(row * row_length..(row + 1) * row_length).unwrap_or_default();
            for (across, sum) in sums.iter_mut().enumerate() {
                let columns = part(across, frame.width);
                for pixel in row.get(columns.start * 3..columns.end * 3).unwrap_or_default().chunks_exact(3) {
                    for (sum, value) in sum.iter_mut().zip(pixel) {
                        *sum += u32::from(*value);
                    }
                }
            }
        }
        for (across, sum) in sums.iter().enumerate() {
            let pixels = (rows.len() * part(across, frame.width).len()) as u32;
            rgb.extend(sum.map(|sum| ((sum + pixels / 2) / pixels) as u8));
        }
    }
    rgb
}

/// How much of the picture has which colour. A value between two levels counts for both, so that noise moves little.
fn histogram(rgb: &[u8]) -> Vec<f32> {
    let mut bins = vec![0.0; LEVELS * LEVELS * LEVELS];
    let place = |value: u8| {
        let place = f32::from(value) / 255.0 * (LEVELS - 1) as f32;
        let low = (place as usize).min(LEVELS - 2);
        (low, place - low as f32)
    };
    for pixel in rgb.chunks_exact(3) {
        let at = [place(pixel[0]), place(pixel[1]), place(pixel[2])];
        for corner in 0..8_usize {
            let mut bin = 0;
            let mut share = 1.0;
            for (channel, (low, above)) in at.iter().enumerate() {
                let up = corner >> channel & 1;
                bin = bin * LEVELS + low + up;
                share *= if up == 1 { *above } else { 1.0 - above };
            }
            bins[bin] += share;
        }
    }
    let pixels = (rgb.len() / 3).max(1) as f32;
    for bin in &mut bins {
        *bin /= pixels;
    }
    bins
}

#[cfg(test)]
pub(crate) fn flat(color: [u8; 3]) -> Thumb {
    let rgb = color.repeat((SIDE * SIDE) as usize);
    Thumb::of(&Frame { at: std::time::Duration::ZERO, width: SIDE, height: SIDE, rgb })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_scenes_and_noise_is_not() {
        let red = flat([220, 20, 20]);
        assert!(red.is_other_scene(&flat([20, 20, 220])));
        assert!(red.is_other_scene(&flat([20, 200, 20])));
        assert!(!red.is_other_scene(&flat([214, 24, 25])));
        assert!(red.is_same(&flat([218, 22, 17])));
        assert!(!red.is_same(&flat([200, 20, 20])));
    }

    #[test]
    fn blank_is_what_has_no_contrast() {
        assert!(flat([0, 0, 0]).is_blank());
        let mut rgb = [10, 10, 10].repeat((SIDE * SIDE) as usize);
        rgb[300..600].fill(200);
        let frame = Frame { at: std::time::Duration::ZERO, width: SIDE, height: SIDE, rgb };
        assert!(!Thumb::of(&frame).is_blank());
    }

    #[test]
    fn a_thumb_is_the_mean_of_its_frame() {
        let side = SIDE as usize;
        // Columns of white and black, and a last row of red.
        let (width, height) = (SIDE * 2, SIDE * 3);
        let mut rgb = [[0; 3], [255; 3]].concat().repeat((width * height / 2) as usize);
        let last = rgb.len() - width as usize * 3;
        rgb[last..].copy_from_slice(&[255, 0, 0].repeat(width as usize));
        let frame = |width, height, rgb| Frame { at: std::time::Duration::ZERO, width, height, rgb };
        let thumb = Thumb::of(&frame(width, height, rgb));
        assert_eq!(thumb.rgb[..3], [128; 3]);
        assert_eq!(thumb.rgb[(side - 1) * side * 3..][..3], [170, 85, 85]);
        // Smaller than a thumb: a black and a white pixel.
        let thumb = Thumb::of(&frame(2, 1, vec![0, 0, 0, 255, 255, 255]));
        assert_eq!(
            (thumb.rgb[..3].to_vec(), thumb.rgb[side * side * 3 - 3..].to_vec()),
            (vec![0; 3], vec![255; 3])
        );
    }
}
