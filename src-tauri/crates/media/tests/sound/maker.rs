//! Makes recordings and compares them.

use media::sound::SoundReader;
use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

/// A real recording that scripts/fetch-test-media.sh fetched.
pub fn real(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/test-media").join(name);
    assert!(path.is_file(), "The recording {name} is missing: run scripts/fetch-test-media.sh first.");
    path
}

/// All of a file as one channel.
pub fn mono(path: &Path, rate: u32) -> Vec<f32> {
    let mut stream = SoundReader::open(path).unwrap().mono(rate).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = stream.next_block().unwrap() {
        assert!(!block.is_empty());
        samples.extend_from_slice(block);
    }
    samples
}

/// A sine of half the full amplitude.
pub fn tone(hertz: f64, rate: u32, frames: usize) -> Vec<f32> {
    (0..frames).map(|frame| (0.5 * (TAU * hertz * frame as f64 / f64::from(rate)).sin()) as f32).collect()
}

/// A sine that rises evenly from 50 Hz to `highest`.
pub fn sweep(highest: f64, rate: u32, frames: usize) -> Vec<f32> {
    let seconds = frames as f64 / f64::from(rate);
    (0..frames)
        .map(|frame| {
            let time = frame as f64 / f64::from(rate);
            (0.5 * (TAU * (50.0 * time + (highest - 50.0) * time * time / (2.0 * seconds))).sin()) as f32
        })
        .collect()
}

/// Writes a WAV file of 32-bit floats.
pub fn write_floats(path: &Path, rate: u32, channels: u16, samples: &[f32]) {
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for sample in samples {
        writer.write_sample(*sample).unwrap();
    }
    writer.finalize().unwrap();
}

/// The energy of `samples`.
pub fn energy(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum()
}

/// How far `other` is from `reference`, in dB of its energy. Both have the same length.
pub fn difference(reference: &[f32], other: &[f32]) -> f64 {
    assert_eq!(reference.len(), other.len());
    let rest: Vec<f32> = reference.iter().zip(other).map(|(a, b)| a - b).collect();
    10.0 * (energy(&rest) / energy(reference)).log10()
}

/// How many samples later `other` is, within `most`, and how much alike the two are then: 1 is the same but for volume.
/// Looks at two seconds (at 16 kHz) in the middle.
pub fn alignment(reference: &[f32], other: &[f32], most: usize) -> (isize, f64) {
    let start = reference.len().min(other.len()) / 2 - 16_000;
    let window = &reference[start..start + 32_000];
    (0..=2 * most)
        .map(|lag| {
            let shifted = &other[start + lag - most..][..32_000];
            let product: f64 = window.iter().zip(shifted).map(|(a, b)| f64::from(a * b)).sum();
            let alike = product / (energy(window) * energy(shifted)).sqrt();
            (lag.cast_signed() - most.cast_signed(), alike)
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap()
}
