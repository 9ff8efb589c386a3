//! What `models` and `models/{id}` tell about a model.

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
}
