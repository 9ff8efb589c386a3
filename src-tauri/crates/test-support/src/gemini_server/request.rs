//! Reads a question as strictly as the API does.

use super::error::Refusal;
use super::files::Files;
use super::models::Model;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imagesize::{ImageType, blob_size, image_type};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The largest body the API takes inline.
pub const MAX_REQUEST_BYTES: usize = 20 * 1024 * 1024;

/// What every signature of this server begins with, before base64.
pub(super) const SIGNATURE: &str = "castor-test-server/";

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// HTTP method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query, without `?`.
    pub query: String,
    /// The header `x-goog-api-key`.
    pub key: Option<String>,
    /// Its headers that begin with `x-goog-upload-`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub upload_headers: BTreeMap<String, String>,
    /// The body, `null` when there was none or it was no JSON. Bytes of uploads are not
    /// kept.
    pub body: Value,
}

/// `generateContent`'s body. A field that is not here does not exist.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GenerateContentRequest {
    #[serde(default)]
    pub contents: Vec<Content>,
    pub system_instruction: Option<Content>,
    pub generation_config: Option<GenerationConfig>,
    #[serde(rename = "safetySettings")]
    _safety_settings: Option<Vec<SafetySetting>>,
    pub continuation_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    pub role: Option<String>,
    #[serde(default)]
    pub parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Part {
    pub text: Option<String>,
    pub inline_data: Option<Blob>,
    file_data: Option<FileData>,
    video_metadata: Option<VideoMetadata>,
    #[serde(rename = "thought")]
    _thought: Option<bool>,
    pub thought_signature: Option<String>,
    media_resolution: Option<MediaResolution>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FileData {
    file_uri: String,
    mime_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct VideoMetadata {
    fps: Option<f64>,
    start_offset: Option<String>,
    end_offset: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Blob {
    pub mime_type: String,
    pub data: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MediaResolution {
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SafetySetting {
    #[serde(rename = "category")]
    _category: String,
    #[serde(rename = "threshold")]
    _threshold: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GenerationConfig {
    pub max_output_tokens: Option<i64>,
    candidate_count: Option<i64>,
    thinking_config: Option<ThinkingConfig>,
    #[serde(rename = "temperature")]
    _temperature: Option<f64>,
    #[serde(rename = "topP")]
    _top_p: Option<f64>,
    #[serde(rename = "topK")]
    _top_k: Option<f64>,
    #[serde(rename = "seed")]
    _seed: Option<i64>,
    #[serde(rename = "stopSequences")]
    _stop_sequences: Option<Vec<String>>,
    #[serde(rename = "mediaResolution")]
    _media_resolution: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ThinkingConfig {
    thinking_level: Option<String>,
    thinking_budget: Option<i64>,
    #[serde(rename = "includeThoughts")]
    _include_thoughts: Option<bool>,
}

/// A question that passed every check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Question {
    /// The words of the last turn.
    pub text: String,
    /// The pictures of the last turn.
    pub pictures: Vec<Picture>,
    /// Documents, sound and video inside the last turn.
    pub inline_files: Vec<InlineFile>,
    /// The uploaded files of the last turn.
    pub files: Vec<NamedFile>,
    /// Turns before the last.
    pub earlier: usize,
    /// Pictures in those turns.
    pub earlier_pictures: usize,
    /// Tokens of all text.
    pub text_tokens: usize,
    pub max_output_tokens: Option<usize>,
    pub continuation_token: Option<String>,
}

/// A picture as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub mime: String,
    pub width: usize,
    pub height: usize,
    pub bytes: usize,
}

/// A document, sound or video inside a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InlineFile {
    pub mime: String,
    pub bytes: usize,
}

/// An uploaded file as a question names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedFile {
    pub name: String,
    pub mime: String,
    pub bytes: u64,
    /// What was asked of it, e.g. `1 fps`, `from 10s`.
    pub asked: Vec<String>,
}

/// What a part holds beside text.
enum Media {
    Picture(Picture),
    Inline(InlineFile),
    File(NamedFile),
}

/// Reads the body of a question.
pub(super) fn read(model: Model, body: &[u8], files: &Files) -> Result<Question, Refusal> {
    if body.len() > MAX_REQUEST_BYTES {
        let message = format!("Request payload size exceeds the limit: {MAX_REQUEST_BYTES} bytes.");
        return Err(Refusal::invalid(message));
    }
    check(model, &read_json(body)?, files)
}

/// Reads JSON; a field that does not exist is refused with its path.
pub(super) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let field = path.rsplit_once('.').map_or("", |(parent, _)| parent);
        let problem = error.inner().to_string();
        match problem.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()) {
            Some(name) => Refusal::field(field, &format!("Unknown name \"{name}\": Cannot find field.")),
            None => Refusal::field(path.trim_matches('.'), &problem),
        }
    })
}

fn check(model: Model, request: &GenerateContentRequest, files: &Files) -> Result<Question, Refusal> {
    check_config(model, request.generation_config.as_ref())?;
    let missing = |what: &str| Refusal::invalid(format!("* GenerateContentRequest.{what}\n"));
    let Some(last) = request.contents.last() else {
        return Err(missing("contents: contents is not specified"));
    };
    let mut question = Question::default();
    let mut previous = None;
    for (index, content) in request.contents.iter().enumerate() {
        let role = content.role.as_deref().unwrap_or("user");
        if !matches!(role, "user" | "model") {
            return Err(Refusal::invalid("Please use a valid role: user, model."));
        }
        if role == "model" && previous != Some("user") {
            return Err(Refusal::invalid("Please ensure that a model turn comes after a user turn."));
        }
        if content.parts.is_empty() {
            return Err(missing(&format!("contents[{index}].parts: contents.parts must not be empty.")));
        }
        previous = Some(role);
        let is_last = std::ptr::eq(content, last);
        for (number, part) in content.parts.iter().enumerate() {
            let media = check_part(part, role, &format!("contents[{index}].parts[{number}]"), files)?;
            let text = part.text.as_deref().unwrap_or_default();
            question.text_tokens += text.len().div_ceil(4);
            if is_last {
                question.text.push_str(text);
            }
            match media {
                Some(Media::Picture(picture)) if is_last => question.pictures.push(picture),
                Some(Media::Inline(file)) if is_last => question.inline_files.push(file),
                Some(Media::File(file)) if is_last => question.files.push(file),
                Some(Media::Picture(_)) => question.earlier_pictures += 1,
                Some(Media::Inline(_) | Media::File(_)) | None => {}
            }
        }
    }
    if previous != Some("user") {
        return Err(Refusal::invalid(
            "Prefilled model turns are not supported: the last turn must be the user's.",
        ));
    }
    if let Some(system) = &request.system_instruction {
        if system.parts.is_empty() {
            return Err(missing("system_instruction.parts: system_instruction.parts must not be empty."));
        }
        question.text_tokens += system
            .parts
            .iter()
            .filter_map(|part| part.text.as_ref())
            .map(|text| text.len().div_ceil(4))
            .sum::<usize>();
    }
    question.earlier = request.contents.len() - 1;
    question.continuation_token.clone_from(&request.continuation_token);
    let limit = request.generation_config.as_ref().and_then(|config| config.max_output_tokens);
    question.max_output_tokens = limit.and_then(|limit| usize::try_from(limit).ok());
    Ok(question)
}

fn check_config(model: Model, config: Option<&GenerationConfig>) -> Result<(), Refusal> {
    let Some(config) = config else { return Ok(()) };
    if config.max_output_tokens.is_some_and(|limit| limit < 1) {
        return Err(Refusal::invalid("max_output_tokens must be positive."));
    }
    if config.candidate_count.is_some_and(|count| count != 1) {
        return Err(Refusal::invalid("Multiple candidates is not enabled for this model"));
    }
    let Some(thinking) = &config.thinking_config else { return Ok(()) };
    if thinking.thinking_level.is_some() && thinking.thinking_budget.is_some() {
        let message = "You can only set only one of thinking budget and thinking level.";
        return Err(Refusal::invalid(message));
    }
    if let Some(level) = &thinking.thinking_level
        && !model.levels.contains(&level.to_ascii_lowercase().as_str())
    {
        let message =
            format!("Thinking level {} is not supported for this model.", level.to_ascii_uppercase());
        return Err(Refusal::invalid(message));
    }
    Ok(())
}

/// A part holds text, a picture or an uploaded file, and what is signed was signed here.
fn check_part(part: &Part, role: &str, path: &str, files: &Files) -> Result<Option<Media>, Refusal> {
    if let Some(signature) = &part.thought_signature {
        let known = STANDARD.decode(signature).is_ok_and(|bytes| bytes.starts_with(SIGNATURE.as_bytes()));
        if !known || role != "model" {
            return Err(Refusal::bad_signature());
        }
    }
    if (part.video_metadata.is_some() || part.media_resolution.is_some()) && part.text.is_some() {
        return Err(Refusal::invalid(format!(
            "* GenerateContentRequest.{path}: only media takes these options\n"
        )));
    }
    match (&part.text, &part.inline_data, &part.file_data) {
        (Some(_), None, None) => Ok(None),
        (None, Some(blob), None) => match signature_of(&blob.mime_type) {
            Some(signature) => check_inline_file(blob, signature, path).map(Media::Inline).map(Some),
            None => check_picture(blob, path).map(Media::Picture).map(Some),
        },
        (None, None, Some(file)) => check_file(part, file, path, files).map(Media::File).map(Some),
        (None, None, None) => Err(Refusal::invalid(format!(
            "* GenerateContentRequest.{path}.data: required oneof field 'data' must have one initialized field\n"
        ))),
        (Some(_) | None, inline, _) => {
            let second = if inline.is_some() { "inlineData" } else { "fileData" };
            let problem = format!("Invalid value, oneof field 'data' is already set. Cannot set '{second}'");
            Err(Refusal::field(path, &problem))
        }
    }
}

fn check_file(part: &Part, file: &FileData, path: &str, files: &Files) -> Result<NamedFile, Refusal> {
    let usable = files.usable(&file.file_uri)?;
    let mut asked = Vec::new();
    if let Some(video) = &part.video_metadata {
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
    if let Some(MediaResolution { level }) = &part.media_resolution {
        asked.push(format!("{level:?} resolution").to_lowercase());
    }
    Ok(NamedFile {
        name: usable.name,
        mime: file.mime_type.clone().unwrap_or_default(),
        bytes: usable.size,
        asked,
    })
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
    path: &str,
) -> Result<InlineFile, Refusal> {
    let data = decoded(blob, path)?;
    if !data.get(at..).is_some_and(|rest| rest.starts_with(signature)) {
        return Err(Refusal::invalid("Request contains an invalid argument."));
    }
    Ok(InlineFile { mime: blob.mime_type.clone(), bytes: data.len() })
}

fn decoded(blob: &Blob, path: &str) -> Result<Vec<u8>, Refusal> {
    STANDARD.decode(&blob.data).map_err(|_| {
        let problem = "Invalid value (inline_data.data), Base64 decoding failed";
        Refusal::field(&format!("{path}.inline_data.data"), problem)
    })
}

fn check_picture(blob: &Blob, path: &str) -> Result<Picture, Refusal> {
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
    Ok(Picture { mime: declared.to_owned(), width: size.width, height: size.height, bytes: data.len() })
}
