//! Which voice speaks a sentence: the one that was chosen for its language, or the best there is.

use crate::error::CastorError;
use crate::settings::SpeakingSettings;
use crate::state::Castor;
use std::sync::{Arc, Mutex, PoisonError};
use voices::{SpokenLanguage, SystemVoices, VoiceError};

/// What the identifiers of the neural voice begin with.
pub(super) const NEURAL: &str = "kokoro:";
/// What those of the system's voices begin with.
pub(super) const SYSTEM: &str = "system:";

/// A voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// A style of the neural voice.
    Neural(String),
    /// One of the system's voices; `None` is the system's choice.
    System(Option<String>),
}

impl Chosen {
    /// What an identifier of the settings stands for.
    pub fn parse(id: &str) -> Option<Self> {
        if let Some(voice) = id.strip_prefix(NEURAL) {
            return Some(Self::Neural(voice.to_owned()));
        }
        Some(Self::System(Some(id.strip_prefix(SYSTEM)?.to_owned())))
    }
}

/// The system's own voices, reached when they are first wanted.
#[derive(Default)]
pub struct SystemVoicesHere(Mutex<Option<Arc<SystemVoices>>>);

impl SystemVoicesHere {
    /// The way to them; tried again each time for as long as there is none.
    pub fn connected(&self) -> Result<Arc<SystemVoices>, VoiceError> {
        let mut here = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(voices) = here.as_ref() {
            return Ok(Arc::clone(voices));
        }
        let voices = Arc::new(SystemVoices::connect()?);
        *here = Some(Arc::clone(&voices));
        Ok(voices)
    }
}

/// The voice for a language. One that was chosen and is not here gives way to the best that is: the neural one, then the
/// system's.
///
/// # Errors
/// [`CastorError::NoVoice`].
pub fn choose(
    castor: &Castor,
    settings: &SpeakingSettings,
    language: SpokenLanguage,
) -> Result<Chosen, CastorError> {
    let chosen = match language {
        SpokenLanguage::English => &settings.english,
        SpokenLanguage::Chinese => &settings.chinese,
    };
    let neural = castor.local.text_to_speech().is_ready();
    match chosen.as_deref().and_then(Chosen::parse) {
        Some(Chosen::Neural(voice)) if neural => return Ok(Chosen::Neural(voice)),
        Some(Chosen::System(Some(voice))) => {
            if let Ok(here) = castor.system_voices.connected()
                && here.voices()?.iter().any(|each| each.id == voice)
            {
                return Ok(Chosen::System(Some(voice)));
            }
        }
        _ => {}
    }
    if neural {
        return Ok(Chosen::Neural(default_neural(language).to_owned()));
    }
    let here = castor.system_voices.connected().map_err(|_| CastorError::NoVoice)?;
    let speaks = here.voices()?.iter().any(|voice| speaks(&voice.language, language));
    if speaks { Ok(Chosen::System(None)) } else { Err(CastorError::NoVoice) }
}

fn default_neural(language: SpokenLanguage) -> &'static str {
    match language {
        SpokenLanguage::English => "af_heart",
        SpokenLanguage::Chinese => "zf_xiaobei",
    }
}

/// Whether a voice of this tag (BCP 47, or what a system makes of it) speaks a language.
pub(super) fn speaks(tag: &str, language: SpokenLanguage) -> bool {
    let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    match language {
        SpokenLanguage::English => primary == "en",
        SpokenLanguage::Chinese => matches!(primary.as_str(), "zh" | "cmn"),
    }
}
