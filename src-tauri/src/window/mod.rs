//! The windows, built in code over the commands of [`crate::commands`]: the main one, the quick-ask window over any
//! application, and the frozen screen a region is chosen on.

pub mod arrivals;
mod background;
pub mod clipboard;
#[cfg(target_os = "linux")]
mod drop_target;
pub mod media_server;
mod permissions;
pub mod pictures;
pub mod quick;
pub mod readiness;
pub mod region;
#[cfg(target_os = "linux")]
mod second_start;
pub mod shell_event;
pub mod shortcuts;
mod tray;

#[cfg(target_os = "linux")]
pub use second_start::hand_over;

use crate::bindings;
use crate::settings::{Settings, SystemLanguage, Theme, system_language};
use crate::state::Castor;
use crate::{clips, voice};
use arrivals::{Arrivals, Arriving};
use media_server::MediaServer;
use quick::QUICK;
use readiness::Readiness;
use region::Choosing;
use shortcuts::{ShortcutAction, Shortcuts};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use tauri::webview::{NewWindowFeatures, NewWindowResponse};
use tauri::window::Color;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tauri_plugin_dialog::DialogExt;
use tray::Tray;

/// The main window's name.
pub const MAIN: &str = "main";

/// What the program shows when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum First {
    /// The main window, with these files in the composer.
    Main(Vec<PathBuf>),
    /// The quick-ask window.
    Quick,
    /// The screen, to choose a region of.
    Region,
}

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

/// Opens a window and returns when all are closed and Castor is not to stay ready.
pub fn run(castor: Castor, first: First, started: Instant) -> Result<(), WindowError> {
    ensure_display()?;
    let castor = Arc::new(castor);
    let bridge = bindings::bridge();
    let readiness = Arc::new(Readiness::since(started));
    let shown = Arc::clone(&castor);
    let asked = Arc::clone(&castor);
    tauri::Builder::default()
        // First, so that a second start does nothing but hand over what it was started with.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            second_start(app, &arguments, &PathBuf::from(folder));
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_global_shortcut::Builder::new().build())
        .plugin(tauri_plugin_opener::init())
        .plugin(
            // The others have their own places.
            tauri_plugin_window_state::Builder::default().with_filter(|label| label == MAIN).build(),
        )
        .manage(Arc::clone(&castor))
        .manage(Arc::clone(&readiness))
        .manage(Choosing::default())
        .manage(MediaServer::default())
        .manage(Shortcuts::default())
        .manage(Tray::default())
        .invoke_handler(bindings::handler(&bridge))
        .on_permission_request(move |_, kind| permissions::answer(&asked, kind))
        .register_asynchronous_uri_scheme_protocol(pictures::SCHEME, move |_, request, responder| {
            let castor = Arc::clone(&shown);
            tauri::async_runtime::spawn_blocking(move || {
                responder.respond(pictures::respond(&castor, &request));
            });
        })
        .setup(move |app| {
            bridge.mount_events(app);
            look_for_key(&castor, &readiness);
            let arrivals = Arc::new(Arrivals::start(app.handle().clone(), Arc::clone(&castor))?);
            app.manage(Arc::clone(&arrivals));
            show_first(app.handle(), first, readiness)?;
            let settings = castor.settings();
            app.state::<Shortcuts>().apply(app.handle(), &settings.shortcuts);
            app.state::<Tray>().apply(app.handle(), &settings);
            bring_back_recordings(&castor, &arrivals);
            sweep(&castor);
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(background::stay);
    Ok(())
}

/// Does what new settings mean for the shell: the keys over every application, and whether Castor stays ready.
pub fn settings_changed(app: &AppHandle, was: &Settings, now: &Settings) {
    if now.shortcuts != was.shortcuts {
        app.state::<Shortcuts>().apply(app, &now.shortcuts);
    }
    if (now.stay_ready, now.language) != (was.stay_ready, was.language) {
        app.state::<Tray>().apply(app, now);
    }
}

fn show_first(app: &AppHandle, first: First, readiness: Arc<Readiness>) -> tauri::Result<()> {
    match first {
        First::Main(files) => {
            app.state::<Arc<Arrivals>>().take(MAIN, files.into_iter().map(Arriving::File));
            open(app)?;
            watch_for_blank(app, readiness);
            Ok(())
        }
        First::Quick => quick::show(app),
        First::Region => {
            shortcuts::run(app.clone(), ShortcutAction::Region);
            Ok(())
        }
    }
}

/// A second start: its files go into the main window, or it does what its command says.
fn second_start(app: &AppHandle, arguments: &[String], folder: &Path) {
    let words: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match words.as_slice() {
        ["quick"] => shortcuts::run(app.clone(), ShortcutAction::Quick),
        ["quick", "--region"] => shortcuts::run(app.clone(), ShortcutAction::Region),
        files => {
            show_again(app);
            let files = files.iter().map(|file| Arriving::File(folder.join(file)));
            app.state::<Arc<Arrivals>>().take(MAIN, files);
        }
    }
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

/// Opens the main window.
fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let castor = app.state::<Arc<Castor>>();
    let arrivals = app.state::<Arc<Arrivals>>();
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Castor")
        .inner_size(1180.0, 800.0)
        .min_inner_size(420.0, 480.0)
        .theme(theme(castor.settings().theme))
        .on_navigation(is_own_page)
        .on_new_window(refuse_new_window);
    // Linux: drops are claimed on the widget itself, see `drop_target`.
    #[cfg(target_os = "linux")]
    let builder = builder.disable_drag_drop_handler();
    let window = builder.build()?;
    window.set_background_color(Some(page_colour(&window)))?;
    take_drops(&window, &arrivals)?;
    #[cfg(target_os = "linux")]
    mock_camera(&window)?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            background::main_closed(&app);
        }
    });
    Ok(window)
}

/// A made-up camera of the web view's own, for tests on machines without one.
#[cfg(target_os = "linux")]
fn mock_camera(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};
    if std::env::var_os("CASTOR_MOCK_CAMERA").is_none() {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_enable_mock_capture_devices(true);
        }
    })
}

fn theme(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

/// The page's own colour, so that nothing flashes before the first frame.
fn page_colour(window: &WebviewWindow) -> Color {
    match window.theme() {
        Ok(tauri::Theme::Dark) => Color(0x19, 0x18, 0x17, 0xff),
        _ => Color(0xfb, 0xfa, 0xf8, 0xff),
    }
}

/// No page opens a window.
fn refuse_new_window(_: Url, _: NewWindowFeatures) -> NewWindowResponse<tauri::Wry> {
    NewWindowResponse::Deny
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
    let label = window.label().to_owned();
    window.with_webview(move |webview| {
        drop_target::claim(&webview.inner(), move |dragged| match dragged {
            Dragged::Over(over) => arrivals.dragging(&label, over),
            Dragged::Files(paths) => arrivals.take(&label, paths.into_iter().map(Arriving::File)),
            Dragged::Picture(bytes) => {
                let picture = Arriving::Picture { name: dropped_name(), bytes };
                arrivals.take(&label, std::iter::once(picture));
            }
            Dragged::RemoteAddress => arrivals.take(&label, std::iter::once(Arriving::RemoteAddress)),
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
    use tauri::DragDropEvent;
    let arrivals = Arc::clone(arrivals);
    let label = window.label().to_owned();
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(DragDropEvent::Enter { .. }) => arrivals.dragging(&label, true),
        WindowEvent::DragDrop(DragDropEvent::Leave) => arrivals.dragging(&label, false),
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => {
            arrivals.dragging(&label, false);
            arrivals.take(&label, paths.iter().cloned().map(Arriving::File));
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
        arrivals.take(MAIN, voice::left_behind(&castor.folders.data).into_iter().map(Arriving::Recording));
        arrivals.take(MAIN, clips::left_behind(&castor.folders.data).into_iter().map(Arriving::Clip));
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

/// Brings the main window to the front, or opens it where the program began without.
pub fn show_again(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        if let Err(error) = open(app) {
            tracing::error!(%error, "the window could not be opened");
        }
        return;
    };
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
