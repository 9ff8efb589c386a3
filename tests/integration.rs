//! One binary for everything that crosses crates: the workspace's own shape, its packaging, and the command line.
#![expect(clippy::unwrap_used, reason = "a test whose helper fails has failed")]

#[path = "integration/cli.rs"]
mod cli;
#[path = "integration/dependencies.rs"]
mod dependencies;
#[path = "integration/doctor.rs"]
mod doctor;
#[path = "integration/features.rs"]
mod features;
#[path = "integration/packaging.rs"]
mod packaging;
#[path = "integration/videos.rs"]
mod videos;
