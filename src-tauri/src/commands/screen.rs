//! Pictures of the screen.

use super::blocking;
use crate::error::{CastorError, CommandError};
use crate::screens;
use crate::state::Castor;
use crate::window::arrivals::{Arrivals, Arriving};
use crate::window::region::{self, Choosing, Region, RegionUse};
use capture::screen;
use conversation::{Attachment, Pixels};
use media::Picture;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tauri::ipc::Response;
use tauri::{AppHandle, Manager, State, WebviewWindow};

/// What can be captured of the screen.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScreenSources {
    /// Screens first, then windows, the topmost first.
    pub sources: Vec<ScreenSource>,
    /// Whether the system asks the person itself what to capture (Wayland).
    pub portal: bool,
}

/// A screen or window.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScreenSource {
    /// Names it, until the desktop changes.
    pub id: String,
    /// Which of both.
    pub kind: ScreenSourceKind,
    /// The monitor's or window's name.
    pub name: String,
    /// The application of a window.
    pub app: Option<String>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether it is the first screen.
    pub primary: bool,
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ScreenSourceKind {
    /// A whole screen.
    Screen,
    /// One window.
    Window,
}

impl From<screen::Source> for ScreenSource {
    fn from(source: screen::Source) -> Self {
        Self {
            id: source.id,
            kind: match source.kind {
                screen::SourceKind::Screen => ScreenSourceKind::Screen,
                screen::SourceKind::Window => ScreenSourceKind::Window,
            },
            name: source.name,
            app: source.app,
            width: source.width,
            height: source.height,
            primary: source.primary,
        }
    }
}

/// What to capture.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ScreenTarget {
    /// A screen or window of the list.
    Source {
        /// Its name there.
        id: String,
    },
    /// What the person chooses in the system's own dialog.
    Portal,
}

/// The screens and windows that can be captured.
#[tauri::command]
#[specta::specta]
pub async fn screen_sources(castor: State<'_, Arc<Castor>>) -> Result<ScreenSources, CommandError> {
    blocking(&castor, |_| {
        let found = screen::sources()?;
        let sources = found.sources.into_iter().map(ScreenSource::from).collect();
        Ok(ScreenSources { sources, portal: found.portal })
    })
    .await
}

/// A JPEG of a screen or window as it is now, at most `edge` pixels wide or high.
#[tauri::command]
pub async fn screen_preview(
    castor: State<'_, Arc<Castor>>,
    id: String,
    edge: u32,
) -> Result<Response, CommandError> {
    blocking(&castor, move |_| {
        let shot = screen::capture(&id)?.scaled(edge)?;
        let pixels = Pixels { width: shot.width, height: shot.height, rgb: shot.rgb };
        let picture = Picture::from_pixels(pixels).and_then(|picture| picture.thumbnail(edge));
        Ok(Response::new(picture.map_err(crate::intake::IntakeError::from)?.data))
    })
    .await
}

/// Takes a picture of a screen or window; false where the person changed their mind. It arrives in the composer.
#[tauri::command]
#[specta::specta]
pub async fn capture_screen(
    castor: State<'_, Arc<Castor>>,
    arrivals: State<'_, Arc<Arrivals>>,
    window: WebviewWindow,
    target: ScreenTarget,
) -> Result<bool, CommandError> {
    let arrivals = Arc::clone(&arrivals);
    blocking(&castor, move |castor| {
        let bytes = match target {
            ScreenTarget::Source { id } => Some(screen::capture(&id)?.to_png()?),
            ScreenTarget::Portal => screen::portal_shot(false)?,
        };
        let Some(bytes) = bytes else { return Ok(false) };
        let picture = Arriving::Picture { name: region::shot_name(castor), bytes };
        arrivals.take(window.label(), std::iter::once(picture));
        Ok(true)
    })
    .await
}

/// Begins to keep the last seconds of a screen or window in memory, in place of another one's.
#[tauri::command]
#[specta::specta]
pub async fn watch_screen(
    castor: State<'_, Arc<Castor>>,
    window: WebviewWindow,
    id: String,
) -> Result<(), CommandError> {
    blocking(&castor, move |castor| {
        castor.screen.watch(&id)?;
        // It was closed meanwhile, and its light with it.
        if window.app_handle().get_webview_window(window.label()).is_none() {
            castor.screen.close();
        }
        Ok(())
    })
    .await
}

/// Keeps no seconds any more, and forgets those that were kept.
#[tauri::command]
#[specta::specta]
pub fn unwatch_screen(castor: State<'_, Arc<Castor>>) {
    castor.screen.close();
}

/// Makes a clip of the last seconds of the screen that is watched; nothing where there are no seconds yet.
#[tauri::command]
#[specta::specta]
pub async fn keep_screen_clip(
    castor: State<'_, Arc<Castor>>,
    seconds: u32,
) -> Result<Option<Attachment>, CommandError> {
    blocking(&castor, move |castor| screens::keep_clip(castor, seconds)).await
}

/// Lets the person drag a region of the screen. What they choose arrives where `then` says.
#[tauri::command]
#[specta::specta]
pub async fn capture_region(
    app: AppHandle,
    castor: State<'_, Arc<Castor>>,
    window: WebviewWindow,
    then: RegionUse,
) -> Result<(), CommandError> {
    blocking(&castor, move |_| region::capture(&app, then, Some(window.label()))).await
}

/// The frozen screen, a PNG.
#[tauri::command]
pub async fn region_shot(app: AppHandle, castor: State<'_, Arc<Castor>>) -> Result<Response, CommandError> {
    blocking(&castor, move |_| Ok(Response::new(app.state::<Choosing>().picture()?))).await
}

/// Takes a region of the shot that is shown, in its pixels.
#[tauri::command]
#[specta::specta]
pub async fn choose_region(
    app: AppHandle,
    castor: State<'_, Arc<Castor>>,
    region: Region,
) -> Result<(), CommandError> {
    blocking(&castor, move |_| region::choose(&app, region)).await
}

/// Takes none.
#[tauri::command]
#[specta::specta]
pub async fn cancel_region(app: AppHandle, castor: State<'_, Arc<Castor>>) -> Result<(), CommandError> {
    blocking(&castor, move |_| {
        region::cancel(&app);
        Ok(())
    })
    .await
}

impl From<tauri::Error> for CastorError {
    fn from(error: tauri::Error) -> Self {
        Self::System(error.to_string())
    }
}
