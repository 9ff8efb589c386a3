//! Drives the crate from a script, for measuring: `sample FILE FRAMES EDGE` and `clip SECONDS`. Prints JSON.

use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};
use video::{ClipOptions, ClipWriter, SampleOptions, Tools, VideoError};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["sample", file, frames, edge] => sample(Path::new(file), frames.parse()?, edge.parse()?)?,
        ["clip", seconds] => clip(seconds.parse()?)?,
        _ => return Err("sample FILE FRAMES EDGE, or clip SECONDS".into()),
    }
    Ok(())
}

/// Samples a file and says how long it took and which times were chosen.
fn sample(path: &Path, most: u32, longest_edge: u32) -> Result<(), VideoError> {
    let tools = Tools::find()?;
    let began = Instant::now();
    let options =
        SampleOptions { most, longest_edge, stretch: None, progress: &|_| {}, is_cancelled: &|| false };
    let frames = tools.sample(path, &options)?;
    let times: Vec<f64> = frames.iter().map(|frame| frame.at.as_secs_f64()).collect();
    println!(
        "{}",
        json!({ "seconds": began.elapsed().as_secs_f64(), "frames": frames.len(), "times": times })
    );
    Ok(())
}

/// Records a clip at 720p and 15 frames a second in real time, from pictures FFmpeg generates and with the noisy tone of a
/// microphone, and says how long it took from its end to the file.
fn clip(seconds: u32) -> Result<(), Box<dyn std::error::Error>> {
    const RATE: u32 = 15;
    const SOUND_RATE: u32 = 48_000;
    let tools = Tools::find()?;
    let folder = tempfile::tempdir()?;
    let pattern = folder.path().join("%04d.jpg");
    let source = format!("testsrc2=s=1280x720:r={RATE}:d={seconds}");
    let mut command = std::process::Command::new("ffmpeg");
    command.args(["-v", "error", "-f", "lavfi", "-i", &source, "-q:v", "4"]).arg(&pattern).status()?;
    let pictures =
        (1..=seconds * RATE).map(|number| std::fs::read(folder.path().join(format!("{number:04}.jpg"))));
    let pictures = pictures.collect::<Result<Vec<_>, _>>()?;
    let each = SOUND_RATE / RATE;
    let mut noise = 1_u32;
    let mut sample = |number: u32| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let tone = (f64::from(number) / f64::from(SOUND_RATE) * 440.0 * std::f64::consts::TAU).sin();
        (0.3 * tone + 0.02 * f64::from(noise) / f64::from(u32::MAX)) as f32
    };

    let options = ClipOptions { frame_rate: RATE, sound_rate: Some(SOUND_RATE), ..ClipOptions::default() };
    let writer = ClipWriter::start(&tools, folder.path(), &options)?;
    let began = Instant::now();
    for (number, picture) in (0..).zip(&pictures) {
        let at = Duration::from_secs_f64(f64::from(number) / f64::from(RATE));
        std::thread::sleep(at.saturating_sub(began.elapsed()));
        writer.frame(at, picture)?;
        let samples: Vec<f32> = (number * each..(number + 1) * each).map(&mut sample).collect();
        writer.sound(&samples);
    }
    let end = Duration::from_secs(seconds.into());
    std::thread::sleep(end.saturating_sub(began.elapsed()));
    let ended = Instant::now();
    let clip = writer.finish(end)?;
    let ready = ended.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(&clip.path)?.len();
    println!(
        "{}",
        json!({ "ready_after": ready, "frames": clip.frames, "dropped": clip.dropped, "bytes": bytes })
    );
    Ok(())
}
