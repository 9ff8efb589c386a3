//! The self-test.

use super::blocking;
use crate::doctor::{self, Finding};
use crate::error::CommandError;
use crate::state::Castor;
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Channel;

/// Tries everything Castor works with, one finding after the other.
#[tauri::command]
#[specta::specta]
pub async fn self_test(
    castor: State<'_, Arc<Castor>>,
    on_finding: Channel<Finding>,
) -> Result<(), CommandError> {
    doctor::run(&castor, |finding| drop(on_finding.send(finding))).await;
    Ok(())
}

/// Plays a short sound, to hear whether the speaker works.
#[tauri::command]
#[specta::specta]
pub async fn play_test_sound(castor: State<'_, Arc<Castor>>) -> Result<(), CommandError> {
    blocking(&castor, doctor::play_test_sound).await
}
