//! What an answer can be told to hold beside its words.

use serde::{Deserialize, Serialize};

/// Code that was run, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRun {
    /// Python.
    pub code: String,
    /// The API's name for how it ended, e.g. `OUTCOME_OK`.
    pub outcome: String,
    /// What it printed.
    #[serde(default)]
    pub output: String,
}

/// A picture the model made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnPicture {
    /// MIME type.
    pub mime: String,
    /// Base64, or what ought to be.
    pub data: String,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grounded {
    /// What was searched for.
    pub queries: Vec<String>,
    /// The pages.
    pub pages: Vec<GroundedPage>,
    /// Which passages rest on which pages.
    pub passages: Vec<GroundedPassage>,
    /// The search engine's suggestions, HTML.
    pub suggestions: Option<String>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroundedPage {
    /// Its address.
    pub uri: String,
    /// Its title.
    pub title: String,
}

/// A passage of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroundedPassage {
    /// Its words, from which the server finds its place. Words the answer does not say have their place at its beginning.
    pub text: String,
    /// Places in the list of pages.
    pub pages: Vec<i64>,
}

/// A page that was to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadLink {
    /// Its address.
    pub uri: String,
    /// The API's name for how that went, e.g. `URL_RETRIEVAL_STATUS_SUCCESS`.
    pub status: String,
}

/// A work that is quoted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotation {
    /// The quoted words, from which the server finds their place.
    pub text: String,
    /// Its address.
    pub uri: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its licence.
    pub license: Option<String>,
}

/// How content was rated for one kind of harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The API's name for the kind, e.g. `HARM_CATEGORY_HARASSMENT`.
    pub category: String,
    /// The API's name for how probable it is, e.g. `HIGH`.
    pub probability: String,
    /// Whether this is why it was blocked.
    #[serde(default)]
    pub blocked: bool,
}
