//! What can go wrong with a video, a clip or a camera.

use std::io;

/// Why a video cannot be read or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VideoError {
    /// FFmpeg is not installed: `ffmpeg` or `ffprobe` is neither in the folder `CASTOR_FFMPEG` names, nor beside Castor,
    /// nor in the search path.
    #[error("FFmpeg is not installed: {program} was not found")]
    ToolsMissing {
        /// The program that was not found.
        program: &'static str,
    },
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The file is in no video format Castor reads. Playlists that name other files count among these.
    #[error("the file is not a video Castor can read")]
    NotVideo,
    /// There is no moving picture in the file: at most sound and its cover.
    #[error("the file holds no moving picture")]
    NoPicture,
    /// The video is damaged, or was cut off where nothing can be read without the rest.
    #[error("the video is damaged: {reason}")]
    Damaged {
        /// In words.
        reason: String,
    },
    /// One picture of the video would take more memory than is given to one.
    #[error("a video of {width} x {height} pixels is too large")]
    TooLarge {
        /// Width the file claims, in pixels.
        width: u64,
        /// Height the file claims, in pixels.
        height: u64,
    },
    /// It was cancelled.
    #[error("it was stopped")]
    Cancelled,
    /// FFmpeg delivered nothing for too long and was ended.
    #[error("FFmpeg did not go on")]
    Stalled,
    /// FFmpeg failed in a way that is not the file's fault.
    #[error("FFmpeg failed: {reason}")]
    Failed {
        /// Its last words.
        reason: String,
    },
    /// A frame handed to a clip is not a whole JPEG picture.
    #[error("the frame is not a JPEG picture")]
    NotJpeg,
    /// A clip ended before it had a single frame.
    #[error("no picture was recorded")]
    NothingRecorded,
    /// This FFmpeg has none of the encoders a clip can be written with.
    #[error("FFmpeg has no encoder for video")]
    NoEncoder,
    /// There is no camera, or not this one (any more).
    #[error("there is no camera")]
    NoCamera,
    /// Another program uses the camera.
    #[error("the camera is used by another program")]
    CameraBusy,
    /// The person or the system does not allow it. Linux: the user may not open `/dev/video…`, which the group `video`
    /// may. macOS and Windows: privacy settings.
    #[error("this program may not use the camera (on Linux the user must be in the group `video`)")]
    CameraDenied,
    /// The camera went away while it was used.
    #[error("the camera went away")]
    CameraLost,
    /// The disk, or what this user may keep on it, is full.
    #[error("the disk is full")]
    DiskFull,
    /// A file cannot be read or written, or a program cannot be started.
    #[error("a file could not be read or written")]
    Io(#[source] io::Error),
}

impl From<io::Error> for VideoError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

/// What FFmpeg's last words mean for a file that was to be read. Its wording has been the same for a decade.
pub(crate) fn of_file(said: Option<String>) -> VideoError {
    let Some(said) = said else {
        return VideoError::Damaged { reason: "nothing of it can be shown".to_owned() };
    };
    if said.contains("moov atom not found") {
        return VideoError::Damaged {
            reason: "its index is missing, as in a recording that was cut off".to_owned(),
        };
    }
    if said.contains("Format not on whitelist") || said.contains("not on whitelist") {
        return VideoError::NotVideo;
    }
    if said.contains("Cannot allocate memory") {
        return VideoError::Damaged { reason: "reading it needs too much memory".to_owned() };
    }
    if said.contains("No space left on device") {
        return VideoError::DiskFull;
    }
    VideoError::Damaged { reason: said }
}
