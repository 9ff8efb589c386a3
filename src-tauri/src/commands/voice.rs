//! The microphone and the speaker.

use super::blocking;
use crate::error::CommandError;
use crate::state::Castor;
use crate::voice::{self, RecordOptions, RecordingEvent};
use crate::window::arrivals::Arrivals;
use conversation::{Attachment, AttachmentId};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use std::time::Duration;
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};

/// A microphone.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Microphone {
    /// What the settings know it by.
    pub id: String,
    /// What people know it by.
    pub name: String,
    /// Whether it is the system's own choice.
    pub is_default: bool,
}

/// All microphones, the system's own choice first.
#[tauri::command]
#[specta::specta]
pub async fn microphones(castor: State<'_, Arc<Castor>>) -> Result<Vec<Microphone>, CommandError> {
    blocking(&castor, |_| {
        let found = capture::devices()?.into_iter();
        Ok(found
            .map(|each| Microphone { id: each.id, name: each.name, is_default: each.is_default })
            .collect())
    })
    .await
}

/// Records until it ends; resolves with the recording, or with nothing where it was thrown away or nobody spoke.
#[tauri::command]
#[specta::specta]
pub async fn record(
    castor: State<'_, Arc<Castor>>,
    arrivals: State<'_, Arc<Arrivals>>,
    window: WebviewWindow,
    options: RecordOptions,
    on_event: Channel<RecordingEvent>,
) -> Result<Option<Attachment>, CommandError> {
    let tell = move |event| drop(on_event.send(event));
    let recorded = blocking(&castor, move |castor| voice::record(castor, options, &tell)).await?;
    Ok(arrivals.recorded(window.label(), recorded))
}

/// Ends the recording; what was said is kept.
#[tauri::command]
#[specta::specta]
pub fn stop_recording(castor: State<'_, Arc<Castor>>) {
    castor.recording.stop();
}

/// Ends the recording and throws it away.
#[tauri::command]
#[specta::specta]
pub fn cancel_recording(castor: State<'_, Arc<Castor>>) {
    castor.recording.cancel();
}

/// Plays a recording from a moment on, in place of what is being played; resolves at its end or when it was stopped.
/// Positions come in milliseconds.
#[tauri::command]
#[specta::specta]
pub async fn play_sound(
    castor: State<'_, Arc<Castor>>,
    id: AttachmentId,
    from_ms: u32,
    on_position: Channel<u64>,
) -> Result<(), CommandError> {
    blocking(&castor, move |castor| {
        let path = castor.history.blob_path(id)?;
        let tell = |position: Duration| {
            drop(on_position.send(u64::try_from(position.as_millis()).unwrap_or(u64::MAX)));
        };
        castor.player.play(&path, Duration::from_millis(from_ms.into()), &tell)?;
        Ok(())
    })
    .await
}

/// Stops what is being played.
#[tauri::command]
#[specta::specta]
pub fn stop_playing(castor: State<'_, Arc<Castor>>) {
    castor.player.stop();
}
