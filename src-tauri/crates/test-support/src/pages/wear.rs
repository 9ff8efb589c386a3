//! What happens to a page before a recogniser sees it: it is turned, skewed, compressed, blurred, shrunk or photographed
//! at an angle.

use super::PageError;
use image::{
    ImageFormat, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops, imageops::FilterType,
    load_from_memory_with_format,
};

/// One kind of wear.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wear {
    /// Turned clockwise by this many right angles.
    Turned { quarters: u8 },
    /// Turned clockwise by a few degrees, on a larger sheet of the same ground.
    Skewed { degrees: f32 },
    /// Through JPEG of this quality (1 to 100) and back.
    Jpeg { quality: u8 },
    /// Out of focus: a Gaussian blur, sigma in pixels.
    Blurred { sigma: f32 },
    /// To this part of its size.
    Shrunk { percent: u32 },
    /// Lying on a grey table, photographed from below its lower edge, so that its top is narrower.
    Tilted,
}

/// The table a tilted page lies on.
const TABLE: Rgb<u8> = Rgb([104, 100, 96]);

impl Wear {
    pub(super) fn apply(self, image: &RgbImage) -> Result<RgbImage, PageError> {
        let (width, height) = image.dimensions();
        Ok(match self {
            Self::Turned { quarters } => match quarters % 4 {
                1 => imageops::rotate90(image),
                2 => imageops::rotate180(image),
                3 => imageops::rotate270(image),
                _ => image.clone(),
            },
            Self::Skewed { degrees } => skewed(image, degrees),
            Self::Jpeg { quality } => {
                let mut file = Vec::new();
                JpegEncoder::new_with_quality(&mut file, quality).encode_image(image)?;
                load_from_memory_with_format(&file, ImageFormat::Jpeg)?.into_rgb8()
            }
            Self::Blurred { sigma } => imageops::blur(image, sigma),
            Self::Shrunk { percent } => {
                let size = |pixels: u32| (pixels * percent / 100).max(1);
                imageops::resize(image, size(width), size(height), FilterType::Triangle)
            }
            Self::Tilted => tilted(image),
        })
    }
}

fn skewed(image: &RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = (image.width() as f32, image.height() as f32);
    let new_width = (width * cos + height * sin.abs()).ceil();
    let new_height = (height * cos + width * sin.abs()).ceil();
    warped(image, new_width as u32, new_height as u32, *image.get_pixel(0, 0), |x, y| {
        let (x, y) = (x - new_width / 2.0, y - new_height / 2.0);
        (x * cos + y * sin + width / 2.0, y * cos - x * sin + height / 2.0)
    })
}

fn tilted(image: &RgbImage) -> RgbImage {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let margin = width * 0.12;
    // How much narrower the top is than the bottom, and how much shorter the page looks.
    let (narrowing, shortening) = (0.86, 0.94);
    let (new_width, new_height) = (width + 2.0 * margin, height * shortening + 2.0 * margin);
    warped(image, new_width as u32, new_height as u32, TABLE, |x, y| {
        // A plane in perspective: both coordinates divided by a scale that is linear in the picture's height.
        let down = (y - margin) / (height * shortening);
        let scale = narrowing + (1.0 - narrowing) * down;
        (((x - new_width / 2.0) / scale) + width / 2.0, down / scale * height)
    })
}

/// A picture whose pixel centres come from where `source` says in `image`, between its pixels by bilinear interpolation;
/// `ground` where that lies outside.
fn warped(
    image: &RgbImage,
    width: u32,
    height: u32,
    ground: Rgb<u8>,
    source: impl Fn(f32, f32) -> (f32, f32),
) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = source(x as f32 + 0.5, y as f32 + 0.5);
        imageops::interpolate_bilinear(image, x - 0.5, y - 0.5).unwrap_or(ground)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// White with one black square whose middle is at (30, 20) of 60 × 80.
    fn marked() -> RgbImage {
        RgbImage::from_fn(60, 80, |x, y| {
            if (27..33).contains(&x) && (17..23).contains(&y) { Rgb([0; 3]) } else { Rgb([255; 3]) }
        })
    }

    /// The middle of what is dark.
    fn mark(image: &RgbImage) -> (f32, f32) {
        let dark: Vec<_> = image.enumerate_pixels().filter(|(_, _, pixel)| pixel[0] < 80).collect();
        let count = dark.len() as f32;
        let mean = |of: fn(&(u32, u32, &Rgb<u8>)) -> u32| {
            dark.iter().map(|pixel| of(pixel) as f32 + 0.5).sum::<f32>() / count
        };
        (mean(|pixel| pixel.0), mean(|pixel| pixel.1))
    }

    #[test]
    fn a_turn_is_clockwise() {
        let turned = Wear::Turned { quarters: 1 }.apply(&marked()).unwrap();
        assert_eq!(mark(&turned), (60.0, 30.0));
    }

    #[test]
    fn a_skew_turns_about_the_middle_and_shows_the_ground_around() {
        let skewed = Wear::Skewed { degrees: 3.0 }.apply(&marked()).unwrap();
        let (x, y) = mark(&skewed);
        let (width, height) = (skewed.width() as f32, skewed.height() as f32);
        // The mark is 20 above the middle: clockwise, it moves right by 20 · sin 3°.
        assert!((x - width / 2.0 - 20.0 * 3_f32.to_radians().sin()).abs() < 0.3, "{x} of {width}");
        assert!((height / 2.0 - y - 20.0).abs() < 0.3, "{y} of {height}");
        assert_eq!(*skewed.get_pixel(0, 0), Rgb([255; 3]));
    }

    #[test]
    fn a_tilt_keeps_all_of_the_page_on_the_table() {
        let white = RgbImage::from_pixel(200, 300, Rgb([255; 3]));
        let tilted = Wear::Tilted.apply(&white).unwrap();
        assert_eq!(*tilted.get_pixel(0, 0), TABLE);
        let width_at = |y| tilted.rows().nth(y).unwrap().filter(|pixel| pixel[0] == 255).count();
        assert!((165..=175).contains(&width_at(30)), "{} at the top", width_at(30));
        assert!((194..=200).contains(&width_at(300)), "{} at the bottom", width_at(300));
    }

    #[test]
    fn shrinking_and_jpeg_keep_what_they_say() {
        let shrunk = Wear::Shrunk { percent: 50 }.apply(&marked()).unwrap();
        assert_eq!(shrunk.dimensions(), (30, 40));
        let jpeg = Wear::Jpeg { quality: 30 }.apply(&marked()).unwrap();
        assert_eq!(jpeg.dimensions(), (60, 80));
        assert_ne!(jpeg, marked());
    }
}
