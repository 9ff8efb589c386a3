//! A second start on Linux hands its files over before anything of a window is begun. The plugin for single instances does
//! the same, but only once the toolkit runs, and leaving a half-begun toolkit can crash in its exit handlers.

use std::path::Path;
use zbus::blocking::Connection;

/// The name the first start holds on the session bus: the application's identifier, as `tauri-plugin-single-instance`
/// (its `platform_impl/linux.rs`) makes it.
const NAME: &str = "io.github.castor-desktop.castor.SingleInstance";
const PATH: &str = "/io/github/castor_desktop/castor/SingleInstance";
const INTERFACE: &str = "org.SingleInstance.DBus";

/// Hands this start's arguments to the one that has the window; whether there is one that took them.
pub fn hand_over() -> bool {
    let Ok(folder) = std::env::current_dir() else { return false };
    match call(&folder) {
        Ok(()) => true,
        Err(error) => {
            // Mostly: nobody holds the name, so that this is the first start.
            tracing::debug!(%error, "nothing was handed over");
            false
        }
    }
}

fn call(folder: &Path) -> zbus::Result<()> {
    let arguments: Vec<String> =
        std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let bus = Connection::session()?;
    bus.call_method(
        Some(NAME),
        PATH,
        Some(INTERFACE),
        "ExecuteCallback",
        &(arguments, folder.to_string_lossy().as_ref()),
    )?;
    Ok(())
}
