//! Turns an answer into the API's responses: chunks of a stream, or one response.

use super::State;
use super::error::Refusal;
use super::reply::{CodeRun, Delivery, DrawnPicture, End, LineEnding, Rating, Streamed};
use super::request::{Question, SIGNATURE};
use super::{metadata, own};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Tokens one picture costs.
const PICTURE_TOKENS: usize = 1120;
/// Characters of a chunk.
const CHUNK: usize = 24;
/// Tokens every answer thinks with.
const THOUGHT_TOKENS: usize = 32;
/// Tokens a page costs that is read.
const LINK_TOKENS: usize = 100;

/// A step of a streamed response.
enum Step {
    /// A chunk of JSON.
    Chunk(Value),
    /// Bytes as they are, in place of a chunk.
    Literal(&'static str),
    /// Nothing until the next release.
    Stall,
    /// The connection breaks.
    Break,
}

/// The chunks of an answer, all of them also when it is not streamed.
struct Answer<'question> {
    model: &'static str,
    question: &'question Question,
    id: String,
    said: usize,
    /// Pages that were read for it.
    links: usize,
}

impl<'question> Answer<'question> {
    fn new(model: &'static str, question: &'question Question) -> Self {
        Self { model, question, id: id(), said: 0, links: 0 }
    }

    fn chunk(&mut self, text: &str) -> Value {
        self.said += text.len().div_ceil(4);
        self.part(&json!({ "text": text }))
    }

    /// A chunk of one part.
    fn part(&self, part: &Value) -> Value {
        self.response(json!({"content": {"parts": [part], "role": "model"}}))
    }

    /// The last chunk: the signature comes on an empty text.
    fn last(&self, reason: &str, metadata: Map<String, Value>) -> Value {
        let signature = STANDARD.encode(format!("{SIGNATURE}{}", self.id));
        let parts = json!([{"text": "", "thoughtSignature": signature}]);
        let content = json!({"parts": parts, "role": "model"});
        self.end(json!({"content": content, "finishReason": reason, "index": 0}), metadata)
    }

    /// A chunk that ends the answer, with what stands beside its words.
    fn end(&self, mut candidate: Value, metadata: Map<String, Value>) -> Value {
        for (name, value) in metadata {
            candidate[name] = value;
        }
        self.response(candidate)
    }

    /// What comes before the words.
    fn before(&self, streamed: &Streamed) -> Vec<Step> {
        let thoughts = streamed.thoughts.iter().map(|thought| json!({"text": thought, "thought": true}));
        let code = streamed.code.iter().flat_map(|CodeRun { code, outcome, output }| {
            let mut result = json!({ "outcome": outcome });
            if !output.is_empty() {
                result["output"] = output.as_str().into();
            }
            [
                json!({"executableCode": {"language": "PYTHON", "code": code}}),
                json!({ "codeExecutionResult": result }),
            ]
        });
        thoughts.chain(code).map(|part| Step::Chunk(self.part(&part))).collect()
    }

    /// What comes after the words.
    fn after(&self, streamed: &Streamed) -> Vec<Step> {
        let pictures = streamed
            .pictures
            .iter()
            .map(|DrawnPicture { mime, data }| json!({"inlineData": {"mimeType": mime, "data": data}}));
        pictures.map(|part| Step::Chunk(self.part(&part))).collect()
    }

    /// A chunk whose candidate has just these fields and its index.
    fn response(&self, mut candidate: Value) -> Value {
        candidate["index"] = 0.into();
        let mut response = self.envelope();
        response["candidates"] = vec![candidate].into();
        response
    }

    /// Everything around the candidates.
    fn envelope(&self) -> Value {
        let pictures = PICTURE_TOKENS * (self.question.pictures.len() + self.question.earlier_pictures);
        let prompt = self.question.text_tokens + pictures;
        let mut details = vec![json!({"modality": "TEXT", "tokenCount": self.question.text_tokens})];
        if pictures > 0 {
            details.push(json!({"modality": "IMAGE", "tokenCount": pictures}));
        }
        let mut usage = json!({
            "promptTokenCount": prompt,
            "thoughtsTokenCount": THOUGHT_TOKENS,
            "totalTokenCount": prompt + self.said + THOUGHT_TOKENS,
            "promptTokensDetails": details,
        });
        if self.said > 0 {
            usage["candidatesTokenCount"] = self.said.into();
        }
        if self.links > 0 {
            usage["toolUsePromptTokenCount"] = (self.links * LINK_TOKENS).into();
        }
        json!({"usageMetadata": usage, "modelVersion": self.model, "responseId": self.id})
    }
}

/// Tokens of a prompt, as `countTokens` tells them.
pub(super) fn count(question: &Question) -> Value {
    let envelope = Answer::new("", question).envelope();
    json!({
        "totalTokens": envelope["usageMetadata"]["promptTokenCount"],
        "promptTokensDetails": envelope["usageMetadata"]["promptTokensDetails"],
    })
}

/// The one response of a blocked prompt.
pub(super) fn blocked(model: &'static str, question: &Question, reason: &str, ratings: &[Rating]) -> Value {
    let mut response = Answer::new(model, question).envelope();
    response["promptFeedback"] = json!({ "blockReason": reason });
    if !ratings.is_empty() {
        response["promptFeedback"]["safetyRatings"] = metadata::ratings(ratings);
    }
    response
}

/// The one response of a model that says nothing.
pub(super) fn empty_stop(model: &'static str, question: &Question) -> Value {
    let answer = Answer::new(model, question);
    answer.response(json!({"content": {"role": "model"}, "finishReason": "STOP"}))
}

/// The whole answer as one response, for `generateContent`.
pub(super) fn whole(model: &'static str, question: &Question, streamed: &Streamed) -> Value {
    let mut answer = Answer::new(model, question);
    let mut parts = Vec::new();
    let mut last = Value::Null;
    for step in steps(&mut answer, streamed) {
        if let Step::Chunk(mut chunk) = step {
            if let Some(Value::Array(new)) = chunk.pointer_mut("/candidates/0/content/parts").map(Value::take)
            {
                parts.extend(new);
            }
            last = chunk;
        }
    }
    if let Some(candidate) = last.pointer_mut("/candidates/0") {
        candidate["content"] = json!({"parts": parts, "role": "model"});
    }
    last
}

fn steps(answer: &mut Answer, streamed: &Streamed) -> Vec<Step> {
    let streamed = &own::completed(answer.question, streamed);
    answer.links = streamed.links.len();
    let mut text = streamed.text.clone().unwrap_or_default();
    let mut cut_by_limit = false;
    if let Some(limit) = answer.question.manner.max_output_tokens {
        let characters = limit.saturating_sub(THOUGHT_TOKENS) * 4;
        if let Some((end, _)) = text.char_indices().nth(characters) {
            text.truncate(end);
            cut_by_limit = true;
        }
    }
    if answer.question.continuation_token.is_some() {
        text = format!("…{text}");
    }
    let metadata = metadata::of(streamed, &text);
    let mut all = answer.before(streamed);
    let after_words = answer.after(streamed);
    let mut steps: Vec<Step> = pieces(&text).iter().map(|piece| Step::Chunk(answer.chunk(piece))).collect();
    let reason = if cut_by_limit { "MAX_TOKENS" } else { "STOP" };
    let last = Step::Chunk(answer.last(reason, metadata.clone()));
    let rest = after_words.into_iter().chain([last]);
    let (after, end) = match &streamed.end {
        End::Stop => (steps.len(), rest.collect()),
        End::Reason { reason, after } => {
            let end = answer.end(json!({ "finishReason": reason }), metadata);
            (*after, vec![Step::Chunk(end)])
        }
        End::Truncated { after } => (*after, vec![]),
        End::Disconnect { after } => (*after, vec![Step::Break]),
        End::Stall { after } => {
            let stalled = steps.split_off((*after).min(steps.len()));
            (steps.len(), std::iter::once(Step::Stall).chain(stalled).chain(rest).collect())
        }
        End::Malformed { after } => (*after, vec![Step::Literal("{\"candidates\": [{\"content\"")]),
        End::Error { status, after } => {
            let refusal =
                Refusal::new(*status, "UNAVAILABLE", "The service is currently unavailable.", vec![]);
            (*after, vec![Step::Chunk(refusal.body)])
        }
        End::Continuation { token } => {
            let end = json!({"finishReason": "CONTINUATION", "continuationToken": token});
            (steps.len(), vec![Step::Chunk(answer.end(end, metadata))])
        }
    };
    steps.truncate(after);
    all.extend(steps);
    all.extend(end);
    all
}

/// Cuts at characters, as the API does: anywhere, also inside a word.
fn pieces(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(CHUNK).map(|piece| piece.iter().collect()).collect()
}

fn id() -> String {
    let mut id = STANDARD.encode(uuid::Uuid::now_v7().as_bytes());
    id.retain(|character| character.is_ascii_alphanumeric());
    id
}

/// The answer as the body of `streamGenerateContent`: events with `sse`, otherwise elements of an array.
pub(super) fn body(
    state: &Arc<State>,
    model: &'static str,
    question: &Question,
    streamed: &Streamed,
    sse: bool,
) -> Body {
    let steps = steps(&mut Answer::new(model, question), streamed);
    let pace = streamed.delay_ms.map_or(state.pace, Duration::from_millis);
    let line = match streamed.line_ending {
        LineEnding::Crlf => "\r\n",
        LineEnding::Lf => "\n",
    };
    let releases = state.releases.subscribe();
    let count = steps.len();
    let written = stream::iter(steps.into_iter().enumerate()).then(move |(index, step)| {
        let mut releases = releases.clone();
        async move {
            if !pace.is_zero() && index > 0 {
                tokio::time::sleep(pace).await;
            }
            match step {
                Step::Chunk(json) => Ok(framed(&json.to_string(), index, count, sse, line)),
                Step::Literal(text) => Ok(framed(text, index, count, sse, line)),
                Step::Stall => {
                    releases.mark_unchanged();
                    // The sender lives as long as the server: there is nobody left to answer otherwise.
                    let _ = releases.changed().await;
                    Ok(String::new())
                }
                Step::Break => {
                    // Once pending, so that what was written so far is sent and not thrown away with the connection.
                    tokio::task::yield_now().await;
                    Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
                }
            }
        }
    });
    match streamed.delivery {
        Delivery::Events => Body::from_stream(without_empty(written).map(|piece| piece.map(Bytes::from))),
        Delivery::Bytes => Body::from_stream(without_empty(written).flat_map(|piece| {
            stream::iter(match piece {
                Ok(text) => text.bytes().map(|byte| Ok(Bytes::copy_from_slice(&[byte]))).collect(),
                Err(error) => vec![Err(error)],
            })
        })),
    }
}

/// An empty chunk would end the body.
fn without_empty(
    pieces: impl Stream<Item = std::io::Result<String>>,
) -> impl Stream<Item = std::io::Result<String>> {
    pieces.filter(|piece| std::future::ready(!piece.as_ref().is_ok_and(String::is_empty)))
}

/// A piece of JSON as an event, or as an element of an array.
pub(super) fn framed(json: &str, index: usize, count: usize, sse: bool, line: &str) -> String {
    if sse {
        return format!("data: {json}{line}{line}");
    }
    let (open, close) = (if index == 0 { "[" } else { "" }, if index + 1 == count { "]" } else { ",\r\n" });
    format!("{open}{json}{close}")
}
