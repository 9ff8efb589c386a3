//! Recordings of sound that comes from a file or a formula.

use super::*;
use media::sound::SoundReader;
use std::f64::consts::TAU;
use std::sync::{Arc, Mutex};
use test_support::microphone::say;

fn tone(rate: u32, seconds: f64) -> Vec<f32> {
    (0..(f64::from(rate) * seconds) as usize)
        .map(|at| (0.5 * (TAU * 440.0 * at as f64 / f64::from(rate)).sin()) as f32)
        .collect()
}

fn read(path: &Path) -> (u32, Vec<f32>) {
    let reader = SoundReader::open(path).unwrap();
    let rate = reader.sample_rate();
    let mut stream = reader.mono(rate).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = stream.next_block().unwrap() {
        samples.extend_from_slice(block);
    }
    (rate, samples)
}

/// What was reported, in order.
#[derive(Default)]
struct Heard {
    levels: Vec<f32>,
    sound: Vec<f32>,
    speech: Vec<Speech>,
}

impl Heard {
    fn take(&mut self, event: Event) {
        match event {
            Event::Level(level) => self.levels.push(level),
            Event::Sound(sound) => self.sound.extend(sound),
            Event::Speech(speech) => self.speech.push(speech),
            Event::Ended(ended) => panic!("{ended:?}"),
        }
    }
}

/// Pushes all of `samples` in pieces as devices deliver them, up to the end of the recording.
fn push_all(take: &mut Take, samples: &[f32], heard: &mut Heard) -> Option<Ended> {
    samples.chunks(441).find_map(|piece| take.push(piece, &mut |event| heard.take(event)))
}

#[test]
fn all_that_is_heard_is_in_the_file_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    for (rate, file_rate) in [(16_000, 16_000), (44_100, 44_100), (48_000, 48_000), (96_000, 48_000)] {
        let mut take = Take::new(&path, rate, None).unwrap();
        let mut heard = Heard::default();
        assert!(push_all(&mut take, &tone(rate, 2.5), &mut heard).is_none());
        let recorded = take.finish(Duration::ZERO, &mut |event| heard.take(event)).unwrap().unwrap();
        assert_eq!(recorded.duration, Duration::from_millis(2500));
        let (stored_rate, samples) = read(&path);
        assert_eq!((stored_rate, samples.len()), (file_rate, file_rate as usize * 5 / 2));
        assert_eq!(heard.sound.len(), 40_000, "{rate}");
        assert_eq!(heard.levels.len(), 50, "{rate}");
        let mut full = Take::new(&folder.path().join("full.wav"), rate, None).unwrap().at_full_rate();
        let mut all = Heard::default();
        assert!(push_all(&mut full, &tone(rate, 2.5), &mut all).is_none());
        full.finish(Duration::ZERO, &mut |event| all.take(event)).unwrap();
        let told = all.sound.iter().zip(&samples).map(|(told, stored)| (told - stored).abs());
        assert_eq!(all.sound.len(), samples.len(), "{rate}");
        assert!(told.fold(0.0, f32::max) < 0.001, "{rate}");
        let wanted = tone(file_rate, 2.5);
        let off = samples.iter().zip(&wanted).skip(1000).take(file_rate as usize).map(|(a, b)| (a - b).abs());
        assert!(off.fold(0.0, f32::max) < 0.001, "{rate}");
    }
}

#[test]
fn it_is_on_the_disk_while_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let mut take = Take::new(&path, 48_000, None).unwrap();
    push_all(&mut take, &tone(48_000, 3.2), &mut Heard::default());
    let (_, samples) = read(&path);
    assert!(samples.len() >= 2 * 48_000, "{}", samples.len());
}

#[test]
fn listening_keeps_the_first_syllable_and_ends_after_the_silence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let (rate, said) = read(&say("Please open the window.", "en", folder.path()).unwrap());
    // Where the voice really begins and ends.
    let first = said.iter().position(|sample| sample.abs() > 0.01).unwrap();
    let last = said.iter().rposition(|sample| sample.abs() > 0.01).unwrap();
    let silence = |seconds: f64| vec![0.0; (f64::from(rate) * seconds) as usize];
    let all = [silence(2.0), said.clone(), silence(4.0)].concat();

    let options = ListenOptions { silence: Duration::from_secs(1), pre_roll: Duration::from_millis(400) };
    let mut take = Take::new(&path, rate, Some(options)).unwrap();
    let mut heard = Heard::default();
    let ended = push_all(&mut take, &all, &mut heard);
    assert!(matches!(ended, Some(Ended::Silence)), "{ended:?}");
    assert_eq!(heard.speech, [Speech::Began, Speech::Ended]);
    let recorded = take.finish(Duration::ZERO, &mut |event| heard.take(event)).unwrap().unwrap();

    let (_, samples) = read(&path);
    let before = samples.iter().position(|sample| sample.abs() > 0.01).unwrap() as f64 / f64::from(rate);
    assert!((0.2..0.8).contains(&before), "{before} s before the first syllable");
    let words = (last - first) as f64 / f64::from(rate);
    let after = samples.len() as f64 / f64::from(rate) - before - words;
    assert!((0.9..1.5).contains(&after), "{after} s after the last");
    assert!((recorded.duration.as_secs_f64() - samples.len() as f64 / f64::from(rate)).abs() < 0.001);
    // The words are there from the first to the last sample, as they were.
    let begin = samples.iter().position(|sample| sample.abs() > 0.01).unwrap();
    assert!(samples[begin..begin + last - first] == said[first..last]);
    let reported = heard.sound.len() as f64 / 16_000.0;
    assert!((reported - recorded.duration.as_secs_f64()).abs() < 0.01, "{reported}");
}

#[test]
fn words_without_a_pause_before_them_are_kept_from_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let (rate, said) = read(&say("Yes.", "en", folder.path()).unwrap());
    let first = said.iter().position(|sample| sample.abs() > 0.01).unwrap();
    let mut take = Take::new(&path, rate, Some(ListenOptions::default())).unwrap();
    let all = [&said[first..], &vec![0.0; 3 * rate as usize]].concat();
    assert!(matches!(push_all(&mut take, &all, &mut Heard::default()), Some(Ended::Silence)));
    take.finish(Duration::ZERO, &mut |_| {}).unwrap();
    assert!(read(&path).1[..2000] == said[first..first + 2000]);
}

#[test]
fn nothing_said_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let mut take = Take::new(&path, 48_000, Some(ListenOptions::default())).unwrap();
    let mut heard = Heard::default();
    assert!(push_all(&mut take, &vec![0.001; 10 * 48_000], &mut heard).is_none());
    assert!(heard.sound.is_empty() && heard.levels.len() == 200);
    // 44 bytes of header at most.
    assert!(path.metadata().unwrap().len() <= 44);
    assert_eq!(take.finish(Duration::ZERO, &mut |_| {}).unwrap(), None);
    assert!(!path.exists());
}

/// Takes some samples and then fails.
struct Failing {
    room: usize,
    error: fn() -> SoundError,
    taken: Arc<Mutex<usize>>,
}

impl Sink for Failing {
    fn write(&mut self, samples: &[f32]) -> Result<(), SoundError> {
        let mut taken = self.taken.lock().unwrap();
        if *taken + samples.len() > self.room {
            return Err((self.error)());
        }
        *taken += samples.len();
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SoundError> {
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), SoundError> {
        Ok(())
    }
}

#[test]
fn a_full_disk_and_a_full_file_end_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let fail = |error: fn() -> SoundError| {
        std::fs::write(&path, "").unwrap();
        let sink = Failing { room: 50_000, error, taken: Arc::default() };
        let mut take = Take::with_sink(Box::new(sink), &path, 48_000, None).unwrap();
        let ended = push_all(&mut take, &tone(48_000, 2.0), &mut Heard::default());
        (ended, take.finish(Duration::ZERO, &mut |_| {}).unwrap())
    };
    let (ended, recorded) = fail(|| SoundError::Io(std::io::ErrorKind::StorageFull.into()));
    assert!(matches!(ended, Some(Ended::Failed(CaptureError::DiskFull))), "{ended:?}");
    // It all fits after the failure here, as far as this sink says.
    assert!(recorded.is_some());
    let (ended, recorded) = fail(|| SoundError::TooLong);
    assert!(matches!(ended, Some(Ended::Full)), "{ended:?}");
    let seconds = recorded.unwrap().duration.as_secs_f64();
    assert!((1.0..=50.0 / 48.0).contains(&seconds), "{seconds}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_from_the_beginning_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    // A device whose writes fail with "no space left".
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let mut take = Take::new(&path, 48_000, None).unwrap();
    let ended = push_all(&mut take, &tone(48_000, 2.0), &mut Heard::default());
    assert!(matches!(ended, Some(Ended::Failed(CaptureError::DiskFull))), "{ended:?}");
    assert_eq!(take.finish(Duration::ZERO, &mut |_| {}).unwrap(), None);
    assert!(path.symlink_metadata().is_err());
}
