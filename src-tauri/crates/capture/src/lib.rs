//! Records a microphone to a file as it happens, and finds when somebody speaks. Plays sound, and takes it out of what is
//! recorded. Takes pictures of the [`screen`].
//!
//! # How it works
//! The system calls back with sound on a thread of its own ([`cpal`]), which mixes it to one channel and puts it into a
//! ring ([`rtrb`]): no file, no lock, nothing to wait for. A second thread takes it out, measures it, looks for speech
//! ([`earshot`]), writes it to the file and reports what happens. The file is a good WAV file after every second, and
//! [`repair()`] makes one of it after a crash in between.
//!
//! On Linux cpal speaks the protocol of PulseAudio and PipeWire itself, and falls back to ALSA where neither runs. The
//! `pulseaudio` feature is pure Rust; ALSA's own library has to be there to build.
//!
//! # What is recorded
//! One channel of 16 bits at the device's own rate, at most 48 kHz. Of a device with more channels the first two are
//! mixed: the others of a studio's interface usually have nothing plugged in.
//!
//! # In a conversation
//! The microphone stays open while Castor speaks, so that a person can interrupt. A [`Speaker`] tells an [`OwnVoice`] what
//! it hands to the device; a [`Recorder`] that has the same one takes the echo of that out of what it hears, before it
//! looks for speech, and records at [`SPEECH_RATE`].

mod cookie;
mod devices;
mod echo;
mod error;
mod level;
mod microphone;
mod own_voice;
mod played;
mod recorder;
mod repair;
mod residue;
pub mod screen;
mod speaker;
mod take;
mod voice;

pub use devices::{Device, devices};
pub use error::CaptureError;
pub use own_voice::OwnVoice;
pub use recorder::{Options, Recorder};
pub use repair::repair;
pub use speaker::{Played, Speaker, SpeakerError};
pub use take::{Ended, Event, ListenOptions, Recorded, Speech};

/// The rate of [`Event::Sound`], in Hz: what speech recognisers take.
pub const SPEECH_RATE: u32 = 16_000;
