//! One answer: asks, tries again what passes by itself, reads to the end, asks for the rest of what the API split.

use crate::client::Client;
use crate::event_stream::{Chunk, ChunkError, read_chunks};
use crate::failure::{Failure, Remedy, with_delay};
use crate::grounding::Grounding;
use crate::request::{self, Signatures, Terms};
use crate::retry::Retries;
use async_stream::stream;
use bytes::Bytes;
use conversation::{
    EventStream, FinishReason, GenerateEvent, GenerateRequest, Notice, NoticeCode, ProviderError, Stage,
};
use futures::{Stream, StreamExt};
use std::pin::pin;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Most responses that make up one answer; a server that splits without end is stopped here.
const MOST_CONTINUATIONS: u32 = 32;

/// Begins an answer. `body` is the request as first sent; `request` and `terms` are what a changed one is made from.
///
/// The stream works while it is polled and at no other time: dropping it closes the connection.
pub(crate) fn begin(
    client: Client,
    request: GenerateRequest,
    terms: Terms,
    body: Bytes,
    cancel: CancellationToken,
) -> EventStream {
    let events = stream! {
        yield Ok(GenerateEvent::Stage(Stage::Waiting));
        let mut course = Course::new(Retries::new(client.config.retry), request, terms, body);
        let mut grounding = Grounding::default();
        loop {
            let mut end = End::CutOff;
            {
                let mut items = pin!(respond(&client, &course.request.model, course.body.clone()));
                while let Some(item) = items.next().await {
                    match item {
                        Item::Chunk(chunk) => {
                            for event in grounding.hear(*chunk) {
                                course.spoke |= shows(&event);
                                yield Ok(event);
                            }
                        }
                        Item::End(told) => end = told,
                    }
                }
            }
            for event in grounding.end_response() {
                yield Ok(event);
            }
            match course.after(end) {
                Next::Ask => {}
                Next::AskLater(delay, notice) => {
                    yield Ok(GenerateEvent::Retrying(notice));
                    sleep(delay).await;
                }
                Next::Finish(reason) => {
                    yield Ok(GenerateEvent::Finished(reason));
                    break;
                }
                Next::Fail(error) => {
                    yield Err(error);
                    break;
                }
                Next::CutOff => break,
            }
        }
    };
    events.take_until(cancel.cancelled_owned()).boxed()
}

/// Whether an event is something of the answer itself. Nothing is tried again after one.
fn shows(event: &GenerateEvent) -> bool {
    match event {
        GenerateEvent::Text(_)
        | GenerateEvent::Thought(_)
        | GenerateEvent::Code { .. }
        | GenerateEvent::CodeResult { .. }
        | GenerateEvent::Picture { .. }
        | GenerateEvent::Sources(_)
        | GenerateEvent::Raw(_) => true,
        GenerateEvent::Stage(_)
        | GenerateEvent::Usage(_)
        | GenerateEvent::Retrying(_)
        | GenerateEvent::Finished(_) => false,
    }
}

/// What one response yields: chunks, then one end.
enum Item {
    Chunk(Box<Chunk>),
    End(End),
}

/// How one response ended.
enum End {
    /// The model said why.
    Finished(FinishReason),
    /// The rest is to be asked for with this token.
    Split(String),
    /// The connection closed without a reason.
    CutOff,
    Failed(Failure),
}

/// Sends one request and reads its response to the end of the connection.
fn respond(client: &Client, model: &str, body: Bytes) -> impl Stream<Item = Item> {
    stream! {
        let response = match client.stream_generate(model, body).await {
            Ok(response) => response,
            Err(failure) => {
                yield Item::End(End::Failed(failure));
                return;
            }
        };
        let timeouts = client.config.timeouts;
        let mut chunks = pin!(read_chunks(bounded(response.bytes_stream(), timeouts.idle)));
        // The reason is held back until the connection closes: counts and signatures may follow it, and some models
        // repeat it in every chunk.
        let mut ended: Option<End> = None;
        loop {
            let patience = if ended.is_some() { timeouts.after_finish } else { Duration::MAX };
            let chunk = match timeout(patience, chunks.next()).await {
                Ok(Some(Ok(chunk))) => chunk,
                Ok(Some(Err(error))) => {
                    ended = ended.or(Some(End::Failed(unreadable(error))));
                    break;
                }
                Ok(None) | Err(_) => break,
            };
            if let Some(status) = &chunk.error {
                ended = Some(End::Failed(client.without_key(Failure::from_stream(status))));
                yield Item::Chunk(Box::new(chunk));
                break;
            }
            let continuation = chunk.continuation_token.clone().map(End::Split);
            ended = continuation.or_else(|| chunk.finished.clone().map(End::Finished)).or(ended);
            yield Item::Chunk(Box::new(chunk));
        }
        yield Item::End(ended.unwrap_or(End::CutOff));
    }
}

/// No bytes came in time.
#[derive(Debug, thiserror::Error)]
#[error("nothing came for {} s", .0.as_secs_f32())]
struct Silence(Duration);

#[derive(Debug, thiserror::Error)]
enum BodyError {
    #[error(transparent)]
    Silence(Silence),
    #[error(transparent)]
    Http(reqwest::Error),
}

/// The same bytes, but an error when none come for `idle`. Any bytes count, also comments a gateway keeps the
/// connection open with.
fn bounded(
    body: impl Stream<Item = reqwest::Result<Bytes>>,
    idle: Duration,
) -> impl Stream<Item = Result<Bytes, BodyError>> {
    stream! {
        let mut body = pin!(body);
        loop {
            match timeout(idle, body.next()).await {
                Ok(Some(bytes)) => yield bytes.map_err(|error| BodyError::Http(error.without_url())),
                Ok(None) => break,
                Err(_) => {
                    yield Err(BodyError::Silence(Silence(idle)));
                    break;
                }
            }
        }
    }
}

fn unreadable(error: ChunkError) -> Failure {
    match error {
        ChunkError::Malformed(error) => Failure::new(NoticeCode::UnexpectedReply, error.to_string()),
        ChunkError::Transport(sse_stream::Error::Body(source)) => match source.downcast_ref::<BodyError>() {
            Some(BodyError::Silence(Silence(idle))) => Failure::idle(*idle),
            _ => Failure::broken(source.as_ref()),
        },
        // The connection is fine, what comes over it is not text.
        ChunkError::Transport(error) => Failure::new(NoticeCode::UnexpectedReply, error.to_string()),
    }
}

/// Where an answer stands between its requests.
struct Course {
    retries: Retries,
    request: GenerateRequest,
    terms: Terms,
    body: Bytes,
    signatures: Signatures,
    continuations: u32,
    /// Whether anything of the answer was handed on; from then on nothing is tried again.
    spoke: bool,
}

/// What comes after a response.
#[derive(Debug)]
enum Next {
    Ask,
    AskLater(Duration, Notice),
    Finish(FinishReason),
    Fail(ProviderError),
    CutOff,
}

impl Course {
    fn new(retries: Retries, request: GenerateRequest, terms: Terms, body: Bytes) -> Self {
        Self { retries, request, terms, body, signatures: Signatures::Keep, continuations: 0, spoke: false }
    }

    fn after(&mut self, end: End) -> Next {
        match end {
            End::Finished(reason) => Next::Finish(reason),
            End::CutOff => Next::CutOff,
            End::Failed(failure) if self.spoke => Next::Fail(failure.error),
            End::Failed(failure) => self.after_failure(failure),
            End::Split(_) if self.continuations == MOST_CONTINUATIONS => Next::CutOff,
            End::Split(token) => {
                self.continuations += 1;
                self.ask_with(Some(token))
            }
        }
    }

    fn after_failure(&mut self, failure: Failure) -> Next {
        match failure.remedy {
            Remedy::DropSignatures if self.signatures == Signatures::Keep => {
                tracing::info!("the API refused a signature; asking again without any");
                self.signatures = Signatures::Drop;
                self.ask_with(None)
            }
            Remedy::None | Remedy::Retry(_) | Remedy::DropSignatures => match self.retries.after(&failure) {
                Some(delay) => Next::AskLater(delay, with_delay(failure.error.notice, delay)),
                None => Next::Fail(failure.error),
            },
        }
    }

    fn ask_with(&mut self, continuation_token: Option<String>) -> Next {
        match request::body(&self.request, &self.terms, self.signatures, continuation_token) {
            Ok(body) => {
                self.body = body;
                Next::Ask
            }
            Err(failure) => Next::Fail(failure.error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RetryPolicy;
    use conversation::{Sources, Usage};

    fn course() -> Course {
        let request = GenerateRequest {
            model: "m".into(),
            system: None,
            turns: Vec::new(),
            ..GenerateRequest::default()
        };
        Course::new(Retries::new(RetryPolicy::default()), request, Terms::default(), Bytes::new())
    }

    fn overloaded(delay: Option<Duration>) -> End {
        End::Failed(Failure::from_response(503, "", delay, b""))
    }

    #[test]
    fn waits_double_with_jitter_and_end_after_five_attempts() {
        let mut course = course();
        for seconds in [1, 2, 4, 8] {
            let Next::AskLater(delay, notice) = course.after(overloaded(None)) else {
                panic!("gave up early")
            };
            let least = Duration::from_secs(seconds);
            assert!(least <= delay && delay <= 2 * least, "{delay:?}");
            assert_eq!(u128::from(notice.retry_after_ms.unwrap()), delay.as_millis());
            assert_eq!(notice.code, NoticeCode::Overloaded);
        }
        assert!(matches!(course.after(overloaded(None)), Next::Fail(_)));
    }

    #[test]
    fn a_wait_the_server_asks_for_is_honoured_within_reason() {
        let delay = Duration::from_millis(34_400);
        assert!(matches!(course().after(overloaded(Some(delay))), Next::AskLater(d, _) if d == delay));
        let Next::Fail(error) = course().after(overloaded(Some(Duration::from_hours(1)))) else {
            panic!("would wait for an hour")
        };
        assert_eq!(error.notice.retry_after_ms, Some(3_600_000));
    }

    #[test]
    fn all_of_an_answer_counts_as_shown_and_nothing_around_it() {
        for event in [GenerateEvent::Sources(Sources::default()), GenerateEvent::Thought("hm".into())] {
            assert!(shows(&event), "{event:?}");
        }
        for event in [GenerateEvent::Usage(Usage::default()), GenerateEvent::Stage(Stage::Waiting)] {
            assert!(!shows(&event), "{event:?}");
        }
    }

    #[test]
    fn nothing_is_tried_again_once_something_was_shown() {
        let mut course = Course { spoke: true, ..course() };
        assert!(matches!(course.after(overloaded(None)), Next::Fail(_)));
    }
}
