//! A Gemini API on this computer, as strict as the real one for the calls it serves.
//!
//! It lists models, answers `generateContent`, `streamGenerateContent` (with and without `alt=sse`) and `countTokens`,
//! takes files by the resumable upload protocol (their bytes are counted and hashed, not kept), and refuses what the real
//! API refuses with the same bodies. Asked for them, it answers with thoughts, code, sources, JSON of a schema and pictures. Every key is good except `bad`. Its answers say what it received, so that a test (or a
//! person) can see whether a question, its pictures and its files arrived. [`Reply`] and [`UploadScript`] make it fail in
//! every way the real one is known to.
//!
//! A test in the same process uses [`GeminiServer`]; a test of another process drives the same things over HTTP:
//!
//! | call | effect |
//! |---|---|
//! | `POST /test/script` | queues replies, a JSON array of [`Reply`]; each question takes one |
//! | `GET /test/requests` | everything received so far, as [`LoggedRequest`]s |
//! | `POST /test/release` | lets stalled answers go on |
//! | `POST /test/uploads` | queues what happens to uploads, a JSON array of [`UploadScript`]; each upload takes one |
//! | `GET /test/uploads` | everything uploaded so far, as [`ReceivedUpload`]s |
//! | `POST /test/expire` | lets all uploaded files expire |

mod answer;
mod error;
mod files;
mod metadata;
mod models;
mod own;
mod reply;
mod request;
mod routes;
mod schema;
mod stream;

pub use files::ReceivedUpload;
pub use reply::{
    ChunkFault, CodeRun, Delivery, DrawnPicture, End, Failure, Grounded, GroundedPage, GroundedPassage,
    LineEnding, Quotation, Rating, ReadLink, Reply, Streamed, UploadScript,
};
pub use request::{LoggedRequest, MAX_REQUEST_BYTES};

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The key that is refused.
pub const BAD_KEY: &str = "bad";

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct GeminiServer {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

/// What the routes share.
#[derive(Debug)]
pub(crate) struct State {
    script: Mutex<VecDeque<Reply>>,
    requests: Mutex<Vec<LoggedRequest>>,
    files: files::Files,
    /// Counts releases; a stalled answer waits for the next one.
    releases: watch::Sender<u64>,
    /// Between the chunks of an answer that no script slows down.
    pace: Duration,
}

impl GeminiServer {
    /// Starts on a free port of the loopback interface, answering as fast as it can.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0)), Duration::ZERO).await
    }

    /// Starts on an address, with a pause between the chunks of an answer.
    pub async fn start_on(address: SocketAddr, pace: Duration) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            script: Mutex::default(),
            requests: Mutex::default(),
            files: files::Files::default(),
            releases: watch::Sender::new(0),
            pace,
        });
        let routes = routes::routes(state.clone());
        let task = tokio::spawn(async move {
            // Ends only with the process or by the abort in `drop`.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, state, task })
    }

    /// What to configure as the API's base address.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Queues replies; each question takes one, and without any left the server answers by itself.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state.queue(replies);
    }

    /// Queues what happens to uploads; each takes one when it begins.
    pub fn script_uploads(&self, scripts: impl IntoIterator<Item = UploadScript>) {
        self.state.files.queue(scripts);
    }

    /// Everything that was uploaded or began to be, oldest first.
    pub fn uploads(&self) -> Vec<ReceivedUpload> {
        self.state.files.received()
    }

    /// Lets all uploaded files expire, as after 48 hours.
    pub fn expire_files(&self) {
        self.state.files.expire();
    }

    /// Forgets the uploads that are not complete, as after some days.
    pub fn forget_uploads(&self) {
        self.state.files.forget();
    }

    /// Everything received so far, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.state.requests()
    }

    /// Lets all answers go on that are stalled now.
    pub fn release(&self) {
        self.state.release();
    }

    /// Waits until the server is stopped from outside.
    pub async fn run(mut self) {
        // A panic of the server has printed its own message.
        let _ = (&mut self.task).await;
    }
}

impl Drop for GeminiServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    fn queue(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.script).extend(replies);
    }

    fn next_reply(&self) -> Reply {
        lock(&self.script).pop_front().unwrap_or_default()
    }

    fn log(&self, request: LoggedRequest) {
        lock(&self.requests).push(request);
    }

    fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.requests).clone()
    }

    fn release(&self) {
        self.releases.send_modify(|count| *count += 1);
    }
}

/// A test that panicked elsewhere must not hide its own message behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
