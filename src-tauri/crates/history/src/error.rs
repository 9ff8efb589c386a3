//! What can go wrong with stored conversations.

use rusqlite::ErrorCode;
use std::io;
use std::path::{Path, PathBuf};

/// Why history could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// No space is left for the data folder.
    #[error("no space is left on the disk of Castor's data folder")]
    DiskFull,
    /// The data folder or the database may not be written.
    #[error("Castor's data folder may not be written")]
    ReadOnly,
    /// The database is damaged, is no database, or holds something that cannot be understood.
    #[error("the conversation database is damaged: {detail}")]
    Corrupt {
        /// What was found.
        detail: String,
    },
    /// A newer Castor wrote the database; it is left untouched.
    #[error("the conversation database is of version {found}, this Castor knows versions up to {known}")]
    Newer {
        /// The version found.
        found: usize,
        /// The newest version known here.
        known: usize,
    },
    /// Another process kept the database locked for longer than the busy timeout.
    #[error("the conversation database is in use by another process")]
    Busy,
    /// What was asked for, or something it refers to, is not there (any more).
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The answer is being written just now, by this process or another one.
    #[error("the answer is still being written")]
    StillStreaming,
    /// A content hash or the kind of a derived file is not of the form that names a file.
    #[error("not the name of a stored file: {0:?}")]
    InvalidName(String),
    /// A file or folder could not be used.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database refused a statement for another reason.
    #[error("the conversation database: {0}")]
    Database(#[source] rusqlite::Error),
}

impl HistoryError {
    /// Sorts an error of the file system.
    pub(crate) fn from_io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly,
            _ => Self::Io { path: path.to_owned(), source },
        }
    }
}

impl From<rusqlite::Error> for HistoryError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error().map(|error| (error.code, error.extended_code)) {
            Some((ErrorCode::DiskFull, _)) => Self::DiskFull,
            Some((ErrorCode::ReadOnly | ErrorCode::PermissionDenied, _)) => Self::ReadOnly,
            Some((ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _)) => {
                Self::Corrupt { detail: error.to_string() }
            }
            Some((ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _)) => Self::Busy,
            Some((_, rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY)) => Self::NotFound("what it refers to"),
            _ => match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..) => Self::Corrupt { detail: error.to_string() },
                other => Self::Database(other),
            },
        }
    }
}

/// Adds the path to an error of the file system.
pub(crate) trait AtPath<T> {
    /// The same result with the error sorted and its path known.
    fn at(self, path: &Path) -> Result<T, HistoryError>;
}

impl<T> AtPath<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, HistoryError> {
        self.map_err(|source| HistoryError::from_io(path, source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_and_read_only_disks_are_told_apart() {
        let at = Path::new("blob");
        let full = HistoryError::from_io(at, io::ErrorKind::StorageFull.into());
        assert!(matches!(full, HistoryError::DiskFull));
        let read_only = HistoryError::from_io(at, io::ErrorKind::ReadOnlyFilesystem.into());
        assert!(matches!(read_only, HistoryError::ReadOnly));
        let other = HistoryError::from_io(at, io::ErrorKind::NotFound.into());
        assert_eq!(other.to_string(), "blob: entity not found");
    }
}
