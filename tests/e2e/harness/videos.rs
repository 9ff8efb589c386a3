//! Videos for tests, made and looked into with FFmpeg.

use image::RgbImage;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Seconds each colour of [`colours`] is shown.
pub const EACH: u32 = 2;
/// The colours of [`colours`], in order.
pub const COLOURS: [(&str, [u8; 3]); 4] =
    [("red", [255, 0, 0]), ("lime", [0, 255, 0]), ("blue", [0, 0, 255]), ("yellow", [255, 255, 0])];

fn ffmpeg(arguments: &[&str]) {
    let output =
        Command::new("ffmpeg").args(["-nostdin", "-loglevel", "error", "-y"]).args(arguments).output();
    let output = output.expect("ffmpeg runs");
    assert!(output.status.success(), "ffmpeg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A video that shows each colour for [`EACH`] seconds, without sound.
pub fn colours(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let parts: Vec<String> =
        COLOURS.iter().map(|(name, _)| format!("color={name}:s=640x360:r=25:d={EACH}")).collect();
    let mut arguments: Vec<&str> = Vec::new();
    for part in &parts {
        arguments.extend(["-f", "lavfi", "-i", part]);
    }
    let joined = format!("concat=n={}:v=1", parts.len());
    arguments.extend(["-filter_complex", &joined, "-pix_fmt", "yuv420p", path.to_str().unwrap()]);
    ffmpeg(&arguments);
    path
}

/// A video that shows these pictures for so many seconds each, with this sound.
pub fn slides(folder: &Path, name: &str, pictures: &[&Path], seconds: u32, sound: &Path) -> PathBuf {
    let path = folder.join(name);
    let length = seconds.to_string();
    let mut arguments: Vec<&str> = Vec::new();
    for picture in pictures {
        arguments.extend(["-loop", "1", "-framerate", "10", "-t", &length, "-i", picture.to_str().unwrap()]);
    }
    arguments.extend(["-i", sound.to_str().unwrap()]);
    let number = pictures.len();
    let scale = "scale=1280:960:force_original_aspect_ratio=decrease,pad=1280:960:-1:-1:white,setsar=1";
    let scaled: Vec<String> = (0..number).map(|each| format!("[{each}]{scale}[s{each}];")).collect();
    let inputs: Vec<String> = (0..number).map(|each| format!("[s{each}]")).collect();
    let (scaled, inputs) = (scaled.concat(), inputs.concat());
    let filter = format!("{scaled}{inputs}concat=n={number}:v=1[v]");
    let audio = format!("{number}:a");
    let rest = ["-filter_complex", &filter, "-map", "[v]", "-map", &audio, "-pix_fmt", "yuv420p"];
    arguments.extend(rest);
    arguments.push(path.to_str().unwrap());
    ffmpeg(&arguments);
    path
}

/// What FFmpeg says of a file's streams, `name=value` a line.
pub fn about(path: &Path) -> String {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-show_entries",
            "stream=codec_name,codec_type:format=duration",
            "-of",
            "default=nw=1",
        ])
        .arg(path)
        .output()
        .expect("ffprobe runs");
    assert!(output.status.success(), "ffprobe: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a video shows so many seconds after its beginning.
pub fn frame_at(path: &Path, seconds: f64) -> RgbImage {
    let picture = path.with_extension("frame.png");
    let at = seconds.to_string();
    ffmpeg(&["-ss", &at, "-i", path.to_str().unwrap(), "-frames:v", "1", picture.to_str().unwrap()]);
    image::open(picture).unwrap().into_rgb8()
}
