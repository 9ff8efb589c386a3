//! Where the Gemini key lives: the system's keychain, the environment, a `.env` file, or, where there is no keychain and
//! the person chose so, a file encrypted with a passphrase or this session's memory. Never the database, a log or the window.

use gemini::SharedKey;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

const KEYCHAIN_SERVICE: &str = "Castor";
const KEYCHAIN_USER: &str = "gemini-api-key";
const FILE_NAME: &str = "gemini-key.age";
/// The names Google's own libraries read, in their order.
const VARIABLES: [&str; 2] = ["GEMINI_API_KEY", "GOOGLE_API_KEY"];

/// Where the key in use came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum KeySource {
    /// No key is known.
    None,
    /// The system's keychain.
    Keychain,
    /// `GEMINI_API_KEY` or `GOOGLE_API_KEY`.
    Environment,
    /// The same names in a `.env` file.
    Dotenv,
    /// Typed in, kept until the app closes.
    Session,
    /// The encrypted file, opened.
    File,
    /// The encrypted file is there; its passphrase was not given yet.
    FileLocked,
}

/// What the window may know about the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeyStatus {
    /// Where the key in use came from.
    pub source: KeySource,
    /// Whether the system's keychain answers.
    pub keychain: bool,
}

/// Where a person wants a key to be kept.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum KeyPlace {
    /// The system's keychain.
    Keychain,
    /// A file encrypted with this passphrase.
    File {
        /// Asked again at each start.
        passphrase: Passphrase,
    },
    /// Memory, until the app closes.
    Session,
}

/// A passphrase on its way in from the window; it never goes back out.
#[derive(Debug, Clone, Type)]
pub struct Passphrase(#[specta(type = String)] pub SecretString);

impl<'de> Deserialize<'de> for Passphrase {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

impl Serialize for Passphrase {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("")
    }
}

/// Keeping or opening the key failed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No keychain service runs, or it refused.
    #[error("the system's keychain does not answer: {0}")]
    KeychainUnavailable(#[source] keyring::Error),
    /// The passphrase does not open the file.
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    /// An empty key or passphrase.
    #[error("nothing was entered")]
    Empty,
    /// The key holds characters that no HTTP header can carry.
    #[error("a key has no spaces, line breaks or special characters inside")]
    NotAKey,
    /// Encrypting failed.
    #[error("the key file could not be encrypted: {0}")]
    Encrypt(#[source] age::EncryptError),
    /// The file could not be written, read or removed.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

#[derive(Default)]
struct State {
    source: Option<KeySource>,
    keychain: bool,
}

/// The key in use and the places it may be kept. All calls may block on the keychain: not for an async worker.
pub struct Keys {
    folder: PathBuf,
    key: SharedKey,
    state: Mutex<State>,
}

impl Keys {
    /// Keys kept under the app's configuration folder. Reads nothing yet.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), key: SharedKey::default(), state: Mutex::default() }
    }

    /// Looks for a key: keychain, environment, `.env` (working folder, then configuration folder), encrypted file.
    pub fn load(&self) {
        let (keychain, stored) = read_keychain();
        let found = stored
            .map(|key| (key, KeySource::Keychain))
            .or_else(|| read_environment().map(|key| (key, KeySource::Environment)))
            .or_else(|| self.read_dotenv().map(|key| (key, KeySource::Dotenv)));
        let mut state = self.state();
        state.keychain = keychain;
        match found {
            Some((key, source)) => {
                self.key.set(Some(key));
                state.source = Some(source);
            }
            None if self.file().exists() => state.source = Some(KeySource::FileLocked),
            None => {}
        }
    }

    /// The key in use, as the client shares it.
    pub fn key(&self) -> SharedKey {
        self.key.clone()
    }

    /// What the window may know.
    pub fn status(&self) -> KeyStatus {
        let state = self.state();
        KeyStatus { source: state.source.unwrap_or(KeySource::None), keychain: state.keychain }
    }

    /// Keeps `key` where the person chose and uses it from now on.
    pub fn save(&self, key: &SecretString, place: &KeyPlace) -> Result<KeyStatus, KeyError> {
        let key = clean(key)?;
        let source = match place {
            KeyPlace::Keychain => {
                keychain_entry()
                    .and_then(|entry| entry.set_password(key.expose_secret()))
                    .map_err(KeyError::KeychainUnavailable)?;
                KeySource::Keychain
            }
            KeyPlace::File { passphrase } => {
                self.write_file(&key, &passphrase.0)?;
                KeySource::File
            }
            KeyPlace::Session => KeySource::Session,
        };
        self.key.set(Some(key));
        let mut state = self.state();
        state.source = Some(source);
        state.keychain |= source == KeySource::Keychain;
        drop(state);
        Ok(self.status())
    }

    /// Opens the encrypted file.
    pub fn unlock(&self, passphrase: &SecretString) -> Result<KeyStatus, KeyError> {
        let path = self.file();
        let sealed = std::fs::read(&path).map_err(|source| KeyError::File { path, source })?;
        let identity = age::scrypt::Identity::new(passphrase.clone());
        let opened = age::decrypt(&identity, &sealed).map_err(|_| KeyError::WrongPassphrase)?;
        let text = String::from_utf8(opened).map_err(|_| KeyError::WrongPassphrase)?;
        self.key.set(Some(text.into()));
        let mut state = self.state();
        state.source = Some(KeySource::File);
        drop(state);
        Ok(self.status())
    }

    /// Removes the key from the keychain, the encrypted file and memory. A key in the environment or `.env` stays
    /// where it is and is not used until the next start.
    pub fn forget(&self) -> Result<KeyStatus, KeyError> {
        match keychain_entry().and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(keyring::Error::NoEntry) => {}
            Err(error) if self.status().source == KeySource::Keychain => {
                return Err(KeyError::KeychainUnavailable(error));
            }
            Err(_) => {}
        }
        let path = self.file();
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(KeyError::File { path, source });
            }
            _ => {}
        }
        self.key.set(None);
        let mut state = self.state();
        state.source = None;
        drop(state);
        Ok(self.status())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held leaves plain values behind; they are as good as before.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self) -> PathBuf {
        self.folder.join(FILE_NAME)
    }

    fn read_dotenv(&self) -> Option<SecretString> {
        let folders = [std::env::current_dir().ok(), Some(self.folder.clone())];
        folders.into_iter().flatten().find_map(|folder| {
            let entries: Vec<(String, String)> =
                dotenvy::from_path_iter(folder.join(".env")).ok()?.filter_map(Result::ok).collect();
            VARIABLES.iter().find_map(|name| {
                let (_, value) = entries.iter().find(|(key, _)| key == name)?;
                clean(&value.clone().into()).ok()
            })
        })
    }

    fn write_file(&self, key: &SecretString, passphrase: &SecretString) -> Result<(), KeyError> {
        if passphrase.expose_secret().is_empty() {
            return Err(KeyError::Empty);
        }
        let recipient = age::scrypt::Recipient::new(passphrase.clone());
        let sealed = age::encrypt(&recipient, key.expose_secret().as_bytes()).map_err(KeyError::Encrypt)?;
        let path = self.file();
        std::fs::create_dir_all(&self.folder)
            .and_then(|()| std::fs::write(&path, sealed))
            .map_err(|source| KeyError::File { path, source })
    }
}

/// A key without the blanks that copying leaves around it; refused when no header could carry it. Prefixes are not
/// judged: Google has changed them before.
fn clean(key: &SecretString) -> Result<SecretString, KeyError> {
    let text = key.expose_secret().trim();
    if text.is_empty() {
        return Err(KeyError::Empty);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(KeyError::NotAKey);
    }
    Ok(text.to_owned().into())
}

fn read_environment() -> Option<SecretString> {
    VARIABLES.iter().find_map(|name| clean(&std::env::var(name).ok()?.into()).ok())
}

fn keychain_entry() -> keyring::Result<keyring::Entry> {
    keyring::Entry::new(KEYCHAIN_SERVICE, KEYCHAIN_USER)
}

/// Whether a keychain answers, and the key in it.
fn read_keychain() -> (bool, Option<SecretString>) {
    match keychain_entry().and_then(|entry| entry.get_password()) {
        Ok(key) => (true, clean(&key.into()).ok()),
        Err(keyring::Error::NoEntry) => (true, None),
        Err(error) => {
            tracing::info!(%error, "no keychain answers");
            (false, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> (tempfile::TempDir, Keys) {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::new(folder.path());
        (folder, keys)
    }

    #[test]
    fn encrypted_file_opens_only_with_its_passphrase() {
        let (folder, keys) = session();
        let place = KeyPlace::File { passphrase: Passphrase("correct horse".to_owned().into()) };
        assert_eq!(keys.save(&" AQ.secret\n".to_owned().into(), &place).unwrap().source, KeySource::File);
        let bytes = std::fs::read(folder.path().join(FILE_NAME)).unwrap();
        assert!(!bytes.windows(9).any(|window| window == b"AQ.secret"), "the key must not be readable");

        let again = Keys::new(folder.path());
        assert!(matches!(again.unlock(&"wrong".to_owned().into()), Err(KeyError::WrongPassphrase)));
        assert!(!again.key().is_set());
        again.unlock(&"correct horse".to_owned().into()).unwrap();
        assert!(again.key().is_set());
    }

    #[test]
    fn a_key_is_refused_when_no_header_could_carry_it() {
        let (_folder, keys) = session();
        assert!(matches!(keys.save(&"  ".to_owned().into(), &KeyPlace::Session), Err(KeyError::Empty)));
        assert!(matches!(keys.save(&"AQ.\nx".to_owned().into(), &KeyPlace::Session), Err(KeyError::NotAKey)));
        assert!(matches!(keys.save(&"密钥".to_owned().into(), &KeyPlace::Session), Err(KeyError::NotAKey)));
    }

    #[test]
    fn dotenv_of_the_configuration_folder_is_read_in_googles_order() {
        let (folder, keys) = session();
        std::fs::write(folder.path().join(".env"), "GOOGLE_API_KEY=second\nGEMINI_API_KEY='first'\n")
            .unwrap();
        assert_eq!(keys.read_dotenv().unwrap().expose_secret(), "first");
    }

    #[test]
    fn debug_output_of_a_place_hides_the_passphrase() {
        let place = KeyPlace::File { passphrase: Passphrase("hunter2".to_owned().into()) };
        assert!(!format!("{place:?}").contains("hunter2"));
        assert!(!serde_json::to_string(&place).unwrap().contains("hunter2"));
    }
}
