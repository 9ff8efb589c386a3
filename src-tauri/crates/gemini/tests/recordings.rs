//! Real recorded traffic: every response parses with the client's own types, and every stream reads the same however
//! its bytes are split.
//!
//! The variable `GEMINI_RECORDINGS` names another folder of recordings in the same format: `*.json` files with
//! `interactions[].response.{statusCode, headers, bodySegments}`, one body segment for each event of a stream.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use bytes::Bytes;
use conversation::{FinishReason, GenerateEvent};
use futures::{StreamExt, executor::block_on, stream};
use gemini::wire::{GenerateContentResponse, PartView, parse_error};
use gemini::{Chunk, read_chunks};
use proptest::prelude::*;
use serde_json::Value;
use std::convert::Infallible;
use std::path::{Path, PathBuf};

/// One recorded response.
struct Recorded {
    name: String,
    status: u64,
    streamed: bool,
    segments: Vec<Value>,
}

fn folder() -> PathBuf {
    std::env::var_os("GEMINI_RECORDINGS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/gemini-recordings"),
        PathBuf::from,
    )
}

/// Every response of every recording; it is an error when there is none.
fn recordings() -> Vec<Recorded> {
    let folder = folder();
    let entries = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    assert!(!files.is_empty(), "{} holds no recordings", folder.display());
    let mut recorded = Vec::new();
    for file in &files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let json: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        for interaction in
            json["interactions"].as_array().unwrap_or_else(|| panic!("{name} has no interactions"))
        {
            let url = interaction["request"]["url"].as_str().unwrap_or_default();
            let response = &interaction["response"];
            recorded.push(Recorded {
                name: name.clone(),
                status: response["statusCode"].as_u64().unwrap(),
                streamed: url.contains(":streamGenerateContent"),
                segments: response["bodySegments"].as_array().cloned().unwrap_or_default(),
            });
        }
    }
    recorded
}

/// The recorded stream as it came over the wire.
fn on_the_wire(segments: &[Value], line: &str) -> Vec<u8> {
    segments.iter().flat_map(|segment| format!("data: {segment}{line}{line}").into_bytes()).collect()
}

/// What is left of a stream once it is read: text, raw parts, last usage, end.
#[derive(Debug, Default, PartialEq)]
struct Reading {
    text: String,
    raw: Vec<String>,
    usage: Option<conversation::Usage>,
    finished: Option<FinishReason>,
}

fn read(pieces: Vec<Bytes>) -> Reading {
    let chunks = read_chunks(stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)));
    let chunks: Vec<Chunk> = block_on(chunks.map(Result::unwrap).collect());
    let mut reading = Reading::default();
    for chunk in chunks {
        for event in chunk.events {
            match event {
                GenerateEvent::Text(text) => reading.text.push_str(&text),
                GenerateEvent::Raw(part) => reading.raw.push(part),
                GenerateEvent::Usage(usage) => reading.usage = Some(usage),
                other => panic!("a chunk holds {other:?}"),
            }
        }
        reading.finished = chunk.finished.or(reading.finished);
    }
    reading
}

/// What a stream says, taken from the recorded JSON without the client.
fn expected(segments: &[Value]) -> Reading {
    let mut reading = Reading::default();
    for segment in segments {
        for part in segment["candidates"][0]["content"]["parts"].as_array().into_iter().flatten() {
            reading.raw.push(part.to_string());
            if part["thought"] != true {
                reading.text.push_str(part["text"].as_str().unwrap_or_default());
            }
        }
        let tokens =
            |name: &str| u32::try_from(segment["usageMetadata"][name].as_u64().unwrap_or(0)).unwrap();
        if segment["usageMetadata"].is_object() {
            reading.usage = Some(conversation::Usage {
                prompt_tokens: tokens("promptTokenCount"),
                answer_tokens: tokens("candidatesTokenCount"),
                thought_tokens: tokens("thoughtsTokenCount"),
                ..conversation::Usage::default()
            });
        }
        match segment["candidates"][0]["finishReason"].as_str() {
            None => {}
            Some("STOP") => reading.finished = Some(FinishReason::Stop),
            Some("MAX_TOKENS") => reading.finished = Some(FinishReason::LengthLimit),
            Some(other) => panic!("the recordings have grown a {other}: say here what it becomes"),
        }
    }
    reading
}

/// What of the folder is no recording of a question: sessions over a socket, and words about the folder.
const OTHER_FILES: [&str; 3] = [".websocket.log", "README.md", "LICENSE"];

#[test]
fn no_recording_is_left_out() {
    let read: std::collections::BTreeSet<String> = recordings().into_iter().map(|r| r.name).collect();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = name.strip_suffix(".json").is_some_and(|stem| read.contains(stem));
        assert!(known || OTHER_FILES.iter().any(|other| name.ends_with(other)), "{name} is not read");
    }
    // Every kind of part there is among them is one of these: a new one has to be looked at.
    let parts = recordings().into_iter().flat_map(|recorded| recorded.segments).flat_map(|segment| {
        segment["candidates"][0]["content"]["parts"].as_array().cloned().unwrap_or_default()
    });
    let kinds: std::collections::BTreeSet<String> =
        parts.flat_map(|part| part.as_object().unwrap().keys().cloned().collect::<Vec<_>>()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["functionCall", "text", "thoughtSignature"]);
}

#[test]
fn every_response_parses() {
    let mut answers = 0;
    for Recorded { name, status, segments, .. } in recordings() {
        for segment in segments {
            let text = segment.to_string();
            if status != 200 {
                let error = parse_error(text.as_bytes()).unwrap_or_else(|| panic!("{name}: {text}"));
                assert_eq!(error.http_status().map(u64::from), Some(status), "{name}");
                assert!(error.message.is_some_and(|message| !message.is_empty()), "{name}");
                continue;
            }
            let response: GenerateContentResponse =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let candidates = response.candidates.unwrap_or_default();
            assert!(!candidates.is_empty() || response.prompt_feedback.is_some(), "{name}: {text}");
            for part in
                candidates.into_iter().filter_map(|c| c.content).flat_map(|c| c.parts.unwrap_or_default())
            {
                serde_json::from_str::<PartView<'_>>(part.get())
                    .unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            answers += 1;
        }
    }
    assert!(answers > 0, "no recording holds an answer");
}

#[test]
fn every_stream_reads_as_it_was_recorded() {
    let streams: Vec<_> = recordings().into_iter().filter(|r| r.streamed && r.status == 200).collect();
    assert!(!streams.is_empty(), "no recording holds a stream");
    for Recorded { name, segments, .. } in streams {
        for line in ["\r\n", "\n", "\r"] {
            let whole = Bytes::from(on_the_wire(&segments, line));
            assert_eq!(read(vec![whole]), expected(&segments), "{name} with {line:?}");
        }
    }
}

/// Cuts bytes at the given places, taken modulo the length.
fn cut(bytes: &[u8], places: &[usize]) -> Vec<Bytes> {
    let mut places: Vec<usize> = places.iter().map(|place| place % (bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| Bytes::copy_from_slice(&bytes[pair[0]..pair[1]])).collect()
}

#[test]
fn every_stream_reads_the_same_byte_by_byte() {
    for Recorded { name, segments, .. } in recordings().into_iter().filter(|r| r.streamed && r.status == 200)
    {
        for line in ["\r\n", "\n"] {
            let bytes = on_the_wire(&segments, line);
            let single = bytes.iter().map(|byte| Bytes::copy_from_slice(&[*byte])).collect();
            assert_eq!(read(single), expected(&segments), "{name} with {line:?}");
        }
    }
}

proptest! {
    #[test]
    fn every_stream_reads_the_same_at_any_split(
        places in prop::collection::vec(any::<usize>(), 0..40),
        line in prop::sample::select(vec!["\r\n", "\n", "\r"]),
    ) {
        for Recorded { name, segments, .. } in recordings().into_iter().filter(|r| r.streamed && r.status == 200) {
            let bytes = on_the_wire(&segments, line);
            prop_assert_eq!(read(cut(&bytes, &places)), expected(&segments), "{}", name);
        }
    }

    /// The recordings are in English: words of every length in UTF-8 are split here.
    #[test]
    fn any_text_survives_any_split(
        texts in prop::collection::vec("[a-z\r\n 中文é🙂\u{2028}]{0,20}", 1..6),
        places in prop::collection::vec(any::<usize>(), 0..60),
        line in prop::sample::select(vec!["\r\n", "\n", "\r"]),
    ) {
        let segments: Vec<Value> = texts
            .iter()
            .map(|text| serde_json::json!({"candidates": [{"content": {"parts": [{"text": text}]}}]}))
            .collect();
        let bytes = on_the_wire(&segments, line);
        prop_assert_eq!(read(cut(&bytes, &places)).text, texts.concat());
    }
}
