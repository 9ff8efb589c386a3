//! The unfinished file of a fetch: appended to, locked against a second fetch, verified, given its name.

use super::FetchError;
use sha2::{Digest, Sha256};
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};
use tokio_util::sync::CancellationToken;

const BUFFER: usize = 1 << 20;

/// A file that grows from its beginning. Holds the system's lock on it.
pub struct PartFile {
    path: PathBuf,
    file: File,
    have: u64,
    total: u64,
}

impl PartFile {
    /// Opens what an earlier fetch left, or begins. Something longer than the whole is no beginning of it and is dropped.
    pub fn open(path: &Path, total: u64) -> Result<Self, FetchError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(FetchError::io(folder))?;
        }
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(FetchError::io(path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FetchError::Busy),
            Err(TryLockError::Error(source)) => return Err(FetchError::io(path)(source)),
        }
        let have = file.metadata().map_err(FetchError::io(path))?.len();
        let mut part = Self { path: path.to_owned(), file, have, total };
        if have > total {
            part.clear()?;
        }
        part.file.seek(SeekFrom::End(0)).map_err(FetchError::io(path))?;
        Ok(part)
    }

    /// Bytes in it.
    pub fn have(&self) -> u64 {
        self.have
    }

    /// Bytes it will have.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether all bytes are here, right or wrong.
    pub fn is_full(&self) -> bool {
        self.have == self.total
    }

    /// Appends; what would reach past the end of the whole is dropped, for the hash to find out.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        let room = usize::try_from(self.total - self.have).unwrap_or(usize::MAX);
        let bytes = &bytes[..bytes.len().min(room)];
        self.file.write_all(bytes).map_err(FetchError::io(&self.path))?;
        self.have += bytes.len() as u64;
        Ok(())
    }

    /// Begins anew.
    pub fn clear(&mut self) -> Result<(), FetchError> {
        self.file.set_len(0).and_then(|()| self.file.rewind()).map_err(FetchError::io(&self.path))?;
        self.have = 0;
        Ok(())
    }

    /// Whether the whole has this SHA-256. `checked` hears how many bytes were hashed.
    pub async fn verify(
        &mut self,
        sha256: &str,
        checked: &(dyn Fn(u64) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<bool, FetchError> {
        let path = self.path.clone();
        self.file.rewind().map_err(FetchError::io(&path))?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; BUFFER];
        let mut done = 0;
        loop {
            let count = self.file.read(&mut buffer).map_err(FetchError::io(&path))?;
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            done += count as u64;
            checked(done);
            if cancel.is_cancelled() {
                return Err(FetchError::Cancelled);
            }
            // A megabyte takes about a millisecond: other tasks of this thread may run in between.
            tokio::task::yield_now().await;
        }
        Ok(format!("{:x}", hash.finalize()) == sha256)
    }

    /// Gives the verified file its name, in one step, after its bytes are safe on the disk. The lock is held until then:
    /// whoever waits for it finds the file there.
    pub fn publish(self, target: &Path) -> Result<(), FetchError> {
        self.file.sync_all().map_err(FetchError::io(&self.path))?;
        std::fs::rename(&self.path, target).map_err(FetchError::io(target))
    }

    /// Removes the file. An empty one left behind would do no harm.
    pub fn remove(self) {
        drop(self.file);
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "an empty part file stays");
        }
    }
}
