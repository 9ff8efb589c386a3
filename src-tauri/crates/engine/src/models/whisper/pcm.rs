//! Sound as it is pulled from a source, block by block, and the stretch of it that one window of the spectrogram needs.

use super::mel::{self, HOP, MelSpectrogram, REACH, SAMPLE_RATE};
use crate::EngineError;

/// Samples pulled at once: one second.
const BLOCK: usize = SAMPLE_RATE;
/// A window in which no sample reaches this (80 dB below the loudest possible) is silent to any ear. The network, asked
/// about it, would take its time and may invent words.
const AUDIBLE: f32 = 1e-4;

/// Where sound comes from: mono, 16 kHz, samples from -1 to 1.
pub trait PcmSource {
    /// Fills `block` from its beginning and returns how many samples it got; none only at the end.
    ///
    /// # Errors
    /// [`EngineError::Sound`] when the source fails.
    fn read(&mut self, block: &mut [f32]) -> Result<usize, EngineError>;
}

/// A recording that is in memory as a whole.
impl PcmSource for &[f32] {
    fn read(&mut self, block: &mut [f32]) -> Result<usize, EngineError> {
        let count = block.len().min(self.len());
        let (now, later) = self.split_at(count);
        block[..count].copy_from_slice(now);
        *self = later;
        Ok(count)
    }
}

/// One window of the spectrogram.
pub struct Window {
    /// Normalised, `(window_frames, mels)` in row-major order. Frames behind the end of the sound are zero, as in
    /// `pad_or_trim` of the reference implementation.
    pub spectrogram: Vec<f32>,
    /// Frames that hold sound.
    pub frames: usize,
    /// Whether there is anything to hear.
    pub is_audible: bool,
}

/// Pulls sound and keeps of it only what windows from the present one on need.
pub struct Listener<'a> {
    source: &'a mut dyn PcmSource,
    samples: Vec<f32>,
    /// The place in the recording of `samples[0]`.
    start: usize,
    has_ended: bool,
    /// The loudest filter so far. The reference takes it over the whole recording, which is not known here before its end;
    /// for what fits into one window both are the same.
    loudest: f32,
}

impl<'a> Listener<'a> {
    pub fn new(source: &'a mut dyn PcmSource) -> Self {
        Self { source, samples: Vec::new(), start: 0, has_ended: false, loudest: f32::NEG_INFINITY }
    }

    /// The window that begins with frame `first`, or `None` behind the end. Frames must not fall from call to call.
    pub fn window(
        &mut self,
        first: usize,
        window_frames: usize,
        mel: &MelSpectrogram,
    ) -> Result<Option<Window>, EngineError> {
        self.forget_before((first * HOP).saturating_sub(REACH));
        self.pull_to((first + window_frames) * HOP + REACH)?;
        let end = self.start + self.samples.len();
        let frames = (end / HOP).saturating_sub(first).min(window_frames);
        if frames == 0 {
            return Ok(None);
        }
        let present = &self.samples[first * HOP - self.start..];
        let is_audible = present.iter().take(window_frames * HOP).any(|sample| sample.abs() >= AUDIBLE);
        let mut spectrogram = if first * HOP < REACH {
            // Before the beginning the recording is mirrored, as `torch.stft` does.
            let mirrored =
                (1..=REACH).rev().map(|place| self.samples.get(place).copied().unwrap_or_default());
            let whole: Vec<f32> = mirrored.chain(self.samples.iter().copied()).collect();
            mel.logarithmic(&whole[first * HOP..], frames)?
        } else {
            mel.logarithmic(&self.samples[first * HOP - REACH - self.start..], frames)?
        };
        self.loudest = spectrogram.iter().copied().fold(self.loudest, f32::max);
        mel::normalise(&mut spectrogram, self.loudest);
        spectrogram.resize(window_frames * mel.mels(), 0.0);
        Ok(Some(Window { spectrogram, frames, is_audible }))
    }

    fn forget_before(&mut self, place: usize) {
        let count = place.saturating_sub(self.start).min(self.samples.len());
        self.samples.drain(..count);
        self.start += count;
    }

    fn pull_to(&mut self, place: usize) -> Result<(), EngineError> {
        while !self.has_ended && self.start + self.samples.len() < place {
            let have = self.samples.len();
            self.samples.resize(have + BLOCK, 0.0);
            let got = self.source.read(&mut self.samples[have..])?.min(BLOCK);
            self.samples.truncate(have + got);
            self.has_ended = got == 0;
            if self.samples[have..].iter().any(|sample| !sample.is_finite()) {
                return Err(EngineError::Sound("samples that are no numbers".into()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sound that differs everywhere, handed out in odd pieces.
    struct Pieces {
        place: usize,
        length: usize,
    }

    /// Loudest at its beginning, so that every window knows how loud it becomes.
    fn sample(place: usize) -> f32 {
        let place = place as f32;
        (place * 0.37).sin() * (place * 0.0011).cos() * (-place / 30_000.0).exp() * 0.4
    }

    impl PcmSource for Pieces {
        fn read(&mut self, block: &mut [f32]) -> Result<usize, EngineError> {
            let count = (self.length - self.place).min(block.len()).min(777);
            for slot in &mut block[..count] {
                *slot = sample(self.place);
                self.place += 1;
            }
            Ok(count)
        }
    }

    #[test]
    fn windows_are_the_same_whole_and_in_pieces() {
        let mel = MelSpectrogram::new(80);
        let whole: Vec<f32> = (0..70_000).map(sample).collect();
        let mut slice = whole.as_slice();
        let mut pieces = Pieces { place: 0, length: whole.len() };
        let mut one = Listener::new(&mut slice);
        let mut other = Listener::new(&mut pieces);
        for first in [0, 1, 60, 260, 430] {
            let one = one.window(first, 100, &mel).unwrap().unwrap();
            let other = other.window(first, 100, &mel).unwrap().unwrap();
            assert_eq!(one.spectrogram, other.spectrogram, "{first}");
            assert_eq!(one.spectrogram.len(), 100 * 80);
            assert_eq!(one.frames, if first == 430 { 7 } else { 100 });
            assert!(one.is_audible);
        }
        assert!(one.window(437, 100, &mel).unwrap().is_none());
    }

    #[test]
    fn a_window_further_on_has_the_frames_the_first_one_had() {
        let mel = MelSpectrogram::new(80);
        let whole: Vec<f32> = (0..70_000).map(sample).collect();
        let mut slice = whole.as_slice();
        let all = Listener::new(&mut slice).window(0, 400, &mel).unwrap().unwrap();
        let mut slice = whole.as_slice();
        let mut listener = Listener::new(&mut slice);
        for first in [0, 1, 150, 300] {
            let later = listener.window(first, 100, &mel).unwrap().unwrap();
            let differs = later
                .spectrogram
                .iter()
                .zip(&all.spectrogram[first * 80..])
                .any(|(one, other)| (one - other).abs() > 1e-5);
            assert!(!differs, "{first}");
        }
    }

    #[test]
    fn memory_stays_bounded_and_the_end_is_padded() {
        let mel = MelSpectrogram::new(80);
        let mut pieces = Pieces { place: 0, length: 16_000 * 60 + 50 };
        let mut listener = Listener::new(&mut pieces);
        let mut first = 0;
        while let Some(window) = listener.window(first, 100, &mel).unwrap() {
            assert!(listener.samples.len() < 3 * BLOCK);
            assert!(window.spectrogram[window.frames * 80..].iter().all(|value| *value == 0.0));
            first += 70;
        }
        assert!(first >= 6000, "{first}");
    }

    #[test]
    fn too_little_and_broken_sound_are_told() {
        let mel = MelSpectrogram::new(80);
        let mut short = &[0.5; 100][..];
        assert!(Listener::new(&mut short).window(0, 100, &mel).unwrap().is_none());
        let mut quiet = &[0.00005; 4000][..];
        assert!(!Listener::new(&mut quiet).window(0, 100, &mel).unwrap().unwrap().is_audible);
        let mut broken = &[f32::NAN; 4000][..];
        assert!(matches!(Listener::new(&mut broken).window(0, 100, &mel), Err(EngineError::Sound(_))));
    }
}
