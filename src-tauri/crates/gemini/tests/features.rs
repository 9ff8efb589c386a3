//! Everything an answer can be asked to do and to hold, against the project's own Gemini server.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use bytes::Bytes;
use conversation::{
    AnswerOptions, AttachmentId, CodeOutcome, Detail, FileToSend, FileView, FinishReason, GenerateRequest,
    Mind, NoticeCode, PreparedMedia, Provider, RawParts, RequestPart, RequestTurn, Role, SafetyRating,
    Sha256Hash, Sources, ThinkingLevel,
};
use gemini::wire::{HarmCategory, HarmThreshold, SafetySetting};
use gemini::{Config, Gemini};
use support::{Heard, KEY, ask, asking, client, config, turn};
use test_support::GeminiServer;
use test_support::gemini_server::{
    CodeRun, Delivery, DrawnPicture, End, Grounded, GroundedPage, GroundedPassage, Quotation, Rating, Reply,
    Streamed,
};

const DRAWS: &str = "gemini-3.1-flash-image";

fn everything() -> AnswerOptions {
    AnswerOptions {
        thinking: Some(ThinkingLevel::High),
        search: true,
        read_links: true,
        run_code: true,
        schema: None,
    }
}

async fn ask_scripted(reply: Streamed) -> Heard {
    let server = GeminiServer::start().await.unwrap();
    server.script([Reply::Answer(reply)]);
    ask(&client(&server), asking("hello")).await
}

/// The words of each passage and its pages.
fn passages<'heard>(text: &'heard str, sources: &Sources) -> Vec<(&'heard str, Vec<u32>)> {
    let words = |start: u32, end: u32| &text[start as usize..end as usize];
    sources.passages.iter().map(|p| (words(p.start, p.end), p.pages.clone())).collect()
}

/// Pages `a`, `b`, … and passages that rest on them.
fn grounded(pages: &[&str], passages: &[(&str, &[i64])]) -> Grounded {
    Grounded {
        queries: vec!["双子座".into()],
        pages: pages.iter().map(|uri| GroundedPage { uri: (*uri).into(), title: "Title".into() }).collect(),
        passages: passages
            .iter()
            .map(|(text, pages)| GroundedPassage { text: (*text).into(), pages: pages.to_vec() })
            .collect(),
        suggestions: Some("<div>more</div>".into()),
    }
}

#[tokio::test]
async fn every_tool_at_once_is_asked_for_and_heard() {
    let server = GeminiServer::start().await.unwrap();
    let words = "Compare https://example.com/a and https://example.com/unreadable.";
    let heard = ask(&client(&server), GenerateRequest { options: everything(), ..asking(words) }).await;
    assert_eq!(heard.finished, Some(FinishReason::Stop), "{heard:?}");
    assert!(heard.text.contains("Tools: googleSearch, urlContext, codeExecution"), "{}", heard.text);
    assert!(heard.text.contains("Thinking: high"), "{}", heard.text);
    assert!(heard.thoughts.contains("Reading the question"), "{}", heard.thoughts);
    assert_eq!(heard.code, [("python".to_owned(), "print(sum(range(1, 11)))\n".to_owned())]);
    assert_eq!(heard.results, [(CodeOutcome::Ok, "55\n".to_owned())]);
    let sources = heard.sources.unwrap();
    let fact = "Castor is the second-brightest star in Gemini 🌟.";
    assert_eq!(passages(&heard.text, &sources), [(fact, vec![0, 1])]);
    let links: Vec<_> = sources.links.iter().map(|link| (link.uri.as_str(), link.read)).collect();
    assert_eq!(links, [("https://example.com/a", true), ("https://example.com/unreadable", false)]);
    assert!(sources.suggestions.unwrap().contains("href"));
    let usage = heard.usage.unwrap();
    assert_eq!(usage.searches, 1);
    assert!(usage.prompt_tokens >= 200, "what links brought in counts: {usage:?}");
}

#[tokio::test]
async fn an_answer_follows_a_schema() {
    let server = GeminiServer::start().await.unwrap();
    let schema = r#"{"type":"object","properties":{"name":{"type":"string"},"stars":{"type":"array","items":{"type":"integer"}}}}"#;
    let options = AnswerOptions { schema: Some(schema.into()), ..AnswerOptions::default() };
    let heard = ask(&client(&server), GenerateRequest { options, ..asking("Describe Gemini") }).await;
    let answer: serde_json::Value = serde_json::from_str(&heard.text).unwrap();
    assert_eq!(answer, serde_json::json!({"name": "Castor", "stars": [1]}));

    let options = AnswerOptions { schema: Some("{".into()), ..AnswerOptions::default() };
    let heard = ask(&client(&server), GenerateRequest { options, ..asking("Describe Gemini") }).await;
    assert_eq!(heard.code(), NoticeCode::RequestRejected);
    assert_eq!(server.requests().len(), 1, "what cannot be accepted is not sent");
}

#[tokio::test]
async fn a_model_that_draws_sends_a_picture() {
    let server = GeminiServer::start().await.unwrap();
    let request = GenerateRequest { model: DRAWS.into(), options: everything(), ..asking("Draw two stars") };
    let heard = ask(&client(&server), request).await;
    assert_eq!(heard.finished, Some(FinishReason::Stop), "{heard:?}");
    let [(mime, data)] = &heard.pictures[..] else { panic!("{heard:?}") };
    assert!(mime == "image/png" && data.starts_with(b"\x89PNG"), "{mime}");
    let body = &server.requests()[0].body;
    assert_eq!(body["generationConfig"], serde_json::json!({"responseModalities": ["TEXT", "IMAGE"]}));
    assert_eq!(body["tools"], serde_json::json!([{"googleSearch": {}}]));
}

#[tokio::test]
async fn a_picture_that_is_none_is_only_kept() {
    let picture = |data: &str| DrawnPicture { mime: "image/png".into(), data: data.into() };
    let pictures = vec![picture("not base64"), picture("b25l")];
    let heard = ask_scripted(Streamed { pictures, ..Streamed::saying("look") }).await;
    assert_eq!(heard.pictures, [("image/png".to_owned(), Bytes::from_static(b"one"))]);
    assert!(heard.raw.iter().any(|part| part.contains("not base64")), "{:?}", heard.raw);
}

#[tokio::test]
async fn sources_are_placed_by_bytes_in_every_language_however_they_come() {
    let text = "北河二 🙂 是六合星。It is a system of six stars, 五十光年远。";
    for delivery in [Delivery::Events, Delivery::Bytes] {
        let passages_told =
            [("是六合星。", &[0_i64][..]), ("五十光年远。", &[1, 0, 9, -1]), ("七合星", &[0])];
        let reply = Streamed {
            grounding: Some(grounded(&["https://a.example", "https://b.example"], &passages_told)),
            delivery,
            ..Streamed::saying(text)
        };
        let heard = ask_scripted(reply).await;
        assert_eq!(heard.text, text);
        let sources = heard.sources.unwrap();
        let expected = [("是六合星。", vec![0]), ("五十光年远。", vec![1, 0])];
        assert_eq!(passages(text, &sources), expected);
        assert_eq!(sources.queries, ["双子座"]);
        assert_eq!(heard.usage.unwrap().searches, 1);
    }
}

#[tokio::test]
async fn sources_of_an_answer_in_two_responses_are_one() {
    let server = GeminiServer::start().await.unwrap();
    let first = Streamed {
        grounding: Some(grounded(&["https://a.example"], &[("北河二。", &[0])])),
        ..Streamed::saying("北河二。").ending(End::Continuation { token: "go-on".into() })
    };
    let second = Streamed {
        grounding: Some(grounded(&["https://b.example", "https://a.example"], &[("Pollux.", &[0, 1])])),
        citations: vec![Quotation {
            text: "Pollux".into(),
            title: Some("A book".into()),
            ..Quotation::default()
        }],
        ..Streamed::saying("Pollux.")
    };
    server.script([Reply::Answer(first), Reply::Answer(second)]);
    let heard = ask(&client(&server), asking("long")).await;
    let sources = heard.sources.unwrap();
    assert_eq!(passages(&heard.text, &sources), [("北河二。", vec![0]), ("Pollux.", vec![1, 0])]);
    let cited = &sources.citations[0];
    assert_eq!(&heard.text[cited.start.unwrap() as usize..cited.end.unwrap() as usize], "Pollux");
    assert_eq!(cited.title.as_deref(), Some("A book"));
    assert_eq!(sources.pages.len(), 2, "{sources:?}");
}

#[tokio::test]
async fn code_ends_in_every_way() {
    let run = |outcome: &str| CodeRun { code: "1".into(), outcome: outcome.into(), output: String::new() };
    let outcomes = ["OUTCOME_OK", "OUTCOME_FAILED", "OUTCOME_DEADLINE_EXCEEDED", "OUTCOME_BORED"];
    let heard = ask_scripted(Streamed { code: outcomes.map(run).into(), ..Streamed::saying("done") }).await;
    let ends: Vec<_> = heard.results.iter().map(|(outcome, _)| *outcome).collect();
    assert_eq!(ends, [CodeOutcome::Ok, CodeOutcome::Failed, CodeOutcome::TimedOut, CodeOutcome::Failed]);
}

#[tokio::test]
async fn what_is_blocked_comes_with_its_ratings() {
    let rating =
        |blocked| Rating { category: "HARM_CATEGORY_HARASSMENT".into(), probability: "HIGH".into(), blocked };
    let expected = |blocked| SafetyRating {
        category: "HARM_CATEGORY_HARASSMENT".into(),
        probability: "HIGH".into(),
        blocked,
    };
    let server = GeminiServer::start().await.unwrap();
    let end = |reason: &str| End::Reason { reason: reason.into(), after: 1 };
    let ratings = vec![rating(true), rating(false)];
    server.script([
        Reply::BlockedPrompt { reason: "SAFETY".into(), ratings: vec![rating(true)] },
        Reply::Answer(Streamed {
            ratings: ratings.clone(),
            ..Streamed::saying("words").ending(end("SAFETY"))
        }),
        Reply::Answer(Streamed { ratings, ..Streamed::saying("words") }),
    ]);
    let gemini = client(&server);
    let ratings = vec![expected(true)];
    let blocked = FinishReason::PromptBlocked { reason: "SAFETY".into(), ratings };
    assert_eq!(ask(&gemini, asking("a")).await.finished, Some(blocked));
    let ratings = vec![expected(true), expected(false)];
    let blocked = FinishReason::AnswerBlocked { reason: "SAFETY".into(), ratings };
    assert_eq!(ask(&gemini, asking("b")).await.finished, Some(blocked));
    assert_eq!(ask(&gemini, asking("c")).await.finished, Some(FinishReason::Stop));
}

#[tokio::test]
async fn nothing_is_tried_again_once_anything_of_an_answer_was_shown() {
    let code = CodeRun { code: "1".into(), outcome: "OUTCOME_OK".into(), output: String::new() };
    let begun = [
        Streamed { thoughts: vec!["hm".into()], ..Streamed::saying("unheard") },
        Streamed { code: vec![code], ..Streamed::saying("unheard") },
    ];
    for begun in begun {
        for (end, code) in [
            (End::Error { status: 503, after: 0 }, NoticeCode::Overloaded),
            (End::Malformed { after: 0 }, NoticeCode::UnexpectedReply),
            (End::Disconnect { after: 0 }, NoticeCode::CutOff),
        ] {
            let server = GeminiServer::start().await.unwrap();
            server.script([Reply::Answer(begun.clone().ending(end))]);
            let heard = ask(&client(&server), asking("hello")).await;
            assert_eq!((heard.code(), heard.text.as_str()), (code, ""));
            assert!(!heard.thoughts.is_empty() || !heard.code.is_empty());
            assert!(heard.retries.is_empty());
            assert_eq!(server.requests().len(), 1);
        }
    }
    // A cut without a reason is no failure, and what was shown stays.
    let begun = Streamed { thoughts: vec!["hm".into()], ..Streamed::saying("unheard") };
    let heard = ask_scripted(begun.ending(End::Truncated { after: 0 })).await;
    assert_eq!((heard.thoughts.as_str(), heard.finished, heard.retries.len()), ("hm", None, 0));
}

#[tokio::test]
async fn thoughts_code_and_pictures_go_back_as_they_came() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);
    let drawn = ask(&gemini, GenerateRequest { model: DRAWS.into(), ..asking("Draw") }).await;
    let first = ask(&gemini, GenerateRequest { options: everything(), ..asking("one") }).await;
    let parts = [drawn.raw, first.raw].concat();
    let mut request = asking("one");
    let raw = Some(RawParts { mind: Mind::Gemini, parts: parts.clone() });
    request.turns.push(RequestTurn { raw, ..turn(Role::Model, &first.text) });
    request.turns.push(turn(Role::User, "two"));
    let second = ask(&gemini, request).await;
    assert_eq!(second.finished, Some(FinishReason::Stop), "{second:?}");
    let sent = &server.requests()[2].body["contents"][1]["parts"];
    let replayed: Vec<String> = sent.as_array().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(replayed, parts);
    for kind in ["\"thought\":true", "executableCode", "codeExecutionResult", "inlineData"] {
        assert!(replayed.iter().any(|part| part.contains(kind)), "no {kind} among them");
    }
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

#[tokio::test]
async fn files_are_looked_at_as_asked() {
    let server = GeminiServer::start().await.unwrap();
    let view = FileView {
        detail: Some(Detail::UltraHigh),
        start_ms: Some(1_500),
        end_ms: Some(4_000),
        frames_per_1000_s: Some(2_000),
    };
    let mut request = asking("What happens?");
    request.turns[0].parts.extend([
        media("video/mp4", b"\0\0\0\x18ftypmp42", view),
        media("application/pdf", b"%PDF-1.7", view),
        media("audio/wav", b"RIFF\0\0\0\0WAVE", view),
    ]);
    let heard = ask(&client(&server), request).await;
    for words in [
        "`video/mp4`, 2 fps, from 1.5s, to 4s, high resolution, 12 bytes",
        "`application/pdf`, high resolution, 8 bytes",
        "`audio/wav`, 12 bytes",
    ] {
        assert!(heard.text.contains(words), "no {words:?} in {heard:?}");
    }
}

#[tokio::test]
async fn thresholds_of_safety_go_along() {
    let server = GeminiServer::start().await.unwrap();
    let safety = [
        (HarmCategory::Harassment, HarmThreshold::BlockOnlyHigh),
        (HarmCategory::DangerousContent, HarmThreshold::Off),
    ];
    let safety = safety.map(|(category, threshold)| SafetySetting { category, threshold }).into();
    let gemini = Gemini::new(Config { safety, ..config(server.base_url()) }).unwrap();
    let heard = ask(&gemini, asking("hello")).await;
    assert!(
        heard.text.contains("Withheld: Harassment: BlockOnlyHigh, DangerousContent: Off"),
        "{}",
        heard.text
    );
    assert_eq!(server.requests()[0].key.as_deref(), Some(KEY));
}

/// A file that is to be sent ahead and does not need to exist for as long as it is not.
fn to_send(uri: Option<String>) -> RequestPart {
    RequestPart::File(FileToSend {
        attachment: AttachmentId::new(),
        hash: Sha256Hash("hash".into()),
        name: "report.pdf".into(),
        mime: "application/pdf".into(),
        path: file!().into(),
        content: None,
        uri,
        view: FileView::default(),
    })
}

#[tokio::test]
async fn what_is_to_stay_here_is_not_sent_not_uploaded_and_not_counted() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);
    let plain = GenerateRequest { local_only: true, ..asking("my secret") };
    let mut with_file = plain.clone();
    with_file.turns[0].parts.push(to_send(None));
    for request in [plain, with_file] {
        let counted = gemini.count_tokens(&request).await;
        assert_eq!(counted.unwrap_err().notice.code, NoticeCode::LocalOnly);
        assert_eq!(ask(&gemini, request).await.code(), NoticeCode::LocalOnly);
    }
    assert!(server.requests().is_empty() && server.uploads().is_empty());
}

#[tokio::test]
async fn a_question_is_counted_as_the_answer_will_count_it() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);
    let mut request = GenerateRequest { options: everything(), ..asking("How far is Castor?") };
    request.options.schema = Some(r#"{"type":"object"}"#.into());
    request.system = Some("Answer briefly.".into());
    let counted = gemini.count_tokens(&request).await.unwrap();
    assert_eq!(server.requests()[0].path, "/v1beta/models/gemini-3.8-flash:countTokens");
    let heard = ask(&gemini, request.clone()).await;
    assert_eq!(counted, Some(heard.usage.unwrap().prompt_tokens));

    request.turns[0].parts.push(to_send(None));
    assert_eq!(gemini.count_tokens(&request).await.unwrap(), None);
    assert_eq!(server.requests().len(), 2, "nothing was sent for it");

    let gone = GenerateRequest { model: "gemini-1.0".into(), ..asking("hello") };
    assert_eq!(gemini.count_tokens(&gone).await.unwrap_err().notice.code, NoticeCode::ModelNotFound);
}
