//! Files on their way into the composer. What is chosen, pasted or dropped arrives as [`AttachmentEvent`]s.

use super::blocking;
use crate::error::{CastorError, CommandError};
use crate::intake;
use crate::state::Castor;
use crate::window::arrivals::{Arrivals, Arriving};
use conversation::{Attachment, AttachmentId};
use media::Stroke;
use std::sync::Arc;
use tauri::{AppHandle, Manager, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;

/// Opens the system's file dialog.
#[tauri::command]
#[specta::specta]
pub fn pick_files(app: AppHandle, window: WebviewWindow) {
    let arrivals = Arc::clone(&app.state::<Arc<Arrivals>>());
    app.dialog().file().pick_files(move |chosen| {
        let paths = chosen.into_iter().flatten().filter_map(|path| path.into_path().ok());
        arrivals.take(window.label(), paths.map(Arriving::File));
    });
}

/// Takes copied files, or a copied picture when the clipboard holds no text beside it. Whether something was taken.
#[tauri::command]
#[specta::specta]
pub async fn paste(
    castor: State<'_, Arc<Castor>>,
    arrivals: State<'_, Arc<Arrivals>>,
    window: WebviewWindow,
    has_text: bool,
) -> Result<bool, CommandError> {
    let arrivals = Arc::clone(&arrivals);
    blocking(&castor, move |_| {
        let found = crate::window::clipboard::read(has_text);
        let any = !found.is_empty();
        arrivals.take(window.label(), found.into_iter());
        Ok(any)
    })
    .await
}

/// Takes an attachment out of the composer and forgets it.
#[tauri::command]
#[specta::specta]
pub async fn remove_attachment(castor: State<'_, Arc<Castor>>, id: AttachmentId) -> Result<(), CommandError> {
    blocking(&castor, move |castor| Ok(castor.history.remove_draft_attachment(id)?)).await
}

/// A copy of a picture with parts of it painted over in its very pixels, in place of the draft it was made from.
#[tauri::command]
#[specta::specta]
pub async fn redact_picture(
    castor: State<'_, Arc<Castor>>,
    id: AttachmentId,
    strokes: Vec<Stroke>,
) -> Result<Attachment, CommandError> {
    blocking(&castor, move |castor| Ok(intake::redact(&castor.history, id, &strokes)?)).await
}

/// The text of a text attachment.
#[tauri::command]
#[specta::specta]
pub async fn attachment_text(
    castor: State<'_, Arc<Castor>>,
    id: AttachmentId,
) -> Result<String, CommandError> {
    blocking(&castor, move |castor| {
        let bytes = castor.history.read_attachment(id)?;
        media::read_text(&bytes).map_err(|error| CastorError::InvalidInput(error.to_string()))
    })
    .await
}
