//! What a person asks of an answer beyond the words of the question, and of a file beyond its content.

use serde::{Deserialize, Serialize};
use specta::Type;

/// How an answer is to be made. What a model's [`AnswerTools`] do not offer is left out of its request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct AnswerOptions {
    /// How long the model thinks first; `None` leaves it to the model.
    pub thinking: Option<ThinkingLevel>,
    /// It may search the web.
    pub search: bool,
    /// It may read the web pages whose addresses stand in the question.
    pub read_links: bool,
    /// It may write and run code.
    pub run_code: bool,
    /// The answer is JSON of this JSON Schema, as its text.
    pub schema: Option<String>,
}

impl AnswerOptions {
    /// As much of it as a model can follow.
    #[must_use]
    pub fn within(&self, tools: &AnswerTools) -> Self {
        Self {
            thinking: self.thinking.filter(|level| tools.thinking.contains(level)),
            search: self.search && tools.search,
            read_links: self.read_links && tools.read_links,
            run_code: self.run_code && tools.run_code,
            schema: self.schema.clone().filter(|_| tools.schema),
        }
    }
}

/// How long a model thinks before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ThinkingLevel {
    /// Hardly at all.
    Minimal,
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Long.
    High,
}

/// Which of [`AnswerOptions`] a model can follow.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own, none excludes another")]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct AnswerTools {
    /// The levels it knows, the shortest first; empty where thinking cannot be set.
    pub thinking: Vec<ThinkingLevel>,
    /// Whether it can search the web.
    pub search: bool,
    /// Whether it can read web pages by their addresses.
    pub read_links: bool,
    /// Whether it can write and run code.
    pub run_code: bool,
    /// Whether it can answer by a JSON Schema.
    pub schema: bool,
    /// Whether its answers may hold pictures.
    pub draws: bool,
}

/// How a model looks at one file. The default is the model's own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct FileView {
    /// How finely it looks at a picture, a page or a video's frames.
    pub detail: Option<Detail>,
    /// Where its look at a video begins, in milliseconds.
    pub start_ms: Option<u32>,
    /// Where its look at a video ends, in milliseconds.
    pub end_ms: Option<u32>,
    /// How many frames of a video it sees in 1000 seconds: 1000 is one a second.
    pub frames_per_1000_s: Option<u32>,
}

/// How finely a file is looked at; finer costs more tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// Coarsely.
    Low,
    /// In between.
    Medium,
    /// Finely.
    High,
    /// As finely as the model can; pictures only.
    UltraHigh,
}
