//! The senses: what this computer makes out in a picture, as notes for a model that only reads text, and what it hears in a
//! recording.

mod codes;
mod colors;
mod kind;
mod labels;
mod layout;
mod speech;

pub use speech::{Listening, SpeechChoice, SpeechError, SpeechToText};

use crate::{DEFAULT_RECOGNISERS, LocalMind, RecogniserFiles};
use conversation::{ModelState, PictureNotes, Pixels, Senses, SensesError};
use engine::{EngineError, ImageClassifier, RecognizedLine, TextReader};
use labels::Labels;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

/// Raised whenever notes of the same picture would come out better: those made before are made again.
const VERSION: u32 = 1;
/// More threads than this make one picture no faster.
const MOST_THREADS: usize = 8;

/// How much of the work is reading the text; the rest is things, colours and codes.
const TEXT_PART: f32 = 0.8;

/// The recognisers in memory.
struct Recognizers {
    set: String,
    text: TextReader,
    things: ImageClassifier,
    labels: Labels,
}

/// Which set of recognisers a mind uses, and the one it has loaded: for as long as a picture is being read. Loading takes
/// a tenth of a second, and an assistant that is idle should cost little memory.
pub(crate) struct SetInUse {
    chosen: RwLock<String>,
    loaded: Mutex<Weak<Recognizers>>,
}

impl Default for SetInUse {
    fn default() -> Self {
        Self { chosen: RwLock::new(DEFAULT_RECOGNISERS.to_owned()), loaded: Mutex::default() }
    }
}

impl LocalMind {
    /// Uses this set of recognisers from now on; while it is not here, any other that is.
    pub fn use_recognisers(&self, set_id: &str) {
        set_id.clone_into(&mut self.set_in_use.chosen.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn chosen(&self) -> String {
        self.set_in_use.chosen.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The set that reads pictures now and its files.
    fn set_at_hand(&self) -> Option<(String, RecogniserFiles)> {
        let others = self.recognisers().into_iter().map(|offer| offer.id);
        std::iter::once(self.chosen())
            .chain(others)
            .find_map(|set| self.recogniser_files(&set).map(|files| (set, files)))
    }

    fn recognizers(&self) -> Result<Arc<Recognizers>, SensesError> {
        let (set, files) = self.set_at_hand().ok_or(SensesError::Missing)?;
        let mut loaded = self.set_in_use.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(recognizers) = loaded.upgrade().filter(|recognizers| recognizers.set == set) {
            return Ok(recognizers);
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        let text_files = engine::TextReaderFiles {
            detection: files.detection,
            recognition: files.recognition,
            orientation: files.orientation,
        };
        let recognizers = Arc::new(Recognizers {
            set,
            text: TextReader::load(&text_files, threads).map_err(failed)?,
            things: ImageClassifier::load(&files.things).map_err(failed)?,
            labels: Labels::builtin().map_err(|error| SensesError::Failed(error.to_string()))?,
        });
        *loaded = Arc::downgrade(&recognizers);
        Ok(recognizers)
    }
}

impl Senses for LocalMind {
    fn state(&self) -> ModelState {
        if self.set_at_hand().is_some() {
            return ModelState::Ready;
        }
        let chosen = self.chosen();
        let offer = self.recognisers().into_iter().find(|offer| offer.id == chosen);
        offer.map_or(ModelState::NotFetched { bytes: 0, have: 0 }, |offer| offer.state)
    }

    fn version(&self) -> String {
        // Without any set, notes made by the chosen one before still count.
        let set = self.set_at_hand().map_or_else(|| self.chosen(), |(set, _)| set);
        format!("notes-{VERSION}-{set}")
    }

    fn read(
        &self,
        picture: &Pixels,
        progress: &(dyn Fn(f32) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<PictureNotes, SensesError> {
        let recognizers = self.recognizers()?;
        let text = recognizers
            .text
            .read(
                &picture.rgb,
                picture.width,
                picture.height,
                &|part| progress(part * TEXT_PART),
                is_cancelled,
            )
            .map_err(failed)?;
        let go_on = || if is_cancelled() { Err(SensesError::Cancelled) } else { Ok(()) };
        let probabilities =
            recognizers.things.classify(&picture.rgb, picture.width, picture.height).map_err(failed)?;
        go_on()?;
        progress(TEXT_PART + (1.0 - TEXT_PART) / 3.0);
        let codes = codes::find_codes(picture);
        go_on()?;
        progress(1.0);
        let kind = kind::picture_kind(picture, text_share(&text.lines, picture), text.lines.len());
        Ok(PictureNotes {
            width: picture.width,
            height: picture.height,
            kind,
            colors: colors::main_colors(picture),
            things: recognizers.labels.things(&probabilities, kind),
            lines: layout::arrange(text.lines),
            codes,
            text_turned: text.turned,
        })
    }
}

/// The part of a picture's area that lies under boxes of text.
fn text_share(lines: &[RecognizedLine], picture: &Pixels) -> f32 {
    let side = |[ax, ay]: [f32; 2], [bx, by]: [f32; 2]| (bx - ax).hypot(by - ay);
    let area = |[a, b, c, _]: [[f32; 2]; 4]| side(a, b) * side(b, c);
    let text: f32 = lines.iter().map(|line| area(line.corners)).sum();
    (text / (picture.width as f32 * picture.height as f32).max(1.0)).min(1.0)
}

fn failed(error: EngineError) -> SensesError {
    match error {
        EngineError::Interrupted => SensesError::Cancelled,
        other => SensesError::Failed(other.to_string()),
    }
}
