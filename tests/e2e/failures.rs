//! What goes wrong outside: said in a sentence, nothing lost, one button that helps.

use crate::harness::app::{App, Launch};
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::server::{KEY, Server};
use test_support::gemini_server::{End, Failure, Reply, Streamed};

/// Waits until the last notice has this code.
async fn told(app: &App<'_>, code: &str) {
    app.until(&format!(
        "Array.from(document.querySelectorAll('[data-testid=notice]')).at(-1)?.dataset.code === '{code}'"
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_network_the_question_is_kept_and_asked_again() {
    let desktop = Desktop::start(Setup::default());
    // A port that nobody listens on any more.
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let launch = Launch::default()
        .with("GEMINI_API_KEY", KEY)
        .with("CASTOR_GEMINI_BASE_URL", format!("http://{unused}"));
    let app = App::open_at_composer(&desktop, launch).await;
    app.ask("Are you there?").await;
    app.answer_is("failed").await;
    told(&app, "offline").await;
    app.reads("question", "Are you there?").await;
    app.keep_picture("offline").await;

    let server = Server::start_at(unused).await;
    server.answers("Here I am.");
    app.click("notice-action").await;
    app.reads("answer-text", "Here I am.").await;
    app.answer_is("complete").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_the_question_leads_to_the_settings() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, server.launch_without_key()).await;
    app.fill("composer", "Who are you?").await;
    desktop.press("Return");
    app.until("document.querySelector('[data-testid=settings], [data-testid=notice]')").await;
    app.keep_picture("no-key").await;
    assert!(server.requests().iter().all(|request| !request.path.contains("generateContent")));
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocked_and_cut_off_answers_say_so() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, server.launch()).await;

    server.blocks_the_question();
    app.ask("Something forbidden").await;
    app.answer_is("blocked").await;
    told(&app, "prompt-blocked").await;

    server.cuts_off_after("Half of");
    app.ask("Something long").await;
    app.answer_is("incomplete").await;
    told(&app, "cut-off").await;
    app.reads("answer-text", "Half of").await;
    app.keep_picture("cut-off").await;
    app.close();
}

/// One way an answer can fail or fall short, and the notice it leads to.
fn rows() -> Vec<(Reply, &'static str)> {
    let refused = |status: u16, name: &str, message: &str| {
        Reply::Refuse(Failure::Status { status, name: name.into(), message: message.into() })
    };
    let ending = |end: End| Reply::Answer(Streamed::saying("The beginning of an answer.").ending(end));
    let reason = |reason: &str| ending(End::Reason { reason: reason.into(), after: 1 });
    let page = || Reply::Plain {
        status: 200,
        content_type: "text/html".into(),
        body: "<h1>Welcome to the hotel</h1>".into(),
    };
    vec![
        (refused(401, "UNAUTHENTICATED", "The key is not valid."), "key-invalid"),
        (refused(403, "PERMISSION_DENIED", "The API is not enabled."), "key-forbidden"),
        (Reply::Refuse(Failure::Location), "region-or-billing"),
        (refused(402, "FAILED_PRECONDITION", "The prepaid balance is empty."), "balance-empty"),
        // Longer than anybody waits: told at once, and counted down.
        (Reply::Refuse(Failure::RateLimited { retry_delay: Some("600s".into()) }), "rate-limited"),
        (Reply::Refuse(Failure::DailyQuota), "quota-exhausted"),
        (refused(404, "NOT_FOUND", "The model is not found."), "model-not-found"),
        (refused(400, "INVALID_ARGUMENT", "Unknown name \"x\"."), "request-rejected"),
        (refused(413, "INVALID_ARGUMENT", "Too large."), "request-too-large"),
        (
            refused(
                400,
                "INVALID_ARGUMENT",
                "The input token count exceeds the maximum number of tokens allowed.",
            ),
            "context-full",
        ),
        (page(), "unexpected-reply"),
        (Reply::BlockedPrompt { reason: "PROHIBITED_CONTENT".into(), ratings: Vec::new() }, "prompt-blocked"),
        (reason("SAFETY"), "answer-blocked"),
        (reason("MAX_TOKENS"), "length-limit"),
        (Reply::EmptyStop, "empty-answer"),
        (ending(End::Truncated { after: 1 }), "cut-off"),
        (ending(End::Malformed { after: 1 }), "unexpected-reply"),
    ]
}

async fn every_row(setup: Setup) {
    let desktop = Desktop::start(setup);
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, server.launch()).await;
    for (number, (reply, code)) in rows().into_iter().enumerate() {
        server.replies(reply);
        app.ask(&format!("{code}?")).await;
        app.counts("answer", number + 1).await;
        told(&app, code).await;
        app.sees("send").await;
        // One sentence, and something to do about it or a reason why nothing can be done.
        let notice = app.text("notice").await;
        assert!(notice.chars().count() > 8, "{code}: {notice}");
        app.keep_picture(&format!("row-{:02}-{code}", number + 1)).await;
    }
    // What passes by itself is tried again, with the seconds to go; nobody has to wait for it.
    server.replies(Reply::Refuse(Failure::Overloaded));
    server.replies(Reply::Refuse(Failure::RateLimited { retry_delay: Some("30s".into()) }));
    app.ask("overloaded?").await;
    app.sees("retry-now").await;
    app.keep_picture("row-retrying").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_of_the_table_in_english() {
    every_row(Setup::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_of_the_table_in_chinese() {
    every_row(Setup { language: "zh_CN.UTF-8", dark: true, ..Setup::default() }).await;
}
