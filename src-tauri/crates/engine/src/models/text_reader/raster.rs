//! Pixels in: a whole picture made smaller, or one line of it cut out, as the models want them.

use super::boxes::LineBox;
use crate::EngineError;
use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

const CHANNELS: usize = 3;

/// A picture: rows from the top, three bytes of sRGB each pixel.
pub(super) struct Raster<'a> {
    rgb: &'a [u8],
    width: u32,
    height: u32,
}

impl<'a> Raster<'a> {
    pub(super) fn new(rgb: &'a [u8], width: u32, height: u32) -> Result<Self, EngineError> {
        let expected = u128::from(width) * u128::from(height) * CHANNELS as u128;
        if expected == 0 || rgb.len() as u128 != expected {
            return Err(EngineError::Recognizer(format!(
                "a picture of {width}x{height} pixels in {} bytes",
                rgb.len()
            )));
        }
        Ok(Self { rgb, width, height })
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    pub(super) fn height(&self) -> u32 {
        self.height
    }

    /// The whole picture at another size.
    pub(super) fn resized(&self, width: u32, height: u32) -> Result<Vec<u8>, EngineError> {
        if (width, height) == (self.width, self.height) {
            return Ok(self.rgb.to_vec());
        }
        let failed = |error: &dyn std::error::Error| EngineError::Recognizer(error.to_string());
        let source = ImageRef::new(self.width, self.height, self.rgb, PixelType::U8x3)
            .map_err(|error| failed(&error))?;
        let mut target = Image::new(width, height, PixelType::U8x3);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new().resize(&source, &mut target, &options).map_err(|error| failed(&error))?;
        Ok(target.into_vec())
    }

    /// A line upright, `width` by `height` pixels, in three planes blue, green, red (as the models were trained), from -1
    /// to 1, in rows of `stride` values; what is right of the line stays as it is.
    ///
    /// Each pixel is the mean of as many samples as it covers in the picture, each interpolated between its four
    /// neighbours. Outside, the picture's edge goes on.
    pub(super) fn cut(&self, line: &LineBox, width: usize, height: usize, stride: usize, planes: &mut [f32]) {
        let [origin, right, down] = line.frame();
        let step = |vector: [f32; 2], pixels: usize| [vector[0] / pixels as f32, vector[1] / pixels as f32];
        let (across, along) = (step(right, width), step(down, height));
        let samples = |vector: [f32; 2]| (vector[0].hypot(vector[1]).round() as usize).clamp(1, 6);
        let (samples_across, samples_down) = (samples(across), samples(along));
        let plane_size = stride * height;
        for row in 0..height {
            for column in 0..width {
                let mut sum = [0.0_f32; CHANNELS];
                for sub_row in 0..samples_down {
                    for sub_column in 0..samples_across {
                        let u = column as f32 + (sub_column as f32 + 0.5) / samples_across as f32;
                        let v = row as f32 + (sub_row as f32 + 0.5) / samples_down as f32;
                        let x = origin[0] + u * across[0] + v * along[0];
                        let y = origin[1] + u * across[1] + v * along[1];
                        let pixel = self.sample(x - 0.5, y - 0.5);
                        for (total, value) in sum.iter_mut().zip(pixel) {
                            *total += value;
                        }
                    }
                }
                let target = row * stride + column;
                let scale = 1.0 / (127.5 * (samples_across * samples_down) as f32);
                for (channel, total) in sum.iter().rev().enumerate() {
                    planes[channel * plane_size + target] = total * scale - 1.0;
                }
            }
        }
    }

    /// The colour at a point between pixel centres, from 0 to 255.
    fn sample(&self, x: f32, y: f32) -> [f32; CHANNELS] {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let right = (left + 1).min(self.width as usize - 1);
        let bottom = (top + 1).min(self.height as usize - 1);
        let (right_part, bottom_part) = (x - left as f32, y - top as f32);
        let at = |column: usize, row: usize| {
            let place = (row * self.width as usize + column) * CHANNELS;
            &self.rgb[place..place + CHANNELS]
        };
        let corners = [at(left, top), at(right, top), at(left, bottom), at(right, bottom)];
        std::array::from_fn(|channel| {
            let [top_left, top_right, bottom_left, bottom_right] =
                corners.map(|corner| f32::from(corner[channel]));
            let above = top_left + (top_right - top_left) * right_part;
            let below = bottom_left + (bottom_right - bottom_left) * right_part;
            above + (below - above) * bottom_part
        })
    }
}

/// Rows of three-byte pixels as three planes blue, green, red, from -1 to 1.
pub(super) fn planes(rgb: &[u8]) -> Vec<f32> {
    let pixels = rgb.len() / CHANNELS;
    let mut planes = vec![0.0; rgb.len()];
    for (index, pixel) in rgb.chunks_exact(CHANNELS).enumerate() {
        for (channel, value) in pixel.iter().rev().enumerate() {
            planes[channel * pixels + index] = f32::from(*value) / 127.5 - 1.0;
        }
    }
    planes
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_do_not_match_the_bytes_are_refused() {
        for (width, height, bytes) in [(0, 5, 0), (2, 2, 11), (u32::MAX, u32::MAX, 3)] {
            assert!(Raster::new(&vec![0; bytes], width, height).is_err());
        }
    }

    /// A red pixel left of a blue one, cut as it lies and turned by 90 degrees.
    #[test]
    fn a_line_is_cut_in_its_own_direction() {
        let picture = Raster::new(&[255, 0, 0, 0, 0, 255], 2, 1).unwrap();
        let mut planes = [0.0; 6];
        picture.cut(&LineBox::new([1.0, 0.5], [1.0, 0.0], 2.0, 1.0), 2, 1, 2, &mut planes);
        assert_eq!(planes, [-1.0, 1.0, -1.0, -1.0, 1.0, -1.0]);
        picture.cut(&LineBox::new([1.0, 0.5], [-1.0, 0.0], 2.0, 1.0), 2, 1, 2, &mut planes);
        assert_eq!(planes, [1.0, -1.0, -1.0, -1.0, -1.0, 1.0]);
    }

    #[test]
    fn a_line_larger_than_wanted_is_averaged() {
        let picture = Raster::new(&[0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0], 4, 1).unwrap();
        let mut planes = [9.0; 6];
        picture.cut(&LineBox::new([2.0, 0.5], [1.0, 0.0], 4.0, 1.0), 1, 1, 2, &mut planes);
        assert!(planes[0].abs() < 0.01, "{planes:?}");
        assert!((planes[1] - 9.0).abs() < f32::EPSILON, "beyond the line nothing is written");
    }

    #[test]
    fn planes_are_blue_green_red() {
        assert_eq!(planes(&[255, 0, 0]), [-1.0, -1.0, 1.0]);
    }
}
