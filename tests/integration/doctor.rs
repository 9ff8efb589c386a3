//! `castor doctor`: each thing that fails is named by its layer, with what to do about it.

use crate::cli::{castor, printed};
use serde_json::Value;
use std::process::Command;
use test_support::gemini_server::BAD_KEY;
use test_support::microphone::{FakeMicrophone, Shape};
use test_support::{GeminiServer, ThrowawayProfile};

/// What was found of each subject: its state and its code.
fn found(mut command: Command) -> impl Fn(&str) -> (String, String) {
    let output = command.args(["doctor", "--json"]).output().unwrap();
    let findings: Vec<Value> = serde_json::from_str(&printed(&output)).unwrap();
    let failed = findings.iter().any(|finding| finding["state"] == "failed");
    assert_eq!(output.status.code(), Some(i32::from(failed)));
    move |subject| {
        let finding = findings.iter().find(|finding| finding["subject"] == subject);
        let finding = finding.expect("each subject is tried");
        let text = |name: &str| finding[name].as_str().unwrap().to_owned();
        (text("state"), text("code"))
    }
}

fn is(state: &str, code: &str) -> (String, String) {
    (state.to_owned(), code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_works_is_told_from_what_does_not() {
    let server = GeminiServer::start().await.unwrap();
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let profile = ThrowawayProfile::new().unwrap();
    let mut command = castor(&profile);
    command.env("CASTOR_GEMINI_BASE_URL", server.base_url()).env("GEMINI_API_KEY", "AQ.a-key-for-tests");
    command.envs(microphone.environment());
    let found = found(command);
    assert_eq!(found("network"), is("ok", "works"));
    assert_eq!(found("key"), is("ok", "works"));
    assert_eq!(found("video"), is("ok", "works"));
    assert_eq!(found("storage"), is("ok", "works"));
    assert_eq!(found("speaker"), is("ok", "works"));
    // Nobody says a word, and no line hums.
    assert_eq!(found("microphone"), is("warning", "microphone-silent"));
    assert_eq!(found("camera"), is("warning", "camera-none"));
    assert_eq!(found("local-model"), is("warning", "model-none"));
    assert_eq!(found("screen"), is("failed", "screen-none"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_is_no_broken_network() {
    let server = GeminiServer::start().await.unwrap();
    let profile = ThrowawayProfile::new().unwrap();
    let mut command = castor(&profile);
    command.env("CASTOR_GEMINI_BASE_URL", server.base_url()).env("GEMINI_API_KEY", BAD_KEY);
    let found = found(command);
    assert_eq!(found("network"), is("ok", "works"));
    assert_eq!(found("key"), is("failed", "key-refused"));
}

#[test]
fn an_endpoint_that_is_not_there_is_named() {
    let profile = ThrowawayProfile::new().unwrap();
    let mut command = castor(&profile);
    command.env("CASTOR_GEMINI_BASE_URL", "http://127.0.0.1:9").env("GEMINI_API_KEY", "AQ.a-key-for-tests");
    let found = found(command);
    assert_eq!(found("network"), is("failed", "network-refused"));
    assert_eq!(found("key"), is("skipped", "key-unchecked"));
}

#[test]
fn without_ffmpeg_the_terminal_says_how_to_get_it() {
    let profile = ThrowawayProfile::new().unwrap();
    let output = castor(&profile)
        .env("PATH", profile.home())
        .env("CASTOR_GEMINI_BASE_URL", "http://127.0.0.1:9")
        .arg("doctor")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = printed(&output);
    let videos = text.lines().find(|line| line.contains("videos")).expect("a line about videos");
    assert!(videos.starts_with("FAILS") && videos.contains("apt install ffmpeg"), "{videos}");
}
