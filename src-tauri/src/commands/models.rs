//! The models of both minds, and fetching local ones.

use crate::error::CommandError;
use crate::state::Castor;
use conversation::{Model, ModelState};
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

/// A set of recognisers that reads pictures.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecogniserSet {
    /// Its identifier: fetching and deleting take it as they take a model's.
    pub id: String,
    /// Size of its files together.
    pub bytes: u64,
    /// Whether they are here.
    pub state: ModelState,
    /// Whether it is the one that was chosen.
    pub in_use: bool,
}

/// A model's or recogniser's licence.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct ModelLicence {
    /// Its name for people.
    pub name: String,
    /// SPDX identifier.
    pub licence: String,
    /// Who publishes it.
    pub source: String,
}

/// The sets and which one was chosen.
pub(super) fn recogniser_sets(castor: &Castor) -> Vec<RecogniserSet> {
    let chosen = castor.settings().recognisers;
    let offers = castor.local.recognisers().into_iter();
    offers
        .map(|set| RecogniserSet { in_use: set.id == chosen, id: set.id, bytes: set.bytes, state: set.state })
        .collect()
}

/// The recognisers that read pictures.
#[tauri::command]
#[specta::specta]
pub async fn recognisers(castor: State<'_, Arc<Castor>>) -> Result<Vec<RecogniserSet>, CommandError> {
    Ok(recogniser_sets(&castor))
}

/// The licences of everything that can be fetched.
#[tauri::command]
#[specta::specta]
pub fn model_licences(castor: State<'_, Arc<Castor>>) -> Vec<ModelLicence> {
    let licences = castor.local.model_licences().into_iter();
    licences
        .map(|each| ModelLicence { name: each.name, licence: each.licence, source: each.source })
        .collect()
}

/// Fetches a local model or a set of recognisers; resolves when it can answer.
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
