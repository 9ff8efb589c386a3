//! Formats the `image` crate decodes: JPEG, PNG, GIF, WebP, BMP, TIFF.

use crate::color::SourceColor;
use crate::identify::PictureFormat;
use crate::limits::{self, MAX_WORKING_BYTES};
use crate::{MediaError, Picture, geometry, metadata};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Decodes the picture, or the first frame or page of several.
pub(crate) fn decode(bytes: &[u8], format: PictureFormat) -> Result<Picture, MediaError> {
    let mut decoder = open(bytes, format)?;
    let (width, height) = decoder.dimensions();
    limits::check(width, height, working_bytes_per_pixel(bytes, format, decoder.color_type()))?;
    let orientation = orientation(&mut decoder, format);
    let color = decoder.icc_profile().ok().flatten().map_or(SourceColor::Srgb, SourceColor::Icc);
    let image = DynamicImage::from_decoder(decoder).map_err(|error| classify(error, format))?;
    let image = if image.color().has_alpha() {
        DynamicImage::ImageRgba8(image.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(image.into_rgb8())
    };
    Ok(Picture::new(image, orientation, &color, format, metadata::is_present(bytes, format)))
}

/// Width and height as a person sees them, from the header.
pub(crate) fn upright_size(bytes: &[u8], format: PictureFormat) -> Result<(u32, u32), MediaError> {
    let mut decoder = open(bytes, format)?;
    let (width, height) = decoder.dimensions();
    Ok(geometry::upright(width, height, orientation(&mut decoder, format)))
}

/// How the picture lies. Broken metadata never keeps it from being seen.
fn orientation(decoder: &mut impl ImageDecoder, format: PictureFormat) -> Orientation {
    let found = if format == PictureFormat::Tiff {
        decoder.orientation().ok()
    } else {
        decoder.exif_metadata().ok().flatten().and_then(|exif| {
            // Some programs leave JPEG's prefix before the block in WebP and PNG as well.
            Orientation::from_exif_chunk(exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif))
        })
    };
    found.unwrap_or(Orientation::NoTransforms)
}

fn open(bytes: &[u8], format: PictureFormat) -> Result<impl ImageDecoder + '_, MediaError> {
    let image_format = match format {
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::WebP => ImageFormat::WebP,
        PictureFormat::Gif => ImageFormat::Gif,
        PictureFormat::Bmp => ImageFormat::Bmp,
        PictureFormat::Tiff => ImageFormat::Tiff,
        _ => ImageFormat::Jpeg,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), image_format);
    // Sizes are judged by `limits::check`, with numbers a person can be told; this bounds what decoders allocate
    // beside the pixels, such as compressed metadata.
    let mut bounds = Limits::default();
    bounds.max_alloc = Some(MAX_WORKING_BYTES);
    reader.limits(bounds);
    reader.into_decoder().map_err(|error| classify(error, format))
}

/// Bytes taken for each pixel at the worst moment.
fn working_bytes_per_pixel(bytes: &[u8], format: PictureFormat, color: ColorType) -> u64 {
    let decoded = u64::from(color.bytes_per_pixel());
    // Anything but 8-bit RGB(A) is converted beside itself.
    let converted = match color {
        ColorType::Rgb8 | ColorType::Rgba8 => 0,
        _ if color.has_alpha() => 4,
        _ => 3,
    };
    let inside = match format {
        // A progressive JPEG keeps all coefficients, two bytes each, for at most three components.
        PictureFormat::Jpeg if metadata::is_progressive_jpeg(bytes) => 6,
        // TIFF decodes into its own buffer first; GIF and WebP hold a frame or planes beside the canvas.
        PictureFormat::Tiff => decoded,
        PictureFormat::Gif | PictureFormat::WebP => 4,
        _ => 0,
    };
    decoded + inside.max(converted)
}

fn classify(error: ImageError, format: PictureFormat) -> MediaError {
    let format = format.name();
    match error {
        ImageError::Unsupported(error) => MediaError::UnsupportedFeature { format, source: error.into() },
        error => MediaError::Damaged { format, source: error.into() },
    }
}
