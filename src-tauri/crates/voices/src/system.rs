//! The system's own voices: Speech Dispatcher on Linux, AVSpeechSynthesizer on macOS, WinRT's synthesizer on Windows. They
//! play by themselves; no sound comes out as samples.
//!
//! On Linux the protocol is spoken over its socket ([`ssip`]), so that Castor starts on a machine without Speech
//! Dispatcher. The crate `tts`, which serves the other two, would link libspeechd there.

#[cfg(target_os = "linux")]
mod dispatcher;
#[cfg(any(target_os = "macos", windows))]
mod platform;
#[cfg(target_os = "linux")]
mod ssip;

use crate::{SpokenLanguage, VoiceError};
#[cfg(target_os = "linux")]
use dispatcher::Dispatcher as Backend;
#[cfg(any(target_os = "macos", windows))]
use platform::Platform as Backend;

/// One voice of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemVoice {
    /// What [`SystemVoices::speak`] takes. Means the same after a restart.
    pub id: String,
    /// As the system shows it.
    pub name: String,
    /// As BCP 47 writes it, e.g. `en-GB` or `zh`.
    pub language: String,
}

/// How speaking ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    /// All of it was said.
    ToTheEnd,
    /// It was stopped, by us or, as a screen reader does, by another program.
    Stopped,
}

/// The voices of the system.
#[derive(Debug)]
pub struct SystemVoices {
    backend: Backend,
}

impl SystemVoices {
    /// Finds the system's synthesizer, and starts it where it starts on demand, which takes up to some seconds.
    ///
    /// # Errors
    /// [`VoiceError::Missing`] when the system has none, [`VoiceError::Failed`] when it does not answer.
    pub fn connect() -> Result<Self, VoiceError> {
        Ok(Self { backend: Backend::connect()? })
    }

    /// All voices, by language and name.
    ///
    /// # Errors
    /// [`VoiceError::Failed`].
    pub fn voices(&self) -> Result<Vec<SystemVoice>, VoiceError> {
        let mut voices = self.backend.voices()?;
        voices.sort_by(|a, b| (&a.language, &a.name).cmp(&(&b.language, &b.name)));
        Ok(voices)
    }

    /// Speaks `text` with the voice of this id, or with the system's choice for `language`. `speed`: 1 is the voice's own,
    /// from 0.5 to 2. Blocks until all is said, or until `is_stopped` says so, which is asked fifty times a second. Calls
    /// from several threads speak in turn.
    ///
    /// # Errors
    /// [`VoiceError::Missing`] when there is no such voice, [`VoiceError::Failed`] when the synthesizer ended or refused.
    pub fn speak(
        &self,
        text: &str,
        voice: Option<&str>,
        language: SpokenLanguage,
        speed: f32,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Spoken, VoiceError> {
        let speed = if speed.is_finite() { speed.clamp(0.5, 2.0) } else { 1.0 };
        if is_stopped() {
            return Ok(Spoken::Stopped);
        }
        if text.trim().is_empty() {
            return Ok(Spoken::ToTheEnd);
        }
        self.backend.speak(text, voice, language, speed, is_stopped)
    }
}
