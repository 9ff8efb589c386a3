//! What comes back about what an answer rests on: pages a search found, pages that were read, works that are quoted.
//! Places are bytes of the text in UTF-8.

use serde::{Deserialize, Serialize};

/// What a search found. A stream tells it in one chunk, in several, or again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroundingMetadata {
    /// What was searched for.
    pub web_search_queries: Vec<String>,
    /// The pages.
    pub grounding_chunks: Vec<GroundingChunk>,
    /// Which passages rest on which pages.
    pub grounding_supports: Vec<GroundingSupport>,
    /// What has to be shown with the answer.
    pub search_entry_point: Option<SearchEntryPoint>,
}

/// A page, by where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroundingChunk {
    /// From the web.
    pub web: Option<GroundingSource>,
    /// From documents of the person's own.
    pub retrieved_context: Option<GroundingSource>,
    /// From the map.
    pub maps: Option<GroundingSource>,
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GroundingSource {
    /// Its address.
    pub uri: Option<String>,
    /// Its title, often just its site.
    pub title: Option<String>,
}

/// A passage and its pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroundingSupport {
    /// The passage.
    pub segment: Segment,
    /// Places in `grounding_chunks` of the same metadata.
    pub grounding_chunk_indices: Vec<i64>,
}

/// A passage. `part_index` counts parts of a whole response; a stream's parts come in pieces, so Castor does not read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Segment {
    /// Its first byte; missing when that is 0.
    pub start_index: i64,
    /// The first byte after it.
    pub end_index: i64,
    /// Its words.
    pub text: String,
}

/// The search engine's suggestions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchEntryPoint {
    /// HTML.
    pub rendered_content: Option<String>,
}

/// Which pages were read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UrlContextMetadata {
    /// Each of them.
    pub url_metadata: Vec<UrlMetadata>,
}

/// A page that was to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UrlMetadata {
    /// Its address.
    pub retrieved_url: String,
    /// Whether it could be read.
    pub url_retrieval_status: Option<UrlRetrievalStatus>,
}

/// Whether a page could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the API's own names")]
pub enum UrlRetrievalStatus {
    #[serde(rename = "URL_RETRIEVAL_STATUS_SUCCESS")]
    Success,
    #[serde(rename = "URL_RETRIEVAL_STATUS_ERROR")]
    Error,
    #[serde(rename = "URL_RETRIEVAL_STATUS_PAYWALL")]
    Paywall,
    #[serde(rename = "URL_RETRIEVAL_STATUS_UNSAFE")]
    Unsafe,
    #[serde(untagged)]
    Unknown(String),
}

/// Which works are quoted. The API's versions name the list differently.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CitationMetadata {
    /// Each of them.
    #[serde(alias = "citations")]
    pub citation_sources: Vec<Citation>,
}

/// A work that is quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Citation {
    /// The first byte of the quotation; missing when that is 0.
    pub start_index: Option<i64>,
    /// The first byte after it.
    pub end_index: Option<i64>,
    /// Its address.
    pub uri: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its licence.
    pub license: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_are_read_under_either_name() {
        for name in ["citationSources", "citations"] {
            let text = format!(r#"{{"{name}":[{{"endIndex":3,"license":"mit"}}]}}"#);
            let read: CitationMetadata = serde_json::from_str(&text).unwrap();
            assert_eq!(read.citation_sources[0].license.as_deref(), Some("mit"), "{name}");
        }
    }

    #[test]
    fn what_became_of_a_page_may_have_a_name_that_does_not_exist_yet() {
        let read = |text| serde_json::from_str::<UrlRetrievalStatus>(text).unwrap();
        assert_eq!(read(r#""URL_RETRIEVAL_STATUS_PAYWALL""#), UrlRetrievalStatus::Paywall);
        assert_eq!(read(r#""BUSY""#), UrlRetrievalStatus::Unknown("BUSY".into()));
    }
}
