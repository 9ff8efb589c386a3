//! What a window hears about from the rest of Castor.

use conversation::ConversationId;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;

/// Something a window hears about from the rest of Castor.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ShellEvent {
    /// Another window asked or changed something.
    ConversationsChanged,
    /// Show this conversation.
    OpenConversation {
        /// Which.
        id: ConversationId,
    },
    /// The quick-ask window came to the front.
    QuickShown,
}

impl ShellEvent {
    /// Tells one window.
    pub fn tell(&self, app: &AppHandle, window: &str) {
        if let Err(error) = self.emit_to(app, window) {
            tracing::warn!(%error, window, "a window could not be told");
        }
    }
}
