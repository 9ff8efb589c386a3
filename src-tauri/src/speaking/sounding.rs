//! Utterances, heard one after another without gaps between those that are ready.

use super::SpeakingEvent;
use crate::error::CastorError;
use crate::state::Castor;
use capture::{Played, Speaker};
use media::sound::{Resampler, SoundError};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use voices::{NEURAL_RATE, SpokenLanguage};

/// How often a wait for the next utterance looks whether it is to stop.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// What is played while the next utterance is not ready.
const SILENCE: Duration = Duration::from_millis(20);

/// A sentence that can be heard.
pub(super) enum Utterance {
    /// A sentence as sound, mono at [`NEURAL_RATE`], or a piece of one.
    Sound {
        /// What is said, with the first piece.
        text: Option<String>,
        /// The sound.
        samples: Vec<f32>,
    },
    /// By one of the system's voices, which makes its sound itself.
    System {
        /// What is said.
        text: String,
        /// In which language.
        language: SpokenLanguage,
        /// Which voice; `None` is the system's choice.
        voice: Option<String>,
        /// How fast.
        speed: f32,
    },
}

/// Lets utterances be heard until there are no more or it is stopped. Blocks.
pub(super) fn play(
    castor: &Castor,
    utterances: &Receiver<Utterance>,
    stopped: &CancellationToken,
    on_event: &(dyn Fn(SpeakingEvent) + Sync),
) -> Result<(), CastorError> {
    let mut next = wait(utterances, stopped);
    while let Some(utterance) = next {
        next = match utterance {
            Utterance::Sound { text, samples } => {
                match play_run(castor, (text, samples), utterances, stopped, on_event)? {
                    Ended::Stopped => return Ok(()),
                    Ended::At(other) => other.or_else(|| wait(utterances, stopped)),
                }
            }
            Utterance::System { text, language, voice, speed } => {
                let system = castor.system_voices.connected()?;
                on_event(SpeakingEvent::Sentence { text: text.clone() });
                castor.own_voice.deafen(true);
                let spoken =
                    system.speak(&text, voice.as_deref(), language, speed, &|| stopped.is_cancelled());
                castor.own_voice.deafen(false);
                spoken?;
                wait(utterances, stopped)
            }
        };
    }
    Ok(())
}

fn wait(utterances: &Receiver<Utterance>, stopped: &CancellationToken) -> Option<Utterance> {
    while !stopped.is_cancelled() {
        match utterances.recv_timeout(LOOK_EVERY) {
            Ok(utterance) => return Some(utterance),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
    None
}

/// How a run of sound ended.
enum Ended {
    /// It was stopped.
    Stopped,
    /// No sound was ready any more but this.
    At(Option<Utterance>),
}

/// Plays utterances of sound in a row: the speaker stays open, and is silent where the next one is not ready.
fn play_run(
    castor: &Castor,
    first: (Option<String>, Vec<f32>),
    utterances: &Receiver<Utterance>,
    stopped: &CancellationToken,
    on_event: &(dyn Fn(SpeakingEvent) + Sync),
) -> Result<Ended, CastorError> {
    let speaker = Speaker::find()?;
    let rate = speaker.rate();
    let silence = vec![0.0; (SILENCE.as_secs_f64() * f64::from(rate)) as usize];
    let mut first = Some(first);
    let mut other = None;
    let mut handed = 0;
    // Where sentences begin that are not heard yet, in samples.
    let begins = RefCell::new(VecDeque::new());
    let mut next = || {
        let (text, samples) = match first.take() {
            Some(first) => first,
            None => match utterances.try_recv() {
                Ok(Utterance::Sound { text, samples }) => (text, samples),
                Ok(utterance) => {
                    other = Some(utterance);
                    return None;
                }
                Err(TryRecvError::Empty) => {
                    handed += silence.len();
                    return Some(silence.clone());
                }
                Err(TryRecvError::Disconnected) => return None,
            },
        };
        if let Some(text) = text {
            begins.borrow_mut().push_back((handed, text));
        }
        let samples = at_rate(&samples, rate)
            .inspect_err(|error| tracing::warn!(%error, "a sentence cannot be played"))
            .ok()?;
        handed += samples.len();
        Some(samples)
    };
    let mut on_position = |played: Duration| {
        let played = (played.as_secs_f64() * f64::from(rate)) as usize;
        let mut begins = begins.borrow_mut();
        while let Some((_, text)) = begins.pop_front_if(|(begin, _)| *begin <= played) {
            on_event(SpeakingEvent::Sentence { text });
        }
    };
    match speaker.play_heard(&castor.own_voice, &mut next, &mut on_position, &|| stopped.is_cancelled())? {
        Played::Stopped => Ok(Ended::Stopped),
        Played::ToTheEnd => Ok(Ended::At(other)),
    }
}

fn at_rate(samples: &[f32], rate: u32) -> Result<Vec<f32>, SoundError> {
    let mut resampler = Resampler::new(NEURAL_RATE, rate, 1)?;
    let mut out = Vec::new();
    resampler.push(samples, &mut out)?;
    resampler.finish(&mut out)?;
    Ok(out)
}
