//! The models of both minds, and fetching local ones.

use crate::error::CommandError;
use crate::state::Castor;
use conversation::Model;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Channel;

/// How far a fetch is.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct FetchProgress {
    /// Bytes here, or checked.
    pub have: u64,
    /// Bytes in all.
    pub total: u64,
    /// The source in use, for people.
    pub source: String,
    /// What is being done.
    pub stage: FetchStage,
}

/// What a fetch is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum FetchStage {
    /// A source is being asked.
    Connecting,
    /// Bytes are coming.
    Downloading,
    /// The hash of the whole is being computed.
    Verifying,
}

impl From<local::FetchProgress> for FetchProgress {
    fn from(progress: local::FetchProgress) -> Self {
        let stage = match progress.stage {
            local::FetchStage::Connecting => FetchStage::Connecting,
            local::FetchStage::Downloading => FetchStage::Downloading,
            local::FetchStage::Verifying => FetchStage::Verifying,
        };
        Self { have: progress.have, total: progress.total, source: progress.source, stage }
    }
}

/// The models of both minds.
#[tauri::command]
#[specta::specta]
pub async fn models(castor: State<'_, Arc<Castor>>) -> Result<Vec<Model>, CommandError> {
    Ok(castor.models().await)
}

/// Fetches a local model; resolves when it can answer.
#[tauri::command]
#[specta::specta]
pub async fn fetch_model(
    castor: State<'_, Arc<Castor>>,
    id: String,
    on_progress: Channel<FetchProgress>,
) -> Result<(), CommandError> {
    castor.fetch_model(&id, move |progress| drop(on_progress.send(progress.into()))).await?;
    Ok(())
}

/// Breaks a fetch off; what came is kept.
#[tauri::command]
#[specta::specta]
pub fn cancel_fetch(castor: State<'_, Arc<Castor>>, id: String) {
    castor.cancel_fetch(&id);
}

/// Deletes a fetched model from the disk.
#[tauri::command]
#[specta::specta]
pub async fn delete_model(castor: State<'_, Arc<Castor>>, id: String) -> Result<(), CommandError> {
    Ok(castor.local.delete(&id).await?)
}
