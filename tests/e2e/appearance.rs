//! How the window looks: both languages, both themes, narrow, usual and wide. Nothing may be cut off or stick out, and the
//! pictures are kept for people to look at.

use crate::harness::app::{App, Launch};
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::pictures;
use crate::harness::server::Server;
use test_support::gemini_server::{CodeRun, Grounded, GroundedPage, GroundedPassage, Reply, Streamed};

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
    server.replies(Reply::Answer(everything()));
    app.choose_tool("search").await;
    app.ask("What is Castor? 北河二是什么？").await;
    app.counts("answer", 2).await;
    app.answer_is("complete").await;
    app.sees("sources").await;
    for (width, height) in [(480, 800), (1180, 800), (2560, 1400)] {
        app.resize(width, height).await;
        fits(&app).await;
        app.keep_picture(&format!("look-sources-{width}")).await;
    }
    app.fill("composer", "And the sheet?").await;
    for (width, height) in [(480, 800), (2560, 1400)] {
        app.resize(width, height).await;
        app.click("tools").await;
        app.sees("tool-item").await;
        app.keep_picture(&format!("look-tools-{width}")).await;
        app.click("leaving").await;
        app.sees("leaving-price").await;
        fits(&app).await;
        app.keep_picture(&format!("look-sheet-{width}")).await;
        app.click("leaving-cancel").await;
        app.sees_no("leaving-sheet").await;
    }
    app.resize(1180, 800).await;
    for page in ["gemini", "spending", "voice"] {
        // The way to them is put away where the window is narrow.
        app.open_settings_page(page).await;
        for width in [480, 1180] {
            app.resize(width, 800).await;
            fits(&app).await;
            app.keep_picture(&format!("look-settings-{page}-{width}")).await;
        }
        desktop.press("Escape");
        app.sees_no("settings").await;
    }
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

/// An answer with everything an answer can hold beside its words.
fn everything() -> Streamed {
    let page = |number: u32| GroundedPage {
        uri: format!("https://example.test/{number}"),
        title: format!("A page with a rather long title, number {number}"),
    };
    let fact = "Castor is the second-brightest star in Gemini";
    Streamed {
        thoughts: vec!["**Looking it up** 查一下\n\nTwo pages say the same.".into()],
        code: vec![CodeRun {
            code: "print(sum(range(1, 11)))".into(),
            outcome: "OUTCOME_OK".into(),
            output: "55".into(),
        }],
        grounding: Some(Grounded {
            queries: vec!["Castor star".into()],
            pages: vec![page(1), page(2)],
            passages: vec![GroundedPassage { text: fact.into(), pages: vec![0, 1] }],
            suggestions: Some("<div><a href=\"https://search.test/q\">Castor star</a></div>".into()),
        }),
        ..Streamed::saying(format!("{fact}. 北河二是双子座第二亮的恒星。"))
    }
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
