//! What of a question looks like a secret, told before it leaves this computer.

use crate::error::CastorError;
use ask::{AskAction, AskFile, AskRequest};
use conversation::{AttachmentId, MediaKind};
use history::History;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Larger text files are looked at only so far.
const MOST_BYTES: usize = 4 << 20;

/// Something that looks like a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FoundSecret {
    /// What it looks like.
    pub kind: secrets::Kind,
    /// In which file; `None` for the words of the question.
    pub attachment: Option<AttachmentId>,
    /// Its first and last characters, for recognising it.
    pub hint: String,
}

/// The secrets in the words and text files of a question that is about to be asked. Blocks.
pub fn find(history: &History, request: &AskRequest) -> Result<Vec<FoundSecret>, CastorError> {
    let asked_before;
    let (text, files): (&str, &[AskFile]) = match &request.action {
        AskAction::New { text, attachments, .. } | AskAction::Edit { text, attachments, .. } => {
            (text, attachments)
        }
        AskAction::Again { question } => {
            let question = history.message(*question)?;
            asked_before = (question.text(), question.attachments().map(AskFile::from).collect::<Vec<_>>());
            (&asked_before.0, &asked_before.1)
        }
        AskAction::Continue { .. } => return Ok(Vec::new()),
    };
    let mut found = found_in(text, None);
    for file in files {
        if history.attachment(file.id)?.kind != MediaKind::Text {
            continue;
        }
        let mut bytes = history.read_attachment(file.id)?;
        bytes.truncate(MOST_BYTES);
        if let Ok(text) = media::read_text(&bytes) {
            found.extend(found_in(&text, Some(file.id)));
        }
    }
    Ok(found)
}

fn found_in(text: &str, attachment: Option<AttachmentId>) -> Vec<FoundSecret> {
    let told = |finding: secrets::Finding| FoundSecret {
        hint: hint(&text[finding.start..finding.end]),
        kind: finding.kind,
        attachment,
    };
    secrets::find(text).into_iter().map(told).collect()
}

/// Enough of a secret to know which it is, too little to use it.
fn hint(secret: &str) -> String {
    let characters: Vec<char> = secret.trim().chars().collect();
    let shown = (characters.len() / 4).min(4);
    let start: String = characters.iter().take(shown).collect();
    let end: String = characters.iter().skip(characters.len() - shown).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_never_shows_more_than_half() {
        assert_eq!(hint("AIzaSyA1234567890abcdefghijklmnopqrstuv"), "AIza…stuv");
        assert_eq!(hint("hunter22"), "hu…22");
        assert_eq!(hint("密码"), "…");
    }
}
