//! Speech to text: the recogniser that writes down recordings, loaded when the first one comes and let go of when none came
//! for a while.

use crate::LocalMind;
use crate::catalogue::{DEFAULT_SPEECH_MODEL, SpeechFiles, SpeechModels, SpeechOffer};
use crate::idle::{self, Loaded, Place, lock};
use crate::memory;
use conversation::{Hearing, HearingEvent, ModelState, SensesError, SpeechSource, TranscriptSegment};
use engine::{
    EngineError, PcmSource, SpeechPrecision, SpeechRecognizer, SpeechRecognizerFiles, SpeechSegment,
    TranscribeEvent, TranscribeOptions, Transcript,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

/// What a folder of a person's own must hold: either of the first, and the second.
const WEIGHTS: [&str; 2] = ["model.bin", "model.safetensors"];
const TOKENIZER: &str = "tokenizer.json";

/// Which model listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeechChoice {
    /// One of the catalogue, by its identifier. While it is not here, any other that is.
    Catalogue(String),
    /// A person's own: a folder with CTranslate2's `model.bin` or Hugging Face's `model.safetensors`, and the
    /// `tokenizer.json` that belongs to it.
    Folder(PathBuf),
}

impl SpeechChoice {
    /// A choice as it is written in settings: an identifier of the catalogue, or the path of a folder.
    pub fn parse(text: &str) -> Self {
        let path = Path::new(text);
        if path.is_absolute() { Self::Folder(path.to_owned()) } else { Self::Catalogue(text.to_owned()) }
    }
}

impl Default for SpeechChoice {
    fn default() -> Self {
        Self::Catalogue(DEFAULT_SPEECH_MODEL.to_owned())
    }
}

/// How recordings are listened to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listening {
    /// With which model.
    pub choice: SpeechChoice,
    /// The language that is spoken, as ISO 639-1 has it; `None` where it is to be detected.
    pub language: Option<String>,
    /// Whether Chinese is written in simplified characters whatever was heard.
    pub simplified: bool,
}

/// Why a recording is not written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpeechError {
    /// A model must be fetched first.
    #[error("no model that understands speech is here")]
    Missing,
    /// It was cancelled.
    #[error("writing down the recording was stopped")]
    Cancelled,
    /// The recogniser needs more memory than is free.
    #[error("{needed} bytes of memory are needed, {available} are free")]
    OutOfMemory {
        /// In bytes.
        needed: u64,
        /// In bytes.
        available: u64,
    },
    /// A file of the recogniser is damaged or another's.
    #[error("the model cannot be used: {0}")]
    Unusable(String),
    /// The recording cannot be read.
    #[error("the recording cannot be read: {0}")]
    Sound(String),
    /// The model does not know the language that was asked for.
    #[error("the model does not know the language `{0}`")]
    UnknownLanguage(String),
    /// The recogniser failed.
    #[error("the recording could not be written down: {0}")]
    Failed(String),
}

impl From<SpeechError> for SensesError {
    fn from(error: SpeechError) -> Self {
        match error {
            SpeechError::Missing => Self::Missing,
            SpeechError::Cancelled => Self::Cancelled,
            other => Self::Failed(other.to_string()),
        }
    }
}

/// The sense that writes down what is said.
pub struct SpeechToText {
    models: SpeechModels,
    models_dir: PathBuf,
    listening: RwLock<Listening>,
    loaded: Place<Recogniser>,
}

struct Recogniser {
    files: SpeechFiles,
    recognizer: Arc<SpeechRecognizer>,
}

impl SpeechToText {
    /// A sense that has loaded nothing yet.
    pub(crate) fn new(models: SpeechModels, models_dir: PathBuf) -> Self {
        Self { models, models_dir, listening: RwLock::default(), loaded: Arc::default() }
    }

    /// The models of the catalogue and whether they are here, the default first. Looks at the disk, nothing more.
    pub fn offers(&self) -> Vec<SpeechOffer> {
        self.models.models().iter().map(|model| self.models.offer(model, &self.models_dir)).collect()
    }

    /// Listens this way from the next recording on.
    pub fn listen(&self, listening: Listening) {
        *self.listening.write().unwrap_or_else(PoisonError::into_inner) = listening;
    }

    /// Whether a model is here: [`ModelState::Ready`], or what must be fetched of the chosen one. A folder that does not
    /// hold what it must is nothing that could be fetched: none of zero bytes.
    pub fn state(&self) -> ModelState {
        if self.files().is_some() {
            return ModelState::Ready;
        }
        let nothing = ModelState::NotFetched { bytes: 0, have: 0 };
        match self.listening().choice {
            SpeechChoice::Folder(_) => nothing,
            SpeechChoice::Catalogue(id) => {
                self.offers().into_iter().find(|offer| offer.id == id).map_or(nothing, |offer| offer.state)
            }
        }
    }

    /// Writes down a recording. Blocking; `loading` is told how far the recogniser is loaded, from 0 to 1, where it was
    /// not in memory.
    ///
    /// # Errors
    /// [`SpeechError`].
    pub fn transcribe(
        &self,
        source: &mut dyn PcmSource,
        loading: &dyn Fn(f32),
        on_event: &mut dyn FnMut(TranscribeEvent),
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Transcript, SpeechError> {
        let files = self.files().ok_or(SpeechError::Missing)?;
        if is_cancelled() {
            return Err(SpeechError::Cancelled);
        }
        let Listening { language, simplified, .. } = self.listening();
        let options = TranscribeOptions { language, simplified, ..TranscribeOptions::default() };
        let work = || {
            let recognizer = self.recognizer(&files, loading, is_cancelled)?;
            recognizer.transcribe(source, &options, on_event, is_cancelled).map_err(|error| match error {
                EngineError::Interrupted => SpeechError::Cancelled,
                EngineError::Sound(detail) => SpeechError::Sound(detail),
                EngineError::UnknownLanguage { code } => SpeechError::UnknownLanguage(code),
                other => SpeechError::Failed(other.to_string()),
            })
        };
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            // What a panic leaves behind is not to be trusted.
            *lock(&self.loaded) = None;
            Err(SpeechError::Failed("the recogniser failed unexpectedly".into()))
        })
    }

    /// Lets go of a recogniser that was loaded from this file.
    pub(crate) fn forget(&self, path: &Path) {
        lock(&self.loaded)
            .take_if(|loaded| loaded.model.files.weights == path || loaded.model.files.tokenizer == path);
    }

    fn listening(&self) -> Listening {
        self.listening.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The files of the model that listens now.
    fn files(&self) -> Option<SpeechFiles> {
        let id = match self.listening().choice {
            SpeechChoice::Folder(folder) => return files_in(&folder),
            SpeechChoice::Catalogue(id) => id,
        };
        let others = self.models.models().iter();
        self.models
            .get(&id)
            .into_iter()
            .chain(others)
            .find_map(|model| self.models.ready(model, &self.models_dir))
    }

    /// The recogniser of these files, loaded now unless it is in memory. Whoever else wants it meanwhile waits.
    fn recognizer(
        &self,
        files: &SpeechFiles,
        loading: &dyn Fn(f32),
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Arc<SpeechRecognizer>, SpeechError> {
        let mut loaded = lock(&self.loaded);
        if let Some(loaded) = loaded.as_mut().filter(|loaded| loaded.model.files == *files) {
            loaded.used = Instant::now();
            return Ok(Arc::clone(&loaded.model.recognizer));
        }
        // Two recognisers side by side could be more than the memory holds.
        let watched = loaded.take().is_some();
        let recognizer = Arc::new(open(files, loading, is_cancelled)?);
        let files = files.clone();
        *loaded = Some(Loaded::new(Recogniser { files, recognizer: Arc::clone(&recognizer) }));
        drop(loaded);
        if !watched {
            idle::watch(Arc::clone(&self.loaded), "speech-to-text");
        }
        Ok(recognizer)
    }
}

impl Hearing for LocalMind {
    fn hearing_state(&self) -> ModelState {
        self.speech().state()
    }

    fn transcribe(
        &self,
        sound: &mut dyn SpeechSource,
        on_event: &dyn Fn(HearingEvent),
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<conversation::Transcript, SensesError> {
        let total = sound.duration().map(|duration| duration.as_secs_f64()).filter(|total| *total > 0.0);
        let mut source = Pieces { sound, piece: Vec::new(), done: 0 };
        let loading = |fraction| on_event(HearingEvent::Loading(fraction));
        let mut tell = |event| match event {
            TranscribeEvent::Segment(segment) => on_event(HearingEvent::Segment(kept(&segment))),
            TranscribeEvent::Progress { seconds } => {
                if let Some(total) = total {
                    on_event(HearingEvent::Progress((seconds / total).min(1.0) as f32));
                }
            }
            TranscribeEvent::Language(_) => {}
        };
        let transcript = self.speech().transcribe(&mut source, &loading, &mut tell, is_cancelled)?;
        Ok(conversation::Transcript {
            text: transcript.text(),
            segments: transcript.segments.iter().map(kept).collect(),
            language: transcript.language.map(|language| language.code),
            edited: false,
        })
    }
}

fn kept(segment: &SpeechSegment) -> TranscriptSegment {
    let ms = |seconds: f64| (seconds * 1000.0).round() as u32;
    TranscriptSegment {
        start_ms: ms(segment.start),
        end_ms: ms(segment.end),
        text: segment.text.trim().to_owned(),
    }
}

/// Sound that comes in pieces of any length, as the recogniser draws it.
struct Pieces<'a> {
    sound: &'a mut dyn SpeechSource,
    piece: Vec<f32>,
    done: usize,
}

impl PcmSource for Pieces<'_> {
    fn read(&mut self, block: &mut [f32]) -> Result<usize, EngineError> {
        let mut filled = 0;
        while let Some(room) = block.get_mut(filled..).filter(|room| !room.is_empty()) {
            let rest = self.piece.get(self.done..).unwrap_or_default();
            if rest.is_empty() {
                let next = self.sound.next_block().map_err(|error| EngineError::Sound(error.to_string()))?;
                let Some(piece) = next else { break };
                piece.clone_into(&mut self.piece);
                self.done = 0;
                continue;
            }
            let count = rest.len().min(room.len());
            room.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.done += count;
            filled += count;
        }
        Ok(filled)
    }
}

fn files_in(folder: &Path) -> Option<SpeechFiles> {
    let file = |name: &str| Some(folder.join(name)).filter(|path| path.is_file());
    Some(SpeechFiles { weights: WEIGHTS.into_iter().find_map(file)?, tokenizer: file(TOKENIZER)? })
}

fn open(
    files: &SpeechFiles,
    loading: &dyn Fn(f32),
    is_cancelled: &dyn Fn() -> bool,
) -> Result<SpeechRecognizer, SpeechError> {
    if let Some((needed, available)) = memory::shortage(&files.weights) {
        return Err(SpeechError::OutOfMemory { needed, available });
    }
    let SpeechFiles { weights, tokenizer } = files.clone();
    let files = SpeechRecognizerFiles { weights, tokenizer };
    let mut progress = |fraction| loading(fraction);
    SpeechRecognizer::load(&files, SpeechPrecision::EightBit, &mut progress, is_cancelled).map_err(|error| {
        match error {
            EngineError::Interrupted => SpeechError::Cancelled,
            // Before a recording began, everything that fails is the files' fault.
            other => SpeechError::Unusable(other.to_string()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    fn sense(folder: &Path) -> SpeechToText {
        SpeechToText::new(Catalogue::builtin().unwrap().speech().clone(), folder.to_owned())
    }

    fn outcome(sense: &SpeechToText, is_cancelled: bool) -> Result<Transcript, SpeechError> {
        let silence = vec![0.0_f32; 16_000];
        let mut silence = silence.as_slice();
        sense.transcribe(&mut silence, &|_| {}, &mut |_| {}, &|| is_cancelled)
    }

    fn choose(sense: &SpeechToText, choice: SpeechChoice) {
        sense.listen(Listening { choice, ..Listening::default() });
    }

    #[test]
    fn without_a_model_nothing_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let sense = sense(folder.path());
        assert!(matches!(sense.state(), ModelState::NotFetched { bytes, have: 0 } if bytes > 100_000_000));
        assert_eq!(outcome(&sense, false), Err(SpeechError::Missing));
        assert_eq!(sense.offers().len(), 4);
        choose(&sense, SpeechChoice::parse("none"));
        assert_eq!(sense.state(), ModelState::NotFetched { bytes: 0, have: 0 });
        choose(&sense, SpeechChoice::parse(&folder.path().join("none").to_string_lossy()));
        assert_eq!(sense.state(), ModelState::NotFetched { bytes: 0, have: 0 });
    }

    #[test]
    fn a_folder_that_holds_something_else_is_unusable() {
        let folder = tempfile::tempdir().unwrap();
        let sense = sense(folder.path());
        choose(&sense, SpeechChoice::Folder(folder.path().to_owned()));
        std::fs::write(folder.path().join("model.safetensors"), "<html>").unwrap();
        assert_eq!(outcome(&sense, false), Err(SpeechError::Missing), "the tokens are missing");
        std::fs::write(folder.path().join("tokenizer.json"), "{}").unwrap();
        assert_eq!(sense.state(), ModelState::Ready);
        assert_eq!(outcome(&sense, true), Err(SpeechError::Cancelled));
        for _ in 0..2 {
            assert!(matches!(outcome(&sense, false), Err(SpeechError::Unusable(_))));
        }
    }

    #[test]
    fn another_model_listens_while_the_chosen_one_is_not_here() {
        let folder = tempfile::tempdir().unwrap();
        let sense = sense(folder.path());
        choose(&sense, SpeechChoice::parse("whisper-large-v3-turbo"));
        let catalogue = Catalogue::builtin().unwrap();
        for member in catalogue.bundle("whisper-tiny-en").unwrap().files {
            // Sparse: it takes no room on the disk.
            let file = std::fs::File::create(member.file.path(folder.path())).unwrap();
            file.set_len(member.file.bytes).unwrap();
        }
        assert_eq!(sense.state(), ModelState::Ready);
        assert!(matches!(outcome(&sense, false), Err(SpeechError::Unusable(_))), "zeros are no weights");
    }
}
