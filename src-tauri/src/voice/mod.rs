//! Asking by voice: one recording at a time, written to disk as it happens, an attachment once it has ended; and playing
//! recordings.

mod live;
mod playing;

pub use playing::Player;

use crate::error::CastorError;
use crate::intake::{self, IntakeError};
use crate::settings::{Language, SystemLanguage, VoiceSettings};
use crate::state::Castor;
use capture::{CaptureError, Ended, Event, ListenOptions, Recorder, Speech};
use conversation::{Attachment, Hearing, ModelState};
use live::LiveTranscript;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often a recording looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// What is kept of the time before the first syllable: nobody's first sound is cut.
const PRE_ROLL: Duration = Duration::from_millis(400);
/// Endings of the files that recordings are written to.
const ENDING: &str = "wav";

/// What to record, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecordOptions {
    /// Whether it waits for speech and ends by itself.
    pub hands_free: bool,
    /// Whether what is said is written down while it is said.
    pub transcribe: bool,
    /// Whether Castor may speak meanwhile: its own voice is not recorded and not taken for speech.
    pub conversation: bool,
}

/// What happens while a recording is made, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum RecordingEvent {
    /// The microphone is open.
    Started,
    /// How loud it is.
    Level {
        /// From 0 to 1.
        #[specta(type = u32)]
        level: f32,
    },
    /// Somebody began or ceased to speak.
    Speaking {
        /// Whether somebody speaks.
        speaking: bool,
    },
    /// What was understood so far; replaces the one before.
    Transcript {
        /// All of it.
        text: String,
    },
    /// The microphone is closed.
    Ended {
        /// Why.
        reason: RecordingEnd,
    },
}

/// Why a recording ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum RecordingEnd {
    /// The person ended it.
    Stopped,
    /// The person threw it away.
    Cancelled,
    /// Nobody spoke any more.
    Silence,
    /// Nobody had spoken when the person ended it.
    NothingHeard,
    /// The microphone went away. What was said before is kept.
    Unplugged,
    /// The disk is full. What was said before is kept.
    DiskFull,
    /// The file cannot hold more. What was said before is kept.
    TooLong,
    /// Something else failed. What was said before is kept.
    Failed,
}

impl From<&Ended> for RecordingEnd {
    fn from(ended: &Ended) -> Self {
        match ended {
            Ended::Silence => Self::Silence,
            Ended::Full => Self::TooLong,
            Ended::Failed(CaptureError::DiskFull) => Self::DiskFull,
            Ended::Failed(
                CaptureError::Unplugged
                | CaptureError::NoDevice
                | CaptureError::ServerGone
                | CaptureError::Stalled,
            ) => Self::Unplugged,
            _ => Self::Failed,
        }
    }
}

/// How a person ends a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Stop,
    Cancel,
}

/// The recording that is being made, if one is.
#[derive(Debug, Default)]
pub struct Recording(Mutex<Option<mpsc::Sender<Order>>>);

impl Recording {
    /// Ends it; what was said is kept.
    pub fn stop(&self) {
        self.order(Order::Stop);
    }

    /// Ends it and throws it away.
    pub fn cancel(&self) {
        self.order(Order::Cancel);
    }

    fn order(&self, order: Order) {
        if let Some(running) = self.lock().as_ref() {
            // One that has just ended needs no order.
            let _ended = running.send(order);
        }
    }

    /// Makes this the only recording.
    fn begin(&self) -> Result<Receiver<Order>, CastorError> {
        let mut running = self.lock();
        if running.is_some() {
            return Err(CastorError::InvalidInput("a recording is being made already".into()));
        }
        let (orders, received) = mpsc::channel();
        *running = Some(orders);
        Ok(received)
    }

    fn lock(&self) -> MutexGuard<'_, Option<mpsc::Sender<Order>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Clears the place of the recording, however it ended.
struct Place<'a>(&'a Recording);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

/// Records until the person or something else ends it, and keeps it as an attachment; `None` when it was thrown away or
/// nobody spoke. Blocks for as long.
pub fn record(
    castor: &Castor,
    options: RecordOptions,
    on_event: &dyn Fn(RecordingEvent),
) -> Result<Option<Attachment>, CastorError> {
    let orders = castor.recording.begin()?;
    let _place = Place(&castor.recording);
    let folder = recordings(&castor.folders.data);
    std::fs::create_dir_all(&folder).map_err(CaptureError::from)?;
    let path = tempfile_in(&folder);
    let settings = castor.settings();
    let (heard, events) = mpsc::channel();
    let own_voice = options.conversation.then(|| castor.own_voice.clone());
    let listen = options.hands_free.then(|| ListenOptions {
        silence: Duration::from_millis(settings.voice.silence_ms.into()),
        pre_roll: PRE_ROLL,
    });
    let how = capture::Options { listen, own_voice, ..capture::Options::default() };
    let recorder = open(&path, &settings.voice, &how, &heard)?;
    drop(heard);
    on_event(RecordingEvent::Started);
    crate::speaking::get_ready(castor);
    let hearing = Arc::clone(&castor.local) as Arc<dyn Hearing>;
    let live = (options.transcribe && hearing.hearing_state() == ModelState::Ready)
        .then(|| LiveTranscript::start(hearing));
    let end = follow(&events, &orders, live.as_ref(), on_event);
    if end == RecordingEnd::Cancelled {
        recorder.cancel()?;
        on_event(RecordingEvent::Ended { reason: end });
        return Ok(None);
    }
    let outcome = recorder.stop();
    // What came between the last look and the stop.
    while let Ok(event) = events.try_recv() {
        tell(event, live.as_ref(), on_event);
    }
    let Some(finished) = outcome? else {
        on_event(RecordingEvent::Ended { reason: RecordingEnd::NothingHeard });
        return Ok(None);
    };
    on_event(RecordingEvent::Ended { reason: end });
    let attachment = keep(castor, &finished.path)?;
    if let Some(transcript) = live.and_then(LiveTranscript::finish) {
        castor.history.keep_transcript(attachment.id, &transcript)?;
        on_event(RecordingEvent::Transcript { text: transcript.text });
    }
    Ok(Some(attachment))
}

/// Recordings that a crash cut off, made whole again.
pub fn left_behind(data: &Path) -> Vec<PathBuf> {
    let Ok(folder) = std::fs::read_dir(recordings(data)) else { return Vec::new() };
    let files = folder.flatten().map(|file| file.path());
    files
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .filter(|path| match capture::repair(path) {
            Ok(_) => true,
            Err(CaptureError::NotARecording) => {
                // Not even a sample reached the disk.
                let _gone = std::fs::remove_file(path);
                false
            }
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "a recording could not be repaired");
                false
            }
        })
        .collect()
}

/// Keeps a finished recording as an attachment, in place of its file.
pub fn keep(castor: &Castor, path: &Path) -> Result<Attachment, IntakeError> {
    let attachment = intake::add_file_as(&castor.history, path, &name(castor.settings().language))?;
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "the file of a recording stays behind");
    }
    Ok(attachment)
}

/// Where recordings are written while they are made.
fn recordings(data: &Path) -> PathBuf {
    data.join("recordings")
}

fn tempfile_in(folder: &Path) -> PathBuf {
    folder.join(conversation::AttachmentId::new().to_string()).with_extension(ENDING)
}

fn name(language: Language) -> String {
    let what = match language.spoken() {
        SystemLanguage::Zh => "录音",
        SystemLanguage::En => "Recording",
    };
    intake::name_of_now(what, ENDING)
}

/// Records the chosen microphone into a file, until it is stopped. What is heard is told at the file's rate.
pub fn open_microphone(
    castor: &Castor,
    path: &Path,
    heard: &mpsc::Sender<Event>,
) -> Result<Recorder, CaptureError> {
    let how = capture::Options { full_rate: true, ..capture::Options::default() };
    open(path, &castor.settings().voice, &how, heard)
}

/// Opens the chosen microphone, or the system's own where that one is not there.
fn open(
    path: &Path,
    settings: &VoiceSettings,
    how: &capture::Options,
    heard: &mpsc::Sender<Event>,
) -> Result<Recorder, CaptureError> {
    let start = |device: Option<String>| {
        let heard = heard.clone();
        let options = capture::Options { device, ..how.clone() };
        // Nobody listens any more once the recording is over.
        Recorder::start(path, options, move |event| drop(heard.send(event)))
    };
    match start(settings.microphone.clone()) {
        Err(CaptureError::NoDevice) if settings.microphone.is_some() => start(None),
        opened => opened,
    }
}

/// Hands on what happens until the recording ends.
fn follow(
    events: &Receiver<Event>,
    orders: &Receiver<Order>,
    live: Option<&LiveTranscript>,
    on_event: &dyn Fn(RecordingEvent),
) -> RecordingEnd {
    loop {
        match orders.try_recv() {
            Ok(Order::Stop) => return RecordingEnd::Stopped,
            Ok(Order::Cancel) => return RecordingEnd::Cancelled,
            Err(_) => {}
        }
        match events.recv_timeout(LOOK_EVERY) {
            Ok(Event::Ended(ended)) => {
                if let Ended::Failed(error) = &ended {
                    tracing::warn!(%error, "a recording ended");
                }
                return RecordingEnd::from(&ended);
            }
            Ok(event) => tell(event, live, on_event),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return RecordingEnd::Failed,
        }
        if let Some(text) = live.and_then(LiveTranscript::news) {
            on_event(RecordingEvent::Transcript { text });
        }
    }
}

fn tell(event: Event, live: Option<&LiveTranscript>, on_event: &dyn Fn(RecordingEvent)) {
    match event {
        Event::Level(level) => on_event(RecordingEvent::Level { level }),
        Event::Speech(speech) => {
            on_event(RecordingEvent::Speaking { speaking: speech == Speech::Began });
        }
        Event::Sound(samples) => {
            if let Some(live) = live {
                live.hear(&samples);
            }
        }
        _ => {}
    }
}
