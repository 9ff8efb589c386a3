//! Makes a sound file ready for a model that does not take its format.

use super::{SoundError, SoundFormat, SoundReader, SoundWriter};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Highest rate that is sent. More is beyond hearing, and models listen at 16 kHz.
const MAX_SENT_RATE: u32 = 48_000;

/// What [`crate::identify`] calls the sound that is decoded here.
const DECODED: [&str; 10] = [
    "audio/wav",
    "audio/mp3",
    "audio/flac",
    "audio/ogg",
    "audio/aac",
    "audio/aiff",
    "audio/mp4",
    "audio/x-caf",
    "audio/webm",
    "audio/x-matroska",
];

/// Whether sound of this MIME type can be decoded, and so converted for any model that takes FLAC or WAV.
pub fn convertible(mime: &str) -> bool {
    DECODED.contains(&mime)
}

/// A file that a model takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Where it is: the original, or the converted file.
    pub path: PathBuf,
    /// Its MIME type, one of those the model accepts.
    pub mime: String,
    /// How long it is, where that is known.
    pub duration: Option<Duration>,
}

/// Makes the file at `path` of type `mime` ready for a model that takes what `accepts` lists (MIME types, see
/// [`conversation::FileBudget::accepts`]). A file it takes stays what and where it is. Any other is converted to FLAC
/// (or WAV, where only that is taken) and written to `into`: mono if it was mono, else stereo, at its own rate up to
/// 48 kHz.
///
/// `into` appears when it is complete: until then the sound goes to a hidden neighbour, which any error removes.
/// `progress` hears how much is done, from 0 to 1, if the file says how long it is. `is_cancelled` is asked several times
/// a second.
///
/// # Errors
/// [`SoundError::NoAcceptedFormat`], [`SoundError::Cancelled`], or as [`SoundReader::open`] and [`SoundWriter::write`].
pub fn for_sending(
    path: &Path,
    mime: &str,
    accepts: &[String],
    into: &Path,
    mut progress: impl FnMut(f32),
    is_cancelled: impl Fn() -> bool,
) -> Result<Sent, SoundError> {
    let takes = |mime: &str| accepts.iter().any(|accepted| accepted == mime);
    if takes(mime) {
        // Whether it can be decoded here is not what decides whether the model can.
        let duration = SoundReader::open(path).ok().and_then(|reader| reader.duration());
        return Ok(Sent { path: path.to_owned(), mime: mime.to_owned(), duration });
    }
    let format = [SoundFormat::Flac, SoundFormat::Wav]
        .into_iter()
        .find(|format| takes(format.mime()))
        .ok_or(SoundError::NoAcceptedFormat)?;

    let reader = SoundReader::open(path)?;
    let rate = reader.sample_rate().min(MAX_SENT_RATE);
    let mut stream = reader.mono_or_stereo(rate)?;
    let folder = into.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unfinished = tempfile::Builder::new().prefix(".converting-").tempfile_in(folder)?;
    let mut writer = SoundWriter::new(unfinished.reopen()?, format, rate, stream.channels())?;

    let frames_in = |duration: Duration| duration.as_secs_f64() * f64::from(rate);
    let total = stream.duration().map(frames_in).filter(|total| *total > 0.0);
    let channels = stream.channels();
    let mut frames = 0_u64;
    loop {
        if is_cancelled() {
            return Err(SoundError::Cancelled);
        }
        let Some(block) = stream.next_block()? else { break };
        writer.write(block)?;
        frames += (block.len() / channels) as u64;
        if let Some(total) = total {
            progress((frames as f64 / total).min(1.0) as f32);
        }
    }
    writer.finish()?;
    unfinished.persist(into).map_err(|error| error.error)?;
    progress(1.0);
    let duration = Duration::try_from_secs_f64(frames as f64 / f64::from(rate)).ok();
    Ok(Sent { path: into.to_owned(), mime: format.mime().to_owned(), duration })
}
