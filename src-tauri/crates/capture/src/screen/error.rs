//! What can go wrong with a picture of the screen.

/// Why there is no picture of the screen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScreenError {
    /// No X server can be reached: `DISPLAY` is not set or wrong, or the server refuses this program. Elsewhere: no monitor.
    #[error("there is no screen to take a picture of")]
    NoDisplay,
    /// No session bus, no portal on it, or one whose desktop cannot take pictures.
    #[error("this desktop offers programs no pictures of its screen")]
    NoPortal,
    /// The person or the system does not allow it: the portal refused or its dialog could not be shown, macOS's privacy
    /// settings.
    #[error("this program may not take pictures of the screen")]
    Denied,
    /// The window was closed or hidden, or the monitor switched off, since it was listed.
    #[error("the window or the monitor is not there any more")]
    Gone,
    /// What was asked for is no id of a [`Source`](super::Source).
    #[error("there is no such screen or window")]
    UnknownSource,
    /// A region with nothing of the picture in it.
    #[error("nothing of the picture lies in the chosen region")]
    Empty,
    /// The way the screen's pixels are stored is none that this crate reads. Under Wayland from
    /// [`capture`](super::capture()): only the portal takes pictures there.
    #[error("pictures of this screen cannot be taken: {0}")]
    Unsupported(String),
    /// The portal did not answer in time, or the person did not.
    #[error("the desktop did not answer")]
    NoAnswer,
    /// Anything else the system says, in its words.
    #[error("the picture of the screen failed: {0}")]
    Failed(String),
}

impl ScreenError {
    /// For what has no meaning of its own here.
    pub(super) fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}
