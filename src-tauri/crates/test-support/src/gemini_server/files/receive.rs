//! One request that carries bytes: checked as strictly as the API does, with the faults a script plans.

use super::super::error::Refusal;
use super::super::reply::ChunkFault;
use super::{Files, Upload};
use axum::body::BodyDataStream;
use futures::StreamExt;
use sha2::{Digest, Sha256};

/// What is answered to a request that carries bytes.
pub(super) enum Outcome {
    /// The bytes arrived; there are more to come.
    Active,
    /// The file is complete.
    Complete(Box<Upload>),
    /// Refused. What it carried does not count.
    Refused(Refusal),
    /// Success, but the status header is left out.
    WithoutStatus,
    /// The connection breaks without an answer.
    Broken,
    /// No answer until the server is released.
    Stalled,
}

/// Bytes read from the connection.
struct Taken {
    /// All of them.
    bytes: u64,
    /// The hash of what came before and all of them.
    hasher: Sha256,
    /// As many as fill the granularity, and the hash up to there: what stays when the connection breaks.
    settled: (u64, Sha256),
    /// Whether the request came to its end.
    whole: bool,
}

/// Takes the body of a request. `upload` is as it was when the request came.
pub(super) async fn receive(
    files: &Files,
    upload: Upload,
    offset: Option<u64>,
    finalize: bool,
    body: BodyDataStream,
) -> Outcome {
    let fault = upload.fault();
    let limit = match fault {
        Some(ChunkFault::Disconnect { after, .. } | ChunkFault::Stall { after, .. }) => Some(after),
        _ => None,
    };
    files.with(&upload.session, |upload| upload.chunks += 1);
    let taken = take(files, &upload, body, limit).await;
    let keep = |bytes: u64, hasher: Sha256| {
        files.with(&upload.session, |upload| {
            upload.arrived += bytes;
            upload.hasher = hasher;
        });
    };
    if upload.complete {
        return Outcome::Refused(Refusal::invalid("Upload has already been terminated."));
    }
    if offset != Some(upload.arrived) {
        let message = format!("Invalid upload offset: expected {}, got {offset:?}.", upload.arrived);
        return Outcome::Refused(Refusal::invalid(message));
    }
    match fault {
        Some(ChunkFault::Stall { .. }) => return Outcome::Stalled,
        Some(ChunkFault::Refuse { failure, .. }) => {
            return Outcome::Refused(Refusal::from_failure(&failure, "files"));
        }
        Some(ChunkFault::Disconnect { .. }) => {
            keep(taken.settled.0, taken.settled.1);
            return Outcome::Broken;
        }
        Some(ChunkFault::LoseReply { .. } | ChunkFault::OmitStatus { .. }) | None => {}
    }
    if !taken.whole {
        keep(taken.settled.0, taken.settled.1);
        return Outcome::Broken;
    }
    let end = upload.arrived + taken.bytes;
    if end > upload.size || (finalize && end != upload.size) {
        let message = format!("Upload size mismatch: {} bytes were announced, {end} came.", upload.size);
        return Outcome::Refused(Refusal::invalid(message));
    }
    if !finalize && !taken.bytes.is_multiple_of(upload.granularity) {
        let message = format!("Chunk size must be a multiple of {} bytes.", upload.granularity);
        return Outcome::Refused(Refusal::invalid(message));
    }
    keep(taken.bytes, taken.hasher);
    let complete = files.with(&upload.session, |upload| {
        upload.complete = finalize;
        upload.clone()
    });
    match (fault, complete) {
        (Some(ChunkFault::LoseReply { .. }), _) => Outcome::Broken,
        (Some(ChunkFault::OmitStatus { .. }), _) => Outcome::WithoutStatus,
        (_, Some(upload)) if finalize => Outcome::Complete(Box::new(upload)),
        _ => Outcome::Active,
    }
}

/// Reads to the end, or up to `limit` bytes where the connection is to break there. Holds one piece at a time.
async fn take(files: &Files, upload: &Upload, mut body: BodyDataStream, limit: Option<u64>) -> Taken {
    let mut taken =
        Taken { bytes: 0, hasher: upload.hasher.clone(), settled: (0, upload.hasher.clone()), whole: false };
    loop {
        if limit.is_some_and(|limit| taken.bytes >= limit) {
            return taken;
        }
        let mut piece = match body.next().await {
            Some(Ok(piece)) => piece,
            Some(Err(_)) => return taken,
            None => return Taken { whole: true, ..taken },
        };
        files.with(&upload.session, |upload| upload.carried += piece.len() as u64);
        while !piece.is_empty() {
            let to_boundary = upload.granularity - taken.bytes % upload.granularity;
            let part = piece.split_to(piece.len().min(usize::try_from(to_boundary).unwrap_or(usize::MAX)));
            taken.hasher.update(&part);
            taken.bytes += part.len() as u64;
            if taken.bytes.is_multiple_of(upload.granularity) {
                taken.settled = (taken.bytes, taken.hasher.clone());
            }
        }
    }
}
