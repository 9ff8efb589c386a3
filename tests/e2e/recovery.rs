//! Killed in the middle of an answer: what was shown is kept, marked, and can be gone on with.

use crate::harness::app::{App, Launch};
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

/// A sound too large for a request: the upload is seen, the program is killed in the middle of it, and asking again goes
/// on where it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_on_after_a_kill() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.uploads_stall();
    let sound = desktop.home().join("lecture.wav");
    let mut bytes = b"RIFF\x24\x00\x00\x02WAVEfmt \x10\0\0\0".to_vec();
    bytes.resize(40_000_000, 0);
    std::fs::write(&sound, bytes).unwrap();
    let launch = Launch { files: vec![sound], ..server.launch() };
    let app = App::open_at_composer(&desktop, launch).await;
    app.attached(1).await;
    app.ask("What is said in it?").await;
    app.until(
        "/Sending the file, [1-9]\\d* ?%/.test(document.querySelector('[data-testid=stage]').innerText)",
    )
    .await;
    app.keep_picture("uploading").await;
    app.kill();

    let app = App::open(&desktop, server.launch()).await;
    app.answer_is("interrupted").await;
    app.click("notice-action").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "Uploaded file 1").await;
    app.reads("answer-text", "40000000 bytes").await;
    app.keep_picture("uploaded").await;
    app.close();
    let uploads = server.uploads();
    assert_eq!(uploads.len(), 1, "it went on with the first upload");
    assert!(uploads[0].complete && uploads[0].arrived == 40_000_000, "{uploads:?}");
}
