//! Why a file did not come.

use std::{
    fmt::Display,
    io,
    path::{Path, PathBuf},
};

/// A fetch failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The catalogue has no such model or recogniser set.
    #[error("there is no model `{id}`")]
    UnknownModel {
        /// The identifier asked for.
        id: String,
    },
    /// A file or folder of Castor's own cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is not enough room.
    #[error("{} are needed on the disk, {} are free", megabytes(*needed), megabytes(*available))]
    DiskFull {
        /// Bytes still to come, with what is needed on the way.
        needed: u64,
        /// Bytes free.
        available: u64,
    },
    /// Another process, or another task of this one, is fetching the same thing.
    #[error("it is already being fetched")]
    Busy,
    /// The caller cancelled. What came is kept.
    #[error("cancelled")]
    Cancelled,
    /// No source brought a file.
    #[error("no source brought {file}: {}", join(failures))]
    AllSourcesFailed {
        /// Its name.
        file: String,
        /// What each said, in the order they were tried.
        failures: Vec<SourceFailure>,
    },
}

/// One source and why it failed.
#[derive(Debug)]
pub struct SourceFailure {
    /// The source's name for people.
    pub source: String,
    /// What went wrong.
    pub error: SourceError,
}

/// A source failed; the next one is tried.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The server cannot be reached, or the connection broke and did not come back.
    #[error("{}", with_causes(.0))]
    Connection(#[from] reqwest::Error),
    /// The server answered with an error.
    #[error("the server answered {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// The source has something of another size.
    #[error("the file there has {actual} bytes, not {expected}")]
    WrongSize {
        /// Bytes by the catalogue.
        expected: u64,
        /// Bytes offered.
        actual: u64,
    },
    /// Everything came, but it is not the file.
    #[error("what came is not the file: its SHA-256 is wrong")]
    WrongHash,
    /// The file is not in this folder.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Where it was looked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The registry's client is not installed.
    #[error("`{command}` cannot be started: {source}")]
    ClientMissing {
        /// The command.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// The registry's client failed.
    #[error("{package}: {message}")]
    Client {
        /// What was asked for.
        package: String,
        /// The client's last words.
        message: String,
    },
    /// A package is damaged or does not hold the member.
    #[error("{package}: {source}")]
    Package {
        /// Which.
        package: String,
        /// What is wrong with it.
        source: zip::result::ZipError,
    },
    /// Nothing to do with the source: no other is tried.
    #[error(transparent)]
    Fetch(Box<FetchError>),
}

impl FetchError {
    /// Adds the path to what the system said.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

impl From<FetchError> for SourceError {
    fn from(error: FetchError) -> Self {
        Self::Fetch(Box::new(error))
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

fn join(failures: &[SourceFailure]) -> String {
    failures
        .iter()
        .map(|failure| format!("{}: {}", failure.source, failure.error))
        .collect::<Vec<_>>()
        .join("; ")
}

/// reqwest says only "error sending request"; the reason lies in its sources.
fn with_causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {}", inner as &dyn Display);
        cause = inner.source();
    }
    text
}
