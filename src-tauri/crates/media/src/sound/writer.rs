//! Writes sound to a file as it comes.

use super::SoundError;
use super::flac::FlacWriter;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// The formats that are written, both with 16 bits a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundFormat {
    /// Compressed without loss.
    Flac,
    /// Not compressed; a file that was never finished can still be read up to the last [`flush`](SoundWriter::flush).
    Wav,
}

impl SoundFormat {
    /// Its MIME type, as the Gemini API names it.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Flac => "audio/flac",
            Self::Wav => "audio/wav",
        }
    }
}

/// Most bytes of samples in a WAV file: its header counts with 32 bits, and counts itself in.
const MAX_WAV_BYTES: u64 = u32::MAX as u64 - 4096;

enum Inner {
    Flac(Box<FlacWriter<BufWriter<File>>>),
    Wav { writer: hound::WavWriter<BufWriter<File>>, bytes: u64 },
}

/// A sound file that is being written. Memory stays the same however long it gets.
pub struct SoundWriter {
    inner: Inner,
}

impl SoundWriter {
    /// Makes the file at `path`, in place of one that is there, for interleaved frames of `channels` samples (1 to 8) at
    /// `rate` Hz (FLAC: at most 96,000).
    ///
    /// # Errors
    /// [`SoundError::UnsupportedRate`], [`SoundError::UnsupportedChannels`] or [`SoundError::Io`].
    pub fn create(path: &Path, format: SoundFormat, rate: u32, channels: usize) -> Result<Self, SoundError> {
        Self::new(File::create(path)?, format, rate, channels)
    }

    /// As [`create`](Self::create), into an open and empty `file`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn new(file: File, format: SoundFormat, rate: u32, channels: usize) -> Result<Self, SoundError> {
        let most = if format == SoundFormat::Flac { 96_000 } else { super::MAX_RATE };
        if rate == 0 || rate > most {
            return Err(SoundError::UnsupportedRate { rate });
        }
        let Some(count) = u16::try_from(channels).ok().filter(|count| (1..=8).contains(count)) else {
            return Err(SoundError::UnsupportedChannels { channels });
        };
        let file = BufWriter::new(file);
        let inner = match format {
            SoundFormat::Flac => Inner::Flac(Box::new(FlacWriter::new(file, rate, channels)?)),
            SoundFormat::Wav => {
                let spec = hound::WavSpec {
                    channels: count,
                    sample_rate: rate,
                    bits_per_sample: 16,
                    sample_format: hound::SampleFormat::Int,
                };
                Inner::Wav { writer: hound::WavWriter::new(file, spec).map_err(failed)?, bytes: 0 }
            }
        };
        Ok(Self { inner })
    }

    /// Appends interleaved samples; what is beyond ±1 is clipped.
    ///
    /// # Errors
    /// [`SoundError::TooLong`], with nothing of `samples` written, or [`SoundError::Io`].
    pub fn write(&mut self, samples: &[f32]) -> Result<(), SoundError> {
        let samples = samples.iter().map(|sample| quantised(*sample));
        match &mut self.inner {
            Inner::Flac(writer) => writer.write(samples),
            Inner::Wav { writer, bytes } => {
                let after = *bytes + 2 * samples.len() as u64;
                if after > MAX_WAV_BYTES {
                    return Err(SoundError::TooLong);
                }
                *bytes = after;
                samples.into_iter().try_for_each(|sample| writer.write_sample(sample)).map_err(failed)
            }
        }
    }

    /// Hands a WAV file with a good header to the system, so that a crash takes only what comes later. A FLAC file is
    /// whole only when it is finished.
    ///
    /// # Errors
    /// [`SoundError::Io`].
    pub fn flush(&mut self) -> Result<(), SoundError> {
        match &mut self.inner {
            Inner::Flac(_) => Ok(()),
            Inner::Wav { writer, .. } => writer.flush().map_err(failed),
        }
    }

    /// Completes the file.
    ///
    /// # Errors
    /// [`SoundError::Io`].
    pub fn finish(self) -> Result<(), SoundError> {
        match self.inner {
            Inner::Flac(writer) => writer.finish(),
            Inner::Wav { writer, .. } => writer.finalize().map_err(failed),
        }
    }
}

impl std::fmt::Debug for SoundWriter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SoundWriter").finish_non_exhaustive()
    }
}

/// The nearest 16-bit sample. What was 16 bits before comes out as it was.
fn quantised(sample: f32) -> i16 {
    // A cast of a float saturates and makes zero of what is no number.
    (sample * 32768.0).round() as i16
}

fn failed(error: hound::Error) -> SoundError {
    match error {
        hound::Error::IoError(error) => SoundError::Io(error),
        error => SoundError::Encode(Box::new(error)),
    }
}
