//! The whole store through its public door, with real files and real second processes.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

mod attachments;
mod processes;
mod round_trip;
mod spending;
mod tree;

use conversation::{Conversation, Message, MessageId, MessageStatus, Mind, ModelRef, Part, Role, Timestamp};
use history::History;

/// A throwaway data folder and what is open on it.
struct Store {
    history: History,
    folder: tempfile::TempDir,
}

fn store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    Store { history: History::open(folder.path()).unwrap(), folder }
}

fn text(words: &str) -> Part {
    Part::Text { text: words.into() }
}

fn gemini() -> ModelRef {
    ModelRef { mind: Mind::Gemini, id: "gemini-test".into() }
}

fn question(conversation: &Conversation, parent: Option<MessageId>, text: &str) -> Message {
    Message {
        id: MessageId::new(),
        conversation: conversation.id,
        parent,
        role: Role::User,
        parts: vec![Part::Text { text: text.into() }],
        status: MessageStatus::Complete,
        created_at: Timestamp::now(),
        model: None,
        receipt: None,
        usage: None,
        timing: None,
        notice: None,
        cost: None,
        sources: None,
        structure: None,
    }
}

fn streaming_answer(question: &Message) -> Message {
    Message {
        id: MessageId::new(),
        parent: Some(question.id),
        role: Role::Model,
        parts: Vec::new(),
        status: MessageStatus::Streaming,
        model: Some(gemini()),
        ..question.clone()
    }
}

impl Store {
    fn conversation(&self) -> Conversation {
        self.history.create_conversation("title", None, false).unwrap()
    }

    fn add(&self, conversation: &Conversation, parent: Option<&Message>, text: &str) -> Message {
        let message = question(conversation, parent.map(|message| message.id), text);
        self.history.add_message(&message).unwrap();
        message
    }
}
