//! Pictures of the screen, of one window, or of a part of them, at full resolution. Everything here blocks.
//!
//! # How pictures are taken
//! - Linux under X11: by the X protocol itself ([`x11rb`]), which gives the pixels as they are. See [`Screens`].
//! - Linux under Wayland: programs do not see the screen there. The desktop takes the picture, by the portal that sandboxed
//!   programs use, and may let the person choose what is on it: [`portal_shot()`]. What runs under XWayland would see black.
//! - macOS and Windows: with [`xcap`](https://docs.rs/xcap).
//!
//! The pointer is in none of them, but where a portal puts it in.

mod error;
#[cfg(not(target_os = "linux"))]
mod native;
#[cfg(target_os = "linux")]
mod portal;
mod rect;
#[cfg(target_os = "linux")]
mod session;
mod shot;
#[cfg(target_os = "linux")]
mod x11;

pub use error::ScreenError;
#[cfg(not(target_os = "linux"))]
pub use native::{View, capture, monitor_at_pointer, portal_shot, sources, view};
#[cfg(target_os = "linux")]
pub use portal::Portal;
#[cfg(target_os = "linux")]
pub use session::{capture, monitor_at_pointer, portal_shot, sources, view};
pub use shot::Shot;
#[cfg(target_os = "linux")]
pub use x11::{Screens, View};

/// What pictures can be taken of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sources {
    /// The monitors, then the windows, topmost first. Minimised windows, those of other workspaces and this program's own
    /// are left out. Empty under Wayland.
    pub sources: Vec<Source>,
    /// Whether pictures come from the desktop's portal instead: then ask [`portal_shot()`]. Only under Wayland.
    pub portal: bool,
}

/// A monitor or a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What [`capture()`] knows it by: `screen:0`, `window:0x3a00007`. Good until the desktop changes.
    pub id: String,
    /// Which of both.
    pub kind: SourceKind,
    /// What people know it by: the monitor's connector (`HDMI-1`) or the window's title.
    pub name: String,
    /// The program a window belongs to, e.g. `firefox`. None for monitors.
    pub app: Option<String>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Left edge on the desktop, in pixels.
    pub x: i32,
    /// Upper edge on the desktop, in pixels.
    pub y: i32,
    /// Whether it is the main monitor. One is, where there is any.
    pub primary: bool,
}

/// Which kind of thing a [`Source`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A whole monitor.
    Screen,
    /// One window, without the frame the desktop draws around it.
    Window,
}

/// As [`capture()`], made smaller so that the longer side has at most `longest_edge` pixels. For previews.
///
/// # Errors
/// As for [`capture()`].
pub fn capture_scaled(id: &str, longest_edge: u32) -> Result<Shot, ScreenError> {
    capture(id)?.scaled(longest_edge)
}
