//! Reads an answer's bytes: server-sent events first, then the API's chunks, then Castor's events.

use crate::grounding::Found;
use crate::parts;
use crate::wire::{FinishReason, GenerateContentResponse, SafetyRating, Status, UsageMetadata};
use bytes::Bytes;
use conversation::{self as castor, GenerateEvent, Usage};
use futures::{Stream, StreamExt};

/// One chunk of an answer, read.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// Events in the order of the chunk; never [`GenerateEvent::Finished`] or [`GenerateEvent::Sources`].
    pub events: Vec<GenerateEvent>,
    /// What it tells about what the answer rests on; [`Grounding`](crate::Grounding) makes sources of it.
    pub found: Found,
    /// Why the answer ended, once it did.
    pub finished: Option<castor::FinishReason>,
    /// With what to ask for the rest of an answer that is longer than one response.
    pub continuation_token: Option<String>,
    /// An error the API reported inside the stream.
    pub error: Option<Status>,
}

/// Why an answer could not be read on.
#[derive(Debug, thiserror::Error)]
pub enum ChunkError {
    /// The connection broke, or the bytes are no text.
    #[error("the connection broke: {0}")]
    Transport(#[source] sse_stream::Error),
    /// An event is not what the API sends.
    #[error("an event of the stream is not the API's: {0}")]
    Malformed(#[source] serde_json::Error),
}

/// Reads the body of `streamGenerateContent?alt=sse` as it comes, however it is split. Half an event at the end is
/// no event. After an error nothing follows.
pub fn read_chunks<E>(
    body: impl Stream<Item = Result<Bytes, E>>,
) -> impl Stream<Item = Result<Chunk, ChunkError>>
where
    E: std::error::Error + Send + Sync + 'static,
{
    sse_stream::SseByteStream::new(body).filter_map(|event| async {
        let data = match event {
            Ok(event) => event.data?,
            Err(error) => return Some(Err(ChunkError::Transport(error))),
        };
        // Gateways that imitate the API end with OpenAI's marker; the API itself does not.
        if data.is_empty() || data == "[DONE]" {
            return None;
        }
        Some(serde_json::from_str(&data).map(read).map_err(ChunkError::Malformed))
    })
}

/// Reads one response, whole or a chunk.
fn read(response: GenerateContentResponse) -> Chunk {
    let mut chunk = Chunk { error: response.error, ..Chunk::default() };
    if let Some(candidate) = response.candidates.and_then(|candidates| candidates.into_iter().next()) {
        for part in candidate.content.and_then(|content| content.parts).unwrap_or_default() {
            chunk.events.extend(parts::events(part));
        }
        chunk.found = Found {
            grounding: candidate.grounding_metadata,
            links: candidate.url_context_metadata,
            citations: candidate.citation_metadata.unwrap_or_default().citation_sources,
        };
        match (candidate.finish_reason, candidate.continuation_token) {
            (Some(FinishReason::Continuation), Some(token)) => chunk.continuation_token = Some(token),
            (Some(reason), _) => {
                let ratings = ratings(candidate.safety_ratings);
                chunk.finished = Some(finish(&reason, candidate.finish_message.as_deref(), ratings));
            }
            (None, _) => {}
        }
    }
    if let Some(feedback) = response.prompt_feedback
        && let Some(reason) = feedback.block_reason
    {
        let ratings = ratings(feedback.safety_ratings);
        chunk.finished = Some(castor::FinishReason::PromptBlocked { reason: reason.to_string(), ratings });
    }
    chunk.events.extend(response.usage_metadata.as_ref().map(usage).map(GenerateEvent::Usage));
    chunk
}

fn ratings(ratings: Option<Vec<SafetyRating>>) -> Vec<castor::SafetyRating> {
    let castors = |SafetyRating { category, probability, blocked }| castor::SafetyRating {
        category,
        probability,
        blocked,
    };
    ratings.unwrap_or_default().into_iter().map(castors).collect()
}

/// `ratings` are those of the answer; only one that was blocked is told with them.
fn finish(
    reason: &FinishReason,
    message: Option<&str>,
    ratings: Vec<castor::SafetyRating>,
) -> castor::FinishReason {
    use FinishReason as Reason;
    match reason {
        Reason::Stop => castor::FinishReason::Stop,
        Reason::MaxTokens => castor::FinishReason::LengthLimit,
        Reason::Safety
        | Reason::Recitation
        | Reason::Language
        | Reason::Blocklist
        | Reason::ProhibitedContent
        | Reason::Spii
        | Reason::ImageSafety
        | Reason::ImageProhibitedContent
        | Reason::ImageRecitation
        | Reason::ModelArmor => castor::FinishReason::AnswerBlocked { reason: reason.to_string(), ratings },
        _ => castor::FinishReason::Other(match message.filter(|message| !message.is_empty()) {
            Some(message) => format!("{reason}: {message}"),
            None => reason.to_string(),
        }),
    }
}

/// Searches are counted where the whole answer is heard.
fn usage(metadata: &UsageMetadata) -> Usage {
    let prompt = metadata.prompt_token_count.unwrap_or_default();
    Usage {
        // What tools brought in is read and paid for like the prompt.
        prompt_tokens: prompt.saturating_add(metadata.tool_use_prompt_token_count.unwrap_or_default()),
        answer_tokens: metadata.candidates_token_count.unwrap_or_default(),
        thought_tokens: metadata.thoughts_token_count.unwrap_or_default(),
        cached_tokens: metadata.cached_content_token_count.unwrap_or_default(),
        searches: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    async fn read_all(body: &str) -> Vec<Result<Chunk, ChunkError>> {
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        read_chunks(futures::stream::iter([Ok::<_, Infallible>(bytes)])).collect().await
    }

    fn finish_of(reason: &str, message: &str) -> castor::FinishReason {
        let text = format!(r#"{{"candidates":[{{"finishReason":"{reason}","finishMessage":"{message}"}}]}}"#);
        read(serde_json::from_str(&text).unwrap()).finished.unwrap()
    }

    #[test]
    fn reasons_become_castors() {
        assert_eq!(finish_of("STOP", "fine"), castor::FinishReason::Stop);
        assert_eq!(finish_of("MAX_TOKENS", ""), castor::FinishReason::LengthLimit);
        assert_eq!(
            finish_of("SPII", ""),
            castor::FinishReason::AnswerBlocked { reason: "SPII".into(), ratings: Vec::new() }
        );
        assert_eq!(finish_of("TIRED", "zzz"), castor::FinishReason::Other("TIRED: zzz".into()));
        assert_eq!(finish_of("CONTINUATION", ""), castor::FinishReason::Other("CONTINUATION".into()));
    }

    #[tokio::test]
    async fn text_and_thoughts_are_told_beside_their_raw_parts() {
        let body = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\",\"thought\":true},{\"text\":\"Yes\"},\
                    {\"text\":\"\",\"thoughtSignature\":\"AA\"},7]}}]}\r\n\r\n";
        let chunk = read_all(body).await.remove(0).unwrap();
        let raw = |text: &str| GenerateEvent::Raw(text.into());
        assert_eq!(
            chunk.events,
            [
                GenerateEvent::Thought("hm".into()),
                raw(r#"{"text":"hm","thought":true}"#),
                GenerateEvent::Text("Yes".into()),
                raw(r#"{"text":"Yes"}"#),
                raw(r#"{"text":"","thoughtSignature":"AA"}"#),
                raw("7"),
            ]
        );
    }

    #[test]
    fn ratings_come_with_what_was_blocked_and_with_nothing_else() {
        let rating = r#"[{"category":"HARM_CATEGORY_HARASSMENT","probability":"HIGH","blocked":true},{"category":"HARM_CATEGORY_NEW"}]"#;
        let read = |text: String| read(serde_json::from_str(&text).unwrap()).finished.unwrap();
        let expected = vec![
            castor::SafetyRating {
                category: "HARM_CATEGORY_HARASSMENT".into(),
                probability: "HIGH".into(),
                blocked: true,
            },
            castor::SafetyRating {
                category: "HARM_CATEGORY_NEW".into(),
                probability: String::new(),
                blocked: false,
            },
        ];
        let answer = |reason: &str| {
            read(format!(r#"{{"candidates":[{{"finishReason":"{reason}","safetyRatings":{rating}}}]}}"#))
        };
        let blocked =
            castor::FinishReason::AnswerBlocked { reason: "SAFETY".into(), ratings: expected.clone() };
        assert_eq!(answer("SAFETY"), blocked);
        assert_eq!(answer("STOP"), castor::FinishReason::Stop);
        let prompt =
            read(format!(r#"{{"promptFeedback":{{"blockReason":"JAILBREAK","safetyRatings":{rating}}}}}"#));
        assert_eq!(
            prompt,
            castor::FinishReason::PromptBlocked { reason: "JAILBREAK".into(), ratings: expected }
        );
    }

    #[test]
    fn what_tools_brought_in_counts_as_prompt() {
        let text = r#"{"usageMetadata":{"promptTokenCount":10,"toolUsePromptTokenCount":5,"cachedContentTokenCount":4}}"#;
        let chunk = read(serde_json::from_str(text).unwrap());
        let usage = Usage { prompt_tokens: 15, cached_tokens: 4, ..Usage::default() };
        assert_eq!(chunk.events, [GenerateEvent::Usage(usage)]);
    }

    #[tokio::test]
    async fn half_an_event_is_none_and_a_broken_one_is_an_error() {
        assert!(read_all("data: {\"candidates\":[").await.is_empty());
        assert!(read_all(": comment\n\ndata: [DONE]\n\ndata:\n\n").await.is_empty());
        let read = read_all("data: {\"candidates\":[\n\n").await;
        assert!(matches!(read.as_slice(), [Err(ChunkError::Malformed(_))]));
    }
}
