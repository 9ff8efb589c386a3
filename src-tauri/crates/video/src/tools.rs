//! Finds FFmpeg's two programs, and starts them so that a hostile file can do little.

use crate::VideoError;
use crate::child::Child;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Demuxers a file may be read with. None of them opens other files: playlists (`hls`, `dash`, `concat`) are not here,
/// and a file that is one under another name is refused before it is opened. Sound is here to be told apart from it.
const FORMATS: &str = "mov,matroska,avi,mpegts,mpeg,flv,asf,ogg,dv,mxf,ivf,gif,wav,mp3,flac,aac";

/// Most bytes FFmpeg may take at once: three of the largest frames that are allowed, in RGB.
const MOST_AT_ONCE: u64 = 3 << 28;

/// Most pixels of a frame: 2^28, as for pictures.
pub(crate) const MOST_PIXELS: u64 = 1 << 28;

/// Threads that decode where little is decoded: each holds a few frames.
pub(crate) const FEW_THREADS: usize = 2;

/// FFmpeg's programs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tools {
    found: Arc<Found>,
}

#[derive(Debug)]
struct Found {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    version: String,
    encoders: OnceLock<Vec<String>>,
}

impl Tools {
    /// FFmpeg from the folder the environment variable `CASTOR_FFMPEG` names, else from beside this program, else from
    /// the search path. Asks it for its version, so that a program that cannot run is found out here.
    ///
    /// # Errors
    /// [`VideoError::ToolsMissing`]; [`VideoError::Failed`] when it does not run.
    pub fn find() -> Result<Self, VideoError> {
        let mut folders: Vec<PathBuf> =
            std::env::var_os("CASTOR_FFMPEG").map(PathBuf::from).into_iter().collect();
        folders.extend(std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_path_buf)));
        folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
        Self::find_in(&folders)
    }

    /// FFmpeg from the first of these folders that has it.
    ///
    /// # Errors
    /// As for [`Tools::find`].
    pub fn find_in(folders: &[PathBuf]) -> Result<Self, VideoError> {
        let find = |program: &'static str| {
            let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
            let mut places = folders.iter().map(|folder| folder.join(&name));
            places.find(|path| path.is_file()).ok_or(VideoError::ToolsMissing { program })
        };
        let (ffmpeg, ffprobe) = (find("ffmpeg")?, find("ffprobe")?);
        let mut command = Command::new(&ffmpeg);
        command.args(["-hide_banner", "-version"]);
        let said = Child::start(command, None)?.read_text(1 << 16, &|| false)?;
        // `ffmpeg version 5.1.9-0+deb12u1 Copyright …`
        let version = said.split_whitespace().nth(2).unwrap_or_default().to_owned();
        if version.is_empty() {
            return Err(VideoError::Failed { reason: format!("{} tells no version", ffmpeg.display()) });
        }
        Ok(Self { found: Arc::new(Found { ffmpeg, ffprobe, version, encoders: OnceLock::new() }) })
    }

    /// FFmpeg's version as it tells it, e.g. `5.1.9-0+deb12u1`.
    pub fn version(&self) -> &str {
        &self.found.version
    }

    /// Names of the encoders this FFmpeg has. Asked once.
    pub(crate) fn encoders(&self) -> Result<&[String], VideoError> {
        if let Some(encoders) = self.found.encoders.get() {
            return Ok(encoders);
        }
        let encoders = crate::clip::list_encoders(self)?;
        Ok(self.found.encoders.get_or_init(|| encoders))
    }

    /// How this version is told to leave the times of frames alone (`passthrough`) or to keep a constant rate (`cfr`).
    pub(crate) fn frame_times(&self, mode: &'static str) -> [&'static str; 2] {
        if knows_fps_mode(&self.found.version) { ["-fps_mode", mode] } else { ["-vsync", mode] }
    }

    /// `ffmpeg` with what every run of it is told. It says what happens at `info`, each line with its level: the times
    /// of frames are told at that level.
    pub(crate) fn ffmpeg(&self) -> Command {
        let mut command = Command::new(&self.found.ffmpeg);
        command.args(["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", "-y"]);
        command.args([
            "-max_alloc",
            &MOST_AT_ONCE.to_string(),
            "-filter_threads",
            "1",
            "-filter_complex_threads",
            "1",
        ]);
        command
    }

    /// `ffprobe` on a file a person added, answering in JSON.
    pub(crate) fn ffprobe(&self, path: &Path) -> Command {
        let mut command = Command::new(&self.found.ffprobe);
        command.args(["-hide_banner", "-loglevel", "level+error", "-of", "json"]);
        command.args(["-max_alloc", &MOST_AT_ONCE.to_string()]);
        input_bounds(&mut command);
        command.arg("-i").arg(file(path));
        command
    }
}

/// Adds a file a person added as the next input, read from `from` on and decoded with so many threads.
pub(crate) fn add_input(command: &mut Command, path: &Path, from: Duration, accurate: bool, threads: usize) {
    input_bounds(command);
    command.args(["-threads", &threads.to_string(), "-noautorotate"]);
    if !accurate {
        command.arg("-noaccurate_seek");
    }
    if !from.is_zero() {
        command.args(["-ss", &seconds(from)]);
    }
    command.arg("-i").arg(file(path));
}

/// What a file may make FFmpeg do: open nothing but itself, be of a kind that is allowed, be looked at only so far before
/// it is clear what is in it, and have frames of a bearable size.
fn input_bounds(command: &mut Command) {
    command.args(["-protocol_whitelist", "file", "-format_whitelist", FORMATS]);
    command.args(["-probesize", "10000000", "-analyzeduration", "10000000"]);
    command.args(["-max_pixels", &MOST_PIXELS.to_string()]);
}

/// The file as FFmpeg is given it: with its protocol named, so that a name like `concat:a|b` or `-y` is only a name.
pub(crate) fn file(path: &Path) -> OsString {
    let mut name = OsString::from("file:");
    name.push(path);
    name
}

/// A time as FFmpeg's options take it, in seconds.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

/// `-fps_mode` came with 5.1; `-vsync`, which it replaces, is on its way out. Builds between releases are named after
/// their commit and taken for new.
fn knows_fps_mode(version: &str) -> bool {
    let version = version.trim_start_matches('n');
    let mut numbers = version.split(|letter: char| !letter.is_ascii_digit());
    let major = numbers.next().and_then(|number| number.parse::<u32>().ok());
    let minor = numbers.next().and_then(|number| number.parse::<u32>().ok()).unwrap_or(0);
    major.is_none_or(|major| (major, minor) >= (5, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_are_told_in_their_own_words() {
        for (version, knows) in [
            ("5.1.9-0+deb12u1", true),
            ("4.4.2-0ubuntu0.22.04.1", false),
            ("5.0", false),
            ("n6.1", true),
            ("7.1", true),
            ("N-112233-g0123456789", true),
            ("2024-01-01-git-abc", true),
        ] {
            assert_eq!(knows_fps_mode(version), knows, "{version}");
        }
    }

    #[test]
    fn a_time_is_written_in_seconds() {
        assert_eq!(seconds(Duration::from_micros(3_000_042)), "3.000042");
    }
}
