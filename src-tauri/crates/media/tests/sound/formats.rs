//! Every format gives the same sound.

use crate::maker::{alignment, difference, energy, mono, real, tone};
use media::sound::SoundReader;
use std::time::Duration;

/// The clip all files called `lena` hold: 12.27 s, mono, 44.1 kHz.
const FRAMES: usize = 541_184;

#[test]
fn formats_without_loss_are_the_same() {
    let wav = mono(&real("lena.wav"), 44_100);
    assert_eq!(wav.len(), FRAMES);
    // The same clip, rounded to 16 bits with other noise or not at all.
    for name in ["lena.flac", "lena.caf", "lena-24.aiff", "lena-32.aiff", "lena-f32.caf"] {
        let other = mono(&real(name), 44_100);
        assert_eq!(other.len(), FRAMES, "{name}");
        let difference = difference(&wav, &other);
        assert!(difference < -60.0, "{name}: {difference} dB");
    }
}

#[test]
fn formats_with_loss_sound_alike_and_lie_in_time() {
    let wav = mono(&real("lena.wav"), 16_000);
    // The name, and by how many samples at 16 kHz it may be late.
    let known = [
        ("lena.mp3", 0..=0),
        ("lena.ogg", 0..=0),
        ("lena.opus", 0..=0),
        ("lena.webm", 0..=0),
        ("lena-vorbis.webm", 0..=0),
        ("lena.aiff", 0..=0),
        ("lena-alaw.caf", 0..=0),
        ("lena-alaw.aiff", 0..=0),
        ("lena-ulaw.aiff", 0..=0),
        // The encoder's delay: 1024 frames of 44.1 kHz.
        ("lena.aac", 370..=373),
        ("lena.m4a", 370..=373),
    ];
    for (name, late) in known {
        let other = mono(&real(name), 16_000);
        let (lag, alike) = alignment(&wav, &other, 1500);
        assert!(alike > 0.95, "{name}: {alike} alike, {lag} late");
        assert!(late.contains(&lag), "{name}: {lag} late");
        // Whoever made the two channels of the M4A turned them down by 3 dB.
        let louder = energy(&other) / energy(&wav);
        assert!((0.45..1.25).contains(&louder), "{name}: {louder} times the energy");
        let longer = other.len() as f64 / wav.len() as f64;
        assert!((0.99..1.02).contains(&longer), "{name}: {longer} times as long");
    }
}

#[test]
fn a_reader_tells_rate_channels_and_duration() {
    for (name, rate, channels) in
        [("lena.wav", 44_100, 1), ("lena.m4a", 44_100, 2), ("lena.opus", 48_000, 1), ("lena.mp3", 44_100, 1)]
    {
        let reader = SoundReader::open(&real(name)).unwrap();
        assert_eq!((reader.sample_rate(), reader.channels()), (rate, channels), "{name}");
        let duration = reader.duration().unwrap().as_secs_f64();
        assert!((12.2..12.5).contains(&duration), "{name}: {duration}");
    }
    let mut webm = SoundReader::open(&real("lena.webm")).unwrap();
    assert!(webm.duration().is_some_and(|duration| duration > Duration::from_secs(12)));
    assert_eq!(webm.channels(), 1);
    webm = SoundReader::open(&real("alac.m4a")).unwrap();
    assert_eq!(webm.channels(), 2);
}

#[test]
fn every_sample_format_of_wav_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("any.wav");
    let wanted = tone(440.0, 48_000, 4800);
    for (bits, format) in [
        (8, hound::SampleFormat::Int),
        (16, hound::SampleFormat::Int),
        (24, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Float),
    ] {
        for channels in 1..=2 {
            let spec = hound::WavSpec {
                channels,
                sample_rate: 48_000,
                bits_per_sample: bits,
                sample_format: format,
            };
            let mut writer = hound::WavWriter::create(&path, spec).unwrap();
            for sample in &wanted {
                for _ in 0..channels {
                    if format == hound::SampleFormat::Float {
                        writer.write_sample(*sample).unwrap();
                    } else {
                        let full = 2_f64.powi(i32::from(bits) - 1);
                        writer.write_sample((f64::from(*sample) * full).round() as i32).unwrap();
                    }
                }
            }
            writer.finalize().unwrap();
            let difference = difference(&wanted, &mono(&path, 48_000));
            let allowed = -6.0 * f64::from(bits.min(24)) + 10.0;
            assert!(difference < allowed, "{bits} bits, {channels} channels: {difference} dB");
        }
    }
}

#[test]
fn what_is_no_number_is_silence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nan.wav");
    let mut samples = tone(440.0, 48_000, 4800);
    samples[100] = f32::NAN;
    samples[200] = f32::INFINITY;
    crate::maker::write_floats(&path, 48_000, 1, &samples);
    assert!(mono(&path, 16_000).iter().all(|sample| sample.is_finite()));
}

#[test]
fn more_channels_than_two_are_mixed() {
    let reader = SoundReader::open(&real("8k-4ch-1s-silence.aif")).unwrap();
    assert_eq!((reader.sample_rate(), reader.channels()), (8_000, 4));
    let stream = reader.mono_or_stereo(16_000).unwrap();
    assert_eq!(stream.channels(), 2);
    assert_eq!(mono(&real("8k-4ch-1s-silence.aif"), 16_000).len(), 16_000);
}
