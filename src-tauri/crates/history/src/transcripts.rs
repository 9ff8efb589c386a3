//! What is said in recordings, kept beside them and corrected by people.

use crate::columns::Json;
use crate::{History, HistoryError};
use conversation::{AttachmentId, Transcript, TranscriptSegment};
use rusqlite::{OptionalExtension, Row, params};

impl History {
    /// The transcript of a recording, if there is one: its own, or what was heard in the same sound under another name.
    pub fn transcript(&self, recording: AttachmentId) -> Result<Option<Transcript>, HistoryError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT transcript.* FROM attachment AS wanted
             JOIN attachment AS same ON same.hash = wanted.hash
             JOIN transcript ON transcript.attachment = same.id
             WHERE wanted.id = ?1 AND (same.id = wanted.id OR NOT transcript.edited)
             ORDER BY same.id = wanted.id DESC LIMIT 1",
        )?;
        Ok(statement.query_row([recording.0], transcript).optional()?)
    }

    /// Keeps a transcript in place of the one before.
    pub fn keep_transcript(
        &self,
        recording: AttachmentId,
        transcript: &Transcript,
    ) -> Result<(), HistoryError> {
        self.connection().execute(
            "INSERT OR REPLACE INTO transcript (attachment, text, language, segments, edited)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                recording.0,
                transcript.text,
                transcript.language,
                Json(&transcript.segments),
                transcript.edited
            ],
        )?;
        Ok(())
    }
}

fn transcript(row: &Row<'_>) -> rusqlite::Result<Transcript> {
    Ok(Transcript {
        text: row.get("text")?,
        language: row.get("language")?,
        segments: row.get::<_, Json<Vec<TranscriptSegment>>>("segments")?.0,
        edited: row.get("edited")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewAttachment, Source};
    use conversation::MediaKind;

    fn add(history: &History, name: &str) -> AttachmentId {
        let source = Source::Bytes(b"sound");
        let new =
            NewAttachment { name, kind: MediaKind::Audio, mime: "audio/wav", width: 0, height: 0, source };
        history.add_attachment(new).unwrap().id
    }

    #[test]
    fn what_was_heard_is_known_of_the_same_sound_and_what_was_corrected_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        let (first, second) = (add(&history, "a.wav"), add(&history, "b.wav"));
        assert_eq!(history.transcript(first).unwrap(), None);

        let segments = vec![TranscriptSegment { start_ms: 0, end_ms: 900, text: "Hello.".into() }];
        let heard =
            Transcript { text: "Hello.".into(), language: Some("en".into()), segments, edited: false };
        history.keep_transcript(first, &heard).unwrap();
        assert_eq!(history.transcript(first).unwrap().as_ref(), Some(&heard));
        assert_eq!(history.transcript(second).unwrap().as_ref(), Some(&heard));

        let corrected = Transcript { text: "Hallo.".into(), edited: true, ..heard };
        history.keep_transcript(first, &corrected).unwrap();
        assert_eq!(history.transcript(first).unwrap(), Some(corrected));
        assert_eq!(history.transcript(second).unwrap(), None);

        history.remove_draft_attachment(first).unwrap();
        let left: u32 =
            history.connection().query_row("SELECT count(*) FROM transcript", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "a transcript goes with its recording");
    }
}
