//! What is played is heard: the fake microphone hears the fake speaker.

use crate::signal::{RATE, find, read, sweep, write};
use capture::{Options, Played, Recorder, Speaker, SpeakerError};
use std::time::{Duration, Instant};
use test_support::again::{Again, is_inside};
use test_support::microphone::{FakeMicrophone, Shape};

const SECONDS: f64 = 3.0;

/// Plays `samples` in pieces of a tenth of a second.
fn play(
    speaker: &Speaker,
    samples: &[f32],
    is_stopped: &dyn Fn() -> bool,
) -> (Result<Played, SpeakerError>, Duration) {
    let mut pieces = samples.chunks(speaker.rate() as usize / 10);
    let mut position = Duration::ZERO;
    let played = speaker.play(
        &mut || pieces.next().map(<[f32]>::to_vec),
        &mut |now| {
            assert!(now >= position, "the position goes back");
            position = now;
        },
        is_stopped,
    );
    (played, position)
}

fn play_and_record_inside() {
    let folder = tempfile::tempdir().unwrap();
    let (source, kept) = (folder.path().join("played.wav"), folder.path().join("recorded.wav"));
    let speaker = Speaker::find().unwrap();
    let samples = sweep(SECONDS, speaker.rate());
    write(&source, &samples, speaker.rate(), 1);
    let recorder = Recorder::start(&kept, Options::default(), |_| {}).unwrap();
    let (played, position) = play(&speaker, &samples, &|| false);
    assert_eq!(played.unwrap(), Played::ToTheEnd);
    assert!((position.as_secs_f64() - SECONDS).abs() < 0.02, "{position:?}");
    recorder.stop().unwrap().unwrap();

    let (wanted, heard) = (read(&source), read(&kept));
    // Some quarters may lose frames in a busy server.
    let quarters = wanted.chunks_exact(RATE / 4);
    let (all, found) = quarters
        .fold((0, 0), |(all, found), quarter| (all + 1, found + usize::from(find(quarter, &heard).1 > 0.95)));
    assert!(found * 4 >= all * 3, "{found} of {all} quarters of a second were heard");

    let since = Instant::now();
    let (stopped, position) = play(&speaker, &samples, &|| since.elapsed() > Duration::from_millis(700));
    assert_eq!(stopped.unwrap(), Played::Stopped);
    assert!(position < Duration::from_secs(2), "{position:?}");
}

#[test]
fn what_is_played_is_heard_and_stops_at_once() {
    if is_inside() {
        return play_and_record_inside();
    }
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    Again::start("speaker::what_is_played_is_heard_and_stops_at_once", microphone.environment())
        .unwrap()
        .passed()
        .unwrap();
}

#[test]
fn without_a_speaker_nothing_is_played() {
    if is_inside() {
        let found = Speaker::find().and_then(|speaker| play(&speaker, &[0.0; 100], &|| false).0);
        assert!(found.is_err(), "{found:?}");
        return;
    }
    let microphone = FakeMicrophone::absent().unwrap();
    Again::start("speaker::without_a_speaker_nothing_is_played", microphone.environment())
        .unwrap()
        .passed()
        .unwrap();
}
