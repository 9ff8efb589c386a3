//! What a model can take, so that media are prepared for it and nobody is told afterwards.

use crate::AnswerTools;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Limits of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// How pictures reach it; `None` when it only reads text.
    pub images: Option<ImageBudget>,
    /// How many tokens of notes it may get in place of one picture, or of what one video shows; `None` when it gets none,
    /// nor transcripts in place of recordings. Only for models without `images`.
    pub note_tokens: Option<u32>,
    /// Which other files it takes as they are (documents, sound, video); `None` when none.
    pub files: Option<FileBudget>,
    /// Tokens of question, history and answer together.
    pub context_tokens: u32,
    /// Most tokens in one answer.
    pub output_tokens: u32,
    /// What its answers can be asked to do beyond words.
    pub tools: AnswerTools,
}

/// How large a picture may be for one model. A picture is scaled down only as far as this asks, and never up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImageBudget {
    /// Longest edge in pixels.
    pub longest_edge: u32,
    /// Most bytes for one encoded picture.
    pub max_bytes: u32,
    /// What one picture costs, in tokens.
    pub tokens: u32,
    /// MIME types it accepts, the preferred first.
    pub accepts: Vec<String>,
    /// Most pictures in one request.
    pub max_count: u32,
}

/// Files a model takes as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FileBudget {
    /// MIME types it accepts.
    pub accepts: Vec<String>,
    /// Most bytes of all files and pictures of one request together, before they are encoded.
    pub max_bytes: u32,
    /// Largest file that is sent ahead of a request when it does not fit inside; zero where none is.
    pub max_sent_ahead: u64,
}
