//! From a file, a copied picture or a drop to an attachment: read, recognised, decoded once, kept by content hash, with a
//! thumbnail and a picture the web view can show.

use crate::videos;
use conversation::{Attachment, AttachmentId, MediaKind};
use history::{History, HistoryError, NewAttachment, Source};
use media::{Encoded, Identified, MediaError, Picture, Stroke};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::fs::File;
use std::io;
use std::path::Path;
use video::VideoError;

/// Larger files are refused before they are read: no picture a camera makes comes near.
const MOST_BYTES: u64 = 512 << 20;
/// The same for documents, sound and video: only the Gemini API takes them.
const MOST_MEDIA_BYTES: u64 = gemini::LARGEST_FILE;
/// Text beyond this is no question's worth of context for any mind.
const MOST_TEXT_BYTES: u64 = 8 << 20;
/// Edge of the pictures in the composer and the list, in pixels (twice the size shown, for dense screens).
const THUMBNAIL_EDGE: u32 = 512;
/// Edge of the picture opened large, in pixels.
const DISPLAY_EDGE: u32 = 2560;

/// Which derived picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureSize {
    /// Small, for lists.
    Thumbnail,
    /// Large, for looking closely.
    Display,
}

impl PictureSize {
    /// The name of the derived file in the history.
    pub fn name(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail",
            Self::Display => "display",
        }
    }

    /// Its longest edge, in pixels.
    fn edge(self) -> u32 {
        match self {
            Self::Thumbnail => THUMBNAIL_EDGE,
            Self::Display => DISPLAY_EDGE,
        }
    }

    fn of(self, picture: &Picture) -> Result<Encoded, MediaError> {
        match self {
            Self::Thumbnail => picture.thumbnail(self.edge()),
            Self::Display => picture.display(self.edge()),
        }
    }
}

/// Why a file was not taken, as the window words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// Not a kind Castor reads; the detail says what it looks like.
    Unsupported,
    /// Too large; the detail holds the numbers.
    TooLarge,
    /// Looks like a picture but cannot be decoded.
    Damaged,
    /// Nothing in it.
    Empty,
    /// The system does not let Castor read it.
    Unreadable,
    /// A folder.
    Folder,
    /// No room to keep it.
    DiskFull,
    /// Only the address of a picture on the web.
    RemoteAddress,
    /// Anything else.
    Internal,
}

/// A file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AttachmentProblem {
    /// Why.
    pub code: ProblemCode,
    /// What it looks like, or the numbers.
    pub detail: Option<String>,
}

/// A file could not become an attachment.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// It is a folder.
    #[error("this is a folder")]
    Folder,
    /// It is empty.
    #[error("the file is empty")]
    Empty,
    /// It is too large to be read.
    #[error("the file has {bytes} bytes; at most {most} are read")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// The system does not let Castor read it.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// A drag brought only an address.
    #[error("only the address of a picture on the web was dropped")]
    RemoteAddress,
    /// It is not a picture or text that Castor reads.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// It is a video that cannot be read, or nothing here reads videos.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// It could not be kept.
    #[error(transparent)]
    History(#[from] HistoryError),
}

impl From<&IntakeError> for AttachmentProblem {
    fn from(error: &IntakeError) -> Self {
        let (code, detail) = match error {
            IntakeError::Folder => (ProblemCode::Folder, None),
            IntakeError::Empty => (ProblemCode::Empty, None),
            IntakeError::TooLarge { .. } => (ProblemCode::TooLarge, Some(error.to_string())),
            IntakeError::Unreadable(source) => (ProblemCode::Unreadable, Some(source.to_string())),
            IntakeError::RemoteAddress => (ProblemCode::RemoteAddress, None),
            IntakeError::Media(media) => media_problem(media),
            IntakeError::Video(error) => (ProblemCode::Damaged, Some(error.to_string())),
            IntakeError::History(HistoryError::DiskFull) => (ProblemCode::DiskFull, None),
            IntakeError::History(error) => (ProblemCode::Internal, Some(error.to_string())),
        };
        Self { code, detail }
    }
}

fn media_problem(error: &MediaError) -> (ProblemCode, Option<String>) {
    match error {
        MediaError::Unsupported { looks_like } => (ProblemCode::Unsupported, kind_name(*looks_like)),
        MediaError::TooLarge { width, height, .. } => {
            (ProblemCode::TooLarge, Some(format!("{width} × {height}")))
        }
        MediaError::Empty => (ProblemCode::Empty, None),
        _ => (ProblemCode::Damaged, Some(error.to_string())),
    }
}

/// The kind's name as the message catalogue knows it.
fn kind_name(looks_like: media::LooksLike) -> Option<String> {
    serde_json::to_value(looks_like).ok()?.as_str().map(str::to_owned)
}

/// What to call something that was recorded or captured just now.
pub fn name_of_now(what: &str, ending: &str) -> String {
    format!("{what} {}.{ending}", jiff::ZonedDateTime::now().strftime("%Y-%m-%d %H-%M-%S"))
}

/// Takes one file. Blocks; at most one large picture should be taken at a time.
pub fn add_file(history: &History, path: &Path) -> Result<Attachment, IntakeError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    add_file_as(history, path, &name)
}

/// Takes one file under another name than its own. Blocks.
pub fn add_file_as(history: &History, path: &Path, name: &str) -> Result<Attachment, IntakeError> {
    let about = std::fs::metadata(path).map_err(IntakeError::Unreadable)?;
    if about.is_dir() {
        return Err(IntakeError::Folder);
    }
    let mut file = File::open(path).map_err(IntakeError::Unreadable)?;
    if let Some(media) = media::identify_media_in(&mut file).map_err(IntakeError::Unreadable)? {
        return add_media(history, name, &media, about.len(), Source::File(path));
    }
    if about.len() > MOST_BYTES {
        return Err(IntakeError::TooLarge { bytes: about.len(), most: MOST_BYTES });
    }
    let bytes = std::fs::read(path).map_err(IntakeError::Unreadable)?;
    add_bytes(history, name, &bytes)
}

/// Keeps a document, sound or video as it is. A file is copied piece by piece, never read whole.
fn add_media(
    history: &History,
    name: &str,
    media: &Identified,
    bytes: u64,
    source: Source<'_>,
) -> Result<Attachment, IntakeError> {
    if bytes > MOST_MEDIA_BYTES {
        return Err(IntakeError::TooLarge { bytes, most: MOST_MEDIA_BYTES });
    }
    let new = NewAttachment { name, kind: media.kind, mime: media.mime, width: 0, height: 0, source };
    Ok(history.add_attachment(new)?)
}

/// Takes a file's content under `name`. Blocks.
pub fn add_bytes(history: &History, name: &str, bytes: &[u8]) -> Result<Attachment, IntakeError> {
    if bytes.is_empty() {
        return Err(IntakeError::Empty);
    }
    let identified = media::identify(bytes)?;
    let new = NewAttachment {
        name,
        kind: identified.kind,
        mime: identified.mime,
        width: 0,
        height: 0,
        source: Source::Bytes(bytes),
    };
    if !matches!(identified.kind, MediaKind::Image | MediaKind::Text) {
        return add_media(history, name, &identified, bytes.len() as u64, Source::Bytes(bytes));
    }
    if identified.kind == MediaKind::Text {
        if bytes.len() as u64 > MOST_TEXT_BYTES {
            return Err(IntakeError::TooLarge { bytes: bytes.len() as u64, most: MOST_TEXT_BYTES });
        }
        return Ok(history.add_attachment(new)?);
    }
    // Once for both views, at the size of the larger: a photo has many times the pixels.
    let picture = media::decode_within(bytes, DISPLAY_EDGE)?;
    let (width, height) = picture.original_size();
    let attachment = history.add_attachment(NewAttachment { width, height, ..new })?;
    for size in [PictureSize::Thumbnail, PictureSize::Display] {
        let derived = size.of(&picture)?;
        history.write_derived(&attachment.hash, size.name(), &derived.data)?;
    }
    Ok(attachment)
}

/// A copy of a picture with parts of it painted over in its very pixels; the picture itself goes unless a message has it.
/// Blocks.
pub fn redact(history: &History, id: AttachmentId, strokes: &[Stroke]) -> Result<Attachment, IntakeError> {
    let picture = history.attachment(id)?;
    let painted = media::redact(&media::decode(&history.read_attachment(id)?)?, strokes)?;
    let extension = painted.mime.rsplit('/').next().unwrap_or_default();
    let name = Path::new(&picture.name).with_extension(extension);
    let kept = add_bytes(history, &name.to_string_lossy(), &painted.data)?;
    history.remove_draft_attachment(id)?;
    Ok(kept)
}

/// A derived picture's bytes; made again from the original when it is gone. Blocks.
pub fn picture(history: &History, id: AttachmentId, size: PictureSize) -> Result<Vec<u8>, IntakeError> {
    let attachment = history.attachment(id)?;
    if let Some(bytes) = history.read_derived(&attachment.hash, size.name())? {
        return Ok(bytes);
    }
    let picture = match attachment.kind {
        MediaKind::Video => videos::poster(&history.blob_path(id)?, DISPLAY_EDGE)?,
        _ => media::decode_within(&history.read_attachment(id)?, size.edge())?,
    };
    let derived = size.of(&picture)?;
    history.write_derived(&attachment.hash, size.name(), &derived.data)?;
    Ok(derived.data)
}
