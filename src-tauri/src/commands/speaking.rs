//! Reading answers aloud.

use super::blocking;
use crate::error::CommandError;
use crate::speaking::{self, SpeakingEvent, SpokenVoices};
use crate::state::Castor;
use conversation::MessageId;
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Channel;

/// The voices there are, and those that can be fetched.
#[tauri::command]
#[specta::specta]
pub async fn spoken_voices(castor: State<'_, Arc<Castor>>) -> Result<SpokenVoices, CommandError> {
    blocking(&castor, |castor| Ok(speaking::offered(castor))).await
}

/// Reads an answer aloud from its beginning, also while it is still being written, in place of whatever is heard; resolves
/// at its end or when it was stopped.
#[tauri::command]
#[specta::specta]
pub async fn speak_answer(
    castor: State<'_, Arc<Castor>>,
    id: MessageId,
    on_event: Channel<SpeakingEvent>,
) -> Result<(), CommandError> {
    blocking(&castor, move |castor| {
        let text = castor.answer_text(id)?;
        speaking::read_aloud(castor, &text, &|event| drop(on_event.send(event)))
    })
    .await
}

/// Stops reading aloud.
#[tauri::command]
#[specta::specta]
pub fn stop_speaking(castor: State<'_, Arc<Castor>>) {
    castor.player.stop();
}

/// Says a sentence in a voice, at a pace.
#[tauri::command]
#[specta::specta]
pub async fn try_voice(
    castor: State<'_, Arc<Castor>>,
    voice: String,
    speed: f32,
) -> Result<(), CommandError> {
    blocking(&castor, move |castor| speaking::try_voice(castor, &voice, speed)).await
}
