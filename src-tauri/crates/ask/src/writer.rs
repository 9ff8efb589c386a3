//! The thread that stores an answer while it comes: one turn's writes, in the order they happened.
//!
//! The driver never waits for the disk between two pieces of text; a slow disk holds back neither the screen nor Stop.
//! What waits here is lost when the process is killed, which is the last fraction of a second.

use crate::{AskError, Ending, structure};
use conversation::{
    Conversation, Message, MessageId, MessageStatus, Mind, Notice, NoticeCode, Part, Receipt, Sources,
};
use history::{History, HistoryError, MessageEnd};
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;

/// One thing to store.
#[derive(Debug)]
pub(crate) enum Write {
    Part(Part),
    Raw(String),
    Receipt(Receipt),
    Sources(Sources),
    Finish(Ending),
}

type Stored = Result<(Message, Conversation), HistoryError>;

/// The driver's end of the thread.
pub(crate) struct Writer {
    // Bounded by the answer's own length: what a provider may send is bounded by its output limit.
    writes: UnboundedSender<Write>,
    thread: JoinHandle<Stored>,
}

impl Writer {
    /// Starts the thread. Dropped before [`Write::Finish`] (the runtime ends, the terminal is interrupted), it marks the
    /// answer as interrupted. A complete answer is checked against the schema its receipt names.
    pub(crate) fn start(history: Arc<History>, answer: MessageId, mind: Mind) -> Self {
        let (writes, receiver) = mpsc::unbounded_channel();
        let thread = tokio::task::spawn_blocking(move || run(&history, answer, mind, receiver));
        Self { writes, thread }
    }

    /// Passes a write on. Returns whether the thread still takes any: it ends at the first failure.
    pub(crate) fn write(&self, write: Write) -> bool {
        self.writes.send(write).is_ok()
    }

    /// Waits until all is stored.
    pub(crate) async fn finished(self) -> Result<(Message, Conversation), AskError> {
        drop(self.writes);
        Ok(self.thread.await??)
    }
}

fn run(history: &History, answer: MessageId, mind: Mind, mut writes: UnboundedReceiver<Write>) -> Stored {
    let mut schema = None;
    while let Some(write) = writes.blocking_recv() {
        let stored = match write {
            Write::Part(part) => history.append_part(answer, &part),
            Write::Raw(json) => history.append_raw(answer, mind, &json),
            Write::Receipt(receipt) => {
                schema.clone_from(&receipt.options.schema);
                history.set_receipt(answer, &receipt)
            }
            Write::Sources(sources) => history.set_sources(answer, &sources),
            Write::Finish(ending) => return finish(history, answer, schema.as_deref(), ending),
        };
        if let Err(error) = stored {
            tracing::error!(%error, "an answer cannot be stored");
            // Ending it takes less than storing it and may yet succeed.
            let notice = Notice::new(NoticeCode::Internal).with_detail(error.to_string());
            return finish(history, answer, None, ended(MessageStatus::Failed, notice)).map_err(|_| error);
        }
    }
    let notice = Notice::new(NoticeCode::Interrupted);
    finish(history, answer, None, ended(MessageStatus::Interrupted, notice))
}

/// An ending of which nothing is known but why.
fn ended(status: MessageStatus, notice: Notice) -> Ending {
    Ending { status, notice: Some(notice), usage: None, timing: None, spent: None }
}

fn finish(history: &History, answer: MessageId, schema: Option<&str>, ending: Ending) -> Stored {
    let Ending { status, notice, usage, timing, spent: _ } = ending;
    let structure = match schema.filter(|_| status == MessageStatus::Complete) {
        Some(schema) => Some(structure::check(schema, &history.message(answer)?.text())),
        None => None,
    };
    let message = history.finish_message(answer, &MessageEnd { status, usage, timing, notice, structure })?;
    let conversation = history.conversation(message.conversation)?;
    Ok((message, conversation))
}
