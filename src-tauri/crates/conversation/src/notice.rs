//! What went wrong with a turn, as data. The window and the terminal put it into words in the person's language.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What happened. Each code has one sentence and one action in the message catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoticeCode {
    /// No Gemini key is known.
    KeyMissing,
    /// The key is not accepted.
    KeyInvalid,
    /// The key may not do this (blocked, restricted, or the API is off).
    KeyForbidden,
    /// Not offered in this region, or billing must be set up first.
    RegionOrBilling,
    /// The prepaid balance is empty.
    BalanceEmpty,
    /// Too many requests just now.
    RateLimited,
    /// The day's quota is used up, or the model has none.
    QuotaExhausted,
    /// The service is overloaded or failed inside.
    Overloaded,
    /// The model does not exist (any more).
    ModelNotFound,
    /// The request was refused as malformed: a fault of Castor's.
    RequestRejected,
    /// The request is larger than the service takes.
    RequestTooLarge,
    /// A file cannot be sent (it is empty, cannot be read or changed meanwhile), or the service could not process it.
    FileUnusable,
    /// A file uploaded earlier is gone or not ready; it has to be uploaded again.
    FileUnavailable,
    /// The endpoint cannot be reached.
    Offline,
    /// The endpoint did not answer in time.
    TimedOut,
    /// The endpoint answered with something that is not the API's.
    UnexpectedReply,
    /// The question was blocked; the detail names the reason.
    PromptBlocked,
    /// The answer was withheld; the detail names the reason.
    AnswerBlocked,
    /// The model ended without saying anything.
    EmptyAnswer,
    /// The stream ended before the answer did.
    CutOff,
    /// The answer reached the model's length limit.
    LengthLimit,
    /// The app ended while the answer was being written.
    Interrupted,
    /// The local model's file is not here yet.
    ModelMissing,
    /// The local model's file is damaged or not of a kind Castor can run.
    ModelUnusable,
    /// Not enough memory to run the local model.
    OutOfMemory,
    /// The conversation is longer than the model can read.
    ContextFull,
    /// The conversation is to stay on this computer.
    LocalOnly,
    /// What the person allowed for the month would be passed.
    SpendingCap,
    /// Something inside Castor failed; the detail says what.
    Internal,
}

/// A code and what is known beyond it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// What happened.
    pub code: NoticeCode,
    /// The provider's own words or reason, for the unfolded view. Never a key, never media.
    pub detail: Option<String>,
    /// When trying again makes sense, in milliseconds from the moment it happened.
    pub retry_after_ms: Option<u32>,
    /// How the provider rated what it blocked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<SafetyRating>,
}

/// How a provider rates content for one kind of harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SafetyRating {
    /// The kind, in the provider's word, e.g. `HARM_CATEGORY_HARASSMENT`.
    pub category: String,
    /// How probable it is, in the provider's word, e.g. `MEDIUM`.
    pub probability: String,
    /// Whether this is why it was blocked.
    pub blocked: bool,
}

impl Notice {
    /// A notice with nothing beyond its code.
    pub fn new(code: NoticeCode) -> Self {
        Self { code, detail: None, retry_after_ms: None, ratings: Vec::new() }
    }

    /// The same with the provider's own words.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
