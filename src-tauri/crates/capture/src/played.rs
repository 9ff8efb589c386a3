//! What speakers play, laid out beside what the microphone hears: by the time it was handed to the device.

use crate::SPEECH_RATE;
use crate::echo::BLOCK;
use crate::own_voice::{Ear, OwnVoice};
use media::sound::{Resampler, SoundError};
use std::collections::VecDeque;
use std::time::Instant;

/// What is louder than this counts as sound.
const SOUND: f32 = 1e-4;
/// How late a delivery may come and still belong right after the one before, in samples at [`SPEECH_RATE`]: 60 ms, which
/// what the device holds bridges. After more there was a pause.
const PAUSE: f64 = 0.06 * SPEECH_RATE as f64;
/// How much earlier than handed to the device it is laid out, in samples at [`SPEECH_RATE`]: the canceller takes an echo
/// that comes at once, or by an error of the clocks before, for something else.
const LEAD: u64 = SPEECH_RATE as u64 / 50;

/// Places count samples at [`SPEECH_RATE`] since the microphone's first.
#[derive(Default)]
pub(crate) struct Played {
    speakers: Vec<Speaker>,
    /// A speaker began to play and [`Played::begins`] has not told yet.
    begins: bool,
    /// From `first` on, mono at [`SPEECH_RATE`].
    sound: VecDeque<f32>,
    first: u64,
    /// After the last that was no silence.
    sounded: Option<u64>,
}

/// One speaker that plays.
struct Speaker {
    ear: Ear,
    to_speech: Resampler,
    /// Where its next delivery belongs, if there is no pause before, and where its next sample at [`SPEECH_RATE`].
    next: Option<(f64, u64)>,
}

impl Played {
    /// Takes what speakers played since the last call. The microphone's first sample is of the time `epoch`.
    pub(crate) fn hear(&mut self, own: &OwnVoice, epoch: Instant) -> Result<(), SoundError> {
        for ear in own.new_ears() {
            let to_speech = Resampler::new(ear.rate, SPEECH_RATE, 1)?;
            self.speakers.push(Speaker { ear, to_speech, next: None });
        }
        let mut speakers = std::mem::take(&mut self.speakers);
        for speaker in &mut speakers {
            let ratio = f64::from(SPEECH_RATE) / f64::from(speaker.ear.rate);
            let (mut samples, mut sound) = (Vec::new(), Vec::new());
            while let Some(mark) = speaker.ear.hear(&mut samples) {
                let since = seconds(mark.at, epoch) * f64::from(SPEECH_RATE);
                self.begins |= speaker.next.is_none();
                if speaker.next.is_none() {
                    // What was handed over before the microphone was open.
                    let gone = (-since / ratio).max(0.0) as usize;
                    samples.drain(..gone.min(samples.len()));
                    if samples.is_empty() {
                        continue;
                    }
                }
                let (belongs, place) = speaker.next.unwrap_or((since.max(0.0), since.max(0.0) as u64));
                let pause = if since - belongs > PAUSE { since - belongs } else { 0.0 };
                let silence = (pause / ratio) as usize;
                sound.clear();
                speaker.to_speech.push(&vec![0.0; silence], &mut sound)?;
                speaker.to_speech.push(&samples, &mut sound)?;
                let belongs = belongs + (silence + samples.len()) as f64 * ratio;
                speaker.next = Some((belongs, place + sound.len() as u64));
                self.add(place, &sound);
                samples.clear();
            }
            if speaker.ear.has_ended()
                && let Some((_, place)) = speaker.next
            {
                sound.clear();
                speaker.to_speech.finish(&mut sound)?;
                self.add(place, &sound);
            }
        }
        speakers.retain(|speaker| !speaker.ear.has_ended());
        self.speakers = speakers;
        Ok(())
    }

    /// The ears, for the next recorder to go on with.
    pub(crate) fn into_ears(self) -> Vec<Ear> {
        self.speakers.into_iter().map(|speaker| speaker.ear).collect()
    }

    /// Whether a speaker is open, so that more may come.
    pub(crate) fn goes_on(&self) -> bool {
        !self.speakers.is_empty()
    }

    /// Whether another speaker began to play since the last call.
    pub(crate) fn begins(&mut self) -> bool {
        std::mem::take(&mut self.begins)
    }

    /// Whether anything sounds at `place` or later.
    pub(crate) fn sounds_since(&self, place: u64) -> bool {
        self.sounded.is_some_and(|sounded| sounded > place)
    }

    /// The block at `place`, silence where nothing is played. What is before it is forgotten.
    pub(crate) fn take(&mut self, place: u64) -> [f32; BLOCK] {
        let gone = usize::try_from(place.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.sound.drain(..gone.min(self.sound.len()));
        self.first = place;
        let mut block = [0.0; BLOCK];
        for (to, from) in block.iter_mut().zip(&self.sound) {
            *to = *from;
        }
        block
    }

    /// Adds `sound` at `place`, beside what another speaker plays there.
    fn add(&mut self, place: u64, sound: &[f32]) {
        for (sample, place) in sound.iter().zip(place..) {
            if sample.abs() > SOUND {
                self.sounded = self.sounded.max(Some(place + 1));
            }
            // Too late to be of use.
            let Some(at) = place.checked_sub(LEAD + self.first).and_then(|at| usize::try_from(at).ok())
            else {
                continue;
            };
            if at >= self.sound.len() {
                self.sound.resize(at + 1, 0.0);
            }
            if let Some(to) = self.sound.get_mut(at) {
                *to += sample;
            }
        }
    }
}

/// Seconds from `epoch` to `at`, negative where it was before.
fn seconds(at: Instant, epoch: Instant) -> f64 {
    match at.checked_duration_since(epoch) {
        Some(after) => after.as_secs_f64(),
        None => -epoch.duration_since(at).as_secs_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const TENTH: usize = SPEECH_RATE as usize / 10;

    /// What is laid out in half a second, and when it sounds: stretches of one value, in ms. Values count quarters.
    fn stretches(played: &mut Played) -> Vec<(usize, usize, u8)> {
        let blocks = SPEECH_RATE as usize / 2 / BLOCK;
        let sound: Vec<f32> = (0..blocks).flat_map(|block| played.take((block * BLOCK) as u64)).collect();
        let mut found: Vec<(usize, usize, u8)> = Vec::new();
        for (at, sample) in sound.iter().enumerate() {
            let quarters = (sample * 4.0).round() as u8;
            match found.last_mut() {
                Some((_, end, value)) if *value == quarters => *end = at + 1,
                _ => found.push((at, at + 1, quarters)),
            }
        }
        let ms = |at: usize| at * 1000 / SPEECH_RATE as usize;
        found.retain(|(.., value)| *value != 0);
        found.into_iter().map(|(from, to, value)| (ms(from), ms(to), value)).collect()
    }

    /// Lays out deliveries of a tenth of a second: which speaker, when in ms, and its value.
    fn lay_out(deliveries: &[(usize, u64, u8)]) -> Vec<(usize, usize, u8)> {
        let (own, epoch) = (OwnVoice::new(), Instant::now());
        let mut mouths = [own.mouth(SPEECH_RATE), own.mouth(SPEECH_RATE)];
        for (speaker, at, value) in deliveries {
            mouths[*speaker].says(TENTH, epoch + Duration::from_millis(*at), || f32::from(*value) / 4.0);
        }
        let mut played = Played::default();
        played.hear(&own, epoch).unwrap();
        assert!(played.goes_on() && played.begins() && !played.begins());
        drop(mouths);
        played.hear(&own, epoch).unwrap();
        assert!(!played.goes_on());
        stretches(&mut played)
    }

    #[test]
    fn a_late_delivery_follows_the_one_before() {
        assert_eq!(lay_out(&[(0, 100, 1), (0, 250, 2)]), [(80, 180, 1), (180, 280, 2)]);
        // Handed over ahead of its time.
        assert_eq!(lay_out(&[(0, 100, 1), (0, 110, 2)]), [(80, 180, 1), (180, 280, 2)]);
    }

    #[test]
    fn a_very_late_one_leaves_a_pause() {
        assert_eq!(lay_out(&[(0, 100, 1), (0, 300, 2)]), [(80, 180, 1), (280, 380, 2)]);
    }

    #[test]
    fn two_speakers_sound_together() {
        let both = [(80, 130, 1), (130, 180, 3), (180, 230, 2)];
        assert_eq!(lay_out(&[(0, 100, 1), (1, 150, 2)]), both);
    }
}
