//! Parts of clips on the disk, and how they become clips: after a recording, and after a crash.

use super::ClipEncoder;
use crate::child::Child;
use crate::tools::{add_input, file, seconds};
use crate::{Tools, VideoError};
use std::path::{Path, PathBuf};
use std::time::Duration;

const PREFIX: &str = "clip-";
/// Before the ending of a part's name.
const PART: &str = ".part";
/// Before the ending of a clip's name while it is put together.
const UNFINISHED: &str = ".unfinished";

/// An empty part with a name of its own.
pub(crate) fn new_part(folder: &Path, encoder: ClipEncoder) -> Result<PathBuf, VideoError> {
    let ending = format!("{PART}.{}", encoder.ending());
    let part = tempfile::Builder::new().prefix(PREFIX).suffix(&ending).tempfile_in(folder)?;
    let (_, path) = part.keep().map_err(|error| error.error)?;
    Ok(path)
}

/// Removes a part that nobody needs.
pub(crate) fn remove(part: &Path) {
    if let Err(error) = std::fs::remove_file(part) {
        tracing::warn!(part = %part.display(), %error, "the part of a clip stays behind");
    }
}

/// Puts part and sound together: the sound's file, when it begins, and how long the part is. The clip appears under its name only when it is whole; then the part goes.
pub(crate) fn assemble(
    tools: &Tools,
    part: &Path,
    encoder: ClipEncoder,
    sound: Option<((&Path, Duration), Duration)>,
) -> Result<PathBuf, VideoError> {
    let name = part.file_name().unwrap_or_default().to_string_lossy().replace(PART, "");
    let clip = part.with_file_name(&name);
    let ending = format!(".{}", encoder.ending());
    let unfinished = part.with_file_name(name.replace(&ending, &format!("{UNFINISHED}{ending}")));
    let mut command = tools.ffmpeg();
    add_input(&mut command, part, Duration::ZERO, true);
    if let Some(((path, begins), _)) = sound {
        command.args(["-itsoffset", &seconds(begins)]);
        add_input(&mut command, path, Duration::ZERO, true);
        // Silence until it begins and after its end, so that both tracks are as long.
        command.args(["-map", "1:a:0", "-af", "aresample=async=1:first_pts=0,apad"]);
        command.args(encoder.sound());
    }
    command.args(["-map", "0:v:0", "-c:v", "copy", "-map_metadata", "-1"]);
    if let Some((_, length)) = sound {
        command.args(["-t", &seconds(length)]);
    }
    if encoder.ending() == "mp4" {
        command.args(["-movflags", "+faststart"]);
    }
    command.arg(file(&unfinished));
    if let Err(error) = Child::start(command, None)?.end(&|| false) {
        // It may not even exist.
        let _ = std::fs::remove_file(&unfinished);
        return Err(error);
    }
    std::fs::rename(&unfinished, &clip)?;
    remove(part);
    Ok(clip)
}

/// Makes clips of the parts that a crash left in `folder`, without their sound. Parts that hold no picture are removed.
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
        let encoder = if name.ends_with(&format!("{PART}.mp4")) {
            ClipEncoder::X264
        } else if name.ends_with(&format!("{PART}.webm")) {
            ClipEncoder::Vp8
        } else {
            continue;
        };
        let whole = tools.probe(&path).and_then(|_| assemble(tools, &path, encoder, None));
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
