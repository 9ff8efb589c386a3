//! Puts frames on the grid and sound beside them, and feeds the encoder, on a thread of its own.

use super::encoder::ClipEncoder;
use super::grid::{Grid, Step};
use super::jpeg;
use super::parts::Part;
use super::sound::SoundLine;
use super::stream::Stream;
use crate::child::Child;
use crate::{Tools, VideoError};
use std::io;
use std::process::ChildStdin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// So many seconds the sound may be behind the picture. Then silence stands for it: the part is to be on the disk.
const SOUND_BEHIND: u64 = 1;

/// What the feeder is told.
pub(crate) enum Order {
    /// A picture, and when in the clip it was taken.
    Frame(Duration, Vec<u8>),
    /// Samples, and the number of the first.
    Sound(u64, Vec<f32>),
    /// The clip ends here.
    End(Duration),
    /// Nothing of it is wanted.
    Cancel,
}

/// What the feeder and whoever gives it orders count together.
#[derive(Default)]
pub(crate) struct Counts {
    /// Frames that are not in the clip.
    pub(crate) dropped: AtomicU64,
    /// Frames that wait for the feeder.
    pub(crate) frames_waiting: AtomicUsize,
    /// Samples that wait for it.
    pub(crate) samples_waiting: AtomicUsize,
}

/// What came of a recording.
pub(crate) struct Written {
    /// Frames of the picture.
    pub(crate) frames: u64,
    /// Whether the encoder ended well, so that the clip is whole and nothing has to be put together.
    pub(crate) is_whole: bool,
}

/// How a clip is written, and where.
pub(crate) struct Feeder {
    pub(crate) tools: Tools,
    pub(crate) part: Part,
    pub(crate) encoder: ClipEncoder,
    pub(crate) frame_rate: u32,
    pub(crate) longest_edge: Option<u32>,
    pub(crate) sound: Option<SoundLine>,
    pub(crate) counts: Arc<Counts>,
}

impl Feeder {
    /// Works until the last order.
    pub(crate) fn run(self, queue: &Receiver<Order>) -> Result<Written, VideoError> {
        let counts = Arc::clone(&self.counts);
        let mut feeding = Feeding { feeder: self, running: None, place: 0, failed: false };
        let mut grid = Grid::new(feeding.feeder.frame_rate);
        while let Ok(order) = queue.recv() {
            match order {
                Order::Frame(at, jpeg) => {
                    counts.frames_waiting.fetch_sub(1, Ordering::Relaxed);
                    if feeding.failed {
                        counts.dropped.fetch_add(1, Ordering::Relaxed);
                    } else {
                        feeding.write(grid.frame(at, jpeg))?;
                    }
                }
                Order::Sound(first, samples) => {
                    counts.samples_waiting.fetch_sub(samples.len(), Ordering::Relaxed);
                    feeding.hear(first, &samples);
                }
                Order::End(end) => {
                    feeding.write(grid.end(end))?;
                    return feeding.close(grid.written());
                }
                Order::Cancel => {
                    // Dropping the child ends it.
                    return Ok(Written { frames: 0, is_whole: false });
                }
            }
        }
        feeding.write(grid.end(Duration::ZERO))?;
        feeding.close(grid.written())
    }

    fn launch(&self, first: &[u8]) -> Result<(Child, Stream<ChildStdin>), VideoError> {
        let size = jpeg::size(first).ok_or(VideoError::NotJpeg)?;
        let (width, height) = canvas(size, self.longest_edge);
        let mut command = self.tools.ffmpeg();
        // Nothing is guessed, so nothing is waited for.
        command.args(["-probesize", "32", "-analyzeduration", "0", "-fflags", "nobuffer", "-threads", "1"]);
        command.args(["-f", "matroska", "-i", "pipe:0", "-map", "0:v:0"]);
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
        command.args(self.encoder.picture(self.frame_rate));
        if self.sound.is_some() {
            // Samples count; the stream's times are rounded to milliseconds.
            command.args(["-map", "0:a:0", "-af", "asetpts=N/SR/TB"]);
            command.args(self.encoder.sound());
        }
        // The first frames may be broken: the sound waits for one that is not.
        command.args(["-max_muxing_queue_size", "100000"]);
        command.args(["-flags", "+global_header", "-f", "tee"]).arg(self.part.outputs(self.encoder)?);
        let (child, pipe) = Child::start_fed(command)?;
        let rate = self.sound.as_ref().map(SoundLine::rate);
        let stream = Stream::begin(pipe, size, self.frame_rate, rate)?;
        Ok((child, stream))
    }
}

/// A feeder at work.
struct Feeding {
    feeder: Feeder,
    /// From the first frame on.
    running: Option<(Child, Stream<ChildStdin>)>,
    /// The place of the grid that is written next.
    place: u64,
    failed: bool,
}

impl Feeding {
    /// Writes what the grid says, and the sound that belongs beside it. A child that has ended does not end the recording
    /// here: what it wrote may still be a clip, and the caller learns how long it is at the end.
    fn write(&mut self, step: Step) -> Result<(), VideoError> {
        let Some(jpeg) = step.jpeg.filter(|_| step.times > 0 && !self.failed) else { return Ok(()) };
        if self.running.is_none() {
            self.running = Some(self.feeder.launch(&jpeg)?);
        }
        for _ in 0..step.times {
            let Some((_, stream)) = &mut self.running else { break };
            let written = stream.picture(self.place, &jpeg);
            self.place += 1;
            if let Some(sound) = &mut self.feeder.sound {
                let late = self.place.saturating_sub(SOUND_BEHIND * u64::from(self.feeder.frame_rate));
                sound.fill(sound.at(late, self.feeder.frame_rate));
            }
            if !self.goes_on(written) {
                break;
            }
            self.hand_on_sound();
        }
        Ok(())
    }

    fn hear(&mut self, first: u64, samples: &[f32]) {
        if let Some(sound) = self.feeder.sound.as_mut().filter(|_| !self.failed) {
            sound.take(first, samples);
        }
        self.hand_on_sound();
    }

    /// Writes the sound there is beside the picture that is written: where the picture ends, so does the sound.
    fn hand_on_sound(&mut self) {
        let (Some((_, stream)), Some(sound)) = (&mut self.running, &mut self.feeder.sound) else { return };
        let (first, samples) = sound.hand_on(sound.at(self.place, self.feeder.frame_rate));
        if !samples.is_empty() && !self.failed {
            let written = stream.sound(first, &samples);
            self.goes_on(written);
        }
    }

    fn goes_on(&mut self, written: io::Result<()>) -> bool {
        if let Err(error) = written {
            tracing::warn!(%error, "the encoder of a clip ended early");
            self.failed = true;
        }
        !self.failed
    }

    /// Closes the part. `written`: how many frames it should have.
    fn close(mut self, written: u64) -> Result<Written, VideoError> {
        if let Some(sound) = &mut self.feeder.sound {
            sound.fill(sound.at(self.place, self.feeder.frame_rate));
        }
        self.hand_on_sound();
        let Some((child, stream)) = self.running.take() else {
            return Ok(Written { frames: 0, is_whole: false });
        };
        // The end of what it is given is the end of its work.
        drop(stream);
        match child.end(&|| false) {
            Ok(()) if !self.failed => Ok(Written { frames: written, is_whole: true }),
            ended => {
                let Feeder { tools, part, frame_rate, .. } = &self.feeder;
                let left = tools.probe(part.path()).ok().and_then(|info| info.duration);
                let frames =
                    left.map_or(0.0, |left| left.as_secs_f64() * f64::from(*frame_rate)).round() as u64;
                match ended {
                    Err(error) if frames == 0 => Err(error),
                    _ => Ok(Written { frames: frames.min(written), is_whole: false }),
                }
            }
        }
    }
}

/// The size of a clip: that of its first frame, scaled down to `longest_edge`, with even sides, which H.264 needs.
fn canvas((width, height): (u32, u32), longest_edge: Option<u32>) -> (u32, u32) {
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
        assert_eq!(canvas((1280, 720), None), (1280, 720));
        assert_eq!(canvas((1280, 720), Some(640)), (640, 360));
        assert_eq!(canvas((321, 241), None), (320, 240));
        assert_eq!(canvas((640, 480), Some(9999)), (640, 480));
        assert_eq!(canvas((3, 1), None), (2, 2));
    }
}
