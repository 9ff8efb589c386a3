//! What leaves this computer: shown before, painted over, held back, locked in; and what it costs.

use crate::harness::app::App;
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::drag::{Pace, Source, drag};
use crate::harness::network::CutOffNetwork;
use crate::harness::pictures;
use crate::harness::server::{KEY, Server};

/// Whether the server got a question, or anything of one.
fn heard(server: &Server) -> bool {
    server.requests().iter().any(|request| request.path.contains(':') || request.path.contains("upload"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_picture_leaves_only_after_the_sheet() {
    let desktop = Desktop::start(Setup { knows_what_leaves: false, ..Setup::default() });
    let server = Server::start().await;
    let photo = pictures::photo_on_its_side(desktop.home(), "photo.jpg");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let target = app.place("composer").await.middle();
    assert!(drag(&desktop, &app, Source::Nautilus, &[photo.to_str().unwrap()], Pace::Slow, target).await);
    app.attached(1).await;
    app.fill("composer", "What colours are these?").await;
    desktop.press("Return");
    app.sees("leaving-sheet").await;
    app.reads("leaving-sheet", "photo.jpg").await;
    app.reads("leaving-host", "127.0.0.1").await;
    app.keep_picture("sheet").await;
    assert!(!heard(&server), "nothing leaves before the sheet was seen");
    app.click("leaving-cancel").await;
    app.sees_no("leaving-sheet").await;
    assert!(!heard(&server));
    assert_eq!(
        app.evaluate("document.querySelector('[data-testid=composer]').value").await,
        "What colours are these?"
    );

    desktop.press("Return");
    app.click("leaving-send").await;
    app.answer_is("complete").await;
    assert_eq!(server.pictures_of_last_question().len(), 1);
    // From now on it is known.
    app.ask("And now?").await;
    app.answer_is("complete").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_painted_over_is_black_in_what_is_sent() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let photo = pictures::png(desktop.home(), "plan.png", 400, 300);
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let target = app.place("composer").await.middle();
    assert!(drag(&desktop, &app, Source::Nautilus, &[photo.to_str().unwrap()], Pace::Slow, target).await);
    app.attached(1).await;
    app.click_inside("attachment", "button").await;
    app.sees("viewer").await;
    app.click("redact").await;
    app.sees("redact-area").await;
    app.evaluate("document.querySelector('[data-testid=redact-tool][data-tool=rectangle]').click()").await;
    // The top left quarter and a little more, with the real mouse.
    let picture = app.place("viewer-picture").await;
    let at = |x: f64, y: f64| app.on_screen((picture.x + picture.width * x, picture.y + picture.height * y));
    desktop.pull_mouse(at(0.02, 0.02), at(0.55, 0.55));
    app.keep_picture("redacting").await;
    app.click("redact-apply").await;
    app.sees_no("redact-area").await;
    desktop.press("Escape");
    app.sees_no("viewer").await;
    app.ask("What is on the plan?").await;
    app.answer_is("complete").await;

    let sent = server.pictures_of_last_question();
    assert_eq!(sent.len(), 1);
    let picture = image::load_from_memory(&sent[0]).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (400, 300));
    for (x, y) in [(30, 30), (100, 75), (190, 140)] {
        assert_eq!(picture.get_pixel(x, y).0, [0, 0, 0], "{x}, {y}");
    }
    assert_eq!(*picture.get_pixel(350, 250), pictures::CORNERS[3], "the rest is as it was");
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_conversation_reaches_no_network() {
    let desktop = Desktop::start(Setup::default());
    let network = CutOffNetwork::start();
    let launch = network.launch().with("GEMINI_API_KEY", KEY).with_test_model();
    let app = App::open_at_composer(&desktop, launch).await;
    network.forget_the_start();
    app.click("local-lock").await;
    app.until("document.querySelector('[data-testid=local-lock]').getAttribute('aria-pressed') === 'true'")
        .await;
    app.keep_picture("locked").await;
    app.ask("What is the capital of France? Answer in one word.").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "Paris").await;
    app.reads("answer-meta", "Local").await;
    // Asked past the window's own care, Rust refuses.
    let refused = app
        .evaluate_async(
            "(async () => { try {
                const invoke = window.__TAURI_INTERNALS__.invoke;
                const [conversation] = await invoke('conversations');
                const action = { type: 'new', parent: null, text: 'leak', attachments: [] };
                const model = { mind: 'gemini', id: 'gemini-3.8-flash' };
                const options = { thinking: null, search: false, readLinks: false, runCode: false, schema: null };
                const request = { conversation: conversation.id, model, action, options, localOnly: false };
                await invoke('preview', { request, count: true });
                return 'it was let through';
            } catch (error) { return error.code ?? String(error); } })()",
        )
        .await;
    assert_eq!(refused, "local-only");
    network.assert_untouched(&desktop);
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_with_a_key_in_it_is_held_back() {
    let desktop = Desktop::start(Setup { language: "zh_CN.UTF-8", ..Setup::default() });
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let question = "为什么这个密钥不行：ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    app.fill("composer", question).await;
    desktop.press("Return");
    app.sees("secrets").await;
    app.keep_picture("secrets").await;
    assert!(!heard(&server));
    app.click("secrets-keep").await;
    app.sees_no("secrets").await;
    assert_eq!(app.evaluate("document.querySelector('[data-testid=composer]').value").await, question);
    desktop.press("Return");
    app.click("secrets-send").await;
    app.answer_is("complete").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_added_up_and_its_cap_kept() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    // Five cents were spent in a conversation that is gone.
    let history = history::History::open(&desktop.data()).unwrap();
    let model = conversation::ModelRef { mind: conversation::Mind::Gemini, id: "gemini-3.8-flash".into() };
    let (message, conversation) = (conversation::MessageId::new(), conversation::ConversationId::new());
    let spend = history::Spend { message, conversation, model: &model, micro_usd: Some(50_000) };
    history.spend(&spend, None).unwrap();
    drop(history);

    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.ask("Why?").await;
    app.answer_is("complete").await;
    app.reads("answer-meta", "$0.00").await;
    app.open_settings_page("spending").await;
    app.reads("spending-total", "$0.05").await;
    app.fill("cap-input", "0.05").await;
    app.click("cap-save").await;
    app.keep_picture("spending").await;
    desktop.press("Escape");
    app.sees_no("settings").await;
    let asked = server.requests().len();
    app.ask("And now?").await;
    app.answer_is("failed").await;
    app.until("Array.from(document.querySelectorAll('[data-testid=notice]')).at(-1)?.dataset.code === 'spending-cap'").await;
    app.keep_picture("cap").await;
    let questions =
        server.requests()[asked..].iter().filter(|request| request.path.contains(":stream")).count();
    assert_eq!(questions, 0, "nothing is sent beyond the cap");
    app.close();
}
