//! The two formats Castor writes: JPEG for photos, PNG where every pixel or transparency matters.

use crate::{MediaError, limits};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::borrow::Cow;

/// An encoded picture, without metadata.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// `image/jpeg` or `image/png`.
    pub mime: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The file.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for Encoded {
    /// Leaves the pixels out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Encoded({}, {}x{}, {} bytes)", self.mime, self.width, self.height, self.data.len())
    }
}

/// Encodes raw pixels, as a clipboard hands them over, as PNG. `rgba` holds rows from the top, four bytes a pixel,
/// alpha not premultiplied.
///
/// # Errors
/// [`MediaError::WrongLength`], [`MediaError::Empty`] for a picture without pixels, [`MediaError::TooLarge`].
pub fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Result<Vec<u8>, MediaError> {
    if width == 0 || height == 0 {
        return Err(MediaError::Empty);
    }
    limits::check(width, height, 4)?;
    let expected = u64::from(width) * u64::from(height) * 4;
    if rgba.len() as u64 != expected {
        return Err(MediaError::WrongLength { width, height, expected, actual: rgba.len() as u64 });
    }
    if rgba.chunks_exact(4).all(|pixel| pixel[3] == 255) {
        let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        return png_bytes(&rgb, width, height, ExtendedColorType::Rgb8);
    }
    png_bytes(rgba, width, height, ExtendedColorType::Rgba8)
}

/// Encodes as PNG, alpha kept.
pub(crate) fn png(image: &DynamicImage) -> Result<Encoded, MediaError> {
    let (width, height) = (image.width(), image.height());
    let data = png_bytes(image.as_bytes(), width, height, image.color().into())?;
    Ok(Encoded { mime: "image/png", width, height, data })
}

/// Encodes as JPEG with full colour resolution, what is transparent on white. `quality` from 1 to 100.
pub(crate) fn jpeg(image: &DynamicImage, quality: u8) -> Result<Encoded, MediaError> {
    let opaque = match image {
        DynamicImage::ImageRgb8(opaque) => Cow::Borrowed(opaque),
        _ => Cow::Owned(on_white(image)),
    };
    rgb_as_jpeg(&opaque, quality)
}

/// The same of an opaque picture.
pub(crate) fn rgb_as_jpeg(image: &RgbImage, quality: u8) -> Result<Encoded, MediaError> {
    let (width, height) = image.dimensions();
    let size = u16::try_from(width).and_then(|width| Ok((width, u16::try_from(height)?)));
    let (short_width, short_height) = size.map_err(|error| MediaError::Encode(error.into()))?;
    let mut data = Vec::new();
    let mut encoder = Encoder::new(&mut data, quality);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder
        .encode(image, short_width, short_height, ColorType::Rgb)
        .map_err(|error| MediaError::Encode(error.into()))?;
    Ok(Encoded { mime: "image/jpeg", width, height, data })
}

/// Lays a transparent picture on white.
pub(crate) fn on_white(image: &DynamicImage) -> RgbImage {
    let rgba = image.to_rgba8();
    let mut opaque = RgbImage::new(image.width(), image.height());
    for (target, source) in opaque.pixels_mut().zip(rgba.pixels()) {
        let alpha = u32::from(source[3]);
        target.0 = [0, 1, 2]
            .map(|channel| ((u32::from(source[channel]) * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    opaque
}

fn png_bytes(
    pixels: &[u8],
    width: u32,
    height: u32,
    color: ExtendedColorType,
) -> Result<Vec<u8>, MediaError> {
    let mut data = Vec::new();
    PngEncoder::new_with_quality(&mut data, CompressionType::Fast, FilterType::Adaptive)
        .write_image(pixels, width, height, color)
        .map_err(|error| MediaError::Encode(error.into()))?;
    Ok(data)
}
