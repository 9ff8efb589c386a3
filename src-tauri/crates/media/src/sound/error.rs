//! What can go wrong with sound.

use std::error::Error;
use std::io;

/// Why sound cannot be read, changed or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SoundError {
    /// The file is in no container Castor reads.
    #[error("the file is not sound in a format that is read here")]
    NotSound,
    /// The container holds no sound, e.g. a silent video.
    #[error("the file has no audio track")]
    NoTrack,
    /// The sound is coded in a way that is not read here, e.g. AC-3.
    #[error("the sound's codec cannot be decoded ({detail})")]
    UnsupportedCodec {
        /// What the decoder says about it.
        detail: String,
    },
    /// Nothing in the file could be decoded.
    #[error("nothing of the sound could be decoded")]
    Damaged,
    /// The decoder gave up in a way it should not have; the app goes on.
    #[error("the sound's decoder failed on this file")]
    DecoderPanicked,
    /// The rate is outside [`MIN_RATE`](crate::sound::MIN_RATE) to [`MAX_RATE`](crate::sound::MAX_RATE), or more than
    /// the format that is written can hold.
    #[error("{rate} Hz is not a sample rate that is supported here")]
    UnsupportedRate {
        /// Frames a second.
        rate: u32,
    },
    /// No channels, or more than the format that is written can hold.
    #[error("{channels} channels are not supported here")]
    UnsupportedChannels {
        /// How many.
        channels: usize,
    },
    /// The model takes neither the file's format nor FLAC nor WAV.
    #[error("the model accepts neither this format nor FLAC nor WAV")]
    NoAcceptedFormat,
    /// The file that is written reached the size its format can state: 4 GiB for WAV.
    #[error("the file format cannot hold a longer recording")]
    TooLong,
    /// The caller asked to stop.
    #[error("stopped on request")]
    Cancelled,
    /// Reading or writing a file failed.
    #[error("a sound file could not be read or written")]
    Io(#[from] io::Error),
    /// Resampling or encoding failed.
    #[error("the sound could not be resampled or encoded")]
    Encode(#[source] Box<dyn Error + Send + Sync>),
}
