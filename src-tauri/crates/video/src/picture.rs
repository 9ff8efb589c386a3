//! One frame of a video: the one on screen at a moment, and the one that stands for all of it.

use crate::frame::{FrameRun, Wanted, fitted};
use crate::thumb::{SIDE, Thumb};
use crate::{Frame, Tools, VideoError, VideoInfo};
use std::path::Path;
use std::time::Duration;

/// How far before the wanted moment frames are looked at first: longer than a frame of nearly all videos is shown.
const LEAD: Duration = Duration::from_millis(300);
/// How far into a video its poster is looked for.
const POSTER_WITHIN: Duration = Duration::from_secs(10);
/// Frames looked at for a poster.
const POSTER_TRIES: u32 = 24;

impl Tools {
    /// The frame that is on screen `at` this time from the beginning, at most `longest_edge` pixels long and wide. Past
    /// the end it is the last frame, before the first frame the first one.
    ///
    /// # Errors
    /// As for [`Tools::probe`].
    pub fn picture_at(&self, path: &Path, at: Duration, longest_edge: u32) -> Result<Frame, VideoError> {
        let info = self.probe(path)?;
        self.shown_at(path, &info, at, longest_edge)
    }

    /// The same for a file that was probed.
    pub(crate) fn shown_at(
        &self,
        path: &Path,
        info: &VideoInfo,
        at: Duration,
        longest_edge: u32,
    ) -> Result<Frame, VideoError> {
        let seek = info.duration.map_or(at, |duration| at.min(duration));
        let near = Wanted::from(seek.saturating_sub(LEAD));
        if let (Some(frame), _) = self.last_until(path, info, &near, at, longest_edge)? {
            return Ok(frame);
        }
        // It is shown for longer than that: from the key frame before it, then from the very beginning, which the index
        // of a damaged or unindexed file may need.
        let from_key_frame = Wanted { accurate: false, ..Wanted::from(seek) };
        if let (Some(frame), _) = self.last_until(path, info, &from_key_frame, at, longest_edge)? {
            return Ok(frame);
        }
        let from_start = Wanted::from(Duration::ZERO);
        match self.last_until(path, info, &from_start, at, longest_edge)? {
            (Some(frame), _) | (None, Some(frame)) => Ok(frame),
            (None, None) => {
                let mut run = self.run(path, info, &from_start, longest_edge)?;
                match run.next(&|| false)? {
                    Some(frame) => Ok(frame),
                    None => Err(run.why_nothing()),
                }
            }
        }
    }

    /// A frame that stands for the whole: the first one within a tenth of the video, at most ten seconds, in which
    /// something can be seen, or else the first of all.
    ///
    /// # Errors
    /// As for [`Tools::probe`].
    pub fn poster(&self, path: &Path, longest_edge: u32) -> Result<Frame, VideoError> {
        let info = self.probe(path)?;
        let within = info.duration.map_or(POSTER_WITHIN, |duration| (duration / 10).min(POSTER_WITHIN));
        let step = within / POSTER_TRIES;
        let wanted = Wanted {
            length: Some(within.max(Duration::from_millis(1))),
            select: Some(every(step)),
            ..Wanted::from(Duration::ZERO)
        };
        let mut run = FrameRun::start(self, path, info.layout, &wanted, (SIDE, SIDE), "area")?;
        let mut at = Duration::ZERO;
        while let Some(frame) = run.next(&|| false)? {
            let found = frame.at;
            if !Thumb::of(&frame).is_blank() {
                at = found;
                break;
            }
        }
        drop(run);
        self.shown_at(path, &info, at, longest_edge)
    }

    /// The last frame of a run that begins no later than `until`, and the first that begins later.
    fn last_until(
        &self,
        path: &Path,
        info: &VideoInfo,
        wanted: &Wanted<'_>,
        until: Duration,
        longest_edge: u32,
    ) -> Result<(Option<Frame>, Option<Frame>), VideoError> {
        let mut run = self.run(path, info, wanted, longest_edge)?;
        let mut last = None;
        while let Some(frame) = run.next(&|| false)? {
            if frame.at > until {
                return Ok((last, Some(frame)));
            }
            last = Some(frame);
        }
        Ok((last, None))
    }

    fn run(
        &self,
        path: &Path,
        info: &VideoInfo,
        wanted: &Wanted<'_>,
        longest_edge: u32,
    ) -> Result<FrameRun, VideoError> {
        FrameRun::start(self, path, info.layout, wanted, fitted(info, longest_edge), "bicubic")
    }
}

/// FFmpeg's expression for one frame in each `step`.
pub(crate) fn every(step: Duration) -> String {
    format!("isnan(prev_selected_t)+gte(t-prev_selected_t,{})", crate::tools::seconds(step))
}
