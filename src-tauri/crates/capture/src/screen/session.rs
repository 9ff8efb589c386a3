//! Which way of taking pictures the session has: X11 or the portal.

use super::{Portal, ScreenError, Screens, Shot, Source, Sources, View};
use std::ffi::OsStr;

/// What pictures can be taken of now.
///
/// # Errors
/// [`ScreenError::NoDisplay`], [`ScreenError::Denied`] or [`ScreenError::Failed`].
pub fn sources() -> Result<Sources, ScreenError> {
    if under_wayland() {
        return Ok(Sources { sources: Vec::new(), portal: Portal::session().takes_pictures() });
    }
    Screens::connect(None)?.sources()
}

/// Takes a picture of a monitor or a window, pixel by pixel as it is shown.
///
/// # Errors
/// [`ScreenError::UnknownSource`], [`ScreenError::Gone`], [`ScreenError::Unsupported`], and those of [`sources()`].
pub fn capture(id: &str) -> Result<Shot, ScreenError> {
    screens()?.capture(id)
}

/// Begins to look at a monitor or a window again and again.
///
/// # Errors
/// [`ScreenError::UnknownSource`], [`ScreenError::Unsupported`] under Wayland, and those of [`sources()`].
pub fn view(id: &str) -> Result<View, ScreenError> {
    View::new(screens()?, id)
}

/// The monitor that has the pointer. On macOS and Windows the main one: the pointer cannot be asked for there without unsafe
/// code; the shell knows where it is.
///
/// # Errors
/// [`ScreenError::Unsupported`] under Wayland, and those of [`sources()`].
pub fn monitor_at_pointer() -> Result<Source, ScreenError> {
    screens()?.monitor_at_pointer()
}

/// Has the desktop take a picture, and returns its file: a PNG. `interactive` lets the person choose what is on it, in the
/// desktop's own dialog; otherwise it is of everything, and the desktop may ask whether that is allowed. `None` when the
/// person cancelled. See [`Portal::shot`].
///
/// # Errors
/// [`ScreenError::NoPortal`], [`ScreenError::Denied`], [`ScreenError::NoAnswer`] after two minutes, [`ScreenError::Failed`].
pub fn portal_shot(interactive: bool) -> Result<Option<Vec<u8>>, ScreenError> {
    Portal::session().shot(interactive)
}

fn screens() -> Result<Screens, ScreenError> {
    if under_wayland() {
        return Err(ScreenError::Unsupported("under Wayland the desktop's portal takes them".into()));
    }
    Screens::connect(None)
}

fn under_wayland() -> bool {
    is_wayland(
        std::env::var_os("WAYLAND_DISPLAY").as_deref(),
        std::env::var_os("XDG_SESSION_TYPE").as_deref(),
    )
}

/// By `WAYLAND_DISPLAY` and `XDG_SESSION_TYPE`. Either is enough: a compositor that was started by hand sets only the first,
/// and a program that was made to use XWayland may have lost it.
fn is_wayland(display: Option<&OsStr>, session: Option<&OsStr>) -> bool {
    display.is_some_and(|display| !display.is_empty())
        || session.is_some_and(|session| session.eq_ignore_ascii_case("wayland"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_variable_tells_of_wayland() {
        let wayland = |display: Option<&str>, session: Option<&str>| {
            is_wayland(display.map(OsStr::new), session.map(OsStr::new))
        };
        assert!(wayland(Some("wayland-0"), None));
        assert!(wayland(None, Some("wayland")));
        assert!(wayland(Some("wayland-1"), Some("tty")));
        assert!(!wayland(None, None));
        assert!(!wayland(Some(""), Some("x11")));
        assert!(!wayland(None, Some("tty")));
    }
}
