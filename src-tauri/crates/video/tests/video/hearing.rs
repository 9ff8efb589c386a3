//! The sound of a video is heard when it sounds.

use crate::maker::{ffmpeg, real, seconds, tools};
use conversation::SpeechSource;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use video::SoundTrack;

const RATE: f64 = 16_000.0;

/// A video of eight seconds with a beep of half a second at each of these times.
fn with_beeps(folder: &TempDir, name: &str, beeps: &[f64], options: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    let when: Vec<String> = beeps.iter().map(|at| format!("gte(t,{at})*lt(t,{at}+0.5)")).collect();
    let sound = format!("aevalsrc='if({},0.5*sin(2*PI*660*t),0)':s=44100:d=8", when.join("+"));
    let mut words = vec!["-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=8", "-f", "lavfi", "-i", &sound];
    words.extend(options);
    words.push(path.to_str().unwrap());
    ffmpeg(&words);
    path
}

fn all(mut sound: SoundTrack) -> Vec<f32> {
    let mut samples = Vec::new();
    while let Some(block) = sound.next_block().unwrap() {
        assert!(!block.is_empty());
        samples.extend_from_slice(block);
    }
    samples
}

/// When beeps begin, in seconds.
fn beeps(samples: &[f32]) -> Vec<f64> {
    let mut found: Vec<f64> = Vec::new();
    for (index, _) in samples.iter().enumerate().filter(|(_, sample)| sample.abs() > 0.1) {
        let at = index as f64 / RATE;
        if found.last().is_none_or(|last| at > last + 0.6) {
            found.push(at);
        }
    }
    found
}

fn heard(path: &Path, stretch: Option<(f64, f64)>) -> Vec<f64> {
    let stretch = stretch.map(|(from, to)| (seconds(from), seconds(to)));
    beeps(&all(tools().sound(path, stretch).unwrap().unwrap()))
}

fn assert_near(heard: &[f64], expected: &[f64], what: &str) {
    assert_eq!(heard.len(), expected.len(), "{what}: {heard:?}");
    for (heard, expected) in heard.iter().zip(expected) {
        assert!((heard - expected).abs() < 0.03, "{what}: {heard} for {expected}");
    }
}

#[test]
fn beeps_are_heard_at_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let aac = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"];
    let opus = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"];
    let mp3 = ["-c:v", "mpeg4", "-c:a", "libmp3lame"];
    for (name, options) in [("a.mp4", &aac[..]), ("a.webm", &opus), ("a.avi", &mp3)] {
        let path = with_beeps(&folder, name, &[2.0, 6.25], options);
        assert_near(&heard(&path, None), &[2.0, 6.25], name);
        // After a seek MP3 in AVI is off by up to a packet and what its decoder keeps, 52 ms.
        let again = heard(&path, Some((5.0, 7.0)));
        let off = (again[0] - 1.25).abs();
        assert!(again.len() == 1 && off < if name == "a.avi" { 0.052 } else { 0.03 }, "{name}: {again:?}");
        let sound = tools().sound(&path, Some((seconds(5.0), seconds(7.0)))).unwrap().unwrap();
        assert_eq!(sound.duration(), Some(seconds(2.0)));
        let samples = all(sound).len();
        assert!((samples as f64 / RATE - 2.0).abs() < 0.06, "{name}: {samples} samples of two seconds");
    }
}

#[test]
fn sound_that_starts_late_keeps_its_time() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["late.mp4", "late.mkv"] {
        let path = with_beeps(&folder, &format!("all-{name}"), &[1.0], &["-c:v", "mpeg4", "-c:a", "aac"]);
        let late = folder.path().join(name);
        let (path, to) = (path.to_str().unwrap(), late.to_str().unwrap());
        ffmpeg(&[
            "-i",
            path,
            "-itsoffset",
            "1.5",
            "-i",
            path,
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-c",
            "copy",
            to,
        ]);
        assert_near(&heard(&late, None), &[2.5], name);
        let early = folder.path().join(format!("early-{name}"));
        ffmpeg(&[
            "-itsoffset",
            "1.5",
            "-i",
            path,
            "-i",
            path,
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-c",
            "copy",
            early.to_str().unwrap(),
        ]);
        assert_near(&heard(&early, None), &[1.0], "the picture starts late");
    }
}

#[test]
fn a_silent_film_has_no_sound() {
    let folder = tempfile::tempdir().unwrap();
    let path = with_beeps(&folder, "a.mp4", &[1.0], &["-an", "-c:v", "mpeg4"]);
    assert!(tools().sound(&path, None).unwrap().is_none());
}

#[test]
fn a_real_recording_is_heard_to_its_end() {
    for name in ["movie-hello.mp4", "movie-hello.avi", "movie-hello.mpeg", "movie-hello.ogg"] {
        let sound = tools().sound(&real(name), None).unwrap().unwrap();
        let length = sound.duration().unwrap().as_secs_f64();
        let samples = all(sound);
        assert!((samples.len() as f64 / RATE - length).abs() < 0.3, "{name}: {} of {length}", samples.len());
        let loudest = samples.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        assert!(loudest > 0.05, "{name}: {loudest}");
    }
}
