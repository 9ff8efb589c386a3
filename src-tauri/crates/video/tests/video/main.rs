//! Videos made on the spot with FFmpeg and real ones from `target/test-media`, through the crate's public interface.

#[cfg(test)]
mod clips;
#[cfg(test)]
mod hearing;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod lying;
#[cfg(test)]
mod maker;
#[cfg(target_os = "linux")]
#[cfg(test)]
mod orphans;
#[cfg(test)]
mod probing;
#[cfg(test)]
mod sampling;
