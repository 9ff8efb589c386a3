//! Monitors and windows of an X server, and pictures of them.
//!
//! What is asked: RandR 1.5 for monitors, the properties that the window manager keeps for windows (Extended Window Manager
//! Hints), `GetImage` for pixels, the Composite extension for windows under others.

mod list;
mod monitors;
mod pixels;
mod view;
mod window;

pub use view::View;

use super::rect::Rect;
use super::{ScreenError, Shot, Source, SourceKind, Sources};
use pixels::Layout;
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::errors::{ConnectError, ConnectionError, ReplyError};
use x11rb::protocol::composite;
use x11rb::protocol::xproto::{ConnectionExt as _, GetImageReply, ImageFormat, Setup, Window};
use x11rb::rust_connection::RustConnection;

x11rb::atom_manager! {
    /// What properties of windows are called.
    Atoms: AtomsCookie {
        UTF8_STRING,
        _GTK_FRAME_EXTENTS,
        _NET_CLIENT_LIST,
        _NET_CLIENT_LIST_STACKING,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_STATE,
        _NET_WM_STATE_HIDDEN,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
    }
}

/// A connection to an X server. Blocking; closed when it is dropped.
pub struct Screens {
    connection: RustConnection,
    /// Which of the server's screens; nearly always the only one.
    screen: usize,
    root: Window,
    /// The whole desktop.
    desktop: Rect,
    atoms: Atoms,
    can_redirect: bool,
    /// The window that the server keeps whole for as long as this is connected.
    whole: Option<Window>,
    scale: Option<f64>,
}

/// What the server sent of a monitor or a window.
struct Grabbed {
    image: GetImageReply,
    /// Its place on the desktop.
    place: Rect,
    /// Whether what is transparent is laid on white.
    on_white: bool,
}

impl std::fmt::Debug for Screens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Screens").field("desktop", &self.desktop).finish_non_exhaustive()
    }
}

impl Screens {
    /// Connects to a display such as `:0`, or to that of the environment.
    ///
    /// # Errors
    /// [`ScreenError::NoDisplay`]; [`ScreenError::Failed`] where the server breaks off.
    pub fn connect(display: Option<&str>) -> Result<Self, ScreenError> {
        let (connection, screen) = x11rb::connect(display)?;
        let root = connection.setup().roots.get(screen).ok_or(ScreenError::NoDisplay)?.root;
        let atoms = Atoms::new(&connection)?.reply()?;
        let desktop = desktop(&connection, root)?;
        let can_redirect = connection.extension_information(composite::X11_EXTENSION_NAME)?.is_some();
        if can_redirect {
            use composite::ConnectionExt as _;
            // The extension answers nothing else before it is told the version.
            connection.composite_query_version(0, 4)?.reply()?;
        }
        let scale = scale(&connection)?;
        Ok(Self { connection, screen, root, desktop, atoms, can_redirect, whole: None, scale })
    }

    /// The monitors, and the windows that are shown.
    ///
    /// # Errors
    /// [`ScreenError::Failed`].
    pub fn sources(&self) -> Result<Sources, ScreenError> {
        let mut sources = self.monitors()?;
        sources.extend(self.windows()?);
        Ok(Sources { sources, portal: false })
    }

    /// Takes a picture of one of the [`Screens::sources`]. A window is taken whole also where others cover it, if the server
    /// has the Composite extension; if not, as it is seen. Where no compositor runs, a covered window is first made to paint
    /// what is hidden, which takes a few tenths of a second.
    ///
    /// # Errors
    /// [`ScreenError::UnknownSource`], [`ScreenError::Gone`], [`ScreenError::Unsupported`], [`ScreenError::Failed`].
    pub fn capture(&self, id: &str) -> Result<Shot, ScreenError> {
        self.shot(&self.grab(&parse(id)?)?)
    }

    /// As [`Screens::capture`], made smaller so that the longer side has at most `longest_edge` pixels.
    ///
    /// # Errors
    /// As for [`Screens::capture`].
    pub fn capture_scaled(&self, id: &str, longest_edge: u32) -> Result<Shot, ScreenError> {
        self.capture(id)?.scaled(longest_edge)
    }

    /// The monitor that has the pointer, or the main one.
    ///
    /// # Errors
    /// [`ScreenError::NoDisplay`] without any monitor, [`ScreenError::Failed`].
    pub fn monitor_at_pointer(&self) -> Result<Source, ScreenError> {
        let pointer = self.connection.query_pointer(self.root)?.reply()?;
        let monitors = self.monitors()?;
        let has_pointer = |monitor: &&Source| {
            let area = Rect { x: monitor.x, y: monitor.y, width: monitor.width, height: monitor.height };
            pointer.same_screen && area.contains(pointer.root_x.into(), pointer.root_y.into())
        };
        let found = monitors.iter().find(has_pointer).or_else(|| monitors.iter().find(|found| found.primary));
        found.cloned().ok_or(ScreenError::NoDisplay)
    }

    fn setup(&self) -> &Setup {
        self.connection.setup()
    }

    /// The pixels of a part of a window, `area` counted from the window's own corner.
    fn image(&self, window: Window, area: Rect) -> Result<GetImageReply, ReplyError> {
        let (x, y, width, height) = (area.x as i16, area.y as i16, area.width as u16, area.height as u16);
        self.connection.get_image(ImageFormat::Z_PIXMAP, window, x, y, width, height, u32::MAX)?.reply()
    }

    fn grab(&self, id: &Id) -> Result<Grabbed, ScreenError> {
        match *id {
            Id::Monitor(index) => {
                let monitor = self.monitors()?.into_iter().nth(index).ok_or(ScreenError::Gone)?;
                let Source { x, y, width, height, .. } = monitor;
                let place =
                    Rect { x, y, width, height }.intersection(self.desktop).ok_or(ScreenError::Gone)?;
                Ok(Grabbed { image: self.image(self.root, place)?, place, on_white: false })
            }
            Id::Window(window) => self.window(window),
        }
    }

    /// Makes a picture of what the server sent.
    fn shot(&self, grabbed: &Grabbed) -> Result<Shot, ScreenError> {
        let Grabbed { image, place: Rect { x, y, width, height }, on_white } = grabbed;
        let layout = Layout::of(self.setup(), image.visual, image.depth)?;
        let rgb = layout.to_rgb(*width, *height, &image.data, *on_white)?;
        Ok(Shot { width: *width, height: *height, rgb, scale: self.scale, x: *x, y: *y })
    }
}

/// How large the desktop is now. The server's own description of it is from its start; a monitor may have come since.
fn desktop(connection: &RustConnection, root: Window) -> Result<Rect, ReplyError> {
    let size = connection.get_geometry(root)?.reply()?;
    Ok(Rect { x: 0, y: 0, width: size.width.into(), height: size.height.into() })
}

/// What an id names.
#[derive(Debug, PartialEq)]
enum Id {
    /// By its place in the list.
    Monitor(usize),
    Window(Window),
}

fn parse(id: &str) -> Result<Id, ScreenError> {
    let number = |digits: &str, radix| {
        // A sign would be taken as well.
        digits
            .bytes()
            .all(|digit| digit.is_ascii_hexdigit())
            .then(|| u32::from_str_radix(digits, radix).ok())?
    };
    match id.split_once(':') {
        Some(("screen", index)) => number(index, 10).map(|index| Id::Monitor(index as usize)),
        Some(("window", window)) => {
            window.strip_prefix("0x").and_then(|digits| number(digits, 16)).map(Id::Window)
        }
        _ => None,
    }
    .ok_or(ScreenError::UnknownSource)
}

/// Desktops say how large they show everything in the resource `Xft.dpi`: 96 is once, 192 twice.
fn scale(connection: &RustConnection) -> Result<Option<f64>, ReplyError> {
    let resources = x11rb::resource_manager::new_from_resource_manager(connection)?;
    let dots: Option<f64> = resources.and_then(|resources| resources.get_value("Xft.dpi", "").ok().flatten());
    Ok(dots.filter(|dots| dots.is_finite() && *dots > 0.0).map(|dots| dots / 96.0))
}

impl From<ConnectError> for ScreenError {
    fn from(error: ConnectError) -> Self {
        tracing::debug!(%error, "no connection to an X server");
        Self::NoDisplay
    }
}

impl From<ConnectionError> for ScreenError {
    fn from(error: ConnectionError) -> Self {
        Self::failed(error)
    }
}

impl From<ReplyError> for ScreenError {
    fn from(error: ReplyError) -> Self {
        Self::failed(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_ids_are_taken() {
        assert_eq!(parse("screen:1").unwrap(), Id::Monitor(1));
        assert_eq!(parse("window:0x3a00007").unwrap(), Id::Window(0x03a0_0007));
        let wrong = [
            "",
            "screen",
            "screen:",
            "screen:-1",
            "screen:+1",
            "screen:0x1",
            "window:",
            "window:0x",
            "window:7",
            "window:0x100000000",
            "window:0x+7",
            "monitor:0",
            "screen:0 ",
        ];
        for id in wrong {
            assert!(matches!(parse(id), Err(ScreenError::UnknownSource)), "{id}");
        }
    }
}
