//! Writes a clip from frames and sound while they are recorded: H.264 and AAC in an MP4 file that plays everywhere.
//!
//! A thread of its own takes frames from a short queue, puts them on a grid of constant rate, the sound beside them, and hands
//! both to an FFmpeg child, which encodes them once and writes two files: the clip, which is whole when the child ends, and a
//! *part*, a fragmented MP4 (or WebM) file that can be read up to the last fragment whenever it stops. So all that is left
//! when a recording ends is the last frame and the clip's index. Whatever ends Castor or the child before leaves a part that
//! [`recover`] makes a clip of.

mod encoder;
mod feeder;
mod grid;
mod jpeg;
mod parts;
mod sound;
mod stream;

pub use encoder::ClipEncoder;
pub(crate) use encoder::list as list_encoders;
pub use parts::recover;

use crate::child::PATIENCE;
use crate::{Tools, VideoError};
use feeder::{Counts, Feeder, Order, Written};
use parts::Part;
use sound::SoundLine;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Frames that wait for the encoder before new ones are dropped.
const FRAMES_WAITING: usize = 8;
/// Longest clip.
const LONGEST: Duration = Duration::from_hours(1);
/// From one look whether the encoder is still behind to the next.
const NEXT_LOOK: Duration = Duration::from_millis(2);
/// Samples that wait before new ones are left out: a minute at 48 kHz.
const SAMPLES_WAITING: usize = 60 * 48_000;
/// Largest frame that is taken, in bytes.
const LARGEST_FRAME: usize = 32 << 20;

/// How a clip is written.
#[derive(Debug, Clone, Default)]
pub struct ClipOptions {
    /// Frames a second, from 1 to 60.
    pub frame_rate: u32,
    /// Longest width or height in pixels; that of the first frame where not said. Nothing is enlarged.
    pub longest_edge: Option<u32>,
    /// With which encoder; the best one there is where not said.
    pub encoder: Option<ClipEncoder>,
    /// Rate of its sound in Hz; a clip without sound where not said.
    pub sound_rate: Option<u32>,
}

/// A clip that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// Where it is.
    pub path: PathBuf,
    /// How long its picture is.
    pub duration: Duration,
    /// Frames in it.
    pub frames: u64,
    /// Frames that were handed over and are not in it: the encoder was behind, they were no pictures, they came after the
    /// clip's end, or after it failed.
    pub dropped: u64,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameTaken {
    /// It will be in the clip, unless another one comes for the same place of the grid.
    Taken,
    /// The encoder is behind.
    Dropped,
}

/// A clip that is being recorded. Dropped without [`ClipWriter::finish`] or [`ClipWriter::cancel`] it leaves its part for
/// [`recover`].
pub struct ClipWriter {
    tools: Tools,
    part: Part,
    frame_rate: u32,
    sound_rate: Option<u32>,
    counts: Arc<Counts>,
    /// Samples that were handed over.
    samples: AtomicU64,
    orders: Option<Sender<Order>>,
    feeder: JoinHandle<()>,
    ended: Receiver<Result<Written, VideoError>>,
}

impl ClipWriter {
    /// Begins a clip in `folder`. The encoder starts with the first frame.
    ///
    /// # Errors
    /// [`VideoError::NoEncoder`], [`VideoError::DiskFull`], [`VideoError::Io`].
    pub fn start(tools: &Tools, folder: &Path, options: &ClipOptions) -> Result<Self, VideoError> {
        let encoder = encoder::choose(tools, options.encoder)?;
        let part = Part::new(folder, encoder)?;
        let (orders, queue) = mpsc::channel();
        let counts = Arc::<Counts>::default();
        let (result, ended) = mpsc::channel();
        let frame_rate = options.frame_rate.clamp(1, 60);
        let sound_rate = options.sound_rate.filter(|&rate| rate > 0);
        let feeder = Feeder {
            tools: tools.clone(),
            part: part.clone(),
            encoder,
            frame_rate,
            longest_edge: options.longest_edge,
            sound: sound_rate.map(SoundLine::new),
            counts: Arc::clone(&counts),
        };
        let feeder = std::thread::Builder::new().name("clip".to_owned()).spawn(move || {
            // Nobody waits for it any more where the writer was given up.
            let _ = result.send(feeder.run(&queue));
        })?;
        let (samples, orders) = (AtomicU64::new(0), Some(orders));
        Ok(Self {
            tools: tools.clone(),
            part,
            frame_rate,
            sound_rate,
            counts,
            samples,
            orders,
            feeder,
            ended,
        })
    }

    /// Hands over a frame: a whole JPEG picture, and when since the clip's beginning it was taken. Never waits. Times
    /// decide, not arrival: a frame is on screen from its time until that of the next, the first one from the beginning.
    /// A frame of another size than the first is fitted into that, with black beside it.
    ///
    /// # Errors
    /// [`VideoError::NotJpeg`]; the clip goes on.
    pub fn frame(&self, at: Duration, jpeg: &[u8]) -> Result<FrameTaken, VideoError> {
        let dropped = || {
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
        };
        let whole = if jpeg.len() > LARGEST_FRAME { None } else { jpeg::whole(jpeg) };
        let Some(whole) = whole else {
            dropped();
            return Err(VideoError::NotJpeg);
        };
        if at > LONGEST || self.is_behind() {
            dropped();
            return Ok(FrameTaken::Dropped);
        }
        self.counts.frames_waiting.fetch_add(1, Ordering::Relaxed);
        if !self.send(Order::Frame(at, whole.to_vec())) {
            dropped();
            return Ok(FrameTaken::Dropped);
        }
        Ok(FrameTaken::Taken)
    }

    /// As [`ClipWriter::frame`], but waits while the encoder is behind: for frames that were taken before.
    ///
    /// # Errors
    /// [`VideoError::NotJpeg`]; the clip goes on. [`VideoError::Stalled`] where the encoder takes no frame for long.
    pub fn earlier_frame(&self, at: Duration, jpeg: &[u8]) -> Result<FrameTaken, VideoError> {
        let until = Instant::now() + PATIENCE;
        // One that has failed tells so at the end.
        while self.is_behind() && !self.feeder.is_finished() {
            if Instant::now() >= until {
                return Err(VideoError::Stalled);
            }
            std::thread::sleep(NEXT_LOOK);
        }
        self.frame(at, jpeg)
    }

    fn is_behind(&self) -> bool {
        self.counts.frames_waiting.load(Ordering::Relaxed) >= FRAMES_WAITING
    }

    /// Hands over sound: mono samples from -1 to 1 at [`ClipOptions::sound_rate`], each right after the one before, the very
    /// first at the clip's beginning. Never waits. Sound that comes more than a second after the picture it belongs to is
    /// silence in the clip, as is what is missing at its end; what goes on after the end is left out.
    pub fn sound(&self, samples: &[f32]) {
        let first = self.samples.fetch_add(samples.len() as u64, Ordering::Relaxed);
        if self.counts.samples_waiting.load(Ordering::Relaxed) >= SAMPLES_WAITING {
            return;
        }
        self.counts.samples_waiting.fetch_add(samples.len(), Ordering::Relaxed);
        // Whether the feeder failed is told at the end.
        let _ = self.send(Order::Sound(first, samples.to_vec()));
    }

    /// How much sound was handed over; none in a clip without sound.
    pub fn heard(&self) -> Duration {
        let rate = f64::from(self.sound_rate.unwrap_or(u32::MAX));
        Duration::from_secs_f64(self.samples.load(Ordering::Relaxed) as f64 / rate)
    }

    /// Ends the clip `end` after its beginning; the last frame is on screen until then. Where the encoder failed on the way,
    /// the clip ends there.
    ///
    /// # Errors
    /// [`VideoError::NothingRecorded`]; [`VideoError::Failed`], [`VideoError::DiskFull`] and [`VideoError::Io`] leave the
    /// part for [`recover`].
    pub fn finish(mut self, end: Duration) -> Result<Clip, VideoError> {
        let frame_rate = f64::from(self.frame_rate);
        let Written { frames, is_whole } = self.end(Order::End(end.min(LONGEST)))?;
        if frames == 0 {
            self.part.remove();
            return Err(VideoError::NothingRecorded);
        }
        let path = if is_whole { self.part.keep_whole()? } else { self.part.assemble(&self.tools)? };
        let duration = Duration::from_secs_f64(frames as f64 / frame_rate);
        Ok(Clip { path, duration, frames, dropped: self.counts.dropped.load(Ordering::Relaxed) })
    }

    /// Ends the recording and leaves nothing of it.
    pub fn cancel(mut self) {
        if let Err(error) = self.end(Order::Cancel) {
            tracing::debug!(%error, "a cancelled clip had failed");
        }
        self.part.remove();
    }

    /// Gives the feeder an order. Whether it is still there.
    fn send(&self, order: Order) -> bool {
        self.orders.as_ref().is_some_and(|orders| orders.send(order).is_ok())
    }

    /// Gives the feeder its last order and waits for it.
    fn end(&mut self, last: Order) -> Result<Written, VideoError> {
        // It is gone only if it failed, which it tells.
        let _ = self.send(last);
        self.orders = None;
        self.wait()
    }

    /// Waits until the part is closed. An encoder that hangs is left to itself: it ends with what it is given.
    fn wait(&self) -> Result<Written, VideoError> {
        match self.ended.recv_timeout(2 * PATIENCE) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => Err(VideoError::Stalled),
            Err(RecvTimeoutError::Disconnected) => {
                Err(VideoError::Failed { reason: "the writer of the clip ended early".to_owned() })
            }
        }
    }
}

impl Drop for ClipWriter {
    fn drop(&mut self) {
        // With its queue the feeder ends, and closes the part as it is.
        if self.orders.take().is_some() {
            if let Err(error) = self.wait() {
                tracing::warn!(%error, "a clip that was given up is not whole");
            }
            self.part.remove_unfinished();
        }
    }
}
