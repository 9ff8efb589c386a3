//! Clips: what the camera shows for up to a minute, with the microphone's sound, one at a time. Frames and sound are encoded
//! while they come, each frame at the time it was taken on the sound's clock, and the clip is an attachment a moment after it
//! has ended.

use crate::error::CastorError;
use crate::intake;
use crate::settings::SystemLanguage;
use crate::state::Castor;
use crate::videos;
use capture::{CaptureError, Ended, Event, Recorder};
use conversation::Attachment;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use video::{Clip, ClipOptions as Encoding, ClipWriter, VideoError};

/// Longest clip.
const LONGEST: Duration = Duration::from_mins(1);
/// How often a clip looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long a clip that has ended waits for sound that is on its way from the microphone: most deliver within that.
const SOUND_ON_ITS_WAY: Duration = Duration::from_millis(60);
/// Longest edge of a clip's pictures, in pixels.
const EDGE: u32 = 1280;

/// How a clip is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClipOptions {
    /// Frames a second.
    pub frame_rate: u32,
    /// Whether the microphone is recorded, too.
    pub sound: bool,
}

/// What happens while a clip is recorded, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ClipEvent {
    /// Frames are taken from now on.
    Started,
    /// How loud it is.
    Level {
        /// From 0 to 1.
        #[specta(type = u32)]
        level: f32,
    },
    /// It is over.
    Ended {
        /// Why.
        reason: ClipEnd,
    },
}

/// Why a clip ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ClipEnd {
    /// The person ended it.
    Stopped,
    /// The person threw it away.
    Cancelled,
    /// It is as long as a clip may be.
    Full,
    /// The disk is full. What was recorded before is kept.
    DiskFull,
    /// No frame came.
    NoFrames,
    /// It failed.
    Failed,
}

/// How a person ends a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Stop,
    Cancel,
}

/// The clip that is being recorded, if one is.
#[derive(Default)]
pub struct ClipRecording(Mutex<Option<Running>>);

struct Running {
    orders: mpsc::Sender<Order>,
    /// `None` until the clip has begun.
    frames: Option<Arc<Frames>>,
}

/// Where frames go.
struct Frames {
    /// `None` once the clip has ended.
    writer: Mutex<Option<ClipWriter>>,
    /// The clip's beginning, since 1970.
    began: Duration,
}

impl ClipRecording {
    /// Ends it; what was recorded is kept.
    pub fn stop(&self) {
        self.order(Order::Stop);
    }

    /// Ends it and throws it away.
    pub fn cancel(&self) {
        self.order(Order::Cancel);
    }

    /// Takes a JPEG picture that was taken at a time since 1970. One that comes before or after a clip is left.
    pub fn frame(&self, taken_at: Duration, jpeg: &[u8]) -> Result<(), CastorError> {
        let Some(frames) = self.lock().as_ref().and_then(|running| running.frames.clone()) else {
            return Ok(());
        };
        if let Some(writer) = frames.writer.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            writer.frame(taken_at.saturating_sub(frames.began), jpeg)?;
        }
        Ok(())
    }

    fn order(&self, order: Order) {
        if let Some(running) = self.lock().as_ref() {
            // One that has just ended needs no order.
            let _ended = running.orders.send(order);
        }
    }

    fn begin(&self) -> Result<Receiver<Order>, CastorError> {
        let mut running = self.lock();
        if running.is_some() {
            return Err(CastorError::InvalidInput("a clip is being recorded already".into()));
        }
        let (orders, received) = mpsc::channel();
        *running = Some(Running { orders, frames: None });
        Ok(received)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Clears the place of the clip, however it ended.
struct Place<'a>(&'a ClipRecording);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

/// Records until the person or something else ends it, and keeps it as an attachment; `None` when it was thrown away. Blocks
/// for as long.
pub fn record(
    castor: &Castor,
    options: ClipOptions,
    on_event: &dyn Fn(ClipEvent),
) -> Result<Option<Attachment>, CastorError> {
    let orders = castor.clip.begin()?;
    let _place = Place(&castor.clip);
    let tools = videos::tools()?;
    let folder = folder(&castor.folders.data);
    std::fs::create_dir_all(&folder).map_err(VideoError::from)?;
    let (heard, events) = mpsc::channel();
    let sound = options.sound.then(|| microphone(castor, &folder, &heard)).transpose()?;
    drop(heard);
    // The recorder returns when the microphone runs: the first sample is of this moment.
    let began = since_1970();
    let encoding = Encoding {
        frame_rate: options.frame_rate.clamp(1, 60),
        longest_edge: Some(EDGE),
        encoder: None,
        sound_rate: sound.as_ref().map(Recorder::rate),
    };
    let writer = ClipWriter::start(&tools, &folder, &encoding)?;
    let frames = Arc::new(Frames { writer: Mutex::new(Some(writer)), began });
    if let Some(running) = castor.clip.lock().as_mut() {
        running.frames = Some(Arc::clone(&frames));
    }
    on_event(ClipEvent::Started);
    let end = follow(&events, &orders, &frames, on_event);
    let length = since_1970().saturating_sub(began).min(LONGEST);
    let Some(writer) = frames.writer.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return Ok(None);
    };
    if end == ClipEnd::Cancelled {
        writer.cancel();
        if let Some(recorder) = sound {
            recorder.cancel()?;
        }
        on_event(ClipEvent::Ended { reason: end });
        return Ok(None);
    }
    hear_the_rest(&writer, &events, length);
    let finished = writer.finish(length);
    // The clip has the sound.
    if let Some(Err(error)) = sound.map(Recorder::cancel) {
        tracing::warn!(%error, "the sound of a clip stays behind");
    }
    on_event(ClipEvent::Ended { reason: reason(end, &finished) });
    Ok(Some(keep(castor, &finished?.path)?))
}

/// Clips that a crash cut off, made whole again.
pub fn left_behind(data: &Path) -> Vec<PathBuf> {
    let folder = folder(data);
    if !folder.is_dir() {
        return Vec::new();
    }
    // What the microphone wrote beside a clip is in the clip as well.
    for path in std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|ending| ending == "wav")
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!(%error, path = %path.display(), "the sound of a clip stays behind");
        }
    }
    videos::tools().and_then(|tools| video::recover(&tools, &folder)).unwrap_or_else(|error| {
        tracing::warn!(%error, "clips that were cut off cannot be mended");
        Vec::new()
    })
}

/// Keeps a finished clip as an attachment, in place of its file.
pub fn keep(castor: &Castor, path: &Path) -> Result<Attachment, intake::IntakeError> {
    let what = match castor.settings().language.spoken() {
        SystemLanguage::Zh => "短片",
        SystemLanguage::En => "Clip",
    };
    keep_as(castor, path, what)
}

/// Keeps a finished clip of `what`, which its name begins with, as an attachment, in place of its file.
pub fn keep_as(castor: &Castor, path: &Path, what: &str) -> Result<Attachment, intake::IntakeError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    let attachment = intake::add_file_as(&castor.history, path, &intake::name_of_now(what, &ending))?;
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "the file of a clip stays behind");
    }
    Ok(attachment)
}

/// Where clips are written while they are made.
pub fn folder(data: &Path) -> PathBuf {
    data.join("clips")
}

/// Records the chosen microphone beside the frames.
fn microphone(castor: &Castor, folder: &Path, heard: &mpsc::Sender<Event>) -> Result<Recorder, CaptureError> {
    let path = folder.join(conversation::AttachmentId::new().to_string()).with_extension("wav");
    crate::voice::open_microphone(castor, &path, heard)
}

/// Hands on what happens until the clip ends. A microphone that goes away ends the sound, not the picture.
fn follow(
    events: &Receiver<Event>,
    orders: &Receiver<Order>,
    frames: &Frames,
    on_event: &dyn Fn(ClipEvent),
) -> ClipEnd {
    let until = Instant::now() + LONGEST;
    loop {
        match orders.try_recv() {
            Ok(Order::Stop) => return ClipEnd::Stopped,
            Ok(Order::Cancel) => return ClipEnd::Cancelled,
            Err(_) => {}
        }
        if Instant::now() >= until {
            return ClipEnd::Full;
        }
        match events.recv_timeout(LOOK_EVERY) {
            Ok(Event::Level(level)) => on_event(ClipEvent::Level { level }),
            Ok(Event::Sound(samples)) => {
                if let Some(writer) = frames.writer.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                    writer.sound(&samples);
                }
            }
            // Without the rest of its sound a clip is better than none.
            Ok(Event::Ended(Ended::Failed(error))) => {
                tracing::warn!(%error, "the sound of a clip ends early");
            }
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(LOOK_EVERY),
        }
    }
}

/// Hands on what was heard up to the clip's end and comes only now.
fn hear_the_rest(writer: &ClipWriter, events: &Receiver<Event>, length: Duration) {
    let until = Instant::now() + SOUND_ON_ITS_WAY;
    while writer.heard() < length {
        match events.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Event::Sound(samples)) => writer.sound(&samples),
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

fn reason(end: ClipEnd, finished: &Result<Clip, VideoError>) -> ClipEnd {
    match finished {
        Ok(_) => end,
        Err(VideoError::DiskFull) => ClipEnd::DiskFull,
        Err(VideoError::NothingRecorded) => ClipEnd::NoFrames,
        Err(_) => ClipEnd::Failed,
    }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
