//! Files named by what is in them: `blobs/ab/<sha256>` for originals, `derived/<kind>/ab/<sha256>` for what can be made
//! from them again (thumbnails).
//!
//! A file comes into being by writing a temporary one, forcing it to disk and renaming it, so a name never stands for
//! half a file. `sha2` and `tempfile` do the two delicate steps.

use crate::error::{AtPath, HistoryError};
use conversation::Sha256Hash;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;

/// The folders of stored files.
#[derive(Debug)]
pub(crate) struct Blobs {
    originals: PathBuf,
    derived: PathBuf,
    incoming: PathBuf,
}

/// Bytes on disk under a temporary name, their hash known. Dropped without [`Blobs::keep`], they vanish.
#[derive(Debug)]
pub(crate) struct Incoming {
    file: NamedTempFile,
    pub(crate) hash: Sha256Hash,
    pub(crate) bytes: u64,
}

impl Blobs {
    /// The folders below `data`, created where missing.
    pub(crate) fn open(data: &Path) -> Result<Self, HistoryError> {
        let blobs = Self {
            originals: data.join("blobs"),
            derived: data.join("derived"),
            incoming: data.join("incoming"),
        };
        for folder in [&blobs.originals, &blobs.derived, &blobs.incoming] {
            fs::create_dir_all(folder).at(folder)?;
        }
        Ok(blobs)
    }

    /// Where the original with this hash lies.
    pub(crate) fn path(&self, hash: &Sha256Hash) -> Result<PathBuf, HistoryError> {
        Ok(self.originals.join(shard(hash)?).join(&hash.0))
    }

    /// Copies everything `source` gives into a temporary file and forces it to disk. `origin` names the source in errors.
    pub(crate) fn receive(&self, source: &mut dyn Read, origin: &Path) -> Result<Incoming, HistoryError> {
        let mut file = NamedTempFile::new_in(&self.incoming).at(&self.incoming)?;
        let mut hasher = Sha256::new();
        let mut bytes = 0_u64;
        let mut buffer = vec![0_u8; 64 * 1024];
        loop {
            let read = match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // An unreadable source says nothing about the data folder.
                Err(source) => return Err(HistoryError::Io { path: origin.to_owned(), source }),
            };
            let piece = &buffer[..read];
            hasher.update(piece);
            file.write_all(piece).at(&self.incoming)?;
            bytes += read as u64;
        }
        file.as_file().sync_all().at(&self.incoming)?;
        Ok(Incoming { file, hash: Sha256Hash(format!("{:x}", hasher.finalize())), bytes })
    }

    /// Gives received bytes their name, unless they are stored already.
    pub(crate) fn keep(&self, incoming: Incoming) -> Result<(), HistoryError> {
        let path = self.path(&incoming.hash)?;
        // A file of another length is damaged: it is replaced.
        if fs::metadata(&path).is_ok_and(|stored| stored.len() == incoming.bytes) {
            return Ok(());
        }
        persist(incoming.file, &path)
    }

    /// Removes an original and everything derived from it. What is not there is no error.
    pub(crate) fn remove(&self, hash: &Sha256Hash) -> Result<(), HistoryError> {
        remove_if_there(&self.path(hash)?)?;
        for kind in fs::read_dir(&self.derived).at(&self.derived)? {
            remove_if_there(&kind.at(&self.derived)?.path().join(shard(hash)?).join(&hash.0))?;
        }
        Ok(())
    }

    /// Stores something made from the original with this hash. `kind` is a short name of lower-case letters, digits and `-`.
    pub(crate) fn write_derived(
        &self,
        hash: &Sha256Hash,
        kind: &str,
        bytes: &[u8],
    ) -> Result<(), HistoryError> {
        let path = self.derived_path(hash, kind)?;
        let mut file = NamedTempFile::new_in(&self.incoming).at(&self.incoming)?;
        file.write_all(bytes).at(&self.incoming)?;
        // Not forced to disk: it can be made again. Readers see a whole file or none.
        create_parent(&path)?;
        file.persist(&path).map_err(|error| error.error).at(&path)?;
        Ok(())
    }

    /// What was stored under that kind; `None` when it must be made (again).
    pub(crate) fn read_derived(
        &self,
        hash: &Sha256Hash,
        kind: &str,
    ) -> Result<Option<Vec<u8>>, HistoryError> {
        let path = self.derived_path(hash, kind)?;
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(HistoryError::from_io(&path, error)),
        }
    }

    /// Where what was made of the original under that kind lies, made now by `make` unless it is there: `make` puts a whole
    /// file where it is told to.
    pub(crate) fn derived_file<E: From<HistoryError>>(
        &self,
        hash: &Sha256Hash,
        kind: &str,
        make: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<PathBuf, E> {
        let path = self.derived_path(hash, kind)?;
        if path.is_file() {
            return Ok(path);
        }
        // A folder of its own under the temporary ones: whatever `make` leaves half-done goes with it.
        let making = tempfile::tempdir_in(&self.incoming).at(&self.incoming)?;
        let whole = making.path().join(kind);
        make(&whole)?;
        create_parent(&path)?;
        fs::rename(&whole, &path).at(&path)?;
        Ok(path)
    }

    /// Hashes of all originals on disk.
    pub(crate) fn stored(&self) -> Result<Vec<Sha256Hash>, HistoryError> {
        let mut hashes = Vec::new();
        for folder in fs::read_dir(&self.originals).at(&self.originals)? {
            let folder = folder.at(&self.originals)?.path();
            if !folder.is_dir() {
                continue;
            }
            for file in fs::read_dir(&folder).at(&folder)? {
                if let Ok(name) = file.at(&folder)?.file_name().into_string() {
                    let hash = Sha256Hash(name);
                    if shard(&hash).is_ok() {
                        hashes.push(hash);
                    }
                }
            }
        }
        Ok(hashes)
    }

    /// Removes temporary files that a crash left behind more than `age` ago.
    pub(crate) fn sweep_incoming(&self, age: Duration) -> Result<(), HistoryError> {
        for entry in fs::read_dir(&self.incoming).at(&self.incoming)? {
            let path = entry.at(&self.incoming)?.path();
            let written = fs::metadata(&path).and_then(|metadata| metadata.modified());
            let old =
                written.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|since| since > age));
            if old {
                remove_left_behind(&path)?;
            }
        }
        Ok(())
    }

    fn derived_path(&self, hash: &Sha256Hash, kind: &str) -> Result<PathBuf, HistoryError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if kind.is_empty() || !kind.bytes().all(plain) {
            return Err(HistoryError::InvalidName(kind.to_owned()));
        }
        Ok(self.derived.join(kind).join(shard(hash)?).join(&hash.0))
    }
}

/// The folder of a hash: its first two digits. Refuses what is not a hash, which may come from outside and becomes a path.
fn shard(hash: &Sha256Hash) -> Result<&str, HistoryError> {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if hash.0.len() == 64 && hash.0.bytes().all(digit) {
        Ok(&hash.0[..2])
    } else {
        Err(HistoryError::InvalidName(hash.0.clone()))
    }
}

fn create_parent(path: &Path) -> Result<(), HistoryError> {
    path.parent().map_or(Ok(()), |folder| fs::create_dir_all(folder).at(folder))
}

/// Renames and forces the new name to disk: the database must not know a file that a power cut could take away.
fn persist(file: NamedTempFile, path: &Path) -> Result<(), HistoryError> {
    create_parent(path)?;
    file.persist(path).map_err(|error| error.error).at(path)?;
    // Only Unix lets a folder be opened as a file; elsewhere the rename itself is what there is.
    if cfg!(unix) {
        for folder in path.ancestors().skip(1).take(2) {
            File::open(folder).and_then(|folder| folder.sync_all()).at(folder)?;
        }
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> Result<(), HistoryError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(())
        }
        Err(error) => Err(HistoryError::from_io(path, error)),
    }
}

/// A temporary file, or the folder something was made in.
fn remove_left_behind(path: &Path) -> Result<(), HistoryError> {
    if !path.is_dir() {
        return remove_if_there(path);
    }
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(HistoryError::from_io(path, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        (folder, blobs)
    }

    fn store(blobs: &Blobs, bytes: &[u8]) -> Sha256Hash {
        let incoming = blobs.receive(&mut &bytes[..], Path::new("memory")).unwrap();
        let hash = incoming.hash.clone();
        blobs.keep(incoming).unwrap();
        hash
    }

    #[test]
    fn bytes_are_named_by_their_hash() {
        let (_folder, blobs) = blobs();
        let hash = store(&blobs, b"abc");
        assert_eq!(hash.0, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let path = blobs.path(&hash).unwrap();
        assert!(path.ends_with("blobs/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        assert_eq!(fs::read(path).unwrap(), b"abc");
        assert_eq!(blobs.stored().unwrap(), [hash]);
    }

    #[test]
    fn a_damaged_file_is_replaced_when_its_bytes_come_again() {
        let (_folder, blobs) = blobs();
        let hash = store(&blobs, b"abc");
        fs::write(blobs.path(&hash).unwrap(), b"").unwrap();
        store(&blobs, b"abc");
        assert_eq!(fs::read(blobs.path(&hash).unwrap()).unwrap(), b"abc");
    }

    #[test]
    fn received_bytes_that_are_not_kept_leave_nothing() {
        let (folder, blobs) = blobs();
        drop(blobs.receive(&mut &b"abc"[..], Path::new("memory")).unwrap());
        assert_eq!(fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
        assert_eq!(blobs.stored().unwrap(), []);
    }

    #[test]
    fn derived_files_go_with_their_original() {
        let (_folder, blobs) = blobs();
        let hash = store(&blobs, b"abc");
        blobs.write_derived(&hash, "thumbnail-256", b"small").unwrap();
        assert_eq!(blobs.read_derived(&hash, "thumbnail-256").unwrap().unwrap(), b"small");
        assert_eq!(blobs.read_derived(&hash, "other").unwrap(), None);
        blobs.remove(&hash).unwrap();
        assert_eq!(blobs.read_derived(&hash, "thumbnail-256").unwrap(), None);
        assert!(!blobs.path(&hash).unwrap().exists());
        blobs.remove(&hash).unwrap();
    }

    #[test]
    fn a_derived_file_is_made_once_and_never_half() {
        let (folder, blobs) = blobs();
        let hash = store(&blobs, b"abc");
        let half = blobs.derived_file::<HistoryError>(&hash, "flac", |path| {
            fs::write(path, b"ha").unwrap();
            Err(HistoryError::DiskFull)
        });
        assert!(matches!(half, Err(HistoryError::DiskFull)));
        assert_eq!(fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);

        let make = |path: &Path| fs::write(path, b"whole").at(path);
        let path = blobs.derived_file(&hash, "flac", make).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        let again = blobs.derived_file::<HistoryError>(&hash, "flac", |_| panic!("it is there"));
        assert_eq!(again.unwrap(), path);
    }

    #[test]
    fn what_a_crash_left_behind_is_swept() {
        let (folder, blobs) = blobs();
        let incoming = folder.path().join("incoming");
        fs::create_dir(incoming.join("making")).unwrap();
        fs::write(incoming.join("making").join("half"), b"ha").unwrap();
        fs::write(incoming.join("half"), b"ha").unwrap();
        blobs.sweep_incoming(Duration::ZERO).unwrap();
        assert_eq!(fs::read_dir(&incoming).unwrap().count(), 0);
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        let (_folder, blobs) = blobs();
        let hash = store(&blobs, b"abc");
        for kind in ["", "..", "a/b", "A", "a b"] {
            assert!(matches!(blobs.read_derived(&hash, kind), Err(HistoryError::InvalidName(_))), "{kind:?}");
        }
        for hash in ["", "../../etc/passwd", &"A".repeat(64), &"é".repeat(32)] {
            let hash = Sha256Hash(hash.to_owned());
            assert!(matches!(blobs.path(&hash), Err(HistoryError::InvalidName(_))), "{hash:?}");
        }
    }

    #[test]
    fn an_unreadable_source_is_not_a_fault_of_the_data_folder() {
        struct Denied;
        impl Read for Denied {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }
        let (_folder, blobs) = blobs();
        let error = blobs.receive(&mut Denied, Path::new("photo.jpg")).unwrap_err();
        assert!(matches!(error, HistoryError::Io { path, .. } if path == Path::new("photo.jpg")));
    }
}
