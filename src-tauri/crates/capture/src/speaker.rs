//! The speaker: plays mono sound that comes piece by piece, and says how far it is.

use crate::OwnVoice;
use crate::devices::{host, is_server};
use crate::own_voice::Mouth;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig, SupportedBufferSize};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How far ahead of what is heard sound is handed over: enough for a busy machine, short enough to stop at once.
const AHEAD: Duration = Duration::from_millis(400);
/// How often a server is given sound.
const DELIVERIES_A_SECOND: u32 = 5;
/// How often the position is told and a stop is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// What a server may still hold when the last sample was handed over.
const TAIL: Duration = Duration::from_millis(200);

/// Why nothing is heard.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpeakerError {
    /// The system has no device for playing sound.
    #[error("there is no speaker or headphones")]
    Missing,
    /// The device went away.
    #[error("the speaker went away")]
    Lost,
    /// The system refused.
    #[error("sound cannot be played: {0}")]
    Failed(String),
}

/// How playing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Played {
    /// All of it was heard.
    ToTheEnd,
    /// It was stopped.
    Stopped,
}

/// The system's own choice of speaker.
pub struct Speaker {
    device: cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
}

impl Speaker {
    /// Finds it; nothing is played yet.
    ///
    /// # Errors
    /// [`SpeakerError::Missing`], or [`SpeakerError::Failed`] when the device does not say what it can play.
    pub fn find() -> Result<Self, SpeakerError> {
        let device = host().default_output_device().ok_or(SpeakerError::Missing)?;
        let default = device.default_output_config().map_err(|error| failed(&error))?;
        let (mut config, mut format) = (default.config(), default.sample_format());
        if let (true, SupportedBufferSize::Range { min, max }) = (is_server(&device), default.buffer_size()) {
            // Servers take any format, and cpal has PulseAudio's 24 bits wrong. With a short queue they run dry.
            format = SampleFormat::F32;
            config.buffer_size =
                BufferSize::Fixed((config.sample_rate / DELIVERIES_A_SECOND).clamp(*min, *max));
        }
        Ok(Self { device, config, format })
    }

    /// Samples a second that [`Speaker::play`] wants.
    pub fn rate(&self) -> u32 {
        self.config.sample_rate
    }

    /// Plays the mono sound of [`Speaker::rate`] that `next` gives piece by piece, until it gives `None` or `is_stopped`
    /// says so. `on_position` hears how much was played. Blocking.
    ///
    /// # Errors
    /// [`SpeakerError`].
    pub fn play(
        &self,
        next: &mut dyn FnMut() -> Option<Vec<f32>>,
        on_position: &mut dyn FnMut(Duration),
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Played, SpeakerError> {
        self.play_as(None, next, on_position, is_stopped)
    }

    /// As [`Speaker::play`], heard by a recorder that has the same [`OwnVoice`](crate::Options::own_voice), which takes it
    /// out of what its microphone hears.
    ///
    /// # Errors
    /// [`SpeakerError`].
    pub fn play_heard(
        &self,
        own_voice: &OwnVoice,
        next: &mut dyn FnMut() -> Option<Vec<f32>>,
        on_position: &mut dyn FnMut(Duration),
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Played, SpeakerError> {
        self.play_as(Some(own_voice.mouth(self.rate())), next, on_position, is_stopped)
    }

    fn play_as(
        &self,
        mouth: Option<Mouth>,
        next: &mut dyn FnMut() -> Option<Vec<f32>>,
        on_position: &mut dyn FnMut(Duration),
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Played, SpeakerError> {
        let rate = self.rate();
        let (mut ahead, queue) = RingBuffer::new(samples(AHEAD, rate).max(1024));
        let state = Arc::new(State::default());
        let stream = self.open(queue, mouth, &state)?;
        stream.play().map_err(|error| failed(&error))?;
        let position =
            || Duration::from_secs_f64(state.played.load(Ordering::Relaxed) as f64 / f64::from(rate));
        let mut piece = Vec::new();
        let mut done = 0;
        let mut has_ended = false;
        let mut silence = Duration::ZERO;
        loop {
            if is_stopped() {
                return Ok(Played::Stopped);
            }
            if state.lost.load(Ordering::Relaxed) {
                return Err(SpeakerError::Lost);
            }
            while !has_ended && ahead.slots() > 0 {
                if done == piece.len() {
                    done = 0;
                    match next() {
                        Some(more) => piece = more,
                        None => has_ended = true,
                    }
                } else {
                    done += hand_over(&mut ahead, piece.get(done..).unwrap_or_default());
                }
            }
            on_position(position());
            if has_ended && ahead.slots() == ahead.buffer().capacity() {
                if silence >= TAIL {
                    return Ok(Played::ToTheEnd);
                }
                silence += LOOK_EVERY;
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn open(
        &self,
        queue: Consumer<f32>,
        mouth: Option<Mouth>,
        state: &Arc<State>,
    ) -> Result<cpal::Stream, SpeakerError> {
        match self.format {
            SampleFormat::F32 => self.open_as::<f32>(queue, mouth, state),
            SampleFormat::F64 => self.open_as::<f64>(queue, mouth, state),
            SampleFormat::I16 => self.open_as::<i16>(queue, mouth, state),
            SampleFormat::I32 => self.open_as::<i32>(queue, mouth, state),
            SampleFormat::U16 => self.open_as::<u16>(queue, mouth, state),
            SampleFormat::U8 => self.open_as::<u8>(queue, mouth, state),
            other => Err(SpeakerError::Failed(format!("samples of the format {other}"))),
        }
    }

    fn open_as<T: SizedSample + FromSample<f32>>(
        &self,
        mut queue: Consumer<f32>,
        mut mouth: Option<Mouth>,
        state: &Arc<State>,
    ) -> Result<cpal::Stream, SpeakerError> {
        let channels = usize::from(self.config.channels.max(1));
        let (playing, watching) = (Arc::clone(state), Arc::clone(state));
        let fill = move |out: &mut [T], _: &cpal::OutputCallbackInfo| {
            let mut played = 0;
            let mut frames = out.chunks_mut(channels);
            let count = frames.len();
            let mut play = || {
                let sample = queue.pop().inspect(|_| played += 1).unwrap_or(0.0);
                if let Some(frame) = frames.next() {
                    frame.fill(T::from_sample(sample));
                }
                sample
            };
            match &mut mouth {
                Some(mouth) => mouth.says(count, Instant::now(), play),
                None => (0..count).for_each(|_| {
                    play();
                }),
            }
            playing.played.fetch_add(played, Ordering::Relaxed);
        };
        let complain = move |error: cpal::Error| {
            tracing::warn!(%error, "the speaker");
            // A glitch, another device taken over, no priority over other programs: the sound goes on.
            let goes_on = matches!(
                error.kind(),
                ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied
            );
            if !goes_on {
                watching.lost.store(true, Ordering::Relaxed);
            }
        };
        self.device.build_output_stream(self.config, fill, complain, None).map_err(|error| failed(&error))
    }
}

/// What the device's thread and the caller share.
#[derive(Debug, Default)]
struct State {
    /// Samples taken by the device.
    played: AtomicU64,
    lost: AtomicBool,
}

/// Puts as much of `piece` into the queue as there is room for.
fn hand_over(queue: &mut Producer<f32>, piece: &[f32]) -> usize {
    let room = queue.slots().min(piece.len());
    for &sample in piece.iter().take(room) {
        // There is room: this thread is the only one that puts anything in.
        let _fits = queue.push(sample);
    }
    room
}

fn samples(duration: Duration, rate: u32) -> usize {
    (duration.as_secs_f64() * f64::from(rate)) as usize
}

fn failed(error: &cpal::Error) -> SpeakerError {
    match error.kind() {
        ErrorKind::DeviceNotAvailable => SpeakerError::Lost,
        _ => SpeakerError::Failed(error.to_string()),
    }
}
