//! One turn: a question, what is prepared for the mind that answers it, and its answer as it streams.
//!
//! [`ask()`] is the whole of it, for the window and the terminal alike. Inside, `turn` decides (a state machine without
//! IO: events in, effects out), `context` builds the request and the delivery receipt, `writer` stores in the order
//! things happened, `budget` keeps the month's cap, and `driver` runs them. [`preview()`] does all of it up to sending. Nothing here knows which minds there are; they come as
//! [`Provider`](conversation::Provider)s.

mod action;
mod budget;
mod context;
mod driver;
mod error;
mod note;
mod notebook;
mod picture;
mod prepared;
mod preview;
mod request;
mod structure;
mod title;
mod turn;
mod video_words;
mod words;
mod writer;

pub use driver::ask;
pub use error::AskError;
pub use notebook::{Moment, Notebook, NotebookError, RecordedSpeech, VideoNotes};
pub use prepared::PreparedPictures;
pub use preview::{Preview, preview};
pub use request::{AnswerEvent, AskAction, AskContext, AskFile, AskRequest, MonthlyCap};
pub use structure::{SchemaError, check_schema};
pub use turn::{Earlier, Effect, Ending, Spent, Turn, TurnEvent};
