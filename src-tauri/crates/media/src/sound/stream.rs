//! A sound file as a caller wants it: so many channels, at one rate.

use super::mix::Mixer;
use super::{Resampler, SoundError, SoundReader};
use std::time::Duration;

/// The sound of a file at one rate and with one or two channels, block by block.
#[derive(Debug)]
pub struct SoundStream {
    reader: SoundReader,
    rate: u32,
    channels: usize,
    mixer: Option<Mixer>,
    resampler: Option<Resampler>,
    mixed: Vec<f32>,
    block: Vec<f32>,
    has_ended: bool,
}

impl SoundStream {
    pub(super) fn new(reader: SoundReader, rate: u32, channels: usize) -> Result<Self, SoundError> {
        let resampler = Resampler::new(reader.sample_rate(), rate, channels)?;
        Ok(Self {
            reader,
            rate,
            channels,
            mixer: None,
            resampler: Some(resampler),
            mixed: Vec::new(),
            block: Vec::new(),
            has_ended: false,
        })
    }

    /// Frames a second.
    pub fn sample_rate(&self) -> u32 {
        self.rate
    }

    /// Samples in a frame: 1 or 2.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// How long the file says it is.
    pub fn duration(&self) -> Option<Duration> {
        self.reader.duration()
    }

    /// The next interleaved samples, nominally within ±1, or `None` at the end. A block is never empty and holds what one
    /// packet of the file becomes, usually 10 to 200 ms.
    ///
    /// # Errors
    /// [`SoundError::Io`], [`SoundError::DecoderPanicked`], or [`SoundError::UnsupportedCodec`] and
    /// [`SoundError::UnsupportedRate`] when the file changes its format midway. Blocks that came before are good.
    pub fn next_block(&mut self) -> Result<Option<&[f32]>, SoundError> {
        self.block.clear();
        while self.block.is_empty() {
            if self.has_ended {
                return Ok(None);
            }
            let Some(stored) = self.reader.next_block()? else {
                self.has_ended = true;
                if let Some(resampler) = &mut self.resampler {
                    resampler.finish(&mut self.block)?;
                }
                continue;
            };
            let mixer = match &mut self.mixer {
                Some(mixer) if mixer.is_for(&stored.sides) => mixer,
                mixer => mixer.insert(Mixer::new(&stored.sides, self.channels)),
            };
            self.mixed.clear();
            mixer.mix(&stored.samples, &mut self.mixed);
            let resampler = match &mut self.resampler {
                Some(resampler) if resampler.from_rate() == stored.rate => resampler,
                // The rate changed midway: what the old filter still holds comes first.
                other => {
                    if let Some(old) = other {
                        old.finish(&mut self.block)?;
                    }
                    other.insert(Resampler::new(stored.rate, self.rate, self.channels)?)
                }
            };
            resampler.push(&self.mixed, &mut self.block)?;
        }
        Ok(Some(&self.block))
    }
}
