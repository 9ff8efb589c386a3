//! The self-test in the real window.

use crate::harness::app::App;
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::server::Server;
use crate::voice::hearing;
use test_support::microphone::{FakeMicrophone, Shape};

/// What a row says: its state and code.
async fn row(app: &App<'_>, subject: &str) -> (String, String) {
    let row =
        format!("document.querySelector('[data-testid=self-test-row][data-subject={subject}]').dataset");
    let text = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (text(app.evaluate(&format!("{row}.state")).await), text(app.evaluate(&format!("{row}.code")).await))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_layer_is_tried_and_named() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, hearing(server.launch(), &microphone)).await;
    app.open_settings_page("self-test").await;
    app.sees("self-test").await;
    app.click("self-test-run").await;
    app.sees("self-test-summary").await;
    app.until("Array.from(document.querySelectorAll('[data-testid=self-test-row]')).every(row => !['untried', 'trying'].includes(row.dataset.state))").await;
    app.keep_picture("self-test").await;
    let works = |state: &str| (state.to_owned(), "works".to_owned());
    for subject in ["speaker", "screen", "video", "key", "network", "storage"] {
        assert_eq!(row(&app, subject).await, works("ok"), "{subject}");
    }
    assert_eq!(row(&app, "microphone").await, ("warning".into(), "microphone-silent".into()));
    assert_eq!(row(&app, "camera").await, ("warning".into(), "camera-none".into()));
    assert_eq!(row(&app, "local-model").await, ("warning".into(), "model-none".into()));
    app.close();
}
