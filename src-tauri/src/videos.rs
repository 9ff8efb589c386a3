//! Videos in the window and for the local mind: what they are, pictures of them, and watching them. FFmpeg does the work, see
//! the crate `video`.

use crate::intake::IntakeError;
use conversation::{
    AttachmentId, Frames, MediaKind, Pixels, SensesError, SpeechSource, VideoFacts, VideoFrame, WatchError,
    Watching,
};
use history::History;
use media::Picture;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;
use video::{Frame, SampleOptions, SoundTrack, Tools, VideoError};

/// Edge of the small pictures of moments, in pixels.
const MOMENT_EDGE: u32 = 240;
/// Moments are kept to this many milliseconds: a timeline asks for the same ones again.
const MOMENT_STEP: u128 = 100;
/// The derived file that keeps what a video is.
const INFO: &str = "video-info";

/// What is known of a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VideoInfo {
    /// How long it is, where it says so.
    pub duration_ms: Option<u64>,
    /// Upright, in pixels.
    pub width: u32,
    /// Upright, in pixels.
    pub height: u32,
    /// Frames a second, on average.
    #[specta(type = Option<u32>)]
    pub frame_rate: Option<f64>,
    /// Whether it has sound.
    pub has_sound: bool,
}

/// The programs that read and write videos. Looked for once they are needed, and again as long as they were not found.
pub fn tools() -> Result<Tools, VideoError> {
    static FOUND: OnceLock<Tools> = OnceLock::new();
    if let Some(tools) = FOUND.get() {
        return Ok(tools.clone());
    }
    let tools = Tools::find()?;
    Ok(FOUND.get_or_init(|| tools).clone())
}

/// What a video is, kept once it is known. Blocks.
pub fn info(history: &History, id: AttachmentId) -> Result<VideoInfo, IntakeError> {
    let attachment = history.attachment(id)?;
    let known = history.read_derived(&attachment.hash, INFO)?;
    if let Some(info) = known.and_then(|json| serde_json::from_slice(&json).ok()) {
        return Ok(info);
    }
    let found = tools()?.probe(&history.blob_path(id)?)?;
    let info = VideoInfo {
        duration_ms: found.duration.map(milliseconds),
        width: found.width,
        height: found.height,
        frame_rate: found.frame_rate,
        has_sound: found.sound.is_some(),
    };
    if let Ok(json) = serde_json::to_vec(&info) {
        history.write_derived(&attachment.hash, INFO, &json)?;
    }
    Ok(info)
}

/// The picture that stands for a video. Blocks.
pub fn poster(video: &Path, longest_edge: u32) -> Result<Picture, IntakeError> {
    Ok(Picture::from_pixels(pixels(tools()?.poster(video, longest_edge)?))?)
}

/// A small picture of a video at a moment, kept once it was made. Blocks.
pub fn moment(history: &History, id: AttachmentId, at: Duration) -> Result<Vec<u8>, IntakeError> {
    let attachment = history.attachment(id)?;
    if attachment.kind != MediaKind::Video {
        return Err(VideoError::NotVideo.into());
    }
    let step = at.as_millis() / MOMENT_STEP;
    let name = format!("moment-{step}");
    if let Some(bytes) = history.read_derived(&attachment.hash, &name)? {
        return Ok(bytes);
    }
    let at = Duration::from_millis(u64::try_from(step * MOMENT_STEP).unwrap_or(u64::MAX));
    let frame = tools()?.picture_at(&history.blob_path(id)?, at, MOMENT_EDGE)?;
    let picture = Picture::from_pixels(pixels(frame))?.thumbnail(MOMENT_EDGE)?;
    history.write_derived(&attachment.hash, &name, &picture.data)?;
    Ok(picture.data)
}

/// Watches videos with FFmpeg.
#[derive(Debug, Clone, Copy, Default)]
pub struct Watcher;

impl Watching for Watcher {
    fn can_watch(&self) -> bool {
        tools().is_ok()
    }

    fn facts(&self, video: &Path) -> Result<VideoFacts, WatchError> {
        let info = tools().and_then(|tools| tools.probe(video)).map_err(watch_error)?;
        Ok(VideoFacts {
            duration_ms: info.duration.map_or(0, |duration| short(milliseconds(duration))),
            width: info.width,
            height: info.height,
            has_sound: info.sound.is_some(),
        })
    }

    fn frames(
        &self,
        video: &Path,
        wanted: &Frames,
        progress: &(dyn Fn(f32) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<VideoFrame>, WatchError> {
        let stretch = (!wanted.stretch.is_whole()).then(|| {
            let at = |milliseconds: u32| Duration::from_millis(milliseconds.into());
            (at(wanted.stretch.start_ms), wanted.stretch.end_ms.map_or(Duration::MAX, at))
        });
        let Frames { most, longest_edge, .. } = *wanted;
        let options = SampleOptions { most, longest_edge, stretch, progress, is_cancelled };
        let frames = tools().and_then(|tools| tools.sample(video, &options)).map_err(watch_error)?;
        let timed = |frame: Frame| VideoFrame { at_ms: short(milliseconds(frame.at)), pixels: pixels(frame) };
        Ok(frames.into_iter().map(timed).collect())
    }

    fn sound(&self, video: &Path) -> Result<Option<Box<dyn SpeechSource + Send>>, WatchError> {
        let track = tools().and_then(|tools| tools.sound(video, None)).map_err(watch_error)?;
        Ok(track.map(|track| Box::new(TrackSpeech(track)) as Box<dyn SpeechSource + Send>))
    }
}

/// A sound track as hearing wants it.
struct TrackSpeech(SoundTrack);

impl SpeechSource for TrackSpeech {
    fn next_block(&mut self) -> Result<Option<&[f32]>, SensesError> {
        self.0.next_block().map_err(|error| SensesError::Failed(error.to_string()))
    }

    fn duration(&self) -> Option<Duration> {
        self.0.duration()
    }
}

fn watch_error(error: VideoError) -> WatchError {
    match error {
        VideoError::ToolsMissing { .. } => WatchError::ToolsMissing,
        VideoError::NoPicture => WatchError::NoPicture,
        VideoError::Cancelled => WatchError::Cancelled,
        VideoError::Damaged { reason } => WatchError::Damaged(reason),
        VideoError::Empty | VideoError::NotVideo | VideoError::TooLarge { .. } => {
            WatchError::Damaged(error.to_string())
        }
        other => WatchError::Failed(other.to_string()),
    }
}

fn pixels(frame: Frame) -> Pixels {
    Pixels { width: frame.width, height: frame.height, rgb: frame.rgb }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
