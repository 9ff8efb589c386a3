//! Watching, as the rest of Castor sees it: a video in, single frames and the sound track out. What the frames show is for
//! [`Senses`](crate::Senses) to say, and what is said for [`Hearing`](crate::Hearing).

use crate::{FileView, Pixels, SpeechSource};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What is known of a video before any of it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoFacts {
    /// How long it lasts, in milliseconds; zero where it does not say.
    pub duration_ms: u32,
    /// Upright width in pixels.
    pub width: u32,
    /// Upright height in pixels.
    pub height: u32,
    /// Whether it has a sound track.
    pub has_sound: bool,
}

/// The part of a video that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Stretch {
    /// Where it begins, in milliseconds.
    pub start_ms: u32,
    /// Where it ends, in milliseconds; `None` is the end of the video.
    pub end_ms: Option<u32>,
}

impl From<FileView> for Stretch {
    /// What a person wants looked at.
    fn from(view: FileView) -> Self {
        Self { start_ms: view.start_ms.unwrap_or(0), end_ms: view.end_ms }
    }
}

impl Stretch {
    /// Whether it is all of a video.
    pub fn is_whole(self) -> bool {
        self == Self::default()
    }

    /// Whether something that lasts from `start_ms` to `end_ms` lies in it, if only in part.
    pub fn overlaps(self, start_ms: u32, end_ms: u32) -> bool {
        let begins_before_its_end = self.end_ms.is_none_or(|end| start_ms < end);
        begins_before_its_end && (end_ms > self.start_ms || start_ms >= self.start_ms)
    }

    /// How long it is within a video that lasts `duration_ms`, in milliseconds; `None` where neither says.
    pub fn length_ms(self, duration_ms: u32) -> Option<u32> {
        let video_ends = (duration_ms > 0).then_some(duration_ms);
        let end = match (self.end_ms, video_ends) {
            (Some(end), Some(video_ends)) => end.min(video_ends),
            (end, video_ends) => end.or(video_ends)?,
        };
        Some(end.saturating_sub(self.start_ms))
    }
}

/// Which frames of a video are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Frames {
    /// Most of them; fewer come where little changes.
    pub most: u32,
    /// Longest edge in pixels; a smaller video keeps its own size.
    pub longest_edge: u32,
    /// Where from.
    pub stretch: Stretch,
}

/// A picture of a video.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoFrame {
    /// When it is seen, in milliseconds from the beginning of the video.
    pub at_ms: u32,
    /// What is seen, upright.
    pub pixels: Pixels,
}

/// Watches videos. Blocking.
pub trait Watching: Send + Sync {
    /// Whether what decodes videos is here.
    fn can_watch(&self) -> bool;

    /// What a video is. Reads its head only.
    ///
    /// # Errors
    /// [`WatchError`].
    fn facts(&self, video: &Path) -> Result<VideoFacts, WatchError>;

    /// Frames that together show what happens in a video, in order of time, at least one. `progress` is told a fraction
    /// from 0 to 1 now and then; `is_cancelled` is asked at least twice a second.
    ///
    /// # Errors
    /// [`WatchError`].
    fn frames(
        &self,
        video: &Path,
        wanted: &Frames,
        progress: &(dyn Fn(f32) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<VideoFrame>, WatchError>;

    /// The whole sound track, in the video's own time; `None` where there is none.
    ///
    /// # Errors
    /// [`WatchError`].
    fn sound(&self, video: &Path) -> Result<Option<Box<dyn SpeechSource + Send>>, WatchError>;
}

/// Why a video was not watched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WatchError {
    /// The program that decodes videos is not here.
    #[error("the program that decodes videos is not here")]
    ToolsMissing,
    /// The file is cut off or broken.
    #[error("the video is damaged: {0}")]
    Damaged(String),
    /// It holds no moving pictures.
    #[error("the file holds no moving pictures")]
    NoPicture,
    /// It was cancelled.
    #[error("it was stopped")]
    Cancelled,
    /// Decoding failed for another reason.
    #[error("the video could not be decoded: {0}")]
    Failed(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_ends_with_the_video() {
        let whole = Stretch::from(FileView::default());
        assert!(whole.is_whole());
        assert_eq!((whole.length_ms(42_000), whole.length_ms(0)), (Some(42_000), None));
        let middle = Stretch { start_ms: 10_000, end_ms: Some(60_000) };
        assert!(!middle.is_whole());
        assert_eq!((middle.length_ms(42_000), middle.length_ms(0)), (Some(32_000), Some(50_000)));
        assert_eq!(middle.length_ms(5_000), Some(0), "it begins after the video's end");
    }

    #[test]
    fn what_reaches_into_a_stretch_lies_in_it() {
        let stretch = Stretch { start_ms: 1000, end_ms: Some(2000) };
        let spans = [(0, 1000), (0, 1001), (1000, 1000), (1500, 1600), (1999, 5000), (2000, 3000)];
        let overlapping = spans.map(|(start, end)| stretch.overlaps(start, end));
        assert_eq!(overlapping, [false, true, true, true, true, false]);
        assert!(Stretch { end_ms: None, ..stretch }.overlaps(u32::MAX, u32::MAX));
    }
}
