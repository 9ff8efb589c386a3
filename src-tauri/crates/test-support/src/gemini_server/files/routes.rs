//! The calls about files: the resumable upload protocol, and looking at, listing and deleting what was uploaded.

use super::super::State;
use super::super::error::Refusal;
use super::super::reply::UploadScript;
use super::super::request::{LoggedRequest, read_json};
use super::super::routes::{JSON, Page, key, refuse, refused_key, respond};
use super::receive::{Outcome, receive};
use super::{LARGEST_FILE, ReceivedUpload, Upload};
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Largest body that begins an upload.
const LARGEST_START: usize = 64 * 1024;

/// Files of a page where the question does not say.
const DEFAULT_PAGE: usize = 10;

/// The body that begins an upload. A field that is not here does not exist.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateFile {
    file: NewFile,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewFile {
    #[serde(default)]
    display_name: String,
    mime_type: Option<String>,
    /// A 64-bit integer: text in the API's JSON.
    size_bytes: Option<String>,
}

/// Calls whose bodies are small.
pub(in super::super) fn api() -> Router<Arc<State>> {
    Router::new().route("/v1beta/files", get(list)).route("/v1beta/files/{id}", get(describe).delete(delete))
}

/// Calls whose bodies may be too large to hold, and those a test drives them with.
pub(in super::super) fn uploads() -> Router<Arc<State>> {
    Router::new()
        .route("/upload/v1beta/files", post(upload))
        .route("/test/uploads", post(script).get(received))
        .route("/test/expire", post(expire))
}

async fn upload(Shared(state): Shared<Arc<State>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let session = query.split('&').find_map(|pair| pair.strip_prefix("upload_id="));
    let mut logged = LoggedRequest {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: query.to_owned(),
        key: key(&parts.headers),
        upload_headers: upload_headers(&parts.headers),
        body: Value::Null,
    };
    let Some(session) = session else {
        let Ok(body) = to_bytes(body, LARGEST_START).await else {
            return refuse(&Refusal::invalid("Request payload size exceeds the limit."), false, false);
        };
        logged.body = serde_json::from_slice(&body).unwrap_or_default();
        state.log(logged);
        if let Some(refusal) = refused_key(key(&parts.headers).as_deref()) {
            return refuse(&refusal, false, false);
        }
        return begin(&state, &parts.headers, &body).unwrap_or_else(|refusal| refuse(&refusal, false, false));
    };
    state.log(logged);
    // The address is secret enough: a key is not asked for, but a bad one is refused.
    let key = key(&parts.headers);
    if let Some(refusal) = key.as_deref().and_then(|key| refused_key(Some(key))) {
        return refuse(&refusal, false, false);
    }
    match state.files.with(session, |upload| upload.clone()) {
        Some(upload) => go_on(&state, upload, &parts.headers, body).await,
        None => refuse(&Refusal::new(404, "NOT_FOUND", "Upload not found.", vec![]), false, false),
    }
}

fn begin(state: &State, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
    let wanted = |name: &str, expected: &str| match text(headers, name) {
        Some(value) if value == expected => Ok(()),
        value => Err(Refusal::invalid(format!("Invalid header {name}: {value:?}."))),
    };
    wanted("x-goog-upload-protocol", "resumable")?;
    wanted("x-goog-upload-command", "start")?;
    let Some(size) = number(headers, "x-goog-upload-header-content-length") else {
        return Err(Refusal::invalid("Missing or invalid X-Goog-Upload-Header-Content-Length."));
    };
    let Some(mime) = text(headers, "x-goog-upload-header-content-type").filter(|mime| is_mime(mime)) else {
        return Err(Refusal::invalid("Missing or invalid X-Goog-Upload-Header-Content-Type."));
    };
    let CreateFile { file } = read_json(body)?;
    if file.size_bytes.as_ref().is_some_and(|told| *told != size.to_string()) {
        return Err(Refusal::invalid("file.sizeBytes does not match the announced length."));
    }
    if file.mime_type.as_deref().is_some_and(|told| told != mime) {
        return Err(Refusal::invalid("file.mimeType does not match the announced type."));
    }
    if file.display_name.chars().count() > 512 {
        return Err(Refusal::invalid("file.displayName must be at most 512 characters."));
    }
    if size == 0 {
        return Err(Refusal::invalid("File is empty."));
    }
    if size > LARGEST_FILE {
        return Err(Refusal::invalid("File is too large."));
    }
    let upload = state.files.begin(file.display_name, mime.to_owned(), size);
    let url = format!(
        "http://{}/upload/v1beta/files?upload_id={}&upload_protocol=resumable",
        host(headers),
        upload.session
    );
    let mut response = with_status(respond(200, JSON, ""), "active");
    add(&mut response, "x-goog-upload-url", &url);
    add(&mut response, "x-goog-upload-chunk-granularity", &upload.granularity.to_string());
    Ok(response)
}

async fn go_on(state: &State, upload: Upload, headers: &HeaderMap, body: Body) -> Response {
    if number(headers, "content-length").is_none() {
        let refusal = Refusal::new(411, "INVALID_ARGUMENT", "Content-Length is missing.", vec![]);
        return refuse(&refusal, false, false);
    }
    let host = host(headers);
    let command = text(headers, "x-goog-upload-command").unwrap_or_default();
    let finalize = match command {
        "upload" => false,
        "upload, finalize" | "finalize" => true,
        "query" => return standing(&upload, host),
        other => {
            let message = format!("Invalid upload command: {other:?}.");
            return refuse(&Refusal::invalid(message), false, false);
        }
    };
    let offset = number(headers, "x-goog-upload-offset");
    match receive(&state.files, upload, offset, finalize, body.into_data_stream()).await {
        Outcome::Active => with_status(respond(200, JSON, ""), "active"),
        Outcome::Complete(upload) => standing(&upload, host),
        Outcome::Refused(refusal) => refuse(&refusal, false, false),
        Outcome::WithoutStatus => respond(200, JSON, ""),
        Outcome::Broken => broken(),
        Outcome::Stalled => {
            let mut releases = state.releases.subscribe();
            // The sender lives as long as the server: there is nobody left to answer otherwise.
            let _ = releases.changed().await;
            broken()
        }
    }
}

/// How an upload stands: how much arrived, or what became of it.
fn standing(upload: &Upload, host: &str) -> Response {
    if upload.complete {
        let body = json!({"file": upload.to_json(host)});
        return with_status(respond(200, JSON, format!("{body:#}")), "final");
    }
    let mut response = with_status(respond(200, JSON, ""), "active");
    add(&mut response, "x-goog-upload-size-received", &upload.arrived.to_string());
    add(&mut response, "x-goog-upload-chunk-granularity", &upload.granularity.to_string());
    response
}

/// A response that is never written: its body fails first, and the connection with it.
fn broken() -> Response {
    let error = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Response::new(Body::from_stream(futures::stream::iter([Err::<bytes::Bytes, _>(error)])))
}

async fn list(Shared(state): Shared<Arc<State>>, headers: HeaderMap, Query(page): Query<Page>) -> Response {
    let files = state.files.list().into_iter().map(|file| file.to_json(host(&headers))).collect();
    match page.cut(files, DEFAULT_PAGE, 100, "files") {
        Ok(body) => respond(200, JSON, format!("{body:#}")),
        Err(refusal) => refuse(&refusal, false, false),
    }
}

/// Each look brings a file that is being processed nearer to its end.
async fn describe(Shared(state): Shared<Arc<State>>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let told = state.files.with_file(&id, |file| {
        file.looks = file.looks.saturating_sub(1);
        file.to_json(host(&headers))
    });
    match told {
        Some(file) => respond(200, JSON, format!("{file:#}")),
        None => refuse(&Refusal::no_file(&id), false, false),
    }
}

async fn delete(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Response {
    match state.files.with_file(&id, |file| file.gone = true) {
        Some(()) => respond(200, JSON, "{}\n"),
        None => refuse(&Refusal::no_file(&id), false, false),
    }
}

async fn script(Shared(state): Shared<Arc<State>>, Json(scripts): Json<Vec<UploadScript>>) -> StatusCode {
    state.files.queue(scripts);
    StatusCode::NO_CONTENT
}

async fn received(Shared(state): Shared<Arc<State>>) -> Json<Vec<ReceivedUpload>> {
    Json(state.files.received())
}

async fn expire(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.files.expire();
    StatusCode::NO_CONTENT
}

fn text<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    headers.get(name)?.to_str().ok()
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

/// Without parameters: the API takes none.
fn is_mime(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty())
        && !text.contains([';', ' '])
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")
}

fn upload_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let uploads = headers.iter().filter(|(name, _)| name.as_str().starts_with("x-goog-upload-"));
    uploads.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned()))).collect()
}

fn with_status(mut response: Response, status: &str) -> Response {
    add(&mut response, "x-goog-upload-status", status);
    response
}

fn add(response: &mut Response, name: &'static str, value: &str) {
    // The values are this server's own: addresses and numbers.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}
