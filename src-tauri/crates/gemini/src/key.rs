//! The API key: shared with whoever may change it, shown to nobody.

use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, PoisonError, RwLock};

/// A key that can be set, changed and removed while clients use it. Clones share one cell.
#[derive(Debug, Clone, Default)]
pub struct SharedKey(Arc<RwLock<State>>);

#[derive(Debug, Default)]
struct State {
    key: Option<SecretString>,
    /// Counts changes, so that what was learned with an earlier key is not kept for a later one.
    generation: u64,
}

impl SharedKey {
    /// A cell that holds `key` from the start.
    pub fn new(key: Option<SecretString>) -> Self {
        let cell = Self::default();
        cell.set(key);
        cell
    }

    /// Replaces the key. White space around it is dropped; an empty key counts as none.
    pub fn set(&self, key: Option<SecretString>) {
        let key = key
            .map(|key| SecretString::from(key.expose_secret().trim()))
            .filter(|key| !key.expose_secret().is_empty());
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        state.key = key;
        state.generation += 1;
    }

    /// Whether there is a key.
    pub fn is_set(&self) -> bool {
        self.get().is_some()
    }

    pub(crate) fn get(&self) -> Option<SecretString> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).key.clone()
    }

    pub(crate) fn generation(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).generation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_trimmed_and_never_printed() {
        let key = SharedKey::new(Some("  AQ.secret\n".into()));
        assert_eq!(key.get().unwrap().expose_secret(), "AQ.secret");
        assert!(!format!("{key:?}").contains("secret\""));
        assert!(!format!("{key:?}").contains("AQ."));
    }

    #[test]
    fn blank_is_no_key_and_every_change_counts() {
        let key = SharedKey::new(Some("one".into()));
        let shared = key.clone();
        let before = shared.generation();
        key.set(Some("  ".into()));
        assert!(!shared.is_set());
        assert_ne!(shared.generation(), before);
    }
}
