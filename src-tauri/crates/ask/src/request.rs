//! What crosses the bridge: a request to ask, and what is told while the answer comes.

use crate::Notebook;
use conversation::{
    AttachmentId, Conversation, ConversationId, Message, MessageId, ModelRef, Notice, Provider, Receipt,
    Stage,
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
        attachments: Vec<AttachmentId>,
    },
    /// Another version of a question, beside it.
    Edit {
        /// The question as it was.
        question: MessageId,
        /// The new words.
        text: String,
        /// The files of the new version.
        attachments: Vec<AttachmentId>,
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
