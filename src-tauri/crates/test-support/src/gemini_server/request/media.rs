//! What a question may hold beside words: pictures, documents, sound and video, inside it or uploaded before.

use super::super::error::Refusal;
use super::super::files::Files;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imagesize::{ImageType, blob_size, image_type};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct FileData {
    file_uri: String,
    mime_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct Blob {
    mime_type: String,
    data: String,
}

/// How a file is to be looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct VideoMetadata {
    fps: Option<f64>,
    start_offset: Option<String>,
    end_offset: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct MediaResolution {
    level: Level,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Level {
    #[serde(rename = "MEDIA_RESOLUTION_UNSPECIFIED")]
    Unspecified,
    #[serde(rename = "MEDIA_RESOLUTION_LOW")]
    Low,
    #[serde(rename = "MEDIA_RESOLUTION_MEDIUM")]
    Medium,
    #[serde(rename = "MEDIA_RESOLUTION_HIGH")]
    High,
    #[serde(rename = "MEDIA_RESOLUTION_ULTRA_HIGH")]
    UltraHigh,
}

/// A picture as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Picture {
    pub mime: String,
    pub width: usize,
    pub height: usize,
    pub bytes: usize,
    /// What was asked of it, e.g. `high resolution`.
    pub asked: Vec<String>,
}

/// A document, sound or video inside a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct InlineFile {
    pub mime: String,
    pub bytes: usize,
    /// What was asked of it, e.g. `1 fps`, `from 10s`.
    pub asked: Vec<String>,
}

/// An uploaded file as a question names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct NamedFile {
    pub name: String,
    pub mime: String,
    pub bytes: u64,
    /// What was asked of it, e.g. `1 fps`, `from 10s`.
    pub asked: Vec<String>,
}

/// What a part holds beside text.
pub(super) enum Media {
    Picture(Picture),
    Inline(InlineFile),
    File(NamedFile),
}

/// What is asked of a part's file.
pub(super) struct Look<'part> {
    pub video: Option<&'part VideoMetadata>,
    pub resolution: Option<&'part MediaResolution>,
    pub path: &'part str,
}

impl Look<'_> {
    fn of(&self, mime: &str) -> Result<Vec<String>, Refusal> {
        let path = self.path;
        let mut asked = Vec::new();
        if let Some(video) = self.video {
            if !mime.starts_with("video/") {
                let message = format!("* GenerateContentRequest.{path}: video_metadata is only for videos\n");
                return Err(Refusal::invalid(message));
            }
            if let Some(fps) = video.fps {
                if !(fps > 0.0 && fps <= 24.0) {
                    let problem = "fps must be in the range (0.0, 24.0].";
                    return Err(Refusal::field(&format!("{path}.video_metadata.fps"), problem));
                }
                asked.push(format!("{fps} fps"));
            }
            for (word, offset) in [("from", &video.start_offset), ("to", &video.end_offset)] {
                let Some(offset) = offset else { continue };
                let seconds = offset.strip_suffix('s').and_then(|number| number.parse::<f64>().ok());
                if seconds.is_none_or(|seconds| seconds < 0.0) {
                    let problem = "Illegal duration format; duration must end with 's'";
                    return Err(Refusal::field(&format!("{path}.video_metadata"), problem));
                }
                asked.push(format!("{word} {offset}"));
            }
        }
        if let Some(MediaResolution { level }) = self.resolution {
            if *level == Level::UltraHigh && !mime.starts_with("image/") {
                let message =
                    format!("* GenerateContentRequest.{path}: ultra high resolution is only for images\n");
                return Err(Refusal::invalid(message));
            }
            let words = match level {
                Level::Unspecified => "unspecified",
                Level::Low => "low",
                Level::Medium => "medium",
                Level::High => "high",
                Level::UltraHigh => "ultra high",
            };
            asked.push(format!("{words} resolution"));
        }
        Ok(asked)
    }
}

pub(super) fn check_blob(blob: &Blob, look: &Look<'_>) -> Result<Media, Refusal> {
    let asked = look.of(&blob.mime_type)?;
    match signature_of(&blob.mime_type) {
        Some(signature) => check_inline_file(blob, signature, asked, look.path).map(Media::Inline),
        None => check_picture(blob, asked, look.path).map(Media::Picture),
    }
}

pub(super) fn check_file(file: &FileData, look: &Look<'_>, files: &Files) -> Result<Media, Refusal> {
    let usable = files.usable(&file.file_uri)?;
    let mime = file.mime_type.clone().unwrap_or_default();
    let asked = look.of(&mime)?;
    Ok(Media::File(NamedFile { name: usable.name, mime, bytes: usable.size, asked }))
}

/// Where in a file of this MIME type its signature stands, and what it is; `None` for pictures and what the API does not
/// take.
fn signature_of(mime: &str) -> Option<(usize, &'static [u8])> {
    Some(match mime {
        "application/pdf" => (0, b"%PDF-"),
        "audio/wav" => (8, b"WAVE"),
        "audio/mp3" => (0, b""), // begins with a tag or with any frame
        "audio/aiff" => (8, b"AIFF"),
        "audio/aac" => (0, b"\xff"),
        "audio/ogg" => (0, b"OggS"),
        "audio/flac" => (0, b"fLaC"),
        "video/mp4" | "video/mov" | "video/3gpp" => (4, b"ftyp"),
        "video/mpeg" => (0, b"\0\0\x01"),
        "video/avi" => (8, b"AVI "),
        "video/x-flv" => (0, b"FLV"),
        "video/webm" => (0, b"\x1a\x45\xdf\xa3"),
        "video/wmv" => (0, b"\x30\x26\xb2\x75"),
        _ => return None,
    })
}

fn check_inline_file(
    blob: &Blob,
    (at, signature): (usize, &[u8]),
    asked: Vec<String>,
    path: &str,
) -> Result<InlineFile, Refusal> {
    let data = decoded(blob, path)?;
    if !data.get(at..).is_some_and(|rest| rest.starts_with(signature)) {
        return Err(Refusal::invalid("Request contains an invalid argument."));
    }
    Ok(InlineFile { mime: blob.mime_type.clone(), bytes: data.len(), asked })
}

fn decoded(blob: &Blob, path: &str) -> Result<Vec<u8>, Refusal> {
    STANDARD.decode(&blob.data).map_err(|_| {
        let problem = "Invalid value (inline_data.data), Base64 decoding failed";
        Refusal::field(&format!("{path}.inline_data.data"), problem)
    })
}

fn check_picture(blob: &Blob, asked: Vec<String>, path: &str) -> Result<Picture, Refusal> {
    let data = decoded(blob, path)?;
    let (unable, declared) =
        ("Unable to process input image. Please retry or report", blob.mime_type.as_str());
    if !matches!(declared, "image/png" | "image/jpeg" | "image/webp" | "image/heic" | "image/heif") {
        return Err(Refusal::invalid(format!("Unsupported MIME type: {declared}")));
    }
    let fits = match image_type(&data) {
        Ok(ImageType::Png) => declared == "image/png",
        Ok(ImageType::Jpeg) => declared == "image/jpeg",
        Ok(ImageType::Webp) => declared == "image/webp",
        Ok(ImageType::Heif(_)) => matches!(declared, "image/heic" | "image/heif"),
        _ => false,
    };
    let size = blob_size(&data).map_err(|_| Refusal::invalid(unable))?;
    if !fits || size.width == 0 || size.height == 0 {
        return Err(Refusal::invalid(unable));
    }
    Ok(Picture {
        mime: declared.to_owned(),
        width: size.width,
        height: size.height,
        bytes: data.len(),
        asked,
    })
}
