//! When somebody speaks.

use earshot::Detector;
use std::collections::VecDeque;

/// Samples the detector judges at once: 16 ms at 16 kHz.
const FRAME: usize = 256;

/// Scores from this on begin speech; lower ones, down to the second, only keep it going, as the ends of words are soft.
const BEGINS: f32 = 0.5;
const GOES_ON: f32 = 0.35;

/// So many of the last frames must be voiced for speech to begin, so that a click or a key does not.
const VOICED: usize = 4;
const OF_LAST: usize = 6;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Speech began at this sample, counted from the beginning of all sound. It takes about 0.1 s to be sure.
    Began(u64),
    /// Nobody has spoken for the whole silence.
    Ended,
}

/// Finds speech in mono sound at 16 kHz.
pub(crate) struct Voice {
    detector: Box<Detector>,
    /// Samples that do not fill a frame yet.
    pending: Vec<f32>,
    /// How many of them are not to be taken for speech.
    ignored: usize,
    /// Samples judged so far.
    judged: u64,
    /// Whether the last frames were voiced, the oldest first.
    recent: VecDeque<bool>,
    is_speech: bool,
    /// Where the last voiced frame ended.
    last_voiced: u64,
    /// Samples without voice that end speech.
    silence: u64,
}

impl Voice {
    /// Speech ends after `silence` samples without voice.
    pub(crate) fn new(silence: u64) -> Self {
        Self {
            detector: Detector::default_boxed(),
            pending: Vec::with_capacity(FRAME),
            ignored: 0,
            judged: 0,
            recent: VecDeque::with_capacity(OF_LAST),
            is_speech: false,
            last_voiced: 0,
            silence,
        }
    }

    /// Judges the sound that follows and hands what changed to `report`. Samples for which `ignored` says so are heard, but
    /// not taken for speech.
    pub(crate) fn push(&mut self, samples: &[f32], ignored: &[bool], mut report: impl FnMut(Change)) {
        let ignored = ignored.iter().copied().chain(std::iter::repeat(false));
        for (sample, is_ignored) in samples.iter().zip(ignored) {
            // The detector asks for samples within one.
            self.pending.push(sample.clamp(-1.0, 1.0));
            self.ignored += usize::from(is_ignored);
            if self.pending.len() == FRAME {
                // It hears all, as it knows what came before.
                let score = self.detector.predict_f32(&self.pending);
                self.pending.clear();
                let is_ignored = std::mem::take(&mut self.ignored) > FRAME / 2;
                if let Some(change) = self.judge(if is_ignored { 0.0 } else { score }) {
                    report(change);
                }
            }
        }
    }

    fn judge(&mut self, score: f32) -> Option<Change> {
        self.judged += FRAME as u64;
        if self.is_speech {
            if score >= GOES_ON {
                self.last_voiced = self.judged;
            }
            if self.judged - self.last_voiced < self.silence {
                return None;
            }
            self.is_speech = false;
            self.recent.clear();
            return Some(Change::Ended);
        }
        if self.recent.len() == OF_LAST {
            self.recent.pop_front();
        }
        self.recent.push_back(score >= BEGINS);
        let voiced = self.recent.iter().filter(|is_voiced| **is_voiced).count();
        if voiced < VOICED {
            return None;
        }
        let first = self.recent.iter().position(|is_voiced| *is_voiced).unwrap_or_default();
        let began = self.judged - ((self.recent.len() - first) * FRAME) as u64;
        self.is_speech = true;
        self.last_voiced = self.judged;
        Some(Change::Began(began))
    }
}

impl std::fmt::Debug for Voice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Voice")
            .field("judged", &self.judged)
            .field("is_speech", &self.is_speech)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(scores: &[f32], silence_frames: u64) -> Vec<(usize, Change)> {
        let mut voice = Voice::new(silence_frames * FRAME as u64);
        scores.iter().enumerate().filter_map(|(at, score)| Some((at, voice.judge(*score)?))).collect()
    }

    #[test]
    fn speech_begins_with_its_first_voiced_frame_and_ends_after_the_silence() {
        let scores = [0.1, 0.1, 0.9, 0.9, 0.2, 0.9, 0.9, 0.4, 0.1, 0.1, 0.1, 0.1];
        let frame = FRAME as u64;
        assert_eq!(changes(&scores, 3), [(6, Change::Began(2 * frame)), (10, Change::Ended)]);
    }

    #[test]
    fn a_click_is_no_speech() {
        assert_eq!(changes(&[0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.9, 0.1], 3), []);
    }

    #[test]
    fn silence_noise_and_tones_are_no_speech() {
        let mut state = 1_u32;
        let noise = (0..48_000).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state) / f64::from(u32::MAX) * 0.02 - 0.01) as f32
        });
        let mut voice = Voice::new(8000);
        for sound in [vec![0.0; 48_000], noise.collect()] {
            voice.push(&sound, &[], |change| panic!("{change:?}"));
        }
    }
}
