//! The shape of a recording.

use crate::maker::{real, tone, write_floats};
use media::sound::waveform;

#[test]
fn loud_and_quiet_are_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shape.wav");
    // Ten stretches of 0.7 s; every other one is silent, and they get louder.
    let samples: Vec<f32> = (0..10_u8)
        .flat_map(|stretch| {
            let volume = if stretch % 2 == 0 { 0.0 } else { f32::from(stretch) / 5.0 };
            tone(440.0, 48_000, 33_600).into_iter().map(move |sample| sample * volume)
        })
        .collect();
    write_floats(&path, 48_000, 1, &samples);
    let shape = waveform(&path, 100).unwrap();
    assert_eq!(shape.peaks.len(), 100);
    assert!((shape.duration.as_secs_f64() - 7.0).abs() < 1e-6, "{:?}", shape.duration);
    for (bar, peak) in shape.peaks.iter().enumerate() {
        let stretch = bar / 10;
        let wanted = if stretch % 2 == 0 { 0.0 } else { stretch as f32 / 10.0 };
        // The bars at an edge may hold some of both.
        if !(bar % 10 == 0 || bar % 10 == 9) {
            assert!((peak - wanted).abs() < 0.01, "bar {bar}: {peak}, not {wanted}");
        }
    }
}

#[test]
fn it_has_as_many_bars_as_asked_for() {
    for bars in [0, 1, 7, 400] {
        let shape = waveform(&real("lena.opus"), bars).unwrap();
        assert_eq!(shape.peaks.len(), bars);
        assert!(shape.peaks.iter().all(|peak| (0.0..=1.0).contains(peak)));
        assert!((12.2..12.4).contains(&shape.duration.as_secs_f64()));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("short.wav");
    write_floats(&path, 48_000, 2, &[0.5, -0.75, 0.25, 0.0]);
    assert_eq!(waveform(&path, 400).unwrap().peaks, [0.75, 0.25]);
}
