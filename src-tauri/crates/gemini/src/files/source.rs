//! The file on this computer: its size, its chunks, and its hash.

use crate::failure::Failure;
use bytes::Bytes;
use conversation::NoticeCode;
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

/// Largest file the API takes, in bytes: its documentation says 2 GB.
pub const LARGEST_FILE: u64 = 2_000_000_000;

/// Bytes read at once where they are only hashed.
const HASHED_AT_ONCE: u64 = 8 * 1024 * 1024;

/// An open file that can be sent.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Bytes.
    pub size: u64,
    /// When it was last changed, in milliseconds since 1970, where the file system knows.
    pub modified: Option<i64>,
    /// Its hash, where it was known before.
    known: Option<String>,
    reading: Arc<Mutex<Reading>>,
}

#[derive(Debug)]
struct Reading {
    file: File,
    hasher: Sha256,
    /// Bytes from the begin that the hasher has seen.
    hashed: u64,
}

impl Source {
    /// Opens a file whose hash may be known. Empty ones, folders and what is larger than the API takes are refused.
    pub async fn open(path: &Path, known: Option<String>) -> Result<Self, Failure> {
        let path = path.to_owned();
        blocking(move || {
            let file = File::open(path).map_err(|error| unreadable(&error))?;
            let about = file.metadata().map_err(|error| unreadable(&error))?;
            if !about.is_file() {
                return Err(unusable("it is not a file"));
            }
            if about.len() == 0 {
                return Err(unusable("the file is empty; there is nothing to send"));
            }
            if about.len() > LARGEST_FILE {
                let detail = format!("{} bytes; a file may have at most {LARGEST_FILE}", about.len());
                return Err(Failure::new(NoticeCode::RequestTooLarge, detail));
            }
            let reading = Reading { file, hasher: Sha256::new(), hashed: 0 };
            let reading = Arc::new(Mutex::new(reading));
            Ok(Self { size: about.len(), modified: modified(&about), known, reading })
        })
        .await
    }

    /// Reads `length` bytes from `at`. With the last of them it is made sure that the file is still the one that was
    /// opened.
    pub async fn read(&self, at: u64, length: u64) -> Result<Bytes, Failure> {
        let hashes = self.known.is_none();
        if hashes {
            self.hash_up_to(at).await?;
        }
        let (size, modified_before) = (self.size, self.modified);
        self.with_reading(move |reading| {
            let data = reading.read(at, length, hashes)?;
            if at + length == size {
                let about = reading.file.metadata()?;
                if about.len() != size || modified(&about) != modified_before {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Ok(data)
        })
        .await
    }

    /// SHA-256 of the whole file in hexadecimal digits. Reads only what was not read before, and nothing where it is known.
    pub async fn sha256(&self) -> Result<String, Failure> {
        if let Some(known) = &self.known {
            return Ok(known.clone());
        }
        self.hash_up_to(self.size).await?;
        self.with_reading(|reading| Ok(format!("{:x}", reading.hasher.clone().finalize()))).await
    }

    /// In steps, so that an upload that is cancelled does not leave a thread behind that reads to the end.
    async fn hash_up_to(&self, end: u64) -> Result<(), Failure> {
        loop {
            let hashed = self
                .with_reading(move |reading| {
                    let length = end.saturating_sub(reading.hashed).min(HASHED_AT_ONCE);
                    reading.read(reading.hashed, length, true)?;
                    Ok(reading.hashed)
                })
                .await?;
            if hashed >= end {
                return Ok(());
            }
        }
    }

    async fn with_reading<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Reading) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let reading = self.reading.clone();
        blocking(move || {
            let mut reading = reading.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut reading).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => unusable("the file changed while it was uploaded"),
                _ => unreadable(&error),
            })
        })
        .await
    }
}

impl Reading {
    /// Reads, and hashes what is new if that is wanted; `at` is not beyond what was hashed then.
    fn read(&mut self, at: u64, length: u64, hashes: bool) -> io::Result<Bytes> {
        let mut data = Vec::with_capacity(length as usize);
        self.file.seek(SeekFrom::Start(at))?;
        if (&mut self.file).take(length).read_to_end(&mut data)? as u64 != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if hashes && let Some(new) = data.get(self.hashed.saturating_sub(at) as usize..) {
            self.hasher.update(new);
            self.hashed = self.hashed.max(at + length);
        }
        Ok(data.into())
    }
}

fn modified(about: &Metadata) -> Option<i64> {
    let since = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

fn unusable(detail: &str) -> Failure {
    Failure::new(NoticeCode::FileUnusable, detail)
}

fn unreadable(error: &io::Error) -> Failure {
    unusable(&format!("the file cannot be read: {error}"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(Failure::new(NoticeCode::Internal, format!("reading the file failed: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn sha256(bytes: &[u8]) -> String {
        format!("{:x}", Sha256::digest(bytes))
    }

    #[tokio::test]
    async fn the_hash_is_of_the_whole_in_whatever_order_it_was_read() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..100_u8).collect();
        file.write_all(&bytes).unwrap();
        for order in [
            vec![(0, 40), (40, 60)],
            vec![(0, 40), (20, 80)],
            vec![(70, 30), (0, 100)],
            vec![(90, 10)],
            vec![],
        ] {
            let source = Source::open(file.path(), None).await.unwrap();
            for (at, length) in &order {
                let read = source.read(*at, *length).await.unwrap();
                assert_eq!(read, bytes[*at as usize..][..*length as usize]);
            }
            assert_eq!(source.sha256().await.unwrap(), sha256(&bytes), "{order:?}");
        }
    }

    #[tokio::test]
    async fn a_known_hash_is_not_reckoned_again() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[7; 100]).unwrap();
        let source = Source::open(file.path(), Some("known".into())).await.unwrap();
        assert_eq!(source.read(60, 40).await.unwrap(), vec![7; 40]);
        assert_eq!(source.reading.lock().unwrap().hashed, 0);
        assert_eq!(source.sha256().await.unwrap(), "known");
    }

    #[tokio::test]
    async fn a_file_that_changes_under_the_upload_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[1; 100]).unwrap();
        let source = Source::open(file.path(), None).await.unwrap();
        file.write_all(&[2; 100]).unwrap();
        source.read(0, 50).await.unwrap();
        let failure = source.read(50, 50).await.unwrap_err();
        assert_eq!(failure.error.notice.code, NoticeCode::FileUnusable);
        file.as_file().set_len(10).unwrap();
        let failure = source.read(0, 50).await.unwrap_err();
        assert!(failure.error.to_string().contains("changed"), "{}", failure.error);
    }
}
