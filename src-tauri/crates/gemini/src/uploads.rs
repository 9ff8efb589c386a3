//! Files that a request is too small for: sent ahead of it, once each, and remembered for as long as the API keeps them.

use crate::request::{self, Signatures, Terms};
use crate::{Gemini, RemoteFile, RemoteState, Upload, UploadEvent, UploadSession, UploadedFile, answer};
use async_stream::stream;
use conversation::{
    EventStream, FileToSend, GenerateEvent, GenerateRequest, ProviderError, RequestPart, Sha256Hash, Stage,
};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::pin::pin;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Keeps what is known of uploads between questions and over restarts, by the hash of a file's content. Both calls are
/// quick; what cannot be kept is uploaded again.
pub trait UploadStore: Debug + Send + Sync {
    /// What was kept last.
    fn load(&self, hash: &Sha256Hash) -> Option<Vec<u8>>;

    /// Keeps a record in place of the one before.
    fn save(&self, hash: &Sha256Hash, record: &[u8]);
}

/// What is kept of one file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Record {
    /// It was begun, and can be gone on with.
    Begun(UploadSession),
    /// The API has it, or had it.
    Done(UploadedFile),
}

/// Whether a request names files that are still to be sent.
pub(crate) fn has_files(request: &GenerateRequest) -> bool {
    request.turns.iter().flat_map(|turn| &turn.parts).any(|part| matches!(part, RequestPart::File(_)))
}

/// Sends the request's files ahead, then asks.
pub(crate) fn begin(
    gemini: Gemini,
    mut request: GenerateRequest,
    terms: Terms,
    cancel: CancellationToken,
) -> EventStream {
    let events = stream! {
        if let Err(failure) = request::may_leave(&request) {
            yield Err(failure.error);
            return;
        }
        let mut files: Vec<&mut FileToSend> = request
            .turns
            .iter_mut()
            .flat_map(|turn| &mut turn.parts)
            .filter_map(|part| match part {
                RequestPart::File(file) => Some(file),
                _ => None,
            })
            .collect();
        let total = u32::try_from(files.len()).unwrap_or(u32::MAX);
        for (number, file) in (1..).zip(&mut files) {
            let stage = |percent: u32| Stage::SendingFile { number, total, fraction: percent as f32 / 100.0 };
            yield Ok(GenerateEvent::Stage(stage(0)));
            let (tell, mut told) = mpsc::unbounded_channel();
            let sent = {
                let mut sending = pin!(gemini.send_ahead(file, tell, cancel.clone()));
                loop {
                    let step = tokio::select! {
                        Some(percent) = told.recv() => Ok(percent),
                        sent = &mut sending => Err(sent),
                    };
                    match step {
                        Ok(percent) => yield Ok(GenerateEvent::Stage(stage(percent))),
                        Err(sent) => break sent,
                    }
                }
            };
            match sent {
                Ok(Some(uri)) => file.uri = Some(uri),
                Ok(None) => return,
                Err(error) => {
                    yield Err(error);
                    return;
                }
            }
        }
        match request::body(&request, &terms, Signatures::Keep, None) {
            Ok(body) => {
                let mut answer = answer::begin(gemini.client.clone(), request, terms, body, cancel);
                while let Some(event) = answer.next().await {
                    yield event;
                }
            }
            Err(failure) => yield Err(failure.error),
        }
    };
    events.boxed()
}

impl Gemini {
    /// The address of a file at the API: of the upload it still has, or of a new one. `None` when cancelled. `tell` hears
    /// whole per cents.
    async fn send_ahead(
        &self,
        file: &FileToSend,
        tell: mpsc::UnboundedSender<u32>,
        cancel: CancellationToken,
    ) -> Result<Option<String>, ProviderError> {
        let kept = self.uploads.as_ref().and_then(|store| store.load(&file.hash));
        let session = match kept.and_then(|record| serde_json::from_slice(&record).ok()) {
            Some(Record::Done(known)) => match self.file(&known.name).await? {
                Some(RemoteFile { state: RemoteState::Active, uri, .. }) => return Ok(Some(uri)),
                _ => None,
            },
            Some(Record::Begun(session)) => Some(session),
            None => None,
        };
        let upload = Upload {
            path: file.path.clone(),
            name: file.name.clone(),
            mime: file.mime.clone(),
            sha256: file.content.as_ref().map(|hash| hash.0.clone()),
            session,
        };
        let mut last = 0;
        let on_event = |event| match event {
            UploadEvent::Session(session) => self.remember(&file.hash, &Record::Begun(session)),
            UploadEvent::Sent { bytes, of } => {
                let percent = u32::try_from(bytes.saturating_mul(100) / of.max(1)).unwrap_or(100);
                if percent != last {
                    last = percent;
                    // Nobody listens once the answer was given up.
                    let _gone = tell.send(percent);
                }
            }
            UploadEvent::Processing => {}
        };
        let Some(uploaded) = self.upload(upload, on_event, cancel).await? else { return Ok(None) };
        let uri = uploaded.uri.clone();
        self.remember(&file.hash, &Record::Done(uploaded));
        Ok(Some(uri))
    }

    fn remember(&self, hash: &Sha256Hash, record: &Record) {
        if let (Some(store), Ok(record)) = (&self.uploads, serde_json::to_vec(record)) {
            store.save(hash, &record);
        }
    }
}
