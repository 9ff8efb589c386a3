//! The thread that stores an answer while it comes: one turn's writes, in the order they happened.
//!
//! The driver never waits for the disk between two pieces of text; a slow disk holds back neither the screen nor Stop.
//! What waits here is lost when the process is killed, which is the last fraction of a second.

use crate::{AskError, Ending};
use conversation::{Conversation, Message, MessageId, MessageStatus, Mind, Notice, NoticeCode, Receipt};
use history::{History, HistoryError};
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;

/// One thing to store.
#[derive(Debug)]
pub(crate) enum Write {
    Text(String),
    Raw(String),
    Receipt(Receipt),
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
    /// answer as interrupted.
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
    while let Some(write) = writes.blocking_recv() {
        let stored = match write {
            Write::Text(text) => history.append_text(answer, &text),
            Write::Raw(json) => history.append_raw(answer, mind, &json),
            Write::Receipt(receipt) => history.set_receipt(answer, &receipt),
            Write::Finish(ending) => return finish(history, answer, &ending),
        };
        if let Err(error) = stored {
            tracing::error!(%error, "an answer cannot be stored");
            // Ending it takes less than storing it and may yet succeed.
            let notice = Notice::new(NoticeCode::Internal).with_detail(error.to_string());
            let failed =
                Ending { status: MessageStatus::Failed, notice: Some(notice), usage: None, timing: None };
            return finish(history, answer, &failed).map_err(|_| error);
        }
    }
    let interrupted = Ending {
        status: MessageStatus::Interrupted,
        notice: Some(Notice::new(NoticeCode::Interrupted)),
        usage: None,
        timing: None,
    };
    finish(history, answer, &interrupted)
}

fn finish(history: &History, answer: MessageId, ending: &Ending) -> Stored {
    let message =
        history.finish_message(answer, ending.status, ending.usage, ending.timing, ending.notice.as_ref())?;
    let conversation = history.conversation(message.conversation)?;
    Ok((message, conversation))
}
