//! How an answer is to be made, as far as the model can: what it cannot do is left out.

use crate::failure::Failure;
use crate::wire::{GenerationConfig, Modality, ThinkingConfig, ThinkingLevel, Tool};
use conversation::{self as castor, AnswerOptions, AnswerTools, GenerateRequest, NoticeCode};
use serde_json::value::RawValue;

/// `None` when nothing is asked of the answer.
pub(super) fn generation_config(
    request: &GenerateRequest,
    can: &AnswerTools,
) -> Result<Option<GenerationConfig>, Failure> {
    let AnswerOptions { thinking, schema, .. } = &request.options;
    let thinking_config = (!can.thinking.is_empty()).then(|| ThinkingConfig {
        thinking_level: thinking.filter(|level| can.thinking.contains(level)).map(level),
        include_thoughts: true,
    });
    let schema = schema.as_deref().filter(|_| can.schema).map(self::schema).transpose()?;
    let config = GenerationConfig {
        max_output_tokens: request.max_output_tokens,
        thinking_config,
        response_mime_type: schema.is_some().then_some("application/json"),
        response_json_schema: schema,
        response_modalities: can.draws.then_some(&[Modality::Text, Modality::Image]),
    };
    let asks = config.max_output_tokens.is_some()
        || config.thinking_config.is_some()
        || config.response_json_schema.is_some()
        || config.response_modalities.is_some();
    Ok(asks.then_some(config))
}

fn level(level: castor::ThinkingLevel) -> ThinkingLevel {
    match level {
        castor::ThinkingLevel::Minimal => ThinkingLevel::Minimal,
        castor::ThinkingLevel::Low => ThinkingLevel::Low,
        castor::ThinkingLevel::Medium => ThinkingLevel::Medium,
        castor::ThinkingLevel::High => ThinkingLevel::High,
    }
}

fn schema(text: &str) -> Result<Box<RawValue>, Failure> {
    let refused = |why: String| {
        Failure::new(
            NoticeCode::RequestRejected,
            format!("the schema of the answer is no JSON object: {why}"),
        )
    };
    let schema = RawValue::from_string(text.trim().to_owned()).map_err(|error| refused(error.to_string()))?;
    if schema.get().starts_with('{') { Ok(schema) } else { Err(refused("it begins without a brace".into())) }
}

pub(super) fn tools(options: &AnswerOptions, can: &AnswerTools) -> Vec<Tool> {
    [
        (options.search && can.search, Tool::GoogleSearch {}),
        (options.read_links && can.read_links, Tool::UrlContext {}),
        (options.run_code && can.run_code, Tool::CodeExecution {}),
    ]
    .into_iter()
    .filter_map(|(wanted, tool)| wanted.then_some(tool))
    .collect()
}
