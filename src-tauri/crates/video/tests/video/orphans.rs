//! No FFmpeg outlives Castor, whether its value is dropped or the whole program is killed.

use crate::maker::{ffmpeg, running_on, seconds, tools};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use video::{ClipOptions, ClipWriter};

/// Names the folder to the program that is killed.
const FOLDER: &str = "CASTOR_TEST_ORPHANS";

fn wait_for(folder: &Path, wanted: usize) {
    let since = Instant::now();
    while running_on(folder).len() != wanted {
        assert!(since.elapsed() < Duration::from_secs(30), "{:?} are running", running_on(folder));
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn long_video(folder: &Path) -> PathBuf {
    let path = folder.join("long.mp4");
    let picture = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=1:d=600", "-f", "lavfi", "-i", "sine=d=600"];
    ffmpeg(&[&picture[..], &["-c:v", "mpeg4", "-c:a", "aac", path.to_str().unwrap()]].concat());
    path
}

/// Starts what reads, whose child waits for us, and what writes, whose child we wait for.
fn begin(folder: &Path) -> (video::SoundTrack, ClipWriter) {
    let mut sound = tools().sound(&folder.join("long.mp4"), None).unwrap().unwrap();
    assert!(sound.next_samples(&|| false).unwrap().is_some());
    let clip = ClipWriter::start(&tools(), folder, &ClipOptions { frame_rate: 5, ..ClipOptions::default() })
        .unwrap();
    let picture = folder.join("picture.jpg");
    ffmpeg(&["-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", picture.to_str().unwrap()]);
    let picture = std::fs::read(picture).unwrap();
    clip.frame(seconds(0.0), &picture).unwrap();
    clip.frame(seconds(1.0), &picture).unwrap();
    (sound, clip)
}

#[test]
fn dropping_ends_the_child() {
    let folder = tempfile::tempdir().unwrap();
    long_video(folder.path());
    let (sound, clip) = begin(folder.path());
    wait_for(folder.path(), 2);
    drop(sound);
    assert_eq!(running_on(folder.path()).len(), 1);
    clip.cancel();
    assert_eq!(running_on(folder.path()).len(), 0);
}

#[test]
fn being_killed_ends_the_children() {
    let folder = tempfile::tempdir().unwrap();
    long_video(folder.path());
    let mut castor = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "orphans::what_is_killed", "--ignored"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(folder.path(), 2);
    castor.kill().unwrap();
    castor.wait().unwrap();
    wait_for(folder.path(), 0);
}

#[test]
#[ignore = "the program that another test kills"]
fn what_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let _running = begin(&folder);
    std::thread::sleep(Duration::from_mins(1));
}
