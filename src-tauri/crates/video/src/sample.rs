//! A handful of frames that together show what happens in a video, each part of which is decoded once at most.
//!
//! 1. One pass decodes key frames only. Encoders put one at most cuts, and one every few seconds.
//! 2. Where they are sparser than the frames that are wanted, the gaps are decoded whole. Formats that consist of key frames
//!    only are looked into here and there instead.
//! 3. [`crate::scenes`] chooses.
//!
//! FFmpeg delivers every frame that may be chosen at the size that is wanted. It waits in a temporary file ([`Store`]), and
//! what it looks like in memory ([`Thumb`]). When the file has all it may hold, the choice is made of what there is so far, for
//! more frames than are wanted, and the others are let go: what remains covers the time evenly and shows every scene.

use crate::frame::{FrameRun, Wanted, fitted};
use crate::picture::every;
use crate::probe::VideoInfo;
use crate::scenes::{Candidate, choose};
use crate::store::Store;
use crate::thumb::Thumb;
use crate::tools::FEW_THREADS;
use crate::{Frame, Tools, VideoError};
use std::collections::VecDeque;
use std::num::NonZero;
use std::path::Path;
use std::time::Duration;

/// Candidates for each wanted frame: of key frames, which are cheap, and of others.
const KEYS_PER_FRAME: u32 = 8;
const FILLS_PER_FRAME: u32 = 4;
/// Candidates for each wanted frame whose pixels are kept at most, and how many remain when some are let go.
const MOST_KEPT: usize = 3;
const LEFT_OVER: usize = 2;
/// Where few frames are wanted, as many are kept as for so many.
const FEW_WANTED: usize = 8;
const KEYS_ONLY: [&str; 2] = ["-skip_frame", "nokey"];
/// Leaves out frames that no other is decoded from. All others are exact.
const QUICK: [&str; 2] = ["-skip_frame", "noref"];
/// Frames are looked at no closer together.
const CLOSEST: Duration = Duration::from_millis(40);
/// How much is decoded whole without another thought. Of more than this only gaps that are twice as long as the frames
/// are apart.
const QUICK_TO_DECODE: Duration = Duration::from_mins(2);
/// Runs for the gaps of a video; with more gaps, what lies between them is decoded as well.
const MOST_GAPS: usize = 12;
/// Threads that decode a gap at most.
const MOST_THREADS: usize = 4;
/// Runs for single frames at the same time. Most of a short run is reading headers, with one thread.
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
        let size = fitted(&info, options.longest_edge);
        let mut looked = Looked {
            candidates: Vec::new(),
            store: Store::new(size.0 as usize * size.1 as usize * 3)?,
            most: options.most as usize,
        };
        sampling.look(size, &mut looked)?;
        let frames = looked.chosen(size, end)?;
        if frames.is_empty() {
            // No frame begins in the stretch: one is shown for all of it, or the file can hardly be read.
            return Ok(vec![self.shown_at(path, &info, start, options.longest_edge)?]);
        }
        (options.progress)(1.0);
        Ok(frames)
    }
}

/// Everything that was looked at, in the order of time.
struct Looked {
    candidates: Vec<Candidate>,
    store: Store,
    /// How many are wanted.
    most: usize,
}

impl Looked {
    /// Takes a frame. One that was looked at already is left.
    fn take(&mut self, frame: &Frame) -> Result<(), VideoError> {
        let after = self.candidates.partition_point(|candidate| candidate.at < frame.at);
        if self.candidates.get(after).is_some_and(|candidate| candidate.at == frame.at) {
            return Ok(());
        }
        let place = Some(self.store.put(&frame.rgb)?);
        self.candidates.insert(after, Candidate { at: frame.at, thumb: Thumb::of(frame), place });
        if self.store.held() >= self.most.max(FEW_WANTED).saturating_mul(MOST_KEPT) {
            self.thin();
        }
        Ok(())
    }

    /// Lets pixels go.
    fn thin(&mut self) {
        let end = self.candidates.last().map_or(Duration::ZERO, |last| last.at);
        let left = choose(&self.candidates, end, self.most.max(FEW_WANTED).saturating_mul(LEFT_OVER));
        let mut left = left.into_iter().peekable();
        for (index, candidate) in self.candidates.iter_mut().enumerate() {
            if left.next_if_eq(&index).is_none()
                && let Some(place) = candidate.place.take()
            {
                self.store.let_go(place);
            }
        }
    }

    /// The chosen frames.
    fn chosen(mut self, (width, height): (u32, u32), end: Duration) -> Result<Vec<Frame>, VideoError> {
        let mut frames = Vec::new();
        for index in choose(&self.candidates, end, self.most) {
            let Some(&Candidate { at, place: Some(place), .. }) = self.candidates.get(index) else {
                continue;
            };
            frames.push(Frame { at, width, height, rgb: self.store.get(place)? });
        }
        Ok(frames)
    }
}

/// How a stretch is looked through.
struct Pass<'a> {
    /// One frame is taken in each.
    step: Duration,
    /// Options of the decoder.
    decoder: &'a [&'a str],
    threads: usize,
    /// Where its progress begins, and how much of the whole it is.
    progress: (f32, f32),
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

    /// Looks at everything there is to choose from, at this size.
    fn look(&self, size: (u32, u32), looked: &mut Looked) -> Result<(), VideoError> {
        if self.is_looked_into() {
            return self.look_here_and_there(size, looked);
        }
        let keys = Pass {
            step: (self.spacing() / KEYS_PER_FRAME).max(CLOSEST),
            decoder: &KEYS_ONLY,
            threads: FEW_THREADS,
            progress: (0.0, 0.2),
        };
        if self.has_times() {
            self.look_through((self.start, self.end), &keys, size, looked)?;
        }
        let dense = self.has_times()
            && !self.info.variable_rate
            && self.info.frame_rate.is_some_and(|rate| rate >= DENSE);
        // As many as FFmpeg would take by itself, up to a bound: each holds frames.
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let others = Pass {
            step: (self.spacing() / FILLS_PER_FRAME).max(CLOSEST),
            decoder: if dense { &QUICK } else { &[] },
            threads: (cores + 1).min(MOST_THREADS),
            progress: (0.2, 0.8),
        };
        for gap in self.gaps(&looked.candidates) {
            self.look_through(gap, &others, size, looked)?;
        }
        Ok(())
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

    /// Looks at what a pass takes of a stretch.
    fn look_through(
        &self,
        (from, to): (Duration, Duration),
        pass: &Pass<'_>,
        size: (u32, u32),
        looked: &mut Looked,
    ) -> Result<(), VideoError> {
        // Without times of their own frames are only counted right from the beginning.
        let seek = if self.has_times() { from } else { Duration::ZERO };
        let wanted = Wanted {
            length: Some(to.saturating_sub(seek).max(Duration::from_millis(1))),
            select: Some(every(pass.step)),
            decoder: pass.decoder,
            threads: pass.threads,
            ..Wanted::from(seek)
        };
        let whole = self.end.saturating_sub(self.start).as_secs_f32().max(f32::EPSILON);
        let (before, share) = pass.progress;
        let mut run = FrameRun::start(self.tools, self.path, self.info.layout, &wanted, size, "bicubic")?;
        while let Some(frame) = run.next(self.options.is_cancelled)? {
            let done = frame.at.saturating_sub(self.start).as_secs_f32() / whole;
            (self.options.progress)(before + share * done.min(1.0));
            if (from..to).contains(&frame.at) {
                looked.take(&frame)?;
            }
        }
        Ok(())
    }

    /// Frames at even distances, with a seek for each.
    fn look_here_and_there(&self, size: (u32, u32), looked: &mut Looked) -> Result<(), VideoError> {
        let places = self.options.most.saturating_mul(FILLS_PER_FRAME);
        let step = self.end.saturating_sub(self.start) / places.max(1);
        let runs = (0..places).map(|place| {
            let wanted = Wanted { most: Some(1), ..Wanted::from(self.start + step * place) };
            FrameRun::start(self.tools, self.path, self.info.layout, &wanted, size, "bicubic")
        });
        let mut seen = 0;
        self.abreast(runs, |frame| {
            seen += 1;
            (self.options.progress)(seen as f32 / places.max(1) as f32);
            if frame.at < self.end { looked.take(frame) } else { Ok(()) }
        })
    }

    /// All frames of all runs in order, with the next run started already while one is read.
    fn abreast(
        &self,
        mut runs: impl Iterator<Item = Result<FrameRun, VideoError>>,
        mut take: impl FnMut(&Frame) -> Result<(), VideoError>,
    ) -> Result<(), VideoError> {
        let mut started = VecDeque::new();
        loop {
            while started.len() < ABREAST {
                let Some(run) = runs.next() else { break };
                started.push_back(run?);
            }
            let Some(mut run) = started.pop_front() else { return Ok(()) };
            while let Some(frame) = run.next(self.options.is_cancelled)? {
                take(&frame)?;
            }
        }
    }
}
