//! The key file of PulseAudio, which its clients make where it is missing.
//!
//! Servers refuse a client that shows no key, even where they let in everybody of the same user. cpal's client shows the
//! one it finds and makes none, so on a fresh account, usual with PipeWire, it would not get in. Other clients use their
//! library, which makes one; this does the same.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

const BYTES: usize = 256;

/// Makes the key file if there is none. Where that fails, the sound server refuses and ALSA is used.
pub(crate) fn prepare() {
    if cfg!(target_os = "linux")
        && std::env::var_os("PULSE_COOKIE").is_none()
        && let Some(home) = std::env::home_dir()
        && !home.join(".pulse-cookie").exists()
    {
        let _ = make(&home.join(".config/pulse"));
    }
}

/// Makes the file in `folder`, for its owner only. Random, because a server takes it for the key of its network port.
fn make(folder: &Path) -> io::Result<()> {
    let path = folder.join("cookie");
    if path.exists() {
        return Ok(());
    }
    let mut key = [0; BYTES];
    File::open("/dev/urandom")?.read_exact(&mut key)?;
    let (mut folders, mut file) = (DirBuilder::new(), OpenOptions::new());
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folders.mode(0o700);
        file.mode(0o600);
    }
    folders.recursive(true).create(folder)?;
    file.write(true).create_new(true).open(&path)?.write_all(&key)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_only() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".config/pulse");
        make(&folder).unwrap();
        let path = folder.join("cookie");
        let key = std::fs::read(&path).unwrap();
        assert!(key.len() == BYTES && key != [0; BYTES]);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        make(&folder).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), key);
    }
}
