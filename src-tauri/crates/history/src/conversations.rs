//! Conversations: the list, their titles and heads, and their end.

use crate::columns::{self, Json, Word};
use crate::{History, HistoryError};
use conversation::{AnswerOptions, Conversation, ConversationId, MessageId, ModelRef, Sha256Hash, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

impl History {
    /// All conversations, the one that changed last first.
    pub fn conversations(&self) -> Result<Vec<Conversation>, HistoryError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT * FROM conversation ORDER BY updated_at DESC, id DESC")?;
        let rows = statement.query_map([], conversation)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One conversation.
    pub fn conversation(&self, id: ConversationId) -> Result<Conversation, HistoryError> {
        find(&self.connection(), id)
    }

    /// Begins an empty conversation. `local_only` keeps it on this computer.
    pub fn create_conversation(
        &self,
        title: &str,
        model: Option<&ModelRef>,
        local_only: bool,
    ) -> Result<Conversation, HistoryError> {
        let now = Timestamp::now();
        let conversation = Conversation {
            id: ConversationId::new(),
            title: title.to_owned(),
            created_at: now,
            updated_at: now,
            head: None,
            model: model.cloned(),
            local_only,
            options: AnswerOptions::default(),
        };
        self.connection().execute(
            "INSERT INTO conversation (id, title, created_at, updated_at, model_mind, model_id, local_only)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)",
            params![
                conversation.id.0,
                title,
                now.0,
                model.map(|model| Word(model.mind)),
                model.map(|model| &model.id),
                local_only
            ],
        )?;
        Ok(conversation)
    }

    /// Gives it another title. Its place in the list stays.
    pub fn rename(&self, id: ConversationId, title: &str) -> Result<(), HistoryError> {
        let changed = self
            .connection()
            .execute("UPDATE conversation SET title = ?2 WHERE id = ?1", params![id.0, title])?;
        if changed == 0 { Err(HistoryError::NotFound("conversation")) } else { Ok(()) }
    }

    /// Keeps a conversation on this computer, or no longer.
    pub fn set_local_only(&self, id: ConversationId, local_only: bool) -> Result<Conversation, HistoryError> {
        let connection = self.connection();
        connection
            .execute("UPDATE conversation SET local_only = ?2 WHERE id = ?1", params![id.0, local_only])?;
        find(&connection, id)
    }

    /// Remembers how the last answer was to be made.
    pub fn set_options(&self, id: ConversationId, options: &AnswerOptions) -> Result<(), HistoryError> {
        let changed = self
            .connection()
            .execute("UPDATE conversation SET options = ?2 WHERE id = ?1", params![id.0, Json(options)])?;
        if changed == 0 { Err(HistoryError::NotFound("conversation")) } else { Ok(()) }
    }

    /// Shows the branch that leads through `message`, down to the newest leaf below it. Returns that leaf.
    pub fn set_head(
        &self,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<MessageId, HistoryError> {
        self.write(|transaction| {
            let leaf = transaction
                .query_row(
                    "WITH RECURSIVE below (id, created_at) AS (
                         SELECT id, created_at FROM message WHERE conversation = ?1 AND id = ?2
                         UNION ALL
                         SELECT message.id, message.created_at FROM message
                         JOIN below ON message.parent = below.id AND message.conversation = ?1
                     )
                     SELECT id FROM below
                     WHERE NOT EXISTS (SELECT 1 FROM message WHERE conversation = ?1 AND parent = below.id)
                     ORDER BY created_at DESC, id DESC LIMIT 1",
                    params![conversation.0, message.0],
                    |row| row.get(0).map(MessageId),
                )
                .optional()?
                .ok_or(HistoryError::NotFound("message"))?;
            transaction.execute(
                "UPDATE conversation SET head = ?2 WHERE id = ?1",
                params![conversation.0, leaf.0],
            )?;
            Ok(leaf)
        })
    }

    /// Removes a conversation with its messages, and the attachments and files that only it used.
    pub fn delete_conversation(&self, id: ConversationId) -> Result<(), HistoryError> {
        let orphans = self.write(|transaction| {
            let mut used = transaction.prepare(
                "SELECT DISTINCT part.attachment, attachment.hash FROM part
                 JOIN message ON message.id = part.message
                 JOIN attachment ON attachment.id = part.attachment
                 WHERE message.conversation = ?1",
            )?;
            let used: Vec<(uuid::Uuid, String)> =
                used.query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            // Messages follow by cascade; a head that refers to one of them must not stand in the way.
            if transaction.execute("DELETE FROM conversation WHERE id = ?1", [id.0])? == 0 {
                return Err(HistoryError::NotFound("conversation"));
            }
            for (attachment, _) in &used {
                transaction.execute(
                    "DELETE FROM attachment WHERE id = ?1
                     AND NOT EXISTS (SELECT 1 FROM part WHERE attachment = ?1)",
                    [attachment],
                )?;
            }
            Ok(used.into_iter().map(|(_, hash)| Sha256Hash(hash)).collect::<Vec<_>>())
        })?;
        self.remove_unused_blobs(&orphans)
    }
}

/// One conversation, on whatever connection or transaction.
pub(crate) fn find(connection: &Connection, id: ConversationId) -> Result<Conversation, HistoryError> {
    connection
        .prepare_cached("SELECT * FROM conversation WHERE id = ?1")?
        .query_row([id.0], conversation)
        .optional()?
        .ok_or(HistoryError::NotFound("conversation"))
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: ConversationId(row.get("id")?),
        title: row.get("title")?,
        created_at: Timestamp(row.get("created_at")?),
        updated_at: Timestamp(row.get("updated_at")?),
        head: row.get::<_, Option<_>>("head")?.map(MessageId),
        model: columns::model(row)?,
        local_only: row.get("local_only")?,
        options: row.get::<_, Json<_>>("options")?.0,
    })
}
