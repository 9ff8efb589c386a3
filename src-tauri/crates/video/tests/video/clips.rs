//! Clips are written as they were seen and heard.

use crate::maker::{SCENES, ffmpeg, nearest_scene, pixel, scene_of, seconds, tools};
use std::path::{Path, PathBuf};
use std::time::Duration;
use video::{Clip, ClipEncoder, ClipOptions, ClipWriter, FrameTaken, VideoError, recover};

const RATE: u32 = 15;

/// A picture of one colour, as a camera would deliver it.
fn jpeg(folder: &Path, color: usize, size: &str) -> Vec<u8> {
    let path = folder.join(format!("{color}-{size}.jpg"));
    if !path.exists() {
        let source = format!("color={}:s={size}", SCENES[color].0);
        ffmpeg(&["-f", "lavfi", "-i", &source, "-frames:v", "1", "-q:v", "2", path.to_str().unwrap()]);
    }
    std::fs::read(path).unwrap()
}

fn start(folder: &Path) -> ClipWriter {
    start_with(folder, None)
}

fn start_with(folder: &Path, sound_rate: Option<u32>) -> ClipWriter {
    let options = ClipOptions { frame_rate: RATE, sound_rate, ..ClipOptions::default() };
    ClipWriter::start(&tools(), folder, &options).unwrap()
}

/// Hands over a frame, waiting while the encoder is behind.
fn hand_over(writer: &ClipWriter, at: f64, jpeg: &[u8]) {
    assert_eq!(writer.earlier_frame(seconds(at), jpeg).unwrap(), FrameTaken::Taken);
}

fn color_at(clip: &Path, at: f64) -> usize {
    scene_of(&tools().picture_at(clip, seconds(at), 200).unwrap())
}

/// A beep of half a second that begins at `at` seconds, as a microphone would deliver it.
fn hand_over_beep(writer: &ClipWriter, rate: u32, at: f64, length: f64) {
    let samples: Vec<f32> = (0..(length * f64::from(rate)) as u32)
        .map(|number| f64::from(number) / f64::from(rate))
        .map(|time| {
            let tone = 0.5 * (time * 880.0 * std::f64::consts::TAU).sin() as f32;
            if (at..at + 0.5).contains(&time) { tone } else { 0.0 }
        })
        .collect();
    for piece in samples.chunks(701) {
        writer.sound(piece);
    }
}

/// When something is heard first.
fn heard_at(path: &Path) -> f64 {
    let mut sound = tools().sound(path, None).unwrap().unwrap();
    let mut before = 0;
    while let Some(block) = sound.next_samples(&|| false).unwrap() {
        if let Some(index) = block.iter().position(|sample| sample.abs() > 0.1) {
            return (before + index) as f64 / 16_000.0;
        }
        before += block.len();
    }
    panic!("nothing is heard");
}

fn left_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("clip-"))
        .collect();
    names.sort();
    names
}

#[test]
fn picture_and_sound_stay_together() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let writer = start_with(at, Some(44_100));
    // More than the picture at its beginning, and nothing of the last 0.3 seconds.
    hand_over_beep(&writer, 44_100, 3.0, 3.7);
    // Starts late, has a colour held for long, and one that changes with the beep.
    for (time, color) in [(0.3, 0), (0.4, 0), (1.0, 2), (3.0, 3), (3.07, 3)] {
        hand_over(&writer, time, &jpeg(at, color, "640x360"));
    }
    let Clip { path, duration, frames, dropped: _ } = writer.finish(seconds(4.0)).unwrap();
    assert_eq!((duration, frames), (seconds(4.0), 60));
    assert_eq!(left_in(at), [path.file_name().unwrap().to_str().unwrap()], "only the clip is left");

    let info = tools().probe(&path).unwrap();
    assert_eq!((info.width, info.height, info.codec.as_str()), (640, 360, "h264"));
    assert_eq!(info.sound.unwrap().codec, "aac");
    assert!((info.duration.unwrap().as_secs_f64() - 4.0).abs() < 0.07, "{:?}", info.duration);
    for (time, color) in [(0.0, 0), (0.93, 0), (1.07, 2), (2.93, 2), (3.07, 3), (3.99, 3)] {
        assert_eq!(color_at(&path, time), color, "at {time}");
    }
    let heard = heard_at(&path);
    assert!((heard - 3.0).abs() < 0.04, "the beep is heard at {heard}, seen at 3.0");
    // Readable from its beginning on: the index comes first.
    let bytes = std::fs::read(&path).unwrap();
    let find = |name: &[u8]| bytes.windows(4).position(|window| window == name).unwrap();
    assert!(find(b"moov") < find(b"mdat"));
}

#[test]
fn what_is_missing_of_the_sound_is_silence() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (red, blue) = (jpeg(at, 0, "320x180"), jpeg(at, 2, "320x180"));
    // The microphone goes away at once, or is late by more than is waited for.
    for beep in [None, Some(0.2)] {
        let writer = start_with(at, Some(16_000));
        writer.sound(&[0.0; 160]);
        for place in 0..45_u32 {
            hand_over(&writer, f64::from(place) / f64::from(RATE), if place < 30 { &red } else { &blue });
        }
        if let Some(beep) = beep {
            // Everything is taken in its order.
            hand_over_beep(&writer, 16_000, beep, 3.0);
        }
        let clip = writer.finish(seconds(4.0)).unwrap();
        let info = tools().probe(&clip.path).unwrap();
        assert!((info.duration.unwrap().as_secs_f64() - 4.0).abs() < 0.07, "{:?}", info.duration);
        assert!(info.sound.is_some());
        assert_eq!((color_at(&clip.path, 1.9), color_at(&clip.path, 2.1)), (0, 2));
        let mut sound = tools().sound(&clip.path, None).unwrap().unwrap();
        let (mut samples, mut loudest) = (0, 0.0_f32);
        while let Some(block) = sound.next_samples(&|| false).unwrap() {
            samples += block.len();
            loudest = block.iter().fold(loudest, |loudest, sample| loudest.max(sample.abs()));
        }
        assert!(samples.abs_diff(4 * 16_000) < 2000, "{samples}");
        assert!(loudest < 0.01, "{loudest}");
        std::fs::remove_file(&clip.path).unwrap();
    }
}

#[test]
fn odd_frames_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let writer = start(at);
    let whole = jpeg(at, 0, "641x361");
    hand_over(&writer, 0.0, &whole);
    for broken in [&b"no picture"[..], b"", &whole[..whole.len() / 2], &whole[..whole.len() - 2]] {
        assert!(matches!(writer.frame(seconds(0.5), broken), Err(VideoError::NotJpeg)));
    }
    hand_over(&writer, 1.0, &jpeg(at, 2, "200x300"));
    // Its header is good and its picture is not.
    let mut torn = jpeg(at, 3, "640x360");
    let end = torn.len() - 2;
    torn[end / 2..end].fill(0x55);
    hand_over(&writer, 1.5, &torn);
    hand_over(&writer, 2.0, &jpeg(at, 4, "640x360"));
    let clip = writer.finish(seconds(3.0)).unwrap();
    assert!(clip.dropped >= 4);
    let info = tools().probe(&clip.path).unwrap();
    assert_eq!((info.width, info.height, info.sound), (640, 360, None));
    assert_eq!(color_at(&clip.path, 0.9), 0);
    assert_eq!(color_at(&clip.path, 2.1), 4, "a broken picture moves nothing");
    let tall = tools().picture_at(&clip.path, seconds(1.2), 640).unwrap();
    assert_eq!(nearest_scene(&pixel(&tall, 0.5, 0.05)), 2, "as high as the clip");
    assert!(pixel(&tall, 0.1, 0.5).iter().all(|&value| value < 40), "black beside it");
}

#[test]
fn a_clip_without_a_picture_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let ended = start(folder.path()).finish(seconds(1.0));
    assert!(matches!(ended, Err(VideoError::NothingRecorded)));
    let writer = start(folder.path());
    hand_over(&writer, 0.0, &jpeg(folder.path(), 0, "64x64"));
    writer.cancel();
    assert_eq!(left_in(folder.path()), [] as [String; 0]);
    let nowhere = ClipWriter::start(&tools(), &folder.path().join("nowhere"), &ClipOptions::default());
    assert!(matches!(nowhere, Err(VideoError::Io(_))));
}

#[test]
fn other_encoders_write_clips_as_well() {
    for (encoder, codec, ending) in [(ClipEncoder::Vp8, "vp8", "webm"), (ClipEncoder::Mpeg4, "mpeg4", "mp4")]
    {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let options = ClipOptions {
            frame_rate: RATE,
            longest_edge: Some(320),
            encoder: Some(encoder),
            sound_rate: Some(48_000),
        };
        let writer = ClipWriter::start(&tools(), at, &options).unwrap();
        hand_over(&writer, 0.0, &jpeg(at, 0, "640x360"));
        hand_over(&writer, 1.0, &jpeg(at, 2, "640x360"));
        // It goes on after the picture has ended.
        hand_over_beep(&writer, 48_000, 1.0, 3.0);
        let clip = writer.finish(seconds(2.0)).unwrap();
        assert_eq!(clip.path.extension().unwrap(), ending);
        let info = tools().probe(&clip.path).unwrap();
        assert_eq!((info.width, info.height, info.codec.as_str()), (320, 180, codec));
        assert_eq!((color_at(&clip.path, 0.5), color_at(&clip.path, 1.5)), (0, 2));
        assert!((heard_at(&clip.path) - 1.0).abs() < 0.04);
        assert!((info.duration.unwrap().as_secs_f64() - 2.0).abs() < 0.1, "{:?}", info.duration);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_written_before_the_encoder_died_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let writer = start(at);
    for place in 0..120_u32 {
        let color = if place < 30 { 0 } else { 2 };
        hand_over(&writer, f64::from(place) / f64::from(RATE), &jpeg(at, color, "320x180"));
    }
    // Everything but the last fragments has to be on the disk before.
    let part = at.join(left_in(at).first().unwrap());
    while std::fs::metadata(&part).unwrap().len() < 6000 {
        std::thread::sleep(Duration::from_millis(5));
    }
    for id in crate::maker::running_on(at) {
        assert!(std::process::Command::new("kill").args(["-9", &id]).status().unwrap().success());
    }
    hand_over(&writer, 8.1, &jpeg(at, 4, "320x180"));
    hand_over(&writer, 9.0, &jpeg(at, 4, "320x180"));
    let clip = writer.finish(seconds(10.0)).unwrap();
    assert!(clip.duration > seconds(2.0) && clip.duration < seconds(8.5), "{:?}", clip.duration);
    assert_eq!((color_at(&clip.path, 1.0), color_at(&clip.path, 2.2)), (0, 2));
}

#[test]
fn parts_that_a_crash_left_become_clips() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let writer = start_with(at, Some(48_000));
    hand_over_beep(&writer, 48_000, 1.0, 4.0);
    for place in 0..60_u32 {
        hand_over(&writer, f64::from(place) / f64::from(RATE), &jpeg(at, 3, "320x180"));
    }
    drop(writer);
    assert_eq!(left_in(at).len(), 1, "the part alone");
    let part = at.join(left_in(at).first().unwrap());
    let bytes = std::fs::read(&part).unwrap();
    // Cut off in a fragment, as by a loss of power; one with nothing in it; one that was being put together.
    std::fs::write(&part, &bytes[..bytes.len() * 4 / 5]).unwrap();
    std::fs::write(at.join("clip-empty.part.mp4"), b"").unwrap();
    std::fs::write(at.join("clip-x.unfinished.mp4"), b"half").unwrap();
    std::fs::write(at.join("clip-whole.mp4"), &bytes).unwrap();
    let clips = recover(&tools(), at).unwrap();
    assert_eq!(clips.len(), 1);
    assert_eq!(color_at(&clips[0], 1.0), 3);
    let heard = heard_at(&clips[0]);
    assert!((heard - 1.0).abs() < 0.06, "with its sound, at {heard}");
    let mut left =
        vec!["clip-whole.mp4".to_owned(), clips[0].file_name().unwrap().to_string_lossy().into_owned()];
    left.sort();
    assert_eq!(left_in(at), left);
    assert_eq!(recover(&tools(), at).unwrap(), [] as [PathBuf; 0]);
}
