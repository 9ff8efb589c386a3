//! Reading answers aloud: what is written becomes sentences, sentences become sound one ahead of what is heard, while the
//! answer may still be coming.

mod choice;
mod offered;
mod sounding;
mod written;

pub use choice::{Chosen, SystemVoicesHere, choose};
pub use offered::{NeuralVoiceOffer, SpokenVoice, SpokenVoices, VoiceGender, VoiceKind, offered};
pub use written::{Rest, Written};

use crate::error::CastorError;
use crate::settings::{Language, ReadAloud, SystemLanguage, system_language};
use crate::state::Castor;
use choice::speaks;
use serde::{Deserialize, Serialize};
use sounding::{Utterance, play};
use specta::Type;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use voices::{Sentence, Speakable, SpokenLanguage};

/// Utterances that are ready before they are heard: the one being made is always one more.
const READY: usize = 2;
/// How long a reader waits for more of the text before it looks whether it is to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// What happens while something is read aloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum SpeakingEvent {
    /// The voice is being loaded.
    Loading,
    /// This sentence is heard now.
    Sentence {
        /// As it is spoken: without marks of formatting.
        text: String,
    },
}

/// Reads a text aloud from its beginning as it is written, in place of whatever is heard, to its end or until it is
/// stopped. Blocks.
///
/// # Errors
/// [`CastorError::NoVoice`] when nothing can speak the text's language, what [`CastorError::Speaker`] says, and a voice
/// that fails.
pub fn read_aloud(
    castor: &Castor,
    written: &Written,
    on_event: &(dyn Fn(SpeakingEvent) + Sync),
) -> Result<(), CastorError> {
    let in_voice = |language| {
        let settings = castor.settings().speaking;
        Ok(InVoice { voice: choose(castor, &settings, language)?, speed: settings.speed })
    };
    speak(castor, written, &in_voice, on_event)
}

/// Loads the voice for the window's language on a thread of its own, while a question is still spoken that will be answered
/// aloud.
pub fn get_ready(castor: &Castor) {
    let settings = castor.settings();
    if settings.speaking.automatic == ReadAloud::Never || !castor.local.text_to_speech().is_ready() {
        return;
    }
    let language = match settings.language {
        Language::En => SpokenLanguage::English,
        Language::Zh => SpokenLanguage::Chinese,
        Language::System => match system_language() {
            SystemLanguage::En => SpokenLanguage::English,
            SystemLanguage::Zh => SpokenLanguage::Chinese,
        },
    };
    let Ok(Chosen::Neural(voice)) = choose(castor, &settings.speaking, language) else { return };
    let local = Arc::clone(&castor.local);
    let load = move || local.text_to_speech().warm_up(&voice, language);
    if let Err(error) = thread::Builder::new().name("warm up".into()).spawn(load) {
        tracing::warn!(%error, "the voice is loaded when it speaks");
    }
}

/// Says a sentence in a voice at a pace, in place of whatever is heard. Blocks.
///
/// # Errors
/// [`CastorError::InvalidInput`] for a voice that is not here, otherwise as [`read_aloud`].
pub fn try_voice(castor: &Castor, voice: &str, speed: f32) -> Result<(), CastorError> {
    let offered = offered(castor).voices.into_iter().find(|each| each.id == voice && each.ready);
    let gone = || CastorError::InvalidInput("this voice is not on this computer".into());
    let sample = if speaks(&offered.ok_or_else(gone)?.language, SpokenLanguage::Chinese) {
        "你好！我会这样把回答读给你听。"
    } else {
        "Hello! This is how I read answers to you."
    };
    let chosen = Chosen::parse(voice).ok_or_else(gone)?;
    let in_voice = |_| Ok(InVoice { voice: chosen.clone(), speed });
    speak(castor, &Written::whole(sample.to_owned()), &in_voice, &|_| {})
}

/// A voice and its pace.
#[derive(Clone)]
struct InVoice {
    voice: Chosen,
    speed: f32,
}

fn speak(
    castor: &Castor,
    written: &Written,
    in_voice: &(dyn Fn(SpokenLanguage) -> Result<InVoice, CastorError> + Sync),
    on_event: &(dyn Fn(SpeakingEvent) + Sync),
) -> Result<(), CastorError> {
    let stopped = castor.player.begin();
    let (ready, utterances) = mpsc::sync_channel(READY);
    thread::scope(|scope| {
        let maker = Maker { castor, stopped: &stopped, in_voice, chosen: HashMap::new(), on_event };
        let made = scope.spawn(move || maker.utter(written, &ready));
        let played = play(castor, &utterances, &stopped, on_event);
        // Whoever makes utterances must not wait for a listener who is gone.
        drop(utterances);
        stopped.cancel();
        let made =
            made.join().unwrap_or_else(|_| Err(CastorError::System("the voice failed unexpectedly".into())));
        played.and(made)
    })
}

/// Makes utterances of a text's sentences.
struct Maker<'a> {
    castor: &'a Castor,
    stopped: &'a CancellationToken,
    in_voice: &'a (dyn Fn(SpokenLanguage) -> Result<InVoice, CastorError> + Sync),
    /// Chosen once for each language: the system's voices cannot be listed while one of them speaks.
    chosen: HashMap<SpokenLanguage, InVoice>,
    on_event: &'a (dyn Fn(SpeakingEvent) + Sync),
}

impl Maker<'_> {
    /// Until the text ends or nobody listens any more.
    fn utter(mut self, written: &Written, ready: &mpsc::SyncSender<Utterance>) -> Result<(), CastorError> {
        let mut speakable = Speakable::new();
        let mut read = 0;
        loop {
            let (sentences, is_last) = match written.after(read, PATIENCE) {
                Rest::More(more) => {
                    read += more.len();
                    (speakable.push(&more), false)
                }
                Rest::NotYet => (Vec::new(), false),
                Rest::End => (speakable.finish(), true),
            };
            for sentence in sentences {
                if self.stopped.is_cancelled() || self.make(sentence, ready)?.is_break() {
                    return Ok(());
                }
            }
            if is_last || self.stopped.is_cancelled() {
                return Ok(());
            }
        }
    }

    /// One sentence in its voice. Breaks when nobody listens any more.
    fn make(
        &mut self,
        sentence: Sentence,
        ready: &mpsc::SyncSender<Utterance>,
    ) -> Result<ControlFlow<()>, CastorError> {
        let send = |utterance| match ready.send(utterance) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        let Sentence { text, language } = sentence;
        let InVoice { voice, speed } = match self.chosen.entry(language) {
            Entry::Occupied(chosen) => chosen.get().clone(),
            Entry::Vacant(place) => place.insert((self.in_voice)(language)?).clone(),
        };
        match voice {
            Chosen::Neural(voice) => {
                let speech = self.castor.local.text_to_speech();
                if !speech.is_loaded() {
                    (self.on_event)(SpeakingEvent::Loading);
                }
                let mut shown = Some(text.clone());
                let mut heard = ControlFlow::Continue(());
                speech.speak(&text, &voice, speed, &mut |samples| {
                    heard = send(Utterance::Sound { text: shown.take(), samples });
                    if self.stopped.is_cancelled() { ControlFlow::Break(()) } else { heard }
                })?;
                Ok(heard)
            }
            Chosen::System(voice) => Ok(send(Utterance::System { text, language, voice, speed })),
        }
    }
}
