//! Files that are too large for a request: uploads them, waits until the API can use them, looks after them later.
//!
//! [`Gemini::upload`] sends a file of this computer in chunks and hands out an [`UploadSession`], with which the same
//! upload goes on after a broken connection, a cancellation, or a restart of the app. The API keeps a file for 48 hours;
//! [`Gemini::file`] tells whether it still has one.

mod source;
mod transfer;

use crate::Gemini;
use crate::failure::Failure;
use crate::retry::retrying;
use crate::wire::{File, FileState};
use backon::{BackoffBuilder, ExponentialBuilder};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use conversation::{NoticeCode, ProviderError, Timestamp};
use serde::{Deserialize, Serialize};
pub use source::LARGEST_FILE;
use source::Source;
use std::fmt::{self, Write};
use std::path::PathBuf;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use transfer::{Ahead, Begun, Standing, Transfer};

/// Characters of a name the API takes.
const LONGEST_NAME: usize = 512;

/// Longest wait between two looks at a file that is being processed.
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// A file to upload.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Where it is. At most 2 GB.
    pub path: PathBuf,
    /// Its name for people; Google sees it.
    pub name: String,
    /// MIME type. Parameters are left out: the API takes none.
    pub mime: String,
    /// SHA-256 of its bytes in hexadecimal digits, where it is known already; otherwise it is reckoned on the way.
    pub sha256: Option<String>,
    /// What an earlier attempt handed out. It is used when it belongs to the file as it is now and the API still knows it;
    /// otherwise the upload begins anew.
    pub session: Option<UploadSession>,
}

impl Upload {
    /// A file under its own name.
    pub fn new(path: impl Into<PathBuf>, mime: impl Into<String>) -> Self {
        let path = path.into();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { path, name, mime: mime.into(), sha256: None, session: None }
    }

    /// The same upload, going on where an earlier attempt ended.
    #[must_use]
    pub fn resuming(self, session: UploadSession) -> Self {
        Self { session: Some(session), ..self }
    }
}

/// An upload that was begun. Whoever has it can send the rest of the file without a key, so it is stored as privately as
/// the file itself. It holds no key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadSession {
    url: String,
    chunk: u64,
    size: u64,
    modified: Option<i64>,
    mime: String,
    /// The file's name at the API, once all of it arrived.
    arrived: Option<String>,
}

impl UploadSession {
    fn fits(&self, source: &Source, mime: &str) -> bool {
        self.size == source.size
            && self.modified == source.modified
            && self.mime == mime
            && transfer::is_chunk(self.chunk)
    }
}

impl fmt::Debug for UploadSession {
    /// Leaves the address out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, mime, arrived, .. } = self;
        write!(formatter, "UploadSession({size} bytes, {mime}, arrived: {arrived:?})")
    }
}

/// What happens during an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadEvent {
    /// What to hand back to go on later. Replaces the one before.
    Session(UploadSession),
    /// Bytes on their way. After a broken connection it can be fewer than before.
    Sent {
        /// Bytes handed to the connection.
        bytes: u64,
        /// Bytes of the file.
        of: u64,
    },
    /// Everything arrived; the API makes it ready.
    Processing,
}

/// A file the API can use now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadedFile {
    /// Its resource name, `files/{id}`.
    pub name: String,
    /// What a request names it by.
    pub uri: String,
    /// MIME type.
    pub mime: String,
    /// When the API deletes it, where it says.
    pub expires_at: Option<Timestamp>,
    /// SHA-256 of its bytes as read here, in hexadecimal digits.
    pub sha256: String,
}

/// A file as the API tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its resource name, `files/{id}`.
    pub name: String,
    /// What a request names it by.
    pub uri: String,
    /// MIME type.
    pub mime: String,
    /// When the API deletes it, where it says.
    pub expires_at: Option<Timestamp>,
    /// SHA-256 of its bytes in hexadecimal digits, where the API says.
    pub sha256: Option<String>,
    /// Whether it can be used.
    pub state: RemoteState,
}

/// Whether a file at the API can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteState {
    /// Not yet.
    Processing,
    /// Yes.
    Active,
    /// Never; with the API's own words for why.
    Failed(String),
}

impl Gemini {
    /// Uploads a file and waits until the API can use it. `None` when it was cancelled, which takes effect at once and
    /// leaves the upload to be gone on with.
    ///
    /// A chunk that did not arrive is sent again up to three times. At most about 16 MiB of the file are in memory:
    /// the chunk that is sent and the next one.
    ///
    /// # Errors
    ///
    /// [`NoticeCode::FileUnusable`] for a file that is empty, cannot be read, changed meanwhile, or that the API cannot
    /// process; [`NoticeCode::RequestTooLarge`] above 2 GB; [`NoticeCode::FileUnavailable`] when the API forgot the upload;
    /// [`NoticeCode::TimedOut`] when it is not ready in time; otherwise what any request can fail with.
    #[tracing::instrument(skip_all, err)]
    pub async fn upload(
        &self,
        upload: Upload,
        mut on_event: impl FnMut(UploadEvent) + Send + Sync,
        cancel: CancellationToken,
    ) -> Result<Option<UploadedFile>, ProviderError> {
        tokio::select! {
            biased;
            () = cancel.cancelled() => Ok(None),
            done = self.run_upload(upload, &mut on_event) => match done {
                Ok(file) => Ok(Some(file)),
                Err(failure) => Err(self.client.without_key(failure).error),
            },
        }
    }

    /// Looks after an uploaded file. `None` when the API does not have it (any more). `name` is `files/{id}` or the bare id.
    ///
    /// # Errors
    ///
    /// What any request can fail with.
    #[tracing::instrument(skip_all, err)]
    pub async fn file(&self, name: &str) -> Result<Option<RemoteFile>, ProviderError> {
        match self.look(name).await {
            Ok(file) => Ok(Some(file.into())),
            Err(failure) if is_gone(&failure) => Ok(None),
            Err(failure) => Err(failure.error),
        }
    }

    /// Deletes an uploaded file before its time. One that is gone already is deleted. `name` as in [`file`](Self::file).
    ///
    /// # Errors
    ///
    /// What any request can fail with.
    #[tracing::instrument(skip_all, err)]
    pub async fn delete_file(&self, name: &str) -> Result<(), ProviderError> {
        let path = ["files", id(name)];
        match retrying(self.client.config.retry, || self.client.delete(&path))
            .await
            .map_err(Failure::about_file)
        {
            Err(failure) if !is_gone(&failure) => Err(failure.error),
            _ => Ok(()),
        }
    }

    async fn run_upload(
        &self,
        upload: Upload,
        on_event: &mut (dyn FnMut(UploadEvent) + Send + Sync),
    ) -> Result<UploadedFile, Failure> {
        self.client.key()?;
        let mime = without_parameters(&upload.mime)?;
        let source = Source::open(&upload.path, upload.sha256).await?;
        let resumed = match upload.session.filter(|session| session.fits(&source, mime)) {
            Some(session) => self.resume(session, &source).await?,
            None => None,
        };
        // Read while the API answers.
        let ahead = resumed.is_none().then(|| Ahead::first(&source));
        let (mut session, standing) = match resumed {
            Some(found) => found,
            None => self.begin(&upload.name, mime, &source).await?,
        };
        on_event(UploadEvent::Session(session.clone()));
        let of = source.size;
        let mut transfer = Transfer {
            client: &self.client,
            url: self.client.upload_url(&session.url)?,
            chunk: session.chunk,
            source: &source,
            ahead,
            report: &mut |bytes| on_event(UploadEvent::Sent { bytes, of }),
        };
        let file = transfer.run(standing).await.map_err(Failure::about_file)?;
        session.arrived = Some(file.name.clone());
        on_event(UploadEvent::Session(session));
        on_event(UploadEvent::Processing);
        let sha256 = self.verified(&file, &source).await?;
        let ready = RemoteFile::from(self.ready(file).await?);
        let RemoteFile { name, uri, expires_at, .. } = ready;
        let mime = if ready.mime.is_empty() { mime.to_owned() } else { ready.mime };
        Ok(UploadedFile { name, uri, mime, expires_at, sha256 })
    }

    async fn begin(
        &self,
        name: &str,
        mime: &str,
        source: &Source,
    ) -> Result<(UploadSession, Standing), Failure> {
        let name: String = name.chars().take(LONGEST_NAME).collect();
        tracing::debug!(bytes = source.size, mime, "an upload begins");
        let begin = || transfer::begin(&self.client, &name, mime, source.size);
        let Begun { url, chunk } = retrying(self.client.config.retry, begin).await?;
        let session = UploadSession {
            url: url.into(),
            chunk,
            size: source.size,
            modified: source.modified,
            mime: mime.to_owned(),
            arrived: None,
        };
        Ok((session, Standing::At(0)))
    }

    /// How far an earlier attempt came. `None` when it cannot be gone on with.
    async fn resume(
        &self,
        session: UploadSession,
        source: &Source,
    ) -> Result<Option<(UploadSession, Standing)>, Failure> {
        let told = if let Some(name) = &session.arrived {
            self.look(name).await.map(Standing::Complete)
        } else {
            // The endpoint may have been changed since.
            let Ok(url) = self.client.upload_url(&session.url) else { return Ok(None) };
            let transfer = Transfer {
                client: &self.client,
                url,
                chunk: session.chunk,
                source,
                ahead: None,
                report: &mut |_| {},
            };
            retrying(self.client.config.retry, || transfer.ask()).await.map_err(Failure::about_file)
        };
        match told {
            Ok(Standing::Complete(file)) if file.state == Some(FileState::Failed) => Ok(None),
            Ok(standing) => Ok(Some((session, standing))),
            Err(failure) if means_begin_anew(&failure) => {
                tracing::info!(error = %failure.error, "the upload begins anew");
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The file's hash, which must be the one the API reckoned, where it tells one.
    async fn verified(&self, file: &File, source: &Source) -> Result<String, Failure> {
        let ours = source.sha256().await?;
        match file.sha256_hash.as_deref().and_then(hexadecimal) {
            Some(theirs) if theirs != ours => {
                if let Err(failure) = self.client.delete(&["files", id(&file.name)]).await {
                    tracing::info!(error = %failure.error, "a damaged upload could not be deleted");
                }
                Err(Failure::new(NoticeCode::UnexpectedReply, "what arrived is not what was sent"))
            }
            _ => Ok(ours),
        }
    }

    /// Waits until a file can be used.
    async fn ready(&self, mut file: File) -> Result<File, Failure> {
        let limit = self.client.config.timeouts.processing;
        let end = Instant::now() + limit;
        let mut delays = ExponentialBuilder::new()
            .with_min_delay(self.client.config.retry.first_delay)
            .with_max_delay(LONGEST_LOOK)
            .without_max_times()
            .build();
        loop {
            match &file.state {
                Some(FileState::Active) => return Ok(file),
                Some(FileState::Failed) => {
                    return Err(Failure::new(NoticeCode::FileUnusable, why_failed(&file)));
                }
                // A state that does not exist yet lies between the others.
                Some(FileState::Processing | FileState::Unknown(_)) | None => {}
            }
            let delay = delays.next().unwrap_or(LONGEST_LOOK);
            if Instant::now() + delay > end {
                let detail = format!("the file is not ready after {} s", limit.as_secs_f32());
                return Err(Failure::new(NoticeCode::TimedOut, detail));
            }
            sleep(delay).await;
            file = self.look(&file.name).await?;
        }
    }

    async fn look(&self, name: &str) -> Result<File, Failure> {
        let path = ["files", id(name)];
        let look = || self.client.get::<File>(&path, &[]);
        let file = retrying(self.client.config.retry, look).await.map_err(Failure::about_file)?;
        if file.name.is_empty() {
            return Err(Failure::new(NoticeCode::UnexpectedReply, "the response names no file"));
        }
        Ok(file)
    }
}

impl From<File> for RemoteFile {
    fn from(file: File) -> Self {
        let state = match &file.state {
            Some(FileState::Active) => RemoteState::Active,
            Some(FileState::Failed) => RemoteState::Failed(why_failed(&file)),
            Some(FileState::Processing | FileState::Unknown(_)) | None => RemoteState::Processing,
        };
        Self {
            name: file.name,
            uri: file.uri,
            mime: file.mime_type,
            expires_at: file.expiration_time.as_deref().and_then(timestamp),
            sha256: file.sha256_hash.as_deref().and_then(hexadecimal),
            state,
        }
    }
}

fn is_gone(failure: &Failure) -> bool {
    failure.error.notice.code == NoticeCode::FileUnavailable
}

/// Whether the API answered, and not in a way that a new upload would not meet again.
fn means_begin_anew(failure: &Failure) -> bool {
    matches!(
        failure.error.notice.code,
        NoticeCode::FileUnavailable | NoticeCode::RequestRejected | NoticeCode::UnexpectedReply
    )
}

/// A file's identifier without the resource prefix.
fn id(name: &str) -> &str {
    name.strip_prefix("files/").unwrap_or(name)
}

fn why_failed(file: &File) -> String {
    let message = file.error.as_ref().and_then(|error| error.message.as_deref()).map(str::trim);
    message.filter(|message| !message.is_empty()).unwrap_or("the API does not say why").to_owned()
}

fn without_parameters(mime: &str) -> Result<&str, Failure> {
    let bare = mime.split(';').next().unwrap_or_default().trim();
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    match bare.split_once('/') {
        Some((kind, subtype)) if is_name(kind) && is_name(subtype) => Ok(bare),
        _ => Err(Failure::new(NoticeCode::FileUnusable, format!("{mime:?} is not a MIME type"))),
    }
}

/// The API encodes the hash's hexadecimal digits in base64, where its documentation speaks of the hash itself.
fn hexadecimal(base64: &str) -> Option<String> {
    let bytes = STANDARD.decode(base64).ok()?;
    match bytes.len() {
        64 => String::from_utf8(bytes).ok().map(|digits| digits.to_ascii_lowercase()),
        32 => Some(bytes.iter().fold(String::new(), |mut digits, byte| {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x}");
            digits
        })),
        _ => None,
    }
}

fn timestamp(text: &str) -> Option<Timestamp> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_read_in_both_ways() {
        let digits = "00ff".repeat(16);
        let bytes = [0x00, 0xff].repeat(16);
        assert_eq!(hexadecimal(&STANDARD.encode(&digits)).as_ref(), Some(&digits));
        assert_eq!(hexadecimal(&STANDARD.encode(bytes)).as_ref(), Some(&digits));
        for odd in ["", "AA==", "not base64!"] {
            assert_eq!(hexadecimal(odd), None);
        }
    }

    #[test]
    fn times_are_milliseconds_since_1970() {
        assert_eq!(timestamp("2026-11-25T10:00:00.250817Z"), Some(Timestamp(1_795_600_800_250)));
        assert_eq!(timestamp("2026-11-25T11:00:00+01:00"), Some(Timestamp(1_795_600_800_000)));
        assert_eq!(timestamp("tomorrow"), None);
    }

    #[test]
    fn parameters_of_a_mime_type_are_left_out() {
        assert_eq!(without_parameters("audio/ogg; codecs=opus").unwrap(), "audio/ogg");
        assert_eq!(without_parameters("image/svg+xml").unwrap(), "image/svg+xml");
        for odd in ["", "video", "video/", "/mp4", "video/mp4\r\nx: y", "a/b/c", "видео/mp4"] {
            assert_eq!(
                without_parameters(odd).unwrap_err().error.notice.code,
                NoticeCode::FileUnusable,
                "{odd:?}"
            );
        }
    }

    #[test]
    fn a_session_is_stored_and_does_not_print_its_address() {
        let session = UploadSession {
            url: "https://x.googleapis.com/?upload_id=secret".into(),
            chunk: 8,
            size: 9,
            modified: Some(1),
            mime: "video/mp4".into(),
            arrived: None,
        };
        let stored = serde_json::to_string(&session).unwrap();
        assert_eq!(serde_json::from_str::<UploadSession>(&stored).unwrap(), session);
        assert!(!format!("{session:?}").contains("secret"));
    }
}
