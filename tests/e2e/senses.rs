//! Reading pictures on this computer: questions answered from notes with the network cut off, text copied, nothing found.

use crate::harness::app::{App, CASTOR, Launch};
use crate::harness::desktop::{Desktop, Setup, patiently};
use crate::harness::drag::{Pace, Source, drag};
use crate::harness::network::CutOffNetwork;
use crate::harness::pictures;
use crate::harness::server::Server;
use std::path::{Path, PathBuf};
use test_support::pages;

/// The model the tests fetch.
const MODEL: &str = "qwen2.5-coder-0.5b-instruct";

/// A generated page as a file.
fn page(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(format!("{name}.png"));
    std::fs::write(&path, pages::named(name).unwrap().png().unwrap()).unwrap();
    path
}

struct Asked {
    language: &'static str,
    dark: bool,
    page: &'static str,
    question: &'static str,
    price: &'static str,
    /// What the receipt under the question says.
    receipt: &'static str,
    /// A row of the picture as it is copied.
    row: &'static str,
}

/// Drops a receipt on the window, asks for a price, looks at the notes and the boxes, copies the text: all of it without a
/// network and without a key.
async fn asked_about_offline(asked: Asked) {
    let desktop = Desktop::start(Setup { language: asked.language, dark: asked.dark, ..Setup::default() });
    let network = CutOffNetwork::start();
    let receipt = page(desktop.home(), asked.page);
    let app = App::open_at_composer(&desktop, network.launch().with_test_model()).await;
    app.choose_model(MODEL).await;
    let place = app.place("composer").await.middle();
    let taken = drag(&desktop, &app, Source::Nautilus, &[receipt.to_str().unwrap()], Pace::Slow, place).await;
    assert!(taken);
    app.attached(1).await;
    // Reading goes on by itself and does not keep anyone from writing.
    app.fill("composer", asked.question).await;
    app.until("document.querySelector('[data-testid=attachment] [data-testid=copy-picture-text]')").await;
    app.keep_picture("senses-attached").await;
    app.click("send").await;
    app.answer_is("complete").await;
    app.reads("answer-text", asked.price).await;
    app.reads("receipt", asked.receipt).await;
    app.keep_picture("senses-answer").await;

    app.click_inside("receipt", "button").await;
    app.reads("receipt-notes", &asked.row.replace('\t', " | ")).await;
    app.keep_picture("senses-notes").await;
    app.click("show-in-picture").await;
    app.sees("viewer").await;
    let lines = pages::named(asked.page).unwrap().text.len() as u64;
    app.until(&format!("document.querySelectorAll('[data-testid=text-box]').length >= {lines}")).await;
    app.keep_picture("senses-boxes").await;

    desktop.copy_text("something else");
    app.click_inside("notes-panel", "[data-testid=copy-picture-text]").await;
    patiently("the text is on the clipboard", || {
        desktop.run("xclip", &["-selection", "clipboard", "-o"]).lines().any(|line| line == asked.row)
    });
    app.close();
    network.assert_untouched(&desktop);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_is_read_off_a_receipt_without_a_network() {
    asked_about_offline(Asked {
        language: "en_US.UTF-8",
        dark: false,
        page: "receipt-en",
        question: "How much is the green tea?",
        price: "4.75",
        receipt: "Read notes of the picture, not the picture",
        row: "Green tea\t4.75",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_is_read_off_a_chinese_receipt_without_a_network() {
    asked_about_offline(Asked {
        language: "zh_CN.UTF-8",
        dark: true,
        page: "receipt-zh",
        question: "合计多少钱？",
        price: "105.55",
        receipt: "依据图片识别结果回答，未直接看图",
        row: "茉莉花茶\t18.00",
    })
    .await;
}

/// Notes are for whoever wants them, with any mind and before anything is asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_is_copied_from_a_picture_that_nobody_was_asked_about() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let sign = page(desktop.home(), "notice-zh-kai");
    let launch = Launch { files: vec![sign], ..server.launch().with_test_model() };
    let app = App::open_at_composer(&desktop, launch).await;
    app.attached(1).await;
    app.until("document.querySelector('[data-testid=attachment] [data-testid=copy-picture-text]')").await;
    app.click_inside("attachment", "[data-testid=copy-picture-text]").await;
    let text = pages::named("notice-zh-kai").unwrap().text;
    patiently("the text is on the clipboard", || {
        let copied = desktop.run("xclip", &["-selection", "clipboard", "-o"]);
        let copied: Vec<String> = copied.lines().map(str::to_owned).collect();
        pages::character_error_rate(&text, &copied) < 0.03
    });
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_that_says_nothing_is_told_and_gemini_offered() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("Four coloured quarters.");
    let photo = pictures::photo(desktop.home(), "photo.jpg");
    let launch = Launch { files: vec![photo], ..server.launch().with_test_model() };
    let app = App::open_at_composer(&desktop, launch).await;
    app.choose_model(MODEL).await;
    app.attached(1).await;
    app.ask("What is in the picture?").await;
    app.answer_is("complete").await;
    app.until("document.querySelector('[data-testid=picture-notice]').dataset.code === 'nothing-found'")
        .await;
    app.keep_picture("senses-nothing-found").await;
    app.click("ask-seeing").await;
    app.reads("answer-text", "Four coloured quarters.").await;
    app.answer_is("complete").await;
    assert_eq!(server.pictures_of_last_question().len(), 1);
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_pictures_keep_their_numbers() {
    let desktop = Desktop::start(Setup::default());
    let files = ["sign-en", "sign-zh"].map(|name| page(desktop.home(), name)).into();
    let launch = Launch { files, ..Launch::default().with_test_model() };
    let app = App::open_at_composer(&desktop, launch).await;
    app.choose_model(MODEL).await;
    app.attached(2).await;
    app.ask("Which exit is on the sign in picture 1?").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "27").await;
    app.counts("picture-number", 2).await;
    app.click_inside("receipt", "button").await;
    app.counts("receipt-notes", 2).await;
    app.reads("receipt-notes", "Notes of picture 2").await;
    app.keep_picture("senses-two").await;
    app.close();
}

/// Castor's own window, dark, is a picture like any other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dark_picture_of_this_window_is_read() {
    const LINES: [&str; 6] = [
        "The ferry leaves at 9:40 from pier 7",
        "Tickets cost 12.50 for adults",
        "Dogs travel for half the price",
        "渡轮上午九点四十分开船",
        "成人票价十二元五角",
        "请提前十分钟到达码头",
    ];
    let desktop = Desktop::start(Setup { dark: true, ..Setup::default() });
    let server = Server::start().await;
    server.answers(&LINES.join("\n\n"));
    let app = App::open_at_composer(&desktop, server.launch()).await;
    app.ask("When does it leave?").await;
    app.answer_is("complete").await;
    let file = desktop.home().join("window.png");
    app.look().await.save(&file).unwrap();
    app.close();

    let Launch { variables, .. } = Launch::default().with_test_model();
    let output = desktop.command(CASTOR).envs(variables).arg("read").arg(&file).output().unwrap();
    let read = String::from_utf8(output.stdout).unwrap();
    let missing: Vec<&str> =
        LINES.into_iter().filter(|line| !spaceless(&read).contains(&spaceless(line))).collect();
    assert_eq!(missing, Vec::<&str>::new(), "in {read}");
}

fn spaceless(text: &str) -> String {
    text.split_whitespace().collect()
}
