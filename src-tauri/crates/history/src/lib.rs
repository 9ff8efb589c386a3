//! History: conversations, their trees of messages, attachments and settings, kept on this computer.
//!
//! One SQLite database (`history.db`) and, beside it, the files a person added, named by their content. [`History`] is
//! the only door. It is synchronous and may be shared between threads; callers on an async runtime go through
//! `spawn_blocking`. Several processes may have the same folder open at once.
//!
//! Built on rusqlite with its own bundled SQLite, so that every system has the same one, and on rusqlite_migration,
//! which keeps the version in the database's header.

mod attachments;
mod blobs;
mod columns;
mod conversations;
mod database;
mod error;
mod messages;
mod migrations;
mod parts;
mod settings;
mod spending;
mod transcripts;
mod writer;

pub use attachments::{NewAttachment, Source};
pub use database::History;
pub use error::HistoryError;
pub use messages::MessageEnd;
pub use spending::{ModelTotal, Spend, SpendId, Total};
