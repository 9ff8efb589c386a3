//! What a file is, by its content. Names lie; the first bytes rarely do.

mod asf;
mod iso;
mod matroska;

use crate::{LooksLike, MediaError, text};
use conversation::MediaKind;
use infer::MatcherType;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// A file Castor can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// What sense it is for.
    pub kind: MediaKind,
    /// Its MIME type, e.g. `image/heic` or `text/plain`.
    pub mime: &'static str,
}

/// The picture formats Castor reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureFormat {
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
    Tiff,
    Avif,
    Heic,
    /// HEIF whose brand does not say how its pictures are coded.
    Heif,
}

impl PictureFormat {
    pub(crate) fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
            Self::Heif => "image/heif",
        }
    }

    /// The name people know it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Avif => "AVIF",
            Self::Heic => "HEIC",
            Self::Heif => "HEIF",
        }
    }

    /// Whether it usually holds exact pixels (screenshots, drawings) rather than a photo already compressed with loss.
    pub(crate) fn is_lossless(self) -> bool {
        matches!(self, Self::Png | Self::Gif | Self::Bmp | Self::Tiff)
    }
}

/// Bytes of a file's beginning that tell whether it is a document, sound or video.
pub const HEAD_BYTES: usize = 8192;

/// The document, sound or video that begins with these bytes, [`HEAD_BYTES`] of them where there are as many. The MIME
/// types are those the Gemini API documents, for sound also those [`crate::sound::convertible`] knows, and Matroska, of which
/// every mind gets frames; other formats of these kinds give `None`. A container made for video whose head lists nothing but sound is sound.
pub fn identify_media(head: &[u8]) -> Option<Identified> {
    if picture_format(head).is_some() {
        return None;
    }
    if head.starts_with(b"caff\0\x01") {
        return Some(Identified { kind: MediaKind::Audio, mime: "audio/x-caf" });
    }
    let (kind, mime) = match infer::get(head)?.mime_type() {
        "application/pdf" => (MediaKind::Document, "application/pdf"),
        "audio/x-wav" => (MediaKind::Audio, "audio/wav"),
        "audio/mpeg" => (MediaKind::Audio, "audio/mp3"),
        "audio/x-flac" => (MediaKind::Audio, "audio/flac"),
        "audio/ogg" | "audio/opus" => (MediaKind::Audio, "audio/ogg"),
        "audio/aac" => (MediaKind::Audio, "audio/aac"),
        "audio/x-aiff" => (MediaKind::Audio, "audio/aiff"),
        "audio/m4a" => return Some(MP4_SOUND),
        "video/mp4" | "video/quicktime" if iso::has_only_sound(head) => return Some(MP4_SOUND),
        "video/webm" if matroska::has_only_sound(head) => (MediaKind::Audio, "audio/webm"),
        "video/x-matroska" if matroska::has_only_sound(head) => (MediaKind::Audio, "audio/x-matroska"),
        // Windows Media Audio: neither the API nor Castor decodes it.
        "video/x-ms-wmv" if asf::has_only_sound(head) => return None,
        "video/mp4" => (MediaKind::Video, "video/mp4"),
        "video/quicktime" => (MediaKind::Video, "video/mov"),
        "video/webm" => (MediaKind::Video, "video/webm"),
        "video/x-matroska" => (MediaKind::Video, "video/x-matroska"),
        "video/x-msvideo" => (MediaKind::Video, "video/avi"),
        "video/mpeg" => (MediaKind::Video, "video/mpeg"),
        "video/x-flv" => (MediaKind::Video, "video/x-flv"),
        "video/x-ms-wmv" => (MediaKind::Video, "video/wmv"),
        "video/3gpp" => (MediaKind::Video, "video/3gpp"),
        _ => return None,
    };
    // "ID3", "FLV" and the like also begin words; the head may end within a character. A document's head may be readable.
    let is_text =
        |cut| head.len().checked_sub(cut).and_then(|end| text::decode_unicode(&head[..end])).is_some();
    let is_words = kind != MediaKind::Document && (0..4).any(is_text);
    (!is_words).then_some(Identified { kind, mime })
}

/// As [`identify_media`], for a file that can be read anywhere: also sound in an MP4 file that lists its tracks at the end,
/// as many recorders and converters write it, is known for sound.
///
/// # Errors
/// What reading `file` gives.
pub fn identify_media_in(file: &mut (impl Read + Seek)) -> io::Result<Option<Identified>> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::with_capacity(HEAD_BYTES);
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(match identify_media(&head) {
        Some(Identified { mime: "video/mp4" | "video/mov", .. })
            if iso::has_only_sound(&iso::movie(file)?) =>
        {
            Some(MP4_SOUND)
        }
        known => known,
    })
}

const MP4_SOUND: Identified = Identified { kind: MediaKind::Audio, mime: "audio/mp4" };

/// Says what `bytes` are: a picture, a document, sound, video, text, or none of these.
///
/// # Errors
/// [`MediaError::Empty`], or [`MediaError::Unsupported`] with what the file seems to be. A picture that is identified
/// may still turn out damaged when it is decoded.
pub fn identify(bytes: &[u8]) -> Result<Identified, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    if let Some(format) = picture_format(bytes) {
        return Ok(Identified { kind: MediaKind::Image, mime: format.mime() });
    }
    // Reading from memory cannot fail.
    if let Ok(Some(media)) = identify_media_in(&mut Cursor::new(bytes)) {
        return Ok(media);
    }
    let looks_like = looks_like(bytes);
    // Some signatures are two letters that also begin words, so Unicode text wins over all of them. Older encodings fit
    // many binaries and lose.
    let is_text = match looks_like {
        LooksLike::Unknown => text::decode(bytes).is_some(),
        _ => text::decode_unicode(bytes).is_some(),
    };
    if is_text {
        return Ok(Identified { kind: MediaKind::Text, mime: "text/plain" });
    }
    Err(MediaError::Unsupported { looks_like })
}

/// The picture format by signature, or `None`.
pub(crate) fn picture_format(bytes: &[u8]) -> Option<PictureFormat> {
    let starts = |signature: &[u8]| bytes.starts_with(signature);
    if starts(&[0xFF, 0xD8, 0xFF]) {
        Some(PictureFormat::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some(PictureFormat::Png)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some(PictureFormat::Gif)
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(PictureFormat::WebP)
    } else if is_bmp(bytes) {
        Some(PictureFormat::Bmp)
    } else if (starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+"))
        && !infer::image::is_cr2(bytes)
    {
        Some(PictureFormat::Tiff)
    } else {
        heif_format(bytes)
    }
}

/// "BM" alone also begins words; the size of the header that follows is one of a few.
fn is_bmp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM")
        && matches!(bytes.get(14..18), Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// Reads the brands of an ISO base media file.
fn heif_format(bytes: &[u8]) -> Option<PictureFormat> {
    if bytes.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let length = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    let major = bytes.get(8..12)?;
    let compatible = bytes.get(16..length.clamp(16, bytes.len().max(16))).unwrap_or_default();
    let mut brands = std::iter::once(major).chain(compatible.chunks_exact(4));
    // A video may list picture brands as compatible; only a picture has one of these first.
    match major {
        b"avif" | b"avis" => Some(PictureFormat::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some(PictureFormat::Heic),
        b"mif1" | b"mif2" | b"msf1" | b"miaf" => Some(
            brands
                .find_map(|brand| match brand {
                    b"avif" | b"avis" => Some(PictureFormat::Avif),
                    b"heic" | b"heix" | b"heim" | b"heis" => Some(PictureFormat::Heic),
                    _ => None,
                })
                .unwrap_or(PictureFormat::Heif),
        ),
        _ => None,
    }
}

/// What a file that is not for Castor seems to be.
pub(crate) fn looks_like(bytes: &[u8]) -> LooksLike {
    let Some(found) = infer::get(bytes) else { return LooksLike::Unknown };
    match found.matcher_type() {
        MatcherType::Video if asf::has_only_sound(bytes) || matroska::has_only_sound(bytes) => {
            LooksLike::Audio
        }
        MatcherType::Video => LooksLike::Video,
        MatcherType::Audio => LooksLike::Audio,
        MatcherType::Doc | MatcherType::Book => LooksLike::Document,
        MatcherType::Image => LooksLike::Picture,
        MatcherType::Font => LooksLike::Font,
        MatcherType::App => LooksLike::Program,
        MatcherType::Archive if found.mime_type() == "application/pdf" => LooksLike::Pdf,
        MatcherType::Archive => LooksLike::Archive,
        MatcherType::Text | MatcherType::Custom => LooksLike::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(bytes: &[u8]) -> LooksLike {
        match identify(bytes) {
            Err(MediaError::Unsupported { looks_like }) => looks_like,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn words_that_begin_like_a_bitmap_are_text() {
        let identified = identify(b"BMW is a maker of cars.").unwrap();
        assert_eq!(identified, Identified { kind: MediaKind::Text, mime: "text/plain" });
    }

    #[test]
    fn brands_tell_heif_files_apart() {
        let file = |major: &[u8], compatible: &[u8]| {
            let length = u32::try_from(16 + compatible.len()).unwrap();
            [&length.to_be_bytes()[..], b"ftyp", major, &[0; 4], compatible].concat()
        };
        assert_eq!(picture_format(&file(b"heic", b"mif1")), Some(PictureFormat::Heic));
        assert_eq!(picture_format(&file(b"mif1", b"mif1avif")), Some(PictureFormat::Avif));
        assert_eq!(picture_format(&file(b"mif1", b"mif1heic")), Some(PictureFormat::Heic));
        assert_eq!(picture_format(&file(b"mif1", b"")), Some(PictureFormat::Heif));
        assert_eq!(picture_format(&file(b"isom", b"mif1heic")), None);
        assert_eq!(picture_format(b"\xff\xff\xff\xffftypheic"), Some(PictureFormat::Heic));
        let video = identify(&file(b"isom", b"mp42")).unwrap();
        assert_eq!(video, Identified { kind: MediaKind::Video, mime: "video/mp4" });
    }

    #[test]
    fn documents_sound_and_video_have_the_names_the_api_knows() {
        let webm = [b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" as &[u8], &[0; 256]].concat();
        let mkv = [b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska" as &[u8], &[0; 256]].concat();
        let known: [(&[u8], MediaKind, &str); 9] = [
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", MediaKind::Document, "application/pdf"),
            (b"ID3\x04\0\0\0\0\0\0\0\0\0", MediaKind::Audio, "audio/mp3"),
            (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", MediaKind::Audio, "audio/wav"),
            (b"fLaC\0\0\0\x22\x10\0\x10\0\xff", MediaKind::Audio, "audio/flac"),
            (b"OggS\0\x02\0\0\0\0\0\0\0\0", MediaKind::Audio, "audio/ogg"),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", MediaKind::Video, "video/mov"),
            (&webm, MediaKind::Video, "video/webm"),
            (&mkv, MediaKind::Video, "video/x-matroska"),
            (b"RIFF\x24\0\0\0AVI LIST\x10\0\0\0", MediaKind::Video, "video/avi"),
        ];
        for (bytes, kind, mime) in known {
            assert_eq!(identify(bytes).ok(), Some(Identified { kind, mime }), "{mime}");
        }
        assert_eq!(identify(b"ID3 is a way to tag music.").unwrap().kind, MediaKind::Text);
        let long = format!("ID3{}", "漢".repeat(HEAD_BYTES));
        assert_eq!(identify(long.as_bytes()).unwrap().kind, MediaKind::Text);
    }

    #[test]
    fn unsupported_files_say_what_they_are() {
        assert_eq!(looks(b"PK\x03\x04\x14\0\0\0\x08\0data"), LooksLike::Archive);
        assert_eq!(looks(b"MThd\0\0\0\x06\0\x01\0\x02"), LooksLike::Audio);
        assert_eq!(looks(&[b"\x7fELF\x02\x01\x01\0" as &[u8], &[0; 64]].concat()), LooksLike::Program);
        assert_eq!(looks(&[0, 1, 2, 3, 4, 5, 255, 254, 0, 0]), LooksLike::Unknown);
        assert!(matches!(identify(b""), Err(MediaError::Empty)));
    }
}
