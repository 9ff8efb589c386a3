//! What a file carries beside its pixels: whether there is any, and taking it out of a JPEG without decoding it.

use crate::identify::PictureFormat;
use bytes::Bytes;
use heifer::heifer_isobmff::HeifFile;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;

/// Whether the file carries metadata: place, camera, time, texts. Colour profiles are none.
pub(crate) fn is_present(bytes: &[u8], format: PictureFormat) -> bool {
    match format {
        PictureFormat::Jpeg => {
            jpeg(bytes).is_some_and(|jpeg| jpeg.segments().iter().any(|segment| !is_needed(segment)))
        }
        PictureFormat::Png => Png::from_bytes(Bytes::copy_from_slice(bytes)).is_ok_and(|png| {
            png.chunks()
                .iter()
                .any(|chunk| matches!(&chunk.kind(), b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf" | b"tIME"))
        }),
        PictureFormat::WebP => WebP::from_bytes(Bytes::copy_from_slice(bytes))
            .is_ok_and(|webp| webp.has_chunk(*b"EXIF") || webp.has_chunk(*b"XMP ")),
        PictureFormat::Tiff => tiff_has_metadata(bytes),
        PictureFormat::Avif | PictureFormat::Heic | PictureFormat::Heif => HeifFile::parse(bytes)
            .is_ok_and(|file| file.items.iter().any(|item| matches!(&item.item_type.0, b"Exif" | b"mime"))),
        PictureFormat::Gif => bytes.windows(2).any(|pair| pair == [0x21, 0xFE]),
        PictureFormat::Bmp => false,
    }
}

/// Components of a JPEG's samples: 1 grey, 3 colour, 4 inks. `None` when there is no frame header.
pub(crate) fn jpeg_components(bytes: &[u8]) -> Option<u8> {
    frame_header(&jpeg(bytes)?)?.contents().get(5).copied()
}

/// Whether a JPEG sends its picture in several passes.
pub(crate) fn is_progressive_jpeg(bytes: &[u8]) -> bool {
    jpeg(bytes).as_ref().and_then(frame_header).is_some_and(|segment| segment.marker() == markers::SOF2)
}

/// Whether Adobe's marker is there: its programs store inks inverted.
pub(crate) fn has_adobe_marker(bytes: &[u8]) -> bool {
    jpeg(bytes).is_some_and(|jpeg| jpeg.segments().iter().any(is_adobe))
}

/// The JPEG without its metadata and without anything after its end (previews, second pictures, clips), its compressed
/// samples untouched. `None` when it is damaged: it is then better encoded anew.
pub(crate) fn strip_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut jpeg = jpeg(bytes)?;
    jpeg.segments_mut().retain(is_needed);
    let stripped = jpeg.encoder().bytes();
    end_of_image(&stripped).map(|end| stripped[..end].to_vec())
}

fn jpeg(bytes: &[u8]) -> Option<Jpeg> {
    Jpeg::from_bytes(Bytes::copy_from_slice(bytes)).ok()
}

fn frame_header(jpeg: &Jpeg) -> Option<JpegSegment> {
    jpeg.segments()
        .iter()
        .find(|segment| {
            // SOF0 to SOF15 without DHT, JPG and DAC, which share the range.
            matches!(segment.marker(), 0xC0..=0xCF) && !matches!(segment.marker(), 0xC4 | 0xC8 | 0xCC)
        })
        .cloned()
}

/// Whether a decoder needs the segment to show the picture right.
fn is_needed(segment: &JpegSegment) -> bool {
    match segment.marker() {
        markers::APP0 => segment.contents().starts_with(b"JFIF\0"),
        markers::APP2 => segment.contents().starts_with(b"ICC_PROFILE\0"),
        markers::APP14 => is_adobe(segment),
        0xE0..=0xEF | markers::COM => false,
        _ => true,
    }
}

fn is_adobe(segment: &JpegSegment) -> bool {
    segment.marker() == markers::APP14 && segment.contents().starts_with(b"Adobe")
}

/// The position just after the end-of-image marker, following the segments of every scan.
fn end_of_image(bytes: &[u8]) -> Option<usize> {
    let mut position = 2;
    loop {
        if *bytes.get(position)? != 0xFF {
            // Entropy-coded data: on to the next marker.
            position += bytes.get(position..)?.iter().position(|byte| *byte == 0xFF)?;
        }
        match *bytes.get(position + 1)? {
            0xD9 => return Some(position + 2),
            // A stuffed 0xFF, a restart marker: still inside the data.
            0x00 | 0x01 | 0xD0..=0xD7 => position += 2,
            0xFF => position += 1,
            _ => {
                let length = bytes.get(position + 2..position + 4)?;
                position += 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
        }
    }
}

/// Whether the first directory names a camera, a time, a program, a place or the like.
fn tiff_has_metadata(bytes: &[u8]) -> bool {
    let Some(order) = bytes.get(..4) else { return false };
    if order[2] == b'+' || order[3] == b'+' {
        // The wide variant (BigTIFF) is not looked into: better a needless notice than a missing one.
        return true;
    }
    let short = |at: usize| {
        let pair: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if order[0] == b'I' { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let directory = || {
        let quad: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
        let start =
            if order[0] == b'I' { u32::from_le_bytes(quad) } else { u32::from_be_bytes(quad) } as usize;
        let count = usize::from(short(start)?);
        Some((0..count).filter_map(move |entry| short(start + 2 + entry * 12)))
    };
    directory().is_some_and(|mut tags| {
        // Description, maker, model, program, time, author, computer, XMP, copyright, IPTC, Photoshop, EXIF, GPS.
        tags.any(|tag| {
            matches!(
                tag,
                270 | 271 | 272 | 305 | 306 | 315 | 316 | 700 | 33432 | 33723 | 34377 | 34665 | 34853
            )
        })
    })
}
