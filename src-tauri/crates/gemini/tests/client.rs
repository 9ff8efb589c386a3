//! The client against the project's own Gemini server: whole answers, every row of the error table, cancelling,
//! and the key's secrecy.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use bytes::Bytes;
use conversation::{
    AttachmentId, FileView, FinishReason, GenerateEvent, GenerateRequest, Mind, ModelState, NoticeCode,
    PreparedMedia, Provider, RawParts, RequestPart, RequestTurn, Role,
};
use futures::StreamExt;
use gemini::{Config, DEFAULT_MODEL, FALLBACK_MODEL, Gemini, SharedKey, Timeouts};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Heard, KEY, ask, asking, client, config, turn};
use test_support::GeminiServer;
use test_support::gemini_server::{BAD_KEY, Delivery, End, Failure, LineEnding, Reply, Streamed};
use tokio_util::sync::CancellationToken;

async fn ask_scripted(reply: Reply) -> Heard {
    let server = GeminiServer::start().await.unwrap();
    server.script([reply]);
    ask(&client(&server), asking("hello")).await
}

fn saying(words: &str, end: End) -> Reply {
    Reply::Answer(Streamed::saying(words).ending(end))
}

fn status(status: u16, name: &str) -> Reply {
    Reply::Refuse(Failure::Status { status, name: name.into(), message: "as told by the server".into() })
}

/// A PNG of 2 x 1 pixels, up to the end of its header.
fn picture() -> RequestPart {
    let mut data = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\x02\0\0\0".to_vec();
    data.extend([0; 32]);
    RequestPart::Media(PreparedMedia {
        attachment: AttachmentId::new(),
        mime: "image/png".into(),
        width: 2,
        height: 1,
        data: data.into(),
        scaled: false,
        metadata_removed: false,
        view: FileView::default(),
    })
}

#[tokio::test]
async fn a_question_with_a_picture_is_answered() {
    let server = GeminiServer::start().await.unwrap();
    let mut request = asking("What is this?");
    request.turns[0].parts.push(picture());
    let heard = ask(&client(&server), request).await;
    assert_eq!(heard.finished, Some(FinishReason::Stop), "{heard:?}");
    assert!(heard.text.contains("What is this?"), "{}", heard.text);
    assert!(heard.text.contains("2 × 1 pixels, `image/png`"), "{}", heard.text);
    let usage = heard.usage.unwrap();
    assert!(usage.prompt_tokens >= 1120 && usage.answer_tokens > 0 && usage.thought_tokens > 0, "{usage:?}");
    let requests = server.requests();
    assert_eq!(requests[0].path, "/v1beta/models/gemini-3.8-flash:streamGenerateContent");
    assert_eq!(requests[0].query, "alt=sse");
    assert_eq!(requests[0].key.as_deref(), Some(KEY));
}

#[tokio::test]
async fn a_second_question_replays_the_signed_parts() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);
    let first = ask(&gemini, asking("one")).await;
    assert!(first.raw.last().unwrap().contains("thoughtSignature"), "{:?}", first.raw);
    let mut request = asking("one");
    request.turns.push(RequestTurn {
        raw: Some(RawParts { mind: Mind::Gemini, parts: first.raw.clone() }),
        ..turn(Role::Model, &first.text)
    });
    request.turns.push(turn(Role::User, "two"));
    let second = ask(&gemini, request).await;
    assert_eq!(second.finished, Some(FinishReason::Stop), "{second:?}");
    assert!(second.text.contains("Earlier messages: 2"), "{}", second.text);
    let sent = &server.requests()[1].body["contents"][1]["parts"];
    let replayed: Vec<String> = sent.as_array().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(replayed, first.raw);
}

#[tokio::test]
async fn a_refused_signature_is_dropped_once() {
    let server = GeminiServer::start().await.unwrap();
    let mut request = asking("one");
    let parts = vec![r#"{"text":"yes","thoughtSignature":"bm90IG91cnM="}"#.to_owned()];
    request
        .turns
        .push(RequestTurn { raw: Some(RawParts { mind: Mind::Gemini, parts }), ..turn(Role::Model, "yes") });
    request.turns.push(turn(Role::User, "two"));
    let gemini = client(&server);
    let heard = ask(&gemini, request.clone()).await;
    assert_eq!(heard.finished, Some(FinishReason::Stop), "{heard:?}");
    assert_eq!(server.requests()[1].body["contents"][1]["parts"], serde_json::json!([{"text": "yes"}]));

    server.script([Reply::Refuse(Failure::Signature), Reply::Refuse(Failure::Signature)]);
    let request = asking("one");
    let heard = ask(&gemini, request).await;
    assert_eq!(heard.code(), NoticeCode::RequestRejected);
    assert_eq!(server.requests().len(), 4, "asked again once, not more");
}

#[tokio::test]
async fn an_interrupted_answer_can_be_continued() {
    let server = GeminiServer::start().await.unwrap();
    let mut request = asking("Count");
    request.turns.push(turn(Role::Model, "1, 2"));
    let heard = ask(&client(&server), request).await;
    assert_eq!(heard.finished, Some(FinishReason::Stop), "{heard:?}");
    assert!(heard.text.contains("Earlier messages: 2"), "{}", heard.text);
}

#[tokio::test]
async fn an_answer_the_api_splits_is_read_as_one() {
    let server = GeminiServer::start().await.unwrap();
    server.script([
        saying("first half", End::Continuation { token: "go-on".into() }),
        Reply::Answer(Streamed::saying("second half")),
    ]);
    let heard = ask(&client(&server), asking("long")).await;
    assert_eq!(heard.text, "first half…second half");
    assert_eq!(heard.finished, Some(FinishReason::Stop));
    let [first, second] = &server.requests()[..] else { panic!("two requests") };
    assert_eq!(second.body["continuationToken"], "go-on");
    assert_eq!(second.body["contents"], first.body["contents"]);
}

#[tokio::test]
async fn delivery_makes_no_difference() {
    for delivery in [Delivery::Events, Delivery::Bytes] {
        for line_ending in [LineEnding::Crlf, LineEnding::Lf] {
            let text = Some("Zwei Gemüter, 两个头脑, 🙂🙃".to_owned());
            let reply = Streamed {
                text: text.clone(),
                delivery,
                line_ending,
                delay_ms: Some(1),
                ..Streamed::default()
            };
            let heard = ask_scripted(Reply::Answer(reply)).await;
            assert_eq!(Some(heard.text), text);
            assert_eq!(heard.finished, Some(FinishReason::Stop));
        }
    }
}

#[tokio::test]
async fn ends_are_told_apart() {
    let blocked = |reason: &str| FinishReason::AnswerBlocked { reason: reason.into(), ratings: Vec::new() };
    let reason = |reason: &str| End::Reason { reason: reason.into(), after: 1 };
    for (end, expected) in [
        (reason("MAX_TOKENS"), Some(FinishReason::LengthLimit)),
        (reason("SAFETY"), Some(blocked("SAFETY"))),
        (reason("RECITATION"), Some(blocked("RECITATION"))),
        (reason("MALFORMED_RESPONSE"), Some(FinishReason::Other("MALFORMED_RESPONSE".into()))),
        (reason("SOMETHING_NEW"), Some(FinishReason::Other("SOMETHING_NEW".into()))),
        (End::Truncated { after: 1 }, None),
    ] {
        let heard = ask_scripted(saying("some words", end)).await;
        assert_eq!(heard.text, "some words");
        assert_eq!(heard.finished, expected);
        assert!(heard.error.is_none());
    }
}

#[tokio::test]
async fn a_blocked_prompt_and_an_empty_answer_end_without_text() {
    let heard =
        ask_scripted(Reply::BlockedPrompt { reason: "PROHIBITED_CONTENT".into(), ratings: Vec::new() }).await;
    assert_eq!(
        heard.finished,
        Some(FinishReason::PromptBlocked { reason: "PROHIBITED_CONTENT".into(), ratings: Vec::new() })
    );
    let heard = ask_scripted(Reply::EmptyStop).await;
    assert_eq!((heard.finished, heard.text.as_str()), (Some(FinishReason::Stop), ""));
}

#[tokio::test]
async fn faults_in_the_middle_keep_the_text_and_are_not_tried_again() {
    for (end, code) in [
        (End::Error { status: 503, after: 1 }, NoticeCode::Overloaded),
        (End::Malformed { after: 1 }, NoticeCode::UnexpectedReply),
        (End::Disconnect { after: 1 }, NoticeCode::CutOff),
    ] {
        let heard = ask_scripted(saying("some words", end)).await;
        assert_eq!(heard.text, "some words");
        assert_eq!(heard.code(), code);
        assert_eq!(heard.finished, None);
        assert!(heard.retries.is_empty());
    }
}

#[tokio::test]
async fn passing_faults_before_any_text_are_tried_again() {
    let server = GeminiServer::start().await.unwrap();
    server.script([
        Reply::Refuse(Failure::Overloaded),
        Reply::Refuse(Failure::RateLimited { retry_delay: None }),
        saying("unheard", End::Error { status: 500, after: 0 }),
        saying("unheard", End::Disconnect { after: 0 }),
    ]);
    let heard = ask(&client(&server), asking("hello")).await;
    let codes: Vec<_> = heard.retries.iter().map(|(code, _)| *code).collect();
    assert_eq!(
        codes,
        [NoticeCode::Overloaded, NoticeCode::RateLimited, NoticeCode::Overloaded, NoticeCode::CutOff]
    );
    assert_eq!(heard.finished, Some(FinishReason::Stop));
    assert!(heard.text.contains("hello"));
}

#[tokio::test]
async fn five_attempts_are_enough() {
    let server = GeminiServer::start().await.unwrap();
    server.script(vec![Reply::Refuse(Failure::Overloaded); 9]);
    let heard = ask(&client(&server), asking("hello")).await;
    assert_eq!(heard.code(), NoticeCode::Overloaded);
    assert_eq!((heard.retries.len(), server.requests().len()), (4, 5));
}

#[tokio::test]
async fn every_row_of_the_error_table() {
    let rows = [
        (Reply::Refuse(Failure::Location), NoticeCode::RegionOrBilling, 400),
        (status(400, "INVALID_ARGUMENT"), NoticeCode::RequestRejected, 400),
        (status(401, "UNAUTHENTICATED"), NoticeCode::KeyInvalid, 401),
        (status(402, "FAILED_PRECONDITION"), NoticeCode::BalanceEmpty, 402),
        (status(403, "PERMISSION_DENIED"), NoticeCode::KeyForbidden, 403),
        (status(404, "NOT_FOUND"), NoticeCode::ModelNotFound, 404),
        (status(413, "INVALID_ARGUMENT"), NoticeCode::RequestTooLarge, 413),
        (Reply::Refuse(Failure::DailyQuota), NoticeCode::QuotaExhausted, 429),
        (Reply::Refuse(Failure::NoQuota), NoticeCode::QuotaExhausted, 429),
    ];
    for (reply, code, http_status) in rows {
        let heard = ask_scripted(reply).await;
        assert_eq!(heard.code(), code);
        assert_eq!(heard.error.unwrap().status, Some(http_status));
        assert!(heard.retries.is_empty(), "{code:?} does not pass by itself");
    }
    for (http_status, code) in [
        (408, NoticeCode::TimedOut),
        (429, NoticeCode::RateLimited),
        (500, NoticeCode::Overloaded),
        (502, NoticeCode::Overloaded),
        (504, NoticeCode::TimedOut),
    ] {
        let heard = ask_scripted(status(http_status, "X")).await;
        assert_eq!(heard.retries.first().map(|(code, _)| *code), Some(code), "{http_status}");
        assert_eq!(heard.finished, Some(FinishReason::Stop));
    }
}

#[tokio::test]
async fn the_servers_own_refusals_are_understood() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);

    let bad = gemini.with_key(SharedKey::new(Some(BAD_KEY.into())));
    assert_eq!(ask(&bad, asking("hello")).await.code(), NoticeCode::KeyInvalid);

    let gone = ask(&gemini, GenerateRequest { model: "gemini-1.0".into(), ..asking("hello") }).await;
    assert_eq!(gone.code(), NoticeCode::ModelNotFound);

    let mut broken = asking("look");
    let RequestPart::Media(media) = picture() else { unreachable!() };
    broken.turns[0].parts.push(RequestPart::Media(PreparedMedia { mime: "image/jpeg".into(), ..media }));
    let heard = ask(&gemini, broken).await;
    assert_eq!(heard.code(), NoticeCode::RequestRejected);
    assert!(heard.error.unwrap().notice.detail.unwrap().contains("process input image"));
}

#[tokio::test]
async fn what_is_not_the_api_is_told_as_such() {
    let page = |status| Reply::Plain {
        status,
        content_type: "text/html".into(),
        body: "<html>Sign in</html>".into(),
    };
    for http_status in [200, 302, 403, 404] {
        let heard = ask_scripted(page(http_status)).await;
        assert_eq!(heard.code(), NoticeCode::UnexpectedReply, "{http_status}");
        assert!(heard.error.unwrap().notice.detail.unwrap().contains("text/html"));
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_offline() {
    // Bound and dropped: nobody listens there.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gemini = Gemini::new(config(format!("http://{address}"))).unwrap();
    let heard = ask(&gemini, asking("hello")).await;
    assert_eq!(heard.code(), NoticeCode::Offline);
    assert_eq!(heard.retries.len(), 4);
    let models = gemini.models().await.unwrap();
    assert_eq!(models[0].id, DEFAULT_MODEL);
    assert_eq!(models[0].state, ModelState::Ready);
}

#[tokio::test]
async fn silence_is_noticed_before_and_after_the_first_words() {
    for after in [0, 1] {
        let server = GeminiServer::start().await.unwrap();
        server.script([saying("some words", End::Stall { after })]);
        let timeouts = Timeouts { idle: Duration::from_millis(100), ..Timeouts::default() };
        let gemini = Gemini::new(Config { timeouts, ..config(server.base_url()) }).unwrap();
        let heard = ask(&gemini, asking("hello")).await;
        assert_eq!(heard.code(), NoticeCode::TimedOut);
        assert_eq!(heard.text.is_empty(), after == 0);
    }
}

#[tokio::test]
async fn cancelling_ends_a_stalled_answer_at_once() {
    let server = GeminiServer::start().await.unwrap();
    server.script([saying("some words", End::Stall { after: 1 })]);
    let cancel = CancellationToken::new();
    let mut events = client(&server).stream(asking("hello"), cancel.clone()).await.unwrap();
    while !matches!(events.next().await.unwrap().unwrap(), GenerateEvent::Usage(_)) {}
    assert!(futures::poll!(events.next()).is_pending(), "the answer is stalled");
    cancel.cancel();
    // Already over when it is looked at, without anything to wait for.
    assert!(matches!(futures::poll!(events.next()), std::task::Poll::Ready(None)));
}

#[tokio::test]
async fn cancelling_ends_the_wait_for_another_attempt_at_once() {
    let server = GeminiServer::start().await.unwrap();
    server.script([Reply::Refuse(Failure::RateLimited { retry_delay: Some("34.4s".into()) })]);
    let cancel = CancellationToken::new();
    let mut events = client(&server).stream(asking("hello"), cancel.clone()).await.unwrap();
    let notice = loop {
        if let GenerateEvent::Retrying(notice) = events.next().await.unwrap().unwrap() {
            break notice;
        }
    };
    assert_eq!(notice.code, NoticeCode::RateLimited);
    assert_eq!(notice.retry_after_ms, Some(34_400));
    assert!(futures::poll!(events.next()).is_pending());
    cancel.cancel();
    assert!(matches!(futures::poll!(events.next()), std::task::Poll::Ready(None)));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_stalled_answer_goes_on_when_released() {
    let server = GeminiServer::start().await.unwrap();
    let words = "these are more words than fit into a single chunk";
    server.script([saying(words, End::Stall { after: 1 })]);
    let mut events = client(&server).stream(asking("hello"), CancellationToken::new()).await.unwrap();
    let mut text = String::new();
    while let Some(event) = events.next().await {
        match event.unwrap() {
            GenerateEvent::Text(more) => text.push_str(&more),
            GenerateEvent::Usage(_) => server.release(),
            _ => {}
        }
    }
    assert_eq!(text, words);
}

#[tokio::test]
async fn models_are_listed_once_and_again_with_another_key() {
    let server = GeminiServer::start().await.unwrap();
    let key = SharedKey::new(None);
    let gemini = Gemini::new(Config { key: key.clone(), ..config(server.base_url()) }).unwrap();
    let built_in = gemini.models().await.unwrap();
    assert!(built_in.iter().all(|model| model.state == ModelState::NeedsKey));
    assert!(server.requests().is_empty(), "nothing is sent without a key");

    key.set(Some(KEY.into()));
    let models = gemini.models().await.unwrap();
    gemini.models().await.unwrap();
    let ids: Vec<_> = models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, [DEFAULT_MODEL, FALLBACK_MODEL, "gemini-4-argon", "gemini-3.1-flash-image"]);
    assert_eq!(models[0].state, ModelState::Ready);
    assert_eq!(server.requests().len(), 1, "asked once");

    key.set(Some(BAD_KEY.into()));
    assert_eq!(gemini.models().await.unwrap()[0].state, ModelState::NeedsKey);
}

#[tokio::test]
async fn limits_come_from_the_list_and_unknown_models_are_not_found() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);
    let known = gemini.capabilities(DEFAULT_MODEL).await.unwrap();
    assert_eq!((known.context_tokens, known.output_tokens), (1_048_576, 65_536));
    assert!(server.requests().is_empty(), "the default is known without asking");
    assert_eq!(gemini.capabilities("models/gemini-3.8-flash").await.unwrap(), known);
    assert_eq!(gemini.capabilities("gemini-3.8-live").await.unwrap().context_tokens, 131_072);
    let unknown = gemini.capabilities("gemini-1.0").await.unwrap_err();
    assert_eq!(unknown.notice.code, NoticeCode::ModelNotFound);
}

#[tokio::test]
async fn keys_are_checked_without_a_question() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);
    gemini.check_key().await.unwrap();
    assert_eq!(server.requests()[0].path, "/v1beta/models/gemini-3.8-flash");
    let code = async |key: Option<&str>| {
        let gemini = gemini.with_key(SharedKey::new(key.map(Into::into)));
        gemini.check_key().await.unwrap_err().notice.code
    };
    assert_eq!(code(Some(BAD_KEY)).await, NoticeCode::KeyInvalid);
    assert_eq!(code(Some("not\u{7f}a key")).await, NoticeCode::KeyInvalid);
    assert_eq!(code(None).await, NoticeCode::KeyMissing);
    let keyless = gemini.with_key(SharedKey::default());
    assert_eq!(ask(&keyless, asking("hello")).await.code(), NoticeCode::KeyMissing);
}

/// Collects what `tracing` writes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_key_is_in_no_error_no_log_and_no_debug_output() {
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);
    // A gateway that echoes what it was sent, in every place the client reads.
    let echo = |status: u16| {
        let message = format!("the key {KEY} is not welcome");
        Reply::Refuse(Failure::Status { status, name: "PERMISSION_DENIED".into(), message })
    };
    let event = format!("data: {{\"error\":{{\"code\":403,\"message\":\"{KEY}\"}}}}\n\n");
    let in_stream = Reply::Plain { status: 200, content_type: "text/event-stream".into(), body: event };
    server.script([echo(403), in_stream]);
    let mut printed = format!("{gemini:?} {:?}", config(server.base_url()));
    for _ in 0..2 {
        let error = ask(&gemini, asking("hello")).await.error.unwrap();
        printed = format!("{printed} {error} {error:?}");
    }
    assert_eq!(ask(&gemini, asking("hello")).await.finished, Some(FinishReason::Stop));

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("the API refused"), "the log is not looked at: {logged}");
    assert!(printed.contains("[key]"), "{printed}");
    for text in [printed, logged] {
        assert!(!text.contains(KEY), "{text}");
    }
    for request in server.requests() {
        assert!(!request.query.contains(KEY) && !request.path.contains(KEY));
        assert!(!request.body.to_string().contains(KEY));
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_is_not_sent() {
    let server = GeminiServer::start().await.unwrap();
    let mut request = asking("hello");
    let RequestPart::Media(media) = picture() else { unreachable!() };
    let data = Bytes::from(vec![0; 16_000_000]);
    request.turns[0].parts.push(RequestPart::Media(PreparedMedia { data, ..media }));
    assert_eq!(ask(&client(&server), request).await.code(), NoticeCode::RequestTooLarge);
    assert!(server.requests().is_empty());
}
