//! The HTTP side: keys, paths, and the calls a test drives the server with.

use super::error::Refusal;
use super::models::{MODELS, Model};
use super::reply::Reply;
use super::request::{LoggedRequest, MAX_REQUEST_BYTES, Question};
use super::{BAD_KEY, State, files, request, stream};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const JSON: &str = "application/json; charset=UTF-8";
const EVENT_STREAM: &str = "text/event-stream";

/// Small, so that a list of few models has several pages when asked for.
const DEFAULT_PAGE: usize = 50;

pub(super) fn routes(state: Arc<State>) -> Router {
    let api = Router::new()
        .route("/v1beta/models", get(list))
        .route("/v1beta/models/{model}", get(describe).post(call))
        .merge(files::api())
        .route_layer(from_fn_with_state(state.clone(), log_and_check_key));
    let test = Router::new()
        .route("/test/script", post(script))
        .route("/test/requests", get(requests))
        .route("/test/release", post(release));
    // Above the API's own limit, so that the API's refusal is the one that is seen.
    let small = api.merge(test).layer(DefaultBodyLimit::max(4 * MAX_REQUEST_BYTES));
    small.merge(files::uploads()).with_state(state)
}

async fn log_and_check_key(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 4 * MAX_REQUEST_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let key = key(&parts.headers);
    state.log(LoggedRequest {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        key: key.clone(),
        upload_headers: BTreeMap::new(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let (sse, streaming) = kind(&parts.uri);
    match refused_key(key.as_deref()) {
        Some(refusal) => refuse(&refusal, sse, streaming),
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
    }
}

/// Why a key is not let in; `None` when it is.
pub(super) fn refused_key(key: Option<&str>) -> Option<Refusal> {
    match key {
        None | Some("") => Some(Refusal::no_key()),
        Some(BAD_KEY) => Some(Refusal::bad_key()),
        Some(_) => None,
    }
}

pub(super) fn key(headers: &HeaderMap) -> Option<String> {
    headers.get("x-goog-api-key")?.to_str().ok().map(Into::into)
}

/// Whether events were asked for, and whether the call streams at all.
fn kind(uri: &Uri) -> (bool, bool) {
    let sse = uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "alt=sse"));
    (sse, uri.path().ends_with(":streamGenerateContent"))
}

/// Errors of a streaming call come labelled as events with `alt=sse` and inside an array without.
pub(super) fn refuse(refusal: &Refusal, sse: bool, streaming: bool) -> Response {
    let (content_type, body) = match (streaming, sse) {
        (true, true) => (EVENT_STREAM, refusal.body.clone()),
        (true, false) => (JSON, json!([refusal.body])),
        (false, _) => (JSON, refusal.body.clone()),
    };
    respond(refusal.status, content_type, format!("{body:#}"))
}

pub(super) fn respond(status: u16, content_type: &str, body: impl Into<Body>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, content_type)], body.into()).into_response()
}

/// Which page of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    page_size: Option<usize>,
    page_token: Option<String>,
}

impl Page {
    /// The body with this page of `all` under `name`.
    pub fn cut(&self, all: Vec<Value>, default: usize, most: usize, name: &str) -> Result<Value, Refusal> {
        let size = self.page_size.unwrap_or(default).clamp(1, most);
        let Ok(start) = self.page_token.as_deref().map_or(Ok(0), str::parse::<usize>) else {
            return Err(Refusal::invalid("Page token is not valid."));
        };
        let count = all.len();
        let page: Vec<Value> = all.into_iter().skip(start).take(size).collect();
        let mut body = json!({});
        // An empty list is left out, as all empty values are in the API's JSON.
        if !page.is_empty() {
            body[name] = page.into();
        }
        if start + size < count {
            body["nextPageToken"] = (start + size).to_string().into();
        }
        Ok(body)
    }
}

async fn list(Query(page): Query<Page>) -> Response {
    let models = MODELS.iter().map(|model| model.to_json()).collect();
    match page.cut(models, DEFAULT_PAGE, 1000, "models") {
        Ok(body) => respond(200, JSON, format!("{body:#}")),
        Err(refusal) => refuse(&refusal, false, false),
    }
}

async fn describe(Path(id): Path<String>) -> Response {
    if let Some(model) = Model::find(&id) {
        return respond(200, JSON, format!("{:#}", model.to_json()));
    }
    let message = format!("models/{id} is not found for API version v1beta.");
    refuse(&Refusal::new(404, "NOT_FOUND", message, vec![]), false, false)
}

async fn call(
    Shared(state): Shared<Arc<State>>,
    Path(call): Path<String>,
    uri: Uri,
    body: Bytes,
) -> Response {
    let (sse, streaming) = kind(&uri);
    let (id, method) = call.split_once(':').unwrap_or((&call, ""));
    let Some(model) = Model::find(id).filter(|model| model.serves(method)) else {
        let method = if streaming { "generateContent" } else { method };
        return refuse(&Refusal::no_model(id, method), sse, streaming);
    };
    if method == "countTokens" {
        return match request::read_count(model, &body, &state.files) {
            Err(refusal) => refuse(&refusal, sse, streaming),
            Ok(question) => respond(200, JSON, format!("{:#}", stream::count(&question))),
        };
    }
    match request::read(model, &body, &state.files) {
        Err(refusal) => refuse(&refusal, sse, streaming),
        Ok(question) => answer(&state, model.id, &question, sse, streaming),
    }
}

fn answer(
    state: &Arc<State>,
    model: &'static str,
    question: &Question,
    sse: bool,
    streaming: bool,
) -> Response {
    let single = |response: &Value| match (streaming, sse) {
        (true, true) => respond(200, EVENT_STREAM, stream::framed(&response.to_string(), 0, 1, true, "\r\n")),
        (true, false) => respond(200, JSON, stream::framed(&response.to_string(), 0, 1, false, "")),
        (false, _) => respond(200, JSON, format!("{response:#}")),
    };
    match state.next_reply() {
        Reply::Answer(streamed) if streaming => {
            let content_type = if sse { EVENT_STREAM } else { JSON };
            respond(200, content_type, stream::body(state, model, question, &streamed, sse))
        }
        Reply::Answer(streamed) => single(&stream::whole(model, question, &streamed)),
        Reply::Refuse(failure) => refuse(&Refusal::from_failure(&failure, model), sse, streaming),
        Reply::BlockedPrompt { reason, ratings } => {
            single(&stream::blocked(model, question, &reason, &ratings))
        }
        Reply::EmptyStop => single(&stream::empty_stop(model, question)),
        Reply::Plain { status, content_type, body } => respond(status, &content_type, body),
    }
}

async fn script(Shared(state): Shared<Arc<State>>, Json(replies): Json<Vec<Reply>>) -> StatusCode {
    state.queue(replies);
    StatusCode::NO_CONTENT
}

async fn requests(Shared(state): Shared<Arc<State>>) -> Json<Vec<LoggedRequest>> {
    Json(state.requests())
}

async fn release(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.release();
    StatusCode::NO_CONTENT
}
