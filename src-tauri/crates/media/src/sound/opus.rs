//! Opus packets, after RFC 7845 for what comes with them: channel mapping, delay and gain.

use super::mix::Side;
use opus_decoder::{OpusDecoder, OpusMultistreamDecoder};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

/// Frames a second of all that is decoded, whatever the encoder was given.
pub(super) const RATE: u32 = 48_000;

/// Most frames one packet may hold: 120 ms.
const MAX_FRAMES: usize = RATE as usize * 120 / 1000;

/// Where the channels stand, by their count, in the order Vorbis and Opus share (RFC 7845, section 5.1.1.2).
const LAYOUTS: [&[Side]; 8] = {
    use Side::{Both, Left, Low, Right};
    [
        &[Both],
        &[Left, Right],
        &[Left, Both, Right],
        &[Left, Right, Left, Right],
        &[Left, Both, Right, Left, Right],
        &[Left, Both, Right, Left, Right, Low],
        &[Left, Both, Right, Left, Right, Both, Low],
        &[Left, Both, Right, Left, Right, Left, Right, Low],
    ]
};

enum Decoder {
    /// One stream of one or two channels.
    Single(Box<OpusDecoder>),
    /// Several streams that are spread over the channels by a table.
    Multi(OpusMultistreamDecoder),
}

/// A decoder for one stream.
pub(super) struct Opus {
    decoder: Decoder,
    sides: Vec<Side>,
    /// Frames at the beginning that are still to be left out.
    skip: usize,
    /// What every sample is multiplied with.
    gain: f32,
    /// Room for one packet, interleaved.
    decoded: Vec<f32>,
}

impl Opus {
    /// A decoder for the stream with this identification header; without one, for stereo without delay.
    pub(super) fn new(header: Option<&[u8]>) -> Result<Self, Error> {
        let head = match header {
            Some(bytes) => Head::read(bytes).ok_or(Error::DecodeError("opus: bad identification header"))?,
            None => Head { channels: 2, skip: 0, gain: 0, mapping: None },
        };
        let sides = match (&head.mapping, LAYOUTS.get(usize::from(head.channels).wrapping_sub(1))) {
            (None, _) | (Some(Mapping { family: 1, .. }), None) if head.channels > 2 => {
                return Err(Error::Unsupported("opus: too many channels"));
            }
            (None | Some(Mapping { family: 1, .. }), Some(layout)) => layout.to_vec(),
            // Independent channels, or a sound field whose first channel is what comes from everywhere.
            _ => vec![Side::Both; usize::from(head.channels)],
        };
        let decoder = match &head.mapping {
            None => Decoder::Single(Box::new(
                OpusDecoder::new(RATE, usize::from(head.channels)).map_err(refused)?,
            )),
            Some(mapping) => Decoder::Multi(
                OpusMultistreamDecoder::new(
                    RATE,
                    usize::from(head.channels),
                    usize::from(mapping.streams),
                    usize::from(mapping.coupled),
                    mapping.table,
                )
                .map_err(refused)?,
            ),
        };
        Ok(Self {
            decoder,
            decoded: vec![0.0; MAX_FRAMES * sides.len()],
            sides,
            skip: usize::from(head.skip),
            // Q7.8 decibels.
            gain: 10_f32.powf(f32::from(head.gain) / (20.0 * 256.0)),
        })
    }

    /// Where its channels stand.
    pub(super) fn sides(&self) -> &[Side] {
        &self.sides
    }

    /// Puts the interleaved frames of `packet` that are to be heard in place of what is in `samples`.
    pub(super) fn decode(&mut self, packet: &Packet, samples: &mut Vec<f32>) -> Result<(), Error> {
        samples.clear();
        // An empty packet would ask the decoder to invent what was lost.
        if packet.data.is_empty() {
            return Err(Error::DecodeError("opus: empty packet"));
        }
        let frames = match &mut self.decoder {
            Decoder::Single(decoder) => decoder.decode_float(&packet.data, &mut self.decoded, false),
            Decoder::Multi(decoder) => decoder.decode_float(&packet.data, &mut self.decoded, false),
        }
        .map_err(|_| Error::DecodeError("opus: damaged packet"))?;
        let trimmed = usize::try_from(packet.trim_end.get()).unwrap_or(frames);
        let end = frames.saturating_sub(trimmed);
        let start = self.skip.min(end);
        // The delay counts frames that are decoded, also those that are trimmed at the other end.
        self.skip -= self.skip.min(frames);
        let channels = self.sides.len();
        if let Some(heard) = self.decoded.get(start * channels..end * channels) {
            samples.extend(heard.iter().map(|sample| sample * self.gain));
        }
        Ok(())
    }
}

fn refused(_: opus_decoder::OpusError) -> Error {
    Error::Unsupported("opus: this channel mapping")
}

/// The identification header: "OpusHead", version, channels, pre-skip, input rate, gain, mapping.
struct Head<'a> {
    channels: u8,
    skip: u16,
    gain: i16,
    /// `None` for mapping family 0: one stream of one or two channels.
    mapping: Option<Mapping<'a>>,
}

struct Mapping<'a> {
    family: u8,
    streams: u8,
    coupled: u8,
    table: &'a [u8],
}

impl<'a> Head<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"OpusHead")?;
        let &[_version, channels, skip0, skip1, _, _, _, _, gain0, gain1, family, ref rest @ ..] = rest
        else {
            return None;
        };
        let mapping = match (family, rest) {
            (0, _) => None,
            (_, &[streams, coupled, ref table @ ..]) => {
                Some(Mapping { family, streams, coupled, table: table.get(..usize::from(channels))? })
            }
            _ => return None,
        };
        (channels > 0).then_some(Self {
            channels,
            skip: u16::from_le_bytes([skip0, skip1]),
            gain: i16::from_le_bytes([gain0, gain1]),
            mapping,
        })
    }
}
