//! Makes sound and finds it again.

use media::sound::{SoundFormat, SoundReader, SoundWriter};
use std::f64::consts::TAU;
use std::path::Path;

/// A sweep from 200 Hz to 1.2 kHz with a beat: no part of it is like another.
pub fn sweep(seconds: f64, rate: u32) -> Vec<f32> {
    (0..(seconds * f64::from(rate)) as usize)
        .map(|frame| {
            let time = frame as f64 / f64::from(rate);
            let phase = TAU * (200.0 * time + 1000.0 * time * time / (2.0 * seconds));
            (0.4 * phase.sin() * (0.6 + 0.4 * (TAU * 3.0 * time).sin())) as f32
        })
        .collect()
}

/// Writes `samples`, the same on all channels.
pub fn write(path: &Path, samples: &[f32], rate: u32, channels: usize) {
    let mut writer = SoundWriter::create(path, SoundFormat::Wav, rate, channels).unwrap();
    for sample in samples {
        writer.write(&vec![*sample; channels]).unwrap();
    }
    writer.finish().unwrap();
}

/// The rate at which sound is compared, in Hz: what is played here is not high, and comparing takes long.
pub const RATE: usize = 4000;

/// All of a file, mono at [`RATE`].
pub fn read(path: &Path) -> Vec<f32> {
    read_at(path, RATE as u32)
}

/// All of a file, mono at this rate.
pub fn read_at(path: &Path, rate: u32) -> Vec<f32> {
    let mut stream = SoundReader::open(path).unwrap().mono(rate).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = stream.next_block().unwrap() {
        samples.extend_from_slice(block);
    }
    samples
}

/// Where `part` is in `whole` (in samples), and how much alike the two are there: 1 is the same but for volume.
pub fn find(part: &[f32], whole: &[f32]) -> (usize, f64) {
    let energy = |samples: &[f32]| samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    let own = energy(part);
    (0..=whole.len().saturating_sub(part.len()))
        .filter_map(|at| {
            let there = whole.get(at..at + part.len())?;
            let product: f64 = part.iter().zip(there).map(|(a, b)| f64::from(a * b)).sum();
            let alike = product / (own * energy(there)).sqrt();
            alike.is_finite().then_some((at, alike))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((0, 0.0))
}
