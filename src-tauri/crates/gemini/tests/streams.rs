//! Streams that hold everything an answer can: they read the same however their bytes are split, and what they rest on
//! lies at whole characters inside the text.

use bytes::Bytes;
use conversation::{GenerateEvent, Sources};
use futures::{StreamExt, executor::block_on, stream};
use gemini::{Chunk, Grounding, read_chunks};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::convert::Infallible;

/// The events of a stream, neighbouring text joined.
fn read(pieces: Vec<Bytes>) -> Vec<GenerateEvent> {
    let chunks = read_chunks(stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)));
    let chunks: Vec<Chunk> = block_on(chunks.map(Result::unwrap).collect());
    let mut grounding = Grounding::default();
    let mut events: Vec<_> = chunks.into_iter().flat_map(|chunk| grounding.hear(chunk)).collect();
    events.extend(grounding.end_response());
    events
}

fn text(events: &[GenerateEvent]) -> String {
    let texts = events.iter().filter_map(|event| match event {
        GenerateEvent::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

fn sources(events: &[GenerateEvent]) -> Option<Sources> {
    events.iter().rev().find_map(|event| match event {
        GenerateEvent::Sources(sources) => Some(sources.clone()),
        _ => None,
    })
}

/// Cuts bytes at the given places, taken modulo the length.
fn cut(bytes: &[u8], places: &[usize]) -> Vec<Bytes> {
    let mut places: Vec<usize> = places.iter().map(|place| place % (bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| Bytes::copy_from_slice(&bytes[pair[0]..pair[1]])).collect()
}

fn part(text: &str, kind: u8) -> Value {
    match kind {
        0 => json!({"text": text, "thought": true}),
        1 => json!({"executableCode": {"language": "PYTHON", "code": text}}),
        2 => json!({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": text}}),
        3 => json!({"inlineData": {"mimeType": "image/png", "data": "b25l"}}),
        _ => json!({ "text": text }),
    }
}

/// What a chunk claims about its answer, however wrong.
fn claim() -> impl Strategy<Value = Value> {
    let support = ("[a 中🙂]{0,3}", -3_i64..40, -3_i64..40, prop::collection::vec(-2_i64..4, 0..4));
    let supports = prop::collection::vec(support, 0..4);
    (supports, prop::collection::vec("[ab]", 0..3)).prop_map(|(supports, pages)| {
        let supports: Vec<_> = supports
            .into_iter()
            .map(|(text, start, end, indices)| {
                let segment = json!({"startIndex": start, "endIndex": end, "text": text});
                json!({"segment": segment, "groundingChunkIndices": indices})
            })
            .collect();
        let pages: Vec<_> = pages.iter().map(|uri| json!({"web": {"uri": uri}})).collect();
        json!({"groundingMetadata": {"groundingChunks": pages, "groundingSupports": supports, "webSearchQueries": ["q"]},
            "citationMetadata": {"citations": [{"startIndex": 1, "endIndex": 3}]},
            "urlContextMetadata": {"urlMetadata": [{"retrievedUrl": "u", "urlRetrievalStatus": "NEW"}]}})
    })
}

proptest! {
    #[test]
    fn a_stream_with_everything_reads_the_same_at_any_split(
        chunks in prop::collection::vec(("[a 中🙂]{0,6}", 0_u8..9, prop::option::of(claim())), 1..8),
        places in prop::collection::vec(any::<usize>(), 0..60),
        line in prop::sample::select(vec!["\r\n", "\n", "\r"]),
    ) {
        let mut bytes = Vec::new();
        let mut said = String::new();
        for (words, kind, claim) in chunks {
            if kind > 3 {
                said.push_str(&words);
            }
            let mut candidate = claim.unwrap_or_else(|| json!({}));
            candidate["content"] = json!({"parts": [part(&words, kind)], "role": "model"});
            let response = json!({"candidates": [candidate], "usageMetadata": {"promptTokenCount": 1}});
            bytes.extend(format!("data: {response}{line}{line}").into_bytes());
        }
        let whole = read(vec![Bytes::copy_from_slice(&bytes)]);
        prop_assert_eq!(&text(&whole), &said);
        prop_assert_eq!(&read(cut(&bytes, &places)), &whole);
        if let Some(sources) = sources(&whole) {
            for passage in &sources.passages {
                let words = said.get(passage.start as usize..passage.end as usize);
                prop_assert!(words.is_some_and(|words| !words.is_empty()), "{passage:?} of {said:?}");
                prop_assert!(!passage.pages.is_empty());
                prop_assert!(passage.pages.iter().all(|page| (*page as usize) < sources.pages.len()));
            }
            for citation in &sources.citations {
                if let (Some(start), Some(end)) = (citation.start, citation.end) {
                    prop_assert!(said.get(start as usize..end as usize).is_some());
                }
            }
        }
    }
}
