//! The window: built in code, one of it, over the commands of [`crate::commands`].

pub mod arrivals;
pub mod clipboard;
#[cfg(target_os = "linux")]
mod drop_target;
pub mod pictures;
pub mod readiness;
#[cfg(target_os = "linux")]
mod second_start;

#[cfg(target_os = "linux")]
pub use second_start::hand_over;

use crate::bindings;
use crate::settings::{SystemLanguage, Theme, system_language};
use crate::state::Castor;
use crate::voice;
use arrivals::{Arrivals, Arriving};
use readiness::Readiness;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tauri::window::Color;
use tauri::{App, AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tauri_plugin_dialog::DialogExt;

const LABEL: &str = "main";

/// The window could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// No display server answers.
    #[error(
        "there is no screen to open the window on (neither DISPLAY nor WAYLAND_DISPLAY leads to one). In a terminal, use castor ask"
    )]
    NoDisplay,
    /// The window toolkit failed.
    #[error("the window could not be opened: {0}")]
    Toolkit(#[from] tauri::Error),
}

/// Opens the window and returns when it is closed. `files` are attached to the composer.
pub fn run(castor: Castor, files: Vec<PathBuf>, started: Instant) -> Result<(), WindowError> {
    ensure_display()?;
    let castor = Arc::new(castor);
    let bridge = bindings::bridge();
    let readiness = Arc::new(Readiness::since(started));
    let history = Arc::clone(&castor.history);
    tauri::Builder::default()
        // First, so that a second start does nothing but hand over its files.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            show_again(app);
            let folder = PathBuf::from(folder);
            let files = arguments.into_iter().skip(1).map(|file| Arriving::File(folder.join(file)));
            app.state::<Arc<Arrivals>>().take(files);
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .manage(Arc::clone(&castor))
        .manage(Arc::clone(&readiness))
        .invoke_handler(bridge.invoke_handler())
        .register_asynchronous_uri_scheme_protocol(pictures::SCHEME, move |_, request, responder| {
            let history = Arc::clone(&history);
            tauri::async_runtime::spawn_blocking(move || {
                responder.respond(pictures::respond(&history, &request));
            });
        })
        .setup(move |app| {
            bridge.mount_events(app);
            look_for_key(&castor, &readiness);
            let arrivals = Arc::new(Arrivals::start(app.handle().clone(), Arc::clone(&castor))?);
            arrivals.take(files.into_iter().map(Arriving::File));
            app.manage(Arc::clone(&arrivals));
            let window = open(app, castor.settings().theme)?;
            take_drops(&window, &arrivals)?;
            watch_for_blank(app.handle(), readiness);
            bring_back_recordings(&castor, &arrivals);
            sweep(&castor);
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}

/// The toolkit panics where it finds no display; a sentence is kinder.
#[cfg(target_os = "linux")]
fn ensure_display() -> Result<(), WindowError> {
    gtk::init().map_err(|_| WindowError::NoDisplay)
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "the Linux counterpart can fail")]
fn ensure_display() -> Result<(), WindowError> {
    Ok(())
}

fn open(app: &App, theme: Theme) -> tauri::Result<WebviewWindow> {
    let theme = match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    };
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Castor")
        .inner_size(1180.0, 800.0)
        .min_inner_size(420.0, 480.0)
        .theme(theme)
        .on_navigation(is_own_page)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny);
    // Linux: drops are claimed on the widget itself, see `drop_target`.
    #[cfg(target_os = "linux")]
    let builder = builder.disable_drag_drop_handler();
    let window = builder.build()?;
    // The page's own colour, so that nothing flashes before the first frame.
    let page = match window.theme() {
        Ok(tauri::Theme::Dark) => Color(0x19, 0x18, 0x17, 0xff),
        _ => Color(0xfb, 0xfa, 0xf8, 0xff),
    };
    window.set_background_color(Some(page))?;
    Ok(window)
}

/// The window shows Castor's page and nothing else, whatever is clicked or dropped.
fn is_own_page(address: &Url) -> bool {
    match address.scheme() {
        "tauri" => true,
        "http" | "https" => {
            address.host_str() == Some("tauri.localhost")
                || (cfg!(dev) && address.host_str() == Some("localhost"))
        }
        _ => false,
    }
}

#[cfg(target_os = "linux")]
fn take_drops(window: &WebviewWindow, arrivals: &Arc<Arrivals>) -> tauri::Result<()> {
    use drop_target::Dragged;
    let arrivals = Arc::clone(arrivals);
    window.with_webview(move |webview| {
        drop_target::claim(&webview.inner(), move |dragged| match dragged {
            Dragged::Over(over) => arrivals.dragging(over),
            Dragged::Files(paths) => arrivals.take(paths.into_iter().map(Arriving::File)),
            Dragged::Picture(bytes) => {
                arrivals.take(std::iter::once(Arriving::Picture { name: dropped_name(), bytes }));
            }
            Dragged::RemoteAddress => arrivals.take(std::iter::once(Arriving::RemoteAddress)),
        });
    })
}

#[cfg(target_os = "linux")]
fn dropped_name() -> String {
    match system_language() {
        SystemLanguage::Zh => "拖入的图片".into(),
        SystemLanguage::En => "Dropped picture".into(),
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "the Linux counterpart can fail")]
fn take_drops(window: &WebviewWindow, arrivals: &Arc<Arrivals>) -> tauri::Result<()> {
    use tauri::{DragDropEvent, WindowEvent};
    let arrivals = Arc::clone(arrivals);
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(DragDropEvent::Enter { .. }) => arrivals.dragging(true),
        WindowEvent::DragDrop(DragDropEvent::Leave) => arrivals.dragging(false),
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => {
            arrivals.dragging(false);
            arrivals.take(paths.iter().cloned().map(Arriving::File));
        }
        _ => {}
    });
    Ok(())
}

/// On a thread of its own: a keychain may ask the person for its password.
fn look_for_key(castor: &Arc<Castor>, readiness: &Arc<Readiness>) {
    let (castor, readiness) = (Arc::clone(castor), Arc::clone(readiness));
    tauri::async_runtime::spawn_blocking(move || {
        castor.keys.load();
        readiness.key_known();
    });
}

/// Recordings that a crash cut off arrive in the composer; mending them may wait for the disk, the window does not.
fn bring_back_recordings(castor: &Arc<Castor>, arrivals: &Arc<Arrivals>) {
    let (castor, arrivals) = (Arc::clone(castor), Arc::clone(arrivals));
    tauri::async_runtime::spawn_blocking(move || {
        arrivals.take(voice::left_behind(&castor.folders.data).into_iter().map(Arriving::Recording));
    });
}

/// Removes what no conversation needs any more; nothing waits for it.
fn sweep(castor: &Arc<Castor>) {
    let history = Arc::clone(&castor.history);
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = history.sweep() {
            tracing::warn!(%error, "the data folder could not be swept");
        }
    });
}

fn show_again(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    for result in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = result {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}

fn watch_for_blank(app: &AppHandle, readiness: Arc<Readiness>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if readiness.stayed_blank().await {
            let sentence = match system_language() {
                SystemLanguage::Zh => {
                    "Castor 的窗口一直是空白的，多半是显卡驱动的问题。请设置 WEBKIT_DISABLE_COMPOSITING_MODE=1 后重新启动。对话都已保存。"
                }
                SystemLanguage::En => {
                    "Castor's window has stayed blank, most likely because of the graphics driver. Start it again with WEBKIT_DISABLE_COMPOSITING_MODE=1. Your conversations are safe."
                }
            };
            eprintln!("castor: {sentence}");
            app.dialog().message(sentence).title("Castor").show(drop);
        }
    });
}
