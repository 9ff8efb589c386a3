//! A handful of frames that together show what happens in a video, without decoding all of it.
//!
//! 1. One pass decodes key frames only, tiny. Encoders put one at most cuts, and one every few seconds.
//! 2. Where they are sparser than the frames that are wanted, the gaps are decoded whole, still tiny. Formats that consist
//!    of key frames only are looked into here and there instead.
//! 3. [`crate::scenes`] chooses.
//! 4. Only what was chosen is decoded at the size that is wanted, with a seek to the key frame before it.

use crate::frame::{FrameRun, Wanted, fitted};
use crate::picture::every;
use crate::probe::VideoInfo;
use crate::scenes::{Candidate, choose};
use crate::thumb::{SIDE, Thumb};
use crate::tools::seconds;
use crate::{Frame, Tools, VideoError};
use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

/// Candidates for each wanted frame: of key frames, which are cheap, and of others.
const KEYS_PER_FRAME: u32 = 8;
const FILLS_PER_FRAME: u32 = 4;
const KEYS_ONLY: [&str; 2] = ["-skip_frame", "nokey"];
/// Frames are looked at no closer together.
const CLOSEST: Duration = Duration::from_millis(40);
/// How much is decoded whole without another thought. Of more than this only gaps that are twice as long as the frames
/// are apart.
const QUICK_TO_DECODE: Duration = Duration::from_mins(2);
/// Runs for the gaps of a video; with more gaps, what lies between them is decoded as well.
const MOST_GAPS: usize = 12;
/// Two chosen frames that are no further apart come from one run: starting a run takes as long as decoding this.
const SAME_RUN: Duration = Duration::from_secs(1);
/// How exactly a frame is found again by its time.
const HALF_A_MILLISECOND: Duration = Duration::from_micros(500);
/// How much earlier FFmpeg seeks where an index has the times of decoding: three frames at 23 a second.
const DECODED_BEFORE: Duration = Duration::from_millis(135);
/// So many key frames for each chosen one are few enough to decode them all once more. There may be many more than were
/// looked at where those are as close as they may be.
const FEW_KEYS: usize = 6;
/// Runs at the same time. Most of a short run is reading headers, with one thread.
const ABREAST: usize = 2;
/// Below this rate a frame that no other is decoded from may be all there is of a scene.
const DENSE: f64 = 10.0;
/// A video of this length or longer whose frames are all key frames is looked into, not read whole.
const LONG: Duration = Duration::from_mins(1);
/// Codecs without any other frames than key frames.
const INTRA_ONLY: [&str; 13] = [
    "mjpeg", "prores", "dnxhd", "ffv1", "ffvhuff", "huffyuv", "utvideo", "rawvideo", "png", "dvvideo",
    "v210", "cfhd", "jpeg2000",
];

/// What frames are wanted of a video.
pub struct SampleOptions<'a> {
    /// How many at most.
    pub most: u32,
    /// Longest width or height of each, in pixels. None is enlarged.
    pub longest_edge: u32,
    /// From when to when; all of it where not said.
    pub stretch: Option<(Duration, Duration)>,
    /// Told a fraction from 0 to 1 now and then.
    pub progress: &'a dyn Fn(f32),
    /// Asked at least every 100 ms.
    pub is_cancelled: &'a dyn Fn() -> bool,
}

impl Tools {
    /// Frames that together cover the time evenly and show every scene, as far as there is room for all: a new scene comes
    /// before another frame of the same one. Where a picture stands still it is there once, so they may be fewer than
    /// asked for; of a video that stands still altogether it is the first and the last frame. In the order of time.
    ///
    /// # Errors
    /// As for [`Tools::probe`], and [`VideoError::Cancelled`].
    pub fn sample(&self, path: &Path, options: &SampleOptions<'_>) -> Result<Vec<Frame>, VideoError> {
        let info = self.probe(path)?;
        if options.most == 0 {
            return Ok(Vec::new());
        }
        let length = info
            .duration
            .ok_or_else(|| VideoError::Damaged { reason: "how long it is cannot be told".to_owned() })?;
        let (start, end) = options.stretch.unwrap_or((Duration::ZERO, length));
        let (start, end) = (start.min(length), end.min(length));
        let sampling = Sampling { tools: self, path, info: &info, options, start, end };
        let candidates = sampling.look()?;
        let chosen: Vec<&Candidate> = choose(&candidates, end, options.most as usize)
            .into_iter()
            .filter_map(|index| candidates.get(index))
            .collect();
        if chosen.is_empty() {
            // No frame begins in the stretch: one is shown for all of it, or the file can hardly be read.
            return Ok(vec![self.shown_at(path, &info, start, options.longest_edge)?]);
        }
        let frames = sampling.fetch(&chosen, &candidates)?;
        (options.progress)(1.0);
        Ok(frames)
    }
}

struct Sampling<'a> {
    tools: &'a Tools,
    path: &'a Path,
    info: &'a VideoInfo,
    options: &'a SampleOptions<'a>,
    start: Duration,
    end: Duration,
}

impl Sampling<'_> {
    /// How far apart the wanted frames are.
    fn spacing(&self) -> Duration {
        self.end.saturating_sub(self.start) / self.options.most.max(1)
    }

    /// Whether each frame has its time. In MPEG program streams, as on DVDs, FFmpeg counts them from the last that has one
    /// and miscounts where frames are left out or a seek went before: there all frames are decoded, from the beginning.
    fn has_times(&self) -> bool {
        self.info.container != "mpeg"
    }

    /// Whether frames are looked at here and there, because reading all key frames would be reading all frames.
    fn is_looked_into(&self) -> bool {
        INTRA_ONLY.contains(&self.info.codec.as_str()) && self.end.saturating_sub(self.start) >= LONG
    }

    /// Everything there is to choose from, in the order of time.
    fn look(&self) -> Result<Vec<Candidate>, VideoError> {
        if self.is_looked_into() {
            return self.look_here_and_there();
        }
        let step = (self.spacing() / KEYS_PER_FRAME).max(CLOSEST);
        let mut found = if self.has_times() {
            self.look_through(self.start, self.end, step, &KEYS_ONLY, true)?
        } else {
            Vec::new()
        };
        let step = (self.spacing() / FILLS_PER_FRAME).max(CLOSEST);
        let dense = self.has_times()
            && !self.info.variable_rate
            && self.info.frame_rate.is_some_and(|rate| rate >= DENSE);
        // A thumb is as good without the last polish, and where frames are dense, without those that nothing builds on.
        let quick = ["-skip_loop_filter", "all", "-skip_frame", "noref"];
        for (from, to) in self.gaps(&found) {
            let more = self.look_through(from, to, step, if dense { &quick } else { &quick[..2] }, false)?;
            found.extend(more);
        }
        found.sort_by_key(|candidate| (candidate.at, !candidate.is_key));
        found.dedup_by_key(|candidate| candidate.at);
        Ok(found)
    }

    /// Stretches without a key frame that are long for the frames that are wanted.
    fn gaps(&self, keys: &[Candidate]) -> Vec<(Duration, Duration)> {
        let longer_than = |least: Duration| {
            let mut gaps: Vec<(Duration, Duration)> = Vec::new();
            let mut from = self.start;
            for to in keys.iter().map(|key| key.at).chain([self.end]) {
                if to.saturating_sub(from) > least {
                    match gaps.last_mut() {
                        Some(before) if before.1 == from => before.1 = to,
                        _ => gaps.push((from, to)),
                    }
                }
                from = to;
            }
            gaps
        };
        let mut gaps = longer_than((self.spacing() * 3 / 4).max(2 * CLOSEST));
        if gaps.iter().map(|(from, to)| to.saturating_sub(*from)).sum::<Duration>() > QUICK_TO_DECODE {
            gaps = longer_than(self.spacing() * 2);
        }
        match (gaps.first().copied(), gaps.last().copied()) {
            (Some((from, _)), Some((_, to))) if gaps.len() > MOST_GAPS => vec![(from, to)],
            _ => gaps,
        }
    }

    /// One frame in each `step`, tiny.
    fn look_through(
        &self,
        from: Duration,
        to: Duration,
        step: Duration,
        decoder: &[&str],
        is_key: bool,
    ) -> Result<Vec<Candidate>, VideoError> {
        let wanted = Wanted {
            length: Some(to.saturating_sub(from).max(Duration::from_millis(1))),
            select: Some(every(step)),
            decoder,
            ..Wanted::from(from)
        };
        let mut run =
            FrameRun::start(self.tools, self.path, self.info.layout, &wanted, (SIDE, SIDE), "area")?;
        let mut found = Vec::new();
        while let Some(frame) = run.next(self.options.is_cancelled)? {
            let whole = self.end.saturating_sub(self.start).as_secs_f32();
            let done = frame.at.saturating_sub(self.start).as_secs_f32() / whole.max(f32::EPSILON);
            let (before, share) = if is_key { (0.0, 0.4) } else { (0.4, 0.4) };
            (self.options.progress)(before + share * done.min(1.0));
            if frame.at < to {
                found.push(Candidate { at: frame.at, thumb: Thumb::of(frame), is_key });
            }
        }
        Ok(found)
    }

    /// Frames at even distances, with a seek for each.
    fn look_here_and_there(&self) -> Result<Vec<Candidate>, VideoError> {
        let places = self.options.most.saturating_mul(FILLS_PER_FRAME);
        let step = self.end.saturating_sub(self.start) / places.max(1);
        let runs = (0..places).map(|place| {
            let wanted = Wanted { most: Some(1), ..Wanted::from(self.start + step * place) };
            FrameRun::start(self.tools, self.path, self.info.layout, &wanted, (SIDE, SIDE), "area")
        });
        let mut found: Vec<Candidate> = Vec::new();
        self.abreast(runs, |frame| {
            let done = found.len() as f32 / places.max(1) as f32;
            (self.options.progress)(0.8 * done);
            if found.last().is_none_or(|last| last.at < frame.at) && frame.at < self.end {
                found.push(Candidate { at: frame.at, thumb: Thumb::of(frame), is_key: true });
            }
        })?;
        Ok(found)
    }

    /// The chosen frames at full size.
    fn fetch(&self, chosen: &[&Candidate], all: &[Candidate]) -> Result<Vec<Frame>, VideoError> {
        let size = fitted(self.info, self.options.longest_edge);
        let looked_into = self.is_looked_into();
        let groups = groups(chosen, all, self.info.container.contains("mp4"), !looked_into);
        let runs = groups.iter().map(|group| {
            let (first, last) = (group.times[0], group.times[group.times.len() - 1]);
            let select: Vec<String> = group
                .times
                .iter()
                .map(|&at| {
                    let (low, high) = (at.saturating_sub(HALF_A_MILLISECOND), at + HALF_A_MILLISECOND);
                    format!("between(t,{},{})", seconds(low), seconds(high))
                })
                .collect();
            if group.among_keys {
                let from = first.saturating_sub(HALF_A_MILLISECOND);
                let wanted = Wanted {
                    length: Some(last.saturating_sub(from) + Duration::from_secs(1)),
                    most: Some(group.times.len()),
                    select: Some(select.join("+")),
                    decoder: &KEYS_ONLY,
                    ..Wanted::from(from)
                };
                return FrameRun::start(self.tools, self.path, self.info.layout, &wanted, size, "bicubic");
            }
            // A seek finds the key frame before its target: to have a key frame found itself, aim behind it.
            let (from, length) = match group.behind_key {
                Some(behind) => (first + behind, last.saturating_sub(first) + LONG),
                None if !self.has_times() => (Duration::ZERO, last + Duration::from_secs(1)),
                None => (
                    first.saturating_sub(HALF_A_MILLISECOND),
                    last.saturating_sub(first) + Duration::from_secs(1),
                ),
            };
            let wanted = Wanted {
                length: Some(length),
                accurate: group.behind_key.is_none(),
                most: Some(group.times.len()),
                select: Some(select.join("+")),
                ..Wanted::from(from)
            };
            FrameRun::start(self.tools, self.path, self.info.layout, &wanted, size, "bicubic")
        });
        let mut frames: Vec<Frame> = Vec::new();
        self.abreast(runs, |frame| {
            frames.push(frame);
            (self.options.progress)(0.8 + 0.2 * frames.len() as f32 / chosen.len() as f32);
        })?;
        // A format whose index is poor may have brought the reader behind the wanted frame.
        for wanted in chosen {
            let near = |frame: &Frame| frame.at.abs_diff(wanted.at) <= 2 * HALF_A_MILLISECOND;
            if !frames.iter().any(near) {
                if (self.options.is_cancelled)() {
                    return Err(VideoError::Cancelled);
                }
                frames.push(self.tools.shown_at(
                    self.path,
                    self.info,
                    wanted.at,
                    self.options.longest_edge,
                )?);
            }
        }
        frames.sort_by_key(|frame| frame.at);
        frames.dedup_by_key(|frame| frame.at);
        Ok(frames)
    }

    /// All frames of all runs in order, with the next run started already while one is read.
    fn abreast(
        &self,
        mut runs: impl Iterator<Item = Result<FrameRun, VideoError>>,
        mut take: impl FnMut(Frame),
    ) -> Result<(), VideoError> {
        let mut started = VecDeque::new();
        loop {
            while started.len() < ABREAST {
                let Some(run) = runs.next() else { break };
                started.push_back(run?);
            }
            let Some(mut run) = started.pop_front() else { return Ok(()) };
            while let Some(frame) = run.next(self.options.is_cancelled)? {
                take(frame);
            }
        }
    }
}

/// Chosen frames that come from one run.
struct Group {
    times: Vec<Duration>,
    /// How far behind the first a seek may aim and still find it, where it is a key frame.
    behind_key: Option<Duration>,
    /// Whether all are key frames, to be found by decoding no others.
    among_keys: bool,
}

/// The chosen frames, together where decoding on from one to the next takes no longer than beginning anew. `exact`: whether
/// the container's index has the times frames are shown at, and not those they are decoded at. `knows_keys`: whether
/// all key frames were looked at, as far as they are not too close.
fn groups(chosen: &[&Candidate], all: &[Candidate], exact: bool, knows_keys: bool) -> Vec<Group> {
    let keys = all.iter().filter(|candidate| candidate.is_key).count();
    // Decoding this many key frames in one run takes less than starting a run for each that is wanted.
    if knows_keys
        && keys <= chosen.len().saturating_mul(FEW_KEYS)
        && chosen.iter().all(|candidate| candidate.is_key)
    {
        let times = chosen.iter().map(|candidate| candidate.at).collect();
        return vec![Group { times, behind_key: None, among_keys: true }];
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut before = None;
    for candidate in chosen {
        let key_within = |from: Duration, to: Duration| {
            all.iter().any(|other| other.is_key && other.at > from && other.at <= to)
        };
        let goes_on = before.is_some_and(|before: Duration| {
            candidate.at.saturating_sub(before) <= SAME_RUN || !key_within(before, candidate.at)
        });
        match groups.last_mut() {
            Some(group) if goes_on => group.times.push(candidate.at),
            _ => {
                let behind = if exact { HALF_A_MILLISECOND } else { DECODED_BEFORE };
                let alone = exact || !key_within(candidate.at, candidate.at + 2 * behind);
                let behind_key = (candidate.is_key && alone).then_some(behind);
                groups.push(Group { times: vec![candidate.at], behind_key, among_keys: false });
            }
        }
        before = Some(candidate.at);
    }
    groups
}
