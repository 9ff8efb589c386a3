//! Which processes are writing answers now.
//!
//! Window and terminal may use one database at once, so a message that is still `streaming` need not be left over from a
//! crash. Every open [`History`](crate::History) holds an exclusive lock on a file of its own, `writers/<id>.lock`, and
//! puts that id on each answer it begins. The system drops the lock with the process, however it ends: whoever can take
//! the lock knows that the writer is gone. The standard library's file locks suffice, so no crate is needed.

use crate::error::{AtPath, HistoryError};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The lock that says "I live"; released when dropped.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) id: Uuid,
    path: PathBuf,
    lock: Option<File>,
}

impl Writer {
    /// Takes a fresh lock in `folder`, which must exist. The caller holds [`gate`].
    pub(crate) fn enter(folder: &Path) -> Result<Self, HistoryError> {
        let id = Uuid::now_v7();
        let path = lock_path(folder, id);
        let lock = open_lock(&path)?;
        lock.lock().at(&path)?;
        Ok(Self { id, path, lock: Some(lock) })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The file goes before the lock, so that nobody can find it unlocked. Left behind, it is swept later.
        drop(std::fs::remove_file(&self.path));
        self.lock = None;
    }
}

/// Whether the writer `id` still lives. The caller holds [`gate`].
pub(crate) fn lives(folder: &Path, id: Uuid) -> Result<bool, HistoryError> {
    lock_is_held(&lock_path(folder, id))
}

/// Removes the lock files of writers that are gone. The caller holds [`gate`].
pub(crate) fn sweep(folder: &Path) -> Result<(), HistoryError> {
    for entry in std::fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        if path.extension().is_some_and(|extension| extension == "lock") && !lock_is_held(&path)? {
            // Another process may have been quicker.
            drop(std::fs::remove_file(path));
        }
    }
    Ok(())
}

/// Keeps other processes from opening, migrating or recovering the same data folder until the result is dropped; waits
/// for them first.
pub(crate) fn gate(data: &Path) -> Result<File, HistoryError> {
    let path = data.join("open.lock");
    let file = open_lock(&path)?;
    file.lock().at(&path)?;
    Ok(file)
}

fn lock_path(folder: &Path, id: Uuid) -> PathBuf {
    folder.join(format!("{id}.lock"))
}

fn open_lock(path: &Path) -> Result<File, HistoryError> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).at(path)
}

fn lock_is_held(path: &Path) -> Result<bool, HistoryError> {
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(HistoryError::from_io(path, error)),
    };
    match file.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(HistoryError::from_io(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_lives_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let writer = Writer::enter(folder.path()).unwrap();
        let id = writer.id;
        assert!(lives(folder.path(), id).unwrap());
        sweep(folder.path()).unwrap();
        assert!(lives(folder.path(), id).unwrap(), "a living writer's file stays");
        drop(writer);
        assert!(!lives(folder.path(), id).unwrap());
    }

    #[test]
    fn lock_files_left_by_a_crash_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let left = lock_path(folder.path(), Uuid::now_v7());
        std::fs::write(&left, "").unwrap();
        sweep(folder.path()).unwrap();
        assert!(!left.exists());
    }
}
