//! The voices a person can choose from.

use super::choice::{NEURAL, SYSTEM};
use crate::state::Castor;
use conversation::ModelState;
use serde::{Deserialize, Serialize};
use specta::Type;
use voices::{Accent, Gender, neural_voices};

/// Whose voices they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum VoiceKind {
    /// Castor's own, made by a neural network.
    Neural,
    /// The system's.
    System,
}

/// How a voice sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum VoiceGender {
    /// Like a woman's.
    Female,
    /// Like a man's.
    Male,
}

/// A voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SpokenVoice {
    /// What the settings know it by.
    pub id: String,
    /// What people know it by.
    pub name: String,
    /// Whose it is.
    pub kind: VoiceKind,
    /// The language it speaks, as BCP 47 has it.
    pub language: String,
    /// How it sounds, where that is known.
    pub gender: Option<VoiceGender>,
    /// Whether it can speak now.
    pub ready: bool,
}

/// The neural voice: fetching and deleting take it as they take a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct NeuralVoiceOffer {
    /// Its identifier.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Size of its files together.
    pub bytes: u64,
    /// Whether they are here.
    pub state: ModelState,
}

/// The voices there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SpokenVoices {
    /// All of them, the neural ones first, also when they are not here yet.
    pub voices: Vec<SpokenVoice>,
    /// What the neural ones need.
    pub neural: NeuralVoiceOffer,
    /// Whether the system has voices.
    pub system: bool,
}

/// The voices there are. Reaches for the system's.
pub fn offered(castor: &Castor) -> SpokenVoices {
    let offer = castor.local.text_to_speech().offer();
    let ready = offer.state == ModelState::Ready;
    let neural = neural_voices().iter().map(|voice| SpokenVoice {
        id: format!("{NEURAL}{}", voice.id),
        name: voice.name.to_owned(),
        kind: VoiceKind::Neural,
        language: language(voice.accent).to_owned(),
        gender: Some(match voice.gender {
            Gender::Female => VoiceGender::Female,
            Gender::Male => VoiceGender::Male,
        }),
        ready,
    });
    let here = castor.system_voices.connected().and_then(|system| system.voices());
    let here =
        here.inspect_err(|error| tracing::debug!(%error, "the system has no voices")).unwrap_or_default();
    let system = !here.is_empty();
    let here = here.into_iter().map(|voice| SpokenVoice {
        id: format!("{SYSTEM}{}", voice.id),
        name: voice.name,
        kind: VoiceKind::System,
        language: voice.language,
        gender: None,
        ready: true,
    });
    SpokenVoices {
        voices: neural.chain(here).collect(),
        neural: NeuralVoiceOffer { id: offer.id, name: offer.name, bytes: offer.bytes, state: offer.state },
        system,
    }
}

fn language(accent: Accent) -> &'static str {
    match accent {
        Accent::AmericanEnglish => "en-US",
        Accent::BritishEnglish => "en-GB",
        Accent::Mandarin => "zh-CN",
    }
}
