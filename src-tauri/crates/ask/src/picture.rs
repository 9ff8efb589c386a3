//! Pictures a model makes, on their way into the history.

use conversation::AttachmentId;
use history::{History, HistoryError, NewAttachment, Source};

/// Keeps a picture that came with an answer. What it is goes by its content, not by what the provider says.
pub(crate) fn keep(history: &History, data: &[u8]) -> Result<AttachmentId, KeepError> {
    let identified = media::identify(data)?;
    let picture = media::decode(data)?;
    let extension = identified.mime.rsplit('/').next().unwrap_or("png");
    let kept = history.add_attachment(NewAttachment {
        name: &format!("picture.{extension}"),
        kind: identified.kind,
        mime: identified.mime,
        width: picture.width(),
        height: picture.height(),
        source: Source::Bytes(data),
    })?;
    Ok(kept.id)
}

/// A picture of an answer could not be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeepError {
    #[error(transparent)]
    Media(#[from] media::MediaError),
    #[error(transparent)]
    History(#[from] HistoryError),
}
