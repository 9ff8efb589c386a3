//! What an answer rests on, gathered over all of its chunks and placed in its text.
//!
//! The API counts bytes, but of what is not certain in a stream: parts come in pieces, and an answer may come in several
//! responses. So a passage is believed only where the answer really says its words.

use crate::event_stream::Chunk;
use crate::wire::{
    Citation, GroundingMetadata, GroundingSupport, Segment, UrlContextMetadata, UrlRetrievalStatus,
};
use conversation::{self as castor, GenerateEvent, Link, Page, Passage, Sources, Usage};
use std::ops::Range;

/// What one chunk tells about what the answer rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What a search found.
    pub grounding: Option<GroundingMetadata>,
    /// Which pages were read.
    pub links: Option<UrlContextMetadata>,
    /// Which works are quoted.
    pub citations: Vec<Citation>,
}

/// Gathers what one answer rests on, over all chunks of all its responses.
#[derive(Debug, Default)]
pub struct Grounding {
    /// All text of the answer so far.
    said: String,
    /// Where in it the present response begins.
    response: usize,
    /// What needs no place in the text.
    found: Sources,
    /// Passages with their pages, by what the API says of them.
    supports: Vec<Support>,
    /// Quotations, each with where its response begins.
    quotations: Vec<(Citation, usize)>,
    /// As last told.
    told: Sources,
    usage: Option<Usage>,
}

/// A passage as the API describes it.
#[derive(Debug)]
struct Support {
    segment: Segment,
    /// Where the response it belongs to begins.
    response: usize,
    /// Places in the list of pages.
    pages: Vec<u32>,
}

impl Found {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Grounding {
    /// Listens to a chunk and gives its events, with the sources and the number of searches where the chunk tells of any.
    pub fn hear(&mut self, chunk: Chunk) -> Vec<GenerateEvent> {
        let Chunk { mut events, found, .. } = chunk;
        for event in &events {
            if let GenerateEvent::Text(text) = event {
                self.said.push_str(text);
            }
        }
        if !found.is_empty() {
            self.learn(found);
            events.extend(self.news());
        }
        for event in &mut events {
            if let GenerateEvent::Usage(usage) = event {
                usage.searches = self.searches();
                self.usage = Some(*usage);
            }
        }
        events
    }

    /// The response is over: what can only be placed or counted now.
    pub fn end_response(&mut self) -> Vec<GenerateEvent> {
        let mut events: Vec<_> = self.news().into_iter().collect();
        let searches = self.searches();
        if let Some(usage) = self.usage.as_mut().filter(|usage| usage.searches != searches) {
            usage.searches = searches;
            events.push(GenerateEvent::Usage(*usage));
        }
        self.response = self.said.len();
        events
    }

    fn searches(&self) -> u32 {
        u32::try_from(self.found.queries.len()).unwrap_or(u32::MAX)
    }

    /// The sources, where they are others than those last told.
    fn news(&mut self) -> Option<GenerateEvent> {
        let citations = self.quotations.iter().map(|(citation, response)| self.placed(citation, *response));
        let sources =
            Sources { passages: self.passages(), citations: citations.collect(), ..self.found.clone() };
        (sources != self.told).then(|| {
            self.told.clone_from(&sources);
            GenerateEvent::Sources(sources)
        })
    }

    fn learn(&mut self, found: Found) {
        if let Some(grounding) = found.grounding {
            self.learn_grounding(grounding);
        }
        for link in found.links.unwrap_or_default().url_metadata {
            let read = link.url_retrieval_status == Some(UrlRetrievalStatus::Success);
            match self.found.links.iter_mut().find(|known| known.uri == link.retrieved_url) {
                Some(known) => known.read = read,
                None => self.found.links.push(Link { uri: link.retrieved_url, read }),
            }
        }
        for citation in found.citations {
            let quotation = (citation, self.response);
            if !self.quotations.contains(&quotation) {
                self.quotations.push(quotation);
            }
        }
    }

    /// Chunks repeat what was told, add to it, or tell only what is new: the same address is the same page, and the same
    /// passage gathers its pages.
    fn learn_grounding(&mut self, grounding: GroundingMetadata) {
        for query in grounding.web_search_queries {
            if !self.found.queries.contains(&query) {
                self.found.queries.push(query);
            }
        }
        let suggestions = grounding.search_entry_point.and_then(|entry| entry.rendered_content);
        if let Some(suggestions) = suggestions.filter(|html| !html.is_empty()) {
            self.found.suggestions = Some(suggestions);
        }
        // Where each of the metadata's own pages is in the list. Passages without pages beside them mean those told before.
        let mut places: Vec<Option<u32>> = Vec::new();
        for chunk in grounding.grounding_chunks {
            let source = chunk.web.or(chunk.retrieved_context).or(chunk.maps).unwrap_or_default();
            places.push(self.place_of(source.uri, source.title));
        }
        if places.is_empty() {
            places = (0..).take(self.found.pages.len()).map(Some).collect();
        }
        for GroundingSupport { segment, grounding_chunk_indices } in grounding.grounding_supports {
            let pages = grounding_chunk_indices
                .into_iter()
                .filter_map(|index| *places.get(usize::try_from(index).ok()?)?)
                .collect::<Vec<_>>();
            let response = self.response;
            let known = self.supports.iter_mut();
            match known.filter(|known| known.response == response).find(|known| known.segment == segment) {
                Some(known) => add_pages(&mut known.pages, &pages),
                None => self.supports.push(Support { segment, response, pages }),
            }
        }
    }

    /// Where the page with this address is in the list. A page without an address is none that could be shown.
    fn place_of(&mut self, uri: Option<String>, title: Option<String>) -> Option<u32> {
        let uri = uri.filter(|uri| !uri.is_empty())?;
        let title = title.filter(|title| !title.is_empty());
        let pages = &mut self.found.pages;
        let place = pages.iter().position(|page| page.uri == uri).unwrap_or(pages.len());
        if place == pages.len() {
            pages.push(Page { title: uri.clone(), uri });
        }
        if let Some(title) = title {
            pages[place].title = title;
        }
        u32::try_from(place).ok()
    }

    /// Passages that the answer really says, in its order.
    fn passages(&self) -> Vec<Passage> {
        let mut passages: Vec<Passage> = Vec::new();
        for Support { segment, response, pages } in &self.supports {
            let Some(range) = place(&self.said, segment, *response).filter(|_| !pages.is_empty()) else {
                continue;
            };
            let (Ok(start), Ok(end)) = (u32::try_from(range.start), u32::try_from(range.end)) else {
                continue;
            };
            let known = passages.iter().position(|known| (known.start, known.end) == (start, end));
            let place = known.unwrap_or(passages.len());
            if place == passages.len() {
                passages.push(Passage { start, end, pages: Vec::new() });
            }
            add_pages(&mut passages[place].pages, pages);
        }
        passages.sort_by_key(|passage| (passage.start, passage.end));
        passages
    }

    /// A quotation comes without its words: where its place is none in the answer, it has none.
    fn placed(&self, citation: &Citation, response: usize) -> castor::Citation {
        let start = citation.start_index.unwrap_or_default();
        let range = citation
            .end_index
            .and_then(|end| range(start, end, response))
            .filter(|range| self.said.get(range.clone()).is_some_and(|words| !words.is_empty()));
        let place = |place: usize| u32::try_from(place).ok();
        castor::Citation {
            start: range.as_ref().and_then(|range| place(range.start)),
            end: range.as_ref().and_then(|range| place(range.end)),
            uri: citation.uri.clone(),
            title: citation.title.clone(),
            license: citation.license.clone(),
        }
    }
}

fn add_pages(pages: &mut Vec<u32>, more: &[u32]) {
    for page in more {
        if !pages.contains(page) {
            pages.push(*page);
        }
    }
}

fn range(start: i64, end: i64, offset: usize) -> Option<Range<usize>> {
    let place = |place: i64| usize::try_from(place).ok()?.checked_add(offset);
    Some(place(start)?..place(end)?)
}

/// Where the answer says a passage: at its place in its response, at its place in the whole answer, or else where its
/// words stand nearest to it. Whole words are compared, so no character is ever split.
fn place(said: &str, segment: &Segment, response: usize) -> Option<Range<usize>> {
    let words = segment.text.as_str();
    if words.is_empty() {
        return None;
    }
    let told =
        [response, 0].into_iter().filter_map(|offset| range(segment.start_index, segment.end_index, offset));
    if let Some(range) = told.into_iter().find(|range| said.get(range.clone()) == Some(words)) {
        return Some(range);
    }
    let near = usize::try_from(segment.start_index).unwrap_or_default().saturating_add(response);
    let start = said.match_indices(words).map(|(start, _)| start).min_by_key(|start| start.abs_diff(near))?;
    Some(start..start + words.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A chunk with text and metadata, the latter as the API writes it.
    fn chunk(text: &str, grounding: Value) -> Chunk {
        Chunk {
            events: vec![GenerateEvent::Text(text.into())],
            found: Found { grounding: serde_json::from_value(grounding).unwrap(), ..Found::default() },
            ..Chunk::default()
        }
    }

    fn support(start: usize, end: usize, text: &str, pages: &[i64]) -> Value {
        let segment = json!({"partIndex": 3, "startIndex": start, "endIndex": end, "text": text});
        json!({"segment": segment, "groundingChunkIndices": pages})
    }

    fn web(uri: &str) -> Value {
        json!({"web": {"uri": uri, "title": uri.to_uppercase()}})
    }

    fn told(events: &[GenerateEvent]) -> Option<&Sources> {
        events.iter().find_map(|event| match event {
            GenerateEvent::Sources(sources) => Some(sources),
            _ => None,
        })
    }

    fn hear(grounding: &mut Grounding, text: &str, metadata: Value) -> Option<Sources> {
        told(&grounding.hear(chunk(text, metadata))).cloned()
    }

    /// The words of each passage and its pages.
    fn passages<'said>(said: &'said str, sources: &Sources) -> Vec<(&'said str, Vec<u32>)> {
        let words = |passage: &Passage| &said[passage.start as usize..passage.end as usize];
        sources.passages.iter().map(|passage| (words(passage), passage.pages.clone())).collect()
    }

    #[test]
    fn passages_are_found_by_their_bytes_over_pieces() {
        let mut grounding = Grounding::default();
        assert_eq!(hear(&mut grounding, "北河二 🙂 是六", Value::Null), None);
        let said = "北河二 🙂 是六合星。Castor.";
        let start = said.find("是").unwrap();
        let metadata = json!({
            "groundingChunks": [web("a"), {"maps": {"uri": "b"}}],
            "groundingSupports": [support(start, start + 15, "是六合星。", &[0, 1, 7, -1])],
            "webSearchQueries": ["北河二"],
            "searchEntryPoint": {"renderedContent": "<b>"},
        });
        let sources = hear(&mut grounding, "合星。Castor.", metadata.clone()).unwrap();
        assert_eq!(passages(said, &sources), [("是六合星。", vec![0, 1])]);
        let page = |uri: &str, title: &str| Page { uri: uri.into(), title: title.into() };
        assert_eq!(sources.pages, [page("a", "A"), page("b", "b")]);
        assert_eq!((sources.queries.len(), sources.suggestions.as_deref()), (1, Some("<b>")));
        assert_eq!(hear(&mut grounding, "", metadata), None, "what is repeated is no news");
    }

    #[test]
    fn a_passage_elsewhere_is_looked_for_near_its_place_and_one_not_said_is_dropped() {
        let said = "Yes. No. Yes. 🙂";
        let metadata = json!({
            "groundingChunks": [web("a")],
            "groundingSupports": [
                support(8, 12, "Yes.", &[0]),
                support(2, 6, "No.", &[0]),
                support(14, 16, "🙂🙂", &[0]),
                support(15, 17, "", &[0]),
                support(usize::MAX >> 1, usize::MAX >> 1, "🙂", &[0]),
                support(0, 4, "Yes.", &[9]),
            ],
        });
        let sources = hear(&mut Grounding::default(), said, metadata).unwrap();
        let words: Vec<_> = sources.passages.iter().map(|p| (p.start, p.end)).collect();
        assert_eq!(words, [(5, 8), (9, 13), (14, 18)]);
    }

    #[test]
    fn metadata_in_several_chunks_is_merged_by_address_and_passage() {
        let mut grounding = Grounding::default();
        let said = "One. Two. Three.";
        let one = support(0, 4, "One.", &[0]);
        hear(&mut grounding, said, json!({"groundingChunks": [web("a")], "groundingSupports": [one]}))
            .unwrap();
        // Cumulative: the first page again, the first passage with one page more.
        let all = json!({"groundingChunks": [web("a"), web("b")],
            "groundingSupports": [support(0, 4, "One.", &[0, 1]), support(5, 9, "Two.", &[1])]});
        let sources = hear(&mut grounding, "", all).unwrap();
        assert_eq!(passages(said, &sources), [("One.", vec![0, 1]), ("Two.", vec![1])]);
        // Partial: only what is new, numbered from its own list.
        let more = json!({"groundingChunks": [web("c"), web("b")], "groundingSupports": [support(10, 16, "Three.", &[0, 1])]});
        let sources = hear(&mut grounding, "", more).unwrap();
        assert_eq!(passages(said, &sources)[2], ("Three.", vec![2, 1]));
        // Passages alone.
        let alone = json!({"groundingSupports": [support(5, 9, "Two.", &[0])]});
        let sources = hear(&mut grounding, "", alone).unwrap();
        assert_eq!(passages(said, &sources)[1], ("Two.", vec![1, 0]));
        let uris: Vec<_> = sources.pages.iter().map(|page| page.uri.as_str()).collect();
        assert_eq!(uris, ["a", "b", "c"]);
    }

    #[test]
    fn what_comes_before_its_words_is_placed_at_the_end() {
        let mut grounding = Grounding::default();
        let metadata =
            json!({"groundingChunks": [web("a")], "groundingSupports": [support(0, 4, "Yes.", &[0])]});
        assert!(hear(&mut grounding, "", metadata).unwrap().passages.is_empty());
        hear(&mut grounding, "Yes.", Value::Null);
        let events = grounding.end_response();
        assert_eq!(passages("Yes.", told(&events).unwrap()), [("Yes.", vec![0])]);
        assert!(grounding.end_response().is_empty());
    }

    #[test]
    fn a_second_response_counts_from_its_own_begin() {
        let mut grounding = Grounding::default();
        hear(&mut grounding, "Yes. ", Value::Null);
        grounding.end_response();
        let mut second = chunk(
            "Yes. Yes.",
            json!({"groundingChunks": [web("a")], "groundingSupports": [support(0, 4, "Yes.", &[0])]}),
        );
        let quoted =
            json!([{"startIndex": 5, "endIndex": 9, "uri": "u"}, {"endIndex": 99, "license": "mit"}]);
        second.found.citations = serde_json::from_value(quoted).unwrap();
        let events = grounding.hear(second);
        let sources = told(&events).unwrap();
        assert_eq!((sources.passages[0].start, sources.passages[0].end), (5, 9));
        assert_eq!((sources.citations[0].start, sources.citations[0].end), (Some(10), Some(14)));
        assert_eq!((sources.citations[1].start, sources.citations[1].end), (None, None));
    }

    #[test]
    fn links_are_told_once_each_as_last_known() {
        let links = |status: &str| Chunk {
            found: Found {
                links: serde_json::from_value(
                    json!({"urlMetadata": [{"retrievedUrl": "u", "urlRetrievalStatus": status}]}),
                )
                .unwrap(),
                ..Found::default()
            },
            ..Chunk::default()
        };
        let mut grounding = Grounding::default();
        let read = |events: Vec<GenerateEvent>| told(&events).unwrap().links.clone();
        let link = |read| Link { uri: "u".into(), read };
        assert_eq!(read(grounding.hear(links("URL_RETRIEVAL_STATUS_BUSY"))), [link(false)]);
        assert_eq!(read(grounding.hear(links("URL_RETRIEVAL_STATUS_SUCCESS"))), [link(true)]);
    }

    #[test]
    fn searches_are_counted_with_the_tokens_in_whichever_order_they_come() {
        let usage = |searches| GenerateEvent::Usage(Usage { prompt_tokens: 3, searches, ..Usage::default() });
        let counted = |found| Chunk { events: vec![usage(0)], found, ..Chunk::default() };
        let searched = || Found {
            grounding: Some(GroundingMetadata {
                web_search_queries: vec!["a".into(), "b".into(), "a".into()],
                ..GroundingMetadata::default()
            }),
            ..Found::default()
        };
        let mut grounding = Grounding::default();
        assert!(grounding.hear(counted(searched())).contains(&usage(2)));
        assert_eq!(grounding.hear(counted(Found::default())), [usage(2)]);
        let mut late = Grounding::default();
        late.hear(counted(Found::default()));
        late.hear(Chunk { found: searched(), ..Chunk::default() });
        assert_eq!(late.end_response(), [usage(2)]);
    }
}
