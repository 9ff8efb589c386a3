//! The mind on this computer, with the small test model: real tokens, no network.

use crate::harness::app::{App, Launch, test_models};
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::pictures;
use crate::harness::server::Server;
use std::path::{Path, PathBuf};

/// The model the tests fetch.
const MODEL: &str = "qwen2.5-coder-0.5b-instruct";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_answered_word_by_word_and_stopped() {
    let desktop = Desktop::start(Setup::default());
    let app = App::open_at_composer(&desktop, Launch::default().with_test_model()).await;
    app.choose_model(MODEL).await;
    app.ask("What is the capital of France? Answer in one word.").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "Paris").await;
    app.reads("answer-meta", "Local").await;
    app.keep_picture("local").await;

    app.ask("Count from 1 to 500, one number on each line.").await;
    app.until(
        "Array.from(document.querySelectorAll('[data-testid=answer-text]')).at(-1).innerText.length > 10",
    )
    .await;
    app.click("stop").await;
    app.answer_is("stopped").await;
    assert!(!app.text("answer-text").await.contains("500"));
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_that_was_not_read_is_told_and_gemini_offered() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("I can see it.");
    let photo = pictures::photo(desktop.home(), "photo.jpg");
    let models = only_the_language_model(desktop.home());
    let launch = server.launch().with("CASTOR_MODELS_DIR", models.to_str().unwrap());
    let app = App::open_at_composer(&desktop, Launch { files: vec![photo], ..launch }).await;
    app.choose_model(MODEL).await;
    app.attached(1).await;
    app.ask("What is in the picture? Answer in one short sentence.").await;
    app.answer_is("complete").await;
    app.reads("receipt", "The picture was not read").await;
    app.until(
        "document.querySelector('[data-testid=picture-notice]').dataset.code === 'recognisers-missing'",
    )
    .await;
    app.keep_picture("not-read").await;
    app.click("ask-instead").await;
    app.reads("answer-text", "I can see it.").await;
    app.answer_is("complete").await;
    assert_eq!(server.pictures_of_last_question().len(), 1);
    app.close();
}

/// A folder of models without recognisers.
fn only_the_language_model(home: &Path) -> PathBuf {
    let folder = home.join("models");
    std::fs::create_dir(&folder).unwrap();
    let file = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf";
    std::os::unix::fs::symlink(test_models().join(file), folder.join(file)).unwrap();
    folder
}
