//! Conversations and messages. Messages form a tree: asking again or editing adds a sibling and keeps the earlier one.

use crate::{
    AnswerOptions, AttachmentId, ConversationId, FileView, MessageId, Notice, Receipt, Sources, Timestamp,
};
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
    /// Whether nothing of it may leave this computer.
    pub local_only: bool,
    /// How its last answer was to be made.
    pub options: AnswerOptions,
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
    /// A file; in an answer, a picture the model made.
    Attachment {
        /// Which one.
        id: AttachmentId,
        /// How the model is to look at it.
        #[serde(default)]
        view: FileView,
    },
    /// A summary of what the model thought before it answered. Not part of the answer.
    Thought {
        /// The words, Markdown.
        text: String,
    },
    /// Code the model wrote and ran at the provider.
    Code {
        /// Its language in lower case, e.g. `python`.
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
}

impl From<AttachmentId> for Part {
    /// A file, looked at in the model's own way.
    fn from(id: AttachmentId) -> Self {
        Self::Attachment { id, view: FileView::default() }
    }
}

/// How code ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum CodeOutcome {
    /// It ran to its end.
    Ok,
    /// It failed.
    Failed,
    /// It took too long.
    TimedOut,
}

impl CodeOutcome {
    /// What heads the block of what code printed, in a terminal and in a prompt.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "output",
            Self::Failed => "error",
            Self::TimedOut => "timeout",
        }
    }
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
    /// How many of `prompt_tokens` the provider had kept from before and counts cheaper.
    #[serde(default)]
    pub cached_tokens: u32,
    /// Searches of the web, which some providers charge.
    #[serde(default)]
    pub searches: u32,
}

/// What an answer cost, by the prices known when it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Millionths of a US dollar.
    pub micro_usd: u64,
    /// Whether the provider's own counts were missing and Castor's estimate stands in for them.
    pub estimated: bool,
}

/// How an answer that had to be JSON of a schema came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Structure {
    /// The JSON Schema that was asked for, as its text.
    pub schema: String,
    /// What in the answer is against the schema, each as a place and a sentence; empty when it is as asked for.
    pub problems: Vec<String>,
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
    /// What it cost, where the model's price is known; `None` for what costs nothing.
    pub cost: Option<Cost>,
    /// What it rests on.
    pub sources: Option<Sources>,
    /// How it came out, where it had to follow a schema.
    pub structure: Option<Structure>,
    /// Why it ended other than well.
    pub notice: Option<Notice>,
}

impl Message {
    /// A new question.
    pub fn question(conversation: ConversationId, parent: Option<MessageId>, parts: Vec<Part>) -> Self {
        Self {
            id: MessageId::new(),
            conversation,
            parent,
            role: Role::User,
            parts,
            status: MessageStatus::Complete,
            created_at: Timestamp::now(),
            model: None,
            receipt: None,
            usage: None,
            timing: None,
            cost: None,
            sources: None,
            structure: None,
            notice: None,
        }
    }

    /// A new, empty answer to a question.
    pub fn answer(question: &Self, model: ModelRef) -> Self {
        Self {
            role: Role::Model,
            status: MessageStatus::Streaming,
            model: Some(model),
            ..Self::question(question.conversation, Some(question.id), Vec::new())
        }
    }

    /// All text parts, joined as they stand.
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Text { text } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Whether there is anything in it but thoughts and blanks.
    pub fn has_content(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Text { text } => !text.trim().is_empty(),
            Part::Thought { .. } => false,
            Part::Attachment { .. } | Part::Code { .. } | Part::CodeResult { .. } => true,
        })
    }

    /// Its attachments, in order.
    pub fn attachments(&self) -> impl Iterator<Item = AttachmentId> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Attachment { id, .. } => Some(*id),
            _ => None,
        })
    }
}
