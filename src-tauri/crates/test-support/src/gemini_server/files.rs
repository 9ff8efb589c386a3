//! The files the server has: uploads in progress, and what became of them. Bytes are counted and hashed, never kept.

mod receive;
mod routes;

pub(super) use routes::{api, uploads};

use super::error::Refusal;
use super::lock;
use super::reply::{ChunkFault, UploadScript};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::sync::Mutex;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// Largest file, in bytes.
const LARGEST_FILE: u64 = 2_000_000_000;

/// What chunks are multiples of where a script says nothing else.
pub(super) const GRANULARITY: u64 = 8 * 1024 * 1024;

/// Looks at a video that is being processed before it is ready, where a script says nothing else.
const VIDEO_LOOKS: u32 = 2;

/// An upload as the server saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedUpload {
    /// `files/{id}`, the name the file has once it is complete.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// MIME type.
    pub mime: String,
    /// Bytes announced.
    pub size: u64,
    /// Bytes that count.
    pub arrived: u64,
    /// Bytes that came over the wire, those that do not count included.
    pub carried: u64,
    /// Requests that carried bytes.
    pub chunks: usize,
    /// SHA-256 of the bytes that count, in hexadecimal digits.
    pub sha256: String,
    /// Whether all of it came.
    pub complete: bool,
    /// Whether it was deleted or expired.
    pub gone: bool,
}

/// Everything about files.
#[derive(Debug, Default)]
pub(super) struct Files {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    script: VecDeque<UploadScript>,
    uploads: Vec<Upload>,
}

/// An upload from its first request on, and the file it becomes.
#[derive(Debug, Clone)]
struct Upload {
    /// The secret in the upload's address.
    session: String,
    id: String,
    display_name: String,
    mime: String,
    size: u64,
    granularity: u64,
    faults: Vec<ChunkFault>,
    /// Looks left until it is ready.
    looks: u32,
    failure: Option<String>,
    hasher: Sha256,
    arrived: u64,
    carried: u64,
    chunks: usize,
    created: OffsetDateTime,
    complete: bool,
    gone: bool,
}

/// What a question needs to know about a file it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Usable {
    pub name: String,
    pub size: u64,
}

impl Files {
    pub fn queue(&self, scripts: impl IntoIterator<Item = UploadScript>) {
        lock(&self.inner).script.extend(scripts);
    }

    pub fn received(&self) -> Vec<ReceivedUpload> {
        lock(&self.inner).uploads.iter().map(Upload::report).collect()
    }

    /// Lets all complete files expire, as after 48 hours.
    pub fn expire(&self) {
        let mut inner = lock(&self.inner);
        inner.uploads.iter_mut().filter(|upload| upload.complete).for_each(|upload| upload.gone = true);
    }

    /// Forgets the uploads that are not complete.
    pub fn forget(&self) {
        let mut inner = lock(&self.inner);
        inner.uploads.iter_mut().filter(|upload| !upload.complete).for_each(|upload| upload.gone = true);
    }

    fn begin(&self, display_name: String, mime: String, size: u64) -> Upload {
        let mut inner = lock(&self.inner);
        let script = inner.script.pop_front().unwrap_or_default();
        let new_id = || uuid::Uuid::now_v7().simple().to_string();
        let upload = Upload {
            session: new_id(),
            id: new_id(),
            looks: script.looks.unwrap_or(if mime.starts_with("video/") { VIDEO_LOOKS } else { 0 }),
            display_name,
            mime,
            size,
            granularity: script.granularity.unwrap_or(GRANULARITY),
            faults: script.faults,
            failure: script.failure,
            hasher: Sha256::new(),
            arrived: 0,
            carried: 0,
            chunks: 0,
            created: OffsetDateTime::now_utc(),
            complete: false,
            gone: false,
        };
        inner.uploads.push(upload.clone());
        upload
    }

    /// Works on an upload; `None` when there is none of this session.
    fn with<T>(&self, session: &str, work: impl FnOnce(&mut Upload) -> T) -> Option<T> {
        let mut inner = lock(&self.inner);
        inner.uploads.iter_mut().find(|upload| upload.session == session && !upload.gone).map(work)
    }

    /// Works on a file; what is not complete, or gone, is no file.
    fn with_file<T>(&self, id: &str, work: impl FnOnce(&mut Upload) -> T) -> Option<T> {
        let mut inner = lock(&self.inner);
        inner.uploads.iter_mut().find(|upload| upload.id == id && upload.complete && !upload.gone).map(work)
    }

    fn list(&self) -> Vec<Upload> {
        let inner = lock(&self.inner);
        inner.uploads.iter().filter(|upload| upload.complete && !upload.gone).cloned().collect()
    }

    /// A file a question names, or the API's refusal.
    pub fn usable(&self, uri: &str) -> Result<Usable, Refusal> {
        let Some((_, id)) = uri.rsplit_once("/v1beta/files/") else {
            return Err(Refusal::invalid(format!("Invalid or unsupported file uri: {uri}")));
        };
        let found = self.with_file(id, |file| {
            let usable = Usable { name: format!("files/{}", file.id), size: file.size };
            (file.state() == "ACTIVE").then_some(usable)
        });
        match found {
            Some(Some(usable)) => Ok(usable),
            Some(None) => Err(Refusal::file_not_active(id)),
            None => Err(Refusal::no_access_to_file(id)),
        }
    }
}

impl Upload {
    fn state(&self) -> &'static str {
        match (self.looks, &self.failure) {
            (1.., _) => "PROCESSING",
            (0, None) => "ACTIVE",
            (0, Some(_)) => "FAILED",
        }
    }

    /// The fault planned for the request that carries bytes now, counted from 0.
    fn fault(&self) -> Option<ChunkFault> {
        self.faults.iter().find(|fault| fault.at() == self.chunks).cloned()
    }

    fn sha256(&self) -> String {
        format!("{:x}", self.hasher.clone().finalize())
    }

    fn report(&self) -> ReceivedUpload {
        ReceivedUpload {
            name: format!("files/{}", self.id),
            display_name: self.display_name.clone(),
            mime: self.mime.clone(),
            size: self.size,
            arrived: self.arrived,
            carried: self.carried,
            chunks: self.chunks,
            sha256: self.sha256(),
            complete: self.complete,
            gone: self.gone,
        }
    }

    /// As the API tells it. `host` is what the client calls this server.
    fn to_json(&self, host: &str) -> Value {
        let time = |time: OffsetDateTime| time.format(&Rfc3339).unwrap_or_default();
        let mut file = json!({
            "name": format!("files/{}", self.id),
            "displayName": self.display_name,
            "mimeType": self.mime,
            "sizeBytes": self.size.to_string(),
            "createTime": time(self.created),
            "updateTime": time(self.created),
            "expirationTime": time(self.created + Duration::hours(48)),
            // The digits, not the bytes: so does the API.
            "sha256Hash": STANDARD.encode(self.sha256()),
            "uri": format!("http://{host}/v1beta/files/{}", self.id),
            "state": self.state(),
            "source": "UPLOADED",
        });
        if let (0, Some(message)) = (self.looks, &self.failure) {
            file["error"] = json!({"code": 3, "message": message});
        }
        file
    }
}
