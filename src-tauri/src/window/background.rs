//! What becomes of the program once the main window is closed: it ends, or it stays ready, as the person set it. Ready, it holds
//! no device; the keys over every application and the icon among the system's lead back to it.

use super::MAIN;
use super::arrivals::Arrivals;
use crate::state::Castor;
use std::sync::Arc;
use tauri::{AppHandle, Manager, RunEvent};

/// Whether Castor goes on without a window.
pub fn stays(app: &AppHandle) -> bool {
    app.state::<Arc<Castor>>().settings().stay_ready
}

/// Keeps the program from ending with its last window. Whoever quits says so with an exit code.
pub fn stay(app: &AppHandle, event: RunEvent) {
    if let RunEvent::ExitRequested { code: None, api, .. } = event
        && stays(app)
    {
        api.prevent_exit();
    }
}

/// The main window is gone: nothing listens or looks any more for it, and what it recorded waits for its next one. Where the program
/// ends, what else is open or hidden goes.
pub fn main_closed(app: &AppHandle) {
    app.state::<Arc<Arrivals>>().window_closed(MAIN);
    let castor = app.state::<Arc<Castor>>();
    castor.recording.stop();
    castor.clip.stop();
    castor.camera.close();
    castor.screen.close();
    castor.player.stop();
    if stays(app) {
        return;
    }
    for (label, window) in app.webview_windows() {
        if label != MAIN
            && let Err(error) = window.destroy()
        {
            tracing::warn!(%error, label, "a window could not be closed");
        }
    }
}
