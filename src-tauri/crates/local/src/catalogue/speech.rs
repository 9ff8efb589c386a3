//! Models that write down what is said, from `assets/models/speech.json`.

use super::{CatalogueError, ModelFile, RecogniserFile};
use conversation::ModelState;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The model that listens unless a person chooses another.
pub const DEFAULT_SPEECH_MODEL: &str = "whisper-base";

/// The models and their files. A file may belong to several models.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeechModels {
    files: Vec<RecogniserFile>,
    models: Vec<SpeechModel>,
}

/// One model, its files by their names.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeechModel {
    /// Castor's identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its weights.
    pub weights: String,
    /// Its tokens.
    pub tokenizer: String,
    /// What it understands.
    pub languages: SpeechLanguages,
}

/// What a model understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeechLanguages {
    /// About a hundred languages.
    All,
    /// English only.
    English,
}

/// The files of a model, both of them here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechFiles {
    /// CTranslate2's `model.bin` or Hugging Face's `model.safetensors`.
    pub weights: PathBuf,
    /// `tokenizer.json`.
    pub tokenizer: PathBuf,
}

/// A model as offered.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeechOffer {
    /// Castor's identifier.
    pub id: String,
    /// Name for people, in English.
    pub name: String,
    /// What it understands.
    pub languages: SpeechLanguages,
    /// Bytes of both its files.
    pub bytes: u64,
    /// Whether both its files are here.
    pub state: ModelState,
}

impl SpeechModels {
    /// Every file, whatever models it belongs to.
    pub fn files(&self) -> &[RecogniserFile] {
        &self.files
    }

    /// The models in the order they are offered, the default first.
    pub fn models(&self) -> &[SpeechModel] {
        &self.models
    }

    /// One model.
    pub fn get(&self, id: &str) -> Option<&SpeechModel> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The files of a model, in the order they are fetched.
    pub fn files_of(&self, model: &SpeechModel) -> Vec<&ModelFile> {
        model.names().iter().filter_map(|name| self.file(name)).collect()
    }

    /// Where the files of a model are, when both are.
    pub fn ready(&self, model: &SpeechModel, folder: &Path) -> Option<SpeechFiles> {
        let path = |name: &str| {
            Some(self.file(name)?).filter(|file| file.is_ready(folder)).map(|file| file.path(folder))
        };
        Some(SpeechFiles { weights: path(&model.weights)?, tokenizer: path(&model.tokenizer)? })
    }

    /// A model as offered. Looks at the disk.
    pub fn offer(&self, model: &SpeechModel, folder: &Path) -> SpeechOffer {
        let files = self.files_of(model);
        let bytes = files.iter().map(|file| file.bytes).sum();
        let state = if files.iter().all(|file| file.is_ready(folder)) {
            ModelState::Ready
        } else {
            ModelState::NotFetched { bytes, have: files.iter().map(|file| file.have(folder)).sum() }
        };
        SpeechOffer {
            id: model.id.clone(),
            name: model.name.clone(),
            languages: model.languages,
            bytes,
            state,
        }
    }

    /// Refuses models that name files which are not there.
    pub(super) fn check(&self) -> Result<(), CatalogueError> {
        for model in &self.models {
            if let Some(name) = model.names().into_iter().find(|name| self.file(name).is_none()) {
                return Err(CatalogueError::UnknownFile { set: model.id.clone(), file: name.to_owned() });
            }
        }
        Ok(())
    }

    fn file(&self, name: &str) -> Option<&ModelFile> {
        self.files.iter().map(|entry| &entry.file).find(|file| file.name == name)
    }
}

impl SpeechModel {
    fn names(&self) -> [&str; 2] {
        [&self.weights, &self.tokenizer]
    }
}
