//! Why a turn could not take place. What goes wrong with an answer itself is told by its status and notice instead.

use crate::SchemaError;
use conversation::{Mind, ProviderError};
use history::HistoryError;

/// A turn that could not begin, or could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Neither words nor files.
    #[error("the question is empty")]
    EmptyQuestion,
    /// Only a question can be asked again or edited.
    #[error("this message is not a question")]
    NotAQuestion,
    /// Only an answer that was stopped, interrupted or left incomplete can go on.
    #[error("this answer cannot be continued")]
    NotContinuable,
    /// A question cannot follow an answer that is still being written.
    #[error("the answer before is still being written")]
    StillAnswering,
    /// The conversation stays on this computer, and the model that is asked is elsewhere.
    #[error("this conversation stays on this computer: ask a model on this computer, or lift its lock")]
    LocalOnly,
    /// This mind is not there.
    #[error("no provider for {0:?}")]
    NoMind(Mind),
    /// The schema of the answer is none.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// What was to be looked at before a question was asked failed at the provider.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// History failed.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A thread of the turn broke down: a fault of Castor's.
    #[error("a thread of the turn broke down: {0}")]
    Thread(#[from] tokio::task::JoinError),
}
