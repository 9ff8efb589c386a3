//! The tracks of WebM and Matroska files (RFC 9559), as far as the head of the file shows them.

const SEGMENT: u64 = 0x1853_8067;
const TRACKS: u64 = 0x1654_AE6B;
const TRACK_ENTRY: u64 = 0xAE;
const TRACK_TYPE: u64 = 0x83;
const AUDIO: u8 = 2;
const VIDEO: u8 = 1;

/// Whether the list of tracks has sound and no picture. `false` also when it is not in `head`, or not all of it.
pub(super) fn has_only_sound(head: &[u8]) -> bool {
    let Some(segment) = elements(head).find(|found| found.id == SEGMENT) else { return false };
    let Some(tracks) = elements(segment.content).find(|found| found.id == TRACKS && found.is_whole) else {
        return false;
    };
    let types: Vec<_> = elements(tracks.content)
        .filter(|found| found.id == TRACK_ENTRY)
        .map(|track| {
            elements(track.content)
                .find(|found| found.id == TRACK_TYPE)
                .and_then(|found| found.content.last().copied())
        })
        .collect();
    types.contains(&Some(AUDIO)) && types.iter().all(|kind| kind.is_some_and(|kind| kind != VIDEO))
}

struct Element<'a> {
    id: u64,
    content: &'a [u8],
    /// Whether all of it is there.
    is_whole: bool,
}

/// The elements one after the other in `bytes`; the last one may be cut short.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    std::iter::from_fn(move || {
        let (id, id_length) = number(bytes, false)?;
        let after_id = bytes.get(id_length..)?;
        let (size, size_length) = number(after_id, true)?;
        let after_size = after_id.get(size_length..)?;
        // All ones: the size is not known, as live recordings have it; up to the end then.
        let unknown = (1_u64 << (7 * size_length)) - 1;
        let size = if size == unknown { usize::MAX } else { usize::try_from(size).ok()? };
        let content = after_size.get(..size.min(after_size.len()))?;
        let is_whole = size <= after_size.len();
        bytes = after_size.get(size..).unwrap_or_default();
        Some(Element { id, content, is_whole })
    })
}

/// A number of 1 to 8 bytes whose length is told by its leading zeros, and that length.
fn number(bytes: &[u8], drop_marker: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    let mut value = bytes.get(..length)?.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    if drop_marker {
        value &= (1_u64 << (7 * length)) - 1;
    }
    (length <= 8).then_some((value, length))
}
