//! The commands the window may call. Each one parses, calls and returns; nothing is decided here.
#![expect(clippy::needless_pass_by_value, reason = "Tauri hands commands their arguments by value")]

pub mod ask;
pub mod attachments;
pub mod camera;
pub mod conversations;
pub mod models;
pub mod quick;
pub mod reading;
pub mod screen;
pub mod self_test;
pub mod settings;
pub mod sounds;
pub mod speaking;
pub mod start;
pub mod videos;
pub mod voice;

use crate::error::{CastorError, CommandError};
use crate::state::Castor;
use std::sync::Arc;

/// Runs work that may wait for the disk or the keychain away from the async workers.
async fn blocking<T: Send + 'static>(
    castor: &Arc<Castor>,
    work: impl FnOnce(&Castor) -> Result<T, CastorError> + Send + 'static,
) -> Result<T, CommandError> {
    let castor = Arc::clone(castor);
    match tauri::async_runtime::spawn_blocking(move || work(&castor)).await {
        Ok(result) => result.map_err(CommandError::from),
        Err(error) => Err(CastorError::System(error.to_string()).into()),
    }
}
