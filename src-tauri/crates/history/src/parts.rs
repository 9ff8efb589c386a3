//! Parts of messages as rows, and the pieces of an answer that is still being written.

use crate::HistoryError;
use crate::columns::{Json, Word};
use conversation::{AttachmentId, CodeOutcome, FileView, Part};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The part's name on the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Text,
    Attachment,
    Thought,
    Code,
    CodeResult,
}

/// Writes a part at a place.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    message: Uuid,
    position: i64,
    part: &Part,
) -> Result<(), HistoryError> {
    let (kind, text, attachment) = match part {
        Part::Text { text } => (Kind::Text, Some(text), None),
        Part::Attachment { id, .. } => (Kind::Attachment, None, Some(id.0)),
        Part::Thought { text } => (Kind::Thought, Some(text), None),
        Part::Code { code, .. } => (Kind::Code, Some(code), None),
        Part::CodeResult { output, .. } => (Kind::CodeResult, Some(output), None),
        other => {
            let refusal = format!("no column for {other:?}").into();
            return Err(rusqlite::Error::ToSqlConversionFailure(refusal).into());
        }
    };
    let detail = match part {
        Part::Attachment { view, .. } if *view != FileView::default() => Some(Json(serde_json::json!(view))),
        Part::Code { language, .. } => Some(Json(serde_json::json!(language))),
        Part::CodeResult { outcome, .. } => Some(Json(serde_json::json!(outcome))),
        _ => None,
    };
    transaction
        .prepare_cached(
            "INSERT INTO part (message, position, kind, text, attachment, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![message, position, Word(kind), text, attachment, detail])?;
    Ok(())
}

/// A part from its row.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Part> {
    let Word(kind) = row.get::<_, Word<Kind>>("kind")?;
    Ok(match kind {
        Kind::Text => Part::Text { text: row.get("text")? },
        Kind::Thought => Part::Thought { text: row.get("text")? },
        Kind::Attachment => Part::Attachment {
            id: AttachmentId(row.get("attachment")?),
            view: row.get::<_, Option<Json<FileView>>>("detail")?.map(|json| json.0).unwrap_or_default(),
        },
        Kind::Code => {
            Part::Code { language: row.get::<_, Json<String>>("detail")?.0, code: row.get("text")? }
        }
        Kind::CodeResult => Part::CodeResult {
            outcome: row.get::<_, Json<CodeOutcome>>("detail")?.0,
            output: row.get("text")?,
        },
    })
}

/// The pieces of an answer's last part from their row: words, or a thought.
pub(crate) fn read_chunk(row: &Row<'_>) -> rusqlite::Result<Part> {
    let Word(kind) = row.get::<_, Word<Kind>>("kind")?;
    match kind {
        Kind::Text => Ok(Part::Text { text: row.get("text")? }),
        Kind::Thought => Ok(Part::Thought { text: row.get("text")? }),
        other => {
            let message = format!("{other:?} does not come in pieces").into();
            Err(rusqlite::Error::FromSqlConversionFailure(0, Type::Text, message))
        }
    }
}

/// Joins a piece to the part before it when both are of one kind that comes in pieces. Gives it back otherwise.
pub(crate) fn join(last: Option<&mut Part>, piece: Part) -> Option<Part> {
    match (last, piece) {
        (Some(Part::Text { text }), Part::Text { text: more })
        | (Some(Part::Thought { text }), Part::Thought { text: more }) => {
            text.push_str(&more);
            None
        }
        (_, piece) => Some(piece),
    }
}

/// Adds a piece of words or thoughts to the end of an answer. Costs what the piece is long, unless the kind changes.
pub(crate) fn append_piece(
    transaction: &Transaction<'_>,
    message: Uuid,
    piece: &Part,
) -> Result<(), HistoryError> {
    let (kind, text) = match piece {
        Part::Thought { text } => (Kind::Thought, text),
        Part::Text { text } => (Kind::Text, text),
        _ => return add(transaction, message, piece),
    };
    let waiting: Option<Word<Kind>> = transaction
        .prepare_cached("SELECT kind FROM chunk WHERE message = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([message], |row| row.get(0))
        .optional()?;
    if waiting.is_some_and(|waiting| waiting.0 != kind) {
        fold_chunks(transaction, message)?;
    }
    transaction
        .prepare_cached("INSERT INTO chunk (message, kind, text) VALUES (?1, ?2, ?3)")?
        .execute(params![message, Word(kind), text])?;
    Ok(())
}

/// Adds a whole part to the end of an answer.
fn add(transaction: &Transaction<'_>, message: Uuid, part: &Part) -> Result<(), HistoryError> {
    fold_chunks(transaction, message)?;
    let position = last_part(transaction, message)?.map_or(0, |(position, _)| position + 1);
    insert(transaction, message, position, part)
}

/// Moves the pieces of an answer into its last part, or into a new one.
pub(crate) fn fold_chunks(transaction: &Transaction<'_>, message: Uuid) -> Result<(), HistoryError> {
    let (text, kind): (Option<String>, Option<Word<Kind>>) = transaction.query_row(
        "SELECT group_concat(text, '' ORDER BY id), max(kind) FROM chunk WHERE message = ?1",
        [message],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((text, Word(kind))) = text.zip(kind) else { return Ok(()) };
    let last = last_part(transaction, message)?;
    if let Some((position, last_kind)) = last
        && last_kind == kind
    {
        transaction.execute(
            "UPDATE part SET text = text || ?3 WHERE message = ?1 AND position = ?2",
            params![message, position, text],
        )?;
    } else {
        transaction.execute(
            "INSERT INTO part (message, position, kind, text) VALUES (?1, ?2, ?3, ?4)",
            params![message, last.map_or(0, |(position, _)| position + 1), Word(kind), text],
        )?;
    }
    transaction.execute("DELETE FROM chunk WHERE message = ?1", [message])?;
    Ok(())
}

fn last_part(transaction: &Transaction<'_>, message: Uuid) -> Result<Option<(i64, Kind)>, HistoryError> {
    Ok(transaction
        .query_row(
            "SELECT position, kind FROM part WHERE message = ?1 ORDER BY position DESC LIMIT 1",
            [message],
            |row| Ok((row.get(0)?, row.get::<_, Word<Kind>>(1)?.0)),
        )
        .optional()?)
}
