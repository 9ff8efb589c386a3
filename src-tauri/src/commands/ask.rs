//! Asking and stopping.

use super::blocking;
use crate::error::{CastorError, CommandError};
use crate::secrecy::{self, FoundSecret};
use crate::state::Castor;
use crate::window::MAIN;
use crate::window::shell_event::ShellEvent;
use ::ask::{AnswerEvent, AskRequest, Preview};
use conversation::MessageId;
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{Manager, State, WebviewWindow};

/// Asks; resolves when the answer has ended, however it ended.
#[tauri::command]
#[specta::specta]
pub async fn ask(
    castor: State<'_, Arc<Castor>>,
    window: WebviewWindow,
    request: AskRequest,
    on_event: Channel<AnswerEvent>,
) -> Result<(), CommandError> {
    // A window that was closed in between cannot show events; the answer is kept all the same.
    let show = move |event| drop(on_event.send(event));
    let asked = castor.ask(request, show).await;
    if window.label() != MAIN {
        ShellEvent::ConversationsChanged.tell(window.app_handle(), MAIN);
    }
    asked.map(drop).map_err(CastorError::into)
}

/// What a question would send. With `count` the provider counts its tokens, which sends it.
#[tauri::command]
#[specta::specta]
pub async fn preview(
    castor: State<'_, Arc<Castor>>,
    request: AskRequest,
    count: bool,
) -> Result<Preview, CommandError> {
    Ok(castor.preview(request, count).await?)
}

/// What in the words and text files of a question looks like a secret.
#[tauri::command]
#[specta::specta]
pub async fn find_secrets(
    castor: State<'_, Arc<Castor>>,
    request: AskRequest,
) -> Result<Vec<FoundSecret>, CommandError> {
    blocking(&castor, move |castor| secrecy::find(&castor.history, &request)).await
}

/// Why a text is no JSON Schema; `None` when it is one.
#[tauri::command]
#[specta::specta]
pub fn schema_problem(schema: String) -> Option<String> {
    ::ask::check_schema(&schema).err().map(|error| error.to_string())
}

/// Stops an answer; what was written is kept.
#[tauri::command]
#[specta::specta]
pub fn stop(castor: State<'_, Arc<Castor>>, answer: MessageId) {
    castor.stop(answer);
}
