//! The file a portal leaves: read, and taken away where nobody else is meant to have it.

use super::super::ScreenError;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use url::Url;

/// The largest file that is read. Four monitors of 8K without any compression are half as large.
const LARGEST: u64 = 1 << 30;
/// How coarse the times of files may be.
const COARSE: Duration = Duration::from_secs(2);

/// Reads the file at an address such as `file:///tmp/Screen%20shot.png`. Deletes it where it lies in a folder for temporary
/// files, and wherever it lies if it was made for this program alone, at `made_since` or later.
///
/// # Errors
/// [`ScreenError::Failed`] for an address that is no file of this computer, and a file that cannot be read.
pub(super) fn take(address: &str, made_since: Option<SystemTime>) -> Result<Vec<u8>, ScreenError> {
    let path = local(address).ok_or_else(|| {
        ScreenError::Failed(format!("the portal's picture is no file of this computer: {address}"))
    })?;
    let failed = |error| ScreenError::Failed(format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    let file = File::open(&path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if !about.is_file() || about.len() > LARGEST {
        return Err(ScreenError::Failed(format!("{}: not a picture", path.display())));
    }
    file.take(LARGEST).read_to_end(&mut bytes).map_err(failed)?;
    let is_ours = made_since.is_some_and(|since| {
        // An older file was not made for this program, whatever the portal says.
        about.modified().is_ok_and(|modified| modified + COARSE >= since)
    });
    if (is_ours || is_temporary(&path))
        && let Err(error) = fs::remove_file(&path)
    {
        tracing::warn!(%error, "the portal's picture could not be deleted");
    }
    Ok(bytes)
}

fn local(address: &str) -> Option<PathBuf> {
    Url::parse(address).ok().filter(|address| address.scheme() == "file")?.to_file_path().ok()
}

fn is_temporary(path: &Path) -> bool {
    // Symbolic links and `..` would make a person's folder look like another.
    let Ok(path) = path.canonicalize() else { return false };
    let folders = [PathBuf::from("/tmp"), PathBuf::from("/var/tmp"), std::env::temp_dir()];
    folders.iter().filter_map(|folder| folder.canonicalize().ok()).any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_this_computer_are_read() {
        assert_eq!(local("file:///tmp/a%20%C3%BC.png").unwrap(), Path::new("/tmp/a ü.png"));
        assert_eq!(local("file://localhost/tmp/a.png").unwrap(), Path::new("/tmp/a.png"));
        for address in ["https://example.org/a.png", "file://elsewhere/a.png", "/tmp/a.png", "", "file:"] {
            assert!(matches!(take(address, None), Err(ScreenError::Failed(_))), "{address}");
        }
        assert!(matches!(take("file:///dev/zero", None), Err(ScreenError::Failed(_))));
    }
}
