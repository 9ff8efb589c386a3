//! The camera: pictures and clips of what the window shows, and the system's cameras where the web view cannot open one.

use super::blocking;
use crate::cameras::{CameraOptions, NativeCamera};
use crate::clips::{self, ClipEvent, ClipOptions};
use crate::error::{CastorError, CommandError};
use crate::state::Castor;
use crate::window::arrivals::{Arrivals, Arriving};
use crate::{cameras as system, videos};
use conversation::Attachment;
use std::sync::Arc;
use std::time::Duration;
use tauri::ipc::{Channel, InvokeBody, Request, Response};
use tauri::{State, WebviewWindow};

/// What cameras the system names, for when the web view cannot open one.
#[tauri::command]
#[specta::specta]
pub async fn cameras(castor: State<'_, Arc<Castor>>) -> Result<Vec<NativeCamera>, CommandError> {
    blocking(&castor, |_| system::list(&videos::tools()?)).await
}

/// Shows what a camera sees, as JPEG pictures, until it is closed or lost.
#[tauri::command]
pub async fn open_camera(
    castor: State<'_, Arc<Castor>>,
    id: String,
    options: CameraOptions,
    on_frame: Channel<Response>,
) -> Result<(), CommandError> {
    blocking(&castor, move |castor| {
        let show = |jpeg: Vec<u8>| on_frame.send(Response::new(jpeg)).is_ok();
        castor.camera.show(&videos::tools()?, &id, options, &show)
    })
    .await
}

/// Closes it.
#[tauri::command]
#[specta::specta]
pub fn close_camera(castor: State<'_, Arc<Castor>>) {
    castor.camera.close();
}

/// Takes an encoded picture into the composer as if it were dropped. Its name is in the header `name`, percent-encoded.
#[tauri::command]
pub fn keep_picture(
    arrivals: State<'_, Arc<Arrivals>>,
    window: WebviewWindow,
    request: Request<'_>,
) -> Result<(), CommandError> {
    let name = header(&request, "name")?;
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned();
    let bytes = body(&request)?.to_vec();
    arrivals.take(window.label(), std::iter::once(Arriving::Picture { name, bytes }));
    Ok(())
}

/// Records a clip of the frames that are handed over; resolves with it, or with nothing where it was thrown away.
#[tauri::command]
#[specta::specta]
pub async fn record_clip(
    castor: State<'_, Arc<Castor>>,
    arrivals: State<'_, Arc<Arrivals>>,
    window: WebviewWindow,
    options: ClipOptions,
    on_event: Channel<ClipEvent>,
) -> Result<Option<Attachment>, CommandError> {
    let tell = move |event| drop(on_event.send(event));
    let recorded = blocking(&castor, move |castor| clips::record(castor, options, &tell)).await?;
    Ok(arrivals.recorded(window.label(), recorded))
}

/// Takes a JPEG picture of the clip. When it was taken is in the header `taken-at`, in milliseconds since 1970.
#[tauri::command]
pub fn clip_frame(castor: State<'_, Arc<Castor>>, request: Request<'_>) -> Result<(), CommandError> {
    let taken_at: f64 = header(&request, "taken-at")?
        .parse()
        .map_err(|_| CastorError::InvalidInput("when the picture was taken is no number".into()))?;
    let taken_at = Duration::try_from_secs_f64(taken_at / 1000.0)
        .map_err(|error| CastorError::InvalidInput(error.to_string()))?;
    Ok(castor.clip.frame(taken_at, body(&request)?)?)
}

/// Ends the clip and keeps it.
#[tauri::command]
#[specta::specta]
pub fn stop_clip(castor: State<'_, Arc<Castor>>) {
    castor.clip.stop();
}

/// Ends the clip and throws it away.
#[tauri::command]
#[specta::specta]
pub fn cancel_clip(castor: State<'_, Arc<Castor>>) {
    castor.clip.cancel();
}

fn header<'a>(request: &'a Request<'_>, name: &str) -> Result<&'a str, CastorError> {
    let value = request.headers().get(name).and_then(|value| value.to_str().ok());
    value.ok_or_else(|| CastorError::InvalidInput(format!("the header {name} is missing")))
}

fn body<'a>(request: &'a Request<'_>) -> Result<&'a [u8], CastorError> {
    match request.body() {
        InvokeBody::Raw(bytes) => Ok(bytes),
        InvokeBody::Json(_) => Err(CastorError::InvalidInput("a picture comes as bytes".into())),
    }
}
