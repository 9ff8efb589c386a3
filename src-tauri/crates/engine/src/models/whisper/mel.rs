//! The logarithmic mel spectrogram Whisper listens to, after `whisper/audio.py` of openai-whisper 20250625: 16 kHz, windows
//! of 25 ms every 10 ms, filters on Slaney's mel scale, each of area one.

use crate::EngineError;
use rayon::prelude::*;
use realfft::{RealFftPlanner, RealToComplex};
use std::{f64::consts::PI, ops::Range, sync::Arc};

/// Samples a second.
pub const SAMPLE_RATE: usize = 16_000;
/// Samples from one frame to the next: 10 ms.
pub const HOP: usize = 160;
/// Samples of one Fourier transform: 25 ms.
pub const TRANSFORM: usize = 400;
/// Samples that a frame reaches to each side of its middle.
pub const REACH: usize = TRANSFORM / 2;

const BINS: usize = TRANSFORM / 2 + 1;
/// What counts as silence: nothing is quieter than this power.
const LEAST_POWER: f32 = 1e-10;
/// What lies this far (in powers of ten) below the loudest is cut off.
const DYNAMIC_RANGE: f32 = 8.0;

/// Computes spectrograms with a fixed number of filters.
pub struct MelSpectrogram {
    transform: Arc<dyn RealToComplex<f32>>,
    /// Hann's window, periodic.
    window: Vec<f32>,
    filters: Vec<Filter>,
}

/// One filter: the weights of a run of frequency bins; all others weigh nothing.
struct Filter {
    bins: Range<usize>,
    weights: Vec<f32>,
}

impl MelSpectrogram {
    /// Prepares `mels` filters between 0 and 8 kHz.
    pub fn new(mels: usize) -> Self {
        let window = (0..TRANSFORM)
            .map(|index| (0.5 - 0.5 * (2.0 * PI * index as f64 / TRANSFORM as f64).cos()) as f32)
            .collect();
        Self { transform: RealFftPlanner::new().plan_fft_forward(TRANSFORM), window, filters: filters(mels) }
    }

    /// Number of filters.
    pub fn mels(&self) -> usize {
        self.filters.len()
    }

    /// The base-ten logarithm of the power in each filter, `(frames, mels)` in row-major order. `samples` begin [`REACH`]
    /// before the middle of the first frame and end [`REACH`] behind the middle of the last or later.
    ///
    /// # Errors
    /// [`EngineError::Compute`] when the Fourier transform refuses, which it does only on lengths it was not planned for.
    pub fn logarithmic(&self, samples: &[f32], frames: usize) -> Result<Vec<f32>, EngineError> {
        let mels = self.mels();
        let mut output = vec![0.0; frames * mels];
        output.par_chunks_exact_mut(mels).enumerate().try_for_each_init(
            || (self.transform.make_input_vec(), self.transform.make_output_vec()),
            |(input, spectrum), (frame, row)| {
                let heard = samples.get(frame * HOP..).unwrap_or_default();
                input.fill(0.0);
                for ((slot, sample), weight) in input.iter_mut().zip(heard).zip(&self.window) {
                    *slot = sample * weight;
                }
                self.transform
                    .process(input, spectrum)
                    .map_err(|error| EngineError::Compute(candle_core::Error::msg(error)))?;
                let mut power = [0.0; BINS];
                for (power, value) in power.iter_mut().zip(&*spectrum) {
                    *power = value.norm_sqr();
                }
                for (value, filter) in row.iter_mut().zip(&self.filters) {
                    let bins = &power[filter.bins.clone()];
                    let sum: f32 =
                        bins.iter().zip(&filter.weights).map(|(power, weight)| power * weight).sum();
                    *value = sum.max(LEAST_POWER).log10();
                }
                Ok::<_, EngineError>(())
            },
        )?;
        Ok(output)
    }
}

/// Brings logarithmic power into the range the network was trained on. `loudest` is the greatest value of the recording.
pub fn normalise(spectrogram: &mut [f32], loudest: f32) {
    for value in spectrogram {
        *value = (value.max(loudest - DYNAMIC_RANGE) + 4.0) / 4.0;
    }
}

/// `librosa.filters.mel(sr=16000, n_fft=400, n_mels=mels)`: triangles between points that are even on the mel scale.
fn filters(mels: usize) -> Vec<Filter> {
    let top = mel_of(SAMPLE_RATE as f64 / 2.0);
    let points: Vec<f64> =
        (0..mels + 2).map(|point| hertz_of(top * point as f64 / (mels + 1) as f64)).collect();
    points
        .windows(3)
        .map(|corner| {
            let (low, middle, high) = (corner[0], corner[1], corner[2]);
            let weights: Vec<f32> = (0..BINS)
                .map(|bin| {
                    let hertz = bin as f64 * SAMPLE_RATE as f64 / TRANSFORM as f64;
                    let height = ((hertz - low) / (middle - low)).min((high - hertz) / (high - middle));
                    (height.max(0.0) * 2.0 / (high - low)) as f32
                })
                .collect();
            let start = weights.iter().position(|weight| *weight > 0.0).unwrap_or_default();
            let end = weights.iter().rposition(|weight| *weight > 0.0).map_or(start, |last| last + 1);
            Filter { bins: start..end, weights: weights[start..end].to_vec() }
        })
        .collect()
}

/// Below 1 kHz Slaney's scale is linear, above it logarithmic.
const LINEAR_STEP: f64 = 200.0 / 3.0;
const LOGARITHMIC_FROM: f64 = 1000.0;

fn logarithmic_step() -> f64 {
    6.4_f64.ln() / 27.0
}

fn mel_of(hertz: f64) -> f64 {
    if hertz < LOGARITHMIC_FROM {
        hertz / LINEAR_STEP
    } else {
        LOGARITHMIC_FROM / LINEAR_STEP + (hertz / LOGARITHMIC_FROM).ln() / logarithmic_step()
    }
}

fn hertz_of(mel: f64) -> f64 {
    let from = LOGARITHMIC_FROM / LINEAR_STEP;
    if mel < from { mel * LINEAR_STEP } else { LOGARITHMIC_FROM * ((mel - from) * logarithmic_step()).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum of a filter's weights over all bins, by `whisper/assets/mel_filters.npz`.
    #[test]
    fn filters_have_the_published_weights() {
        let filters_of_80 = filters(80);
        assert_eq!(filters_of_80.len(), 80);
        let sum = |filter: &Filter| filter.weights.iter().sum::<f32>();
        assert_eq!(filters_of_80[0].bins, 1..2);
        for (index, expected) in [(0, 0.024_862_595), (40, 0.026_664_86), (79, 0.024_925_34)] {
            let found = sum(&filters_of_80[index]);
            assert!((found - expected).abs() < 1e-7, "{index}: {found}");
        }
        let narrow = filters(128);
        assert_eq!(narrow.len(), 128);
        let found = sum(&narrow[127]);
        assert!((found - 0.024_936_043).abs() < 1e-7, "{found}");
    }

    #[test]
    fn a_tone_sounds_in_its_own_filter_and_silence_in_none() {
        let mel = MelSpectrogram::new(80);
        let tone: Vec<f32> = (0..SAMPLE_RATE)
            .map(|index| (2.0 * PI * 1000.0 * index as f64 / SAMPLE_RATE as f64).sin() as f32)
            .collect();
        let frames = 90;
        let rows = mel.logarithmic(&tone, frames).unwrap();
        assert_eq!(rows.len(), frames * 80);
        for row in rows.chunks_exact(80) {
            let loudest = (0..80).max_by(|one, other| row[*one].total_cmp(&row[*other])).unwrap();
            let filter = &mel.filters[loudest];
            assert!(filter.bins.contains(&25), "1 kHz is bin 25: {:?}", filter.bins);
        }
        let mut silence = mel.logarithmic(&[0.0; 4000], 20).unwrap();
        assert!(silence.iter().all(|value| (value + 10.0).abs() < f32::EPSILON));
        normalise(&mut silence, -10.0);
        assert!(silence.iter().all(|value| (value + 1.5).abs() < f32::EPSILON));
    }

    #[test]
    fn samples_that_end_early_end_in_silence() {
        let mel = MelSpectrogram::new(80);
        let rows = mel.logarithmic(&[0.5; 300], 4).unwrap();
        assert!(rows[..80].iter().any(|value| *value > -3.0));
        assert!(rows[240..].iter().all(|value| (value + 10.0).abs() < f32::EPSILON));
    }
}
