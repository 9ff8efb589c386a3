//! Why nothing is spoken.

/// Why nothing is spoken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VoiceError {
    /// There is no voice of this kind on this computer.
    #[error("there is no voice on this computer")]
    Missing,
    /// A file of the voice is damaged or another's.
    #[error("the voice cannot be used: {0}")]
    Unusable(String),
    /// It failed while it spoke.
    #[error("the voice failed: {0}")]
    Failed(String),
}
