//! Attachments: files a person added. The bytes live outside the database, named by their content hash.

use crate::{AttachmentId, Timestamp};
use serde::{Deserialize, Serialize};
use specta::Type;

/// SHA-256 of a file's bytes, 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct Sha256Hash(pub String);

/// What sense an attachment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MediaKind {
    /// A still picture.
    Image,
    /// Plain text or source code, UTF-8.
    Text,
    /// A page description: PDF.
    Document,
    /// Sound.
    Audio,
    /// Moving pictures, with or without sound.
    Video,
}

/// One file in a conversation, or waiting in the composer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its name in Castor.
    pub id: AttachmentId,
    /// The original's content hash.
    pub hash: Sha256Hash,
    /// File name as the person knows it, without a path; made up for pasted pictures.
    pub name: String,
    /// What it is.
    pub kind: MediaKind,
    /// MIME type decided by content, e.g. `image/heic`.
    pub mime: String,
    /// Size of the original in bytes.
    pub bytes: u64,
    /// Upright width in pixels; zero for anything but pictures.
    pub width: u32,
    /// Upright height in pixels; zero for anything but pictures.
    pub height: u32,
    /// When it was added.
    pub created_at: Timestamp,
}
