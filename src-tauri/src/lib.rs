//! Castor's shell: it wires the two minds, the history and the senses together, and shows them as a window
//! ([`window`]) and as a command line ([`cli`]).
//!
//! Only [`window`], [`commands`] and [`bindings`] know Tauri; the command line runs without a display.

pub mod bindings;
pub mod cameras;
pub mod cli;
pub mod clips;
pub mod commands;
pub mod doctor;
pub mod error;
pub mod intake;
pub mod keys;
pub mod screens;
pub mod secrecy;
pub mod settings;
pub mod speaking;
pub mod spending;
pub mod state;
pub mod subtitles;
mod uploads;
pub mod videos;
pub mod voice;
pub mod window;
