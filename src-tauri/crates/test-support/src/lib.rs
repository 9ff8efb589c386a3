//! What the tests of all crates share: a faithful Gemini server, pages whose text is known, a microphone that hears what
//! it is told, tests in another environment, minds that follow a script and profiles that vanish afterwards.

pub mod again;
pub mod gemini_server;
pub mod microphone;
pub mod pages;
mod profile;
mod scripted_provider;

pub use gemini_server::GeminiServer;
pub use profile::ThrowawayProfile;
pub use scripted_provider::{ScriptedProvider, Step};
