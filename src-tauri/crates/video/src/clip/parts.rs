//! Files of clips on the disk, and how they become clips: after a recording, and after a crash.

use super::ClipEncoder;
use crate::child::Child;
use crate::tools::{FEW_THREADS, add_input, file};
use crate::{Tools, VideoError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PREFIX: &str = "clip-";
/// Before the ending of a part's name.
const PART: &str = ".part";
/// Before the ending of a clip's name while it is put together.
const UNFINISHED: &str = ".unfinished";

/// A clip that is not finished: the part, and beside it the whole file that becomes the clip. The encoder writes both; a part
/// can be read up to where it stops, a whole file only once it is complete, but then from its beginning on and everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    path: PathBuf,
}

impl Part {
    /// An empty part with a name of its own.
    pub(crate) fn new(folder: &Path, encoder: ClipEncoder) -> Result<Self, VideoError> {
        let ending = format!("{PART}.{}", encoder.ending());
        let part = tempfile::Builder::new().prefix(PREFIX).suffix(&ending).tempfile_in(folder)?;
        let (_, path) = part.keep().map_err(|error| error.error)?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Both files as the muxer `tee` is given them. Its words are cut at bars and have their backslashes, quotes and spaces taken out
    /// unless a backslash stands before.
    pub(crate) fn outputs(&self, encoder: ClipEncoder) -> Result<String, VideoError> {
        let escaped = |path: &Path| {
            let path = path.to_str().ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidInput, "the folder's name is not in Unicode")
            })?;
            let escape = |letter: char| {
                let is_special = matches!(letter, '\\' | '\'' | '|') || letter.is_ascii_whitespace();
                is_special.then_some('\\').into_iter().chain([letter])
            };
            Ok::<_, VideoError>(path.chars().flat_map(escape).collect::<String>())
        };
        let (part, whole) = encoder.containers();
        Ok(format!("[{part}]file:{}|[{whole}]file:{}", escaped(&self.path)?, escaped(&self.unfinished())?))
    }

    /// The whole file is complete: it appears under the clip's name, and the part goes.
    pub(crate) fn keep_whole(&self) -> Result<PathBuf, VideoError> {
        let clip = self.named("");
        std::fs::rename(self.unfinished(), &clip)?;
        remove(&self.path);
        Ok(clip)
    }

    /// Makes a clip of the part alone, without encoding anything anew. It appears under its name only when it is whole; then the
    /// part goes.
    pub(crate) fn assemble(&self, tools: &Tools) -> Result<PathBuf, VideoError> {
        let unfinished = self.unfinished();
        let mut command = tools.ffmpeg();
        add_input(&mut command, &self.path, Duration::ZERO, true, FEW_THREADS);
        command.args(["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-map_metadata", "-1"]);
        if self.path.extension().is_some_and(|ending| ending == "mp4") {
            command.args(["-movflags", "+faststart"]);
        }
        command.arg(file(&unfinished));
        if let Err(error) = Child::start(command, None)?.end(&|| false) {
            self.remove_unfinished();
            return Err(error);
        }
        self.keep_whole()
    }

    /// Removes everything.
    pub(crate) fn remove(&self) {
        remove(&self.path);
        self.remove_unfinished();
    }

    /// Removes the whole file, which may not even exist.
    pub(crate) fn remove_unfinished(&self) {
        let _ = std::fs::remove_file(self.unfinished());
    }

    fn unfinished(&self) -> PathBuf {
        self.named(UNFINISHED)
    }

    /// The same name with this word where a part has its own.
    fn named(&self, word: &str) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.path.with_file_name(name.replace(PART, word))
    }
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "a file of a clip stays behind");
    }
}

/// Makes clips of the parts that a crash left in `folder`. Parts that hold no picture are removed.
/// Call it where no clip is being recorded.
///
/// # Errors
/// [`VideoError::Io`] when the folder cannot be read. A part that cannot be put together now stays for the next time.
pub fn recover(tools: &Tools, folder: &Path) -> Result<Vec<PathBuf>, VideoError> {
    let mut clips = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with(PREFIX) {
            continue;
        }
        if name.contains(&format!("{UNFINISHED}.")) {
            remove(&path);
            continue;
        }
        if ![".mp4", ".webm"].iter().any(|ending| name.ends_with(&format!("{PART}{ending}"))) {
            continue;
        }
        let part = Part { path: path.clone() };
        let whole = tools.probe(&path).and_then(|_| part.assemble(tools));
        match whole {
            Ok(clip) => clips.push(clip),
            Err(
                VideoError::Empty | VideoError::NotVideo | VideoError::NoPicture | VideoError::Damaged { .. },
            ) => {
                remove(&path);
            }
            Err(error) => {
                tracing::warn!(part = %path.display(), %error, "the part of a clip cannot be recovered");
            }
        }
    }
    clips.sort();
    Ok(clips)
}
