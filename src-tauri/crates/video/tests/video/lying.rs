//! Frames come upright and in their shape, however the file has them.

use crate::maker::{ffmpeg, nearest_scene, pixel, real, seconds, tools};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use video::{SampleOptions, VideoError};

/// A video whose quarters are, in the order of reading: red, lime, blue, yellow.
fn quarters(folder: &TempDir, name: &str, options: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    let (red, lime) = ("color=red:s=160x90:r=10:d=2[a]", "color=lime:s=160x90:r=10:d=2[b]");
    let (blue, yellow) = ("color=blue:s=160x90:r=10:d=2[c]", "color=yellow:s=160x90:r=10:d=2[d]");
    let source = format!("{red};{lime};{blue};{yellow};[a][b]hstack[u];[c][d]hstack[l];[u][l]vstack");
    let mut words = vec!["-f", "lavfi", "-i", &source];
    words.extend(options);
    words.push(path.to_str().unwrap());
    ffmpeg(&words);
    path
}

/// Colours of the quarters in the order of reading, the same whichever way frames are asked for.
fn seen(path: &Path) -> [usize; 4] {
    let tools = tools();
    let options = SampleOptions {
        most: 1,
        longest_edge: 160,
        stretch: None,
        progress: &|_| {},
        is_cancelled: &|| false,
    };
    let mut seen = Vec::new();
    for frame in [tools.picture_at(path, seconds(1.0), 160).unwrap(), tools.poster(path, 160).unwrap()]
        .into_iter()
        .chain(tools.sample(path, &options).unwrap())
    {
        let at = |across, down| nearest_scene(&pixel(&frame, across, down));
        seen.push([at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)]);
        let info = tools.probe(path).unwrap();
        assert_eq!(info.width > info.height, frame.width > frame.height);
        assert_eq!(frame.width.max(frame.height), 160);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
    seen[0]
}

/// Writes how a video lies into its MP4 file, in the place of the matrix of its track (ISO/IEC 14496-12, 8.3.2).
fn lay(path: &Path, matrix: [i32; 4]) {
    let mut bytes = std::fs::read(path).unwrap();
    let header = bytes.windows(4).position(|window| window == b"tkhd").unwrap();
    let at = header + 4 + 40;
    assert_eq!(bytes[at..at + 4], [0, 1, 0, 0], "the identity");
    for (place, number) in [0, 4, 12, 16].into_iter().zip(matrix) {
        bytes[at + place..at + place + 4].copy_from_slice(&(number << 16).to_be_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn turned_videos_come_upright() {
    let folder = tempfile::tempdir().unwrap();
    let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    for (name, matrix, expected, size) in [
        ("upright", [1, 0, 0, 1], [0, 1, 2, 3], (320, 180)),
        ("clockwise", [0, 1, -1, 0], [2, 0, 3, 1], (180, 320)),
        ("half", [-1, 0, 0, -1], [3, 2, 1, 0], (320, 180)),
        ("counter", [0, -1, 1, 0], [1, 3, 0, 2], (180, 320)),
        ("sideways", [-1, 0, 0, 1], [1, 0, 3, 2], (320, 180)),
        ("down", [1, 0, 0, -1], [2, 3, 0, 1], (320, 180)),
        ("transpose", [0, 1, 1, 0], [0, 2, 1, 3], (180, 320)),
        ("transverse", [0, -1, -1, 0], [3, 1, 2, 0], (180, 320)),
    ] {
        let path = quarters(&folder, &format!("{name}.mp4"), &x264);
        lay(&path, matrix);
        let info = tools().probe(&path).unwrap();
        assert_eq!((info.width, info.height), size, "{name}");
        assert_eq!(seen(&path), expected, "{name}");
    }
    // As FFmpeg itself writes it, in another container.
    let plain = quarters(&folder, "plain.mp4", &x264);
    let tagged = folder.path().join("tagged.mov");
    let words = [
        "-i",
        plain.to_str().unwrap(),
        "-c",
        "copy",
        "-metadata:s:v",
        "rotate=270",
        tagged.to_str().unwrap(),
    ];
    ffmpeg(&words);
    assert_eq!(tools().probe(&tagged).unwrap().width, 180);
    // FFmpeg itself turns it the same way.
    let turned = folder.path().join("turned.mkv");
    ffmpeg(&["-i", tagged.to_str().unwrap(), "-c:v", "ffv1", turned.to_str().unwrap()]);
    assert_eq!(seen(&tagged), seen(&turned));
}

#[test]
fn odd_shapes_and_depths_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let ten_bits =
        quarters(&folder, "ten.mkv", &["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"]);
    assert_eq!(seen(&ten_bits), [0, 1, 2, 3]);
    let odd = quarters(
        &folder,
        "odd.mkv",
        &["-vf", "scale=321:241,setsar=1", "-c:v", "libx264", "-pix_fmt", "yuv444p"],
    );
    let info = tools().probe(&odd).unwrap();
    assert_eq!((info.width, info.height), (321, 241));
    let frame = tools().picture_at(&odd, seconds(0.0), 10_000).unwrap();
    assert_eq!((frame.width, frame.height, frame.rgb.len()), (321, 241, 321 * 241 * 3));
    let wide = ["-vf", "scale=180:180,setsar=16/9", "-c:v", "libx264", "-pix_fmt", "yuv420p"];
    let wide = quarters(&folder, "wide.mp4", &wide);
    let info = tools().probe(&wide).unwrap();
    assert_eq!((info.width, info.height), (320, 180), "stretched to its shape");
    assert_eq!(seen(&wide), [0, 1, 2, 3]);
    lay(&wide, [0, 1, -1, 0]);
    assert_eq!(tools().probe(&wide).unwrap().width, 180, "stretched, then turned");
    assert_eq!(seen(&wide), [2, 0, 3, 1]);
}

#[test]
fn a_poster_is_not_black() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fade.mp4");
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=160x120:r=25:d=30,fade=in:0:50:color=black",
        "-c:v",
        "libx264",
        path.to_str().unwrap(),
    ]);
    let poster = tools().poster(&path, 160).unwrap();
    assert!(poster.at > seconds(0.0) && poster.at < seconds(3.0), "{poster:?}");
    let black = folder.path().join("black.mp4");
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=black:s=160x120:r=25:d=3",
        "-c:v",
        "libx264",
        black.to_str().unwrap(),
    ]);
    assert_eq!(tools().poster(&black, 160).unwrap().at, seconds(0.0));
}

#[test]
fn real_recordings_are_read() {
    for (name, at_least) in [
        ("movie-hello.mp4", 8.0),
        ("movie-hello.avi", 8.0),
        ("movie-hello.mpeg", 8.0),
        ("movie-hello.ogg", 8.0),
        ("VID_20191220_170832.mp4", 1.5),
    ] {
        let path = real(name);
        let info = tools().probe(&path).unwrap();
        assert!(info.sound.is_some() && info.duration.unwrap() >= seconds(at_least), "{name}: {info:?}");
        let options = SampleOptions {
            most: 6,
            longest_edge: 320,
            stretch: None,
            progress: &|_| {},
            is_cancelled: &|| false,
        };
        let frames = tools().sample(&path, &options).unwrap();
        assert!((2..=6).contains(&frames.len()), "{name}: {frames:?}");
        assert!(frames.windows(2).all(|pair| pair[0].at < pair[1].at));
        // Each is the very frame that is on screen at its time; a seek in an MPEG program stream is never exact.
        for frame in frames.into_iter().filter(|_| info.container != "mpeg") {
            assert_eq!(tools().picture_at(&path, frame.at, 320).unwrap(), frame, "{name}");
        }
    }
    assert!(matches!(tools().probe(&real("debian.mp3")), Err(VideoError::NoPicture)));
}
