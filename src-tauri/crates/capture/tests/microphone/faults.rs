//! No microphone, one that goes away, a server that ends.

use crate::signal::read;
use capture::{CaptureError, Ended, Event, Options, Recorder, devices};
use std::sync::mpsc;
use std::time::Duration;
use test_support::again::{Again, is_inside};
use test_support::microphone::{FakeMicrophone, Shape};

const PATIENCE: Duration = Duration::from_secs(40);

/// Records until it ends by itself; why, and how many samples are in the file.
fn record_to_the_end() -> (Ended, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recorded.wav");
    let (events, received) = mpsc::channel();
    let recorder =
        Recorder::start(&path, Options::default(), move |event| events.send(event).unwrap()).unwrap();
    let ended = loop {
        match received.recv_timeout(PATIENCE).unwrap() {
            Event::Ended(ended) => break ended,
            // The test outside waits for this before it makes the fault.
            Event::Level(_) => std::fs::write(std::env::var_os("HEARD").unwrap(), "").unwrap(),
            _ => {}
        }
    };
    let kept = recorder.stop().unwrap().unwrap();
    assert_eq!(kept.path, path);
    (ended, read(&path).len())
}

/// Starts the test again, makes the fault once something was heard, and waits for the end.
fn make_fault(test: &str, fault: impl FnOnce(&mut FakeMicrophone)) {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    let mut microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let mut environment = microphone.environment();
    environment.push(("HEARD".into(), heard.clone().into()));
    let inside = Again::start(test, environment).unwrap();
    microphone.wait_until_listened_to().unwrap();
    let deadline = std::time::Instant::now() + PATIENCE;
    while !heard.exists() {
        assert!(std::time::Instant::now() < deadline, "nothing is heard");
        std::thread::sleep(Duration::from_millis(20));
    }
    fault(&mut microphone);
    inside.passed().unwrap();
}

#[test]
fn a_microphone_pulled_out_ends_it_and_what_came_is_kept() {
    if is_inside() {
        let (ended, samples) = record_to_the_end();
        assert!(matches!(ended, Ended::Failed(CaptureError::Unplugged)), "{ended:?}");
        assert!(samples > 0);
        return;
    }
    make_fault("faults::a_microphone_pulled_out_ends_it_and_what_came_is_kept", |microphone| {
        microphone.unplug().unwrap();
    });
}

#[test]
fn a_server_that_ends_ends_it_and_what_came_is_kept() {
    if is_inside() {
        let (ended, samples) = record_to_the_end();
        assert!(matches!(ended, Ended::Failed(CaptureError::ServerGone)), "{ended:?}");
        assert!(samples > 0);
        return;
    }
    make_fault("faults::a_server_that_ends_ends_it_and_what_came_is_kept", |microphone| {
        microphone.kill_server().unwrap();
    });
}

fn no_device_inside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recorded.wav");
    for device in [None, Some("pulseaudio:missing".to_owned()), Some("nonsense".to_owned())] {
        let started = Recorder::start(&path, Options { device, ..Options::default() }, |_| {});
        assert!(matches!(started, Err(CaptureError::NoDevice)), "{started:?}");
        assert!(!path.exists());
    }
}

#[test]
fn without_a_sound_card_there_is_no_device() {
    if is_inside() {
        assert_eq!(devices().unwrap(), []);
        return no_device_inside();
    }
    let microphone = FakeMicrophone::absent().unwrap();
    Again::start("faults::without_a_sound_card_there_is_no_device", microphone.environment())
        .unwrap()
        .passed()
        .unwrap();
}
