//! Files that are broken, cut off or something else.

use crate::maker::{mono, real, tone, write_floats};
use media::sound::{SoundError, SoundReader, waveform};
use proptest::prelude::*;
use std::path::Path;

/// Reads all there is; how many samples came.
fn read(path: &Path) -> Result<usize, SoundError> {
    let mut stream = SoundReader::open(path)?.mono(16_000)?;
    let mut samples = 0;
    while let Some(block) = stream.next_block()? {
        samples += block.len();
    }
    Ok(samples)
}

#[test]
fn a_file_cut_off_gives_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["lena.wav", "lena.mp3", "lena.ogg", "lena.opus", "lena.flac", "lena.aac", "lena.webm"] {
        let bytes = std::fs::read(real(name)).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let seconds = read(&path).unwrap_or_else(|error| panic!("{name}: {error}")) as f64 / 16_000.0;
        assert!((5.0..7.5).contains(&seconds), "{name}: {seconds} s");
    }
}

#[test]
fn damaged_frames_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["lena.mp3", "lena.ogg", "lena.opus", "lena.flac", "lena.aac", "lena.m4a"] {
        let mut bytes = std::fs::read(real(name)).unwrap();
        let middle = bytes.len() / 2;
        for byte in &mut bytes[middle..middle + 2000] {
            *byte = byte.wrapping_mul(31).wrapping_add(7);
        }
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let seconds = read(&path).unwrap_or_else(|error| panic!("{name}: {error}")) as f64 / 16_000.0;
        assert!((11.0..12.6).contains(&seconds), "{name}: {seconds} s");
    }
}

#[test]
fn what_is_no_sound_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.wav");
    std::fs::write(&path, "These are words, whatever the name says. ".repeat(500)).unwrap();
    assert!(matches!(SoundReader::open(&path), Err(SoundError::NotSound)));
    std::fs::write(&path, "").unwrap();
    assert!(matches!(SoundReader::open(&path), Err(SoundError::NotSound)));
    assert!(matches!(SoundReader::open(&folder.path().join("missing")), Err(SoundError::Io(_))));
    assert!(matches!(SoundReader::open(&real("rocket.jpg")), Err(SoundError::NotSound)));
    assert!(matches!(waveform(&real("silence-1.wma"), 10), Err(SoundError::NotSound)));
    assert!(SoundReader::open(&real("too-short.mp3")).is_err());
    assert!(SoundReader::open(&real("silence-44-s.ac3")).is_err());
}

#[test]
fn an_empty_recording_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.wav");
    write_floats(&path, 48_000, 1, &[]);
    assert_eq!(read(&path).unwrap(), 0);
    let shape = waveform(&path, 10).unwrap();
    assert!(shape.peaks.is_empty() && shape.duration.is_zero());
}

#[test]
fn rates_nobody_uses_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rate.wav");
    for rate in [1, 4_000_000] {
        write_floats(&path, rate, 1, &[0.0; 100]);
        assert!(matches!(read(&path), Err(SoundError::UnsupportedRate { .. })), "{rate}");
    }
    write_floats(&path, 44_099, 1, &tone(440.0, 44_099, 44_099));
    assert_eq!(mono(&path, 16_000).len(), 16_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_file_makes_it_panic(
        which in 0..8_usize,
        keep in 0..30_000_usize,
        changes in prop::collection::vec((0..30_000_usize, any::<u8>()), 0..40),
    ) {
        let names = ["lena.wav", "lena.mp3", "lena.ogg", "lena.opus", "lena.flac", "lena.m4a", "lena.webm", "lena.caf"];
        let mut bytes = std::fs::read(real(names[which])).unwrap();
        bytes.truncate(keep.max(200));
        let length = bytes.len();
        for (at, byte) in changes {
            bytes[at % length] = byte;
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let _ = read(file.path());
    }
}
