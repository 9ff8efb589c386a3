//! The window's first call and its word that it can be used.

use super::blocking;
use super::conversations::{ConversationView, view};
use super::models::{RecogniserSet, recogniser_sets};
use crate::error::CommandError;
use crate::keys::KeyStatus;
use crate::settings::{Settings, SystemLanguage, system_language};
use crate::state::Castor;
use crate::window::arrivals::Arrivals;
use crate::window::readiness::Readiness;
use crate::window::{MAIN, region};
use conversation::{Conversation, Model};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tauri::{State, WebviewWindow};

/// Everything the first frame needs.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StartState {
    /// Castor's version.
    pub version: String,
    /// `linux`, `macos` or `windows`.
    pub platform: String,
    /// The system's language: `en` or `zh`.
    pub system_language: SystemLanguage,
    /// The settings.
    pub settings: Settings,
    /// What is known of the key.
    pub key: KeyStatus,
    /// The models that can be offered at once; the network is not asked for them here.
    pub models: Vec<Model>,
    /// The recognisers that read pictures.
    pub recognisers: Vec<RecogniserSet>,
    /// All conversations, the newest first.
    pub conversations: Vec<Conversation>,
    /// The conversation shown last, when it is still there.
    pub open: Option<ConversationView>,
    /// Where conversations and pictures are kept.
    pub data_folder: String,
}

/// Everything the first frame needs, in one call.
#[tauri::command]
#[specta::specta]
pub async fn start(
    castor: State<'_, Arc<Castor>>,
    readiness: State<'_, Arc<Readiness>>,
) -> Result<StartState, CommandError> {
    readiness.key_looked_for().await;
    let models = castor.known_models();
    blocking(&castor, move |castor| {
        let settings = castor.settings();
        // A conversation that was deleted or cannot be read is simply not shown again.
        let open = settings.last_conversation.and_then(|id| view(castor, id).ok());
        Ok(StartState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: std::env::consts::OS.to_owned(),
            system_language: system_language(),
            settings,
            key: castor.keys.status(),
            models,
            recognisers: recogniser_sets(castor),
            conversations: castor.history.conversations()?,
            open,
            data_folder: castor.folders.data.display().to_string(),
        })
    })
    .await
}

/// A frame is on the screen and the composer takes keys.
#[tauri::command]
#[specta::specta]
pub fn ready(
    castor: State<'_, Arc<Castor>>,
    readiness: State<'_, Arc<Readiness>>,
    arrivals: State<'_, Arc<Arrivals>>,
    window: WebviewWindow,
) {
    match window.label() {
        MAIN => {
            // A page that was loaded anew has no screen open.
            castor.screen.close();
            readiness.painted();
        }
        region::REGION => {
            if let Err(error) = region::show(&window) {
                tracing::warn!(%error, "the frozen screen cannot be shown");
            }
        }
        _ => {}
    }
    arrivals.window_listens(window.label());
}
