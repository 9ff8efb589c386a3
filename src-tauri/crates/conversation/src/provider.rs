//! The one trait both minds implement.

use crate::{Capabilities, GenerateEvent, GenerateRequest, Mind, Notice, NoticeCode, Usage};
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio_util::sync::CancellationToken;

/// Events of one answer, in order. After an `Err` nothing follows.
pub type EventStream = BoxStream<'static, Result<GenerateEvent, ProviderError>>;

/// A mind that answers.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Which mind this is.
    fn mind(&self) -> Mind;

    /// The models it offers now, the default first. Cheap enough to call when a menu opens.
    async fn models(&self) -> Result<Vec<Model>, ProviderError>;

    /// The limits of one model; unknown identifiers give [`NoticeCode::ModelNotFound`].
    async fn capabilities(&self, model: &str) -> Result<Capabilities, ProviderError>;

    /// Begins an answer. Errors before the first event may come from here or as the stream's first item.
    ///
    /// Cancelling `cancel` ends the stream within 100 ms, without an error and without `Finished`; dropping the stream
    /// does the same.
    async fn stream(
        &self,
        request: GenerateRequest,
        cancel: CancellationToken,
    ) -> Result<EventStream, ProviderError>;

    /// The provider's own count of what `request` costs as a prompt, in tokens; `None` where it cannot tell. Sends the
    /// request's content as [`Provider::stream`] does, but costs nothing.
    async fn count_tokens(&self, _request: &GenerateRequest) -> Result<Option<u32>, ProviderError> {
        Ok(None)
    }

    /// What `usage` of a model costs, in millionths of a US dollar; `None` where it costs nothing or its price is not known.
    fn price(&self, _model: &str, _usage: &Usage) -> Option<u64> {
        None
    }

    /// The host a question goes to, where that is elsewhere: asking sends what is asked away from this computer, and may cost
    /// money. `None` where it stays.
    fn destination(&self) -> Option<String> {
        None
    }

    /// Whether it is elsewhere.
    fn is_remote(&self) -> bool {
        self.destination().is_some()
    }

    /// Tokens `text` costs this mind, roughly: for cutting a context before it is sent.
    fn estimate_tokens(&self, text: &str) -> u32 {
        // Latin text runs near four bytes a token, Chinese near one character (three bytes) a token.
        let chinese = text.chars().filter(|character| u32::from(*character) >= 0x2E80).count();
        let other =
            text.len() - text.chars().filter(|c| u32::from(*c) >= 0x2E80).map(char::len_utf8).sum::<usize>();
        u32::try_from(chinese + other.div_ceil(4)).unwrap_or(u32::MAX)
    }
}

/// A model as offered in the picker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// Whose model.
    pub mind: Mind,
    /// The provider's identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its limits.
    pub capabilities: Capabilities,
    /// Whether it can answer now.
    pub state: ModelState,
}

/// Whether a model can answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ModelState {
    /// It can.
    Ready,
    /// Its file must be fetched first.
    NotFetched {
        /// Bytes in all.
        bytes: u64,
        /// Bytes already here from an earlier try.
        have: u64,
    },
    /// A key is needed first.
    NeedsKey,
}

/// A provider failed. The notice is for the person; `status` and `source` are for the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{:?}: {}", .notice.code, .notice.detail.as_deref().unwrap_or("no detail"))]
pub struct ProviderError {
    /// What the person is told.
    pub notice: Notice,
    /// HTTP status, where one came.
    pub status: Option<u16>,
}

impl ProviderError {
    /// An error with a code and the words behind it.
    pub fn new(code: NoticeCode, detail: impl Into<String>) -> Self {
        Self { notice: Notice::new(code).with_detail(detail), status: None }
    }
}

impl From<Notice> for ProviderError {
    fn from(notice: Notice) -> Self {
        Self { notice, status: None }
    }
}
