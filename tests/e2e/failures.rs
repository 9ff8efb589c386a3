//! What goes wrong outside: said in a sentence, nothing lost, one button that helps.

use crate::harness::app::{App, Launch};
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::server::{KEY, Server};

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
