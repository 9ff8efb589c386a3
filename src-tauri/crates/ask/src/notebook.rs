//! Notes of pictures, made once each: by the senses, kept beside the picture under its content hash.
//!
//! Whoever wants notes (the composer in the background, a turn, the command line) asks here. A picture that is being read
//! already is not read twice: the second asker waits for the first. Pictures are read one at a time, since each takes all
//! cores.

use conversation::{Attachment, PictureNotes, Pixels, Senses, SensesError, Sha256Hash};
use history::{History, HistoryError};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often someone who waits looks whether they still want to.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Makes and keeps notes.
pub struct Notebook {
    history: Arc<History>,
    senses: Arc<dyn Senses>,
    /// Pictures that are being read, with how far each is.
    reading: Mutex<HashMap<Sha256Hash, Arc<Fraction>>>,
    someone_ended: Condvar,
}

/// Why there are no notes.
#[derive(Debug, thiserror::Error)]
pub enum NotesError {
    /// The senses gave none.
    #[error(transparent)]
    Senses(#[from] SensesError),
    /// The picture cannot be decoded (any more).
    #[error(transparent)]
    Media(#[from] media::MediaError),
    /// The picture or its notes cannot be read or kept.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The notes could not be written down: a fault of Castor's.
    #[error("the notes could not be written: {0}")]
    Format(#[from] serde_json::Error),
}

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
    pub fn new(history: Arc<History>, senses: Arc<dyn Senses>) -> Self {
        Self { history, senses, reading: Mutex::default(), someone_ended: Condvar::new() }
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
    /// [`NotesError`]; [`SensesError::Cancelled`] once `is_cancelled` says so, at the latest a second later.
    pub fn notes(
        &self,
        picture: &Attachment,
        progress: &(dyn Fn(f32) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<PictureNotes, NotesError> {
        let mut reading = self.lock();
        loop {
            if let Some(notes) = self.known(picture)? {
                return Ok(notes);
            }
            if is_cancelled() {
                return Err(SensesError::Cancelled.into());
            }
            if let Some(fraction) = reading.get(&picture.hash) {
                progress(fraction.get());
            } else if reading.is_empty() {
                break;
            }
            reading = self
                .someone_ended
                .wait_timeout(reading, LOOK_EVERY)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        let fraction = Arc::new(Fraction::default());
        reading.insert(picture.hash.clone(), Arc::clone(&fraction));
        drop(reading);
        let _ended = Ended { notebook: self, hash: &picture.hash };
        let told = |done: f32| {
            fraction.set(done);
            progress(done);
        };
        self.make(picture, &told, is_cancelled)
    }

    fn make(
        &self,
        picture: &Attachment,
        progress: &(dyn Fn(f32) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<PictureNotes, NotesError> {
        let version = self.senses.version();
        if self.senses.state() != conversation::ModelState::Ready {
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

    fn lock(&self) -> MutexGuard<'_, HashMap<Sha256Hash, Arc<Fraction>>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a picture off the list of those being read, however its reading ended.
struct Ended<'a> {
    notebook: &'a Notebook,
    hash: &'a Sha256Hash,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.notebook.lock().remove(self.hash);
        self.notebook.someone_ended.notify_all();
    }
}
