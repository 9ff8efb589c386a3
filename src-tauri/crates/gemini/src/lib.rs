//! The Gemini API as one of Castor's two minds.
//!
//! [`Gemini`] implements [`conversation::Provider`] over `streamGenerateContent`. The path of one question:
//! `request` turns it into the API's JSON, `answer` sends it and retries what passes by itself, `event_stream` reads the
//! server-sent events, `parts` says what is in the model's parts, `grounding` gathers what the answer rests on, and `failure`
//! puts whatever goes wrong into Castor's words. `count` asks what a question would cost.
//!
//! What is too large for a request is uploaded first: `files` sends a file in chunks, goes on where an interrupted upload
//! ended, and waits until the API can use it; `uploads` does so ahead of a request, once for each content.
//!
//! `network` is the way there (proxies, certificates), `prices` what an answer costs.
//!
//! Two rules hold throughout. The key travels in the header `x-goog-api-key` and nowhere else: not in an address, a log
//! or an error. And what a model said is kept as the JSON text it came as, because its signed parts must go back untouched.
//!
//! Crates: `reqwest` with rustls (the system's certificates and others beside them, no redirects), `hyper-util` to
//! ask which proxy it will take, `sse-stream` (reads bytes, in linear time at any
//! split, and discards a half event as the standard asks; `reqwest-eventsource` reconnects by itself), `backon` for the
//! delays, `secrecy` for the key.

mod answer;
mod client;
mod config;
mod count;
mod event_stream;
mod failure;
mod files;
mod grounding;
mod key;
mod models;
mod network;
mod parts;
mod prices;
mod provider;
mod request;
mod retry;
mod uploads;
pub mod wire;

pub use config::{Config, ConfigError, RetryPolicy, Timeouts};
pub use event_stream::{Chunk, ChunkError, read_chunks};
pub use files::{LARGEST_FILE, RemoteFile, RemoteState, Upload, UploadEvent, UploadSession, UploadedFile};
pub use grounding::{Found, Grounding};
pub use key::SharedKey;
pub use models::{DEFAULT_MODEL, FALLBACK_MODEL};
pub use network::{Network, Proxy};
pub use prices::{ModelPrice, PriceList, PriceListError, Tier, prices};
pub use provider::Gemini;
pub use secrecy::SecretString;
pub use uploads::UploadStore;
