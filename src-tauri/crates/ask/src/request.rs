//! What crosses the bridge: a request to ask, and what is told while the answer comes.

use crate::{Notebook, PreparedPictures};
use conversation::{
    AnswerOptions, AttachmentId, Conversation, ConversationId, FileView, Message, MessageId, ModelRef,
    Notice, Part, Provider, Receipt, Sources, Stage, Timestamp,
};
use history::History;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;

/// What a turn works with.
#[derive(Clone)]
pub struct AskContext {
    /// Where it is kept.
    pub history: Arc<History>,
    /// The minds there are, at most one of each.
    pub providers: Vec<Arc<dyn Provider>>,
    /// Where notes of pictures come from, for minds that cannot see.
    pub notebook: Arc<Notebook>,
    /// Pictures made ready for minds that see.
    pub pictures: Arc<PreparedPictures>,
    /// What may be spent in a month; `None` is without limit.
    pub monthly_cap: Option<MonthlyCap>,
}

/// What may be spent in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthlyCap {
    /// Millionths of a US dollar.
    pub micro_usd: u64,
    /// When the month began.
    pub since: Timestamp,
}

/// A request for an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AskRequest {
    /// Where a new question goes; `None` begins a conversation. The other actions know theirs.
    pub conversation: Option<ConversationId>,
    /// Who answers. [`AskAction::Continue`] stays with the answer's own model instead.
    pub model: ModelRef,
    /// What is asked.
    pub action: AskAction,
    /// How the answer is to be made.
    #[serde(default)]
    pub options: AnswerOptions,
    /// Whether a conversation that begins with this is to stay on this computer. An existing one has its own lock.
    #[serde(default)]
    pub local_only: bool,
}

/// A file that goes with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AskFile {
    /// Which one.
    pub id: AttachmentId,
    /// How the model is to look at it.
    #[serde(default)]
    pub view: FileView,
}

impl From<AttachmentId> for AskFile {
    fn from(id: AttachmentId) -> Self {
        Self { id, view: FileView::default() }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AskAction {
    /// A new question.
    New {
        /// What it follows; `None` in an existing conversation is the end of the branch that is shown.
        parent: Option<MessageId>,
        /// The words.
        text: String,
        /// Files that go with it.
        attachments: Vec<AskFile>,
    },
    /// Another version of a question, beside it.
    Edit {
        /// The question as it was.
        question: MessageId,
        /// The new words.
        text: String,
        /// The files of the new version.
        attachments: Vec<AskFile>,
    },
    /// Another answer to a question, beside those it has.
    Again {
        /// The question.
        question: MessageId,
    },
    /// The rest of an answer that was stopped, interrupted or left incomplete. It grows on in the same message, asked
    /// of the same model.
    Continue {
        /// The answer.
        answer: MessageId,
    },
}

/// What happens while an answer comes, in order: `Started`, then any of the others, then `Finished`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "passed on at once, never kept in numbers")]
pub enum AnswerEvent {
    /// Question and empty answer are stored.
    Started {
        /// With its head at the answer.
        conversation: Conversation,
        /// The question.
        question: Message,
        /// The answer; not empty when it is continued.
        answer: Message,
    },
    /// What the model receives; again when the provider told its own token count.
    Receipt {
        /// Of which answer.
        answer: MessageId,
        /// The receipt.
        receipt: Receipt,
    },
    /// What the mind is busy with.
    Stage {
        /// On which answer.
        answer: MessageId,
        /// With what.
        stage: Stage,
    },
    /// More text. All deltas joined are the text that was added to the answer.
    Delta {
        /// Of which answer.
        answer: MessageId,
        /// The text.
        text: String,
    },
    /// More of a summary of what the model thinks.
    Thought {
        /// For which answer.
        answer: MessageId,
        /// The text.
        text: String,
    },
    /// A part that came whole: code, its result, a picture.
    Part {
        /// Of which answer.
        answer: MessageId,
        /// The part.
        part: Part,
    },
    /// What the answer rests on; each replaces the one before.
    Sources {
        /// Which answer.
        answer: MessageId,
        /// What it rests on.
        sources: Sources,
    },
    /// A passing failure; it is tried again by itself.
    Retrying {
        /// Which answer.
        answer: MessageId,
        /// What happened.
        notice: Notice,
    },
    /// The answer has ended, well or not: see its status and notice.
    Finished {
        /// The answer as it is stored.
        message: Message,
        /// Its conversation as it is stored.
        conversation: Conversation,
    },
}
