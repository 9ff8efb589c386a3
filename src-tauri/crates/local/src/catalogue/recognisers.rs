//! Recogniser sets: the files that read pictures together, from `assets/models/recognisers.json`.

use super::{CatalogueError, ModelFile};
use conversation::ModelState;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The set that is used unless a person chooses another.
pub const DEFAULT_RECOGNISERS: &str = "picture-reading";

/// The sets and their files. A file may belong to several sets.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognisers {
    files: Vec<RecogniserFile>,
    sets: Vec<RecogniserSet>,
}

/// One recogniser.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecogniserFile {
    /// What it is, for people.
    pub title: String,
    /// Its weights.
    pub file: ModelFile,
}

/// Recognisers that work together, each by the name of its file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecogniserSet {
    /// Castor's identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Finds text.
    pub detection: String,
    /// Reads a line of text.
    pub recognition: String,
    /// Tells whether a line of text is upside down.
    pub orientation: String,
    /// Names what is likely in a picture.
    pub things: String,
}

/// The files of a set, all of them verified and here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecogniserFiles {
    /// Finds text: PP-OCR detection, ONNX.
    pub detection: PathBuf,
    /// Reads a line of text: PP-OCR recognition, ONNX.
    pub recognition: PathBuf,
    /// Tells whether a line of text is upside down: PP-OCR orientation classifier, ONNX.
    pub orientation: PathBuf,
    /// Names what is likely in a picture: EfficientNet-Lite, PyTorch's format before 1.6.
    pub things: PathBuf,
}

/// A recogniser set as offered.
#[derive(Debug, Clone, PartialEq)]
pub struct RecogniserOffer {
    /// Castor's identifier.
    pub id: String,
    /// Name for people, in English.
    pub name: String,
    /// Bytes of all its files.
    pub bytes: u64,
    /// Whether all its files are here.
    pub state: ModelState,
}

impl Recognisers {
    /// Every recogniser, whatever sets it belongs to.
    pub fn files(&self) -> &[RecogniserFile] {
        &self.files
    }

    /// The sets in the order they are offered, the default first.
    pub fn sets(&self) -> &[RecogniserSet] {
        &self.sets
    }

    /// One set.
    pub fn get(&self, id: &str) -> Option<&RecogniserSet> {
        self.sets.iter().find(|set| set.id == id)
    }

    /// The files of a set, in the order they are fetched.
    pub fn files_of(&self, set: &RecogniserSet) -> Vec<&ModelFile> {
        set.names().iter().filter_map(|name| self.file(name)).collect()
    }

    /// Where the files of a set are, when all of them are.
    pub fn ready(&self, set: &RecogniserSet, folder: &Path) -> Option<RecogniserFiles> {
        let path = |name: &str| {
            Some(self.file(name)?).filter(|file| file.is_ready(folder)).map(|file| file.path(folder))
        };
        Some(RecogniserFiles {
            detection: path(&set.detection)?,
            recognition: path(&set.recognition)?,
            orientation: path(&set.orientation)?,
            things: path(&set.things)?,
        })
    }

    /// Refuses sets that name files which are not there.
    pub(super) fn check(&self) -> Result<(), CatalogueError> {
        for set in &self.sets {
            if let Some(name) = set.names().into_iter().find(|name| self.file(name).is_none()) {
                return Err(CatalogueError::UnknownFile { set: set.id.clone(), file: name.to_owned() });
            }
        }
        Ok(())
    }

    fn file(&self, name: &str) -> Option<&ModelFile> {
        self.files.iter().map(|recogniser| &recogniser.file).find(|file| file.name == name)
    }
}

impl RecogniserSet {
    fn names(&self) -> [&str; 4] {
        [&self.detection, &self.recognition, &self.orientation, &self.things]
    }
}
