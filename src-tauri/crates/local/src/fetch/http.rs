//! A web server as a source: one file, resumed by byte range.

use super::{SourceError, part_file::PartFile};
use futures::StreamExt;
use reqwest::{
    StatusCode,
    header::{CONTENT_RANGE, RANGE},
};
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest silence within a download.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Broken connections in a row, none of which brought a byte, before the source counts as failed.
const ATTEMPTS: u32 = 3;

/// Downloads the rest of the file. `report` hears how many bytes are here.
pub async fn download(
    address: &str,
    part: &mut PartFile,
    report: &(dyn Fn(u64) + Send + Sync),
) -> Result<(), SourceError> {
    let client =
        reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT).build()?;
    let mut fruitless = 0;
    while !part.is_full() {
        let before = part.have();
        match attempt(&client, address, part, report).await {
            Ok(()) => {}
            // A connection that could not be made at all will not be made a moment later either.
            Err(SourceError::Connection(error)) if !error.is_connect() && !error.is_builder() => {
                fruitless = if part.have() > before { 0 } else { fruitless + 1 };
                if fruitless == ATTEMPTS {
                    return Err(error.into());
                }
                tracing::debug!(%error, have = part.have(), "the connection broke, resuming");
            }
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// One request, from where the part file ends.
async fn attempt(
    client: &reqwest::Client,
    address: &str,
    part: &mut PartFile,
    report: &(dyn Fn(u64) + Send + Sync),
) -> Result<(), SourceError> {
    let mut request = client.get(address);
    if part.have() > 0 {
        request = request.header(RANGE, format!("bytes={}-", part.have()));
    }
    let response = request.send().await?;
    let status = response.status();
    if !status.is_success() {
        return Err(SourceError::Status { status: status.as_u16() });
    }
    let resumes = status == StatusCode::PARTIAL_CONTENT
        && response
            .headers()
            .get(CONTENT_RANGE)
            .and_then(|range| range.to_str().ok())
            .is_some_and(|range| range.starts_with(&format!("bytes {}-", part.have())));
    let begin = if resumes { part.have() } else { 0 };
    if let Some(length) = response.content_length()
        && begin + length != part.total()
    {
        return Err(SourceError::WrongSize { expected: part.total(), actual: begin + length });
    }
    if !resumes && part.have() > 0 {
        // The server knows no ranges: this is the whole file.
        part.clear()?;
    }

    let mut stream = response.bytes_stream();
    while let Some(bytes) = stream.next().await {
        part.append(&bytes?)?;
        report(part.have());
    }
    if part.is_full() {
        Ok(())
    } else {
        Err(SourceError::WrongSize { expected: part.total(), actual: part.have() })
    }
}
