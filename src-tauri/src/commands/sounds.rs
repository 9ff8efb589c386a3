//! Recordings: their shape, what is said in them, and writing that down.

use super::blocking;
use crate::error::{CastorError, CommandError};
use crate::state::Castor;
use crate::subtitles::TranscriptFormat;
use conversation::{AttachmentId, HearingEvent, ModelState, Transcript, TranscriptSegment};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::Path;
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

/// How loud a recording is from beginning to end.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SoundShape {
    /// Peaks of equal stretches of time, each from 0 to 1.
    #[specta(type = Vec<u32>)]
    pub peaks: Vec<f32>,
    /// How long it is, in milliseconds.
    pub duration_ms: u64,
}

/// What is heard while a recording is listened to.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum TranscribeEvent {
    /// The recogniser is being loaded.
    Loading {
        /// How far.
        percent: u32,
    },
    /// It listens.
    Progress {
        /// How far.
        percent: u32,
    },
    /// More was understood.
    Segment {
        /// When, and what.
        segment: TranscriptSegment,
    },
}

impl From<HearingEvent> for TranscribeEvent {
    fn from(event: HearingEvent) -> Self {
        let percent = |fraction: f32| (fraction * 100.0) as u32;
        match event {
            HearingEvent::Loading(fraction) => Self::Loading { percent: percent(fraction) },
            HearingEvent::Progress(fraction) => Self::Progress { percent: percent(fraction) },
            HearingEvent::Segment(segment) => Self::Segment { segment },
        }
    }
}

/// A recogniser that understands speech.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SpeechRecogniser {
    /// Its identifier: fetching and deleting take it as they take a model's.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Size of its files together.
    pub bytes: u64,
    /// Whether they are here.
    pub state: ModelState,
    /// Whether it is the one that was chosen.
    pub in_use: bool,
}

/// The shape of a recording in so many bars.
#[tauri::command]
#[specta::specta]
pub async fn sound_shape(
    castor: State<'_, Arc<Castor>>,
    id: AttachmentId,
    bars: u32,
) -> Result<SoundShape, CommandError> {
    blocking(&castor, move |castor| {
        let path = castor.history.blob_path(id)?;
        let shape = media::sound::waveform(&path, bars as usize)
            .map_err(|error| CastorError::InvalidInput(error.to_string()))?;
        let duration_ms = u64::try_from(shape.duration.as_millis()).unwrap_or(u64::MAX);
        Ok(SoundShape { peaks: shape.peaks, duration_ms })
    })
    .await
}

/// What is said in a recording, where that is known.
#[tauri::command]
#[specta::specta]
pub async fn transcript(
    castor: State<'_, Arc<Castor>>,
    id: AttachmentId,
) -> Result<Option<Transcript>, CommandError> {
    blocking(&castor, move |castor| Ok(castor.history.transcript(id)?)).await
}

/// Listens to a recording, or joins a listening that is under way; a known transcript comes at once.
#[tauri::command]
#[specta::specta]
pub async fn transcribe(
    castor: State<'_, Arc<Castor>>,
    id: AttachmentId,
    on_event: Channel<TranscribeEvent>,
) -> Result<Transcript, CommandError> {
    blocking(&castor, move |castor| castor.transcribe(id, &|event| drop(on_event.send(event.into())))).await
}

/// Gives up listening to a recording.
#[tauri::command]
#[specta::specta]
pub fn stop_transcribing(castor: State<'_, Arc<Castor>>, id: AttachmentId) {
    castor.stop_reading(id);
}

/// Puts a person's words in the place of what was heard.
#[tauri::command]
#[specta::specta]
pub async fn edit_transcript(
    castor: State<'_, Arc<Castor>>,
    id: AttachmentId,
    text: String,
) -> Result<Transcript, CommandError> {
    blocking(&castor, move |castor| castor.edit_transcript(id, text)).await
}

/// Writes a transcript into a file that the person names. Whether they named one.
#[tauri::command]
#[specta::specta]
pub async fn export_transcript(
    app: AppHandle,
    castor: State<'_, Arc<Castor>>,
    id: AttachmentId,
    format: TranscriptFormat,
) -> Result<bool, CommandError> {
    blocking(&castor, move |castor| {
        let transcript = castor
            .history
            .transcript(id)?
            .ok_or_else(|| CastorError::InvalidInput("this recording has no transcript".into()))?;
        let name = castor.history.attachment(id)?.name;
        let name = Path::new(&name).with_extension(format.extension());
        let dialog = app.dialog().file().set_file_name(name.to_string_lossy());
        let Some(path) = dialog.blocking_save_file().and_then(|chosen| chosen.into_path().ok()) else {
            return Ok(false);
        };
        std::fs::write(&path, format.write(&transcript))
            .map_err(|error| CastorError::System(format!("{}: {error}", path.display())))?;
        Ok(true)
    })
    .await
}

/// The recognisers that understand speech.
#[tauri::command]
#[specta::specta]
pub async fn speech_recognisers(
    castor: State<'_, Arc<Castor>>,
) -> Result<Vec<SpeechRecogniser>, CommandError> {
    let chosen = castor.settings().voice.recogniser;
    let offers = castor.local.speech().offers().into_iter();
    Ok(offers
        .map(|offer| SpeechRecogniser {
            in_use: offer.id == chosen,
            id: offer.id,
            name: offer.name,
            bytes: offer.bytes,
            state: offer.state,
        })
        .collect())
}
