//! A speaker, a microphone and a room made of numbers.

use super::*;
use crate::voice::{Change, Voice};
use media::sound::SoundReader;
use test_support::microphone::say;

const RATE: usize = SPEECH_RATE as usize;

const LONG: &str = "The quick brown fox jumps over the lazy dog, and then it runs into the forest, where many other animals \
    live. They look at it with surprise, because nobody has ever seen a fox that jumps over dogs. Later that day, the dog \
    wakes up and wonders what has happened.";
const LONG_CHINESE: &str = "今天天气很好，我们去公园散步吧。那里有很多树和花，孩子们在湖边玩，老人们在下棋，还有人在唱歌。晚上我们可以一起吃饭，然后看一部有意思的电影。";

fn spoken(words: &str, voice: &str) -> Vec<f32> {
    let folder = tempfile::tempdir().unwrap();
    let path = say(words, voice, folder.path()).unwrap();
    let mut stream = SoundReader::open(&path).unwrap().mono(SPEECH_RATE).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = stream.next_block().unwrap() {
        samples.extend_from_slice(block);
    }
    samples
}

fn place(seconds: f64) -> usize {
    (seconds * RATE as f64) as usize
}

/// Something Castor says, and how the microphone hears it.
struct Said<'a> {
    sound: &'a [f32],
    /// When it is handed to the device, and how long after that it is heard, in seconds.
    begins: f64,
    delay: f64,
    gain: f32,
}

/// What the microphone hears for `seconds`: all that is said with the walls' answers, a speaker that distorts what is loud,
/// and a little noise.
fn echo(said: &[Said<'_>], seconds: f64) -> Vec<f32> {
    let mut heard: Vec<f32> =
        (0..place(seconds)).map(|at| ((at * 7919 % 101) as f32 / 101.0 - 0.5) * 0.001).collect();
    for Said { sound, begins, delay, gain } in said {
        let first = place(begins + delay);
        for (later, share) in [(0, 1.0), (37, -0.4), (181, 0.3), (470, 0.2), (811, -0.12), (1500, 0.08)] {
            for (at, sample) in sound.iter().enumerate() {
                let distorted = (1.5 * sample).tanh() / 1.5;
                if let Some(to) = heard.get_mut(first + later + at) {
                    *to += distorted * share * gain;
                }
            }
        }
    }
    heard
}

fn add(to: &mut [f32], at: usize, sound: &[f32], gain: f32) {
    for (to, sample) in to.iter_mut().skip(at).zip(sound) {
        *to += gain * sample;
    }
}

struct Outcome {
    sound: Vec<f32>,
    /// What was found of speech, and when it was reported, in seconds.
    changes: Vec<(f64, Change)>,
}

/// Runs it in a time of its own: the speaker takes sound five times a second, the microphone brings it ten times a second
/// and up to 40 ms late.
fn run(said: &[Said<'_>], heard: &[f32]) -> Outcome {
    let own = OwnVoice::new();
    let mut canceller = EchoCanceller::new(own.clone(), SPEECH_RATE).unwrap();
    let start = Instant::now();
    let time = |at: usize| start + Duration::from_secs_f64(at as f64 / RATE as f64);
    let mut outcome = Outcome { sound: Vec::new(), changes: Vec::new() };
    let mut detector = Voice::new(RATE as u64);
    let mut take = |cancelled: Cancelled, at: usize| {
        assert_eq!(cancelled.sound.len(), cancelled.ignored.len());
        detector.push(&cancelled.sound, &cancelled.ignored, |change| {
            outcome.changes.push((at as f64 / RATE as f64, change));
        });
        outcome.sound.extend(cancelled.sound);
    };
    let mut mouths: Vec<_> = said.iter().map(|_| None).collect();
    let (step, delivery) = (RATE / 100, RATE / 10);
    let mut brought = 0;
    for now in (0..=heard.len()).step_by(step) {
        for (said, mouth) in said.iter().zip(&mut mouths) {
            let begins = place(said.begins) / step * step;
            let Some(since) = now.checked_sub(begins).filter(|since| since.is_multiple_of(RATE / 5)) else {
                continue;
            };
            let mut piece = said.sound.iter().skip(since).take(RATE / 5);
            if piece.len() == 0 {
                *mouth = None;
            } else {
                let mouth = mouth.get_or_insert_with(|| own.mouth(SPEECH_RATE));
                mouth.says(piece.len(), time(now), || *piece.next().unwrap());
            }
        }
        let late = (brought / delivery * 31 % 5) * step;
        if now >= brought + delivery + late {
            take(canceller.push(&heard[brought..brought + delivery], time(now)).unwrap(), now);
            brought += delivery;
        }
    }
    take(canceller.push(&heard[brought..], time(heard.len() + delivery)).unwrap(), heard.len());
    take(canceller.finish().unwrap(), heard.len());
    assert_eq!(outcome.sound.len(), heard.len());
    outcome
}

/// How much louder `sound` is than `other`, in dB.
fn louder(sound: &[f32], other: &[f32]) -> f64 {
    let energy =
        |of: &[f32]| of.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / of.len() as f64;
    10.0 * (energy(sound) / energy(other).max(1e-12)).log10()
}

/// How much alike two sounds are that begin together.
fn alike(sound: &[f32], other: &[f32]) -> f64 {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    product(sound, other) / (product(sound, sound) * product(other, other)).sqrt()
}

#[test]
fn ones_own_voice_alone_is_no_speech_and_goes_away() {
    let voices = [spoken(LONG, "en"), spoken(LONG_CHINESE, "cmn")];
    let mut least = f64::MAX;
    for (sound, delay, gain) in
        [(0, 0.0, 0.3), (0, 0.05, 1.0), (1, 0.2, 0.3), (0, 0.4, 0.1), (1, 0.4, 1.0), (0, 0.6, 0.3)]
    {
        let said = [Said { sound: &voices[sound], begins: 1.0, delay, gain }];
        let heard = echo(&said, 14.0);
        let outcome = run(&said, &heard);
        assert_eq!(outcome.changes, [], "{sound} {delay} s {gain}");
        // From the first second that is heard on.
        let part = place(1.0 + delay)..place(12.0);
        let gone = louder(&heard[part.clone()], &outcome.sound[part]);
        least = least.min(gone);
        println!("{sound} {delay} s {gain}: {gone:.1} dB less");
    }
    assert!(least > 20.0, "{least} dB");
}

#[test]
fn a_person_is_heard_over_it_within_half_a_second() {
    let own = spoken(LONG, "en");
    let person = spoken("Wait, please stop, I have another question.", "en-us+f3");
    let begins = person.iter().position(|sample| sample.abs() > 0.01).unwrap();
    for (delay, gain, softer) in [(0.05, 0.3, 0.5), (0.2, 0.3, 0.3), (0.4, 0.1, 0.5), (0.4, 0.5, 0.5)] {
        let said = [Said { sound: &own, begins: 0.5, delay, gain }];
        let mut heard = echo(&said, 14.0);
        let speaks = place(6.0);
        add(&mut heard, speaks, &person, softer);
        let outcome = run(&said, &heard);
        let (reported, change) = outcome.changes[0];
        let after = reported - (speaks + begins) as f64 / RATE as f64;
        assert!(matches!(change, Change::Began(_)) && (0.0..0.5).contains(&after), "{:?}", outcome.changes);
        let words = &outcome.sound[speaks..speaks + person.len()];
        let before = &outcome.sound[place(3.0)..place(6.0)];
        let (alike, louder) = (alike(words, &person), louder(words, before));
        println!(
            "{delay} s {gain}: began after {after:.2} s, {alike:.2} alike, {louder:.1} dB louder than the rest of the echo"
        );
        assert!(alike > 0.6 && louder > 15.0, "{alike} {louder}");
    }
}

#[test]
fn a_person_alone_is_as_before() {
    let person = spoken(LONG, "en-us+f3");
    let mut heard = echo(&[], 14.0);
    add(&mut heard, place(1.0), &person, 0.5);
    assert!(run(&[], &heard).sound == heard);

    // Also when something was said before, once its echo is over.
    let own = spoken("Yes.", "en");
    let said = [Said { sound: &own, begins: 0.2, delay: 0.1, gain: 0.3 }];
    let mut heard = echo(&said, 14.0);
    let (over, speaks) = (place(0.2) + own.len() + RATE * 3 / 2, place(3.5));
    add(&mut heard, speaks, &person, 0.5);
    let outcome = run(&said, &heard);
    assert!(over < speaks);
    assert!(outcome.sound[over..] == heard[over..]);
}

#[test]
fn a_second_answer_with_another_delay_is_no_speech() {
    let (first, second) = (spoken("That is a short answer.", "en"), spoken(LONG, "en"));
    let said = [
        Said { sound: &first, begins: 0.5, delay: 0.35, gain: 0.4 },
        Said { sound: &second, begins: 4.0, delay: 0.1, gain: 0.4 },
    ];
    let heard = echo(&said, 16.0);
    assert_eq!(run(&said, &heard).changes, []);
}

#[test]
fn a_device_at_48_khz_is_resampled() {
    let mut canceller = EchoCanceller::new(OwnVoice::new(), 48_000).unwrap();
    let tone: Vec<f32> = (0..48_000).map(|at| (at as f32 * 0.05).sin() * 0.3).collect();
    let mut sound = Vec::new();
    for piece in tone.chunks(4_800) {
        sound.extend(canceller.push(piece, Instant::now()).unwrap().sound);
    }
    sound.extend(canceller.finish().unwrap().sound);
    assert_eq!(sound.len(), 16_000);
    assert!((sound[8_000] - tone[24_000]).abs() < 0.01);
}

#[test]
fn deaf_nothing_is_taken_for_speech() {
    let person = spoken(LONG, "en-us+f3");
    let own = OwnVoice::new();
    own.deafen(true);
    let mut canceller = EchoCanceller::new(own, SPEECH_RATE).unwrap();
    let mut heard = canceller.push(&person, Instant::now()).unwrap();
    assert!(heard.ignored.iter().all(|is_ignored| *is_ignored));
    heard.sound.extend(canceller.finish().unwrap().sound);
    assert!(heard.sound == person);
}

#[test]
fn the_next_recorder_goes_on_where_one_ended() {
    let own = OwnVoice::new();
    let mut mouth = own.mouth(SPEECH_RATE);
    let start = Instant::now();
    let time = |seconds: f64| start + Duration::from_secs_f64(seconds);
    let silence = vec![0.0; RATE / 10];
    let mut first = EchoCanceller::new(own.clone(), SPEECH_RATE).unwrap();
    mouth.says(RATE / 10, start, || 0.5);
    first.push(&silence, time(0.1)).unwrap();
    drop(first);
    let mut second = EchoCanceller::new(own, SPEECH_RATE).unwrap();
    // Said before the second hears anything, and a tenth of a second later.
    mouth.says(RATE / 10, time(0.8), || 0.5);
    mouth.says(RATE / 10, time(1.1), || 0.5);
    second.push(&silence, time(1.1)).unwrap();
    assert!(second.played.sounds_since(RATE as u64 / 10));
    let sounding: Vec<bool> =
        (0..).step_by(BLOCK).take(80).map(|place| second.played.take(place)[32] > 0.4).collect();
    // 20 ms of lead: from the microphone's 0.08 s to its 0.18 s.
    assert_eq!(sounding.iter().position(|sounds| *sounds), Some(20), "{sounding:?}");
    assert_eq!(sounding.iter().filter(|sounds| **sounds).count(), 25, "{sounding:?}");
}
