//! What the server can be told to do with a question.

mod content;

pub use content::{
    CodeRun, DrawnPicture, Grounded, GroundedPage, GroundedPassage, Quotation, Rating, ReadLink,
};

use serde::{Deserialize, Serialize};

/// What happens to one question. The question itself is checked first, whatever the script says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "most replies are answers, and a script has few")]
pub enum Reply {
    /// An answer, with any of its faults.
    Answer(Streamed),
    /// A refusal in the API's own words.
    Refuse(Failure),
    /// HTTP 200 without an answer: the prompt was blocked.
    BlockedPrompt {
        /// The API's name for why, e.g. `PROHIBITED_CONTENT`.
        reason: String,
        /// How it was rated.
        #[serde(default)]
        ratings: Vec<Rating>,
    },
    /// The model ended at once and said nothing.
    EmptyStop,
    /// Anything: a gateway's page, a captive portal, a body of another kind.
    Plain {
        /// HTTP status.
        status: u16,
        /// MIME type.
        content_type: String,
        /// Body.
        body: String,
    },
}

impl Default for Reply {
    fn default() -> Self {
        Self::Answer(Streamed::default())
    }
}

/// An answer, streamed. Thoughts and code come before its text, pictures after it, and what it rests on comes with its end.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Streamed {
    /// What is said; a report of what was received when missing, with what the question allows of everything below.
    pub text: Option<String>,
    /// Summaries of thoughts, a chunk each.
    pub thoughts: Vec<String>,
    /// Code that was run.
    pub code: Vec<CodeRun>,
    /// Pictures.
    pub pictures: Vec<DrawnPicture>,
    /// What a search found.
    pub grounding: Option<Grounded>,
    /// Pages that were read.
    pub links: Vec<ReadLink>,
    /// Works that are quoted.
    pub citations: Vec<Quotation>,
    /// How the answer was rated.
    pub ratings: Vec<Rating>,
    /// Milliseconds between chunks; the server's own pace when missing.
    pub delay_ms: Option<u64>,
    /// How bytes are cut.
    pub delivery: Delivery,
    /// What ends a line of the stream.
    pub line_ending: LineEnding,
    /// How it ends.
    pub end: End,
}

impl Streamed {
    /// An answer with these words.
    pub fn saying(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// The same with another end.
    #[must_use]
    pub fn ending(self, end: End) -> Self {
        Self { end, ..self }
    }
}

/// How the bytes of a stream are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Event by event.
    #[default]
    Events,
    /// Byte by byte.
    Bytes,
}

/// What ends a line of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineEnding {
    /// Carriage return and line feed, as the API sends.
    #[default]
    Crlf,
    /// Line feed alone, as gateways send.
    Lf,
}

/// How an answer ends. `after` counts the chunks of text that came before.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum End {
    /// Well.
    #[default]
    Stop,
    /// With another `finishReason`, e.g. `MAX_TOKENS` or `SAFETY`.
    Reason {
        /// The API's name for it.
        reason: String,
        /// Chunks of text before.
        after: usize,
    },
    /// The connection closes properly, but no `finishReason` came.
    Truncated {
        /// Chunks of text before.
        after: usize,
    },
    /// The connection breaks.
    Disconnect {
        /// Chunks of text before.
        after: usize,
    },
    /// Nothing more comes until the server is told to release its answers; then the rest does.
    Stall {
        /// Chunks of text before.
        after: usize,
    },
    /// An event that is no JSON.
    Malformed {
        /// Chunks of text before.
        after: usize,
    },
    /// An error as an event of the stream.
    Error {
        /// Its HTTP status.
        status: u16,
        /// Chunks of text before.
        after: usize,
    },
    /// `CONTINUATION` with a token: the rest comes when the same request is sent with it.
    Continuation {
        /// The token to hand out.
        token: String,
    },
}

/// A refusal in the API's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Failure {
    /// 429: too many requests a minute.
    RateLimited {
        /// What `RetryInfo` says, e.g. `34.4s`; no `RetryInfo` when missing.
        retry_delay: Option<String>,
    },
    /// 429: the day's quota is used up. Carries a `RetryInfo` that is not worth following, as the API's does.
    DailyQuota,
    /// 429: the model has no quota at all.
    NoQuota,
    /// 503: overloaded.
    Overloaded,
    /// 400: the location is not supported.
    Location,
    /// 400: a signature of an earlier answer is not accepted.
    Signature,
    /// Any status, with a canonical name and a message.
    Status {
        /// HTTP status.
        status: u16,
        /// Canonical name, e.g. `PERMISSION_DENIED`.
        name: String,
        /// For people.
        message: String,
    },
}

/// What happens to one upload and the file it becomes. Its requests are checked as well, whatever the script says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UploadScript {
    /// What goes wrong with requests that carry bytes.
    pub faults: Vec<ChunkFault>,
    /// What chunks must be multiples of, in bytes; 8 MiB when missing.
    pub granularity: Option<u64>,
    /// Looks at the file until it is ready; two for a video and none for everything else when missing.
    pub looks: Option<u32>,
    /// Processing fails, with these words.
    pub failure: Option<String>,
}

impl UploadScript {
    /// An upload with one fault.
    pub fn with(fault: ChunkFault) -> Self {
        Self { faults: vec![fault], ..Self::default() }
    }
}

/// What goes wrong with one request that carries bytes. `at` counts these requests of an upload from 0, repeated ones too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ChunkFault {
    /// The connection breaks in the middle. Whole multiples of the granularity stay.
    Disconnect {
        /// Which request.
        at: usize,
        /// After at least so many bytes of it.
        after: u64,
    },
    /// The bytes arrive, but the connection breaks before the answer.
    LoseReply {
        /// Which request.
        at: usize,
    },
    /// The bytes arrive, but the answer does not tell the upload's status.
    OmitStatus {
        /// Which request.
        at: usize,
    },
    /// A refusal; the bytes do not count.
    Refuse {
        /// Which request.
        at: usize,
        /// The refusal.
        failure: Failure,
    },
    /// Nothing more is read and nothing answered until the server is told to release; then the connection breaks.
    Stall {
        /// Which request.
        at: usize,
        /// After at least so many bytes of it.
        after: u64,
    },
}

impl ChunkFault {
    /// Which request it happens to.
    pub(super) fn at(&self) -> usize {
        let (Self::Disconnect { at, .. }
        | Self::LoseReply { at }
        | Self::OmitStatus { at }
        | Self::Refuse { at, .. }
        | Self::Stall { at, .. }) = self;
        *at
    }
}
