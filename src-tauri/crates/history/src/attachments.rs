//! Attachments: rows that name files, and the life of those files.
//!
//! A file is renamed into place, and removed, only while the write lock of the database is held. So no process can remove
//! a file between another one's finding it there and its row saying that it is needed.

use crate::columns::{self, Word};
use crate::error::AtPath;
use crate::{History, HistoryError};
use conversation::{Attachment, AttachmentId, ConversationId, MediaKind, Sha256Hash, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long an attachment without a message, or a temporary file, may lie about: a draft outlives a restart, not a day.
const DRAFT_LIFE: Duration = Duration::from_hours(24);

/// A file to be kept, with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct NewAttachment<'a> {
    /// File name as the person knows it, without a path.
    pub name: &'a str,
    /// What it is.
    pub kind: MediaKind,
    /// MIME type decided by content.
    pub mime: &'a str,
    /// Upright width in pixels; zero for text.
    pub width: u32,
    /// Upright height in pixels; zero for text.
    pub height: u32,
    /// The original, as it is.
    pub source: Source<'a>,
}

/// Where an attachment's bytes come from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// Memory.
    Bytes(&'a [u8]),
    /// A file, copied piece by piece.
    File(&'a Path),
}

impl History {
    /// Keeps a file. Bytes that are already here are not stored twice. Until a message has it, it is a draft: it stays
    /// until it is removed, at most a day.
    pub fn add_attachment(&self, new: NewAttachment<'_>) -> Result<Attachment, HistoryError> {
        let incoming = match new.source {
            Source::Bytes(mut bytes) => self.blobs.receive(&mut bytes, Path::new(new.name))?,
            Source::File(path) => {
                let mut file =
                    File::open(path).map_err(|source| HistoryError::Io { path: path.to_owned(), source })?;
                self.blobs.receive(&mut file, path)?
            }
        };
        let attachment = Attachment {
            id: AttachmentId::new(),
            hash: incoming.hash.clone(),
            name: new.name.to_owned(),
            kind: new.kind,
            mime: new.mime.to_owned(),
            bytes: incoming.bytes,
            width: new.width,
            height: new.height,
            created_at: Timestamp::now(),
        };
        self.write(|transaction| {
            self.blobs.keep(incoming)?;
            transaction.execute(
                "INSERT INTO attachment (id, hash, name, kind, mime, bytes, width, height, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    attachment.id.0,
                    attachment.hash.0,
                    attachment.name,
                    Word(attachment.kind),
                    attachment.mime,
                    i64::try_from(attachment.bytes).unwrap_or(i64::MAX),
                    attachment.width,
                    attachment.height,
                    attachment.created_at.0
                ],
            )?;
            Ok(())
        })?;
        Ok(attachment)
    }

    /// One attachment.
    pub fn attachment(&self, id: AttachmentId) -> Result<Attachment, HistoryError> {
        find(&self.connection(), id)
    }

    /// The attachments of all messages of a conversation, those of hidden branches included, the oldest first.
    pub fn attachments(&self, conversation: ConversationId) -> Result<Vec<Attachment>, HistoryError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT * FROM attachment WHERE id IN (
                 SELECT part.attachment FROM part JOIN message ON message.id = part.message
                 WHERE message.conversation = ?1 AND part.attachment IS NOT NULL)
             ORDER BY created_at, id",
        )?;
        let rows = statement.query_map([conversation.0], attachment)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The original's bytes.
    pub fn read_attachment(&self, id: AttachmentId) -> Result<Vec<u8>, HistoryError> {
        let path = self.blob_path(id)?;
        fs::read(&path).at(&path)
    }

    /// Where the original lies, to be read only.
    pub fn blob_path(&self, id: AttachmentId) -> Result<PathBuf, HistoryError> {
        self.blobs.path(&self.attachment(id)?.hash)
    }

    /// Forgets an attachment that no message has, and its file unless another attachment has the same. One that a message
    /// has stays: taking a picture out of an edited question does not take it out of the earlier version.
    pub fn remove_draft_attachment(&self, id: AttachmentId) -> Result<(), HistoryError> {
        let removed = self.write(|transaction| {
            let hash = find(transaction, id)?.hash;
            let removed = transaction.execute(
                "DELETE FROM attachment WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM part WHERE attachment = ?1)",
                [id.0],
            )?;
            Ok((removed > 0).then_some(hash))
        })?;
        self.remove_unused_blobs(removed.as_slice())
    }

    /// Stores something made from an original, such as a thumbnail; it goes when the original goes. `kind` is a short name
    /// of lower-case letters, digits and `-`, e.g. `thumbnail-256`.
    pub fn write_derived(&self, hash: &Sha256Hash, kind: &str, bytes: &[u8]) -> Result<(), HistoryError> {
        self.blobs.write_derived(hash, kind, bytes)
    }

    /// What [`History::write_derived`] stored; `None` when it must be made.
    pub fn read_derived(&self, hash: &Sha256Hash, kind: &str) -> Result<Option<Vec<u8>>, HistoryError> {
        self.blobs.read_derived(hash, kind)
    }

    /// Where a large thing made from an original lies, to be read only; made now by `make` unless it is there. `make` puts
    /// a whole file where it is told to. As with [`History::write_derived`], it goes when the original goes.
    pub fn derived_file<E: From<HistoryError>>(
        &self,
        hash: &Sha256Hash,
        kind: &str,
        make: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<PathBuf, E> {
        self.blobs.derived_file(hash, kind, make)
    }

    /// Clears away drafts and temporary files older than a day and files that no attachment names. Not urgent and not
    /// needed for correctness: to be run in the background some time after the start.
    pub fn sweep(&self) -> Result<(), HistoryError> {
        self.sweep_older_than(DRAFT_LIFE)
    }

    fn sweep_older_than(&self, age: Duration) -> Result<(), HistoryError> {
        let age_ms = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        let before = Timestamp::now().0.saturating_sub(age_ms);
        self.connection().execute(
            "DELETE FROM attachment WHERE created_at <= ?1
             AND NOT EXISTS (SELECT 1 FROM part WHERE part.attachment = attachment.id)",
            [before],
        )?;
        self.remove_unused_blobs(&self.blobs.stored()?)?;
        self.blobs.sweep_incoming(age)
    }

    /// Removes those of the files that no attachment names.
    pub(crate) fn remove_unused_blobs(&self, candidates: &[Sha256Hash]) -> Result<(), HistoryError> {
        if candidates.is_empty() {
            return Ok(());
        }
        self.write(|transaction| {
            let mut used = transaction.prepare("SELECT EXISTS (SELECT 1 FROM attachment WHERE hash = ?1)")?;
            for hash in candidates {
                if !used.query_row([&hash.0], |row| row.get::<_, bool>(0))? {
                    self.blobs.remove(hash)?;
                }
            }
            Ok(())
        })
    }
}

fn find(connection: &Connection, id: AttachmentId) -> Result<Attachment, HistoryError> {
    connection
        .prepare_cached("SELECT * FROM attachment WHERE id = ?1")?
        .query_row([id.0], attachment)
        .optional()?
        .ok_or(HistoryError::NotFound("attachment"))
}

fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        id: AttachmentId(row.get("id")?),
        hash: Sha256Hash(row.get("hash")?),
        name: row.get("name")?,
        kind: row.get::<_, Word<MediaKind>>("kind")?.0,
        mime: row.get("mime")?,
        bytes: columns::unsigned(row, "bytes")?,
        width: row.get("width")?,
        height: row.get("height")?,
        created_at: Timestamp(row.get("created_at")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_drafts_and_files_without_a_name_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        let draft = history
            .add_attachment(NewAttachment {
                name: "draft.png",
                kind: MediaKind::Image,
                mime: "image/png",
                width: 1,
                height: 1,
                source: Source::Bytes(b"draft"),
            })
            .unwrap();
        let stray = history.blobs.receive(&mut &b"stray"[..], Path::new("memory")).unwrap();
        let stray_path = history.blobs.path(&stray.hash).unwrap();
        history.blobs.keep(stray).unwrap();

        history.sweep().unwrap();
        assert!(!stray_path.exists());
        assert_eq!(history.read_attachment(draft.id).unwrap(), b"draft", "a young draft stays");

        history.sweep_older_than(Duration::ZERO).unwrap();
        assert!(matches!(history.attachment(draft.id), Err(HistoryError::NotFound("attachment"))));
        assert!(!history.blobs.path(&draft.hash).unwrap().exists());
    }
}
