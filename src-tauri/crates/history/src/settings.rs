//! Settings of the app: text under a key, JSON as the shell sees fit. Never a provider's key; those are in the keychain.

use crate::{History, HistoryError};
use rusqlite::{OptionalExtension, params};

impl History {
    /// What was stored under `key`.
    pub fn setting(&self, key: &str) -> Result<Option<String>, HistoryError> {
        Ok(self
            .connection()
            .prepare_cached("SELECT value FROM setting WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?)
    }

    /// Stores `value` under `key`, in place of what was there.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<(), HistoryError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO setting (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![key, value])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::History;

    #[test]
    fn a_setting_is_replaced_and_survives() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        assert_eq!(history.setting("ui").unwrap(), None);
        history.set_setting("ui", r#"{"theme":"dark"}"#).unwrap();
        history.set_setting("ui", r#"{"theme":"light"}"#).unwrap();
        drop(history);
        let history = History::open(folder.path()).unwrap();
        assert_eq!(history.setting("ui").unwrap().unwrap(), r#"{"theme":"light"}"#);
    }
}
