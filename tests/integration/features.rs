//! `castor ask` with everything the Gemini API can be asked for beyond words, one test for each.

use crate::cli::{ask_at, castor, complained, finished, printed, said};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use test_support::gemini_server::{
    CodeRun, End, Grounded, GroundedPage, GroundedPassage, Quotation, Rating, ReadLink, Reply, Streamed,
};
use test_support::{GeminiServer, ThrowawayProfile};

fn media(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-media").join(name);
    assert!(file.is_file(), "make test-media brings {name}");
    file
}

/// What was stored of an answer, and what the server got.
async fn asked(reply: Reply, arguments: &[&str]) -> (Value, Value) {
    let server = GeminiServer::start().await.unwrap();
    server.script([reply]);
    let mut all = vec!["--json"];
    all.extend(arguments);
    let output = ask_at(&server.base_url(), &all).await;
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let body = server.requests().iter().rev().find(|request| !request.body.is_null()).unwrap().body.clone();
    (serde_json::from_str(&printed(&output)).unwrap(), body)
}

fn own() -> Reply {
    Reply::Answer(Streamed::default())
}

#[tokio::test]
async fn thinking_is_asked_for_and_kept_apart_from_the_answer() {
    let streamed = Streamed { thoughts: vec!["**Weighing** it".into()], ..Streamed::saying("Forty-two.") };
    let (answer, body) = asked(Reply::Answer(streamed), &["--thinking", "high", "What is it?"]).await;
    let config = &body["generationConfig"]["thinkingConfig"];
    assert_eq!(config, &json!({"thinkingLevel": "high", "includeThoughts": true}));
    assert_eq!(answer["parts"][0], json!({"type": "thought", "text": "**Weighing** it"}));
    assert_eq!(answer["parts"][1], json!({"type": "text", "text": "Forty-two."}));
}

#[tokio::test]
async fn a_grounded_answer_names_its_sources_at_the_right_bytes() {
    let page = |number: u32| GroundedPage {
        uri: format!("https://example.test/{number}"),
        title: format!("site {number}"),
    };
    let fact = "北河二其实是六颗恒星 🌟";
    let grounding = Grounded {
        queries: vec!["北河二".into()],
        pages: vec![page(0), page(1)],
        passages: vec![GroundedPassage { text: fact.into(), pages: vec![1] }],
        suggestions: Some("<div>search</div>".into()),
    };
    let streamed = Streamed {
        grounding: Some(grounding),
        ..Streamed::saying(format!("问得好。{fact}。就这些。"))
    };
    let (answer, body) = asked(Reply::Answer(streamed), &["--search", "北河二是什么？"]).await;
    assert_eq!(body["tools"], json!([{"googleSearch": {}}]));
    let sources = &answer["sources"];
    let text = said(&answer);
    let at = |name: &str| usize::try_from(sources["passages"][0][name].as_u64().unwrap()).unwrap();
    assert_eq!(&text[at("start")..at("end")], fact);
    assert_eq!(sources["passages"][0]["pages"], json!([1]));
    assert_eq!(sources["pages"][1]["uri"], "https://example.test/1");
    assert_eq!(
        (&sources["queries"][0], &sources["suggestions"]),
        (&json!("北河二"), &json!("<div>search</div>"))
    );
}

#[tokio::test]
async fn sources_are_listed_for_a_person() {
    let server = GeminiServer::start().await.unwrap();
    let streamed = Streamed {
        links: vec![ReadLink {
            uri: "https://example.test/a".into(),
            status: "URL_RETRIEVAL_STATUS_ERROR".into(),
        }],
        citations: vec![Quotation {
            text: "Once upon a time".into(),
            title: Some("Tales".into()),
            ..Quotation::default()
        }],
        ..Streamed::saying("Once upon a time there was a beaver.")
    };
    server.script([Reply::Answer(streamed)]);
    let output = ask_at(&server.base_url(), &["--links", "Read https://example.test/a"]).await;
    assert_eq!(printed(&output), "Once upon a time there was a beaver.\n");
    let told = complained(&output);
    assert!(told.contains("could not be read: https://example.test/a"), "{told}");
    assert!(told.contains("quoted from Tales"), "{told}");
}

#[tokio::test]
async fn code_and_what_it_printed_are_blocks_of_the_answer() {
    let server = GeminiServer::start().await.unwrap();
    let run = |outcome: &str, output: &str| CodeRun {
        code: "print(6 * 7)".into(),
        outcome: outcome.into(),
        output: output.into(),
    };
    let code = vec![run("OUTCOME_OK", "42"), run("OUTCOME_DEADLINE_EXCEEDED", "")];
    server.script([Reply::Answer(Streamed { code, ..Streamed::saying("It is 42.") })]);
    let output = ask_at(&server.base_url(), &["--code", "6 * 7?"]).await;
    let expected = "\n```python\nprint(6 * 7)\n```\n```output\n42\n```\n\n```python\nprint(6 * 7)\n```\n```timeout\n\n```\n\
                    It is 42.\n";
    assert_eq!(printed(&output), expected);
}

#[tokio::test]
async fn an_answer_by_a_schema_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("schema.json");
    let text = r#"{"type":"object","properties":{"price":{"type":"number"}},"required":["price"]}"#;
    std::fs::write(&schema, text).unwrap();
    let arguments = ["--schema", schema.to_str().unwrap(), "Price?"];
    let (answer, body) = asked(own(), &arguments).await;
    assert_eq!(body["generationConfig"]["responseMimeType"], "application/json");
    assert_eq!(body["generationConfig"]["responseJsonSchema"], serde_json::from_str::<Value>(text).unwrap());
    assert_eq!(answer["structure"]["problems"], json!([]));

    let server = GeminiServer::start().await.unwrap();
    server.script([Reply::Answer(Streamed::saying(r#"{"price":"three"}"#))]);
    let output = ask_at(&server.base_url(), &arguments).await;
    assert!(complained(&output).contains("/price"), "{}", complained(&output));

    std::fs::write(&schema, "{").unwrap();
    let output = ask_at(&server.base_url(), &arguments).await;
    assert_eq!(output.status.code(), Some(7));
    assert!(complained(&output).contains("schema"), "{}", complained(&output));
}

#[tokio::test]
async fn a_picture_in_an_answer_is_kept() {
    let server = GeminiServer::start().await.unwrap();
    let output = ask_at(&server.base_url(), &["--model", "gemini-3.1-flash-image", "Draw a beaver"]).await;
    let told = complained(&output);
    // The profile is gone by now; what is told is a path in it.
    assert!(told.contains("a picture came with the answer: "), "{told}");
}

#[tokio::test]
async fn a_page_is_looked_at_as_finely_and_a_video_as_far_as_was_said() {
    let (_, body) = asked(own(), &["--detail", "low", media("a-text.pdf").to_str().unwrap(), "What?"]).await;
    assert_eq!(body["contents"][0]["parts"][0]["mediaResolution"], json!({"level": "MEDIA_RESOLUTION_LOW"}));
    let film = media("movie-hello.mp4");
    let arguments = ["--from", "0.5", "--to", "2", "--fps", "0.5", film.to_str().unwrap(), "What?"];
    let (answer, body) = asked(own(), &arguments).await;
    let expected = json!({"fps": 0.5, "startOffset": "0.5s", "endOffset": "2s"});
    assert_eq!(body["contents"][0]["parts"][0]["videoMetadata"], expected);
    assert_eq!(answer["receipt"]["delivered"][0]["view"]["endMs"], 2000);
}

/// Sound that the API does not list is converted to FLAC; what was converted is what was played.
#[tokio::test]
async fn sound_of_any_kind_reaches_the_model() {
    for name in ["lena.m4a", "lena.webm"] {
        let (answer, body) = asked(own(), &[media(name).to_str().unwrap(), "What is played?"]).await;
        let sent = &body["contents"][0]["parts"][0]["inlineData"];
        assert_eq!(sent["mimeType"], "audio/flac", "{name}");
        let delivered = &answer["receipt"]["delivered"][0];
        assert_eq!(delivered["mime"], "audio/flac", "{name}");
        // 12.3 seconds at 32 tokens each.
        let tokens = delivered["tokens"].as_u64().unwrap();
        assert!((380..=410).contains(&tokens), "{name}: {tokens} tokens");
    }
}

#[tokio::test]
async fn what_was_blocked_says_why_with_its_ratings() {
    let server = GeminiServer::start().await.unwrap();
    let rating =
        Rating { category: "HARM_CATEGORY_HARASSMENT".into(), probability: "HIGH".into(), blocked: true };
    let streamed = Streamed { ratings: vec![rating], ..Streamed::saying("You …") };
    server.script([Reply::Answer(streamed.ending(End::Reason { reason: "SAFETY".into(), after: 1 }))]);
    let output = ask_at(&server.base_url(), &["--json", "Insult me"]).await;
    assert_eq!(output.status.code(), Some(5));
    let answer: Value = serde_json::from_str(&printed(&output)).unwrap();
    assert_eq!(answer["notice"]["detail"], "SAFETY");
    assert_eq!(answer["notice"]["ratings"][0]["category"], "HARM_CATEGORY_HARASSMENT");
}

#[tokio::test]
async fn an_answer_costs_what_its_tokens_cost() {
    let (answer, _) = asked(own(), &["--model", "gemini-3.8-flash", "Why?"]).await;
    let tokens = |name: &str| answer["usage"][name].as_u64().unwrap();
    let usage = conversation::Usage {
        prompt_tokens: u32::try_from(tokens("promptTokens")).unwrap(),
        answer_tokens: u32::try_from(tokens("answerTokens")).unwrap(),
        thought_tokens: u32::try_from(tokens("thoughtTokens")).unwrap(),
        ..conversation::Usage::default()
    };
    let price = gemini::prices().for_model("gemini-3.8-flash").unwrap();
    assert_eq!(answer["cost"]["microUsd"].as_u64(), price.cost(&usage));
    assert_eq!(answer["cost"]["estimated"], false);
}

/// The endpoint is a listener that counts. Asking without the lock reaches it, so a try with the lock would be seen.
#[tokio::test]
async fn a_question_that_stays_here_reaches_no_network() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, mut tries) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            drop(connection);
            seen.send(()).unwrap();
        }
    });
    let profile = ThrowawayProfile::new().unwrap();
    let ask = async |more: &[&str]| {
        let mut command = castor(&profile);
        command.env("GEMINI_API_KEY", "a-key");
        command.args(["ask", "--base-url", &base_url, "--model", "gemini-3.8-flash", "--mind", "gemini"]);
        command.args(more).arg(media("a-text.pdf")).arg("My secret?");
        finished(command).await
    };
    for locked in [&["--local-only"][..], &["--local-only", "--preview"]] {
        let output = ask(locked).await;
        assert_eq!(output.status.code(), Some(1), "{}", complained(&output));
        assert!(complained(&output).contains("stays on this computer"), "{}", complained(&output));
    }
    assert!(tries.try_recv().is_err(), "something left");
    let preview = ask(&["--preview"]).await;
    assert_eq!(preview.status.code(), Some(0), "{}", complained(&preview));
    let text = printed(&preview);
    assert!(
        text.contains("leaves this computer") && text.contains("application/pdf") && text.contains('$'),
        "{text}"
    );
    assert!(tries.try_recv().is_err(), "a preview sends nothing");
    ask(&[]).await;
    assert!(tries.try_recv().is_ok(), "without the lock it leaves, and that is seen");
}
