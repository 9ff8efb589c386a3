//! Files are made ready for a model that does not take them.

use crate::maker::{alignment, mono, real, write_floats};
use media::sound::{Sent, SoundError, SoundReader, for_sending};
use std::cell::Cell;
use std::path::Path;

/// What the Gemini API takes.
fn accepts() -> Vec<String> {
    ["audio/wav", "audio/mp3", "audio/aiff", "audio/aac", "audio/ogg", "audio/flac"]
        .map(str::to_owned)
        .to_vec()
}

fn send(path: &Path, mime: &str, into: &Path) -> Result<Sent, SoundError> {
    for_sending(path, mime, &accepts(), into, |_| {}, || false)
}

#[test]
fn what_the_model_takes_is_sent_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = real("lena.mp3");
    let sent = send(&path, "audio/mp3", &folder.path().join("sent.flac")).unwrap();
    assert_eq!((sent.path, sent.mime.as_str()), (path, "audio/mp3"));
    assert!((12.0..12.5).contains(&sent.duration.unwrap().as_secs_f64()));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn what_it_does_not_take_becomes_flac() {
    let folder = tempfile::tempdir().unwrap();
    let reference = mono(&real("lena.wav"), 16_000);
    for (name, mime, rate, channels) in [
        ("lena.m4a", "audio/mp4", 44_100, 2),
        ("lena.webm", "audio/webm", 48_000, 1),
        ("lena-vorbis.webm", "audio/webm", 44_100, 1),
        ("lena.opus", "audio/opus", 48_000, 1),
        ("lena.caf", "audio/x-caf", 44_100, 1),
    ] {
        let into = folder.path().join(name).with_extension("flac");
        let progress = Cell::new(0.0);
        let told = |now: f32| {
            assert!((progress.get()..=1.0).contains(&now));
            progress.set(now);
        };
        let sent = for_sending(&real(name), mime, &accepts(), &into, told, || false).unwrap();
        assert_eq!((&sent.path, sent.mime.as_str()), (&into, "audio/flac"), "{name}");
        assert!(progress.get() >= 1.0);
        let reader = SoundReader::open(&into).unwrap();
        assert_eq!((reader.sample_rate(), reader.channels()), (rate, channels), "{name}");
        assert!(sent.duration.unwrap().abs_diff(reader.duration().unwrap()).as_millis() < 2);
        let (_, alike) = alignment(&reference, &mono(&into, 16_000), 1500);
        assert!(alike > 0.95, "{name}: {alike}");
    }
}

#[test]
fn stereo_stays_stereo_and_high_rates_come_down() {
    let folder = tempfile::tempdir().unwrap();
    let (path, into) = (folder.path().join("high.wav"), folder.path().join("sent.flac"));
    let samples: Vec<f32> = (0..96_000_u32).map(|at| if at % 2 == 0 { 0.5 } else { -0.25 }).collect();
    write_floats(&path, 96_000, 2, &samples);
    send(&path, "audio/x-unknown", &into).unwrap();
    let reader = SoundReader::open(&into).unwrap();
    assert_eq!((reader.sample_rate(), reader.channels()), (48_000, 2));
    let mut stream = reader.mono_or_stereo(48_000).unwrap();
    let block = stream.next_block().unwrap().unwrap();
    let frame = &block[4000..4002];
    assert!((frame[0] - 0.5).abs() < 0.001 && (frame[1] + 0.25).abs() < 0.001, "{frame:?}");
}

#[test]
fn a_model_that_takes_only_wav_gets_wav() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("sent");
    let sent =
        for_sending(&real("lena.m4a"), "audio/mp4", &["audio/wav".into()], &into, |_| {}, || false).unwrap();
    assert_eq!(sent.mime, "audio/wav");
    assert!(std::fs::read(into).unwrap().starts_with(b"RIFF"));
    let nothing =
        for_sending(&real("lena.m4a"), "audio/mp4", &[], &folder.path().join("no"), |_| {}, || false);
    assert!(matches!(nothing, Err(SoundError::NoAcceptedFormat)));
}

#[test]
fn nothing_is_left_of_what_was_stopped_or_failed() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("sent.flac");
    let asked = Cell::new(0);
    let is_cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 20
    };
    let stopped = for_sending(&real("lena.m4a"), "audio/mp4", &accepts(), &into, |_| {}, is_cancelled);
    assert!(matches!(stopped, Err(SoundError::Cancelled)));
    assert!(matches!(send(&real("silence-1.wma"), "audio/x-ms-wma", &into), Err(SoundError::NotSound)));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
