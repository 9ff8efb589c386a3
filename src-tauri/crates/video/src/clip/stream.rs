//! Frames and sound as one stream for the encoder's pipe: Matroska (RFC 9559), so that both have their times and each
//! picture its bounds, and one pipe serves on every system.
//!
//! Each block is a cluster of its own with its size before it: whoever reads has it as soon as it is written.

use std::io::{self, Write};

/// Numbers of the tracks.
const PICTURE: u8 = 1;
const SOUND: u8 = 2;
/// Nanoseconds of one step of time: a millisecond.
const TIMESTAMP_SCALE: u64 = 1_000_000;
/// A size of eight bytes that is not known yet.
const UNKNOWN_SIZE: [u8; 8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/// Flags of a block that can be decoded on its own.
const KEY_FRAME: u8 = 0x80;

/// Element IDs.
mod id {
    pub(super) const EBML: u32 = 0x1a45_dfa3;
    pub(super) const DOC_TYPE: u32 = 0x4282;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const INFO: u32 = 0x1549_a966;
    pub(super) const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
    pub(super) const TRACKS: u32 = 0x1654_ae6b;
    pub(super) const TRACK_ENTRY: u32 = 0xae;
    pub(super) const TRACK_NUMBER: u32 = 0xd7;
    pub(super) const TRACK_UID: u32 = 0x73c5;
    pub(super) const TRACK_TYPE: u32 = 0x83;
    pub(super) const DEFAULT_DURATION: u32 = 0x23_e383;
    pub(super) const CODEC_ID: u32 = 0x86;
    pub(super) const VIDEO: u32 = 0xe0;
    pub(super) const PIXEL_WIDTH: u32 = 0xb0;
    pub(super) const PIXEL_HEIGHT: u32 = 0xba;
    pub(super) const AUDIO: u32 = 0xe1;
    pub(super) const SAMPLING_FREQUENCY: u32 = 0xb5;
    pub(super) const CHANNELS: u32 = 0x9f;
    pub(super) const BIT_DEPTH: u32 = 0x6264;
    pub(super) const CLUSTER: u32 = 0x1f43_b675;
    pub(super) const TIMESTAMP: u32 = 0xe7;
    pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
}

/// A stream of JPEG pictures at a constant rate and, where it is asked for, of mono sound with 16 bits a sample.
pub(crate) struct Stream<W> {
    pipe: W,
    frame_rate: u32,
    sound_rate: u32,
}

impl<W: Write> Stream<W> {
    /// Writes the beginning of the stream: `size` of the first picture in pixels, `frame_rate` in frames a second, the rate of
    /// the sound in Hz.
    ///
    /// # Errors
    /// Those of the pipe.
    pub(crate) fn begin(
        mut pipe: W,
        (width, height): (u32, u32),
        frame_rate: u32,
        sound_rate: Option<u32>,
    ) -> io::Result<Self> {
        let video = [number(id::PIXEL_WIDTH, width.into()), number(id::PIXEL_HEIGHT, height.into())].concat();
        let mut tracks = track(
            PICTURE,
            b"V_MJPEG",
            &[
                number(id::DEFAULT_DURATION, 1_000_000_000 / u64::from(frame_rate.max(1))),
                element(id::VIDEO, &video),
            ],
        );
        if let Some(rate) = sound_rate {
            let frequency = f64::from(rate).to_be_bytes();
            let audio = [
                element(id::SAMPLING_FREQUENCY, &frequency),
                number(id::CHANNELS, 1),
                number(id::BIT_DEPTH, 16),
            ];
            tracks.extend(track(SOUND, b"A_PCM/INT/LIT", &[element(id::AUDIO, &audio.concat())]));
        }
        let mut header = element(id::EBML, &element(id::DOC_TYPE, b"matroska"));
        header.extend(name(id::SEGMENT));
        header.extend(UNKNOWN_SIZE);
        header.extend(element(id::INFO, &number(id::TIMESTAMP_SCALE, TIMESTAMP_SCALE)));
        header.extend(element(id::TRACKS, &tracks));
        pipe.write_all(&header)?;
        Ok(Self { pipe, frame_rate, sound_rate: sound_rate.unwrap_or(1) })
    }

    /// Writes the picture of a place of the grid.
    ///
    /// # Errors
    /// Those of the pipe.
    pub(crate) fn picture(&mut self, place: u64, jpeg: &[u8]) -> io::Result<()> {
        self.block(PICTURE, milliseconds(place, self.frame_rate), jpeg)
    }

    /// Writes sound, the first sample of which is the one with this number.
    ///
    /// # Errors
    /// Those of the pipe.
    pub(crate) fn sound(&mut self, first: u64, samples: &[i16]) -> io::Result<()> {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        self.block(SOUND, milliseconds(first, self.sound_rate), &bytes)
    }

    fn block(&mut self, track: u8, at: u64, content: &[u8]) -> io::Result<()> {
        // The track's number as an EBML number, the time after the cluster's, the flags.
        let head = [0x80 | track, 0, 0, KEY_FRAME];
        let mut block = name(id::SIMPLE_BLOCK);
        block.extend(size(head.len() + content.len()));
        block.extend(head);
        let timestamp = number(id::TIMESTAMP, at);
        let mut cluster = name(id::CLUSTER);
        cluster.extend(size(timestamp.len() + block.len() + content.len()));
        cluster.extend(timestamp);
        cluster.extend(block);
        self.pipe.write_all(&cluster)?;
        self.pipe.write_all(content)
    }
}

/// When the one with this number comes, of so many a second.
fn milliseconds(number: u64, rate: u32) -> u64 {
    let rate = u64::from(rate.max(1));
    (number * 1000 + rate / 2) / rate
}

fn track(track: u8, codec: &[u8], rest: &[Vec<u8>]) -> Vec<u8> {
    let kind = if track == PICTURE { 1 } else { 2 };
    let mut entry = [
        number(id::TRACK_NUMBER, track.into()),
        number(id::TRACK_UID, track.into()),
        number(id::TRACK_TYPE, kind),
        element(id::CODEC_ID, codec),
    ]
    .concat();
    entry.extend(rest.concat());
    element(id::TRACK_ENTRY, &entry)
}

fn element(id: u32, content: &[u8]) -> Vec<u8> {
    let mut element = name(id);
    element.extend(size(content.len()));
    element.extend(content);
    element
}

fn number(id: u32, value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

/// An ID without the zeros before it: how long it is stands in its first byte.
fn name(id: u32) -> Vec<u8> {
    id.to_be_bytes().into_iter().skip_while(|&byte| byte == 0).collect()
}

/// A size in eight bytes, the first of which says so.
fn size(bytes: usize) -> [u8; 8] {
    (bytes as u64 | 1 << 56).to_be_bytes()
}
