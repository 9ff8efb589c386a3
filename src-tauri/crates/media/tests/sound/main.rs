//! Recordings made on the spot and real ones from `target/test-media`, through the crate's public interface.

#[cfg(test)]
mod damaged;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod identified;
#[cfg(test)]
mod maker;
#[cfg(test)]
mod resampling;
#[cfg(test)]
mod sending;
#[cfg(test)]
mod shape;
#[cfg(test)]
mod writing;
