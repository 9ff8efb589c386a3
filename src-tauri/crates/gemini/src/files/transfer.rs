//! The resumable upload protocol: begins an upload, sends it in chunks, asks how much arrived and goes on from there.
//!
//! After Google's own SDKs (`google-genai` 3.6, `_api_client.py`), which send 8 MiB at a time and send a chunk again while
//! the header `x-goog-upload-status` is missing. Unlike them, this asks how much arrived before it sends anything again.

use super::source::Source;
use crate::RetryPolicy;
use crate::client::Client;
use crate::failure::Failure;
use crate::retry::Retries;
use crate::wire::{CreateFileRequest, CreateFileResponse, File, NewFile};
use bytes::Bytes;
use conversation::NoticeCode;
use futures::{Stream, StreamExt, stream};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use reqwest::{Body, RequestBuilder, Response, Url};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

const PROTOCOL: &str = "x-goog-upload-protocol";
const COMMAND: &str = "x-goog-upload-command";
const OFFSET: &str = "x-goog-upload-offset";
const HEADER_LENGTH: &str = "x-goog-upload-header-content-length";
const HEADER_TYPE: &str = "x-goog-upload-header-content-type";
const STATUS: &str = "x-goog-upload-status";
const RECEIVED: &str = "x-goog-upload-size-received";
const UPLOAD_URL: &str = "x-goog-upload-url";
const GRANULARITY: &str = "x-goog-upload-chunk-granularity";

/// Bytes of a chunk, as far as the granularity allows.
const CHUNK: u64 = 8 * 1024 * 1024;

/// A chunk is held in memory, so no server may ask for larger ones than this.
const LARGEST_CHUNK: u64 = 4 * CHUNK;

/// Bytes handed to the connection at once; progress is told as finely.
const PIECE: usize = 64 * 1024;

/// How often a chunk is sent again before the upload fails.
const CHUNK_RETRIES: u32 = 3;

/// What the API said to the begin of an upload.
#[derive(Debug)]
pub(super) struct Begun {
    /// Where the bytes go.
    pub url: Url,
    /// Bytes of a chunk.
    pub chunk: u64,
}

/// Begins an upload of `size` bytes.
pub(super) async fn begin(client: &Client, name: &str, mime: &str, size: u64) -> Result<Begun, Failure> {
    let file =
        NewFile { display_name: name.to_owned(), mime_type: mime.to_owned(), size_bytes: size.to_string() };
    let body = serde_json::to_vec(&CreateFileRequest { file })
        .map_err(|error| Failure::new(NoticeCode::Internal, format!("the request is no JSON: {error}")))?;
    let request = client
        .post(client.uploads())
        .timeout(client.config.timeouts.lookup)
        .header(CONTENT_TYPE, "application/json")
        .header(PROTOCOL, "resumable")
        .header(COMMAND, "start")
        .header(HEADER_LENGTH, size)
        .header(HEADER_TYPE, mime)
        .body(body);
    let response = client.send(request).await.map_err(|failure| match failure.error.status {
        // A gateway that passes questions on, but no uploads.
        Some(404) => unexpected("the endpoint takes no uploads"),
        _ => failure,
    })?;
    let headers = response.headers();
    let Some(url) = text(headers, UPLOAD_URL) else {
        return Err(unexpected("the response names no address for the upload"));
    };
    let url = client.upload_url(url)?;
    let granularity = number(headers, GRANULARITY).unwrap_or(1);
    if !is_chunk(granularity) {
        return Err(unexpected(&format!("chunks of {granularity} bytes are asked for")));
    }
    Ok(Begun { url, chunk: granularity * (CHUNK / granularity).max(1) })
}

/// Whether a chunk may have so many bytes.
pub(super) fn is_chunk(bytes: u64) -> bool {
    (1..=LARGEST_CHUNK).contains(&bytes)
}

/// How far an upload is.
#[derive(Debug)]
pub(super) enum Standing {
    /// So many bytes arrived.
    At(u64),
    /// All of it, and this is what became of it.
    Complete(File),
}

/// A chunk that is being read.
pub(super) struct Ahead {
    at: u64,
    length: u64,
    data: JoinHandle<Result<Bytes, Failure>>,
}

impl Ahead {
    /// Begins to read the first chunk, as large as chunks usually are: the API says only later how large they are to be.
    pub fn first(source: &Source) -> Self {
        Self::read(source, 0, CHUNK.min(source.size))
    }

    fn read(source: &Source, at: u64, length: u64) -> Self {
        let source = source.clone();
        Self { at, length, data: tokio::spawn(async move { source.read(at, length).await }) }
    }
}

/// An upload that was begun.
pub(super) struct Transfer<'upload> {
    pub client: &'upload Client,
    pub url: Url,
    /// Bytes of a chunk.
    pub chunk: u64,
    pub source: &'upload Source,
    /// The next chunk, read while this one is sent.
    pub ahead: Option<Ahead>,
    /// Hears how many bytes were handed to the connection.
    pub report: &'upload mut (dyn FnMut(u64) + Send + Sync),
}

impl Transfer<'_> {
    /// Sends what is not there yet.
    pub async fn run(&mut self, from: Standing) -> Result<File, Failure> {
        let policy = RetryPolicy { attempts: CHUNK_RETRIES + 1, ..self.client.config.retry };
        let mut retries = Retries::new(policy);
        let mut furthest = 0;
        // Unknown after a fault: what was on its way then may have arrived or not.
        let mut at = match from {
            Standing::At(at) => Some(at),
            Standing::Complete(file) => return Ok(file),
        };
        loop {
            let step = match at {
                None => self.ask().await,
                Some(at) if at == self.source.size => self.finalize().await,
                Some(at) => self.send_chunk(at).await,
            };
            match step {
                Ok(Standing::Complete(file)) => return Ok(file),
                Ok(Standing::At(arrived)) => {
                    (self.report)(arrived);
                    if arrived > furthest {
                        furthest = arrived;
                        retries = Retries::new(policy);
                    }
                    at = Some(arrived);
                }
                Err(failure) => match retries.after(&failure) {
                    Some(delay) => {
                        sleep(delay).await;
                        at = None;
                    }
                    None => return Err(failure),
                },
            }
        }
    }

    /// Asks how much arrived.
    pub async fn ask(&self) -> Result<Standing, Failure> {
        let request = self.command("query").header(CONTENT_LENGTH, 0);
        let response = timed(self.client.config.timeouts.lookup, self.client.send(request)).await?;
        if !is_active(response.headers())? {
            return self.completed(response).await;
        }
        match number(response.headers(), RECEIVED) {
            Some(arrived) if arrived <= self.source.size => Ok(Standing::At(arrived)),
            _ => Err(unexpected("the response does not tell how much of the upload arrived")),
        }
    }

    async fn send_chunk(&mut self, at: u64) -> Result<Standing, Failure> {
        let length = self.chunk.min(self.source.size - at);
        let last = at + length == self.source.size;
        let data = self.take(at, length).await?;
        if !last {
            self.read_ahead(at + length);
        }
        let (handed, progress) = watch::channel(0);
        let request = self
            .command(if last { "upload, finalize" } else { "upload" })
            .header(OFFSET, at)
            .header(CONTENT_LENGTH, length)
            .body(Body::wrap_stream(pieces(data, handed)));
        let response = self.send(request, at, progress).await?;
        match (is_active(response.headers())?, last) {
            (true, false) => Ok(Standing::At(at + length)),
            (true, true) => Err(passing("everything was sent, but the upload is not complete")),
            (false, _) => self.completed(response).await,
        }
    }

    /// A chunk: the one that was read ahead, where it is this one.
    async fn take(&mut self, at: u64, length: u64) -> Result<Bytes, Failure> {
        match self.ahead.take() {
            Some(ahead) if (ahead.at, ahead.length) == (at, length) => match ahead.data.await {
                Ok(read) => read,
                Err(_) => self.source.read(at, length).await,
            },
            _ => self.source.read(at, length).await,
        }
    }

    fn read_ahead(&mut self, at: u64) {
        self.ahead = Some(Ahead::read(self.source, at, self.chunk.min(self.source.size - at)));
    }

    /// Ends an upload all of whose bytes arrived earlier.
    async fn finalize(&self) -> Result<Standing, Failure> {
        let request = self.command("finalize").header(OFFSET, self.source.size).header(CONTENT_LENGTH, 0);
        let response = timed(self.client.config.timeouts.idle, self.client.send(request)).await?;
        if is_active(response.headers())? {
            return Err(passing("the upload cannot be completed"));
        }
        self.completed(response).await
    }

    fn command(&self, command: &'static str) -> RequestBuilder {
        self.client.post(self.url.clone()).header(COMMAND, command)
    }

    /// Sends a chunk and tells how far it is. However long it takes: only a connection that takes no more bytes, or that
    /// does not answer afterwards, is given up.
    async fn send(
        &mut self,
        request: RequestBuilder,
        at: u64,
        mut progress: watch::Receiver<u64>,
    ) -> Result<Response, Failure> {
        let idle = self.client.config.timeouts.idle;
        let mut response = std::pin::pin!(self.client.send(request));
        loop {
            tokio::select! {
                response = &mut response => return response,
                // Ends with the body; the answer is still to come then.
                Ok(()) = progress.changed() => (self.report)(at + *progress.borrow_and_update()),
                () = sleep(idle) => return Err(silent(idle)),
            }
        }
    }

    async fn completed(&self, response: Response) -> Result<Standing, Failure> {
        let body = timed(self.client.config.timeouts.idle, async {
            response.bytes().await.map_err(Failure::from_transport)
        })
        .await?;
        match serde_json::from_slice(&body) {
            Ok(CreateFileResponse { file: Some(file) }) if !file.name.is_empty() => {
                Ok(Standing::Complete(file))
            }
            _ => Err(unexpected("the upload is complete, but the response names no file")),
        }
    }
}

/// A chunk in pieces; each is counted when the connection takes it.
fn pieces(data: Bytes, handed: watch::Sender<u64>) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::iter((0..data.len()).step_by(PIECE)).map(move |from| {
        let to = (from + PIECE).min(data.len());
        handed.send_replace(to as u64);
        Ok(data.slice(from..to))
    })
}

/// Whether an upload goes on; otherwise it is complete.
fn is_active(headers: &HeaderMap) -> Result<bool, Failure> {
    match text(headers, STATUS) {
        Some("active") => Ok(true),
        Some("final") => Ok(false),
        Some("cancelled") => Err(Failure::new(NoticeCode::FileUnavailable, "the upload was cancelled")),
        Some(other) => Err(unexpected(&format!("the upload is said to be {other:?}"))),
        // Google's SDKs take it for a fault in passing too.
        None => Err(passing("the response does not tell how the upload is")),
    }
}

async fn timed<T>(limit: Duration, call: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    timeout(limit, call).await.unwrap_or_else(|_| Err(silent(limit)))
}

/// An upload, unlike an answer, can be gone on with after a silence.
fn silent(waited: Duration) -> Failure {
    Failure::passing(NoticeCode::TimedOut, format!("nothing came for {} s", waited.as_secs_f32()))
}

fn passing(detail: &str) -> Failure {
    Failure::passing(NoticeCode::UnexpectedReply, detail)
}

fn unexpected(detail: &str) -> Failure {
    Failure::new(NoticeCode::UnexpectedReply, detail)
}

fn text<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}
