//! Asking by voice in the real window: a microphone that hears recorded speech, both minds, and what goes wrong.

use crate::harness::app::{App, Launch};
use crate::harness::desktop::{Desktop, Setup, patiently};
use crate::harness::server::Server;
use std::path::{Path, PathBuf};
use test_support::microphone::{FakeMicrophone, Shape};

/// The model the tests fetch.
pub const MODEL: &str = "qwen2.5-coder-0.5b-instruct";

/// A sentence of a recorded book: "He was not an ill-disposed young man." The word in the middle is at the edge of what Whisper base
/// understands: a little noise makes it another.
pub fn sentence() -> PathBuf {
    let name = "target/test-media/sense_and_sensibility_01_austen_64kb-0880.wav";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    assert!(path.is_file(), "{} is missing: run `make test-media` first", path.display());
    path
}

/// A start of Castor that hears this microphone.
pub fn hearing(launch: Launch, microphone: &FakeMicrophone) -> Launch {
    microphone.environment().into_iter().fold(launch, |launch, (name, value)| {
        launch.with(&name.into_string().unwrap(), value.into_string().unwrap())
    })
}

/// Holds the button while the sentence is played, and lets go.
async fn hold_and_say(app: &App<'_>, microphone: &FakeMicrophone) {
    let (x, y) = app.on_screen(app.place("talk").await.middle());
    let (x, y) = (x.to_string(), y.to_string());
    app.desktop().xdotool(&["mousemove", &x, &y, "mousedown", "1"]);
    app.sees("microphone-light").await;
    microphone.wait_until_listened_to().unwrap();
    microphone.play(&sentence()).unwrap().wait().unwrap();
    app.desktop().xdotool(&["mouseup", "1"]);
    app.sees_no("microphone-light").await;
    microphone.wait_until_left_alone().unwrap();
}

/// Taps the button and says the sentence; the recording goes on.
async fn tap_and_say(app: &App<'_>, microphone: &FakeMicrophone) {
    app.click("talk").await;
    app.sees("microphone-light").await;
    microphone.wait_until_listened_to().unwrap();
    microphone.play(&sentence()).unwrap().wait().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spoken_question_reaches_gemini_as_sound() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("A young man, then.");
    let app = App::open_at_composer(&desktop, hearing(server.launch(), &microphone)).await;
    hold_and_say(&app, &microphone).await;
    app.answer_is("complete").await;
    app.reads("answer-text", "A young man, then.").await;
    app.sees("sound").await;
    app.keep_picture("voice-gemini").await;

    // What was sent is what was said: the recogniser of this computer understands it.
    let question = server.last_question();
    let sent = &question["contents"][0]["parts"][0]["inlineData"];
    assert_eq!(sent["mimeType"], "audio/wav");
    let heard = desktop.home().join("sent.wav");
    std::fs::write(&heard, base64_bytes(sent["data"].as_str().unwrap())).unwrap();
    let mut command = desktop.command(env!("CARGO_BIN_EXE_castor"));
    command.env("CASTOR_MODELS_DIR", crate::harness::app::test_models()).arg("transcribe").arg(&heard);
    let output = command.output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(words.contains("young man"), "{words}{}", String::from_utf8_lossy(&output.stderr));
    app.close();
}

fn base64_bytes(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spoken_question_reaches_the_local_mind_in_words() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let launch = hearing(Launch::default().with_test_model(), &microphone);
    let app = App::open_at_composer(&desktop, launch).await;
    app.choose_model(MODEL).await;
    hold_and_say(&app, &microphone).await;
    app.answer_is("complete").await;
    app.until("document.querySelector('[data-testid=transcript]').innerText.includes('young man')").await;
    app.reads("receipt", "transcript").await;
    app.keep_picture("voice-local").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tap_records_until_the_next_and_the_words_can_be_corrected() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup { language: "zh_CN.UTF-8", ..Setup::default() });
    let launch = hearing(Launch::default().with_test_model(), &microphone);
    let app = App::open_at_composer(&desktop, launch).await;
    app.choose_model(MODEL).await;
    app.click("talk").await;
    app.sees("microphone-light").await;
    microphone.wait_until_listened_to().unwrap();
    let playing = microphone.play(&sentence()).unwrap();
    app.sees("recording-bar").await;
    app.keep_picture("voice-recording").await;
    playing.wait().unwrap();
    app.click("recording-done").await;
    app.sees_no("microphone-light").await;
    app.attached(1).await;
    app.until("document.querySelector('[data-testid=transcript-field]')?.value.includes('young man')").await;
    app.keep_picture("voice-draft").await;
    app.clear("transcript-field").await;
    app.fill("transcript-field", "What is two plus two? Answer with one number.").await;
    app.click("send").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "4").await;
    app.reads("transcript", "two plus two").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_microphone_the_window_says_what_to_do() {
    let microphone = FakeMicrophone::absent().unwrap();
    let desktop = Desktop::start(Setup::default());
    let app = App::open_at_composer(&desktop, hearing(Launch::default(), &microphone)).await;
    app.click("talk").await;
    app.sees("voice-fault").await;
    app.sees_no("microphone-light").await;
    app.keep_picture("voice-no-microphone").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_before_the_microphone_went_away_is_kept() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let app = App::open_at_composer(&desktop, hearing(Launch::default(), &microphone)).await;
    tap_and_say(&app, &microphone).await;
    microphone.unplug().unwrap();
    app.sees("voice-fault").await;
    app.sees_no("microphone-light").await;
    app.attached(1).await;
    app.keep_picture("voice-unplugged").await;
    app.close();
}

/// The app is killed in the middle of a recording; the next start has what was said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_outlives_a_crash() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let app = App::open_at_composer(&desktop, hearing(Launch::default(), &microphone)).await;
    tap_and_say(&app, &microphone).await;
    let folder = desktop.data().join("recordings");
    let bytes = || {
        let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        files.filter_map(|file| file.metadata().ok()).map(|about| about.len()).sum::<u64>()
    };
    patiently("the recording is on the disk", || bytes() > 100_000);
    app.kill();

    let app = App::open_at_composer(&desktop, hearing(Launch::default(), &microphone)).await;
    app.attached(1).await;
    app.sees("sound").await;
    app.keep_picture("voice-after-a-crash").await;
    assert_eq!(bytes(), 0, "the file is in the history now");
    app.close();
}
