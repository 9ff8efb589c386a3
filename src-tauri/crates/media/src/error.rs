//! What can go wrong with a file a person added.

use serde::{Deserialize, Serialize};
use std::error::Error;

/// Why a file cannot be used. Every variant is about the file, never about Castor's state.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// Not a picture or text Castor reads.
    #[error("not a picture or text Castor can read: {looks_like:?}")]
    Unsupported {
        /// What it seems to be.
        looks_like: LooksLike,
    },
    /// A kind of picture Castor reads, using something its decoder does not know.
    #[error("{format} picture with an unsupported feature")]
    UnsupportedFeature {
        /// The container, e.g. `JPEG`.
        format: &'static str,
        /// The decoder's words.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The picture is damaged or cut off.
    #[error("{format} picture is damaged")]
    Damaged {
        /// The container, e.g. `JPEG`.
        format: &'static str,
        /// The decoder's words.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The picture would need more memory than one picture may take.
    #[error("picture of {width} x {height} needs {bytes_needed} bytes to decode, allowed are {bytes_limit}")]
    TooLarge {
        /// Width the header claims, in pixels.
        width: u32,
        /// Height the header claims, in pixels.
        height: u32,
        /// Bytes decoding would take.
        bytes_needed: u64,
        /// Bytes it may take.
        bytes_limit: u64,
    },
    /// The decoder gave up in a way it should not have; the app goes on.
    #[error("the {format} decoder failed on this file")]
    DecoderPanicked {
        /// The container, e.g. `JPEG`.
        format: &'static str,
    },
    /// The pixels handed in do not fit the size handed in.
    #[error("{width} x {height} pixels need {expected} bytes, got {actual}")]
    WrongLength {
        /// Width claimed.
        width: u32,
        /// Height claimed.
        height: u32,
        /// Bytes that would fit.
        expected: u64,
        /// Bytes handed in.
        actual: u64,
    },
    /// The model takes neither JPEG nor PNG.
    #[error("the model accepts neither JPEG nor PNG")]
    NoAcceptedFormat,
    /// Not even one pixel fits the model's limit.
    #[error("no picture fits into {max_bytes} bytes")]
    BudgetTooSmall {
        /// The model's limit for one picture.
        max_bytes: u32,
    },
    /// More is to be blacked out than a hand draws, and more than can be painted in reasonable time.
    #[error("too many strokes to black out")]
    TooManyStrokes,
    /// Scaling or encoding failed.
    #[error("the picture could not be scaled or encoded")]
    Encode(#[source] Box<dyn Error + Send + Sync>),
}

/// What an unsupported file seems to be, for the sentence shown to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LooksLike {
    /// A PDF document.
    Pdf,
    /// A moving picture.
    Video,
    /// Sound.
    Audio,
    /// ZIP, tar, 7z and their kin.
    Archive,
    /// An office document or an e-book.
    Document,
    /// A picture in a format Castor does not read, e.g. a camera's raw file.
    Picture,
    /// A program or library.
    Program,
    /// A font.
    Font,
    /// None of these.
    Unknown,
}
