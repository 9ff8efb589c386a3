//! The shape of a recording, for drawing.

use super::{SoundError, SoundReader};
use std::path::Path;
use std::time::Duration;

/// How loud a recording is from its beginning to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Waveform {
    /// The highest amplitude in equal stretches of time, each within 0 to 1. As many as were asked for, fewer only when
    /// the recording has fewer frames.
    pub peaks: Vec<f32>,
    /// How long it really is, counted.
    pub duration: Duration,
}

/// Measures the file at `path` in `bars` stretches. Reads all of it once; memory depends on `bars` only.
///
/// # Errors
/// As [`SoundReader::open`] and [`SoundStream::next_block`](super::SoundStream::next_block).
pub fn waveform(path: &Path, bars: usize) -> Result<Waveform, SoundError> {
    let mut reader = SoundReader::open(path)?;
    let mut peaks = Peaks::new(bars);
    let mut duration = Duration::ZERO;
    while let Some(block) = reader.next_block()? {
        duration += Duration::from_secs_f64(block.frames() as f64 / f64::from(block.rate.max(1)));
        for frame in block.samples.chunks_exact(block.sides.len().max(1)) {
            peaks.push(frame.iter().fold(0.0, |peak, sample| f32::max(peak, sample.abs())));
        }
    }
    Ok(Waveform { peaks: peaks.into_bars(), duration })
}

/// Peaks of stretches that grow with the recording, whose length nobody knows beforehand.
struct Peaks {
    bars: usize,
    /// The peak of each stretch of `stretch` frames, the last one unfinished.
    highest: Vec<f32>,
    stretch: u64,
    /// Frames in the last stretch.
    filled: u64,
}

/// Stretches for each bar while measuring: what a bar's edges may be off by is a sixteenth of its width at most.
const FINENESS: usize = 16;

impl Peaks {
    fn new(bars: usize) -> Self {
        Self { bars, highest: Vec::new(), stretch: 1, filled: 0 }
    }

    fn push(&mut self, peak: f32) {
        if self.filled == self.stretch || self.highest.is_empty() {
            if self.highest.len() >= self.bars.saturating_mul(2 * FINENESS).max(2) {
                self.highest = self.highest.chunks(2).map(highest).collect();
                self.stretch *= 2;
            }
            self.highest.push(0.0);
            self.filled = 0;
        }
        self.filled += 1;
        if let Some(last) = self.highest.last_mut() {
            *last = last.max(peak);
        }
    }

    fn into_bars(self) -> Vec<f32> {
        let (count, bars) = (self.highest.len(), self.bars.min(self.highest.len()));
        (0..bars)
            .map(|bar| {
                highest(self.highest.get(bar * count / bars..(bar + 1) * count / bars).unwrap_or_default())
            })
            .collect()
    }
}

fn highest(peaks: &[f32]) -> f32 {
    peaks.iter().copied().fold(0.0, f32::max).min(1.0)
}
