//! Killed in the middle of an answer: what was shown is kept, marked, and can be gone on with.

use crate::harness::app::App;
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::server::Server;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_of_an_answer_loses_nothing_that_was_shown() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers_and_stalls("The first half of the story");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.ask("Tell me a story").await;
    app.reads("answer-text", "The first half of the story").await;
    // A kill may cost the last fraction of a second, so after a whole one nothing may be missing.
    tokio::time::sleep(Duration::from_secs(1)).await;
    app.kill();

    let app = App::open(&desktop, server.launch()).await;
    app.answer_is("interrupted").await;
    app.reads("answer-text", "The first half of the story").await;
    app.sees("notice").await;
    app.keep_picture("interrupted").await;
    server.answers(" and its end.");
    app.click("notice-action").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "and its end.").await;
    app.close();
}
