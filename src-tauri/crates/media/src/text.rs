//! Text files: UTF-8, UTF-16 with a byte order mark, and the older encodings of Chinese, Japanese, Korean and European
//! text, told apart as browsers do (`chardetng`, `encoding_rs`).

use crate::{MediaError, identify};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use std::borrow::Cow;

/// The text of a file that [`identify`](crate::identify()) called text, as UTF-8 without a byte order mark.
///
/// # Errors
/// [`MediaError::Empty`], or [`MediaError::Unsupported`] when it is not text.
pub fn read_text(bytes: &[u8]) -> Result<String, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    decode(bytes)
        .map(Cow::into_owned)
        .ok_or_else(|| MediaError::Unsupported { looks_like: identify::looks_like(bytes) })
}

/// The text, or `None` when the bytes are no text in any encoding tried.
pub(crate) fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    decode_unicode(bytes).or_else(|| decode_legacy(bytes))
}

/// UTF-8, or UTF-16 with a byte order mark: nothing else looks like either by chance.
pub(crate) fn decode_unicode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let (encoding, mark_length) = Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    encoding
        .decode_without_bom_handling_and_without_replacement(&bytes[mark_length..])
        .filter(|text| is_text(text))
}

/// The encodings of before Unicode, guessed by how often which letters follow each other.
fn decode_legacy(bytes: &[u8]) -> Option<Cow<'_, str>> {
    // Control bytes mean binary in each of them; asking a detector about such files only yields nonsense.
    if bytes.iter().any(|byte| is_control(char::from(*byte))) {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    encoding.decode_without_bom_handling_and_without_replacement(bytes).filter(|text| is_text(text))
}

fn is_text(text: &str) -> bool {
    !text.chars().any(is_control)
}

/// Control characters that text files do not hold: all but tab, line feed, carriage return, form feed, backspace and
/// escape (terminal logs have those two). Of 0x80 to 0x9F nothing is said here: in the older encodings they are letters.
fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\x07' | '\x0b' | '\x0e'..='\x1a' | '\x1c'..='\x1f')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Identified, identify};
    use conversation::MediaKind;

    const CHINESE: &str = "今天下午三点我们在会议室开会，请大家准时参加。\n第二行：数据和结果。\n";

    #[test]
    fn text_in_common_encodings_reads_the_same() {
        let utf16: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(CHINESE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = [b"\xEF\xBB\xBF", CHINESE.as_bytes()].concat();
        let (gbk, _, unmappable) = encoding_rs::GBK.encode(CHINESE);
        assert!(!unmappable);
        for bytes in [CHINESE.as_bytes(), &utf16, &marked, &gbk] {
            assert_eq!(identify(bytes).unwrap(), Identified { kind: MediaKind::Text, mime: "text/plain" });
            assert_eq!(read_text(bytes).unwrap(), CHINESE);
        }
    }

    #[test]
    fn binary_is_not_text() {
        assert!(decode(b"fn main() {}\0").is_none());
        assert!(decode(&[0x80, 0x81, 0x02, 0x90, 0xFF]).is_none());
        assert!(matches!(read_text(b""), Err(MediaError::Empty)));
        assert!(matches!(read_text(&[0; 64]), Err(MediaError::Unsupported { .. })));
    }
}
