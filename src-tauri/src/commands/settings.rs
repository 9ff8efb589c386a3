//! Settings, the key, and small services of the desktop.

use super::blocking;
use crate::error::{CastorError, CommandError};
use crate::keys::{KeyPlace, KeyStatus, Passphrase};
use crate::settings::Settings;
use crate::spending::Spending;
use crate::state::Castor;
use gemini::SharedKey;
use std::sync::Arc;
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_opener::OpenerExt;

/// Keeps new settings.
#[tauri::command]
#[specta::specta]
pub async fn save_settings(
    app: AppHandle,
    castor: State<'_, Arc<Castor>>,
    settings: Settings,
) -> Result<(), CommandError> {
    blocking(&castor, move |castor| {
        let was = castor.settings();
        castor.save_settings(settings)?;
        crate::window::settings_changed(&app, &was, &castor.settings());
        Ok(())
    })
    .await
}

/// What was spent this month.
#[tauri::command]
#[specta::specta]
pub async fn spending(castor: State<'_, Arc<Castor>>) -> Result<Spending, CommandError> {
    blocking(&castor, |castor| Ok(crate::spending::this_month(&castor.history, &castor.gemini())?)).await
}

/// Where the key in use came from.
#[tauri::command]
#[specta::specta]
pub fn key_status(castor: State<'_, Arc<Castor>>) -> KeyStatus {
    castor.keys.status()
}

/// Asks the API whether a key is accepted: the one given, or the one in use.
#[tauri::command]
#[specta::specta]
pub async fn check_key(castor: State<'_, Arc<Castor>>, key: Option<String>) -> Result<(), CommandError> {
    match key {
        Some(key) => castor.gemini().with_key(SharedKey::new(Some(key.into()))).check_key().await?,
        None => castor.gemini().check_key().await?,
    }
    Ok(())
}

/// Keeps a key where the person chose.
#[tauri::command]
#[specta::specta]
pub async fn save_key(
    castor: State<'_, Arc<Castor>>,
    key: String,
    place: KeyPlace,
) -> Result<KeyStatus, CommandError> {
    blocking(&castor, move |castor| Ok(castor.keys.save(&key.into(), &place)?)).await
}

/// Opens the encrypted key file.
#[tauri::command]
#[specta::specta]
pub async fn unlock_key(
    castor: State<'_, Arc<Castor>>,
    passphrase: Passphrase,
) -> Result<KeyStatus, CommandError> {
    blocking(&castor, move |castor| Ok(castor.keys.unlock(&passphrase.0)?)).await
}

/// Removes the key wherever Castor kept it.
#[tauri::command]
#[specta::specta]
pub async fn forget_key(castor: State<'_, Arc<Castor>>) -> Result<KeyStatus, CommandError> {
    blocking(&castor, |castor| Ok(castor.keys.forget()?)).await
}

/// Ends the program, also where it would stay ready without a window.
#[tauri::command]
#[specta::specta]
pub fn quit(app: AppHandle) {
    app.exit(0);
}

/// Puts text on the clipboard.
#[tauri::command]
#[specta::specta]
pub async fn copy_text(castor: State<'_, Arc<Castor>>, text: String) -> Result<(), CommandError> {
    blocking(&castor, move |_| crate::window::clipboard::write_text(text)).await
}

/// Opens a link in the system's browser. Only web and mail addresses.
#[tauri::command]
#[specta::specta]
pub fn open_link(app: AppHandle, url: String) -> Result<(), CommandError> {
    let allowed = ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme));
    if !allowed {
        return Err(CastorError::InvalidInput(format!("{url} is not a web or mail address")).into());
    }
    app.opener().open_url(url, None::<&str>).map_err(|error| CastorError::System(error.to_string()).into())
}

/// Shows the data folder in the file manager.
#[tauri::command]
#[specta::specta]
pub fn open_data_folder(app: AppHandle, castor: State<'_, Arc<Castor>>) -> Result<(), CommandError> {
    let folder = castor.folders.data.to_string_lossy().into_owned();
    app.opener()
        .open_path(folder, None::<&str>)
        .map_err(|error| CastorError::System(error.to_string()).into())
}

/// The title of the system window.
#[tauri::command]
#[specta::specta]
pub fn set_title(window: WebviewWindow, title: String) -> Result<(), CommandError> {
    window.set_title(&title).map_err(|error| CastorError::System(error.to_string()).into())
}
