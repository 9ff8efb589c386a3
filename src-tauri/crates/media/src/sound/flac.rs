//! Writes FLAC frame by frame, so that hours of sound take no memory.

use super::SoundError;
use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr, StreamInfo};
use flacenc::config::Encoder;
use flacenc::error::{Verified, Verify};
use flacenc::source::{Context, Fill, FrameBuf};
use std::io::{Seek, SeekFrom, Write};

/// Frames of sound in one frame of FLAC, as the reference encoder has them.
const BLOCK: usize = 4096;
const BITS: usize = 16;
/// "fLaC", then the header of a metadata block: the last one, of type STREAMINFO, 34 bytes long.
const HEADER: [u8; 8] = *b"fLaC\x80\0\0\x22";

/// A FLAC file of 16-bit samples that is being written.
pub(super) struct FlacWriter<W> {
    file: W,
    config: Verified<Encoder>,
    info: StreamInfo,
    frames: FrameBuf,
    /// Counts and hashes what was written.
    written: Context,
    channels: usize,
    /// Interleaved samples that do not fill a block yet.
    pending: Vec<i32>,
}

impl<W: Write + Seek> FlacWriter<W> {
    /// Starts a file at `rate` Hz. What is not known yet of its header is written by [`finish`](Self::finish).
    pub(super) fn new(mut file: W, rate: u32, channels: usize) -> Result<Self, SoundError> {
        let mut info = StreamInfo::new(rate as usize, channels, BITS).map_err(failed)?;
        info.set_block_sizes(BLOCK, BLOCK).map_err(failed)?;
        let config = Encoder::default().into_verified().map_err(|(_, error)| failed(error))?;
        let frames = FrameBuf::with_size(channels, BLOCK).map_err(failed)?;
        write_header(&mut file, &info)?;
        let written = Context::new(BITS, channels);
        Ok(Self { file, config, info, frames, written, channels, pending: Vec::new() })
    }

    pub(super) fn write(&mut self, samples: impl Iterator<Item = i16>) -> Result<(), SoundError> {
        self.pending.extend(samples.map(i32::from));
        let block = BLOCK * self.channels;
        let whole = self.pending.len() / block * block;
        let pending = std::mem::take(&mut self.pending);
        for samples in pending.get(..whole).unwrap_or_default().chunks_exact(block) {
            self.write_frame(samples)?;
        }
        self.pending = pending;
        self.pending.drain(..whole);
        Ok(())
    }

    /// Writes the last frame and the header.
    pub(super) fn finish(mut self) -> Result<(), SoundError> {
        let pending = std::mem::take(&mut self.pending);
        let whole = pending.len() / self.channels * self.channels;
        if let Some(samples @ [_, ..]) = pending.get(..whole) {
            self.write_frame(samples)?;
        }
        self.info.set_total_samples(self.written.total_samples());
        self.info.set_md5_digest(&self.written.md5_digest());
        self.file.seek(SeekFrom::Start(0))?;
        write_header(&mut self.file, &self.info)?;
        self.file.flush()?;
        Ok(())
    }

    fn write_frame(&mut self, samples: &[i32]) -> Result<(), SoundError> {
        self.frames.fill_interleaved(samples).map_err(failed)?;
        self.written.fill_interleaved(samples).map_err(failed)?;
        let number = self.written.current_frame_number().unwrap_or_default();
        let frame = flacenc::encode_fixed_size_frame(&self.config, &self.frames, number, &self.info)
            .map_err(|_| SoundError::TooLong)?;
        let mut bytes = ByteSink::new();
        frame.write(&mut bytes).map_err(failed)?;
        self.file.write_all(bytes.as_slice())?;
        Ok(())
    }
}

fn write_header(file: &mut impl Write, info: &StreamInfo) -> Result<(), SoundError> {
    let mut bytes = ByteSink::new();
    info.write(&mut bytes).map_err(failed)?;
    file.write_all(&HEADER)?;
    file.write_all(bytes.as_slice())?;
    Ok(())
}

/// Its errors cannot leave the thread they arose on; their words can.
fn failed(error: impl std::fmt::Display) -> SoundError {
    SoundError::Encode(error.to_string().into())
}
