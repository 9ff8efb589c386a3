//! Messages: the tree, and answers that grow while they are written.
//!
//! Text arrives many times a second. Appending to a column would write the whole answer again each time, growing with its
//! square, so each piece is a row of its own in `chunk`; when the answer ends they are folded into its last part (see
//! `parts`), in one transaction. Readers add the pieces of an unfinished answer to its parts and need not know.

use crate::columns::{self, Json, Word};
use crate::{History, HistoryError, parts, writer};
use conversation::{
    ConversationId, Cost, Message, MessageId, MessageStatus, Mind, Notice, NoticeCode, Part, RawParts,
    Receipt, Sources, Structure, Timestamp, Timing, Usage,
};
use rusqlite::{Connection, Row, params};
use std::collections::HashMap;
use std::path::Path;
use uuid::Uuid;

/// How an answer ended.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageEnd {
    /// Its status, never [`MessageStatus::Streaming`].
    pub status: MessageStatus,
    /// Tokens; `None` leaves what was there.
    pub usage: Option<Usage>,
    /// Time; `None` leaves what was there.
    pub timing: Option<Timing>,
    /// Why; replaces what was there.
    pub notice: Option<Notice>,
    /// How it came out, where it had to follow a schema; replaces what was there.
    pub structure: Option<Structure>,
}

impl MessageEnd {
    /// An end with nothing known beyond its status.
    pub fn new(status: MessageStatus) -> Self {
        Self { status, usage: None, timing: None, notice: None, structure: None }
    }
}

impl History {
    /// All messages of a conversation, every branch, the oldest first.
    pub fn messages(&self, conversation: ConversationId) -> Result<Vec<Message>, HistoryError> {
        self.read(|transaction| {
            load(transaction, "SELECT id FROM message WHERE conversation = ?1", conversation.0)
        })
    }

    /// One message.
    pub fn message(&self, id: MessageId) -> Result<Message, HistoryError> {
        self.read(|transaction| find(transaction, id))
    }

    /// The messages from the first question down to `leaf`, both included.
    pub fn branch(&self, leaf: MessageId) -> Result<Vec<Message>, HistoryError> {
        self.read(|transaction| {
            let found = load(
                transaction,
                "WITH RECURSIVE above (id, parent) AS (
                     SELECT id, parent FROM message WHERE id = ?1
                     UNION ALL
                     SELECT message.id, message.parent FROM message JOIN above ON message.id = above.parent
                 )
                 SELECT id FROM above",
                leaf.0,
            )?;
            // Clocks may be set back between two messages: only the tree tells the order.
            let mut by_id: HashMap<_, _> = found.into_iter().map(|message| (message.id, message)).collect();
            let mut branch = Vec::with_capacity(by_id.len());
            let mut next = Some(leaf);
            while let Some(message) = next.and_then(|id| by_id.remove(&id)) {
                next = message.parent;
                branch.push(message);
            }
            branch.reverse();
            if branch.is_empty() { Err(HistoryError::NotFound("message")) } else { Ok(branch) }
        })
    }

    /// Stores a new message and makes it the head of its conversation. One with the status
    /// [`MessageStatus::Streaming`] belongs to this process until it is finished.
    ///
    /// # Errors
    /// [`HistoryError::NotFound`] when its conversation, its parent in that conversation or an attachment is not there.
    pub fn add_message(&self, message: &Message) -> Result<(), HistoryError> {
        self.write(|transaction| {
            let streaming = message.status == MessageStatus::Streaming;
            transaction
                .prepare_cached(
                    "INSERT INTO message (id, conversation, parent, role, status, writer, created_at, model_mind,
                         model_id, receipt, usage, timing, notice, sources, structure)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
                )?
                .execute(params![
                    message.id.0,
                    message.conversation.0,
                    message.parent.map(|parent| parent.0),
                    Word(message.role),
                    Word(message.status),
                    streaming.then_some(self.writer.id),
                    message.created_at.0,
                    message.model.as_ref().map(|model| Word(model.mind)),
                    message.model.as_ref().map(|model| &model.id),
                    message.receipt.as_ref().map(Json),
                    message.usage.map(Json),
                    message.timing.map(Json),
                    message.notice.as_ref().map(Json),
                    message.sources.as_ref().map(Json),
                    message.structure.as_ref().map(Json),
                ])?;
            for (position, part) in message.parts.iter().enumerate() {
                parts::insert(transaction, message.id.0, i64::try_from(position).unwrap_or(i64::MAX), part)?;
            }
            transaction.execute(
                "UPDATE conversation SET head = ?2, updated_at = max(updated_at, ?3),
                     model_mind = coalesce(?4, model_mind), model_id = coalesce(?5, model_id)
                 WHERE id = ?1",
                params![
                    message.conversation.0,
                    message.id.0,
                    Timestamp::now().0,
                    message.model.as_ref().map(|model| Word(model.mind)),
                    message.model.as_ref().map(|model| &model.id),
                ],
            )?;
            Ok(())
        })
    }

    /// Adds to the end of a streaming answer: words and thoughts in pieces, which join, everything else whole. A piece
    /// costs what it is long, however long the answer is.
    ///
    /// # Errors
    /// [`HistoryError::NotFound`] when there is no such answer, it is not being written, or a file is not there.
    pub fn append_part(&self, id: MessageId, part: &Part) -> Result<(), HistoryError> {
        self.write(|transaction| {
            let streaming = transaction
                .prepare_cached("SELECT 1 FROM message WHERE id = ?1 AND status = 'streaming'")?
                .exists([id.0])?;
            if !streaming {
                return Err(HistoryError::NotFound("streaming answer"));
            }
            parts::append_piece(transaction, id.0, part)
        })
    }

    /// Adds the next of the provider's own parts, as its JSON text; also to an answer that has ended.
    pub fn append_raw(&self, id: MessageId, mind: Mind, json: &str) -> Result<(), HistoryError> {
        let added = self
            .connection()
            .prepare_cached(
                "INSERT INTO raw_part (message, mind, json) SELECT id, ?2, ?3 FROM message WHERE id = ?1",
            )?
            .execute(params![id.0, Word(mind), json])?;
        if added == 0 { Err(HistoryError::NotFound("message")) } else { Ok(()) }
    }

    /// The provider's own parts of an answer; `None` when it sent none.
    pub fn raw_parts(&self, id: MessageId) -> Result<Option<RawParts>, HistoryError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT mind, json FROM raw_part WHERE message = ?1 ORDER BY id")?;
        let rows = statement
            .query_map([id.0], |row| Ok((row.get::<_, Word<Mind>>(0)?.0, row.get::<_, String>(1)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(rows
            .first()
            .map(|(mind, _)| *mind)
            .map(|mind| RawParts { mind, parts: rows.into_iter().map(|(_, json)| json).collect() }))
    }

    /// Stores what the model received for an answer, in place of what was there.
    pub fn set_receipt(&self, id: MessageId, receipt: &Receipt) -> Result<(), HistoryError> {
        let changed = self
            .connection()
            .prepare_cached("UPDATE message SET receipt = ?2 WHERE id = ?1")?
            .execute(params![id.0, Json(receipt)])?;
        if changed == 0 { Err(HistoryError::NotFound("message")) } else { Ok(()) }
    }

    /// Stores what an answer rests on, in place of what was there.
    pub fn set_sources(&self, id: MessageId, sources: &Sources) -> Result<(), HistoryError> {
        let changed = self
            .connection()
            .prepare_cached("UPDATE message SET sources = ?2 WHERE id = ?1")?
            .execute(params![id.0, Json(sources)])?;
        if changed == 0 { Err(HistoryError::NotFound("message")) } else { Ok(()) }
    }

    /// Ends a streaming answer.
    pub fn finish_message(&self, id: MessageId, end: &MessageEnd) -> Result<Message, HistoryError> {
        self.write(|transaction| {
            parts::fold_chunks(transaction, id.0)?;
            let changed = transaction.execute(
                "UPDATE message SET status = ?2, writer = NULL, usage = coalesce(?3, usage),
                     timing = coalesce(?4, timing), notice = ?5, structure = ?6
                 WHERE id = ?1",
                params![
                    id.0,
                    Word(end.status),
                    end.usage.map(Json),
                    end.timing.map(Json),
                    end.notice.as_ref().map(Json),
                    end.structure.as_ref().map(Json),
                ],
            )?;
            if changed == 0 {
                return Err(HistoryError::NotFound("message"));
            }
            transaction.execute(
                "UPDATE conversation SET updated_at = max(updated_at, ?2)
                 WHERE id = (SELECT conversation FROM message WHERE id = ?1)",
                params![id.0, Timestamp::now().0],
            )?;
            find(transaction, id)
        })
    }

    /// Takes an answer that ended up again: it is streaming, written by this process, and its notice is gone.
    ///
    /// # Errors
    /// [`HistoryError::StillStreaming`] when somebody is writing it.
    pub fn reopen_message(&self, id: MessageId) -> Result<Message, HistoryError> {
        self.write(|transaction| {
            let message = find(transaction, id)?;
            if message.status == MessageStatus::Streaming {
                return Err(HistoryError::StillStreaming);
            }
            transaction.execute(
                "UPDATE message SET status = 'streaming', writer = ?2, notice = NULL WHERE id = ?1",
                params![id.0, self.writer.id],
            )?;
            find(transaction, id)
        })
    }

    /// Marks answers whose process is gone as [`MessageStatus::Interrupted`], keeping what they have, and returns them.
    /// [`History::open`] does this; a window that stays open may do it again for a terminal command that was killed.
    pub fn recover(&self) -> Result<Vec<MessageId>, HistoryError> {
        let _gate = writer::gate(&self.data)?;
        self.recover_behind_gate(&self.data.join("writers"))
    }

    pub(crate) fn recover_behind_gate(&self, writers: &Path) -> Result<Vec<MessageId>, HistoryError> {
        let recovered = self.write(|transaction| {
            let streaming: Vec<(Uuid, Option<Uuid>)> = transaction
                .prepare("SELECT id, writer FROM message WHERE status = 'streaming'")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let mut recovered = Vec::new();
            for (id, writer) in streaming {
                if let Some(writer) = writer
                    && writer::lives(writers, writer)?
                {
                    continue;
                }
                parts::fold_chunks(transaction, id)?;
                transaction.execute(
                    "UPDATE message SET status = ?2, writer = NULL, notice = ?3 WHERE id = ?1",
                    params![id, Word(MessageStatus::Interrupted), Json(Notice::new(NoticeCode::Interrupted))],
                )?;
                recovered.push(MessageId(id));
            }
            Ok(recovered)
        })?;
        writer::sweep(writers)?;
        Ok(recovered)
    }
}

fn find(connection: &Connection, id: MessageId) -> Result<Message, HistoryError> {
    load(connection, "SELECT ?1", id.0)?.pop().ok_or(HistoryError::NotFound("message"))
}

/// The messages whose identifiers the query `ids` selects, in three statements however many they are.
fn load(connection: &Connection, ids: &str, argument: Uuid) -> Result<Vec<Message>, HistoryError> {
    let mut messages = connection
        .prepare_cached(&format!("SELECT * FROM message WHERE id IN ({ids}) ORDER BY created_at, id"))?
        .query_map([argument], message)?
        .collect::<Result<Vec<_>, _>>()?;
    let place: HashMap<Uuid, usize> =
        messages.iter().enumerate().map(|(place, message)| (message.id.0, place)).collect();

    let mut statement = connection
        .prepare_cached(&format!("SELECT * FROM part WHERE message IN ({ids}) ORDER BY message, position"))?;
    let mut rows = statement.query([argument])?;
    while let Some(row) = rows.next()? {
        let part = parts::read(row)?;
        if let Some(place) = place.get(&row.get("message")?) {
            messages[*place].parts.push(part);
        }
    }

    let mut statement = connection.prepare_cached(&format!(
        "SELECT message, kind, text FROM chunk WHERE message IN ({ids}) ORDER BY id"
    ))?;
    let mut rows = statement.query([argument])?;
    while let Some(row) = rows.next()? {
        if let Some(place) = place.get(&row.get("message")?) {
            let parts = &mut messages[*place].parts;
            let piece = parts::read_chunk(row)?;
            if let Some(new) = parts::join(parts.last_mut(), piece) {
                parts.push(new);
            }
        }
    }

    let mut statement = connection.prepare_cached(&format!(
        "SELECT message, sum(micro_usd) AS micro_usd, max(estimated) AS estimated FROM spending
         WHERE message IN ({ids}) AND micro_usd IS NOT NULL GROUP BY message"
    ))?;
    let mut rows = statement.query([argument])?;
    while let Some(row) = rows.next()? {
        if let Some(place) = place.get(&row.get("message")?) {
            messages[*place].cost = Some(Cost {
                micro_usd: columns::unsigned(row, "micro_usd")?,
                estimated: row.get("estimated")?,
            });
        }
    }
    Ok(messages)
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: MessageId(row.get("id")?),
        conversation: ConversationId(row.get("conversation")?),
        parent: row.get::<_, Option<_>>("parent")?.map(MessageId),
        role: row.get::<_, Word<_>>("role")?.0,
        parts: Vec::new(),
        status: row.get::<_, Word<_>>("status")?.0,
        created_at: Timestamp(row.get("created_at")?),
        model: columns::model(row)?,
        receipt: row.get::<_, Option<Json<_>>>("receipt")?.map(|json| json.0),
        usage: row.get::<_, Option<Json<_>>>("usage")?.map(|json| json.0),
        timing: row.get::<_, Option<Json<_>>>("timing")?.map(|json| json.0),
        notice: row.get::<_, Option<Json<_>>>("notice")?.map(|json| json.0),
        cost: None,
        sources: row.get::<_, Option<Json<_>>>("sources")?.map(|json| json.0),
        structure: row.get::<_, Option<Json<_>>>("structure")?.map(|json| json.0),
    })
}
