//! Frames at moments, and frames that show what happens.

use crate::maker::{SCENES, ffmpeg, scene_of, seconds, six, tools};
use std::path::Path;
use std::time::Duration;
use video::{Frame, SampleOptions};

fn sample(path: &Path, most: u32, stretch: Option<(f64, f64)>) -> Vec<Frame> {
    let stretch = stretch.map(|(from, to)| (seconds(from), seconds(to)));
    let options =
        SampleOptions { most, longest_edge: 200, stretch, progress: &|_| {}, is_cancelled: &|| false };
    tools().sample(path, &options).unwrap()
}

/// The scenes that are seen; each frame must be of the scene that is on screen at its time.
fn scenes(frames: &[Frame]) -> Vec<usize> {
    let seen: Vec<usize> = frames.iter().map(scene_of).collect();
    for (frame, scene) in frames.iter().zip(&seen) {
        let at = frame.at.as_secs_f64();
        assert_eq!((at / 2.0 + 1e-6) as usize, *scene, "at {at}");
        assert_eq!((frame.width, frame.height), (200, 150));
    }
    assert!(frames.windows(2).all(|pair| pair[0].at < pair[1].at));
    seen
}

#[test]
fn the_frame_on_screen_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = six(
        &folder,
        "a.mp4",
        &["-c:v", "libx264", "-g", "1000", "-sc_threshold", "0", "-pix_fmt", "yuv420p"],
    );
    let tools = tools();
    for (at, shown, scene) in [
        (0.0, 0.0, 0),
        (1.999, 1.96, 0),
        (2.0, 2.0, 1),
        (6.01, 6.0, 3),
        (7.0199, 7.0, 3),
        (11.99, 11.96, 5),
        (99.0, 11.96, 5),
    ] {
        let frame = tools.picture_at(&path, seconds(at), 200).unwrap();
        assert_eq!(frame.at, seconds(shown), "at {at}");
        assert_eq!(scene_of(&frame), scene, "at {at}");
    }
}

#[test]
fn all_scenes_are_seen_with_many_key_frames_and_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let one_key = ["-c:v", "libx264", "-g", "1000", "-sc_threshold", "0", "-pix_fmt", "yuv420p"];
    let usual = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    let every_second = ["-c:v", "libx264", "-g", "25", "-sc_threshold", "0", "-pix_fmt", "yuv420p"];
    for (name, options) in [
        ("one.mp4", &one_key[..]),
        ("one.mkv", &one_key),
        ("usual.mp4", &usual),
        ("second.ts", &every_second),
        ("a.webm", &["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"]),
        ("a.avi", &["-c:v", "mpeg4"]),
        ("intra.mkv", &["-c:v", "mjpeg"]),
    ] {
        let path = six(&folder, name, options);
        let seen = scenes(&sample(&path, 8, None));
        assert_eq!(seen, [0, 1, 2, 3, 4, 5], "{name}");
        assert_eq!(scenes(&sample(&path, 2, None)).len(), 2, "{name}");
        let seen = scenes(&sample(&path, 8, Some((3.0, 8.5))));
        assert_eq!(seen, [1, 2, 3, 4], "{name}");
    }
}

#[test]
fn frames_are_the_very_ones_on_screen_where_others_were_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("moving.mp4");
    // Frames that no other builds on, frames between them that others build on, and one key frame.
    let options =
        ["-c:v", "libx264", "-bf", "4", "-b_strategy", "0", "-g", "1000", "-sc_threshold", "0", "-crf", "35"];
    let source = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=8,format=yuv420p"];
    ffmpeg(&[&source[..], &options, &[path.to_str().unwrap()]].concat());
    let frames = sample(&path, 8, None);
    assert_eq!(frames.len(), 8);
    for frame in frames {
        assert_eq!(tools().picture_at(&path, frame.at, 200).unwrap(), frame);
    }
}

#[test]
fn few_frames_of_different_lengths_are_all_seen() {
    let folder = tempfile::tempdir().unwrap();
    // One frame of each colour, held for two seconds; the last one twice, for its length.
    let held = [
        "-vf",
        "select='not(mod(n,50))+eq(n,299)'",
        "-vsync",
        "vfr",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
    ];
    let path = six(&folder, "held.mp4", &held);
    assert_eq!(scenes(&sample(&path, 8, None)), [0, 1, 2, 3, 4, 5]);
    let frame = tools().picture_at(&path, seconds(7.5), 200).unwrap();
    assert_eq!((scene_of(&frame), frame.at), (3, seconds(6.0)));
    // No frame begins in here.
    let within = sample(&path, 8, Some((4.5, 5.5)));
    assert_eq!(
        within.iter().map(|frame| (scene_of(frame), frame.at)).collect::<Vec<_>>(),
        [(2, seconds(4.0))]
    );
    // Half a frame less than none.
    assert_eq!(sample(&path, 0, None), []);
    assert_eq!(tools().picture_at(&path, Duration::MAX, 200).unwrap().at, seconds(11.96));
}

#[test]
fn what_browsers_record_has_no_length_and_no_index_and_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recorded.webm");
    let whole = six(&folder, "whole.webm", &["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"]);
    // A pipe cannot be gone back in to write them.
    let mut command = std::process::Command::new("ffmpeg");
    command.args(["-loglevel", "error", "-i", whole.to_str().unwrap(), "-c", "copy", "-f", "webm", "pipe:1"]);
    command.stdout(std::fs::File::create(&path).unwrap());
    assert!(command.status().unwrap().success());
    let length = tools().probe(&path).unwrap().duration.unwrap().as_secs_f64();
    assert!((length - 12.0).abs() < 0.1, "{length}");
    assert_eq!(scenes(&sample(&path, 8, None)), [0, 1, 2, 3, 4, 5]);
    assert_eq!(scenes(&sample(&path, 8, Some((7.0, 12.0)))), [3, 4, 5]);
    assert_eq!(scene_of(&tools().picture_at(&path, seconds(9.0), 200).unwrap()), 4);
    assert_eq!(scene_of(&tools().picture_at(&path, seconds(99.0), 200).unwrap()), 5);
}

#[test]
fn a_long_video_of_key_frames_alone_is_looked_into() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.mov");
    let inputs = |index: usize| format!("color={}:s=320x240:r=5:d=12[c{index}]", SCENES[index].0);
    let source = (0..6).map(inputs).collect::<Vec<_>>().join(";") + ";[c0][c1][c2][c3][c4][c5]concat=n=6";
    ffmpeg(&["-f", "lavfi", "-i", &source, "-c:v", "mjpeg", path.to_str().unwrap()]);
    let frames = sample(&path, 8, None);
    let seen: Vec<usize> = frames.iter().map(scene_of).collect();
    assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
    assert!(frames.iter().zip(seen).all(|(frame, scene)| frame.at.as_secs() as usize / 12 == scene));
}
