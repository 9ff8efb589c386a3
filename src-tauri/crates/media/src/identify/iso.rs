//! The tracks of MP4 and QuickTime files (ISO base media, ISO/IEC 14496-12).

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of the `moov` box that are read at most: the handlers of a recording's tracks are near its beginning.
const MOVIE_BYTES: u64 = 1 << 16;

/// A file with more boxes than this before its `moov` is a fragmented one, which has it at the beginning.
const MAX_BOXES: usize = 64;

/// The beginning of the `moov` box, wherever in the file it is. Empty where there is none.
pub(super) fn movie(file: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        file.seek(SeekFrom::Start(at))?;
        let mut header = Vec::with_capacity(16);
        file.by_ref().take(16).read_to_end(&mut header)?;
        let Some(found) = boxes(&header).next() else { break };
        if found.kind == b"moov" {
            let mut movie = header;
            file.by_ref().take(MOVIE_BYTES).read_to_end(&mut movie)?;
            return Ok(movie);
        }
        let Some(next) = found.size.and_then(|size| at.checked_add(size)) else { break };
        at = next;
    }
    Ok(Vec::new())
}

/// Whether the `moov` box says that there is sound and no picture. `false` also when it is not in `head`, or not enough
/// of it.
pub(super) fn has_only_sound(head: &[u8]) -> bool {
    let Some(movie) = boxes(head).find(|found| found.kind == b"moov") else { return false };
    let mut next_track = None;
    let mut tracks = Vec::new();
    for child in boxes(movie.content) {
        match child.kind {
            b"mvhd" if child.is_whole => next_track = next_track_id(child.content),
            b"trak" => tracks.push(handler(child.content)),
            _ => {}
        }
    }
    // Sample tables soon outgrow the head, but the movie's header comes first and numbers its tracks from one.
    let all_are_seen = movie.is_whole || next_track.is_some_and(|next| next == tracks.len() as u32 + 1);
    all_are_seen
        && tracks.contains(&Some(*b"soun"))
        && tracks.iter().all(|track| track.is_some_and(|handler| &handler != b"vide"))
}

struct IsoBox<'a> {
    kind: &'a [u8],
    content: &'a [u8],
    /// Bytes with its header; `None`: up to the end of the file.
    size: Option<u64>,
    /// Whether all of it is there.
    is_whole: bool,
}

/// The boxes one after the other in `bytes`; the last one may be cut short.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = IsoBox<'_>> {
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
        let kind = bytes.get(4..8)?;
        let (header, size) = match size {
            0 => (8, None),
            1 => (16, Some(u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?))),
            size => (8, Some(u64::from(size))),
        };
        if size.is_some_and(|size| size < header as u64) {
            return None;
        }
        let length = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        let content = bytes.get(header..length.min(bytes.len()))?;
        let is_whole = length <= bytes.len();
        bytes = bytes.get(length..).unwrap_or_default();
        Some(IsoBox { kind, content, size, is_whole })
    })
}

/// The number the next track would get, from the movie's header.
fn next_track_id(header: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(header.last_chunk().copied()?))
}

/// What kind of track it is, e.g. `soun`.
fn handler(track: &[u8]) -> Option<[u8; 4]> {
    let media = boxes(track).find(|found| found.kind == b"mdia")?;
    let handler = boxes(media.content).find(|found| found.kind == b"hdlr")?;
    // Version and flags, then a field that was once something else.
    handler.content.get(8..12)?.try_into().ok()
}
