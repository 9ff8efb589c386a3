//! Sound: reads files of any common format block by block, changes their rate, draws them, and writes FLAC and WAV.
//! Memory stays the same however long a recording is. The only part of this crate that reads and writes files itself,
//! because hours of sound do not fit into memory.
//!
//! # What it reads, and with what
//! - WAV, AIFF, CAF, MP3 (and MP1, MP2), AAC, MP4 (AAC-LC, ALAC), FLAC, Ogg (Vorbis, FLAC, Opus), WebM and Matroska with
//!   `symphonia`: pure Rust, no system library.
//! - Opus, which symphonia lacks, with `opus-decoder`: pure Rust without unsafe code, and it passes the test vectors of
//!   RFC 8251. The wrappers of libopus that build it from source want CMake.
//! - Changes of rate with `rubato`'s FFT resampler: band-limited, and a fixed ratio is all that is needed here.
//! - FLAC is written with `flacenc`, frame by frame, and WAV with `hound`.
//!
//! # What damaged files give
//! Frames that cannot be decoded are left out, and a file that is cut off gives what it has. Only a file that gives
//! nothing at all is an error. Decoders that panic are caught, as for pictures.
//!
//! Not decoded: HE-AAC (only its core of half the rate is heard), WMA, AMR, AC-3. A CAF or MP4 file that lost the end its
//! header counts on is not read. The encoder's delay is taken off where the container states it in a way symphonia reads
//! (Ogg, MP3 with a LAME header, Opus everywhere), not in MP4, where about 25 ms of silence lead.

mod codec;
mod error;
mod flac;
mod mix;
mod opus;
mod reader;
mod resample;
mod send;
mod stream;
mod waveform;
mod writer;

pub use error::SoundError;
pub use reader::SoundReader;
pub use resample::{MAX_RATE, MIN_RATE, Resampler};
pub use send::{Sent, convertible, for_sending};
pub use stream::SoundStream;
pub use waveform::{Waveform, waveform};
pub use writer::{SoundFormat, SoundWriter};
