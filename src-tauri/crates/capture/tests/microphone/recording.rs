//! What is played into the microphone is in the file.

use crate::signal::{RATE, find, read, sweep, write};
use capture::{Event, Options, Recorder, devices};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;
use test_support::again::{Again, is_inside, wait_to_go_on};
use test_support::microphone::{FakeMicrophone, SOURCE, Shape};

/// Records until the test outside says stop.
fn record_inside() {
    let path = PathBuf::from(std::env::var_os("RECORD_TO").unwrap());
    let (events, received) = mpsc::channel();
    let recorder =
        Recorder::start(&path, Options::default(), move |event| events.send(event).unwrap()).unwrap();
    wait_to_go_on().unwrap();
    let kept = recorder.stop().unwrap().unwrap();
    assert_eq!(kept.path, path);
    assert!(kept.lost.is_zero(), "{kept:?}");

    let (mut sound, mut loudest, mut levels) = (0, 0.0_f32, 0);
    for event in received {
        match event {
            Event::Sound(samples) => sound += samples.len(),
            Event::Level(level) => {
                loudest = loudest.max(level);
                levels += 1;
            }
            Event::Ended(ended) => panic!("{ended:?}"),
            _ => {}
        }
    }
    let seconds = kept.duration.as_secs_f64();
    assert!((sound as f64 / 16_000.0 - seconds).abs() < 0.01, "{sound} samples in {seconds} s");
    assert!((f64::from(levels) / 20.0 - seconds).abs() < 0.2, "{levels} levels in {seconds} s");
    assert!((0.2..=0.5).contains(&loudest), "{loudest}");
}

/// Plays a sweep of a file of one shape into a microphone of another and compares.
fn record(test: &str, shape: Shape, played: (u32, usize)) {
    if is_inside() {
        return record_inside();
    }
    let folder = tempfile::tempdir().unwrap();
    let (source, recording) = (folder.path().join("played.wav"), folder.path().join("recorded.wav"));
    write(&source, &sweep(4.0, played.0), played.0, played.1);
    let microphone = FakeMicrophone::start(shape).unwrap();
    let mut environment = microphone.environment();
    environment.push(("RECORD_TO".into(), recording.clone().into()));
    let mut inside = Again::start(test, environment).unwrap();
    microphone.wait_until_listened_to().unwrap();
    microphone.play(&source).unwrap().wait().unwrap();
    inside.go_on().unwrap();
    inside.passed().unwrap();
    microphone.wait_until_left_alone().unwrap();

    let (wanted, recorded) = (read(&source), read(&recording));
    // Quarters of a second, each where it belongs, give or take as much. Not all of them, because a busy server repeats or
    // drops some frames of the fake sound card, which is not the recorder's doing.
    let quarter = RATE / 4;
    let (begin, _) = find(&wanted[..quarter], &recorded);
    let found = wanted.chunks_exact(quarter).enumerate().filter(|(part, sound)| {
        let belongs = begin + part * quarter;
        let around = belongs.saturating_sub(quarter)..(belongs + 2 * quarter).min(recorded.len());
        find(sound, &recorded[around]).1 > 0.9
    });
    let found = found.count();
    assert!(found >= 12, "only {found} of 16 parts are found");
}

#[test]
fn stereo_at_48_khz() {
    let shape = Shape { rate: 48_000, channels: 2, format: "s16le" };
    record("recording::stereo_at_48_khz", shape, (48_000, 2));
}

#[test]
fn mono_at_44_khz_in_floats() {
    let shape = Shape { rate: 44_100, channels: 1, format: "float32le" };
    record("recording::mono_at_44_khz_in_floats", shape, (44_100, 1));
}

#[test]
fn mono_at_16_khz_in_24_bits() {
    let shape = Shape { rate: 16_000, channels: 1, format: "s24-32le" };
    record("recording::mono_at_16_khz_in_24_bits", shape, (48_000, 1));
}

#[test]
fn stereo_at_96_khz_in_32_bits() {
    let shape = Shape { rate: 96_000, channels: 2, format: "s32le" };
    record("recording::stereo_at_96_khz_in_32_bits", shape, (44_100, 2));
}

#[test]
fn a_fresh_account_reaches_the_server() {
    if is_inside() {
        let devices = devices().unwrap();
        assert!(devices.iter().all(|device| device.id.starts_with("pulseaudio:")), "{devices:?}");
        return;
    }
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut environment = microphone.environment();
    environment.retain(|(name, _)| name != "PULSE_COOKIE");
    environment.push(("HOME".into(), home.path().into()));
    Again::start("recording::a_fresh_account_reaches_the_server", environment).unwrap().passed().unwrap();
}

#[test]
fn microphones_have_names_and_monitors_are_none() {
    if is_inside() {
        let devices = devices().unwrap();
        let [device] = &devices[..] else { panic!("{devices:?}") };
        assert_eq!(device.id, format!("pulseaudio:{SOURCE}"));
        assert!(device.is_default && device.name.contains("Castor"), "{device:?}");

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chosen.wav");
        let options = Options { device: Some(device.id.clone()), ..Options::default() };
        let (events, received) = mpsc::channel();
        let report = move |event| {
            let _ = events.send(event);
        };
        let recorder = Recorder::start(&path, options, report).unwrap();
        received.recv_timeout(Duration::from_secs(30)).unwrap();
        assert!(path.is_file() && !recorder.has_ended());
        recorder.cancel().unwrap();
        assert!(!path.exists());
        return;
    }
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    Again::start("recording::microphones_have_names_and_monitors_are_none", microphone.environment())
        .unwrap()
        .passed()
        .unwrap();
}
