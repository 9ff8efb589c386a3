//! What goes out: `generateContent`'s request body.

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The body of `generateContent` and `streamGenerateContent`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateContentRequest {
    /// Instructions that stand above the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_instruction: Option<Content>,
    /// The conversation, oldest first. The last one must be the user's: prefilled model turns are rejected.
    pub contents: Vec<Content>,
    /// Limits of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation_config: Option<GenerationConfig>,
    /// Goes on with an answer that ended with `CONTINUATION`; everything else stays as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuation_token: Option<String>,
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

/// Writes base64 piece by piece straight into the body, so that no second encoded copy of a picture exists.
fn base64<S: Serializer>(data: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(data, &STANDARD))
}

/// Limits of an answer.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerationConfig {
    /// Most tokens of the answer, thoughts included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u32>,
}
