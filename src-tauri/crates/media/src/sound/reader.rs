//! A sound file, decoded block by block.

use super::SoundError;
use super::codec::{Block, Codec};
use super::stream::SoundStream;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;

/// After so many packets in a row that cannot even be found, what is left of the file is given up.
const MAX_LOST_PACKETS: u32 = 64;

/// An open sound file. Its first sound is already decoded, so what it says about itself is true of what it gives.
pub struct SoundReader {
    format: Box<dyn FormatReader>,
    codec: Codec,
    track: u32,
    sample_rate: u32,
    channels: usize,
    duration: Option<Duration>,
    block: Block,
    /// Whether `block` was decoded by `open` and nobody has had it yet.
    is_ahead: bool,
    has_ended: bool,
    lost_packets: u32,
    was_damaged: bool,
}

impl SoundReader {
    /// Opens the file at `path`. What it is is told by its content, never its name.
    ///
    /// # Errors
    /// [`SoundError::NotSound`], [`SoundError::NoTrack`], [`SoundError::UnsupportedCodec`], [`SoundError::Damaged`],
    /// [`SoundError::DecoderPanicked`] or [`SoundError::Io`].
    pub fn open(path: &Path) -> Result<Self, SoundError> {
        match guard(|| Self::probe(Box::new(File::open(path)?))) {
            // Some containers keep an index at their end, and a file that was cut off has lost it. Read as if it came
            // over a wire, without looking ahead, it still gives what it has.
            Err(SoundError::NotSound) => {
                guard(|| Self::probe(Box::new(ReadOnlySource::new(File::open(path)?))))
            }
            opened => opened,
        }
    }

    fn probe(source: Box<dyn MediaSource>) -> Result<Self, SoundError> {
        let source = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
        let format = symphonia::default::get_probe()
            .probe(&Hint::new(), source, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| match error {
                Error::IoError(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                    SoundError::Io(error)
                }
                _ => SoundError::NotSound,
            })?;
        let (track, params) = audio_track(format.as_ref()).ok_or(SoundError::NoTrack)?;
        let codec = Codec::new(params).map_err(unsupported)?;
        let mut reader = Self {
            sample_rate: params.sample_rate.unwrap_or_default(),
            channels: params.channels.as_ref().map_or(0, symphonia::core::audio::Channels::count),
            duration: duration(format.as_ref(), track, params),
            track: track.id,
            format,
            codec,
            block: Block::default(),
            is_ahead: false,
            has_ended: false,
            lost_packets: 0,
            was_damaged: false,
        };
        if reader.advance()? {
            reader.is_ahead = true;
            reader.sample_rate = reader.block.rate;
            reader.channels = reader.block.sides.len();
        } else if reader.was_damaged || reader.sample_rate == 0 || reader.channels == 0 {
            return Err(SoundError::Damaged);
        }
        Ok(reader)
    }

    /// Frames a second at the beginning.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Channels at the beginning.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// How long it is, as far as the file says so: a file cut off gives less.
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// Reads it as one channel at `rate` Hz, e.g. 16,000 for speech recognisers.
    ///
    /// # Errors
    /// [`SoundError::UnsupportedRate`].
    pub fn mono(self, rate: u32) -> Result<SoundStream, SoundError> {
        SoundStream::new(self, rate, 1)
    }

    /// Reads it as one channel or, where it has more, two, at `rate` Hz.
    ///
    /// # Errors
    /// [`SoundError::UnsupportedRate`].
    pub fn mono_or_stereo(self, rate: u32) -> Result<SoundStream, SoundError> {
        let channels = self.channels.clamp(1, 2);
        SoundStream::new(self, rate, channels)
    }

    /// The next frames as they are stored, or `None` at the end.
    pub(super) fn next_block(&mut self) -> Result<Option<&Block>, SoundError> {
        if self.is_ahead {
            self.is_ahead = false;
            return Ok(Some(&self.block));
        }
        if self.has_ended {
            return Ok(None);
        }
        let advanced = guard(|| self.advance());
        if advanced.is_err() {
            self.has_ended = true;
        }
        Ok(advanced?.then_some(&self.block))
    }

    /// Decodes up to the next frames. `false`: there are no more.
    fn advance(&mut self) -> Result<bool, SoundError> {
        while !self.has_ended {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => break,
                Err(Error::ResetRequired) => {
                    self.start_next_stream()?;
                    continue;
                }
                Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    self.was_damaged = true;
                    break;
                }
                Err(Error::IoError(error)) => return Err(error.into()),
                Err(_) => {
                    self.was_damaged = true;
                    self.lost_packets += 1;
                    if self.lost_packets > MAX_LOST_PACKETS {
                        break;
                    }
                    continue;
                }
            };
            self.lost_packets = 0;
            if packet.track_id != self.track {
                continue;
            }
            if self.codec.decode(&packet, &mut self.block).is_err() {
                self.was_damaged = true;
            } else if self.block.frames() > 0 && self.block.rate > 0 {
                return Ok(true);
            }
        }
        self.has_ended = true;
        Ok(false)
    }

    /// A chained stream (Ogg radio, for one) goes on with tracks of its own.
    fn start_next_stream(&mut self) -> Result<(), SoundError> {
        let (track, params) = audio_track(self.format.as_ref()).ok_or(SoundError::NoTrack)?;
        self.codec = Codec::new(params).map_err(unsupported)?;
        self.track = track.id;
        Ok(())
    }
}

impl std::fmt::Debug for SoundReader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SoundReader")
            .field("sample_rate", &self.sample_rate)
            .field("channels", &self.channels)
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}

/// The track to listen to: the default one, or else the first with sound.
fn audio_track(format: &dyn FormatReader) -> Option<(&Track, &AudioCodecParameters)> {
    let params = |track: &'_ Track| matches!(track.codec_params, Some(CodecParameters::Audio(_)));
    let track = format
        .default_track(TrackType::Audio)
        .filter(|track| params(track))
        .or_else(|| format.first_track(TrackType::Audio))?;
    match &track.codec_params {
        Some(CodecParameters::Audio(params)) => Some((track, params)),
        _ => None,
    }
}

fn duration(format: &dyn FormatReader, track: &Track, params: &AudioCodecParameters) -> Option<Duration> {
    if let (Some(frames), Some(rate @ 1..)) = (track.num_frames, params.sample_rate) {
        return Duration::try_from_secs_f64(frames as f64 / f64::from(rate)).ok();
    }
    let media = format.media_info();
    let time = track
        .time_base
        .zip(track.duration)
        .or_else(|| media.time_base.zip(media.duration))
        .and_then(|(base, duration)| base.calc_duration(duration))?;
    Duration::try_from_secs_f64(time.as_secs_f64()).ok()
}

fn unsupported(error: impl std::fmt::Display) -> SoundError {
    SoundError::UnsupportedCodec { detail: error.to_string() }
}

/// Runs a decoder. Its panics become errors: the file, not the app, is what fails.
fn guard<T>(decoder: impl FnOnce() -> Result<T, SoundError>) -> Result<T, SoundError> {
    // A reader that panicked is used no more: `open` drops it, `next_block` ends it.
    catch_unwind(AssertUnwindSafe(decoder)).unwrap_or(Err(SoundError::DecoderPanicked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panicking_decoder_is_an_error() {
        let result: Result<(), _> = guard(|| panic!("out of bounds"));
        assert!(matches!(result, Err(SoundError::DecoderPanicked)));
    }
}
