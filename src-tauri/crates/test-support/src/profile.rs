//! A home folder that exists for one test, so that no test ever reads or writes a person's own files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Environment variables that would lead a program out of the profile or give it a person's key.
const REMOVED: [&str; 6] = [
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "DBUS_SESSION_BUS_ADDRESS",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
];

/// A temporary home with every XDG base directory inside it. The folder is deleted on drop.
#[derive(Debug)]
pub struct ThrowawayProfile {
    home: TempDir,
}

impl ThrowawayProfile {
    /// Creates the folders.
    pub fn new() -> std::io::Result<Self> {
        let profile = Self { home: tempfile::Builder::new().prefix("castor-test-").tempdir()? };
        for (_, directory) in profile.directories() {
            std::fs::create_dir_all(&directory)?;
        }
        // The XDG specification asks for 0700; some programs refuse a runtime directory that others can read.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(profile.home().join("runtime"), std::fs::Permissions::from_mode(0o700))?;
        }
        Ok(profile)
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// `HOME` and every `XDG_*` directory as pairs for [`Command::envs`](std::process::Command::envs).
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        self.directories().into_iter().map(|(name, path)| (name.into(), path.into_os_string())).collect()
    }

    /// Sets the profile's environment on a command and takes away what would lead out of it: keys, proxies and the
    /// session bus (with it the real keychain).
    pub fn apply<'command>(
        &self,
        command: &'command mut std::process::Command,
    ) -> &'command mut std::process::Command {
        for name in REMOVED {
            command.env_remove(name);
        }
        command.envs(self.environment())
    }

    fn directories(&self) -> Vec<(&'static str, PathBuf)> {
        let home = self.home();
        vec![
            ("HOME", home.to_path_buf()),
            ("XDG_CONFIG_HOME", home.join(".config")),
            ("XDG_DATA_HOME", home.join(".local/share")),
            ("XDG_STATE_HOME", home.join(".local/state")),
            ("XDG_CACHE_HOME", home.join(".cache")),
            ("XDG_RUNTIME_DIR", home.join("runtime")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_in_its_own_folder_and_vanishes() {
        let profile = ThrowawayProfile::new().unwrap();
        let home = profile.home().to_path_buf();
        for (name, value) in profile.environment() {
            let path = PathBuf::from(value);
            assert!(path.is_dir(), "{name:?} is a folder");
            assert!(path.starts_with(&home), "{name:?} lies in the home");
        }
        drop(profile);
        assert!(!home.exists());
    }

    #[test]
    fn a_command_sees_the_profile_and_no_key() {
        let profile = ThrowawayProfile::new().unwrap();
        let mut command = std::process::Command::new("env");
        command.env("GEMINI_API_KEY", "a-persons-key");
        let output = profile.apply(&mut command).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed.contains(&format!("HOME={}", profile.home().display())));
        assert!(!printed.contains("a-persons-key"));
    }
}
