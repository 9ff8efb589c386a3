//! Hands-free: what is said is recorded, from the first syllable to the silence.

use crate::signal::{RATE, find, read, read_at, write};
use capture::{Ended, Event, ListenOptions, Options, Recorder, Speech};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;
use test_support::again::{Again, is_inside, wait_to_go_on};
use test_support::microphone::{FakeMicrophone, Shape, say};

const PATIENCE: Duration = Duration::from_secs(40);

fn listen() -> Options {
    let listen = ListenOptions { silence: Duration::from_secs(1), ..ListenOptions::default() };
    Options { listen: Some(listen), ..Options::default() }
}

#[test]
fn it_begins_and_ends_by_itself() {
    if is_inside() {
        let path = PathBuf::from(std::env::var_os("RECORD_TO").unwrap());
        let (events, received) = mpsc::channel();
        let recorder = Recorder::start(&path, listen(), move |event| events.send(event).unwrap()).unwrap();
        let mut speech = Vec::new();
        loop {
            match received.recv_timeout(PATIENCE).unwrap() {
                Event::Speech(change) => speech.push(change),
                Event::Sound(_) => assert_eq!(speech.first(), Some(&Speech::Began)),
                Event::Ended(ended) => {
                    assert!(matches!(ended, Ended::Silence), "{ended:?}");
                    break;
                }
                _ => {}
            }
        }
        assert_eq!(speech, [Speech::Began, Speech::Ended]);
        let kept = recorder.stop().unwrap().unwrap();
        assert!(kept.duration < Duration::from_secs(8), "{kept:?}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("recorded.wav");
    let said = say("Tell me what is on this picture, please.", "en", folder.path()).unwrap();
    // The recorder has to have heard something before the words, to keep some of it.
    let played = folder.path().join("played.wav");
    write(&played, &[vec![0.0; 44_100], read_at(&said, 22_050)].concat(), 22_050, 1);
    let said = read(&said);
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let mut environment = microphone.environment();
    environment.push(("RECORD_TO".into(), recording.clone().into()));
    let inside = Again::start("listening::it_begins_and_ends_by_itself", environment).unwrap();
    microphone.wait_until_listened_to().unwrap();
    microphone.play(&played).unwrap().wait().unwrap();
    inside.passed().unwrap();

    let written = read(&recording);
    let first = said.iter().position(|sample| sample.abs() > 0.01).unwrap();
    let last = said.iter().rposition(|sample| sample.abs() > 0.01).unwrap();
    // The first and the last 0.3 s of the words.
    let part = RATE * 3 / 10;
    let (begin, alike) = find(&said[first..first + part], &written);
    assert!(alike > 0.9, "the first syllable: {alike}");
    assert!(begin >= RATE / 10, "only {begin} samples before the first syllable");
    let (end, alike) = find(&said[last - part..last], &written);
    assert!(alike > 0.9, "the last syllable: {alike}");
    let silence = (written.len() - end - part) as f64 / RATE as f64;
    assert!((0.8..2.5).contains(&silence), "{silence} s of silence");
}

#[test]
fn nothing_said_leaves_no_file() {
    if is_inside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nothing.wav");
        let (events, received) = mpsc::channel();
        let report = move |event| {
            let _ = events.send(event);
        };
        let recorder = Recorder::start(&path, listen(), report).unwrap();
        for _ in 0..20 {
            let event = received.recv_timeout(PATIENCE).unwrap();
            assert!(matches!(event, Event::Level(_)), "{event:?}");
        }
        wait_to_go_on().unwrap();
        assert_eq!(recorder.stop().unwrap(), None);
        assert!(!path.exists());
        return;
    }
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let mut inside =
        Again::start("listening::nothing_said_leaves_no_file", microphone.environment()).unwrap();
    microphone.wait_until_listened_to().unwrap();
    inside.go_on().unwrap();
    inside.passed().unwrap();
}
