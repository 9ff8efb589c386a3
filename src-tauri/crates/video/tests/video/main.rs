//! Videos made on the spot with FFmpeg and real ones from `target/test-media`, through the crate's public interface.

#[cfg(test)]
mod maker;
#[cfg(test)]
mod probing;
#[cfg(test)]
mod sampling;
