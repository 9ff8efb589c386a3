//! The list of conversations and what is in one.

use super::blocking;
use crate::error::CommandError;
use crate::state::Castor;
use conversation::{Attachment, Conversation, ConversationId, Message, MessageId};
use history::Total;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tauri::State;

/// A conversation with every version of every message.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct ConversationView {
    /// The conversation.
    pub conversation: Conversation,
    /// All its messages, oldest first.
    pub messages: Vec<Message>,
    /// All attachments its messages name.
    pub attachments: Vec<Attachment>,
}

/// All conversations, the newest first.
#[tauri::command]
#[specta::specta]
pub async fn conversations(castor: State<'_, Arc<Castor>>) -> Result<Vec<Conversation>, CommandError> {
    blocking(&castor, |castor| Ok(castor.history.conversations()?)).await
}

/// One conversation, to be shown.
#[tauri::command]
#[specta::specta]
pub async fn open_conversation(
    castor: State<'_, Arc<Castor>>,
    id: ConversationId,
) -> Result<ConversationView, CommandError> {
    blocking(&castor, move |castor| view(castor, id)).await
}

/// Gives it another title.
#[tauri::command]
#[specta::specta]
pub async fn rename_conversation(
    castor: State<'_, Arc<Castor>>,
    id: ConversationId,
    title: String,
) -> Result<(), CommandError> {
    blocking(&castor, move |castor| Ok(castor.history.rename(id, title.trim())?)).await
}

/// Keeps it on this computer, or no longer.
#[tauri::command]
#[specta::specta]
pub async fn set_local_only(
    castor: State<'_, Arc<Castor>>,
    id: ConversationId,
    local_only: bool,
) -> Result<Conversation, CommandError> {
    blocking(&castor, move |castor| castor.set_local_only(id, local_only)).await
}

/// What it came to so far.
#[tauri::command]
#[specta::specta]
pub async fn conversation_spending(
    castor: State<'_, Arc<Castor>>,
    id: ConversationId,
) -> Result<Total, CommandError> {
    blocking(&castor, move |castor| Ok(castor.history.spent_in(id)?)).await
}

/// Deletes it with everything only it used.
#[tauri::command]
#[specta::specta]
pub async fn delete_conversation(
    castor: State<'_, Arc<Castor>>,
    id: ConversationId,
) -> Result<(), CommandError> {
    blocking(&castor, move |castor| {
        castor.stop_conversation(id);
        Ok(castor.history.delete_conversation(id)?)
    })
    .await
}

/// Shows the branch that holds `message`.
#[tauri::command]
#[specta::specta]
pub async fn show_branch(
    castor: State<'_, Arc<Castor>>,
    conversation: ConversationId,
    message: MessageId,
) -> Result<Conversation, CommandError> {
    blocking(&castor, move |castor| {
        castor.history.set_head(conversation, message)?;
        Ok(castor.history.conversation(conversation)?)
    })
    .await
}

pub(super) fn view(
    castor: &Castor,
    id: ConversationId,
) -> Result<ConversationView, crate::error::CastorError> {
    Ok(ConversationView {
        conversation: castor.history.conversation(id)?,
        messages: castor.history.messages(id)?,
        attachments: castor.history.attachments(id)?,
    })
}
