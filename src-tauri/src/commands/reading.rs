//! Reading pictures: notes of one, with progress, and stopping that.

use super::blocking;
use crate::error::CommandError;
use crate::state::Castor;
use conversation::{AttachmentId, PictureNotes};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Channel;

/// What was made out in a picture.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct PictureReading {
    /// All of it.
    pub notes: PictureNotes,
    /// Its text, ready for the clipboard.
    pub text: String,
}

/// Reads a picture, or joins a reading that is under way; known notes come at once. Progress comes in percent.
#[tauri::command]
#[specta::specta]
pub async fn read_picture(
    castor: State<'_, Arc<Castor>>,
    id: AttachmentId,
    on_progress: Channel<u32>,
) -> Result<PictureReading, CommandError> {
    blocking(&castor, move |castor| {
        let percent = |fraction: f32| drop(on_progress.send((fraction * 100.0) as u32));
        let notes = castor.read_picture(id, &percent)?;
        Ok(PictureReading { text: notes.text(), notes })
    })
    .await
}

/// Gives up reading a picture.
#[tauri::command]
#[specta::specta]
pub fn stop_reading(castor: State<'_, Arc<Castor>>, id: AttachmentId) {
    castor.stop_reading(id);
}
