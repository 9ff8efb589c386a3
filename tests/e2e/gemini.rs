//! The main job with the mind in the cloud: drop a photo, ask, read the streamed answer, find it again.

use crate::harness::app::App;
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::drag::{Pace, Source, drag};
use crate::harness::pictures;
use crate::harness::server::Server;
use std::path::{Path, PathBuf};

const ANSWER: &str = "Four **quarters**:\n\n| place | colour |\n|---|---|\n| top left | red |\n| bottom right | yellow |\n\n\
```rust\nfn quarters() -> u32 { 4 }\n```\n\nTheir area is $\\frac{1}{4}$ each.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_photo_is_asked_about_and_found_again() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers(ANSWER);
    let photo = pictures::photo_on_its_side(desktop.home(), "假期 photo #1 100%.jpg");

    let app = App::open_at_composer(&desktop, server.launch()).await;
    let target = app.place("composer").await.middle();
    assert!(drag(&desktop, &app, Source::Nautilus, &[photo.to_str().unwrap()], Pace::Slow, target).await);
    app.attached(1).await;
    app.ask("What colours are these?").await;
    app.answer_is("complete").await;

    // The answer is Markdown, rendered: bold, a table, highlighted code, maths.
    for rendered in ["strong", "table td", "pre code", ".katex"] {
        app.until(&format!("document.querySelector('[data-testid=answer-text] {rendered}')")).await;
    }
    app.reads("answer-text", "bottom right").await;
    // The receipt names what the model received; the server saw the same: upright, in full, without the maker's name.
    app.reads("receipt", "800").await;
    app.keep_picture("answered").await;
    app.click_inside("receipt", "button").await;
    app.sees("receipt-details").await;
    app.reads("receipt-details", "1200").await;
    app.keep_picture("receipt").await;
    let sent = server.pictures_of_last_question();
    assert_eq!(sent.len(), 1);
    assert!(!sent[0].windows(6).any(|bytes| bytes == &pictures::MAKER[..6]), "the maker's name was sent");
    let picture = image::load_from_memory(&sent[0]).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (800, 1200));
    pictures::assert_upright(&picture);

    // The picture stands in the question, upright.
    let sizes = app.picture_sizes("question").await;
    assert!(sizes[0].0 < sizes[0].1, "portrait: {sizes:?}");
    let title = app.text("conversation-item").await;
    app.close();

    let app = App::open(&desktop, server.launch()).await;
    app.reads("answer-text", "bottom right").await;
    app.reads("question", "What colours are these?").await;
    assert_eq!(app.picture_sizes("question").await, sizes);
    assert_eq!(app.text("conversation-item").await, title);
    app.keep_picture("found-again").await;

    // A second question takes the first and its picture along.
    server.answers("Yellow.");
    app.ask("And which is the last?").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "Yellow.").await;
    assert_eq!(server.turns_of_last_question(), ["user", "model", "user"]);
    assert_eq!(server.pictures_of_last_question().len(), 1);
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_stopped_and_what_came_is_kept() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers_and_stalls("The beginning of");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.ask("Tell me a story").await;
    app.reads("answer-text", "The beginning of").await;
    app.keep_picture("streaming").await;
    app.click("stop").await;
    app.answer_is("stopped").await;
    app.reads("answer-text", "The beginning of").await;
    app.sees("send").await;
    app.close();

    let app = App::open(&desktop, server.launch()).await;
    app.answer_is("stopped").await;
    app.reads("answer-text", "The beginning of").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answering_again_keeps_the_earlier_version() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("The first answer.");
    server.answers("The second answer.");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.ask("Say something").await;
    app.reads("answer-text", "The first answer.").await;
    app.answer_is("complete").await;
    app.click("again").await;
    app.reads("answer-text", "The second answer.").await;
    app.answer_is("complete").await;
    app.counts("answer", 1).await;

    app.click_inside("versions", "button:first-of-type").await;
    app.reads("answer-text", "The first answer.").await;
    app.keep_picture("versions").await;
    app.close();

    // The version that was shown last is shown again.
    let app = App::open(&desktop, server.launch()).await;
    app.reads("answer-text", "The first answer.").await;
    app.click_inside("versions", "button:last-of-type").await;
    app.reads("answer-text", "The second answer.").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_can_load_nothing_and_lead_nowhere() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    // Whoever loads anything knocks here.
    let spy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    spy.set_nonblocking(true).unwrap();
    let page = format!("http://{}", spy.local_addr().unwrap());
    server.answers(&format!(
        "<script>document.title = 'taken over'</script><img src=\"{page}/spy.png\" onerror=\"document.title = 'taken over'\">\n\
         ![a picture]({page}/spy.png)\n\n[a page]({page}/page) <a href=\"{page}/raw\" target=\"_blank\">raw</a>\n\n\
         [script](javascript:document.title='taken_over') [file](file:///etc/passwd)\n\n\
         <iframe src=\"{page}/frame\"></iframe><form action=\"{page}/form\"><button>go</button></form>\n\nThe end."
    ));
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.ask("Show me").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "The end.").await;
    let dangerous = "document.querySelectorAll('[data-testid=answer-text] :is(script, iframe, form, img[src^=http], [onerror])').length";
    assert_eq!(app.evaluate(dangerous).await, 0);

    let links = app
        .evaluate("document.querySelectorAll('[data-testid=answer-text] a').length")
        .await
        .as_u64()
        .unwrap();
    assert!(links >= 1);
    for link in 0..links {
        app.evaluate(&format!("document.querySelectorAll('[data-testid=answer-text] a')[{link}].click()"))
            .await;
    }
    desktop.until_opened(1);
    app.assert_still_castor("").await;
    let opened = desktop.opened_addresses();
    assert!(opened.contains(&format!("{page}/page")), "{opened:?}");
    assert!(opened.iter().all(|address| address.starts_with("http")), "{opened:?}");
    assert_eq!(app.evaluate("document.title.includes('taken')").await, false);
    assert!(spy.accept().is_err(), "something was loaded");
    app.close();
}

/// A PDF, a sound and a video, real ones: the test server looks into them and says what it received.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_a_sound_and_a_video_are_asked_about() {
    let media = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-media");
    let names = ["a-text.pdf", "debian.mp3", "movie-hello.mp4"];
    let files: Vec<PathBuf> = names.iter().map(|name| media.join(name)).collect();
    let desktop = Desktop::start(Setup { language: "zh_CN.UTF-8", ..Setup::default() });
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let target = app.place("composer").await.middle();
    let paths: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    assert!(drag(&desktop, &app, Source::Nautilus, &paths, Pace::Slow, target).await);
    app.attached(3).await;
    app.keep_picture("media-attached").await;
    app.ask("What are these?").await;
    app.answer_is("complete").await;
    for (mime, file) in ["application/pdf", "audio/mp3", "video/mp4"].into_iter().zip(&files) {
        app.reads("answer-text", &format!("{mime}, {} bytes", file.metadata().unwrap().len())).await;
    }
    app.reads("receipt", "发送了 3 个文件").await;
    app.click_inside("receipt", "button").await;
    app.reads("receipt-details", "movie-hello.mp4").await;
    app.keep_picture("media-answered").await;
    app.click_inside("question", "button.file").await;
    app.sees("viewer").await;
    app.keep_picture("media-viewer").await;
    app.close();
}
