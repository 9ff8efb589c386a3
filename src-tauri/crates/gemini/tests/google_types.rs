//! What the client sends and what the test server answers, read with the types of Google's own SDK for Python. They forbid
//! unknown fields and unknown names, so nobody here wrote what is checked against. `make google-types` installs them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "other tests need more of it")]
mod support;

use bytes::Bytes;
use conversation::{
    AnswerOptions, AttachmentId, Detail, FileView, GenerateRequest, Mind, PreparedMedia, Provider, RawParts,
    RequestPart, RequestTurn, Role, ThinkingLevel,
};
use gemini::wire::{HarmCategory, HarmThreshold, SafetySetting};
use gemini::{Config, DEFAULT_MODEL, FALLBACK_MODEL, Gemini};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::{KEY, ask, asking, config, turn};
use test_support::GeminiServer;
use test_support::gemini_server::{
    CodeRun, End, Grounded, GroundedPage, GroundedPassage, Quotation, Rating, ReadLink, Reply, Streamed,
};

const DRAWS: &str = "gemini-3.1-flash-image";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// A body to be read, and what it is.
#[derive(Debug, serde::Serialize)]
struct Case {
    name: String,
    kind: &'static str,
    body: Value,
}

impl Case {
    fn new(name: impl Into<String>, kind: &'static str, body: Value) -> Self {
        Self { name: name.into(), kind, body }
    }
}

/// What Google's types say of each case, in order: `ok`, or what is wrong.
fn verdicts(cases: &[Case]) -> Vec<String> {
    let python = root().join("target/google-types/bin/python");
    assert!(python.is_file(), "{} is missing: run `make google-types` first", python.display());
    let mut checker = Command::new(python)
        .arg(root().join("scripts/check-gemini-json.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = checker.stdin.take().unwrap();
    let text: String = cases.iter().map(|case| serde_json::to_string(case).unwrap() + "\n").collect();
    // From a thread of its own: the checker answers while it still reads.
    let writing = std::thread::spawn(move || lines.write_all(text.as_bytes()));
    let output = checker.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success(), "the checker failed");
    let told = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<String> =
        told.lines().map(|line| line.split_once('\t').unwrap().1.to_owned()).collect();
    assert_eq!(verdicts.len(), cases.len());
    verdicts
}

fn assert_read(cases: &[Case]) {
    assert!(!cases.is_empty());
    let told = verdicts(cases);
    let wrong: Vec<_> = cases.iter().zip(&told).filter(|(_, verdict)| *verdict != "ok").collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_wrong_is_found() {
    let with = |config: Value| json!({"contents": [{"role": "user", "parts": [{"text": "a"}]}], "generationConfig": config});
    let part = |part: Value| json!({"contents": [{"role": "user", "parts": [part]}]});
    let mut tool = with(json!({}));
    tool["tools"] = json!([{"googleSearch": {"depth": 1}}]);
    let mut safety = with(json!({}));
    safety["safetySettings"] = json!([{"category": "HARM_CATEGORY_NOISE", "threshold": "OFF"}]);
    let mut field = with(json!({}));
    field["temperature"] = json!(1);
    let cases = [
        (Case::new("field", "request", field), "unknown fields ['temperature']"),
        (Case::new("config", "request", with(json!({"maxTokens": 1}))), "maxTokens"),
        (Case::new("snake", "request", with(json!({"max_output_tokens": 1}))), "have other names"),
        (Case::new("level", "request", with(json!({"thinkingConfig": {"thinkingLevel": "lots"}}))), "lots"),
        (Case::new("part", "request", part(json!({"txt": "a"}))), "txt"),
        (
            Case::new("look", "request", part(json!({"text": "", "videoMetadata": {"speed": 1}}))),
            "videoMetadata.speed",
        ),
        (Case::new("tool", "request", tool), "googleSearch.depth"),
        (Case::new("safety", "request", safety), "HARM_CATEGORY_NOISE"),
        (Case::new("count", "count", json!({"contents": []})), "unknown fields ['contents']"),
        (Case::new("response", "response", json!({"candidates": [{"finish": "STOP"}]})), "finish"),
    ];
    let (cases, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    for ((case, verdict), words) in cases.iter().zip(verdicts(&cases)).zip(expected) {
        assert!(verdict.contains(words), "{case:?}: {verdict}");
    }
}

#[test]
fn recorded_requests_are_right() {
    let folder = root().join("tests/fixtures/gemini-recordings");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let asked = file["interactions"].as_array().unwrap().iter();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            cases.extend(asked.map(|i| Case::new(&name, "request", i["request"]["bodySegments"][0].clone())));
        }
    }
    assert_read(&cases);
}

/// The bodies that the snapshots of `request` hold.
#[test]
fn every_snapshot_of_a_request_is_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/snapshots");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("gemini__request__")
            || path.extension().is_none_or(|extension| extension != "snap")
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let body: Value = serde_json::from_str(text.splitn(3, "---\n").nth(2).unwrap()).unwrap();
        let kind = if body["generateContentRequest"].is_object() { "count" } else { "request" };
        cases.push(Case::new(name, kind, body));
    }
    assert!(cases.len() >= 12, "only {} snapshots", cases.len());
    assert_read(&cases);
}

fn media(mime: &str, data: &'static [u8], view: FileView) -> RequestPart {
    RequestPart::Media(PreparedMedia {
        attachment: AttachmentId::new(),
        mime: mime.into(),
        width: 0,
        height: 0,
        data: Bytes::from_static(data),
        scaled: false,
        metadata_removed: false,
        view,
    })
}

/// One question for each feature, and one with a conversation before it.
async fn ask_everything(gemini: &Gemini) {
    let all = AnswerOptions {
        thinking: Some(ThinkingLevel::Low),
        search: true,
        read_links: true,
        run_code: true,
        schema: None,
    };
    let schema = Some(r#"{"type":"object","properties":{"snake_case":{"type":"string"}}}"#.to_owned());
    let mut looked_at = asking("What happens?");
    looked_at.turns[0].parts.push(media(
        "video/mp4",
        b"\0\0\0\x18ftypmp42",
        FileView {
            detail: Some(Detail::Medium),
            start_ms: Some(500),
            end_ms: Some(2_000),
            frames_per_1000_s: Some(500),
        },
    ));
    let first =
        ask(gemini, GenerateRequest { options: all.clone(), ..asking("See https://a.example") }).await;
    let mut second = asking("one");
    let raw = Some(RawParts { mind: Mind::Gemini, parts: first.raw });
    second.turns.push(RequestTurn { raw, ..turn(Role::Model, &first.text) });
    second.turns.push(turn(Role::User, "two"));
    for request in [
        second,
        looked_at,
        GenerateRequest { options: AnswerOptions { schema, ..all.clone() }, ..asking("Describe") },
        GenerateRequest { model: DRAWS.into(), options: all.clone(), ..asking("Draw") },
        GenerateRequest {
            model: FALLBACK_MODEL.into(),
            system: Some("Be brief.".into()),
            max_output_tokens: Some(100),
            options: AnswerOptions { thinking: Some(ThinkingLevel::Minimal), ..all },
            ..asking("Think little")
        },
    ] {
        gemini.count_tokens(&request).await.unwrap().unwrap();
        let heard = ask(gemini, request).await;
        assert!(heard.finished.is_some(), "{heard:?}");
    }
}

#[tokio::test]
async fn everything_that_is_sent_and_answered_is_right() {
    let server = GeminiServer::start().await.unwrap();
    let safety = [HarmCategory::Harassment, HarmCategory::HateSpeech, HarmCategory::SexuallyExplicit];
    let safety = safety.map(|category| SafetySetting { category, threshold: HarmThreshold::BlockOnlyHigh });
    let gemini = Gemini::new(Config { safety: safety.into(), ..config(server.base_url()) }).unwrap();
    ask_everything(&gemini).await;
    // The token is bytes to the API, so it comes as base64.
    let split = Streamed::saying("one").ending(End::Continuation { token: "Z28tb24=".into() });
    server.script([Reply::Answer(split)]);
    ask(&gemini, asking("long")).await;

    let mut cases = Vec::new();
    let http = reqwest::Client::new();
    for request in server.requests() {
        let kind = if request.path.ends_with(":countTokens") { "count" } else { "request" };
        if kind == "request" {
            let path = request.path.replace(":streamGenerateContent", ":generateContent");
            let call = http.post(server.base_url() + &path).header("x-goog-api-key", KEY);
            let response = call.body(request.body.to_string()).send().await.unwrap().bytes().await.unwrap();
            let response: Value = serde_json::from_slice(&response).unwrap();
            assert!(response["candidates"][0]["finishReason"].is_string(), "{response}");
            cases.push(Case::new(path, "response", response));
        }
        cases.push(Case::new(request.path, kind, request.body));
    }
    assert!(cases.len() >= 19, "only {}", cases.len());
    assert!(cases.iter().any(|case| case.body["continuationToken"].is_string()));
    assert_read(&cases);
}

#[tokio::test]
async fn scripted_answers_are_right() {
    let server = GeminiServer::start().await.unwrap();
    let rating =
        Rating { category: "HARM_CATEGORY_HARASSMENT".into(), probability: "HIGH".into(), blocked: true };
    let everything = Streamed {
        thoughts: vec!["hm".into()],
        code: vec![CodeRun { code: "1".into(), outcome: "OUTCOME_FAILED".into(), output: "no".into() }],
        grounding: Some(Grounded {
            queries: vec!["q".into()],
            pages: vec![GroundedPage { uri: "https://a.example".into(), title: "A".into() }],
            passages: vec![GroundedPassage { text: "六合星".into(), pages: vec![0] }],
            suggestions: Some("<b>".into()),
        }),
        links: vec![ReadLink {
            uri: "https://a.example".into(),
            status: "URL_RETRIEVAL_STATUS_PAYWALL".into(),
        }],
        citations: vec![Quotation { text: "六".into(), uri: Some("u".into()), ..Quotation::default() }],
        ratings: vec![rating.clone()],
        ..Streamed::saying("北河二是六合星").ending(End::Reason { reason: "RECITATION".into(), after: 9 })
    };
    server.script([
        Reply::Answer(everything),
        Reply::BlockedPrompt { reason: "JAILBREAK".into(), ratings: vec![rating] },
        Reply::EmptyStop,
    ]);
    let mut cases = Vec::new();
    for number in 0..3 {
        let url = format!("{}/v1beta/models/{DEFAULT_MODEL}:generateContent", server.base_url());
        let body = json!({"contents": [{"role": "user", "parts": [{"text": "a"}]}]}).to_string();
        let call = reqwest::Client::new().post(url).header("x-goog-api-key", KEY).body(body);
        let response = call.send().await.unwrap().bytes().await.unwrap();
        cases.push(Case::new(number.to_string(), "response", serde_json::from_slice(&response).unwrap()));
    }
    assert_read(&cases);
}
