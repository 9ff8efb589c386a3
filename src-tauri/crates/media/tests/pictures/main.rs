//! Pictures made on the spot and real ones from `target/test-media`, through the crate's public interface.

#[cfg(test)]
mod budget;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod maker;
#[cfg(test)]
mod real;
#[cfg(test)]
mod redaction;
#[cfg(test)]
mod reduced;
