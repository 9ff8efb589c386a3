//! One monitor or window that is looked at again and again.

use super::{Grabbed, Id, ScreenError, Screens, Shot, desktop, parse};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// Looks at a monitor or a window again and again: a look costs far less than a picture, and tells whether one is worth it. A
/// window that others cover is kept whole by the server meanwhile, so that its program need not paint anew for each look.
#[derive(Debug)]
pub struct View {
    screens: Screens,
    id: Id,
    prints: RandomState,
    /// What it looked like last, and the number for that.
    last: Option<(Grabbed, u64)>,
}

impl View {
    /// Of one of the [`Screens::sources`]. Whether it is still there is found at the first look.
    ///
    /// # Errors
    /// [`ScreenError::UnknownSource`], [`ScreenError::Failed`].
    pub fn new(mut screens: Screens, id: &str) -> Result<Self, ScreenError> {
        let id = parse(id)?;
        if let Id::Window(window) = id {
            screens.keep_whole(window)?;
        }
        Ok(Self { screens, id, prints: RandomState::new(), last: None })
    }

    /// A number for what it looks like now: the same one for this view whenever it looks the same, whatever came in between.
    ///
    /// # Errors
    /// Those of [`Screens::capture`]. A later look may succeed again: a window that was hidden can be shown again.
    pub fn look(&mut self) -> Result<u64, ScreenError> {
        let last = self.last.take();
        self.screens.desktop = desktop(&self.screens.connection, self.screens.root)?;
        let grabbed = self.screens.grab(&self.id)?;
        let print = match last {
            // Comparing is quicker than counting up all pixels again.
            Some((last, print)) if last.looks_like(&grabbed) => print,
            _ => grabbed.print(&self.prints),
        };
        self.last = Some((grabbed, print));
        Ok(print)
    }

    /// A picture of what it looked like at the last look.
    ///
    /// # Errors
    /// [`ScreenError::Gone`] where that saw nothing, [`ScreenError::Unsupported`], [`ScreenError::Failed`].
    pub fn picture(&self) -> Result<Shot, ScreenError> {
        let (grabbed, _) = self.last.as_ref().ok_or(ScreenError::Gone)?;
        self.screens.shot(grabbed)
    }
}

impl Grabbed {
    /// What else than the pixels makes a picture of it, wherever it is on the desktop.
    fn kind(&self) -> (u32, u32, u32, u8, bool) {
        (self.place.width, self.place.height, self.image.visual, self.image.depth, self.on_white)
    }

    fn looks_like(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.image.data == other.image.data
    }

    fn print(&self, prints: &RandomState) -> u64 {
        let mut print = prints.build_hasher();
        print.write_u64(prints.hash_one(self.kind()));
        print.write(&self.image.data);
        print.finish()
    }
}

impl std::fmt::Debug for Grabbed {
    /// Leaves the pixels out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Grabbed").field("place", &self.place).finish_non_exhaustive()
    }
}
