//! Reads videos and writes clips: what a file is, its frames at exact times, a handful of frames that together show what
//! happens, its sound for a recogniser; clips of H.264 and AAC from a camera's or a screen's frames; cameras where the web
//! view has none.
//!
//! # With FFmpeg, as a program of its own
//! [`Tools`] runs `ffmpeg` and `ffprobe`. They are never linked:
//! - FFmpeg reads what people have. Nothing written in Rust reads H.265, MPEG-4 part 2 or WMV, and what there is for
//!   H.264 and VP9 needs a C library or is young.
//! - Debian's build is under the GPL, through libx264, and its libraries' interfaces change with every release. A program
//!   that is started needs neither the licence nor the release.
//! - GStreamer's bindings that share Tauri's `glib` 0.18 date from 2023, and what its plugins can read differs from one
//!   machine to the next.
//! - A hostile file can crash, fill or stall the child, which Castor ends; it never has Castor's memory before it.
//! - It is one program with one command line on Linux, macOS and Windows.
//!
//! # What a file may do
//! It is opened with its protocol named and with a list of formats, none of which opens other files: a playlist is refused
//! by its content, whatever its name, before an address in it is looked at. Frames of more than 16 384 pixels a side or
//! 2^28 in all are refused from the header. Every child is ended when it delivers nothing for 30 seconds, when the caller
//! cancels (within 200 ms) and when its value is dropped.
//!
//! # Memory
//! Frames and sound come through a pipe of a few blocks, one after the other, so the length of a video does not matter.
//! Frames of which only some will be chosen wait in a temporary file of bounded size. FFmpeg decodes with two threads, with up to
//! four where much is decoded; each holds a few frames.
//!
//! Everything blocks and belongs on a thread for blocking work. Times are from the beginning of the file, as players show
//! them, whatever number its first time stamp has.

mod camera;
mod child;
mod clip;
mod error;
mod frame;
mod orientation;
mod picture;
mod probe;
mod sample;
mod scenes;
mod sound;
mod store;
mod thumb;
mod tools;

pub use camera::{Camera, CameraStream, cameras};
pub use clip::{Clip, ClipEncoder, ClipOptions, ClipWriter, FrameTaken, recover};
pub use error::VideoError;
pub use frame::Frame;
pub use probe::{SoundInfo, VideoInfo};
pub use sample::SampleOptions;
pub use sound::SoundTrack;
pub use tools::Tools;
