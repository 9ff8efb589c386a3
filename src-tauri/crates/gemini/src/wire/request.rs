//! What goes out: the request body of `generateContent` and of `countTokens`.

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use std::time::Duration;

/// The body of `generateContent` and `streamGenerateContent`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateContentRequest {
    /// Instructions that stand above the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_instruction: Option<Content>,
    /// The conversation, oldest first. The last one must be the user's: prefilled model turns are rejected.
    pub contents: Vec<Content>,
    /// How the answer is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation_config: Option<GenerationConfig>,
    /// What the model may do while it answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// What is withheld; the API's own thresholds hold for categories that are not named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub safety_settings: Vec<SafetySetting>,
    /// Goes on with an answer that ended with `CONTINUATION`; everything else stays as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuation_token: Option<String>,
}

/// The body of `countTokens`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CountTokensRequest {
    /// What would be sent.
    pub generate_content_request: ModelRequest,
}

/// A request that names its model itself.
#[derive(Debug, Clone, Serialize)]
pub struct ModelRequest {
    /// The model's resource name, `models/{id}`.
    pub model: String,
    /// The request.
    #[serde(flatten)]
    pub request: GenerateContentRequest,
}

/// One turn.
#[derive(Debug, Clone, Serialize)]
pub struct Content {
    /// Who speaks; a system instruction has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What is said. Never empty: the API refuses a content without parts.
    pub parts: Vec<Part>,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Model,
}

/// A piece of a turn.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Part {
    /// Text.
    Text {
        /// The words.
        text: String,
    },
    /// A file inside the request.
    #[serde(rename_all = "camelCase")]
    InlineData {
        /// The file.
        inline_data: Blob,
        /// Which stretch of a video, and how densely.
        #[serde(skip_serializing_if = "Option::is_none")]
        video_metadata: Option<VideoMetadata>,
        /// How finely it is looked at.
        #[serde(skip_serializing_if = "Option::is_none")]
        media_resolution: Option<MediaResolution>,
    },
    /// A file that was uploaded before; see [`Gemini::upload`](crate::Gemini::upload).
    #[serde(rename_all = "camelCase")]
    FileData {
        /// The file.
        file_data: FileData,
        /// Which stretch of a video, and how densely.
        #[serde(skip_serializing_if = "Option::is_none")]
        video_metadata: Option<VideoMetadata>,
        /// How finely it is looked at.
        #[serde(skip_serializing_if = "Option::is_none")]
        media_resolution: Option<MediaResolution>,
    },
    /// A part the model sent earlier, byte for byte.
    Raw(Box<RawValue>),
}

/// Bytes with their type.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Blob {
    /// MIME type without parameters.
    pub mime_type: String,
    /// The bytes; base64 on the wire.
    #[serde(serialize_with = "base64")]
    pub data: Bytes,
}

impl std::fmt::Debug for Blob {
    /// Leaves the bytes out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Blob({}, {} bytes)", self.mime_type, self.data.len())
    }
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileData {
    /// Its address as the API gave it.
    pub file_uri: String,
    /// MIME type without parameters.
    pub mime_type: String,
}

/// Which stretch of a video the model sees, and how densely.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoMetadata {
    /// Frames a second, above 0 and at most 24; 1 when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<f64>,
    /// Where it begins; the video's begin when missing.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "seconds")]
    pub start_offset: Option<Duration>,
    /// Where it ends; the video's end when missing.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "seconds")]
    pub end_offset: Option<Duration>,
}

/// How finely one picture, page or video is looked at. It decides what it costs: a picture takes 280, 560, 1120 or 2240
/// tokens on Gemini 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "level")]
#[expect(missing_docs, reason = "the API's own names")]
pub enum MediaResolution {
    #[serde(rename = "MEDIA_RESOLUTION_LOW")]
    Low,
    #[serde(rename = "MEDIA_RESOLUTION_MEDIUM")]
    Medium,
    #[serde(rename = "MEDIA_RESOLUTION_HIGH")]
    High,
    #[serde(rename = "MEDIA_RESOLUTION_ULTRA_HIGH")]
    UltraHigh,
}

/// Writes a length of time as the API does: `10s`, `1.5s`.
#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn seconds<S: Serializer>(length: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match length {
        Some(length) => serializer.collect_str(&format_args!("{}s", length.as_secs_f64())),
        None => serializer.serialize_none(),
    }
}

/// Writes base64 piece by piece straight into the body, so that no second encoded copy of a picture exists.
fn base64<S: Serializer>(data: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(data, &STANDARD))
}

/// How an answer is made.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerationConfig {
    /// Most tokens of the answer, thoughts included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u32>,
    /// How the model thinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking_config: Option<ThinkingConfig>,
    /// `application/json` with a schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_mime_type: Option<&'static str>,
    /// The JSON Schema of the answer. Kept as text: the order of its properties is the order of the answer's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_json_schema: Option<Box<RawValue>>,
    /// What the answer may hold; words alone when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_modalities: Option<&'static [Modality]>,
}

/// How the model thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThinkingConfig {
    /// How long; the model's own way when missing. Never beside a budget, which the API refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking_level: Option<ThinkingLevel>,
    /// Whether summaries of the thoughts come back.
    pub include_thoughts: bool,
}

/// How long the model thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the API's own names")]
pub enum ThinkingLevel {
    Minimal,
    Low,
    Medium,
    High,
}

/// What an answer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the API's own names")]
pub enum Modality {
    Text,
    Image,
}

/// What the model may do while it answers. None of them takes a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Tool {
    /// Search the web.
    GoogleSearch {},
    /// Read the pages whose addresses stand in the question.
    UrlContext {},
    /// Write code and run it.
    CodeExecution {},
}

/// From where on content of one kind is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SafetySetting {
    /// The kind.
    pub category: HarmCategory,
    /// From where on.
    pub threshold: HarmThreshold,
}

/// Kinds of content that can be withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the API's own names")]
pub enum HarmCategory {
    #[serde(rename = "HARM_CATEGORY_HARASSMENT")]
    Harassment,
    #[serde(rename = "HARM_CATEGORY_HATE_SPEECH")]
    HateSpeech,
    #[serde(rename = "HARM_CATEGORY_SEXUALLY_EXPLICIT")]
    SexuallyExplicit,
    #[serde(rename = "HARM_CATEGORY_DANGEROUS_CONTENT")]
    DangerousContent,
}

/// From which probability on content is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the API's own names")]
pub enum HarmThreshold {
    BlockLowAndAbove,
    BlockMediumAndAbove,
    BlockOnlyHigh,
    BlockNone,
    Off,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(part: &Part) -> String {
        serde_json::to_string(part).unwrap()
    }

    #[test]
    fn an_uploaded_file_with_every_option_and_with_none() {
        let file = FileData {
            file_uri: "https://generativelanguage.googleapis.com/v1beta/files/abc".into(),
            mime_type: "video/mp4".into(),
        };
        let plain = Part::FileData { file_data: file.clone(), video_metadata: None, media_resolution: None };
        insta::assert_snapshot!(sent(&plain), @r#"{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc","mimeType":"video/mp4"}}"#);
        let video_metadata = Some(VideoMetadata {
            fps: Some(0.5),
            start_offset: Some(Duration::from_secs(10)),
            end_offset: Some(Duration::from_millis(40_500)),
        });
        let media_resolution = Some(MediaResolution::UltraHigh);
        let full = Part::FileData { file_data: file, video_metadata, media_resolution };
        insta::assert_snapshot!(sent(&full), @r#"{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc","mimeType":"video/mp4"},"videoMetadata":{"fps":0.5,"startOffset":"10s","endOffset":"40.5s"},"mediaResolution":{"level":"MEDIA_RESOLUTION_ULTRA_HIGH"}}"#);
    }

    #[test]
    fn a_file_inside_the_request_is_as_it_was_when_nothing_is_asked_of_it() {
        let inline_data = Blob { mime_type: "image/png".into(), data: Bytes::from_static(b"one") };
        let plain = Part::InlineData {
            inline_data: inline_data.clone(),
            video_metadata: None,
            media_resolution: None,
        };
        assert_eq!(sent(&plain), r#"{"inlineData":{"mimeType":"image/png","data":"b25l"}}"#);
        let media_resolution = Some(MediaResolution::High);
        let fine = Part::InlineData { inline_data, video_metadata: None, media_resolution };
        insta::assert_snapshot!(sent(&fine), @r#"{"inlineData":{"mimeType":"image/png","data":"b25l"},"mediaResolution":{"level":"MEDIA_RESOLUTION_HIGH"}}"#);
    }
}
