//! What is written is read back, by others too.

use crate::maker::{mono, real, tone};
use media::sound::{SoundError, SoundFormat, SoundReader, SoundWriter};
use proptest::prelude::*;
use std::path::Path;
use std::process::Command;

fn write(path: &Path, format: SoundFormat, channels: usize, pieces: &[&[f32]]) {
    let mut writer = SoundWriter::create(path, format, 44_100, channels).unwrap();
    for piece in pieces {
        writer.write(piece).unwrap();
    }
    writer.finish().unwrap();
}

fn read(path: &Path) -> Vec<f32> {
    let reader = SoundReader::open(path).unwrap();
    let rate = reader.sample_rate();
    let mut stream = reader.mono_or_stereo(rate).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = stream.next_block().unwrap() {
        samples.extend_from_slice(block);
    }
    samples
}

#[test]
fn sixteen_bits_stay_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let original = mono(&real("lena.wav"), 44_100);
    for format in [SoundFormat::Flac, SoundFormat::Wav] {
        let path = folder.path().join("copy");
        write(&path, format, 1, &original.chunks(1000).collect::<Vec<_>>());
        assert!(read(&path) == original, "{format:?}");
    }
}

#[test]
fn the_header_of_flac_tells_length_and_hash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.flac");
    let original = mono(&real("lena.wav"), 44_100);
    write(&path, SoundFormat::Flac, 1, &[&original]);
    let duration = SoundReader::open(&path).unwrap().duration().unwrap().as_secs_f64();
    assert!((duration - 541_184.0 / 44_100.0).abs() < 1e-6, "{duration}");
    let size = path.metadata().unwrap().len();
    assert!(size < real("lena.wav").metadata().unwrap().len() / 2 + 20_000, "{size} bytes");
    // sox checks the hash of the samples and says so.
    let sox = Command::new("sox").arg(&path).args(["-n", "stat"]).output().expect("sox is not installed");
    let said = String::from_utf8_lossy(&sox.stderr).into_owned();
    assert!(sox.status.success() && !said.contains("WARN") && said.contains("541184"), "{said}");
}

#[test]
fn what_is_too_loud_is_clipped() {
    let folder = tempfile::tempdir().unwrap();
    for format in [SoundFormat::Flac, SoundFormat::Wav] {
        let path = folder.path().join("loud");
        write(&path, format, 1, &[&[2.0, -2.0, f32::NAN, 0.5]]);
        assert_eq!(read(&path), [32_767.0 / 32_768.0, -1.0, 0.0, 0.5], "{format:?}");
    }
}

#[test]
fn a_flushed_wav_can_be_read_before_it_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unfinished.wav");
    let mut writer = SoundWriter::create(&path, SoundFormat::Wav, 48_000, 1).unwrap();
    writer.write(&tone(440.0, 48_000, 48_000)).unwrap();
    writer.flush().unwrap();
    assert_eq!(mono(&path, 48_000).len(), 48_000);
    drop(writer);
}

#[test]
fn what_cannot_be_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let create =
        |rate, channels| SoundWriter::create(&folder.path().join("no"), SoundFormat::Flac, rate, channels);
    assert!(matches!(create(192_000, 1), Err(SoundError::UnsupportedRate { rate: 192_000 })));
    assert!(matches!(create(48_000, 0), Err(SoundError::UnsupportedChannels { channels: 0 })));
    assert!(matches!(create(48_000, 9), Err(SoundError::UnsupportedChannels { channels: 9 })));
    let nowhere = folder.path().join("missing").join("file");
    assert!(matches!(SoundWriter::create(&nowhere, SoundFormat::Wav, 48_000, 1), Err(SoundError::Io(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_samples_come_back(
        channels in 1..=2_usize,
        frames in prop_oneof![0..200_usize, 4000..4200_usize, 8190..8300_usize],
        seed in any::<u32>(),
        loudness in 0..=16_u32,
    ) {
        // Noise is what no predictor predicts, and silence what all do.
        let mut state = seed | 1;
        let samples: Vec<f32> = (0..frames * channels)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                f32::from(((state >> 16) as u16).cast_signed().checked_shr(loudness).unwrap_or(0)) / 32_768.0
            })
            .collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        write(file.path(), SoundFormat::Flac, channels, &samples.chunks(777).collect::<Vec<_>>());
        if frames > 0 {
            prop_assert!(read(file.path()) == samples);
        }
    }
}
