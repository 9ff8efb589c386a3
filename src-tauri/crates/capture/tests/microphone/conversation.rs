//! A conversation: the microphone stays open while Castor speaks, in a room where it hears that too.

use crate::signal::{RATE, find, read, read_at};
use capture::{Event, ListenOptions, Options, OwnVoice, Played, Recorder, Speaker, Speech};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use test_support::again::{Again, is_inside};
use test_support::microphone::{FakeMicrophone, say};

const PATIENCE: Duration = Duration::from_secs(40);
/// What is louder is the voice.
const LOUD: f32 = 0.01;

const ANSWER: &str = "The quick brown fox jumps over the lazy dog, and then it runs into the forest, where many other \
    animals live. They look at it with surprise, because nobody has ever seen a fox that jumps over dogs.";

fn listen(own_voice: OwnVoice) -> Options {
    let listen = ListenOptions { silence: Duration::from_secs(1), ..ListenOptions::default() };
    Options { listen: Some(listen), own_voice: Some(own_voice), ..Options::default() }
}

/// Says the answer; `while_spoken` is called some forty times a second.
fn answer(folder: &Path, own: &OwnVoice, is_stopped: &dyn Fn(Duration) -> bool) -> (Played, Duration) {
    let speaker = Speaker::find().unwrap();
    let sound = read_at(&say(ANSWER, "en", folder).unwrap(), speaker.rate());
    let mut pieces = sound.chunks(speaker.rate() as usize / 10);
    let position = std::cell::Cell::new(Duration::ZERO);
    let played = speaker.play_heard(
        own,
        &mut || pieces.next().map(<[f32]>::to_vec),
        &mut |now| position.set(now),
        &|| is_stopped(position.get()),
    );
    (played.unwrap(), position.get())
}

fn has_begun(events: &Receiver<Event>) -> bool {
    events.try_iter().any(|event| matches!(event, Event::Speech(Speech::Began)))
}

fn record(path: &Path, options: Options) -> (Recorder, Receiver<Event>) {
    let (events, received) = mpsc::channel();
    let recorder = Recorder::start(path, options, move |event| drop(events.send(event))).unwrap();
    // It hears before anything is said.
    received.recv_timeout(PATIENCE).unwrap();
    (recorder, received)
}

fn speak_alone_inside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nothing.wav");
    let own = OwnVoice::new();
    let (recorder, events) = record(&path, listen(own.clone()));
    let (played, position) = answer(folder.path(), &own, &|_| false);
    assert!(played == Played::ToTheEnd && position > Duration::from_secs(9), "{played:?} {position:?}");
    assert!(!has_begun(&events), "it takes its own voice for speech");
    assert_eq!(recorder.stop().unwrap(), None);

    // The same in two recordings: one that knows its own voice, and one that does not and finds speech in it.
    let (with, without) = (folder.path().join("with.wav"), folder.path().join("without.wav"));
    let (knowing, _) = record(&with, Options { own_voice: Some(own.clone()), ..Options::default() });
    let (naive, events) = record(&without, Options::default());
    assert_eq!(answer(folder.path(), &own, &|_| false).0, Played::ToTheEnd);
    assert!(has_begun(&events), "the room does not carry the voice");
    knowing.stop().unwrap().unwrap();
    naive.stop().unwrap().unwrap();
    let gone = louder(&read(&without), &read(&with));
    println!("{gone:.1} dB of the echo are gone");
    assert!(gone > 20.0, "{gone} dB");
}

/// How much louder `sound` is than `other`, in dB.
fn louder(sound: &[f32], other: &[f32]) -> f64 {
    let energy =
        |of: &[f32]| of.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / of.len() as f64;
    10.0 * (energy(sound) / energy(other).max(1e-12)).log10()
}

#[test]
fn ones_own_voice_is_not_answered() {
    if is_inside() {
        return speak_alone_inside();
    }
    let room = FakeMicrophone::in_a_room(50).unwrap();
    Again::start("conversation::ones_own_voice_is_not_answered", room.environment())
        .unwrap()
        .passed()
        .unwrap();
}

fn interrupt_inside() {
    let folder = tempfile::tempdir().unwrap();
    let path = PathBuf::from(std::env::var_os("RECORD_TO").unwrap());
    let own = OwnVoice::new();
    let (recorder, events) = record(&path, listen(own.clone()));
    let person = std::cell::RefCell::new(None);
    let begun = std::cell::Cell::new(false);
    let is_interrupted = |position: Duration| {
        let has_begun = has_begun(&events);
        if person.borrow().is_none() {
            assert!(!has_begun, "it takes its own voice for speech");
            if position > Duration::from_secs(3) {
                let mut player = Command::new("paplay");
                player.arg("--device=speaker").arg(std::env::var_os("PERSON").unwrap());
                *person.borrow_mut() = Some(player.spawn().unwrap());
            }
        }
        begun.set(begun.get() || has_begun);
        // Goes on for a while, as one does.
        begun.get() && person.borrow_mut().as_mut().is_some_and(|player| player.try_wait().unwrap().is_some())
    };
    assert_eq!(answer(folder.path(), &own, &is_interrupted).0, Played::Stopped);
    loop {
        if let Event::Ended(ended) = events.recv_timeout(PATIENCE).unwrap() {
            assert!(matches!(ended, capture::Ended::Silence), "{ended:?}");
            break;
        }
    }
    assert_eq!(recorder.stop().unwrap().unwrap().path, path);
}

#[test]
fn a_person_interrupts_and_is_recorded_alone() {
    if is_inside() {
        return interrupt_inside();
    }
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("recorded.wav");
    let person = say("Wait, please stop, I have another question.", "en-us+f3", folder.path()).unwrap();
    let room = FakeMicrophone::in_a_room(50).unwrap();
    let mut environment = room.environment();
    environment.push(("RECORD_TO".into(), recording.clone().into()));
    environment.push(("PERSON".into(), person.clone().into()));
    Again::start("conversation::a_person_interrupts_and_is_recorded_alone", environment)
        .unwrap()
        .passed()
        .unwrap();

    let (said, written) = (read(&person), read(&recording));
    let first = said.iter().position(|sample| sample.abs() > LOUD).unwrap();
    let last = said.iter().rposition(|sample| sample.abs() > LOUD).unwrap();
    let words = &said[first..last];
    let (begin, alike) = find(words, &written);
    let louder = louder(&written[begin..begin + words.len()], &written[..begin]);
    println!(
        "{begin} samples before the first syllable, {alike:.2} alike, {louder:.1} dB louder than before"
    );
    assert!(alike > 0.6, "{alike}");
    assert!(louder > 15.0, "{louder} dB louder than what is left of the echo");
    // The recording begins 0.6 s before speech was found to begin: less than half a second after the first syllable.
    assert!(begin > RATE / 10, "{begin}");
}
