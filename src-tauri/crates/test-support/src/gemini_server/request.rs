//! Reads a question as strictly as the API does.

mod config;
mod media;

pub(super) use config::Manner;
pub(super) use media::{InlineFile, NamedFile, Picture};

use self::config::{GenerationConfig, SafetySetting, Tool, ToolConfig};
use self::media::{Blob, FileData, Look, Media, MediaResolution, VideoMetadata};
use super::error::Refusal;
use super::files::Files;
use super::models::Model;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The largest body the API takes inline.
pub const MAX_REQUEST_BYTES: usize = 20 * 1024 * 1024;

/// What every signature of this server begins with, before base64.
pub(super) const SIGNATURE: &str = "castor-test-server/";

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// HTTP method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query, without `?`.
    pub query: String,
    /// The header `x-goog-api-key`.
    pub key: Option<String>,
    /// Its headers that begin with `x-goog-upload-`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub upload_headers: BTreeMap<String, String>,
    /// The body, `null` when there was none or it was no JSON. Bytes of uploads are not
    /// kept.
    pub body: Value,
}

/// `generateContent`'s body. A field that is not here does not exist.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GenerateContentRequest {
    model: Option<String>,
    #[serde(default)]
    contents: Vec<Content>,
    system_instruction: Option<Content>,
    generation_config: Option<GenerationConfig>,
    #[serde(default)]
    safety_settings: Vec<SafetySetting>,
    #[serde(default)]
    tools: Vec<Tool>,
    #[serde(rename = "toolConfig")]
    _tool_config: Option<ToolConfig>,
    continuation_token: Option<String>,
}

/// `countTokens`'s body: the contents alone, or everything.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CountTokensRequest {
    contents: Option<Vec<Content>>,
    generate_content_request: Option<GenerateContentRequest>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    role: Option<String>,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Part {
    text: Option<String>,
    inline_data: Option<Blob>,
    file_data: Option<FileData>,
    function_call: Option<FunctionCall>,
    function_response: Option<FunctionResponse>,
    executable_code: Option<ExecutableCode>,
    code_execution_result: Option<CodeExecutionResult>,
    video_metadata: Option<VideoMetadata>,
    #[serde(rename = "thought")]
    _thought: Option<bool>,
    thought_signature: Option<String>,
    media_resolution: Option<MediaResolution>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionCall {
    #[serde(rename = "id")]
    _id: Option<String>,
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "args")]
    _args: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionResponse {
    #[serde(rename = "id")]
    _id: Option<String>,
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "response")]
    _response: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExecutableCode {
    #[serde(rename = "id")]
    _id: Option<String>,
    #[serde(rename = "language")]
    _language: Language,
    #[serde(rename = "code")]
    _code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Language {
    LanguageUnspecified,
    Python,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeExecutionResult {
    #[serde(rename = "id")]
    _id: Option<String>,
    #[serde(rename = "outcome")]
    _outcome: Outcome,
    #[serde(rename = "output")]
    _output: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(clippy::enum_variant_names, reason = "the API's own names")]
enum Outcome {
    OutcomeUnspecified,
    OutcomeOk,
    OutcomeFailed,
    OutcomeDeadlineExceeded,
}

/// A question that passed every check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Question {
    /// The words of the last turn.
    pub text: String,
    /// The pictures of the last turn.
    pub pictures: Vec<Picture>,
    /// Documents, sound and video inside the last turn.
    pub inline_files: Vec<InlineFile>,
    /// The uploaded files of the last turn.
    pub files: Vec<NamedFile>,
    /// Turns before the last.
    pub earlier: usize,
    /// Pictures in those turns.
    pub earlier_pictures: usize,
    /// Tokens of all text.
    pub text_tokens: usize,
    /// How the answer is to be made.
    pub manner: Manner,
    pub continuation_token: Option<String>,
}

/// Reads the body of a question.
pub(super) fn read(model: Model, body: &[u8], files: &Files) -> Result<Question, Refusal> {
    check_size(body)?;
    check(model, &read_json(body)?, files)
}

/// Reads the body of a question that is only to be counted.
pub(super) fn read_count(model: Model, body: &[u8], files: &Files) -> Result<Question, Refusal> {
    check_size(body)?;
    let request: CountTokensRequest = read_json(body)?;
    match (request.contents, request.generate_content_request) {
        (None, Some(request)) if request.model.is_none() => {
            Err(Refusal::invalid("* CountTokensRequest.generate_content_request.model: model is required.\n"))
        }
        (None, Some(request)) => check(model, &request, files),
        (Some(_), Some(_)) => {
            Err(Refusal::invalid("contents and generate_content_request cannot both be set."))
        }
        (contents, None) => {
            let contents = contents.unwrap_or_default();
            let request = GenerateContentRequest {
                model: None,
                contents,
                system_instruction: None,
                generation_config: None,
                safety_settings: Vec::new(),
                tools: Vec::new(),
                _tool_config: None,
                continuation_token: None,
            };
            check(model, &request, files)
        }
    }
}

fn check_size(body: &[u8]) -> Result<(), Refusal> {
    if body.len() > MAX_REQUEST_BYTES {
        let message = format!("Request payload size exceeds the limit: {MAX_REQUEST_BYTES} bytes.");
        return Err(Refusal::invalid(message));
    }
    Ok(())
}

/// Reads JSON; a field that does not exist is refused with its path.
pub(super) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let field = path.rsplit_once('.').map_or("", |(parent, _)| parent);
        let problem = error.inner().to_string();
        let named = |prefix: &str| {
            problem.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned)
        };
        match (named("unknown field `"), named("unknown variant `")) {
            (Some(name), _) => Refusal::field(field, &format!("Unknown name \"{name}\": Cannot find field.")),
            (None, Some(name)) => Refusal::field(&path, &format!("Invalid value (enum), \"{name}\"")),
            (None, None) => Refusal::field(path.trim_matches('.'), &problem),
        }
    })
}

fn check(model: Model, request: &GenerateContentRequest, files: &Files) -> Result<Question, Refusal> {
    let named = request.model.as_deref().map(|name| name.strip_prefix("models/").unwrap_or_default());
    if named.is_some_and(|id| id != model.id) {
        return Err(Refusal::invalid(format!("model must be models/{}", model.id)));
    }
    let config = request.generation_config.as_ref();
    let manner = config::check(model, config, &request.tools, &request.safety_settings)?;
    let missing = |what: &str| Refusal::invalid(format!("* GenerateContentRequest.{what}\n"));
    let Some(last) = request.contents.last() else {
        return Err(missing("contents: contents is not specified"));
    };
    let mut question = Question { manner, ..Question::default() };
    let mut previous = None;
    for (index, content) in request.contents.iter().enumerate() {
        let role = content.role.as_deref().unwrap_or("user");
        if !matches!(role, "user" | "model") {
            return Err(Refusal::invalid("Please use a valid role: user, model."));
        }
        if role == "model" && previous != Some("user") {
            return Err(Refusal::invalid("Please ensure that a model turn comes after a user turn."));
        }
        if content.parts.is_empty() {
            return Err(missing(&format!("contents[{index}].parts: contents.parts must not be empty.")));
        }
        previous = Some(role);
        let is_last = std::ptr::eq(content, last);
        for (number, part) in content.parts.iter().enumerate() {
            let media = check_part(part, role, &format!("contents[{index}].parts[{number}]"), files)?;
            let text = part.text.as_deref().unwrap_or_default();
            question.text_tokens += text.len().div_ceil(4);
            if is_last {
                question.text.push_str(text);
            }
            match media {
                Some(Media::Picture(picture)) if is_last => question.pictures.push(picture),
                Some(Media::Inline(file)) if is_last => question.inline_files.push(file),
                Some(Media::File(file)) if is_last => question.files.push(file),
                Some(Media::Picture(_)) => question.earlier_pictures += 1,
                Some(Media::Inline(_) | Media::File(_)) | None => {}
            }
        }
    }
    if previous != Some("user") {
        return Err(Refusal::invalid(
            "Prefilled model turns are not supported: the last turn must be the user's.",
        ));
    }
    if let Some(system) = &request.system_instruction {
        if system.parts.is_empty() {
            return Err(missing("system_instruction.parts: system_instruction.parts must not be empty."));
        }
        question.text_tokens += system
            .parts
            .iter()
            .filter_map(|part| part.text.as_ref())
            .map(|text| text.len().div_ceil(4))
            .sum::<usize>();
    }
    question.earlier = request.contents.len() - 1;
    question.continuation_token.clone_from(&request.continuation_token);
    Ok(question)
}

/// A part holds exactly one thing, and what is signed was signed here.
fn check_part(part: &Part, role: &str, path: &str, files: &Files) -> Result<Option<Media>, Refusal> {
    if let Some(signature) = &part.thought_signature {
        let known = STANDARD.decode(signature).is_ok_and(|bytes| bytes.starts_with(SIGNATURE.as_bytes()));
        if !known || role != "model" {
            return Err(Refusal::bad_signature());
        }
    }
    let held = held(part);
    match held[..] {
        [] => {
            let problem = "required oneof field 'data' must have one initialized field";
            return Err(Refusal::invalid(format!("* GenerateContentRequest.{path}.data: {problem}\n")));
        }
        [(_, whose)] if whose.is_some_and(|whose| whose != role) => {
            return Err(Refusal::invalid(format!(
                "* GenerateContentRequest.{path}: not in a turn of {role}\n"
            )));
        }
        [_] => {}
        [_, (second, _), ..] => {
            let problem = format!("Invalid value, oneof field 'data' is already set. Cannot set '{second}'");
            return Err(Refusal::field(path, &problem));
        }
    }
    let look = Look { video: part.video_metadata.as_ref(), resolution: part.media_resolution.as_ref(), path };
    match (&part.inline_data, &part.file_data) {
        (Some(blob), _) => media::check_blob(blob, &look).map(Some),
        (None, Some(file)) => media::check_file(file, &look, files).map(Some),
        (None, None) if look.video.is_some() || look.resolution.is_some() => Err(Refusal::invalid(format!(
            "* GenerateContentRequest.{path}: only media takes these options\n"
        ))),
        (None, None) => Ok(None),
    }
}

/// What a part holds, and in whose turn alone that may be.
fn held(part: &Part) -> Vec<(&'static str, Option<&'static str>)> {
    let fields = [
        (part.text.is_some(), "text", None),
        (part.inline_data.is_some(), "inlineData", None),
        (part.file_data.is_some(), "fileData", None),
        (part.function_call.is_some(), "functionCall", Some("model")),
        (part.function_response.is_some(), "functionResponse", Some("user")),
        (part.executable_code.is_some(), "executableCode", Some("model")),
        (part.code_execution_result.is_some(), "codeExecutionResult", Some("model")),
    ];
    fields.into_iter().filter_map(|(there, name, whose)| there.then_some((name, whose))).collect()
}
