//! The recorder with real sound, in real time: a private PulseAudio server is the microphone.
//!
//! A program finds its sound server by its environment, which a test cannot change for itself. So each test starts this
//! program again for the one test, with the environment of its own server.

#![cfg(target_os = "linux")]

#[cfg(test)]
mod conversation;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod listening;
#[cfg(test)]
mod recording;
#[cfg(test)]
mod signal;
#[cfg(test)]
mod speaker;
