//! Changes the rate of sound that comes in pieces, from a file or a microphone.

use super::SoundError;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};

/// Lowest rate, in Hz.
pub const MIN_RATE: u32 = 100;

/// Highest rate, in Hz: twice what studios record at.
pub const MAX_RATE: u32 = 384_000;

/// A band-limited change of rate. Push frames of any number in, frames at the other rate are appended to what the caller
/// hands over; [`finish`](Self::finish) gives the rest. The delay of the filter is taken off: the first frame out belongs
/// to the first frame in, and `n` frames give `n × to / from`, rounded up.
///
/// The pieces do not matter: the same sound in other pieces gives the same samples.
pub struct Resampler {
    from: u32,
    to: u32,
    channels: usize,
    /// `None` where both rates are the same.
    fft: Option<Fft<f32>>,
    /// Interleaved samples that do not fill a chunk yet.
    pending: Vec<f32>,
    /// Room for what a chunk becomes.
    chunk: Vec<f32>,
    /// Frames of the filter's delay that are still to be left out.
    delay: usize,
    frames_in: u64,
    frames_out: u64,
}

impl Resampler {
    /// A change from `from` to `to` Hz for interleaved frames of `channels` samples.
    ///
    /// # Errors
    /// [`SoundError::UnsupportedRate`] or [`SoundError::UnsupportedChannels`].
    pub fn new(from: u32, to: u32, channels: usize) -> Result<Self, SoundError> {
        for rate in [from, to] {
            if !(MIN_RATE..=MAX_RATE).contains(&rate) {
                return Err(SoundError::UnsupportedRate { rate });
            }
        }
        if !(1..=256).contains(&channels) {
            return Err(SoundError::UnsupportedChannels { channels });
        }
        let fft = (from != to).then(|| fft(from, to, channels)).transpose()?;
        let (delay, room) =
            fft.as_ref().map_or((0, 0), |fft| (fft.output_delay(), fft.output_frames_max() * channels));
        Ok(Self {
            from,
            to,
            channels,
            fft,
            pending: Vec::new(),
            chunk: vec![0.0; room],
            delay,
            frames_in: 0,
            frames_out: 0,
        })
    }

    /// The rate it changes from, in Hz.
    pub fn from_rate(&self) -> u32 {
        self.from
    }

    /// Takes interleaved samples and appends those that are ready to `out`. A frame may come in two pieces.
    ///
    /// # Errors
    /// [`SoundError::Encode`] when the resampler refuses, which nothing in the sound itself can cause.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) -> Result<(), SoundError> {
        let Some(fft) = &self.fft else {
            out.extend_from_slice(samples);
            return Ok(());
        };
        let chunk = fft.input_frames_next() * self.channels;
        self.pending.extend_from_slice(samples);
        let whole = self.pending.len() / chunk * chunk;
        let pending = std::mem::take(&mut self.pending);
        for frames in pending.get(..whole).unwrap_or_default().chunks_exact(chunk) {
            self.frames_in += (chunk / self.channels) as u64;
            self.resample(frames, u64::MAX, out)?;
        }
        self.pending = pending;
        self.pending.drain(..whole);
        Ok(())
    }

    /// Appends what is left to `out`. Afterwards it is as new.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn finish(&mut self, out: &mut Vec<f32>) -> Result<(), SoundError> {
        let Some(fft) = &self.fft else { return Ok(()) };
        let chunk = fft.input_frames_next() * self.channels;
        self.frames_in += (self.pending.len() / self.channels) as u64;
        let wanted = (u128::from(self.frames_in) * u128::from(self.to)).div_ceil(u128::from(self.from));
        let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
        let mut frames = std::mem::take(&mut self.pending);
        frames.resize(chunk, 0.0);
        while self.frames_out < wanted {
            self.resample(&frames, wanted, out)?;
            frames.fill(0.0);
        }
        if let Some(fft) = &mut self.fft {
            fft.reset();
            self.delay = fft.output_delay();
        }
        self.frames_in = 0;
        self.frames_out = 0;
        Ok(())
    }

    /// Resamples one whole chunk and appends what is heard of it, up to `wanted` frames in all.
    fn resample(&mut self, frames: &[f32], wanted: u64, out: &mut Vec<f32>) -> Result<(), SoundError> {
        let Some(fft) = &mut self.fft else { return Ok(()) };
        let room = self.chunk.len() / self.channels;
        let input =
            InterleavedSlice::new(frames, self.channels, frames.len() / self.channels).map_err(failed)?;
        let mut output = InterleavedSlice::new_mut(&mut self.chunk, self.channels, room).map_err(failed)?;
        let (_, made) = fft.process_into_buffer(&input, &mut output, None).map_err(failed)?;
        let skipped = self.delay.min(made);
        self.delay -= skipped;
        let left = usize::try_from(wanted - self.frames_out).unwrap_or(usize::MAX);
        let heard = (made - skipped).min(left);
        self.frames_out += heard as u64;
        let heard = skipped * self.channels..(skipped + heard) * self.channels;
        out.extend_from_slice(self.chunk.get(heard).unwrap_or_default());
        Ok(())
    }
}

impl std::fmt::Debug for Resampler {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Resampler")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

/// A longer filter has a steeper edge and more delay. About 43 ms, half of it before and half after a frame, is little in
/// live speech.
fn fft(from: u32, to: u32, channels: usize) -> Result<Fft<f32>, SoundError> {
    // The smallest number of frames that becomes a whole number of frames.
    let step = from / gcd(from, to);
    // An even number of them, or the middle of the filter would lie between two frames.
    let steps = (from / 24).max(512).div_ceil(step).next_multiple_of(2);
    Fft::new_custom(
        from as usize,
        to as usize,
        (steps * step) as usize,
        1,
        channels,
        WindowFunction::BlackmanHarris2,
        FixedSync::Both,
    )
    .map_err(failed)
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> SoundError {
    SoundError::Encode(Box::new(error))
}
