//! Hours of video take no more memory than seconds, of ours and of FFmpeg's. In a process of its own, so that no other
//! test's memory is counted.

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_video() {
    use std::cell::Cell;
    use std::process::Command;
    use std::time::Duration;
    use video::{SampleOptions, Tools};

    const HOURS: u64 = 2;

    /// Peak resident memory of process `id`, in bytes.
    fn peak(id: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
    }

    /// The peak of the largest child that is running now.
    fn largest_child() -> u64 {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let children =
            tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("children")).ok());
        let children: Vec<String> = children.collect();
        children.iter().flat_map(|ids| ids.split_whitespace()).filter_map(peak).max().unwrap_or(0)
    }

    let folder = tempfile::tempdir().unwrap();
    let ffmpeg = |words: &[&str]| {
        let mut command = Command::new("ffmpeg");
        assert!(
            command.args(["-nostdin", "-loglevel", "error", "-y"]).args(words).status().unwrap().success()
        );
    };
    let (minute, long) = (folder.path().join("minute.mp4"), folder.path().join("long.mp4"));
    let (minute, path) = (minute.to_str().unwrap(), long.to_str().unwrap());
    let source = ["-f", "lavfi", "-i", "testsrc2=s=128x96:r=2:d=60", "-f", "lavfi", "-i", "sine=d=60"];
    ffmpeg(
        &[&source[..], &["-c:v", "libx264", "-preset", "ultrafast", "-g", "4", "-c:a", "aac", minute]]
            .concat(),
    );
    ffmpeg(&["-stream_loop", &(HOURS * 60 - 1).to_string(), "-i", minute, "-c", "copy", path]);

    let tools = Tools::find().unwrap();
    let watched = Cell::new(0);
    let look = || {
        watched.set(largest_child().max(watched.get()));
        false
    };
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = peak("self").unwrap();

    let options =
        SampleOptions { most: 16, longest_edge: 96, stretch: None, progress: &|_| {}, is_cancelled: &look };
    let frames = tools.sample(&long, &options).unwrap();
    assert_eq!(frames.len(), 16);
    let length = Duration::from_secs(HOURS * 3600);
    for pair in frames.windows(2) {
        assert!(pair[1].at < pair[0].at + length / 8, "{:?} to {:?}", pair[0].at, pair[1].at);
    }

    let mut sound = tools.sound(&long, None).unwrap().unwrap();
    let mut samples = 0;
    while let Some(block) = sound.next_samples(&look).unwrap() {
        samples += block.len() as u64;
    }
    assert!(samples.abs_diff(HOURS * 3600 * 16_000) < 16_000 * 5, "{samples} samples");

    let grown = peak("self").unwrap() - before;
    assert!(grown < 16 << 20, "{grown} bytes more");
    assert!(watched.get() > 0 && watched.get() < 200 << 20, "{} bytes of the child's", watched.get());
}
