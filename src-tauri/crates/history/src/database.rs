//! Opening the data folder: permissions, pragmas, version, migration with a snapshot, recovery after a crash.

use crate::blobs::Blobs;
use crate::error::{AtPath, HistoryError};
use crate::migrations;
use crate::writer::{self, Writer};
use rusqlite::backup::Backup;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use rusqlite_migration::Migrations;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a statement waits for another process's transaction. Transactions here take milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Everything a person keeps in Castor, in one folder.
///
/// ```text
/// history.db       the database (and history.db-wal, history.db-shm while it is open)
/// blobs/ab/<hash>  originals by their SHA-256
/// derived/<kind>/  what can be made from them again
/// backups/         the database as it was before each migration
/// writers/         one lock file for each process that has the folder open
/// ```
#[derive(Debug)]
pub struct History {
    pub(crate) blobs: Blobs,
    pub(crate) writer: Writer,
    pub(crate) data: PathBuf,
    connection: Mutex<Connection>,
}

impl History {
    /// Opens the data folder, creating it (mode 0700, the database 0600) where it is missing, brings the database to
    /// the newest version, and marks answers whose process is gone as interrupted.
    ///
    /// # Errors
    /// [`HistoryError::Newer`] for a database of a later Castor, which is left as it is; [`HistoryError::Corrupt`],
    /// [`HistoryError::ReadOnly`], [`HistoryError::DiskFull`] and [`HistoryError::Io`] for what their names say.
    pub fn open(dir: &Path) -> Result<Self, HistoryError> {
        Self::open_with(dir, &migrations::ALL)
    }

    fn open_with(dir: &Path, migrations: &Migrations<'_>) -> Result<Self, HistoryError> {
        create_private_folder(dir)?;
        // One process at a time opens, so that no two migrate at once and no lock file is judged while it is made.
        let gate = writer::gate(dir)?;
        let database = dir.join("history.db");
        create_private_file(&database)?;
        let mut connection = Connection::open(&database)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        let found = version(&connection)?;
        let known = known_version(migrations);
        if found > known {
            return Err(HistoryError::Newer { found, known });
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        if 0 < found && found < known {
            snapshot(&connection, &dir.join("backups"), found)?;
        }
        migrations.to_latest(&mut connection).map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => HistoryError::from(err),
            other => HistoryError::Corrupt { detail: other.to_string() },
        })?;

        let writers = dir.join("writers");
        fs::create_dir_all(&writers).at(&writers)?;
        let history = Self {
            blobs: Blobs::open(dir)?,
            writer: Writer::enter(&writers)?,
            data: dir.to_owned(),
            connection: Mutex::new(connection),
        };
        history.recover_behind_gate(&writers)?;
        drop(gate);
        Ok(history)
    }

    /// The folder this was opened on.
    pub fn folder(&self) -> &Path {
        &self.data
    }

    /// The connection, for as long as the guard lives. A thread that panicked left no open transaction behind (dropping
    /// one rolls it back), so a poisoned lock is as good as any.
    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one transaction that holds the write lock from its beginning: all of it is stored or nothing, and
    /// no other process writes meanwhile.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, HistoryError>,
    ) -> Result<T, HistoryError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// Runs `work` on one unchanging state of the database.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, HistoryError>,
    ) -> Result<T, HistoryError> {
        work(&self.connection().transaction()?)
    }
}

/// The version in the database's header; 0 for a fresh one.
fn version(connection: &Connection) -> Result<usize, HistoryError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize)
}

fn known_version(migrations: &Migrations<'_>) -> usize {
    // `pending_migrations` of an untouched database is the number of all migrations.
    Connection::open_in_memory()
        .ok()
        .and_then(|fresh| migrations.pending_migrations(&fresh).ok())
        .and_then(|pending| usize::try_from(pending).ok())
        .unwrap_or(0)
}

/// Copies the database, whole and consistent, to `backups/history-v<version>.db`.
fn snapshot(connection: &Connection, backups: &Path, version: usize) -> Result<(), HistoryError> {
    create_private_folder(backups)?;
    let temporary = tempfile::NamedTempFile::new_in(backups).at(backups)?;
    let mut copy = Connection::open(temporary.path())?;
    Backup::new(connection, &mut copy)?.run_to_completion(256, Duration::ZERO, None)?;
    // One plain file, without side files when somebody looks into it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    copy.close().map_err(|(_, error)| error)?;
    temporary.as_file().sync_all().at(temporary.path())?;
    let path = backups.join(format!("history-v{version}.db"));
    temporary.persist(&path).map_err(|error| error.error).at(&path)?;
    Ok(())
}

fn create_private_folder(path: &Path) -> Result<(), HistoryError> {
    fs::create_dir_all(path).at(path)?;
    restrict(path, 0o700);
    Ok(())
}

/// Creates the database file before SQLite does, which would let others read it; its side files take the same mode.
fn create_private_file(path: &Path) -> Result<(), HistoryError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).at(path)?;
    restrict(path, 0o600);
    Ok(())
}

/// Takes others' access away. Some file systems have no modes: then there is nothing to take.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    if let Err(error) = fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
        tracing::warn!(%error, "the data folder's access mode cannot be set");
    }
}

/// Elsewhere the person's own folder is private by inheritance.
#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) {}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite_migration::M;

    #[test]
    fn the_database_is_set_up_as_documented() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        let connection = history.connection();
        let text = |pragma: &str| -> String {
            connection.pragma_query_value(None, pragma, |row| row.get::<_, String>(0)).unwrap()
        };
        let number = |pragma: &str| -> i64 {
            connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap()
        };
        assert_eq!(text("journal_mode"), "wal");
        assert_eq!(number("synchronous"), 1);
        assert_eq!(number("foreign_keys"), 1);
        assert_eq!(number("busy_timeout"), 5000);
        assert_eq!(usize::try_from(number("user_version")).unwrap(), known_version(&migrations::ALL));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        let history = History::open(&folder).unwrap();
        history.set_setting("theme", "dark").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        for name in ["history.db", "history.db-wal", "history.db-shm"] {
            assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
        }
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        History::open(folder.path()).unwrap().set_setting("theme", "dark").unwrap();
        let database = folder.path().join("history.db");
        let raw = Connection::open(&database).unwrap();
        raw.pragma_update(None, "user_version", 7).unwrap();
        drop(raw);
        let before = fs::read(&database).unwrap();
        let error = History::open(folder.path()).unwrap_err();
        assert!(matches!(error, HistoryError::Newer { found: 7, known: 3 }), "{error}");
        assert_eq!(fs::read(&database).unwrap(), before);
    }

    #[test]
    fn a_migration_is_preceded_by_a_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let first = [M::up(include_str!("migrations/0001_initial.sql"))];
        let history = History::open_with(folder.path(), &Migrations::from_slice(&first)).unwrap();
        history.set_setting("theme", "dark").unwrap();
        drop(history);
        assert!(!folder.path().join("backups").exists(), "a fresh database has nothing to save");
        let [first] = first;
        let next = [first, M::up("UPDATE setting SET value = 'light'")];
        let history = History::open_with(folder.path(), &Migrations::from_slice(&next)).unwrap();
        assert_eq!(history.setting("theme").unwrap().unwrap(), "light");
        let saved = Connection::open(folder.path().join("backups/history-v1.db")).unwrap();
        let theme: String =
            saved.query_row("SELECT value FROM setting WHERE key = 'theme'", [], |row| row.get(0)).unwrap();
        assert_eq!(theme, "dark");
        assert_eq!(version(&saved).unwrap(), 1);
        assert_eq!(fs::read_dir(folder.path().join("backups")).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_no_database_is_corrupt() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("history.db"),
            "not a database, but long enough to be looked at".repeat(50),
        )
        .unwrap();
        let error = History::open(folder.path()).unwrap_err();
        assert!(matches!(error, HistoryError::Corrupt { .. }), "{error}");
    }

    #[test]
    fn a_data_folder_that_cannot_be_made_names_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = History::open(&file.join("data")).unwrap_err();
        assert!(matches!(error, HistoryError::Io { path, .. } if path.starts_with(&file)));
    }

    #[test]
    fn a_full_disk_and_a_read_only_database_have_their_own_errors() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        history.connection().pragma_update(None, "max_page_count", 1).unwrap();
        let error = history.set_setting("large", &"x".repeat(1 << 20)).unwrap_err();
        assert!(matches!(error, HistoryError::DiskFull), "{error}");
        history.connection().pragma_update(None, "query_only", true).unwrap();
        let error = history.set_setting("theme", "dark").unwrap_err();
        assert!(matches!(error, HistoryError::ReadOnly), "{error}");
    }
}
