//! Writes a clip from frames while they are recorded: H.264 and AAC in an MP4 file that plays everywhere.
//!
//! A thread of its own takes frames from a short queue, puts them on a grid of constant rate and hands them to an FFmpeg
//! child, which writes a *part*: a fragmented MP4 (or WebM) file that can be read up to the last fragment whenever it
//! stops. [`ClipWriter::finish`] has a second, short run put part and sound together without encoding the picture again.
//! Whatever ends Castor or the child in between leaves a part that [`recover`] makes a clip of.

mod encoder;
mod grid;
mod jpeg;
mod parts;

pub use encoder::ClipEncoder;
pub(crate) use encoder::list as list_encoders;
pub use parts::recover;

use crate::child::{Child, PATIENCE};
use crate::tools::file;
use crate::{Tools, VideoError};
use grid::{Grid, Step};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ChildStdin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::{Duration, Instant};

/// Frames that wait for the encoder before new ones are dropped.
const FRAMES_WAITING: usize = 8;
/// Longest clip.
const LONGEST: Duration = Duration::from_hours(1);
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
    part: PathBuf,
    encoder: ClipEncoder,
    frame_rate: u32,
    dropped: Arc<AtomicU64>,
    orders: Option<SyncSender<Order>>,
    ended: Receiver<Result<u64, VideoError>>,
}

enum Order {
    Frame(Duration, Vec<u8>),
    End(Duration),
    Cancel,
}

impl ClipWriter {
    /// Begins a clip in `folder`. The encoder starts with the first frame.
    ///
    /// # Errors
    /// [`VideoError::NoEncoder`], [`VideoError::DiskFull`], [`VideoError::Io`].
    pub fn start(tools: &Tools, folder: &Path, options: &ClipOptions) -> Result<Self, VideoError> {
        let encoder = encoder::choose(tools, options.encoder)?;
        let part = parts::new_part(folder, encoder)?;
        let frame_rate = options.frame_rate.clamp(1, 60);
        let (orders, queue) = mpsc::sync_channel(FRAMES_WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let (result, ended) = mpsc::channel();
        let feeder = Feeder {
            tools: tools.clone(),
            part: part.clone(),
            encoder,
            frame_rate,
            longest_edge: options.longest_edge,
            dropped: Arc::clone(&dropped),
            running: None,
            failed: false,
        };
        std::thread::Builder::new().name("clip".to_owned()).spawn(move || {
            // Nobody waits for it any more where the writer was given up.
            let _ = result.send(feeder.run(&queue));
        })?;
        let orders = Some(orders);
        Ok(Self { tools: tools.clone(), part, encoder, frame_rate, dropped, orders, ended })
    }

    /// Hands over a frame: a whole JPEG picture, and when since the clip's beginning it was taken. Never waits. Times
    /// decide, not arrival: a frame is on screen from its time until that of the next, the first one from the beginning.
    /// A frame of another size than the first is fitted into that, with black beside it.
    ///
    /// # Errors
    /// [`VideoError::NotJpeg`]; the clip goes on.
    pub fn frame(&self, at: Duration, jpeg: &[u8]) -> Result<FrameTaken, VideoError> {
        let drop_it = || {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        };
        let whole = if jpeg.len() > LARGEST_FRAME { None } else { jpeg::whole(jpeg) };
        let Some(whole) = whole else {
            drop_it();
            return Err(VideoError::NotJpeg);
        };
        let order = Order::Frame(at, whole.to_vec());
        let Some(orders) = self.orders.as_ref().filter(|_| at <= LONGEST) else {
            drop_it();
            return Ok(FrameTaken::Dropped);
        };
        match orders.try_send(order) {
            Ok(()) => Ok(FrameTaken::Taken),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                drop_it();
                Ok(FrameTaken::Dropped)
            }
        }
    }

    /// Ends the clip `end` after its beginning; the last frame is on screen until then. `sound` is a WAV file, and when in
    /// the clip it begins. Where the encoder failed on the way, the clip ends there.
    ///
    /// # Errors
    /// [`VideoError::NothingRecorded`]; [`VideoError::Failed`], [`VideoError::DiskFull`] and [`VideoError::Io`] leave the
    /// part for [`recover`].
    pub fn finish(mut self, sound: Option<(&Path, Duration)>, end: Duration) -> Result<Clip, VideoError> {
        let frames = self.end(Order::End(end.min(LONGEST)))?;
        if frames == 0 {
            parts::remove(&self.part);
            return Err(VideoError::NothingRecorded);
        }
        let duration = Duration::from_secs_f64(frames as f64 / f64::from(self.frame_rate));
        let path =
            parts::assemble(&self.tools, &self.part, self.encoder, sound.map(|sound| (sound, duration)))?;
        Ok(Clip { path, duration, frames, dropped: self.dropped.load(Ordering::Relaxed) })
    }

    /// Ends the recording and leaves nothing of it.
    pub fn cancel(mut self) {
        if let Err(error) = self.end(Order::Cancel) {
            tracing::debug!(%error, "a cancelled clip had failed");
        }
        parts::remove(&self.part);
    }

    /// Gives the feeder its last order and waits for it. How many frames the part has.
    fn end(&mut self, last: Order) -> Result<u64, VideoError> {
        let until = Instant::now() + PATIENCE;
        let mut last = Some(last);
        while let (Some(order), Some(orders)) = (last.take(), &self.orders) {
            match orders.try_send(order) {
                Err(TrySendError::Full(order)) if Instant::now() < until => {
                    last = Some(order);
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(TrySendError::Full(_)) => return Err(VideoError::Stalled),
                // It is gone only if it failed, which it tells below.
                Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            }
        }
        self.orders = None;
        self.wait()
    }

    /// Waits until the part is closed. An encoder that hangs is left to itself: it ends with what it is given.
    fn wait(&self) -> Result<u64, VideoError> {
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
        if self.orders.take().is_some()
            && let Err(error) = self.wait()
        {
            tracing::warn!(%error, "a clip that was given up is not whole");
        }
    }
}

/// Puts frames on the grid and feeds the encoder, on a thread of its own.
struct Feeder {
    tools: Tools,
    part: PathBuf,
    encoder: ClipEncoder,
    frame_rate: u32,
    longest_edge: Option<u32>,
    dropped: Arc<AtomicU64>,
    running: Option<(Child, ChildStdin)>,
    failed: bool,
}

impl Feeder {
    fn run(mut self, queue: &Receiver<Order>) -> Result<u64, VideoError> {
        let mut grid = Grid::new(self.frame_rate);
        while let Ok(order) = queue.recv() {
            match order {
                Order::Frame(at, jpeg) if !self.failed => {
                    let step = grid.frame(at, jpeg);
                    self.write(step)?;
                }
                Order::Frame(..) => {
                    self.dropped.fetch_add(1, Ordering::Relaxed);
                }
                Order::End(end) => {
                    let step = grid.end(end);
                    self.write(step)?;
                    return self.close(grid.written());
                }
                Order::Cancel => {
                    // Dropping the child ends it.
                    return Ok(0);
                }
            }
        }
        let step = grid.end(Duration::ZERO);
        self.write(step)?;
        self.close(grid.written())
    }

    /// Writes what the grid says. A child that has ended does not end the recording here: what it wrote may still be a
    /// clip, and the caller learns how long it is at the end.
    fn write(&mut self, step: Step) -> Result<(), VideoError> {
        let Some(jpeg) = step.jpeg.filter(|_| step.times > 0 && !self.failed) else { return Ok(()) };
        if self.running.is_none() {
            self.running = Some(self.launch(&jpeg)?);
        }
        let Some((_, input)) = &mut self.running else { return Ok(()) };
        for _ in 0..step.times {
            if let Err(error) = input.write_all(&jpeg) {
                tracing::warn!(%error, "the encoder of a clip ended early");
                self.failed = true;
                break;
            }
        }
        Ok(())
    }

    /// Closes the part and says how many frames it has.
    fn close(mut self, written: u64) -> Result<u64, VideoError> {
        let Some((child, input)) = self.running.take() else { return Ok(0) };
        drop(input);
        match child.end(&|| false) {
            Ok(()) if !self.failed => Ok(written),
            ended => {
                let left = self.tools.probe(&self.part).ok().and_then(|info| info.duration);
                let frames =
                    left.map_or(0.0, |left| left.as_secs_f64() * f64::from(self.frame_rate)).round() as u64;
                match ended {
                    Err(error) if frames == 0 => Err(error),
                    _ => Ok(frames.min(written)),
                }
            }
        }
    }

    fn launch(&self, first: &[u8]) -> Result<(Child, ChildStdin), VideoError> {
        let (width, height) = jpeg::size(first).ok_or(VideoError::NotJpeg)?;
        let (width, height) = canvas(width, height, self.longest_edge);
        let mut command = self.tools.ffmpeg();
        // Nothing is guessed, so nothing is waited for.
        command.args(["-probesize", "32", "-analyzeduration", "0", "-fflags", "nobuffer", "-threads", "1"]);
        command.args([
            "-f",
            "image2pipe",
            "-c:v",
            "mjpeg",
            "-framerate",
            &self.frame_rate.to_string(),
            "-i",
            "pipe:0",
        ]);
        // JPEG has BT.601 colours in full range; players take BT.709 in video range for granted.
        let filter = format!(
            "scale={width}:{height}:force_original_aspect_ratio=decrease:in_color_matrix=bt601:in_range=full\
             :out_color_matrix=bt709:out_range=tv,pad={width}:{height}:-1:-1,setsar=1,format=yuv420p"
        );
        command.args(["-vf", &filter, "-r", &self.frame_rate.to_string()]);
        command.args(self.tools.frame_times("cfr"));
        command.args([
            "-colorspace",
            "bt709",
            "-color_primaries",
            "bt709",
            "-color_trc",
            "bt709",
            "-color_range",
            "tv",
        ]);
        command.args(self.encoder.picture(self.frame_rate)).arg(file(&self.part));
        Child::start_fed(command)
    }
}

/// The size of a clip: that of its first frame, scaled down to `longest_edge`, with even sides, which H.264 needs.
fn canvas(width: u32, height: u32, longest_edge: Option<u32>) -> (u32, u32) {
    let longest = width.max(height).max(1);
    let edge = longest_edge.unwrap_or(longest).clamp(2, longest.max(2));
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(edge.min(longest)) / u64::from(longest);
        (side as u32 / 2 * 2).max(2)
    };
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::canvas;

    #[test]
    fn a_canvas_has_even_sides_and_is_never_larger() {
        assert_eq!(canvas(1280, 720, None), (1280, 720));
        assert_eq!(canvas(1280, 720, Some(640)), (640, 360));
        assert_eq!(canvas(321, 241, None), (320, 240));
        assert_eq!(canvas(640, 480, Some(9999)), (640, 480));
        assert_eq!(canvas(3, 1, None), (2, 2));
    }
}
