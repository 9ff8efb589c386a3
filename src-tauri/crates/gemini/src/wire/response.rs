//! What comes back: `generateContent`'s response, whole or as one event of a stream.

use super::{CitationMetadata, GroundingMetadata, Status, UrlContextMetadata};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A response, or one chunk of a streamed one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GenerateContentResponse {
    /// The answer; missing where the prompt was blocked.
    pub candidates: Option<Vec<Candidate>>,
    /// Says why a prompt was blocked.
    pub prompt_feedback: Option<PromptFeedback>,
    /// Token counts up to and including this chunk.
    pub usage_metadata: Option<UsageMetadata>,
    /// The model that answered.
    pub model_version: Option<String>,
    /// The API's name for this answer.
    pub response_id: Option<String>,
    /// An error in the middle of a stream.
    pub error: Option<Status>,
}

/// One answer. Castor asks for one, so there is at most one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Candidate {
    /// What the model says; missing in chunks that only say that it ended.
    pub content: Option<CandidateContent>,
    /// Why the answer ended; missing while it goes on.
    pub finish_reason: Option<FinishReason>,
    /// The same in words, where the API has any.
    pub finish_message: Option<String>,
    /// With [`FinishReason::Continuation`]: what to send to hear the rest.
    pub continuation_token: Option<String>,
    /// How the answer so far was rated.
    #[serde(deserialize_with = "readable")]
    pub safety_ratings: Option<Vec<SafetyRating>>,
    /// What a search found.
    #[serde(deserialize_with = "readable")]
    pub grounding_metadata: Option<GroundingMetadata>,
    /// Which pages were read.
    #[serde(deserialize_with = "readable")]
    pub url_context_metadata: Option<UrlContextMetadata>,
    /// Which works are quoted.
    #[serde(deserialize_with = "readable")]
    pub citation_metadata: Option<CitationMetadata>,
}

/// A piece of what the model says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CandidateContent {
    /// Always `model` so far.
    pub role: Option<String>,
    /// The parts as their JSON text; see [`PartView`].
    pub parts: Option<Vec<Box<RawValue>>>,
}

/// What Castor reads in a part. The part itself stays raw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PartView<'part> {
    /// Text, empty in a part that only carries a signature.
    pub text: Option<String>,
    /// Whether this is a thought and not part of the answer.
    pub thought: Option<bool>,
    /// Code the model has run.
    pub executable_code: Option<ExecutableCode>,
    /// What became of it.
    pub code_execution_result: Option<CodeExecutionResult>,
    /// A file the model made.
    #[serde(borrow)]
    pub inline_data: Option<InlineData<'part>>,
}

/// Code the model has run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ExecutableCode {
    /// `PYTHON` so far.
    pub language: String,
    /// The code.
    pub code: String,
}

/// What became of code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CodeExecutionResult {
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What it printed; missing when that is nothing.
    pub output: String,
}

/// A file inside an answer. Its bytes stay where they are in the part's text: a picture has megabytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InlineData<'part> {
    /// MIME type.
    pub mime_type: String,
    /// The bytes as base64.
    #[serde(borrow)]
    pub data: Cow<'part, str>,
}

/// How code ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the API's own names")]
pub enum Outcome {
    #[serde(rename = "OUTCOME_OK")]
    Ok,
    #[serde(rename = "OUTCOME_FAILED")]
    Failed,
    #[serde(rename = "OUTCOME_DEADLINE_EXCEEDED")]
    DeadlineExceeded,
    #[serde(untagged)]
    Unknown(String),
}

/// How content was rated for one kind of harm. Castor shows the API's own names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SafetyRating {
    /// The kind, e.g. `HARM_CATEGORY_HARASSMENT`.
    pub category: String,
    /// How probable it is, e.g. `MEDIUM`.
    pub probability: String,
    /// Whether this is why it was blocked; missing when not.
    pub blocked: bool,
}

/// Says why a prompt was not answered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PromptFeedback {
    /// Set when it was blocked.
    pub block_reason: Option<BlockReason>,
    /// How it was rated.
    #[serde(deserialize_with = "readable")]
    pub safety_ratings: Option<Vec<SafetyRating>>,
}

/// Token counts. In a stream each replaces the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UsageMetadata {
    /// The prompt with everything in it.
    pub prompt_token_count: Option<u32>,
    /// The answer.
    pub candidates_token_count: Option<u32>,
    /// Thoughts.
    pub thoughts_token_count: Option<u32>,
    /// What of the prompt the API had kept from before.
    pub cached_content_token_count: Option<u32>,
    /// What tools brought in; not part of the prompt's count.
    pub tool_use_prompt_token_count: Option<u32>,
}

/// Why an answer ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the API's own names; what each means to Castor is in `event_stream`")]
pub enum FinishReason {
    Stop,
    MaxTokens,
    Safety,
    Recitation,
    Language,
    Other,
    Blocklist,
    ProhibitedContent,
    Spii,
    MalformedFunctionCall,
    ImageSafety,
    ImageProhibitedContent,
    ImageOther,
    NoImage,
    ImageRecitation,
    UnexpectedToolCall,
    TooManyToolCalls,
    MissingThoughtSignature,
    MalformedResponse,
    Escalation,
    Continuation,
    ModelArmor,
    #[serde(untagged)]
    Unknown(String),
}

/// Why a prompt was blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the API's own names; Castor shows them as they are")]
pub enum BlockReason {
    Safety,
    Other,
    Blocklist,
    ProhibitedContent,
    ImageSafety,
    ModelArmor,
    Jailbreak,
    #[serde(untagged)]
    Unknown(String),
}

impl fmt::Display for FinishReason {
    /// The name as on the wire.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(formatter)
    }
}

impl fmt::Display for BlockReason {
    /// The name as on the wire.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(formatter)
    }
}

/// Reads what stands beside an answer. What is not as expected counts as missing: the answer's words matter more.
fn readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(raw.and_then(|raw| serde_json::from_str(raw.get()).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_may_be_almost_nothing() {
        for text in [
            "{}",
            r#"{"candidates":[]}"#,
            r#"{"candidates":[{"content":{"role":"model"},"finishReason":"STOP"}]}"#,
            r#"{"candidates":[{"finishReason":"STOP","index":0}],"turnToken":"v1:x"}"#,
            r#"{"candidates":[{"groundingMetadata":7,"citationMetadata":null,"safetyRatings":{}}]}"#,
            r#"{"candidates":null,"promptFeedback":{"blockReason":"SAFETY","safetyRatings":[]}}"#,
        ] {
            serde_json::from_str::<GenerateContentResponse>(text).unwrap();
        }
    }

    #[test]
    fn names_that_do_not_exist_yet_are_kept() {
        let known: FinishReason = serde_json::from_str(r#""IMAGE_PROHIBITED_CONTENT""#).unwrap();
        assert_eq!(known, FinishReason::ImageProhibitedContent);
        assert_eq!(known.to_string(), "IMAGE_PROHIBITED_CONTENT");
        let unknown: FinishReason = serde_json::from_str(r#""TIRED""#).unwrap();
        assert_eq!(unknown, FinishReason::Unknown("TIRED".into()));
        assert_eq!(unknown.to_string(), "TIRED");
        let unknown: BlockReason = serde_json::from_str(r#""FULL_MOON""#).unwrap();
        assert_eq!(unknown.to_string(), "FULL_MOON");
    }

    #[test]
    fn a_part_stays_the_text_it_came_as() {
        let part = r#"{ "text" : "caf\u00e9", "thoughtSignature":"AAAA", "future": 1.0 }"#;
        let text = format!(r#"{{"candidates":[{{"content":{{"parts":[{part}]}}}}]}}"#);
        let response: GenerateContentResponse = serde_json::from_str(&text).unwrap();
        let parts = response.candidates.unwrap().remove(0).content.unwrap().parts.unwrap();
        assert_eq!(parts[0].get(), part);
        let view: PartView<'_> = serde_json::from_str(parts[0].get()).unwrap();
        assert_eq!(view.text.unwrap(), "café");
    }

    #[test]
    fn a_pictures_bytes_are_not_copied_to_be_looked_at() {
        let part = r#"{"inlineData":{"mimeType":"image/png","data":"AAAA"}}"#;
        let view: PartView<'_> = serde_json::from_str(part).unwrap();
        assert!(matches!(view.inline_data.unwrap().data, Cow::Borrowed("AAAA")));
    }

    #[test]
    fn ends_of_code_that_do_not_exist_yet_are_kept() {
        let read = |text| serde_json::from_str::<Outcome>(text).unwrap();
        assert_eq!(read(r#""OUTCOME_DEADLINE_EXCEEDED""#), Outcome::DeadlineExceeded);
        assert_eq!(read(r#""OUTCOME_BORED""#), Outcome::Unknown("OUTCOME_BORED".into()));
    }
}
