//! The quick-ask window: a small field over whatever application is in front, called by a key or by `castor quick`.

use super::arrivals::Arrivals;
use super::shell_event::ShellEvent;
use super::{MAIN, background, is_own_page, page_colour, refuse_new_window, take_drops, theme};
use crate::state::Castor;
use std::sync::Arc;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

/// The window's name.
pub const QUICK: &str = "quick";
/// Its size in logical pixels.
const SIZE: (f64, f64) = (640.0, 460.0);

/// Opens it, or brings it to the front. Not from the event loop itself: building a window waits for that.
pub fn show(app: &AppHandle) -> tauri::Result<()> {
    let window = match app.get_webview_window(QUICK) {
        Some(window) => window,
        None => build(app)?,
    };
    window.show()?;
    window.set_focus()?;
    ShellEvent::QuickShown.tell(app, QUICK);
    Ok(())
}

/// Puts it away. Where there is no main window and Castor is not to stay ready, that is the end of the program.
pub fn hide(app: &AppHandle) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(QUICK) else { return Ok(()) };
    if app.get_webview_window(MAIN).is_some() || background::stays(app) {
        window.hide()
    } else {
        window.close()
    }
}

fn build(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let castor = app.state::<Arc<Castor>>();
    let builder = WebviewWindowBuilder::new(app, QUICK, WebviewUrl::App("index.html?view=quick".into()))
        .title("Castor")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(420.0, 240.0)
        .decorations(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .center()
        .visible(false)
        .theme(theme(castor.settings().theme))
        .on_navigation(is_own_page)
        .on_new_window(refuse_new_window);
    #[cfg(target_os = "linux")]
    let builder = builder.disable_drag_drop_handler();
    let window = builder.build()?;
    window.set_background_color(Some(page_colour(&window)))?;
    let arrivals = Arc::clone(&app.state::<Arc<Arrivals>>());
    take_drops(&window, &arrivals)?;
    window.on_window_event(move |event| {
        // A window manager may close what Castor only hides.
        if matches!(event, WindowEvent::Destroyed) {
            arrivals.window_closed(QUICK);
        }
    });
    Ok(window)
}
