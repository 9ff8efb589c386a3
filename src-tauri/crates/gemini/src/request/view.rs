//! How a file is to be looked at, as far as files of its kind are.

use crate::wire::{MediaResolution, VideoMetadata};
use conversation::{Detail, FileView};
use std::time::Duration;

/// Only videos have a stretch and frames.
pub(super) fn video_metadata(mime: &str, view: FileView) -> Option<VideoMetadata> {
    let place = |milliseconds: Option<u32>| milliseconds.map(|ms| Duration::from_millis(ms.into()));
    let metadata = VideoMetadata {
        fps: view.frames_per_1000_s.filter(|frames| *frames > 0).map(|frames| f64::from(frames) / 1000.0),
        start_offset: place(view.start_ms),
        end_offset: place(view.end_ms),
    };
    (mime.starts_with("video/") && metadata != VideoMetadata::default()).then_some(metadata)
}

/// Only what is looked at has a resolution, and only pictures the finest.
pub(super) fn media_resolution(mime: &str, view: FileView) -> Option<MediaResolution> {
    let picture = mime.starts_with("image/");
    if !(picture || mime.starts_with("video/") || mime == "application/pdf") {
        return None;
    }
    Some(match view.detail? {
        Detail::Low => MediaResolution::Low,
        Detail::Medium => MediaResolution::Medium,
        Detail::UltraHigh if picture => MediaResolution::UltraHigh,
        Detail::High | Detail::UltraHigh => MediaResolution::High,
    })
}
