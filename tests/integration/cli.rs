//! The command line as a shell sees it: output, exit codes, no display.

use serde_json::{Value, json};
use std::process::{Command, Output};
use test_support::gemini_server::{BAD_KEY, End, Failure, Reply, Streamed};
use test_support::{GeminiServer, ThrowawayProfile};

/// The program, in a home of its own, without a display.
fn castor(profile: &ThrowawayProfile) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castor"));
    profile
        .apply(&mut command)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .current_dir(profile.home());
    command
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn help_and_version_need_no_display() {
    let profile = ThrowawayProfile::new().unwrap();
    let output = castor(&profile).arg("--version").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(printed(&output), concat!("castor ", env!("CARGO_PKG_VERSION"), "\n"));

    for arguments in [&["--help"][..], &["ask", "--help"]] {
        let output = castor(&profile).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let help = printed(&output);
        for exit_code in 0..=8 {
            assert!(
                help.contains(&format!("  {exit_code}  ")),
                "{arguments:?} explains exit code {exit_code}"
            );
        }
    }
}

/// The toolkit would panic.
#[cfg(target_os = "linux")]
#[test]
fn without_a_screen_the_window_says_so() {
    let profile = ThrowawayProfile::new().unwrap();
    let output = castor(&profile).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).starts_with("castor: there is no screen"), "{}", complained(&output));
}

#[test]
fn wrong_usage_is_told() {
    let profile = ThrowawayProfile::new().unwrap();
    for arguments in [&["ask"][..], &["ask", "--mind", "third", "Who are you?"], &["models", "paint"]] {
        let output = castor(&profile).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(printed(&output), "");
        assert!(complained(&output).contains("--help"), "{arguments:?}");
    }
}

/// Answers as the API does, and says how `castor ask` took it.
async fn asked(reply: Reply, arguments: &[&str]) -> Output {
    let server = GeminiServer::start().await.unwrap();
    server.script([reply]);
    ask_at(&server.base_url(), arguments).await
}

async fn ask_at(base_url: &str, arguments: &[&str]) -> Output {
    let profile = ThrowawayProfile::new().unwrap();
    let mut command = castor(&profile);
    command.env("GEMINI_API_KEY", "a-key").args(["ask", "--base-url", base_url]).args(arguments);
    finished(command).await
}

/// Runs to the end without holding up the server, which lives in this process.
async fn finished(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_answer_streams_to_standard_output() {
    let output =
        asked(Reply::Answer(Streamed::saying("Two plus two is **four**.")), &["What is 2 + 2?"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    assert_eq!(printed(&output), "Two plus two is **four**.\n");
    assert_eq!(complained(&output), "");
}

#[tokio::test]
async fn a_picture_goes_along_and_the_receipt_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("假期 #1 100%.png");
    image::RgbImage::from_pixel(320, 200, image::Rgb([200, 40, 40])).save(&picture).unwrap();
    let server = GeminiServer::start().await.unwrap();
    let arguments = ["--json", picture.to_str().unwrap(), "What colour is this?"];
    let output = ask_at(&server.base_url(), &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));

    let answer: Value = serde_json::from_str(&printed(&output)).unwrap();
    assert_eq!(answer["status"], "complete");
    assert_eq!(answer["model"]["mind"], "gemini");
    let delivered = &answer["receipt"]["delivered"][0];
    assert_eq!((&delivered["width"], &delivered["height"]), (&json!(320), &json!(200)));
    // The test server says what it received.
    let text = answer["parts"][0]["text"].as_str().unwrap();
    assert!(text.contains("What colour is this?") && text.contains("320 × 200"), "{text}");
}

#[tokio::test]
async fn the_question_can_come_through_a_pipe() {
    let profile = ThrowawayProfile::new().unwrap();
    let server = GeminiServer::start().await.unwrap();
    let question = profile.home().join("question.txt");
    std::fs::write(&question, "Who is\nPollux?\n").unwrap();
    let mut command = castor(&profile);
    command.env("GOOGLE_API_KEY", "a-key").args(["ask", "--base-url", &server.base_url(), "-"]);
    command.stdin(std::fs::File::open(&question).unwrap());
    let output = finished(command).await;
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    assert!(printed(&output).contains("Who is Pollux?"));

    let mut command = castor(&profile);
    command.env("GOOGLE_API_KEY", "a-key").args(["ask", "--base-url", &server.base_url(), "-"]);
    let output = finished(command).await;
    assert_eq!(output.status.code(), Some(7), "an empty pipe is no question");
}

#[tokio::test]
async fn each_way_to_fail_has_its_exit_code() {
    let location = Reply::Refuse(Failure::Location);
    assert_eq!(asked(location, &["Hello?"]).await.status.code(), Some(1));
    let blocked = Reply::BlockedPrompt { reason: "PROHIBITED_CONTENT".into() };
    assert_eq!(asked(blocked, &["Hello?"]).await.status.code(), Some(5));

    let cut_off = Reply::Answer(Streamed::saying("Half of it").ending(End::Truncated { after: 1 }));
    let output = asked(cut_off, &["Hello?"]).await;
    assert_eq!(output.status.code(), Some(8));
    assert_eq!(printed(&output), "Half of it\n", "what came is kept");

    let output = asked(Reply::default(), &["no such file.png", "What is this?"]).await;
    assert_eq!(output.status.code(), Some(7));
    assert!(complained(&output).contains("no such file.png"));

    // A port nobody listens on any more.
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(ask_at(&format!("http://{unused}"), &["Hello?"]).await.status.code(), Some(4));
}

#[tokio::test]
async fn keys_that_are_missing_or_wrong_have_an_exit_code_and_a_sentence() {
    let server = GeminiServer::start().await.unwrap();
    let profile = ThrowawayProfile::new().unwrap();
    for key in [None, Some(BAD_KEY)] {
        let mut command = castor(&profile);
        command.args(["ask", "--mind", "gemini", "--base-url", &server.base_url(), "Hello?"]);
        if let Some(key) = key {
            command.env("GEMINI_API_KEY", key);
        }
        let output = finished(command).await;
        assert_eq!(output.status.code(), Some(3), "{key:?}: {}", complained(&output));
        assert!(complained(&output).contains("key"), "{key:?}");
    }
}

#[test]
fn a_local_model_that_is_not_here_has_an_exit_code() {
    let profile = ThrowawayProfile::new().unwrap();
    let output = castor(&profile).args(["ask", "--mind", "local", "Hello?"]).output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", complained(&output));
    assert!(complained(&output).contains("castor models fetch"));
}

/// Real tokens from the small model, about a file, with no network and no key.
#[test]
fn the_local_mind_answers_about_a_text() {
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-models");
    let models = models.canonicalize().expect("make test-models brings the local model the tests use");
    let profile = ThrowawayProfile::new().unwrap();
    let notes = profile.home().join("notes.txt");
    std::fs::write(
        &notes,
        "The meeting is on Friday at ten o'clock in the room Aquarius. Bring the report.\n",
    )
    .unwrap();
    let output = castor(&profile)
        .env("CASTOR_MODELS_DIR", models)
        .args(["ask", "--mind", "local", "--model", "qwen2.5-coder-0.5b-instruct", "notes.txt"])
        .arg("In which room is the meeting? Answer with the name of the room only.")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    assert!(printed(&output).contains("Aquarius"), "{}", printed(&output));
}
