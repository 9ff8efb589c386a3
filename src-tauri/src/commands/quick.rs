//! The quick-ask window, and the keys that open it.

use super::blocking;
use crate::error::{CastorError, CommandError};
use crate::state::Castor;
use crate::window::shell_event::ShellEvent;
use crate::window::shortcuts::{ShortcutState, Shortcuts};
use crate::window::{MAIN, quick, show_again};
use conversation::ConversationId;
use std::sync::Arc;
use tauri::{AppHandle, Manager, State};

/// Opens the quick-ask window, or brings it to the front.
#[tauri::command]
#[specta::specta]
pub async fn show_quick(app: AppHandle) -> Result<(), CommandError> {
    quick::show(&app).map_err(CastorError::from)?;
    Ok(())
}

/// Puts the quick-ask window away.
#[tauri::command]
#[specta::specta]
pub async fn hide_quick(app: AppHandle) -> Result<(), CommandError> {
    quick::hide(&app).map_err(CastorError::from)?;
    Ok(())
}

/// Shows a conversation in the main window.
#[tauri::command]
#[specta::specta]
pub async fn open_in_main(
    app: AppHandle,
    castor: State<'_, Arc<Castor>>,
    id: ConversationId,
) -> Result<(), CommandError> {
    if app.get_webview_window(MAIN).is_none() {
        // A window that opens now shows what was shown last.
        blocking(&castor, move |castor| {
            let mut settings = castor.settings();
            settings.last_conversation = Some(id);
            castor.save_settings(settings)
        })
        .await?;
    }
    show_again(&app);
    ShellEvent::OpenConversation { id }.tell(&app, MAIN);
    quick::hide(&app).map_err(CastorError::from)?;
    Ok(())
}

/// Whether the keys that work over every application do.
#[tauri::command]
#[specta::specta]
pub fn shortcut_states(shortcuts: State<'_, Shortcuts>) -> Vec<ShortcutState> {
    shortcuts.states()
}
