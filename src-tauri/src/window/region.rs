//! A part of the screen, dragged by the person: the screen is captured whole and shown frozen, over everything, for them to
//! choose from. Where the system has a dialog of its own for that (Wayland), that is used.

use super::arrivals::{Arrivals, Arriving};
use super::{MAIN, QUICK, is_own_page, quick, refuse_new_window, show_again};
use crate::error::CastorError;
use crate::intake;
use crate::settings::SystemLanguage;
use crate::state::Castor;
use capture::screen::{self, Shot};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::{
    AppHandle, Manager, PhysicalPosition, PhysicalSize, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};

/// The window's name.
pub const REGION: &str = "region";
/// What a window manager needs to take a hidden window from the screen, and what lay under it to be drawn.
const UNTIL_HIDDEN: Duration = Duration::from_millis(250);

/// Where a region goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum RegionUse {
    /// Into the main window.
    Composer,
    /// Into the quick-ask window.
    Quick,
}

/// Part of a shot, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Region {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}

/// The shot that is chosen from, if one is.
#[derive(Default)]
pub struct Choosing(Mutex<Option<Frozen>>);

struct Frozen {
    shot: Shot,
    then: RegionUse,
    /// The window that was put away for it.
    hidden: Option<&'static str>,
}

impl Choosing {
    fn lock(&self) -> MutexGuard<'_, Option<Frozen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The shot, as a PNG.
    pub fn picture(&self) -> Result<Vec<u8>, CastorError> {
        let chosen = self.lock();
        let frozen =
            chosen.as_ref().ok_or_else(|| CastorError::InvalidInput("nothing is captured".into()))?;
        Ok(frozen.shot.to_png()?)
    }
}

/// Lets the person choose. `from` is the window they ask in, which would be in the picture. Blocks.
pub fn capture(app: &AppHandle, then: RegionUse, from: Option<&str>) -> Result<(), CastorError> {
    if app.get_webview_window(REGION).is_some() {
        return Ok(());
    }
    let hidden = put_away(app, from)?;
    let taken = choose_in(app, then, hidden);
    if app.get_webview_window(REGION).is_none() {
        bring_back(app, hidden);
    }
    taken
}

/// Lets the person choose in the system's own dialog, or in a window of Castor's.
fn choose_in(app: &AppHandle, then: RegionUse, hidden: Option<&'static str>) -> Result<(), CastorError> {
    if screen::sources()?.portal {
        if let Some(bytes) = screen::portal_shot(true)? {
            arrive(app, then, bytes);
        }
        return Ok(());
    }
    let monitor = screen::monitor_at_pointer()?;
    let shot = screen::capture(&monitor.id)?;
    Ok(open(app, Frozen { shot, then, hidden }, (monitor.x, monitor.y))?)
}

/// Takes a part of the shot.
pub fn choose(app: &AppHandle, region: Region) -> Result<(), CastorError> {
    let Some(frozen) = app.state::<Choosing>().lock().take() else { return Ok(()) };
    close(app);
    bring_back(app, frozen.hidden);
    let Region { x, y, width, height } = region;
    let picture = frozen.shot.cropped(x.cast_signed(), y.cast_signed(), width, height)?.to_png()?;
    arrive(app, frozen.then, picture);
    Ok(())
}

/// Takes nothing.
pub fn cancel(app: &AppHandle) {
    let frozen = app.state::<Choosing>().lock().take();
    close(app);
    bring_back(app, frozen.and_then(|frozen| frozen.hidden));
}

/// Hides the window the person asked in: what they ask about lies behind it.
fn put_away(app: &AppHandle, from: Option<&str>) -> tauri::Result<Option<&'static str>> {
    let from = match from {
        Some(MAIN) => MAIN,
        _ => QUICK,
    };
    let Some(window) = app.get_webview_window(from) else { return Ok(None) };
    if !window.is_visible()? {
        return Ok(None);
    }
    window.hide()?;
    std::thread::sleep(UNTIL_HIDDEN);
    Ok(Some(from))
}

fn bring_back(app: &AppHandle, hidden: Option<&str>) {
    let Some(window) = hidden.and_then(|label| app.get_webview_window(label)) else { return };
    if let Err(error) = window.show().and_then(|()| window.set_focus()) {
        tracing::warn!(%error, "a window could not be shown again");
    }
}

/// Shows the shot over the monitor it was taken of.
fn open(app: &AppHandle, frozen: Frozen, (x, y): (i32, i32)) -> tauri::Result<()> {
    let size = PhysicalSize::new(frozen.shot.width, frozen.shot.height);
    *app.state::<Choosing>().lock() = Some(frozen);
    let window = WebviewWindowBuilder::new(app, REGION, WebviewUrl::App("index.html?view=region".into()))
        .title("Castor")
        .decorations(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .resizable(false)
        .visible(false)
        .on_navigation(is_own_page)
        .on_new_window(refuse_new_window)
        .build()?;
    window.set_position(PhysicalPosition::new(x, y))?;
    window.set_size(size)
}

/// The page has drawn the frozen screen.
pub fn show(window: &WebviewWindow) -> tauri::Result<()> {
    window.show()?;
    window.set_fullscreen(true)?;
    window.set_focus()
}

fn close(app: &AppHandle) {
    let Some(window) = app.get_webview_window(REGION) else { return };
    if let Err(error) = window.destroy() {
        tracing::warn!(%error, "the frozen screen could not be closed");
    }
}

/// The picture goes to the window it was taken for, which comes to the front.
fn arrive(app: &AppHandle, then: RegionUse, bytes: Vec<u8>) {
    let castor = app.state::<Arc<Castor>>();
    let picture = Arriving::Picture { name: shot_name(&castor), bytes };
    let window = match then {
        RegionUse::Composer => {
            show_again(app);
            MAIN
        }
        RegionUse::Quick => {
            if let Err(error) = quick::show(app) {
                tracing::warn!(%error, "the quick-ask window could not be opened");
            }
            QUICK
        }
    };
    app.state::<Arc<Arrivals>>().take(window, std::iter::once(picture));
}

/// What a picture of the screen is called.
pub fn shot_name(castor: &Castor) -> String {
    let what = match castor.settings().language.spoken() {
        SystemLanguage::Zh => "截图",
        SystemLanguage::En => "Screen",
    };
    intake::name_of_now(what, "png")
}
