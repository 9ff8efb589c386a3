//! Text to speech: the neural voice that reads answers aloud, loaded when it first speaks and let go of when it was silent
//! for a while.

use crate::catalogue::{VoiceModel, VoiceOffer};
use crate::idle::{self, Loaded, Place, lock};
use crate::memory;
use conversation::ModelState;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard};
use std::time::Instant;
use voices::{NeuralVoice, SpokenLanguage, VoiceError};

/// The neural voice.
pub struct TextToSpeech {
    model: VoiceModel,
    models_dir: PathBuf,
    loaded: Place<NeuralVoice>,
}

impl TextToSpeech {
    /// A voice that is not loaded yet.
    pub(crate) fn new(model: VoiceModel, models_dir: PathBuf) -> Self {
        Self { model, models_dir, loaded: Arc::default() }
    }

    /// The voice and whether it is here. Looks at the disk, nothing more.
    pub fn offer(&self) -> VoiceOffer {
        self.model.offer(&self.models_dir)
    }

    /// Whether it can speak.
    pub fn is_ready(&self) -> bool {
        self.offer().state == ModelState::Ready
    }

    /// Whether it is in memory.
    pub fn is_loaded(&self) -> bool {
        lock(&self.loaded).is_some()
    }

    /// One sentence as sound, mono at [`voices::NEURAL_RATE`], in one of [`voices::neural_voices`]; a long one clause by clause,
    /// until `hear` ends it. `speed` from 0.5 to 2. Blocking; whoever else wants it meanwhile waits.
    ///
    /// # Errors
    /// [`VoiceError::Missing`] while it is not fetched, and what loading and speaking fail with.
    pub fn speak(
        &self,
        text: &str,
        voice: &str,
        speed: f32,
        hear: &mut dyn FnMut(Vec<f32>) -> ControlFlow<()>,
    ) -> Result<(), VoiceError> {
        let mut loaded = self.loaded()?;
        let Some(speaking) = loaded.as_mut() else { return Err(VoiceError::Missing) };
        let work = || speaking.model.speak_pieces(text, voice, speed, hear);
        let spoken = catch_unwind(AssertUnwindSafe(work));
        if let Ok(spoken) = spoken {
            speaking.used = Instant::now();
            return spoken;
        }
        // What a panic leaves behind is not to be trusted.
        *loaded = None;
        Err(VoiceError::Failed("the voice failed unexpectedly".into()))
    }

    /// Loads what the first sentence in this voice would wait for. Blocking; nothing while the voice is not fetched.
    pub fn warm_up(&self, voice: &str, language: SpokenLanguage) {
        if !self.is_ready() {
            return;
        }
        match self.loaded() {
            Ok(loaded) => loaded.iter().for_each(|loaded| loaded.model.warm_up(voice, language)),
            // Whoever lets it speak is told.
            Err(error) => tracing::warn!(%error, "the voice could not be loaded ahead"),
        }
    }

    /// The voice in memory, loaded now unless it is.
    fn loaded(&self) -> Result<MutexGuard<'_, Option<Loaded<NeuralVoice>>>, VoiceError> {
        let mut loaded = lock(&self.loaded);
        if loaded.is_none() {
            *loaded = Some(Loaded::new(self.load()?));
            idle::watch(Arc::clone(&self.loaded), "text-to-speech");
        }
        Ok(loaded)
    }

    /// Lets go of what was loaded from this file.
    pub(crate) fn forget(&self, path: &Path) {
        if self.model.model_files().iter().any(|file| file.path(&self.models_dir) == path) {
            *lock(&self.loaded) = None;
        }
    }

    fn load(&self) -> Result<NeuralVoice, VoiceError> {
        let files = self.model.ready(&self.models_dir).ok_or(VoiceError::Missing)?;
        if let Some((needed, available)) = memory::shortage(&files.model) {
            return Err(VoiceError::Unusable(format!(
                "{needed} bytes of memory are needed, {available} are free"
            )));
        }
        let load = || NeuralVoice::load(&files);
        catch_unwind(load).unwrap_or_else(|_| Err(VoiceError::Unusable("it cannot be read".into())))
    }
}
