//! What the tests of all crates share: minds that follow a script and profiles that vanish afterwards.

mod profile;
mod scripted_provider;

pub use profile::ThrowawayProfile;
pub use scripted_provider::{ScriptedProvider, Step};
