//! Makes videos whose colours and sounds are known at every moment.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use video::{Frame, Tools};

/// Colours of the scenes, in their order, and what they are called.
pub const SCENES: [(&str, [u8; 3]); 6] = [
    ("red", [255, 0, 0]),
    ("lime", [0, 255, 0]),
    ("blue", [0, 0, 255]),
    ("yellow", [255, 255, 0]),
    ("magenta", [255, 0, 255]),
    ("cyan", [0, 255, 255]),
];

pub fn tools() -> Tools {
    Tools::find().unwrap()
}

pub fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// Runs `ffmpeg` with these words.
pub fn ffmpeg(words: &[&str]) {
    let output =
        Command::new("ffmpeg").args(["-nostdin", "-loglevel", "error", "-y"]).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The six colours for two seconds each.
pub fn six_colours(size: &str, rate: u32) -> String {
    let inputs: Vec<String> = SCENES
        .iter()
        .enumerate()
        .map(|(index, (name, _))| format!("color={name}:s={size}:r={rate}:d=2[c{index}]"))
        .collect();
    format!("{};[c0][c1][c2][c3][c4][c5]concat=n=6", inputs.join(";"))
}

/// A file of the six colours at 320 x 240 and 25 frames a second, encoded as `options` say.
pub fn six(folder: &TempDir, name: &str, options: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    let source = six_colours("320x240", 25);
    let mut words = vec!["-f", "lavfi", "-i", &source];
    words.extend(options);
    words.push(path.to_str().unwrap());
    ffmpeg(&words);
    path
}

/// Which of the six colours most of a frame has.
pub fn scene_of(frame: &Frame) -> usize {
    let middle = ((frame.height / 2 * frame.width + frame.width / 2) * 3) as usize;
    let pixel = &frame.rgb[middle..middle + 3];
    nearest_scene(pixel)
}

pub fn nearest_scene(pixel: &[u8]) -> usize {
    let off = |color: &[u8; 3]| -> u32 {
        color.iter().zip(pixel).map(|(one, other)| u32::from(one.abs_diff(*other))).sum()
    };
    let best = (0..6).min_by_key(|&index| off(&SCENES[index].1)).unwrap();
    assert!(off(&SCENES[best].1) < 120, "{pixel:?} is none of the colours");
    best
}

/// The pixel of a frame at these fractions of its width and height.
pub fn pixel(frame: &Frame, across: f64, down: f64) -> [u8; 3] {
    let x = (f64::from(frame.width) * across) as u32;
    let y = (f64::from(frame.height) * down) as u32;
    let at = ((y * frame.width + x) * 3) as usize;
    frame.rgb[at..at + 3].try_into().unwrap()
}

/// A real file of the test set.
pub fn real(name: &str) -> PathBuf {
    let folder = std::env::var_os("CASTOR_TEST_MEDIA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/test-media"),
        PathBuf::from,
    );
    let path = folder.join(name);
    assert!(path.is_file(), "{} is missing: run `make test-media` first", path.display());
    path
}

/// The processes whose command line names `folder`.
#[cfg(target_os = "linux")]
pub fn running_on(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|id| {
            std::fs::read(format!("/proc/{id}/cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(folder))
        })
        .collect()
}
