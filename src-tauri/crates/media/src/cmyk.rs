//! JPEGs of four inks. `image` turns them into RGB without their profile and takes all for inverted; here the raw inks
//! are read, so that Adobe's inversion is undone only where its marker stands and the profile is honoured.

use crate::color::{self, SourceColor};
use crate::identify::PictureFormat;
use crate::{MediaError, Picture, limits, metadata};
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

pub(crate) fn decode(bytes: &[u8]) -> Result<Picture, MediaError> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let (width, height) = (width as u32, height as u32);
    // Four bytes of ink and three of light; a progressive file keeps two bytes for each of four coefficients before.
    limits::check(width, height, if metadata::is_progressive_jpeg(bytes) { 12 } else { 7 })?;
    let coded = decoder.input_colorspace().unwrap_or(ColorSpace::CMYK);
    let orientation = decoder
        .exif()
        .and_then(|exif| Orientation::from_exif_chunk(exif))
        .unwrap_or(Orientation::NoTransforms);
    let icc = decoder.icc_profile();
    decoder.set_options(options.jpeg_set_out_colorspace(coded));
    let mut ink = decoder.decode().map_err(|error| damaged(&error))?;
    if coded == ColorSpace::YCCK {
        ycck_to_cmyk(&mut ink);
    }
    if metadata::has_adobe_marker(bytes) {
        for sample in &mut ink {
            *sample = 255 - *sample;
        }
    }
    let light = color::cmyk_to_srgb(&ink, icc.as_deref());
    drop(ink);
    let image = RgbImage::from_raw(width, height, light)
        .ok_or_else(|| damaged(&DecodeErrors::FormatStatic("fewer pixels than its header says")))?;
    let has_metadata = metadata::is_present(bytes, PictureFormat::Jpeg);
    Ok(Picture::new(
        DynamicImage::ImageRgb8(image),
        orientation,
        &SourceColor::Srgb,
        PictureFormat::Jpeg,
        has_metadata,
    ))
}

/// YCCK holds the inks as the YCbCr of their complements; black stands as it is.
fn ycck_to_cmyk(samples: &mut [u8]) {
    for pixel in samples.chunks_exact_mut(4) {
        let (luma, blue, red) =
            (f32::from(pixel[0]), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0);
        let light = [luma + 1.402 * red, luma - 0.344_136 * blue - 0.714_136 * red, luma + 1.772 * blue];
        for (ink, light) in pixel.iter_mut().zip(light) {
            *ink = 255 - light.round().clamp(0.0, 255.0) as u8;
        }
    }
}

fn damaged(error: &DecodeErrors) -> MediaError {
    match error {
        DecodeErrors::Unsupported(_) => {
            MediaError::UnsupportedFeature { format: "JPEG", source: format!("{error:?}").into() }
        }
        _ => MediaError::Damaged { format: "JPEG", source: format!("{error:?}").into() },
    }
}
