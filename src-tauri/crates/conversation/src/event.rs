//! What a provider says while it answers.

use crate::{CodeOutcome, Notice, SafetyRating, Sources, Usage};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use specta::Type;

/// One event of an answer's stream. A stream that ends without [`GenerateEvent::Finished`] was cut off.
#[derive(Debug, Clone, PartialEq)]
pub enum GenerateEvent {
    /// What the mind is busy with before text comes.
    Stage(Stage),
    /// More text of the answer.
    Text(String),
    /// More of a summary of what the model thinks.
    Thought(String),
    /// Code the model runs at the provider.
    Code {
        /// Its language in lower case.
        language: String,
        /// The code.
        code: String,
    },
    /// What became of the code before it.
    CodeResult {
        /// How it ended.
        outcome: CodeOutcome,
        /// What it printed.
        output: String,
    },
    /// A picture the model made.
    Picture {
        /// MIME type the provider names. Untrusted.
        mime: String,
        /// The encoded picture. Untrusted.
        data: Bytes,
    },
    /// What the answer rests on, places counted from the first text of this stream. Each replaces the one before.
    Sources(Sources),
    /// The next of the provider's own parts, as its JSON text, for verbatim replay. Comes beside `Text`, never instead.
    Raw(String),
    /// Token counts so far; each replaces the one before.
    Usage(Usage),
    /// The request failed in a passing way and is tried again by itself; only before any text came.
    Retrying(Notice),
    /// The provider ended the answer. Later `Raw` and `Usage` events may still follow.
    Finished(FinishReason),
}

/// Why a provider ended an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishReason {
    /// The answer is whole.
    Stop,
    /// It reached the length limit.
    LengthLimit,
    /// The question was not answered.
    PromptBlocked {
        /// The provider's reason, e.g. `PROHIBITED_CONTENT`.
        reason: String,
        /// How the provider rated the question.
        ratings: Vec<SafetyRating>,
    },
    /// The answer was withheld or broken off.
    AnswerBlocked {
        /// The provider's reason, e.g. `SAFETY`.
        reason: String,
        /// How the provider rated the answer.
        ratings: Vec<SafetyRating>,
    },
    /// A reason Castor does not know, in the provider's words.
    Other(String),
}

/// What a mind is doing while nothing can be read yet.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Stage {
    /// Notes are being made of a picture.
    ReadingPicture {
        /// Which of them, from 1.
        number: u32,
        /// How many.
        total: u32,
        /// How far, from 0 to 1. Never NaN.
        #[specta(type = u32)]
        fraction: f32,
    },
    /// A recording is being listened to.
    Transcribing {
        /// Which of them, from 1.
        number: u32,
        /// How many.
        total: u32,
        /// How far, from 0 to 1. Never NaN.
        #[specta(type = u32)]
        fraction: f32,
    },
    /// A video is being watched: its frames are read and its sound is listened to, or frames are made ready to go.
    Watching {
        /// Which of them, from 1.
        number: u32,
        /// How many.
        total: u32,
        /// How far, from 0 to 1. Never NaN.
        #[specta(type = u32)]
        fraction: f32,
    },
    /// Sound is being converted to a format that the model takes.
    ConvertingSound {
        /// How far, from 0 to 1. Never NaN.
        #[specta(type = u32)]
        fraction: f32,
    },
    /// A large file is on its way, ahead of the request.
    SendingFile {
        /// Which of them, from 1.
        number: u32,
        /// How many.
        total: u32,
        /// How far, from 0 to 1. Never NaN.
        #[specta(type = u32)]
        fraction: f32,
    },
    /// The model is being loaded into memory.
    Loading {
        /// From 0 to 1. A plain `number` to the window: never NaN.
        #[specta(type = u32)]
        fraction: f32,
    },
    /// The prompt is being read.
    Prefill {
        /// Tokens read.
        done: u32,
        /// Tokens in all.
        total: u32,
    },
    /// The request is on its way; nothing has come back.
    Waiting,
}
