//! What `models` and `models/{id}` tell about a model, and what one counts.

use serde::Deserialize;

/// One page of the list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListModelsResponse {
    /// The models of this page.
    pub models: Vec<Model>,
    /// Asks for the next page; missing on the last.
    pub next_page_token: Option<String>,
}

/// A model.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Model {
    /// Its resource name, `models/{id}`.
    pub name: String,
    /// Its name for people.
    pub display_name: Option<String>,
    /// Most tokens of a prompt.
    pub input_token_limit: Option<u32>,
    /// Most tokens of an answer.
    pub output_token_limit: Option<u32>,
    /// Calls it serves, e.g. `generateContent`.
    pub supported_generation_methods: Vec<String>,
    /// Whether it thinks before it answers.
    pub thinking: Option<bool>,
}

/// What `countTokens` counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CountTokensResponse {
    /// Tokens of the prompt with everything in it; missing when there are none.
    pub total_tokens: Option<u32>,
}
