//! The sound of a video, for a recogniser: mono, block by block, on the video's own clock.

use crate::child::Child;
use crate::tools::{FEW_THREADS, add_input, seconds};
use crate::{Tools, VideoError};
use conversation::{SPEECH_RATE, SensesError, SpeechSource};
use std::path::Path;
use std::time::Duration;

/// Sound drawn from a video: mono samples from -1 to 1 at [`SPEECH_RATE`]. Dropping it ends the reading.
pub struct SoundTrack {
    child: Option<Child>,
    block: Vec<f32>,
    /// Bytes of a sample that was cut by the end of a block.
    left: Vec<u8>,
    duration: Option<Duration>,
    samples: u64,
}

impl Tools {
    /// The sound of the video, or of a stretch of it from one time to another; `None` where it has no sound. The first
    /// sample belongs to the beginning of the video or of the stretch: sound that starts later than the picture comes
    /// after silence, and holes in it are filled with silence.
    ///
    /// # Errors
    /// As for [`Tools::probe`].
    pub fn sound(
        &self,
        path: &Path,
        stretch: Option<(Duration, Duration)>,
    ) -> Result<Option<SoundTrack>, VideoError> {
        let info = self.probe(path)?;
        if info.sound.is_none() {
            return Ok(None);
        }
        let (from, length) = match stretch {
            Some((from, to)) => (from, Some(to.saturating_sub(from))),
            None => (Duration::ZERO, None),
        };
        let mut command = self.ffmpeg();
        if let Some(length) = length {
            command.args(["-t", &seconds(length)]);
        }
        add_input(&mut command, path, from, true, FEW_THREADS);
        let left = info.duration.map(|duration| duration.saturating_sub(from));
        let duration = match (left, length) {
            (Some(left), Some(length)) => Some(left.min(length)),
            (left, length) => left.or(length),
        };
        // FFmpeg miscounts the times of some Vorbis streams in Ogg, where sound has no holes: there samples are counted.
        let clock = if info.container.contains("ogg") {
            format!("asetpts=N/SR/TB,aresample={SPEECH_RATE}")
        } else {
            format!("aresample={SPEECH_RATE}:async=1:first_pts=0")
        };
        command.args(["-map", "0:a:0", "-vn", "-sn", "-dn", "-af", &clock, "-ac", "1"]);
        // Wrong times elsewhere shall not make hours of silence.
        if let Some(duration) = duration {
            command.args(["-t", &seconds(duration)]);
        }
        command.args(["-ar", &SPEECH_RATE.to_string(), "-f", "f32le", "pipe:1"]);
        let child = Some(Child::start(command, None)?);
        Ok(Some(SoundTrack { child, block: Vec::new(), left: Vec::new(), duration, samples: 0 }))
    }
}

impl SoundTrack {
    /// The next samples, at least one; `None` at the end. `is_cancelled` is asked at least every 100 ms.
    ///
    /// # Errors
    /// [`VideoError::Cancelled`], [`VideoError::Stalled`]; [`VideoError::Damaged`] when nothing of it can be read.
    pub fn next_samples(&mut self, is_cancelled: &dyn Fn() -> bool) -> Result<Option<&[f32]>, VideoError> {
        let Some(child) = &mut self.child else { return Ok(None) };
        loop {
            let Some(bytes) = child.next_block(is_cancelled)? else {
                let said = child.last_words();
                self.child = None;
                if self.samples == 0 && said.is_some() {
                    return Err(crate::error::of_file(said));
                }
                return Ok(None);
            };
            self.left.extend_from_slice(&bytes);
            let whole = self.left.len() / 4 * 4;
            if whole == 0 {
                continue;
            }
            self.block.clear();
            self.block.extend(self.left[..whole].chunks_exact(4).map(|sample| {
                let sample = f32::from_le_bytes([sample[0], sample[1], sample[2], sample[3]]);
                // A decoder of floats may deliver anything.
                if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
            }));
            self.left.drain(..whole);
            self.samples += self.block.len() as u64;
            return Ok(Some(&self.block));
        }
    }
}

impl SpeechSource for SoundTrack {
    fn next_block(&mut self) -> Result<Option<&[f32]>, SensesError> {
        self.next_samples(&|| false).map_err(|error| SensesError::Failed(error.to_string()))
    }

    fn duration(&self) -> Option<Duration> {
        self.duration
    }
}
