//! What stands beside an answer's words in the API's JSON: sources with their places in bytes, and ratings.

use super::reply::{Grounded, Quotation, Rating, ReadLink, Streamed};
use serde_json::{Map, Value, json};
use std::ops::Range;

/// The fields of the candidate that ends an answer with this text.
pub(super) fn of(streamed: &Streamed, text: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    if let Some(grounding) = &streamed.grounding {
        fields.insert("groundingMetadata".into(), grounded(grounding, text));
    }
    if !streamed.links.is_empty() {
        let links = streamed
            .links
            .iter()
            .map(|ReadLink { uri, status }| json!({"retrievedUrl": uri, "urlRetrievalStatus": status}));
        fields.insert("urlContextMetadata".into(), json!({"urlMetadata": links.collect::<Vec<_>>()}));
    }
    if !streamed.citations.is_empty() {
        let sources: Vec<_> = streamed.citations.iter().map(|quotation| cited(quotation, text)).collect();
        fields.insert("citationMetadata".into(), json!({ "citationSources": sources }));
    }
    if !streamed.ratings.is_empty() {
        fields.insert("safetyRatings".into(), ratings(&streamed.ratings));
    }
    fields
}

/// As the API writes them: what is false is left out.
pub(super) fn ratings(ratings: &[Rating]) -> Value {
    let written = |Rating { category, probability, blocked }: &Rating| {
        let mut rating = json!({"category": category, "probability": probability});
        if *blocked {
            rating["blocked"] = true.into();
        }
        rating
    };
    ratings.iter().map(written).collect()
}

fn grounded(Grounded { queries, pages, passages, suggestions }: &Grounded, text: &str) -> Value {
    let mut grounding = json!({});
    let mut set = |name: &str, values: Vec<Value>| {
        if !values.is_empty() {
            grounding[name] = values.into();
        }
    };
    set("webSearchQueries", queries.iter().map(|query| json!(query)).collect());
    let chunks = pages.iter().map(|page| json!({"web": {"uri": page.uri, "title": page.title}}));
    set("groundingChunks", chunks.collect());
    let supports = passages.iter().map(|passage| {
        let mut segment = place(text, &passage.text);
        segment.insert("text".into(), passage.text.clone().into());
        json!({"segment": segment, "groundingChunkIndices": passage.pages})
    });
    set("groundingSupports", supports.collect());
    if let Some(html) = suggestions {
        grounding["searchEntryPoint"] = json!({ "renderedContent": html });
    }
    grounding
}

fn cited(Quotation { text: words, uri, title, license }: &Quotation, text: &str) -> Value {
    let mut citation = place(text, words);
    for (name, value) in [("uri", uri), ("title", title), ("license", license)] {
        if let Some(value) = value {
            citation.insert(name.into(), value.as_str().into());
        }
    }
    citation.into()
}

/// Where words stand, in bytes. A zero is left out, as the API does.
fn place(text: &str, words: &str) -> Map<String, Value> {
    let start = text.find(words).unwrap_or_default();
    let Range { start, end } = start..start + words.len();
    let mut place = Map::new();
    if start > 0 {
        place.insert("startIndex".into(), start.into());
    }
    place.insert("endIndex".into(), end.into());
    place
}
