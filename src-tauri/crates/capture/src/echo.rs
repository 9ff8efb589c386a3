//! Takes Castor's own voice out of what the microphone hears.
//!
//! The canceller is AEC3 of WebRTC, ported to Rust ([`sonora_aec3`]): it finds the delay of the echo, learns the room with
//! an adaptive filter in the frequency domain, and presses down what is left of the echo. It wants both sounds in blocks of
//! 4 ms, what is played never later than its echo. While nothing is played, what was heard passes as it is.

use crate::SPEECH_RATE;
use crate::own_voice::OwnVoice;
use crate::played::Played;
use crate::residue::Residue;
use media::sound::{Resampler, SoundError};
use sonora_aec3::block::Block;
use sonora_aec3::block_processor::BlockProcessor;
use sonora_aec3::config::EchoCanceller3Config;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Samples of a block: 4 ms.
pub(crate) const BLOCK: usize = 64;
/// The canceller's scale: that of 16 bits.
const SCALE: f32 = 32_768.0;
/// Filters that look for the delay, one for about 96 ms: sound servers hold some 0.2 s on either side.
const DELAY_FILTERS: usize = 10;
/// How long what was heard waits for what was played at that time, which comes through a resampler and by turns.
const HOLD: Duration = Duration::from_millis(120);
/// How long after what was handed to the device its echo may be heard.
const ECHO_WITHIN: u64 = 12 * SPEECH_RATE as u64 / 10;
/// The microphone's clock is set anew when it is so far behind: sound was lost.
const LOST: Duration = Duration::from_millis(500);

/// Takes what speakers play out of what a microphone hears.
pub(crate) struct EchoCanceller {
    own: OwnVoice,
    played: Played,
    to_speech: Resampler,
    /// Of the microphone, in Hz.
    rate: u32,
    /// Samples the microphone delivered.
    delivered: u64,
    /// When the first of them was heard, as early as the deliveries allow.
    epoch: Option<Instant>,
    /// Heard and not looked at yet, at [`SPEECH_RATE`].
    waiting: VecDeque<f32>,
    /// The place of the first that waits.
    place: u64,
    canceller: BlockProcessor,
    /// The block before as it was heard: the canceller is one block late.
    before: Option<[f32; BLOCK]>,
    was_cancelling: bool,
    residue: Residue,
}

/// What is left without Castor's own voice.
#[derive(Debug, Default)]
pub(crate) struct Cancelled {
    /// Mono at [`SPEECH_RATE`].
    pub sound: Vec<f32>,
    /// Which of it is not to be taken for speech: a rest of Castor's own voice.
    pub ignored: Vec<bool>,
}

impl EchoCanceller {
    /// For a microphone of `rate` Hz.
    pub(crate) fn new(own: OwnVoice, rate: u32) -> Result<Self, SoundError> {
        Ok(Self {
            own,
            played: Played::default(),
            to_speech: Resampler::new(rate, SPEECH_RATE, 1)?,
            rate,
            delivered: 0,
            epoch: None,
            waiting: VecDeque::new(),
            place: 0,
            canceller: canceller(),
            before: None,
            was_cancelling: false,
            residue: Residue::default(),
        })
    }

    /// Takes the sound that the microphone delivered by `now`.
    pub(crate) fn push(&mut self, samples: &[f32], now: Instant) -> Result<Cancelled, SoundError> {
        self.delivered += samples.len() as u64;
        let mut heard = Vec::new();
        self.to_speech.push(samples, &mut heard)?;
        self.waiting.extend(heard);
        self.set_clock(now);
        self.look(Some(now))
    }

    /// Gives what still waits.
    pub(crate) fn finish(&mut self) -> Result<Cancelled, SoundError> {
        let mut heard = Vec::new();
        self.to_speech.finish(&mut heard)?;
        self.waiting.extend(heard);
        let whole = self.place + self.waiting.len() as u64;
        // What does not fill a block, and the block that the canceller is late.
        self.waiting.extend([0.0; 2 * BLOCK]);
        let given = self.place.saturating_sub(BLOCK as u64);
        let mut cancelled = self.look(None)?;
        let rest = usize::try_from(whole - given).unwrap_or(usize::MAX);
        cancelled.sound.truncate(rest);
        cancelled.ignored.truncate(rest);
        Ok(cancelled)
    }

    /// Keeps the time of the microphone's first sample: no sample is heard after it was delivered.
    fn set_clock(&mut self, now: Instant) {
        let length = Duration::from_secs_f64(self.delivered as f64 / f64::from(self.rate));
        let latest = now.checked_sub(length).unwrap_or(now);
        let epoch = self.epoch.get_or_insert(latest);
        if latest < *epoch || latest.duration_since(*epoch) > LOST {
            *epoch = latest;
        }
    }

    /// Looks at the blocks whose time has come by `now`, at all without one.
    fn look(&mut self, now: Option<Instant>) -> Result<Cancelled, SoundError> {
        let mut cancelled = Cancelled::default();
        let Some(epoch) = self.epoch else { return Ok(cancelled) };
        self.played.hear(&self.own, epoch)?;
        if self.played.begins() {
            // The delay may be another, and one that has learned the old would let the echo pass for a second. A fresh one
            // is careful.
            self.canceller = canceller();
        }
        while self.waiting.len() >= BLOCK {
            let end = (self.place + BLOCK as u64) as f64 / f64::from(SPEECH_RATE);
            let time = epoch + Duration::from_secs_f64(end);
            let is_cancelling = self.played.sounds_since(self.place.saturating_sub(ECHO_WITHIN));
            let may_sound = is_cancelling || self.played.goes_on();
            if may_sound && now.is_some_and(|now| time + HOLD > now) {
                break;
            }
            let mut heard = [0.0; BLOCK];
            for (to, from) in heard.iter_mut().zip(self.waiting.drain(..BLOCK)) {
                *to = from;
            }
            let own = self.played.take(self.place);
            self.place += BLOCK as u64;
            let is_deaf = self.own.is_deaf(time);
            self.pass(&heard, &own, is_cancelling, is_deaf, &mut cancelled);
        }
        Ok(cancelled)
    }

    fn pass(
        &mut self,
        heard: &[f32; BLOCK],
        own: &[f32; BLOCK],
        is_cancelling: bool,
        is_deaf: bool,
        into: &mut Cancelled,
    ) {
        let before = self.before.replace(*heard);
        let clean = (is_cancelling || self.was_cancelling).then(|| self.cancel(heard, own));
        let was_cancelling = std::mem::replace(&mut self.was_cancelling, is_cancelling);
        let Some(before) = before else { return };
        let sound = match (clean, was_cancelling, is_cancelling) {
            (Some(clean), true, true) => clean,
            (Some(clean), false, _) => faded(&before, &clean),
            (Some(clean), _, false) => faded(&clean, &before),
            (None, ..) => before,
        };
        let is_rest = clean.is_some() && self.residue.is_rest(&before, &sound);
        into.sound.extend(sound);
        into.ignored.extend([is_rest || is_deaf; BLOCK]);
    }

    /// What is left of the block before.
    fn cancel(&mut self, heard: &[f32; BLOCK], own: &[f32; BLOCK]) -> [f32; BLOCK] {
        let mut render = Block::new(1, 1);
        scale(own, render.view_mut(0, 0));
        self.canceller.buffer_render(&render);
        let mut capture = Block::new(1, 1);
        scale(heard, capture.view_mut(0, 0));
        let is_cut = heard.iter().any(|sample| sample.abs() >= 0.998);
        self.canceller.process_capture(false, is_cut, None, &mut capture);
        let mut clean = [0.0; BLOCK];
        for (to, from) in clean.iter_mut().zip(capture.view(0, 0)) {
            *to = from / SCALE;
        }
        clean
    }
}

impl Drop for EchoCanceller {
    fn drop(&mut self) {
        self.own.give_back(std::mem::take(&mut self.played).into_ears());
    }
}

fn canceller() -> BlockProcessor {
    let mut config = EchoCanceller3Config::default();
    config.delay.num_filters = DELAY_FILTERS;
    BlockProcessor::new(&config, SPEECH_RATE as usize, 1, 1)
}

fn scale(from: &[f32; BLOCK], to: &mut [f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = from * SCALE;
    }
}

/// Goes over from one to the other.
fn faded(from: &[f32; BLOCK], to: &[f32; BLOCK]) -> [f32; BLOCK] {
    let mut faded = [0.0; BLOCK];
    for (at, ((faded, from), to)) in faded.iter_mut().zip(from).zip(to).enumerate() {
        let share = at as f32 / BLOCK as f32;
        *faded = from * (1.0 - share) + to * share;
    }
    faded
}

#[cfg(test)]
mod tests;
