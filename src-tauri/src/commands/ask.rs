//! Asking and stopping.

use crate::error::{CastorError, CommandError};
use crate::state::Castor;
use ::ask::{AnswerEvent, AskRequest};
use conversation::MessageId;
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Channel;

/// Asks; resolves when the answer has ended, however it ended.
#[tauri::command]
#[specta::specta]
pub async fn ask(
    castor: State<'_, Arc<Castor>>,
    request: AskRequest,
    on_event: Channel<AnswerEvent>,
) -> Result<(), CommandError> {
    // A window that was closed in between cannot show events; the answer is kept all the same.
    let show = move |event| drop(on_event.send(event));
    castor.ask(request, show).await.map(drop).map_err(CastorError::into)
}

/// Stops an answer; what was written is kept.
#[tauri::command]
#[specta::specta]
pub fn stop(castor: State<'_, Arc<Castor>>, answer: MessageId) {
    castor.stop(answer);
}
