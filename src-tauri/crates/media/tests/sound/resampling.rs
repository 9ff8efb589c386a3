//! The resampler against `sox`, and against itself in other pieces.

use crate::maker::{difference, energy, mono, sweep, tone, write_floats};
use media::sound::Resampler;
use proptest::prelude::*;
use std::process::Command;

fn resampled(from: u32, to: u32, channels: usize, samples: &[f32]) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to, channels).unwrap();
    let mut out = Vec::new();
    resampler.push(samples, &mut out).unwrap();
    resampler.finish(&mut out).unwrap();
    out
}

#[test]
fn it_does_what_sox_does() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    for (from, to) in
        [(44_100, 16_000), (48_000, 16_000), (8_000, 16_000), (16_000, 48_000), (96_000, 48_000)]
    {
        let samples = sweep(f64::from(from.min(to)) * 0.43, from, from as usize * 3);
        write_floats(&input, from, 1, &samples);
        let sox = Command::new("sox")
            .arg(&input)
            .args(["-e", "floating-point", "-b", "32"])
            .arg(&output)
            .args(["rate", "-v", &to.to_string()])
            .status()
            .expect("sox is not installed; scripts/system-packages.sh test installs it");
        assert!(sox.success());
        let (theirs, ours) = (mono(&output, to), resampled(from, to, 1, &samples));
        assert!(ours.len().abs_diff(theirs.len()) <= 2, "{from} to {to}: {} frames", ours.len());
        // Both invent what is before the beginning and after the end.
        let middle = 2000..ours.len().min(theirs.len()) - 2000;
        let difference = difference(&theirs[middle.clone()], &ours[middle]);
        assert!(difference < -80.0, "{from} to {to}: {difference} dB");
    }
}

#[test]
fn what_the_new_rate_cannot_hold_is_gone() {
    for hertz in [8_300.0, 12_000.0, 20_000.0] {
        let tone = tone(hertz, 48_000, 48_000);
        let ours = resampled(48_000, 16_000, 1, &tone);
        let left = 10.0 * (energy(&ours[1000..15_000]) / 14_000.0 / 0.125).log10();
        assert!(left < -80.0, "{hertz} Hz: {left} dB");
    }
}

#[test]
fn channels_stay_apart() {
    let (left, right) = (tone(440.0, 44_100, 44_100), tone(1000.0, 44_100, 44_100));
    let both: Vec<f32> = left.iter().zip(&right).flat_map(|(left, right)| [*left, *right]).collect();
    let out = resampled(44_100, 48_000, 2, &both);
    let ours: Vec<f32> = out.chunks_exact(2).map(|frame| frame[0]).collect();
    assert!(ours == resampled(44_100, 48_000, 1, &left));
}

#[test]
fn the_same_rate_changes_nothing() {
    let tone = tone(440.0, 16_000, 1000);
    assert!(resampled(16_000, 16_000, 1, &tone) == tone);
}

#[test]
fn it_can_be_used_again() {
    let tone = tone(440.0, 44_100, 10_000);
    let mut resampler = Resampler::new(44_100, 16_000, 1).unwrap();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for out in [&mut first, &mut second] {
        resampler.push(&tone, out).unwrap();
        resampler.finish(out).unwrap();
    }
    assert!(first == second);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn pieces_do_not_matter(
        from in prop::sample::select(vec![8_000_u32, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000]),
        to in prop::sample::select(vec![16_000_u32, 44_100, 48_000]),
        channels in 1..=2_usize,
        pieces in prop::collection::vec(0..5000_usize, 0..12),
    ) {
        let frames: usize = pieces.iter().sum();
        let samples = sweep(3000.0, from, frames * channels);
        let mut resampler = Resampler::new(from, to, channels).unwrap();
        let (mut out, mut rest) = (Vec::new(), &samples[..]);
        for piece in pieces {
            // Not even whole frames.
            let (now, later) = rest.split_at((piece * channels).saturating_sub(1).min(rest.len()));
            resampler.push(now, &mut out).unwrap();
            rest = later;
        }
        resampler.push(rest, &mut out).unwrap();
        resampler.finish(&mut out).unwrap();
        prop_assert_eq!(out.len(), (frames * to as usize).div_ceil(from as usize) * channels);
        prop_assert!(out == resampled(from, to, channels, &samples));
    }
}
