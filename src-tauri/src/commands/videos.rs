//! Videos: what they are and where they are played from.

use super::blocking;
use crate::error::CommandError;
use crate::state::Castor;
use crate::videos::{self, VideoInfo};
use crate::window::media_server::MediaServer;
use conversation::AttachmentId;
use std::sync::Arc;
use tauri::State;

/// What is known of a video.
#[tauri::command]
#[specta::specta]
pub async fn video_info(castor: State<'_, Arc<Castor>>, id: AttachmentId) -> Result<VideoInfo, CommandError> {
    blocking(&castor, move |castor| Ok(videos::info(&castor.history, id)?)).await
}

/// Where the web view plays a video or sound from.
#[tauri::command]
#[specta::specta]
pub async fn media_address(
    castor: State<'_, Arc<Castor>>,
    server: State<'_, MediaServer>,
    id: AttachmentId,
) -> Result<String, CommandError> {
    Ok(server.address_of(&castor, id).await?)
}
