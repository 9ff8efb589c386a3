//! One face for symphonia's decoders and the one for Opus.

use super::mix::{Side, sides};
use super::opus::{self, Opus};
use symphonia::core::codecs::audio::well_known::{CODEC_ID_OPUS, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

/// Some frames as they come out of a decoder.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Frames a second. It may change within a file.
    pub rate: u32,
    /// Where the channels stand; one entry for each channel.
    pub sides: Vec<Side>,
    /// Interleaved samples, finite, nominally within ±1.
    pub samples: Vec<f32>,
}

impl Block {
    /// How many frames it has.
    pub(super) fn frames(&self) -> usize {
        self.samples.len() / self.sides.len().max(1)
    }
}

pub(super) enum Codec {
    Symphonia(Box<dyn AudioDecoder>),
    Opus(Box<Opus>),
}

impl Codec {
    pub(super) fn new(params: &AudioCodecParameters) -> Result<Self, Error> {
        if params.codec == CODEC_ID_OPUS {
            return Ok(Self::Opus(Box::new(Opus::new(params.extra_data.as_deref())?)));
        }
        let mut params = params.clone();
        if [CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW].contains(&params.codec) {
            // Some containers state the 8 bits they store where the decoder expects the 16 it makes of them.
            params.bits_per_sample = None;
            params.bits_per_coded_sample = None;
        }
        symphonia::default::get_codecs()
            .make_audio_decoder(&params, &AudioDecoderOptions::default())
            .map(Self::Symphonia)
    }

    /// Decodes `packet` into `block`.
    pub(super) fn decode(&mut self, packet: &Packet, block: &mut Block) -> Result<(), Error> {
        block.samples.clear();
        match self {
            Self::Opus(opus) => {
                opus.decode(packet, &mut block.samples)?;
                block.rate = opus::RATE;
                opus.sides().clone_into(&mut block.sides);
            }
            Self::Symphonia(decoder) => {
                let buffer = decoder.decode(packet)?;
                block.rate = buffer.spec().rate();
                block.sides = sides(buffer.spec().channels());
                buffer.copy_to_vec_interleaved(&mut block.samples);
            }
        }
        // A float file may hold what is no number; one of those would silence everything a filter touches.
        for sample in block.samples.iter_mut().filter(|sample| !sample.is_finite()) {
            *sample = 0.0;
        }
        Ok(())
    }
}
