//! Pictures of the screen on macOS and Windows, with `xcap`.
//!
//! xcap gives the sizes of a monitor and a window in points on macOS, and in pixels on Windows; here all are pixels.

use super::{ScreenError, Shot, Source, SourceKind, Sources};
use std::hash::{BuildHasher as _, RandomState};
use xcap::image::RgbaImage;
use xcap::{Monitor, Window, XCapError};

/// What pictures can be taken of now.
///
/// # Errors
/// [`ScreenError::NoDisplay`], [`ScreenError::Denied`] or [`ScreenError::Failed`].
pub fn sources() -> Result<Sources, ScreenError> {
    #[cfg(target_os = "macos")]
    check_permission()?;
    let mut sources = monitors()?;
    // One that was closed meanwhile answers nothing, and is left out.
    let windows =
        Window::all()?.iter().filter_map(|window| described(window).ok().flatten()).collect::<Vec<_>>();
    sources.extend(windows);
    Ok(Sources { sources, portal: false })
}

/// Takes a picture of a monitor or a window, pixel by pixel as it is shown.
///
/// # Errors
/// [`ScreenError::UnknownSource`], [`ScreenError::Gone`], [`ScreenError::Denied`], [`ScreenError::Failed`].
pub fn capture(id: &str) -> Result<Shot, ScreenError> {
    grab(id)?.shot()
}

/// Begins to look at a monitor or a window again and again.
///
/// # Errors
/// [`ScreenError::Denied`].
pub fn view(id: &str) -> Result<View, ScreenError> {
    #[cfg(target_os = "macos")]
    check_permission()?;
    Ok(View { id: id.to_owned(), prints: RandomState::new(), last: None })
}

/// Looks at a monitor or a window again and again: a look costs less than a picture, and tells whether one is worth it.
#[derive(Debug)]
pub struct View {
    id: String,
    prints: RandomState,
    /// What it looked like last, and the number for that.
    last: Option<(Grabbed, u64)>,
}

impl View {
    /// A number for what it looks like now: the same one for this view whenever it looks the same, whatever came in between.
    ///
    /// # Errors
    /// Those of [`capture()`]. A later look may succeed again.
    pub fn look(&mut self) -> Result<u64, ScreenError> {
        let last = self.last.take();
        let grabbed = grab(&self.id)?;
        let print = match last {
            // Comparing is quicker than counting up all pixels again.
            Some((last, print)) if last.image == grabbed.image => print,
            _ => self.prints.hash_one((grabbed.image.dimensions(), grabbed.image.as_raw())),
        };
        self.last = Some((grabbed, print));
        Ok(print)
    }

    /// A picture of what it looked like at the last look.
    ///
    /// # Errors
    /// [`ScreenError::Gone`] where that saw nothing.
    pub fn picture(&self) -> Result<Shot, ScreenError> {
        let (grabbed, _) = self.last.as_ref().ok_or(ScreenError::Gone)?;
        grabbed.shot()
    }
}

/// What the system gave of a monitor or a window.
struct Grabbed {
    image: RgbaImage,
    scale: f64,
    /// Its upper left corner on the desktop, in pixels.
    origin: (i32, i32),
}

impl std::fmt::Debug for Grabbed {
    /// Leaves the pixels out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Grabbed").field("origin", &self.origin).finish_non_exhaustive()
    }
}

fn grab(id: &str) -> Result<Grabbed, ScreenError> {
    #[cfg(target_os = "macos")]
    check_permission()?;
    match id.split_once(':') {
        Some(("screen", index)) => {
            let index: usize = index.parse().map_err(|_| ScreenError::UnknownSource)?;
            let monitor = Monitor::all()?.into_iter().nth(index).ok_or(ScreenError::Gone)?;
            let scale = f64::from(monitor.scale_factor()?);
            let origin = (pixels(monitor.x()?, scale), pixels(monitor.y()?, scale));
            Ok(Grabbed { image: monitor.capture_image()?, scale, origin })
        }
        Some(("window", number)) => {
            let number = number.strip_prefix("0x").ok_or(ScreenError::UnknownSource)?;
            let number = u32::from_str_radix(number, 16).map_err(|_| ScreenError::UnknownSource)?;
            let is_it = |window: &Window| window.id().is_ok_and(|id| id == number);
            let window = Window::all()?.into_iter().find(is_it).ok_or(ScreenError::Gone)?;
            let scale = f64::from(window.current_monitor()?.scale_factor()?);
            let origin = (pixels(window.x()?, scale), pixels(window.y()?, scale));
            Ok(Grabbed { image: window.capture_image()?, scale, origin })
        }
        _ => Err(ScreenError::UnknownSource),
    }
}

/// The main monitor. Where the pointer is cannot be asked for here without unsafe code; the shell knows.
///
/// # Errors
/// Those of [`sources()`].
pub fn monitor_at_pointer() -> Result<Source, ScreenError> {
    let monitors = monitors()?;
    let main = monitors.iter().find(|monitor| monitor.primary).or(monitors.first());
    main.cloned().ok_or(ScreenError::NoDisplay)
}

/// No portal is on these systems.
///
/// # Errors
/// [`ScreenError::NoPortal`], always.
pub fn portal_shot(_interactive: bool) -> Result<Option<Vec<u8>>, ScreenError> {
    Err(ScreenError::NoPortal)
}

/// Without the person's permission macOS gives pictures of an empty desktop. The first time it is asked for; the system then
/// shows the way to its settings, and the program must be started again. Windows asks nobody.
#[cfg(target_os = "macos")]
fn check_permission() -> Result<(), ScreenError> {
    use objc2_core_graphics::{CGPreflightScreenCaptureAccess, CGRequestScreenCaptureAccess};
    if CGPreflightScreenCaptureAccess() || CGRequestScreenCaptureAccess() {
        Ok(())
    } else {
        Err(ScreenError::Denied)
    }
}

fn monitors() -> Result<Vec<Source>, ScreenError> {
    let monitors = Monitor::all()?;
    if monitors.is_empty() {
        return Err(ScreenError::NoDisplay);
    }
    let described = |(index, monitor): (usize, &Monitor)| {
        let scale = f64::from(monitor.scale_factor()?);
        Ok(Source {
            id: format!("screen:{index}"),
            kind: SourceKind::Screen,
            name: monitor.friendly_name().or_else(|_| monitor.name())?,
            app: None,
            width: pixels(monitor.width()?, scale),
            height: pixels(monitor.height()?, scale),
            x: pixels(monitor.x()?, scale),
            y: pixels(monitor.y()?, scale),
            primary: monitor.is_primary()?,
        })
    };
    monitors.iter().enumerate().map(described).collect()
}

/// None for a window that is not shown or is this program's own.
fn described(window: &Window) -> Result<Option<Source>, ScreenError> {
    if window.is_minimized()? || window.pid()? == std::process::id() {
        return Ok(None);
    }
    let scale = f64::from(window.current_monitor()?.scale_factor()?);
    Ok(Some(Source {
        id: format!("window:{:#x}", window.id()?),
        kind: SourceKind::Window,
        name: window.title()?,
        app: window.app_name().ok().filter(|name| !name.is_empty()),
        width: pixels(window.width()?, scale),
        height: pixels(window.height()?, scale),
        x: pixels(window.x()?, scale),
        y: pixels(window.y()?, scale),
        primary: false,
    }))
}

/// A length as the system gives it, in pixels.
fn pixels<T>(length: T, scale: f64) -> T
where
    T: Into<f64> + FromRounded,
{
    if cfg!(target_os = "macos") { T::from_rounded(length.into() * scale) } else { length }
}

/// Numbers of pixels.
trait FromRounded {
    fn from_rounded(length: f64) -> Self;
}

impl FromRounded for i32 {
    fn from_rounded(length: f64) -> Self {
        length.round() as Self
    }
}

impl FromRounded for u32 {
    fn from_rounded(length: f64) -> Self {
        length.round() as Self
    }
}

impl Grabbed {
    fn shot(&self) -> Result<Shot, ScreenError> {
        let (width, height) = self.image.dimensions();
        if width == 0 || height == 0 {
            return Err(ScreenError::Gone);
        }
        let rgb = self.image.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let (x, y) = self.origin;
        Ok(Shot { width, height, rgb, scale: Some(self.scale), x, y })
    }
}

impl From<XCapError> for ScreenError {
    fn from(error: XCapError) -> Self {
        Self::failed(error)
    }
}
