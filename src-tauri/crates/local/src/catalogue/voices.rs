//! The neural voice that reads aloud, from `assets/models/voices.json`.

use super::{CatalogueError, ModelFile, RecogniserFile};
use conversation::ModelState;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use voices::NeuralFiles;

/// The voice and its files.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceModel {
    files: Vec<RecogniserFile>,
    /// Castor's identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its weights, by the name of the file.
    weights: String,
    /// The table of each style, by the name of the file, after the style's own name.
    styles: BTreeMap<String, String>,
}

/// The voice as offered.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceOffer {
    /// Castor's identifier.
    pub id: String,
    /// Name for people, in English.
    pub name: String,
    /// Bytes of all files.
    pub bytes: u64,
    /// Whether all of them are here.
    pub state: ModelState,
}

impl VoiceModel {
    /// Every file.
    pub fn files(&self) -> &[RecogniserFile] {
        &self.files
    }

    /// The same without their titles, in the order they are fetched.
    pub fn model_files(&self) -> Vec<&ModelFile> {
        self.files.iter().map(|entry| &entry.file).collect()
    }

    /// Where the files are, when all are.
    pub fn ready(&self, folder: &Path) -> Option<NeuralFiles> {
        let path = |name: &str| {
            Some(self.file(name)?).filter(|file| file.is_ready(folder)).map(|file| file.path(folder))
        };
        let styles = self.styles.iter().map(|(style, name)| Some((style.clone(), path(name)?)));
        Some(NeuralFiles { model: path(&self.weights)?, styles: styles.collect::<Option<_>>()? })
    }

    /// The voice as offered. Looks at the disk.
    pub fn offer(&self, folder: &Path) -> VoiceOffer {
        let files = self.model_files();
        let bytes = files.iter().map(|file| file.bytes).sum();
        let state = if files.iter().all(|file| file.is_ready(folder)) {
            ModelState::Ready
        } else {
            ModelState::NotFetched { bytes, have: files.iter().map(|file| file.have(folder)).sum() }
        };
        VoiceOffer { id: self.id.clone(), name: self.name.clone(), bytes, state }
    }

    /// Refuses a voice that names files which are not there.
    pub(super) fn check(&self) -> Result<(), CatalogueError> {
        let mut named = [&self.weights].into_iter().chain(self.styles.values());
        match named.find(|name| self.file(name).is_none()) {
            Some(name) => Err(CatalogueError::UnknownFile { set: self.id.clone(), file: name.clone() }),
            None => Ok(()),
        }
    }

    fn file(&self, name: &str) -> Option<&ModelFile> {
        self.files.iter().map(|entry| &entry.file).find(|file| file.name == name)
    }
}
