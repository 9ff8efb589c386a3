//! The real window, used as a person uses it: on a screen of its own (Xvfb with a window manager), with real drags, keys and
//! pastes, against the Gemini test server and the small local model. `make test` brings what it needs.
//!
//! Each test has a throwaway home and ends everything it started. Pictures of the window land in
//! `target/e2e/screenshots/`, named after the test, the language and the theme.

#![cfg_attr(
    target_os = "linux",
    expect(
        clippy::unwrap_used,
        clippy::panic,
        reason = "everything here is a test: what goes wrong ends it"
    )
)]

#[cfg(target_os = "linux")]
mod harness {
    //! What the tests stand on: a desktop, the app on it, pictures, and sources to drag from.
    pub mod app;
    pub mod desktop;
    pub mod drag;
    pub mod network;
    pub mod pictures;
    pub mod server;
    pub mod tray;
    pub mod videos;
}

#[cfg(target_os = "linux")]
mod appearance;
#[cfg(target_os = "linux")]
mod attachments;
#[cfg(target_os = "linux")]
mod camera;
#[cfg(target_os = "linux")]
mod drops;
#[cfg(target_os = "linux")]
mod failures;
#[cfg(target_os = "linux")]
mod features;
#[cfg(target_os = "linux")]
mod gemini;
#[cfg(target_os = "linux")]
mod keys;
#[cfg(target_os = "linux")]
mod leaving;
#[cfg(target_os = "linux")]
mod local;
#[cfg(target_os = "linux")]
mod ready;
#[cfg(target_os = "linux")]
mod recovery;
#[cfg(target_os = "linux")]
mod screen;
#[cfg(target_os = "linux")]
mod self_test;
#[cfg(target_os = "linux")]
mod senses;
#[cfg(target_os = "linux")]
mod speaking;
#[cfg(target_os = "linux")]
mod typing;
#[cfg(target_os = "linux")]
mod videos;
#[cfg(target_os = "linux")]
mod voice;
