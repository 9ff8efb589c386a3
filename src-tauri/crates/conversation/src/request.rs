//! What a provider is asked: prepared, sized and final. Nothing in here needs another look at a file.

use crate::{AnswerOptions, AttachmentId, FileView, RawParts, Role, Sha256Hash};
use bytes::Bytes;
use std::path::PathBuf;

/// One request to a model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GenerateRequest {
    /// The provider's model identifier.
    pub model: String,
    /// Instructions that stand above the conversation.
    pub system: Option<String>,
    /// The conversation, oldest first; the last turn is the person's question, or the answer to be continued.
    pub turns: Vec<RequestTurn>,
    /// Most tokens of the answer; `None` leaves it to the model.
    pub max_output_tokens: Option<u32>,
    /// How the answer is to be made.
    pub options: AnswerOptions,
    /// Whether nothing of it may leave this computer: a provider elsewhere refuses it.
    pub local_only: bool,
}

/// One message of the request.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestTurn {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order. Never empty.
    pub parts: Vec<RequestPart>,
    /// The same content as the provider itself sent it, when this provider did: to be replayed verbatim instead of `parts`.
    pub raw: Option<RawParts>,
}

/// A piece of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum RequestPart {
    /// Text.
    Text(String),
    /// A picture or another file, ready to send.
    Media(PreparedMedia),
    /// A file that is sent ahead of the request.
    File(FileToSend),
    /// Notes of a picture in words, for a model that cannot see it.
    Notes(String),
}

/// A file too large to go inside a request: the provider sends it ahead and names it in the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToSend {
    /// Which attachment it is.
    pub attachment: AttachmentId,
    /// Hash of the attachment's content: the same content is sent once, whatever it was converted to on the way.
    pub hash: Sha256Hash,
    /// File name as the person knows it.
    pub name: String,
    /// MIME type decided by content.
    pub mime: String,
    /// Where it lies, to be read only.
    pub path: PathBuf,
    /// Hash of what lies there, where it is known without reading it.
    pub content: Option<Sha256Hash>,
    /// Its address at the provider; `None` until it was sent.
    pub uri: Option<String>,
    /// How it is to be looked at.
    pub view: FileView,
}

/// A file made ready for one model. A picture is upright, sized, free of metadata, encoded; another file is as it was.
#[derive(Clone, PartialEq)]
pub struct PreparedMedia {
    /// Which attachment it was made from.
    pub attachment: AttachmentId,
    /// MIME type of `data`.
    pub mime: String,
    /// Width in pixels; zero for anything but pictures.
    pub width: u32,
    /// Height in pixels; zero for anything but pictures.
    pub height: u32,
    /// The bytes to send.
    pub data: Bytes,
    /// Whether it is smaller than the original.
    pub scaled: bool,
    /// Whether the original carried metadata that was left behind.
    pub metadata_removed: bool,
    /// How it is to be looked at.
    pub view: FileView,
}

impl std::fmt::Debug for PreparedMedia {
    /// Leaves the pixels out: requests may be printed in tests and traces.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "PreparedMedia({}, {}x{}, {} bytes)",
            self.mime,
            self.width,
            self.height,
            self.data.len()
        )
    }
}
