//! The picture of one window.

use super::{Grabbed, Rect, ScreenError, Screens};
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::ErrorKind;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{ConnectionExt as _, GetImageReply, MapState, Window};
use x11rb::rust_connection::RustConnection;

/// How often a picture is tried of a window that is being moved or made larger just then.
const TRIES: usize = 4;
/// How long a program has to begin painting what was covered. Toolkits do it with the next frame.
const FIRST_LOOK: Duration = Duration::from_millis(150);
/// From one look to the next, until two are the same.
const NEXT_LOOK: Duration = Duration::from_millis(60);
/// When a window that changes all the time, such as a film, is taken as it is.
const LAST_LOOK: Duration = Duration::from_millis(600);

/// A window that the server keeps whole while this lives.
struct Redirected<'a> {
    connection: &'a RustConnection,
    window: Window,
}

impl Drop for Redirected<'_> {
    fn drop(&mut self) {
        // A window that is gone, or a server, needs no undoing.
        if self.connection.composite_unredirect_window(self.window, Redirect::AUTOMATIC).is_ok() {
            let _ = self.connection.flush();
        }
    }
}

impl Screens {
    /// The pixels of a window; see [`Screens::capture`].
    pub(super) fn window(&self, window: Window) -> Result<Grabbed, ScreenError> {
        for _ in 0..TRIES {
            match self.try_window(window) {
                Ok(Some(grabbed)) => return Ok(grabbed),
                // It moved between two questions.
                Ok(None) => {}
                Err(error) => return Err(error),
            }
        }
        Err(ScreenError::Failed("the window does not hold still".into()))
    }

    /// Has the server keep a window whole, also where others cover it, for as long as this is connected. Does nothing where it
    /// cannot, or where a compositor has it do so anyway.
    pub(super) fn keep_whole(&mut self, window: Window) -> Result<(), ScreenError> {
        if self.can_redirect && !self.has_compositor()? {
            // That the window was closed just now is found with the first picture.
            self.connection.composite_redirect_window(window, Redirect::AUTOMATIC)?;
            self.connection.flush()?;
            self.whole = Some(window);
        }
        Ok(())
    }

    fn try_window(&self, window: Window) -> Result<Option<Grabbed>, ScreenError> {
        let attributes = self.connection.get_window_attributes(window)?.reply().map_err(gone)?;
        if attributes.map_state != MapState::VIEWABLE {
            return Err(ScreenError::Gone);
        }
        let placed = self.place(window).map_err(gone)?.ok_or(ScreenError::Gone)?;
        let blended = self.has_compositor()?;
        // Under a compositor the server has the pixels of every window, seen or not.
        if blended || self.whole == Some(window) || !self.is_partly_hidden(window, placed.on_desktop)? {
            return unless_moved(self.image(window, placed.inside), placed.on_desktop, blended);
        }
        if self.can_redirect {
            self.connection.composite_redirect_window(window, Redirect::AUTOMATIC)?;
            let _redirected = Redirected { connection: &self.connection, window };
            return unless_moved(self.settled(window, placed.inside), placed.on_desktop, blended);
        }
        // Of the root: servers black out in a window what lies over it.
        let seen = placed.on_desktop.intersection(self.desktop).ok_or(ScreenError::Gone)?;
        unless_moved(self.image(self.root, seen), seen, false)
    }

    /// The pixels once the program has painted what was covered, which it is not said to have done.
    fn settled(&self, window: Window, area: Rect) -> Result<GetImageReply, ReplyError> {
        let began = Instant::now();
        self.connection.flush()?;
        std::thread::sleep(FIRST_LOOK);
        let mut image = self.image(window, area)?;
        while began.elapsed() < LAST_LOOK {
            std::thread::sleep(NEXT_LOOK);
            let next = self.image(window, area)?;
            if next.data == image.data {
                break;
            }
            image = next;
        }
        Ok(image)
    }

    /// By the selection that a compositor owns (Extended Window Manager Hints).
    fn has_compositor(&self) -> Result<bool, ScreenError> {
        let name = format!("_NET_WM_CM_S{}", self.screen);
        let selection = self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom;
        Ok(self.connection.get_selection_owner(selection)?.reply()?.owner != x11rb::NONE)
    }

    /// Whether something lies over the window, or it lies partly outside of the desktop.
    fn is_partly_hidden(&self, window: Window, place: Rect) -> Result<bool, ScreenError> {
        if place.intersection(self.desktop) != Some(place) {
            return Ok(true);
        }
        // The child of the root that holds the window: the frame the window manager put it in.
        let mut frame = window;
        loop {
            let parent = self.connection.query_tree(frame)?.reply().map_err(gone)?.parent;
            if parent == self.root || parent == x11rb::NONE {
                break;
            }
            frame = parent;
        }
        let stack = self.connection.query_tree(self.root)?.reply()?.children;
        let above: Vec<_> = stack
            .into_iter()
            .skip_while(|other| *other != frame)
            .skip(1)
            .map(|other| {
                let attributes = self.connection.get_window_attributes(other)?;
                Ok((attributes, self.connection.get_geometry(other)?))
            })
            .collect::<Result<_, ReplyError>>()?;
        for (attributes, geometry) in above {
            // What went away meanwhile covers nothing.
            let (Ok(attributes), Ok(geometry)) = (attributes.reply(), geometry.reply()) else { continue };
            let border = 2 * u32::from(geometry.border_width);
            let area = Rect {
                x: geometry.x.into(),
                y: geometry.y.into(),
                width: u32::from(geometry.width) + border,
                height: u32::from(geometry.height) + border,
            };
            if attributes.map_state == MapState::VIEWABLE && area.intersection(place).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What was sent, or nothing where the window no longer was as large or where it was thought to be.
fn unless_moved(
    image: Result<GetImageReply, ReplyError>,
    place: Rect,
    on_white: bool,
) -> Result<Option<Grabbed>, ScreenError> {
    match image {
        Ok(image) => Ok(Some(Grabbed { image, place, on_white })),
        Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Match => Ok(None),
        Err(error) => Err(gone(error)),
    }
}

/// A window the server no longer knows.
fn gone(error: ReplyError) -> ScreenError {
    match error {
        ReplyError::X11Error(_) => ScreenError::Gone,
        ReplyError::ConnectionError(error) => error.into(),
    }
}
