//! How an answer is to be made: thinking, schema, what it may hold, tools, safety.

use super::super::error::Refusal;
use super::super::models::Model;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct GenerationConfig {
    pub max_output_tokens: Option<i64>,
    candidate_count: Option<i64>,
    thinking_config: Option<ThinkingConfig>,
    response_mime_type: Option<String>,
    response_json_schema: Option<Value>,
    response_modalities: Option<Vec<Modality>>,
    #[serde(rename = "temperature")]
    _temperature: Option<f64>,
    #[serde(rename = "topP")]
    _top_p: Option<f64>,
    #[serde(rename = "topK")]
    _top_k: Option<f64>,
    #[serde(rename = "seed")]
    _seed: Option<i64>,
    #[serde(rename = "stopSequences")]
    _stop_sequences: Option<Vec<String>>,
    #[serde(rename = "mediaResolution")]
    _media_resolution: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ThinkingConfig {
    thinking_level: Option<String>,
    thinking_budget: Option<i64>,
    include_thoughts: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Modality {
    Text,
    Image,
    Audio,
}

/// A tool has exactly one of these.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct Tool {
    google_search: Option<Nothing>,
    url_context: Option<Nothing>,
    code_execution: Option<Nothing>,
    function_declarations: Option<Vec<FunctionDeclaration>>,
}

/// A tool's settings, of which Castor uses none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FunctionDeclaration {
    name: String,
    #[serde(rename = "description")]
    _description: Option<String>,
    parameters: Option<Value>,
    parameters_json_schema: Option<Value>,
    #[serde(rename = "response")]
    _response: Option<Value>,
    #[serde(rename = "responseJsonSchema")]
    _response_json_schema: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct ToolConfig {
    #[serde(rename = "functionCallingConfig")]
    _function_calling_config: Option<FunctionCallingConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FunctionCallingConfig {
    #[serde(rename = "mode")]
    _mode: Option<Mode>,
    #[serde(rename = "allowedFunctionNames")]
    _allowed_function_names: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Mode {
    Auto,
    Any,
    None,
    Validated,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SafetySetting {
    category: Category,
    threshold: Threshold,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Category {
    #[serde(rename = "HARM_CATEGORY_HARASSMENT")]
    Harassment,
    #[serde(rename = "HARM_CATEGORY_HATE_SPEECH")]
    HateSpeech,
    #[serde(rename = "HARM_CATEGORY_SEXUALLY_EXPLICIT")]
    SexuallyExplicit,
    #[serde(rename = "HARM_CATEGORY_DANGEROUS_CONTENT")]
    DangerousContent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Threshold {
    BlockLowAndAbove,
    BlockMediumAndAbove,
    BlockOnlyHigh,
    BlockNone,
    Off,
}

/// How an answer is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Manner {
    /// Names of its tools, as the API has them.
    pub tools: Vec<&'static str>,
    /// The level of thinking, in lower case.
    pub thinking: Option<String>,
    /// Whether summaries of thoughts are to come back.
    pub thoughts: bool,
    /// What the answer has to follow.
    pub schema: Option<Value>,
    /// Whether it may hold pictures.
    pub draws: bool,
    /// What is withheld, e.g. `Harassment: BlockOnlyHigh`.
    pub safety: Vec<String>,
    pub max_output_tokens: Option<usize>,
}

impl Manner {
    pub fn has(&self, tool: &str) -> bool {
        self.tools.contains(&tool)
    }
}

pub(super) fn check(
    model: Model,
    config: Option<&GenerationConfig>,
    tools: &[Tool],
    safety: &[SafetySetting],
) -> Result<Manner, Refusal> {
    let mut manner = Manner::default();
    if let Some(config) = config {
        check_config(model, config, &mut manner)?;
    }
    for (index, tool) in tools.iter().enumerate() {
        manner.tools.push(check_tool(model, tool, &format!("tools[{index}]"))?);
    }
    for (index, setting) in safety.iter().enumerate() {
        if safety[..index].iter().any(|earlier| earlier.category == setting.category) {
            let message = format!("* GenerateContentRequest.safety_settings[{index}]: duplicate category\n");
            return Err(Refusal::invalid(message));
        }
        manner.safety.push(format!("{:?}: {:?}", setting.category, setting.threshold));
    }
    Ok(manner)
}

fn check_config(model: Model, config: &GenerationConfig, manner: &mut Manner) -> Result<(), Refusal> {
    if config.max_output_tokens.is_some_and(|limit| limit < 1) {
        return Err(Refusal::invalid("max_output_tokens must be positive."));
    }
    manner.max_output_tokens = config.max_output_tokens.and_then(|limit| usize::try_from(limit).ok());
    if config.candidate_count.is_some_and(|count| count != 1) {
        return Err(Refusal::invalid("Multiple candidates is not enabled for this model"));
    }
    check_modalities(model, config, manner)?;
    check_schema(model, config, manner)?;
    let Some(thinking) = &config.thinking_config else { return Ok(()) };
    check_thinking(model, thinking, manner)
}

fn check_thinking(model: Model, thinking: &ThinkingConfig, manner: &mut Manner) -> Result<(), Refusal> {
    if model.levels.is_empty() {
        return Err(Refusal::invalid("Thinking is not enabled for this model."));
    }
    if thinking.thinking_level.is_some() && thinking.thinking_budget.is_some() {
        let message = "You can only set only one of thinking budget and thinking level.";
        return Err(Refusal::invalid(message));
    }
    let level = thinking.thinking_level.as_ref().map(|level| level.to_ascii_lowercase());
    if let Some(level) = level.as_deref()
        && !model.levels.contains(&level)
    {
        let message =
            format!("Thinking level {} is not supported for this model.", level.to_ascii_uppercase());
        return Err(Refusal::invalid(message));
    }
    manner.thinking = level;
    manner.thoughts = thinking.include_thoughts == Some(true);
    Ok(())
}

fn check_modalities(model: Model, config: &GenerationConfig, manner: &mut Manner) -> Result<(), Refusal> {
    let modalities = config.response_modalities.as_deref().unwrap_or_default();
    let speaks = modalities.contains(&Modality::Audio);
    manner.draws = modalities.contains(&Modality::Image);
    if speaks || (manner.draws && !model.draws) {
        return Err(Refusal::invalid("Model does not support the requested response modalities."));
    }
    Ok(())
}

fn check_schema(model: Model, config: &GenerationConfig, manner: &mut Manner) -> Result<(), Refusal> {
    let path = "generation_config.response_json_schema";
    let mime = config.response_mime_type.as_deref().unwrap_or("text/plain");
    if !matches!(mime, "text/plain" | "application/json" | "text/x.enum") {
        let allowed = "allowed mimetypes are `text/plain`, `application/json` and `text/x.enum`.";
        let message = format!("* GenerateContentRequest.generation_config.response_mime_type: {allowed}\n");
        return Err(Refusal::invalid(message));
    }
    if mime == "application/json" && model.draws {
        return Err(Refusal::invalid(format!("JSON mode is not enabled for models/{}", model.id)));
    }
    let Some(schema) = &config.response_json_schema else { return Ok(()) };
    if !schema.is_object() {
        return Err(Refusal::field(path, "The schema must be a JSON object."));
    }
    if mime != "application/json" {
        let only = "only allowed when `response_mime_type` is `application/json`.";
        return Err(Refusal::invalid(format!("* GenerateContentRequest.{path}: {only}\n")));
    }
    manner.schema = Some(schema.clone());
    Ok(())
}

/// Its name.
fn check_tool(model: Model, tool: &Tool, path: &str) -> Result<&'static str, Refusal> {
    let names: Vec<&'static str> = [
        (tool.google_search.is_some(), "googleSearch"),
        (tool.url_context.is_some(), "urlContext"),
        (tool.code_execution.is_some(), "codeExecution"),
        (tool.function_declarations.is_some(), "functionDeclarations"),
    ]
    .into_iter()
    .filter_map(|(there, name)| there.then_some(name))
    .collect();
    let [name] = names[..] else {
        let message = format!(
            "* GenerateContentRequest.{path}.tool_type: required one_of 'tool_type' must have one initialized field\n"
        );
        return Err(Refusal::invalid(message));
    };
    if model.draws && name != "googleSearch" {
        return Err(Refusal::invalid(format!("{name} is not enabled for models/{}", model.id)));
    }
    for (index, function) in tool.function_declarations.iter().flatten().enumerate() {
        let at = format!("{path}.function_declarations[{index}]");
        if function.name.is_empty() {
            return Err(Refusal::invalid(format!(
                "* GenerateContentRequest.{at}.name: must not be empty.\n"
            )));
        }
        if function.parameters.is_some() && function.parameters_json_schema.is_some() {
            let problem = "only one of parameters and parameters_json_schema may be set.";
            return Err(Refusal::invalid(format!("* GenerateContentRequest.{at}: {problem}\n")));
        }
    }
    Ok(name)
}
