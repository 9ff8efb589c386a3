//! What a file is, and what is said of one that is none.

use crate::maker::{ffmpeg, seconds, six, tools};
use video::VideoError;

#[test]
fn containers_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    let vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"];
    let mpeg4 = ["-c:v", "mpeg4"];
    for (name, options, codec) in [
        ("a.mp4", &x264[..], "h264"),
        ("a.mov", &x264, "h264"),
        ("a.mkv", &x264, "h264"),
        ("a.webm", &vp8, "vp8"),
        ("a.avi", &mpeg4, "mpeg4"),
        ("a.ts", &x264, "h264"),
    ] {
        let info = tools().probe(&six(&folder, name, options)).unwrap();
        assert_eq!((info.width, info.height, info.codec.as_str()), (320, 240, codec), "{name}");
        let length = info.duration.unwrap().as_secs_f64();
        assert!((length - 12.0).abs() < 0.1, "{name}: {length}");
        assert!((info.frame_rate.unwrap() - 25.0).abs() < 0.1, "{name}: {:?}", info.frame_rate);
        assert!(!info.variable_rate && info.sound.is_none(), "{name}");
    }
}

#[test]
fn what_is_no_video_is_called_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let tools = tools();

    std::fs::write(path("empty.mp4"), b"").unwrap();
    assert!(matches!(tools.probe(&path("empty.mp4")), Err(VideoError::Empty)));
    std::fs::write(path("text.mp4"), "These are the words of no video.\n".repeat(50)).unwrap();
    assert!(matches!(tools.probe(&path("text.mp4")), Err(VideoError::NotVideo)));
    assert!(matches!(tools.probe(&path("nowhere.mp4")), Err(VideoError::Io(_))));

    ffmpeg(&["-f", "lavfi", "-i", "sine=d=1", path("sound.m4a").to_str().unwrap()]);
    assert!(matches!(tools.probe(&path("sound.m4a")), Err(VideoError::NoPicture)));
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=red:s=64x64",
        "-frames:v",
        "1",
        path("cover.png").to_str().unwrap(),
    ]);
    let (sound, cover) = (path("sound.m4a"), path("cover.png"));
    let (sound, cover) = (sound.to_str().unwrap(), cover.to_str().unwrap());
    let covered = path("covered.m4a");
    ffmpeg(&[
        "-i",
        sound,
        "-i",
        cover,
        "-map",
        "0",
        "-map",
        "1",
        "-c",
        "copy",
        "-disposition:v",
        "attached_pic",
        covered.to_str().unwrap(),
    ]);
    assert!(matches!(tools.probe(&covered), Err(VideoError::NoPicture)));
}

#[test]
fn a_wrong_ending_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = six(&folder, "a.mkv", &["-c:v", "libx264", "-preset", "ultrafast"]);
    let renamed = folder.path().join("-y concat:a|b.txt");
    std::fs::rename(path, &renamed).unwrap();
    let info = tools().probe(&renamed).unwrap();
    assert_eq!(info.container, "matroska,webm");
    assert!(tools().picture_at(&renamed, seconds(5.0), 100).is_ok());
}
