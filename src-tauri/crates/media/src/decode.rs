//! The way in: picks the decoder by content and keeps its failures away from the app.

use crate::identify::{PictureFormat, looks_like, picture_format};
use crate::{MediaError, Picture, cmyk, heif, jpeg, metadata, raster};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a picture's header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// MIME type by content.
    pub mime: &'static str,
    /// Width in pixels, upright.
    pub width: u32,
    /// Height in pixels, upright.
    pub height: u32,
}

/// Decodes a picture. The result is upright and in sRGB, without metadata.
///
/// Memory: at most [`MAX_WORKING_BYTES`](crate::MAX_WORKING_BYTES) beside `bytes`, checked from the header first.
///
/// # Errors
/// [`MediaError`]; a JPEG whose end is missing is not an error: what there is of it is shown, as browsers do.
pub fn decode(bytes: &[u8]) -> Result<Picture, MediaError> {
    let format = format_of(bytes)?;
    guard(format, || match format {
        PictureFormat::Avif | PictureFormat::Heic | PictureFormat::Heif => heif::decode(bytes, format),
        PictureFormat::Jpeg if metadata::jpeg_components(bytes) == Some(4) => cmyk::decode(bytes),
        _ => raster::decode(bytes, format),
    })
}

/// Decodes a picture no larger than it is needed: its longest edge is at most `longest_edge` pixels. What
/// [`Picture::original_size`] says is the file's own. Upright and in sRGB as with [`decode()`].
///
/// A JPEG is scaled while its rows come, and decoded at a part of its size where that is fine enough: less time, and little more
/// memory than the smaller picture has. Others are decoded in full first.
///
/// # Errors
/// As [`decode()`], and [`MediaError::Encode`] when scaling fails.
pub fn decode_within(bytes: &[u8], longest_edge: u32) -> Result<Picture, MediaError> {
    if format_of(bytes)? == PictureFormat::Jpeg
        && let Some(picture) = guard(PictureFormat::Jpeg, || jpeg::decode_within(bytes, longest_edge))?
    {
        return Ok(picture);
    }
    decode(bytes)?.shrunk(longest_edge)
}

/// Reads a picture's upright size from its header, without decoding it. Cheap, also for pictures too large to decode.
///
/// # Errors
/// [`MediaError`] when it is no picture or its header is damaged.
pub fn inspect(bytes: &[u8]) -> Result<Inspected, MediaError> {
    let format = format_of(bytes)?;
    let (width, height) = guard(format, || match format {
        PictureFormat::Avif | PictureFormat::Heic | PictureFormat::Heif => heif::upright_size(bytes, format),
        _ => raster::upright_size(bytes, format),
    })?;
    Ok(Inspected { mime: format.mime(), width, height })
}

fn format_of(bytes: &[u8]) -> Result<PictureFormat, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    picture_format(bytes).ok_or_else(|| MediaError::Unsupported { looks_like: looks_like(bytes) })
}

/// Runs a decoder. Its panics become errors: the file, not the app, is what fails.
fn guard<T>(format: PictureFormat, decoder: impl FnOnce() -> Result<T, MediaError>) -> Result<T, MediaError> {
    // Nothing the closure touches outlives a panic: it borrows the input and makes everything else itself.
    catch_unwind(AssertUnwindSafe(decoder))
        .unwrap_or_else(|_| Err(MediaError::DecoderPanicked { format: format.name() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panicking_decoder_is_an_error() {
        let result: Result<(), _> = guard(PictureFormat::Gif, || panic!("out of bounds"));
        assert!(matches!(result, Err(MediaError::DecoderPanicked { format: "GIF" })));
    }
}
