//! The senses of this computer, as the rest of Castor sees them: a picture in, notes out.

use crate::{ModelState, PictureNotes};

/// A decoded picture, upright.
#[derive(Clone, PartialEq)]
pub struct Pixels {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Rows from the top, three bytes of sRGB each pixel; transparent pictures stand on white.
    pub rgb: Vec<u8>,
}

impl std::fmt::Debug for Pixels {
    /// Leaves the pixels out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Pixels({}x{})", self.width, self.height)
    }
}

/// Reads pictures. Blocking: it computes on the caller's thread and on its own.
pub trait Senses: Send + Sync {
    /// Whether the recognisers are here: [`ModelState::Ready`] or [`ModelState::NotFetched`].
    fn state(&self) -> ModelState;

    /// Names the way notes are made, in lower-case letters, digits and `-`. Notes made another way are made again.
    fn version(&self) -> String;

    /// Notes of one picture. `progress` is told a fraction from 0 to 1 now and then; `is_cancelled` is asked at least
    /// twice a second.
    ///
    /// # Errors
    /// [`SensesError`]; a picture with nothing in it is not an error.
    fn read(
        &self,
        picture: &Pixels,
        progress: &(dyn Fn(f32) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<PictureNotes, SensesError>;
}

/// Why there are no notes, or no transcript.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SensesError {
    /// The recognisers must be fetched first.
    #[error("the recognisers are not here")]
    Missing,
    /// It was cancelled.
    #[error("it was stopped")]
    Cancelled,
    /// A recogniser's file is damaged, a recogniser failed, or the sound could not be read on.
    #[error("recognition failed: {0}")]
    Failed(String),
}
