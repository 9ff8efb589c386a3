//! What can go wrong with a microphone and its file.

use cpal::ErrorKind;
use media::sound::SoundError;
use std::io;

/// Why a recording could not begin or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// There is no microphone, or the chosen one is not there (any more). PulseAudio, PipeWire: no source but monitors of
    /// what is played. ALSA: no capture device, or no such one. CoreAudio: no input device. WASAPI: no active endpoint.
    #[error("there is no microphone")]
    NoDevice,
    /// Another program holds the microphone. ALSA: `EBUSY`, without a sound server. WASAPI: in exclusive mode. PulseAudio,
    /// PipeWire and CoreAudio share a microphone; there it means that the server did not answer in time.
    #[error("the microphone is used by another program")]
    Busy,
    /// The person or the system does not allow it. macOS: privacy settings (a refused program may hear silence instead).
    /// Windows: privacy settings. ALSA: the user is not in the group `audio`. PulseAudio, PipeWire: the server refused
    /// the program, as sandboxes have it.
    #[error("this program may not use the microphone")]
    Refused,
    /// The microphone went away while it was recorded from: pulled out, switched off, or its profile changed. PulseAudio
    /// and PipeWire may instead go on with another microphone without a word.
    #[error("the microphone went away")]
    Unplugged,
    /// The sound server ended: PulseAudio or PipeWire stopped or crashed, `coreaudiod` or the Windows audio service was
    /// restarted.
    #[error("the system's sound server ended")]
    ServerGone,
    /// The device was opened and then delivered nothing for ten seconds.
    #[error("the microphone delivers no sound")]
    Stalled,
    /// The disk, or what this user may keep on it, is full.
    #[error("the disk is full")]
    DiskFull,
    /// The file cannot be written, or read for a repair.
    #[error("the recording's file could not be read or written")]
    Io(#[source] io::Error),
    /// The file that is to be repaired is no recording of this crate, or holds no sound.
    #[error("the file holds no recording")]
    NotARecording,
    /// Anything else the system says.
    #[error("the microphone failed: {detail}")]
    Other {
        /// In the system's words.
        detail: String,
    },
}

impl From<io::Error> for CaptureError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl From<SoundError> for CaptureError {
    fn from(error: SoundError) -> Self {
        match error {
            SoundError::Io(error) => error.into(),
            error => Self::Other { detail: error.to_string() },
        }
    }
}

/// What cpal says while a device is opened.
pub(crate) fn opening(error: &cpal::Error) -> CaptureError {
    match error.kind() {
        ErrorKind::DeviceNotAvailable => CaptureError::NoDevice,
        ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => CaptureError::ServerGone,
        _ => common(error),
    }
}

/// What cpal says while a device is recorded from; `None` for what does not end the recording.
pub(crate) fn recording(error: &cpal::Error) -> Option<CaptureError> {
    match error.kind() {
        // A glitch, another device taken over, no priority over other programs: the sound goes on.
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => None,
        ErrorKind::DeviceNotAvailable => Some(CaptureError::Unplugged),
        ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => Some(CaptureError::ServerGone),
        _ => Some(common(error)),
    }
}

fn common(error: &cpal::Error) -> CaptureError {
    match error.kind() {
        ErrorKind::DeviceBusy => CaptureError::Busy,
        ErrorKind::PermissionDenied => CaptureError::Refused,
        _ => CaptureError::Other { detail: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_has_one_meaning() {
        let said = |kind| cpal::Error::with_message(kind, "said by a test");
        assert!(matches!(opening(&said(ErrorKind::DeviceNotAvailable)), CaptureError::NoDevice));
        assert!(matches!(opening(&said(ErrorKind::DeviceBusy)), CaptureError::Busy));
        assert!(matches!(opening(&said(ErrorKind::PermissionDenied)), CaptureError::Refused));
        assert!(matches!(opening(&said(ErrorKind::HostUnavailable)), CaptureError::ServerGone));
        assert!(matches!(opening(&said(ErrorKind::BackendError)), CaptureError::Other { .. }));
        assert!(matches!(recording(&said(ErrorKind::DeviceNotAvailable)), Some(CaptureError::Unplugged)));
        assert!(matches!(recording(&said(ErrorKind::StreamInvalidated)), Some(CaptureError::ServerGone)));
        assert!(recording(&said(ErrorKind::Xrun)).is_none());
        assert!(matches!(io::Error::from(io::ErrorKind::StorageFull).into(), CaptureError::DiskFull));
    }
}
