//! Looks at a JPEG picture as far as needed to hand it on: that it is whole, and its size.

use zune_core::bytestream::ZCursor;
use zune_jpeg::JpegDecoder;

const BEGINS: [u8; 2] = [0xff, 0xd8];
const ENDS: [u8; 2] = [0xff, 0xd9];
/// Bytes after the picture's end that cameras leave: padding.
const MOST_PADDING: usize = 4096;

/// The picture without padding around it; `None` where it is no JPEG or was cut off. In a stream of pictures one that is
/// cut off would swallow the next.
pub(crate) fn whole(jpeg: &[u8]) -> Option<&[u8]> {
    if !jpeg.starts_with(&BEGINS) {
        return None;
    }
    let tail = jpeg.len().saturating_sub(MOST_PADDING);
    let end = tail + jpeg[tail..].windows(2).rposition(|pair| pair == ENDS)? + 2;
    let whole = &jpeg[..end];
    size(whole).map(|_| whole)
}

/// Width and height from the header; `None` where there is none, or no pixel.
pub(crate) fn size(jpeg: &[u8]) -> Option<(u32, u32)> {
    let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
    decoder.decode_headers().ok()?;
    let (width, height) = decoder.dimensions()?;
    (width > 0 && height > 0).then_some((width as u32, height as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_whole_picture_is_not_handed_on() {
        assert!(whole(b"").is_none());
        assert!(whole(b"\xff\xd8\xff\xd9").is_none());
        assert!(whole(b"\x89PNG\r\n\x1a\n").is_none());
        assert!(whole(&[0xff; 10_000]).is_none());
    }
}
