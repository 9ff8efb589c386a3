//! What a file carries beside its pixels: whether there is any, and taking it out of a JPEG without decoding it.

use crate::identify::PictureFormat;
use crate::jpeg::header::{Segment, Segments, is_frame};
use bytes::Bytes;
use heifer::heifer_isobmff::HeifFile;
use image::metadata::Orientation;
use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;

/// What a part of a colour profile begins with.
const ICC: &[u8] = b"ICC_PROFILE\0";

/// Whether the file carries metadata: place, camera, time, texts. Colour profiles are none.
pub(crate) fn is_present(bytes: &[u8], format: PictureFormat) -> bool {
    match format {
        PictureFormat::Jpeg => {
            Segments::of_header(bytes).any(|segment| !is_needed(segment.marker, segment.content))
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
    frame_header(bytes)?.content.get(5).copied()
}

/// Whether a JPEG sends its picture in several passes.
pub(crate) fn is_progressive_jpeg(bytes: &[u8]) -> bool {
    frame_header(bytes).is_some_and(|segment| segment.marker == markers::SOF2)
}

/// Whether Adobe's marker is there: its programs store inks inverted.
pub(crate) fn has_adobe_marker(bytes: &[u8]) -> bool {
    Segments::of_header(bytes).any(|segment| is_adobe(segment.marker, segment.content))
}

/// How a JPEG lies. Broken metadata never keep it from being seen.
pub(crate) fn jpeg_orientation(bytes: &[u8]) -> Orientation {
    Segments::of_header(bytes)
        .filter(|segment| segment.marker == markers::APP1)
        .filter_map(|segment| segment.content.strip_prefix(b"Exif\0\0"))
        .last()
        .and_then(Orientation::from_exif_chunk)
        .unwrap_or(Orientation::NoTransforms)
}

/// A JPEG's colour profile, put together from its parts.
pub(crate) fn icc_profile(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<(u8, &[u8])> = Segments::of_header(bytes)
        .filter(|segment| segment.marker == markers::APP2)
        .filter_map(|segment| segment.content.strip_prefix(ICC)?.split_first())
        // Behind the part's number stands how many there are.
        .filter_map(|(number, rest)| Some((*number, rest.get(1..)?)))
        .collect();
    parts.sort_by_key(|(number, _)| *number);
    (!parts.is_empty()).then(|| parts.iter().flat_map(|(_, part)| *part).copied().collect())
}

/// The JPEG without its metadata and without anything after its end (previews, second pictures, clips), its compressed
/// samples untouched. `None` when it is damaged: it is then better encoded anew.
pub(crate) fn strip_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut jpeg = Jpeg::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    jpeg.segments_mut().retain(|segment| is_needed(segment.marker(), segment.contents()));
    let stripped = jpeg.encoder().bytes();
    end_of_image(&stripped).map(|end| stripped[..end].to_vec())
}

fn frame_header(bytes: &[u8]) -> Option<Segment<'_>> {
    Segments::of_header(bytes).find(|segment| is_frame(segment.marker))
}

/// Whether a decoder needs a segment to show the picture right.
fn is_needed(marker: u8, content: &[u8]) -> bool {
    match marker {
        markers::APP0 => content.starts_with(b"JFIF\0"),
        markers::APP2 => content.starts_with(ICC),
        markers::APP14 => is_adobe(marker, content),
        0xE0..=0xEF | markers::COM => false,
        _ => true,
    }
}

fn is_adobe(marker: u8, content: &[u8]) -> bool {
    marker == markers::APP14 && content.starts_with(b"Adobe")
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
