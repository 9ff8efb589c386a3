//! Voices of macOS and Windows, by the crate `tts`.

use super::{Spoken, SystemVoice};
use crate::{SpokenLanguage, VoiceError};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tts::{Tts, Voice};

/// How often a stop is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long the synthesizer may take to begin.
const BEGINS_WITHIN: Duration = Duration::from_secs(3);

/// `tts` can make AVSpeechSynthesizer's delegate only once in a process.
static SYNTHESIZER: OnceLock<Mutex<Tts>> = OnceLock::new();

pub(super) struct Platform {
    synthesizer: &'static Mutex<Tts>,
}

impl Platform {
    pub(super) fn connect() -> Result<Self, VoiceError> {
        static MAKING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        let synthesizer = if let Some(made) = SYNTHESIZER.get() {
            made
        } else {
            let made = Tts::default().map_err(|_| VoiceError::Missing)?;
            SYNTHESIZER.get_or_init(|| Mutex::new(made))
        };
        let platform = Self { synthesizer };
        if listed(&platform.synthesizer())?.is_empty() {
            return Err(VoiceError::Missing);
        }
        Ok(platform)
    }

    pub(super) fn voices(&self) -> Result<Vec<SystemVoice>, VoiceError> {
        let listed = listed(&self.synthesizer())?;
        let voices = listed.iter().map(|voice| SystemVoice {
            id: voice.id(),
            name: voice.name(),
            language: voice.language().into_inner(),
        });
        Ok(voices.collect())
    }

    pub(super) fn speak(
        &self,
        text: &str,
        voice: Option<&str>,
        language: SpokenLanguage,
        speed: f32,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Spoken, VoiceError> {
        let mut synthesizer = self.synthesizer();
        let listed = listed(&synthesizer)?;
        let prefix = match language {
            SpokenLanguage::English => "en",
            SpokenLanguage::Chinese => "zh",
        };
        let chosen = match voice {
            Some(id) => listed.iter().find(|voice| voice.id() == id),
            None => listed.iter().find(|voice| voice.language().primary_language() == prefix),
        };
        synthesizer.set_voice(chosen.ok_or(VoiceError::Missing)?).map_err(|error| failed(&error))?;
        let (normal, most) = (synthesizer.normal_rate(), synthesizer.max_rate());
        synthesizer.set_rate(rate(normal, speed).min(most)).map_err(|error| failed(&error))?;
        synthesizer.speak(text, true).map_err(|error| failed(&error))?;
        let asked = Instant::now();
        let mut has_begun = false;
        loop {
            if is_stopped() {
                synthesizer.stop().map_err(|error| failed(&error))?;
                return Ok(Spoken::Stopped);
            }
            let is_speaking = synthesizer.is_speaking().map_err(|error| failed(&error))?;
            has_begun |= is_speaking;
            if !is_speaking && (has_begun || asked.elapsed() > BEGINS_WITHIN) {
                return Ok(Spoken::ToTheEnd);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn synthesizer(&self) -> MutexGuard<'static, Tts> {
        self.synthesizer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Platform").finish_non_exhaustive()
    }
}

fn listed(synthesizer: &Tts) -> Result<Vec<Voice>, VoiceError> {
    synthesizer.voices().map_err(|error| failed(&error))
}

/// WinRT counts in multiples of normal. AVSpeechUtterance counts from 0 to 1 with 0.5 for normal, and Apple does not say
/// how fast the others are; at about 0.65 speech is twice as fast.
fn rate(normal: f32, speed: f32) -> f32 {
    if cfg!(target_os = "macos") { (normal + 0.15 * speed.log2()).clamp(0.0, 1.0) } else { normal * speed }
}

fn failed(error: &tts::Error) -> VoiceError {
    VoiceError::Failed(error.to_string())
}
