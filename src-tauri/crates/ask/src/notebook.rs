//! What is made of attachments, made once each and kept beside the original under its content hash: notes of pictures and
//! of the frames of videos, by the senses, transcripts of recordings and videos, by hearing, and sound in a format that a
//! model takes.
//!
//! Whoever wants something (the composer in the background, a turn, the command line) asks here. What is being made
//! already is not made twice: the second asker waits for the first. One thing is made at a time, since each takes all
//! cores.

mod watching;

use conversation::{
    Attachment, Frames, Hearing, HearingEvent, MediaKind, ModelState, PictureNotes, Pixels, SPEECH_RATE,
    Senses, SensesError, Sha256Hash, SpeechSource, Transcript, WatchError, Watching,
};
use history::{History, HistoryError};
use media::sound::{self, SoundError, SoundReader, SoundStream};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) use watching::{FRAME_EDGE, how_many};
pub use watching::{Moment, VideoNotes};

/// How often someone who waits looks whether they still want to.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// What sound is converted to for a model that does not take its format: nothing is lost.
pub(crate) const CONVERTED_SOUND: &str = "audio/flac";

/// Makes and keeps.
pub struct Notebook {
    history: Arc<History>,
    senses: Arc<dyn Senses>,
    hearing: Arc<dyn Hearing>,
    watching: Arc<dyn Watching>,
    /// What is being made, with how far each is.
    making: Mutex<HashMap<Making, Arc<Fraction>>>,
    someone_ended: Condvar,
}

/// What can be made of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Work {
    Notes,
    Transcript,
    ConvertedSound,
    VideoFacts,
    VideoNotes(Frames),
    VideoFrames(Frames),
}

type Making = (Sha256Hash, Work);

/// Why something was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotebookError {
    /// Nobody wants it any more.
    #[error("it was stopped")]
    Cancelled,
    /// There are no notes, or no transcript.
    #[error(transparent)]
    Senses(SensesError),
    /// The recogniser that understands speech is not here.
    #[error("the recogniser that understands speech is not here")]
    CannotHear,
    /// The video was not watched.
    #[error(transparent)]
    Watch(WatchError),
    /// The picture cannot be decoded (any more).
    #[error(transparent)]
    Media(#[from] media::MediaError),
    /// The sound cannot be decoded or converted.
    #[error(transparent)]
    Sound(SoundError),
    /// The original or what was made of it cannot be read or kept.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The notes could not be written down: a fault of Castor's.
    #[error("the notes could not be written: {0}")]
    Format(#[from] serde_json::Error),
}

impl From<SensesError> for NotebookError {
    fn from(error: SensesError) -> Self {
        match error {
            SensesError::Cancelled => Self::Cancelled,
            other => Self::Senses(other),
        }
    }
}

impl From<WatchError> for NotebookError {
    fn from(error: WatchError) -> Self {
        match error {
            WatchError::Cancelled => Self::Cancelled,
            other => Self::Watch(other),
        }
    }
}

impl From<SoundError> for NotebookError {
    fn from(error: SoundError) -> Self {
        match error {
            SoundError::Cancelled => Self::Cancelled,
            other => Self::Sound(other),
        }
    }
}

/// Sound in a format that a model takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConvertedSound {
    /// Where it lies, to be read only.
    pub(crate) path: PathBuf,
    /// Its size.
    pub(crate) bytes: u64,
    /// How long it lasts, where it says so.
    pub(crate) duration: Option<Duration>,
}

/// Told a fraction from 0 to 1 now and then.
type Progress<'a> = &'a (dyn Fn(f32) + Sync);
/// Asked several times a second whether to stop.
type IsCancelled<'a> = &'a (dyn Fn() -> bool + Sync);

/// A number from 0 to 1 that threads share, as its bits.
#[derive(Default)]
struct Fraction(AtomicU32);

impl Fraction {
    fn set(&self, fraction: f32) {
        self.0.store(fraction.to_bits(), Ordering::Relaxed);
    }

    fn get(&self) -> f32 {
        f32::from_bits(self.0.load(Ordering::Relaxed))
    }
}

impl Notebook {
    /// A notebook over this history.
    pub fn new(
        history: Arc<History>,
        senses: Arc<dyn Senses>,
        hearing: Arc<dyn Hearing>,
        watching: Arc<dyn Watching>,
    ) -> Self {
        let (making, someone_ended) = (Mutex::default(), Condvar::new());
        Self { history, senses, hearing, watching, making, someone_ended }
    }

    /// The notes of a picture, if they were made already. Blocking.
    pub fn known(&self, picture: &Attachment) -> Result<Option<PictureNotes>, HistoryError> {
        let kept = self.history.read_derived(&picture.hash, &self.senses.version())?;
        // Notes that cannot be read any more are made again.
        Ok(kept.and_then(|json| serde_json::from_slice(&json).ok()))
    }

    /// The notes of a picture, made now unless they are known. Blocking; `progress` is told fractions from 0 to 1.
    ///
    /// # Errors
    /// [`NotebookError`]; [`NotebookError::Cancelled`] once `is_cancelled` says so, at the latest a second later.
    pub fn notes(
        &self,
        picture: &Attachment,
        progress: Progress<'_>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<PictureNotes, NotebookError> {
        let key = (picture.hash.clone(), Work::Notes);
        let known = || Ok(self.known(picture)?);
        let make = |told: Progress<'_>| self.read_picture(picture, told, is_cancelled);
        self.once(key, &known, &make, progress, is_cancelled)
    }

    /// The transcript of a recording or of a video's sound track, made now unless there is one. Blocking. Whoever waits for
    /// another to make it is told its progress only.
    ///
    /// # Errors
    /// [`NotebookError`]; [`NotebookError::Cancelled`] once `is_cancelled` says so, at the latest a second later.
    pub fn transcript(
        &self,
        recording: &Attachment,
        on_event: &(dyn Fn(HearingEvent) + Sync),
        is_cancelled: IsCancelled<'_>,
    ) -> Result<Transcript, NotebookError> {
        let key = (recording.hash.clone(), Work::Transcript);
        let known = || Ok(self.history.transcript(recording.id)?);
        let make = |told: Progress<'_>| {
            let tell = |event| match event {
                HearingEvent::Progress(fraction) => told(fraction),
                other => on_event(other),
            };
            self.listen(recording, &tell, is_cancelled)
        };
        self.once(key, &known, &make, &|fraction| on_event(HearingEvent::Progress(fraction)), is_cancelled)
    }

    /// Sound as [`CONVERTED_SOUND`], converted now unless it was before. Blocking; `progress` is told fractions from 0 to 1.
    ///
    /// # Errors
    /// [`NotebookError`]; [`NotebookError::Cancelled`] once `is_cancelled` says so, at the latest a second later.
    pub(crate) fn converted_sound(
        &self,
        recording: &Attachment,
        progress: Progress<'_>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<ConvertedSound, NotebookError> {
        let key = (recording.hash.clone(), Work::ConvertedSound);
        let make = |told: Progress<'_>| self.convert(recording, told, is_cancelled);
        self.once(key, &|| Ok(None), &make, progress, is_cancelled)
    }

    /// Makes one thing unless it is known, and lets whoever else wants it wait for it.
    fn once<T>(
        &self,
        key: Making,
        known: &dyn Fn() -> Result<Option<T>, NotebookError>,
        make: &dyn Fn(Progress<'_>) -> Result<T, NotebookError>,
        progress: Progress<'_>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<T, NotebookError> {
        let mut making = self.lock();
        loop {
            if let Some(made) = known()? {
                return Ok(made);
            }
            if is_cancelled() {
                return Err(NotebookError::Cancelled);
            }
            if let Some(fraction) = making.get(&key) {
                progress(fraction.get());
            } else if making.is_empty() {
                break;
            }
            making =
                self.someone_ended.wait_timeout(making, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner).0;
        }
        let fraction = Arc::new(Fraction::default());
        making.insert(key.clone(), Arc::clone(&fraction));
        drop(making);
        let _ended = Ended { notebook: self, key };
        make(&|done| {
            fraction.set(done);
            progress(done);
        })
    }

    fn read_picture(
        &self,
        picture: &Attachment,
        progress: Progress<'_>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<PictureNotes, NotebookError> {
        let version = self.senses.version();
        if self.senses.state() != ModelState::Ready {
            return Err(SensesError::Missing.into());
        }
        let bytes = self.history.read_attachment(picture.id)?;
        let decoded = media::decode(&bytes)?;
        let pixels = Pixels { width: decoded.width(), height: decoded.height(), rgb: decoded.to_rgb() };
        drop((bytes, decoded));
        let notes = self.senses.read(&pixels, progress, is_cancelled)?;
        self.history.write_derived(&picture.hash, &version, &serde_json::to_vec(&notes)?)?;
        Ok(notes)
    }

    fn listen(
        &self,
        recording: &Attachment,
        on_event: &dyn Fn(HearingEvent),
        is_cancelled: IsCancelled<'_>,
    ) -> Result<Transcript, NotebookError> {
        if self.hearing.hearing_state() != ModelState::Ready {
            return Err(NotebookError::CannotHear);
        }
        let transcribe =
            |sound: &mut dyn SpeechSource| self.hearing.transcribe(sound, on_event, &|| is_cancelled());
        let transcript = if recording.kind == MediaKind::Video {
            self.listen_to_video(recording, &transcribe)?
        } else {
            let reader = SoundReader::open(&self.history.blob_path(recording.id)?)?;
            transcribe(&mut RecordedSpeech(reader.mono(SPEECH_RATE)?))?
        };
        self.history.keep_transcript(recording.id, &transcript)?;
        Ok(transcript)
    }

    fn convert(
        &self,
        recording: &Attachment,
        progress: Progress<'_>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<ConvertedSound, NotebookError> {
        let original = self.history.blob_path(recording.id)?;
        let path = self.history.derived_file(&recording.hash, "sound-flac", |into| {
            let accepts = [CONVERTED_SOUND.to_owned()];
            sound::for_sending(&original, &recording.mime, &accepts, into, progress, is_cancelled)?;
            Ok::<_, NotebookError>(())
        })?;
        let bytes = path.metadata().map_err(SoundError::Io)?.len();
        let duration = SoundReader::open(&path)?.duration();
        Ok(ConvertedSound { path, bytes, duration })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Making, Arc<Fraction>>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A recording as hearing wants it.
#[derive(Debug)]
pub struct RecordedSpeech(SoundStream);

impl From<SoundStream> for RecordedSpeech {
    /// Of mono sound of [`SPEECH_RATE`].
    fn from(stream: SoundStream) -> Self {
        Self(stream)
    }
}

impl SpeechSource for RecordedSpeech {
    fn next_block(&mut self) -> Result<Option<&[f32]>, SensesError> {
        self.0.next_block().map_err(|error| SensesError::Failed(error.to_string()))
    }

    fn duration(&self) -> Option<Duration> {
        self.0.duration()
    }
}

/// Takes something off the list of what is being made, however that ended.
struct Ended<'a> {
    notebook: &'a Notebook,
    key: Making,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.notebook.lock().remove(&self.key);
        self.notebook.someone_ended.notify_all();
    }
}
