//! Answers read aloud in the real window, and conversations by voice: what comes out of the speaker is recorded and
//! understood again, and the microphone hears the speaker as it would on a desk.

use crate::harness::app::{App, Launch, test_models};
use crate::harness::desktop::{Desktop, Setup, patiently};
use crate::harness::server::Server;
use crate::voice::{MODEL, hearing, sentence};
use std::path::Path;
use std::time::Duration;
use test_support::microphone::{FakeMicrophone, Shape};

/// A start with a speaker and the voice of this computer.
fn speaking(launch: Launch, microphone: &FakeMicrophone) -> Launch {
    hearing(launch.with_test_model(), microphone)
}

/// What is said in a sound file, as the recogniser of this computer understands it.
fn words_in(desktop: &Desktop, sound: &Path) -> String {
    let mut command = desktop.command(env!("CARGO_BIN_EXE_castor"));
    let output =
        command.env("CASTOR_MODELS_DIR", test_models()).arg("transcribe").arg(sound).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().to_lowercase()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_read_aloud_without_its_code() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers(
        "The **blue folder** is on the table.\n\n```python\nprint('umbrella')\n```\n\nPlease bring it on Tuesday.",
    );
    let app = App::open_at_composer(&desktop, speaking(server.launch(), &microphone)).await;
    app.ask("Where is the folder?").await;
    app.answer_is("complete").await;
    app.sees_no("stop-reading").await;
    let path = desktop.home().join("heard.wav");
    let listening = microphone.listen(&path).unwrap();
    app.click("read-aloud").await;
    app.sees("stop-reading").await;
    app.keep_picture("speaking").await;
    app.sees_no("stop-reading").await;
    listening.end().unwrap();
    let words = words_in(&desktop, &path);
    assert!(words.contains("blue folder") && words.contains("tuesday"), "{words}");
    assert!(!words.contains("umbrella") && !words.contains("print"), "{words}");
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chinese_answer_is_read_aloud_in_chinese() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup { language: "zh_CN.UTF-8", ..Setup::default() });
    let server = Server::start().await;
    server.answers("今天下午三点我们在会议室开会，请带上你的电脑。");
    let app = App::open_at_composer(&desktop, speaking(server.launch(), &microphone)).await;
    app.ask("什么时候开会？").await;
    app.answer_is("complete").await;
    let path = desktop.home().join("heard.wav");
    let listening = microphone.listen(&path).unwrap();
    app.click("read-aloud").await;
    app.sees("stop-reading").await;
    app.sees_no("stop-reading").await;
    listening.end().unwrap();
    let words = words_in(&desktop, &path);
    assert!(words.contains("下午") && words.contains("电脑"), "{words}");
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_aloud_stops_at_once() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers(&"It is a truth that is known to everyone in the whole country. ".repeat(12));
    let app = App::open_at_composer(&desktop, speaking(server.launch(), &microphone)).await;
    app.ask("What is known?").await;
    app.answer_is("complete").await;
    app.click("read-aloud").await;
    app.sees("stop-reading").await;
    microphone.wait_until_played_to().unwrap();
    app.desktop().xdotool(&["key", "Escape"]);
    app.sees_no("stop-reading").await;
    microphone.wait_until_silent().unwrap();
    app.close();
}

/// The microphone hears what the speaker says, as in a room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_goes_to_and_fro_and_castor_never_answers_itself() {
    let microphone = FakeMicrophone::in_a_room(60).unwrap();
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("He was a young man of good character. Shall I tell you more about his family?");
    let app = App::open_at_composer(&desktop, speaking(server.launch(), &microphone)).await;
    app.click("conversation-mode").await;
    app.until(&state_is("listening")).await;
    app.keep_picture("conversation-listening").await;
    microphone.wait_until_listened_to().unwrap();
    microphone.play(&sentence()).unwrap().wait().unwrap();
    app.until(&state_is("speaking")).await;
    app.keep_picture("conversation-speaking").await;
    app.until(&state_is("listening")).await;
    assert_eq!(app.count("stop-reading").await, 0, "it was read to its end");
    // Longer than the silence that ends a question: its own voice would have become one by now.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(server.questions(), 1, "Castor answered its own voice");

    microphone.play(&sentence()).unwrap().wait().unwrap();
    patiently("the second question is asked", || server.questions() == 2);
    app.until(&state_is("listening")).await;
    app.click("conversation-end").await;
    app.sees_no("microphone-light").await;
    app.counts("answer", 2).await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_with_the_local_mind_needs_no_network() {
    let microphone = FakeMicrophone::in_a_room(60).unwrap();
    let desktop = Desktop::start(Setup::default());
    // Whatever would leave finds nobody.
    let launch =
        speaking(Launch::default(), &microphone).with("CASTOR_GEMINI_BASE_URL", "http://127.0.0.1:9");
    let app = App::open_at_composer(&desktop, launch).await;
    app.choose_model(MODEL).await;
    app.click("conversation-mode").await;
    microphone.wait_until_listened_to().unwrap();
    microphone.play(&sentence()).unwrap().wait().unwrap();
    app.until(&state_is("speaking")).await;
    app.until("document.querySelector('[data-testid=answer-text]').innerText.length > 10").await;
    app.click("conversation-end").await;
    app.sees_no("microphone-light").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_speaks_interrupts() {
    let microphone = FakeMicrophone::in_a_room(60).unwrap();
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers(&"It is a truth that is known to everyone in the whole country. ".repeat(12));
    let app = App::open_at_composer(&desktop, speaking(server.launch(), &microphone)).await;
    app.click("conversation-mode").await;
    microphone.wait_until_listened_to().unwrap();
    microphone.play(&sentence()).unwrap().wait().unwrap();
    app.until(&state_is("speaking")).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.answers("Yes.");
    microphone.play(&sentence()).unwrap().wait().unwrap();
    patiently("what was said over it is a question", || server.questions() == 2);
    app.until(&state_is("listening")).await;
    app.click("conversation-end").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_voice_the_window_says_what_to_do() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("Hello.");
    // No models, and nothing that leads to the system's voices.
    let launch = hearing(server.launch(), &microphone).with("SPEECHD_ADDRESS", "none");
    let app = App::open_at_composer(&desktop, launch).await;
    app.ask("Hello?").await;
    app.answer_is("complete").await;
    app.click("read-aloud").await;
    app.sees("voiceless").await;
    app.keep_picture("speaking-no-voice").await;
    app.close();
}

fn state_is(state: &str) -> String {
    format!("document.querySelector('[data-testid=conversation-state]')?.dataset.state === '{state}'")
}
