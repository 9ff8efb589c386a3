//! Conversations and messages. Messages form a tree: asking again or editing adds a sibling and keeps the earlier one.

use crate::{AttachmentId, ConversationId, MessageId, Notice, Receipt, Timestamp};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Which of the two minds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Mind {
    /// The Gemini API.
    Gemini,
    /// A model on this computer.
    Local,
}

/// A model of a mind, as stored with each answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelRef {
    /// Whose model.
    pub mind: Mind,
    /// The provider's identifier, e.g. `gemini-3.8-flash`.
    pub id: String,
}

/// A conversation, without its messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// Its name in Castor.
    pub id: ConversationId,
    /// Shown in the list; made from the first question until the person changes it.
    pub title: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The leaf of the branch that is shown; `None` while there is no message.
    pub head: Option<MessageId>,
    /// The model asked last.
    pub model: Option<ModelRef>,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The person.
    User,
    /// A mind.
    Model,
}

/// A piece of a message, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Part {
    /// Text; Markdown in an answer.
    Text {
        /// The words.
        text: String,
    },
    /// A file.
    Attachment {
        /// Which one.
        id: AttachmentId,
    },
}

/// How an answer stands. A question is always [`MessageStatus::Complete`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum MessageStatus {
    /// Being written now by this process.
    Streaming,
    /// Finished as the model meant it.
    Complete,
    /// The person stopped it.
    Stopped,
    /// The app ended while it was being written.
    Interrupted,
    /// The stream ended without a reason, or the answer reached its length limit. What came is kept.
    Incomplete,
    /// The provider refused to answer or withheld the rest.
    Blocked,
    /// It failed; the notice says why. What came is kept.
    Failed,
}

/// The provider's own content of an answer, kept so that it can be replayed byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawParts {
    /// Whose format.
    pub mind: Mind,
    /// The parts in the order they came, as the provider's JSON text, untouched.
    pub parts: Vec<String>,
}

/// Tokens a provider counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens of the prompt with everything in it.
    pub prompt_tokens: u32,
    /// Tokens of the answer.
    pub answer_tokens: u32,
    /// Tokens the model thought with, where it does.
    pub thought_tokens: u32,
}

/// How long an answer took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// From sending to the first piece of text, in milliseconds.
    pub first_text_ms: u32,
    /// From sending to the end, in milliseconds.
    pub total_ms: u32,
}

/// A question or an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its name in Castor.
    pub id: MessageId,
    /// Where it belongs.
    pub conversation: ConversationId,
    /// What it follows; `None` for a first question. Messages with the same parent are versions of each other.
    pub parent: Option<MessageId>,
    /// Who speaks.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<Part>,
    /// How it stands.
    pub status: MessageStatus,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Who answered; `None` for a question.
    pub model: Option<ModelRef>,
    /// What the model received for this answer; `None` for a question and until it was sent.
    pub receipt: Option<Receipt>,
    /// Tokens, once the provider told them.
    pub usage: Option<Usage>,
    /// How long it took, once it ended.
    pub timing: Option<Timing>,
    /// Why it ended other than well.
    pub notice: Option<Notice>,
}

impl Message {
    /// All text parts, joined as they stand.
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Text { text } => Some(text.as_str()),
                Part::Attachment { .. } => None,
            })
            .collect()
    }

    /// Its attachments, in order.
    pub fn attachments(&self) -> impl Iterator<Item = AttachmentId> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Attachment { id } => Some(*id),
            Part::Text { .. } => None,
        })
    }
}
