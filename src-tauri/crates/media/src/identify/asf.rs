//! Windows Media files (ASF): the same signature whether they hold video or only sound.

/// "Stream type: audio" and "stream type: video", from the ASF specification, section 10.4.
const AUDIO: [u8; 16] = *b"\x40\x9E\x69\xF8\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C\x44\x2B";
const VIDEO: [u8; 16] = *b"\xC0\xEF\x19\xBC\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C\x44\x2B";
/// "Header object".
const HEADER: [u8; 16] = *b"\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C";

/// Whether the header lists sound and no picture. `false` also when `head` does not hold all of the header.
pub(super) fn has_only_sound(head: &[u8]) -> bool {
    let Some(size) = head.strip_prefix(&HEADER).and_then(|rest| rest.first_chunk()) else { return false };
    let header = usize::try_from(u64::from_le_bytes(*size)).ok().and_then(|size| head.get(..size));
    let lists = |kind: &[u8; 16]| header.is_some_and(|header| header.windows(16).any(|found| found == kind));
    lists(&AUDIO) && !lists(&VIDEO)
}
