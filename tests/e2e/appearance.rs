//! How the window looks: both languages, both themes, narrow, usual and wide. Nothing may be cut off or stick out, and the
//! pictures are kept for people to look at.

use crate::harness::app::{App, Launch};
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::pictures;
use crate::harness::server::Server;

const ANSWER: &str = "## Four quarters 四个色块\n\nThe picture is divided into **four** parts, 每一块都是纯色:\n\n\
| place 位置 | colour 颜色 | share |\n|---|---|---:|\n| top left 左上 | red 红 | 25 % |\n| bottom right 右下 | yellow 黄 | 25 % |\n\n\
1. Start at the top left.\n2. Go on `clockwise`.\n\n```python\ndef quarters(width, height):\n    return [(x, y) for x in (0, width // 2) for y in (0, height // 2)]\n```\n\n\
Their area: $$A = \\frac{w \\cdot h}{4}$$";

async fn looks(language: &'static str, dark: bool) {
    let desktop = Desktop::start(Setup { keychain: true, language, dark, ..Setup::default() });
    let server = Server::start().await;
    let app = App::open(&desktop, server.launch_without_key()).await;
    for width in [480, 1180] {
        app.resize(width, 800).await;
        fits(&app).await;
        app.keep_picture(&format!("look-first-run-{width}")).await;
    }
    app.close();

    server.answers(ANSWER);
    let photo = pictures::photo(desktop.home(), "假期 photo #1 100%.jpg");
    let launch = Launch { files: vec![photo.clone()], ..server.launch() };
    let app = App::open_at_composer(&desktop, launch).await;
    app.attached(1).await;
    for (width, height) in [(480, 800), (1180, 800), (2560, 1400)] {
        app.resize(width, height).await;
        fits(&app).await;
        app.keep_picture(&format!("look-empty-{width}")).await;
    }
    app.ask("What colours are these? 这是什么颜色？").await;
    app.answer_is("complete").await;
    app.picture_sizes("question").await;
    for (width, height) in [(480, 800), (1180, 800), (2560, 1400)] {
        app.resize(width, height).await;
        fits(&app).await;
        app.keep_picture(&format!("look-answer-{width}")).await;
    }
    app.resize(1180, 800).await;
    app.click("open-settings").await;
    app.sees("settings").await;
    app.keep_picture("look-settings").await;
    desktop.press("Escape");
    app.sees_no("settings").await;
    app.click("open-models").await;
    app.sees("model-row").await;
    app.keep_picture("look-models").await;
    app.close();
}

/// Nothing makes the page scroll sideways, and the page speaks the language and wears the theme of the system.
async fn fits(app: &App<'_>) {
    app.until("document.documentElement.scrollWidth <= innerWidth").await;
    let language = &app.desktop().setup().language[..2];
    assert_eq!(app.evaluate("document.documentElement.lang.slice(0, 2)").await, language);
    let background = app.look().await;
    let dark = background.get_pixel(background.width() - 2, background.height() / 2).0[0] < 128;
    assert_eq!(dark, app.desktop().setup().dark, "the theme");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn english_light() {
    looks("en_US.UTF-8", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn english_dark() {
    looks("en_US.UTF-8", true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chinese_light() {
    looks("zh_CN.UTF-8", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chinese_dark() {
    looks("zh_CN.UTF-8", true).await;
}
