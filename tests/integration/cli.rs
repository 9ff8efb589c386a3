//! The command line as a shell sees it: output, exit codes, no display.

use serde_json::{Value, json};
use std::process::{Command, Output};
use test_support::gemini_server::{BAD_KEY, End, Failure, Reply, Streamed};
use test_support::{GeminiServer, ThrowawayProfile};

/// The program, in a home of its own, without a display.
pub(crate) fn castor(profile: &ThrowawayProfile) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castor"));
    profile
        .apply(&mut command)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .current_dir(profile.home());
    command
}

pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn complained(output: &Output) -> String {
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

pub(crate) async fn ask_at(base_url: &str, arguments: &[&str]) -> Output {
    let profile = ThrowawayProfile::new().unwrap();
    let mut command = castor(&profile);
    command.env("GEMINI_API_KEY", "a-key").args(["ask", "--base-url", base_url]).args(arguments);
    finished(command).await
}

/// All text of an answer.
pub(crate) fn said(answer: &Value) -> String {
    let parts = answer["parts"].as_array().unwrap().iter();
    parts.filter(|part| part["type"] == "text").map(|part| part["text"].as_str().unwrap()).collect()
}

/// Runs to the end without holding up the server, which lives in this process.
pub(crate) async fn finished(mut command: Command) -> Output {
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
    let text = said(&answer);
    assert!(text.contains("What colour is this?") && text.contains("320 × 200"), "{text}");
}

/// Real files of each kind; the test server looks into them and says what it received.
#[tokio::test]
async fn documents_sound_and_video_go_along() {
    let media = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-media");
    let names =
        ["a-text.pdf", "debian.wav", "debian.mp3", "debian.ogg", "movie-hello.mp4", "movie-hello.avi"];
    let files = names.map(|name| media.join(name));
    assert!(files.iter().all(|file| file.is_file()), "make test-media brings them");
    let server = GeminiServer::start().await.unwrap();
    let mut arguments = vec!["--json"];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    arguments.push("What are these?");
    let output = ask_at(&server.base_url(), &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let answer: Value = serde_json::from_str(&printed(&output)).unwrap();
    let text = said(&answer);
    let mimes = ["application/pdf", "audio/wav", "audio/mp3", "audio/ogg", "video/mp4", "video/avi"];
    for (number, (file, mime)) in files.iter().zip(mimes).enumerate() {
        let line = format!("- File {}: `{mime}`, {} bytes", number + 1, file.metadata().unwrap().len());
        assert!(text.contains(&line), "{line} in {text}");
    }
}

/// Larger than a request may be: it is uploaded ahead, and only once.
#[tokio::test]
async fn a_large_sound_is_uploaded_once() {
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("long.wav");
    let mut bytes = b"RIFF\x24\x00\x00\x02WAVEfmt \x10\0\0\0".to_vec();
    bytes.resize(30_000_000, 0);
    std::fs::write(&sound, bytes).unwrap();
    let server = GeminiServer::start().await.unwrap();
    let profile = ThrowawayProfile::new().unwrap();
    for _ in 0..2 {
        let mut command = castor(&profile);
        command.env("GEMINI_API_KEY", "a-key").args(["ask", "--json", "--base-url", &server.base_url()]);
        command.arg(&sound).arg("What is said?");
        let output = finished(command).await;
        assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
        let answer: Value = serde_json::from_str(&printed(&output)).unwrap();
        assert_eq!(answer["receipt"]["delivered"][0]["bytes"], 30_000_000);
        let text = said(&answer);
        assert!(text.contains("Uploaded file 1") && text.contains("30000000"), "{text}");
    }
    assert_eq!(server.uploads().len(), 1);
}

#[test]
fn a_document_is_not_for_a_mind_that_only_reads_text_and_that_is_said() {
    let profile = ThrowawayProfile::new().unwrap();
    std::fs::write(profile.home().join("a.pdf"), b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n").unwrap();
    let output = castor(&profile)
        .env("CASTOR_MODELS_DIR", test_models())
        .args([
            "ask",
            "--json",
            "--mind",
            "local",
            "--model",
            "qwen2.5-coder-0.5b-instruct",
            "a.pdf",
            "Hello?",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let answer: Value = serde_json::from_str(&printed(&output)).unwrap();
    assert_eq!(answer["receipt"]["omitted"][0]["reason"], "model-cannot-open");
    assert!(complained(&output).contains("Ask with --mind gemini"), "{}", complained(&output));
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
    let blocked = Reply::BlockedPrompt { reason: "PROHIBITED_CONTENT".into(), ratings: Vec::new() };
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
    let models = test_models();
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

/// The folder with the small model and the recognisers.
fn test_models() -> std::path::PathBuf {
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-models");
    models.canonicalize().expect("make test-models brings what the tests use")
}

#[test]
fn models_and_recognisers_are_listed_and_unknown_ones_are_refused() {
    let profile = ThrowawayProfile::new().unwrap();
    let output = castor(&profile).args(["models", "list"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let listed = printed(&output);
    for line in [
        "qwen2.5-coder-1.5b-instruct\tQwen2.5 Coder 1.5B\tnot here, 1118 MB",
        "picture-reading\tPicture reading\tnot here, 51 MB",
        "picture-reading-light\tPicture reading, light\tnot here, 23 MB",
    ] {
        assert!(listed.lines().any(|each| each == line), "{line} is not in\n{listed}");
    }

    for action in ["fetch", "remove"] {
        let output = castor(&profile).args(["models", action, "none"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{action}");
        assert_eq!(complained(&output), "castor: there is no model `none`\n", "{action}");
    }
}

/// No network is needed for what is here.
#[test]
fn recognisers_that_are_here_are_ready_and_their_files_are_named() {
    let profile = ThrowawayProfile::new().unwrap();
    let models = test_models();
    let on_models = |arguments: &[&str]| {
        castor(&profile).env("CASTOR_MODELS_DIR", &models).args(arguments).output().unwrap()
    };
    let listed = printed(&on_models(&["models", "list"]));
    for set in ["picture-reading", "picture-reading-light"] {
        let ready =
            listed.lines().any(|line| line.starts_with(&format!("{set}\t")) && line.ends_with("\tready"));
        assert!(ready, "make test-models brings {set}; found\n{listed}");
        let output = on_models(&["models", "fetch", set]);
        assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
        let files = printed(&output);
        assert_eq!(files.lines().count(), 4, "{files}");
        assert!(files.lines().all(|file| std::path::Path::new(file).is_file()), "{files}");
    }
}

#[cfg(unix)]
#[test]
fn removing_one_set_of_recognisers_leaves_the_other_whole() {
    let profile = ThrowawayProfile::new().unwrap();
    let folder = profile.home().join("models");
    std::fs::create_dir(&folder).unwrap();
    for file in std::fs::read_dir(test_models()).unwrap().map(|entry| entry.unwrap().path()) {
        // Links: nothing is copied, and only links are removed.
        if file.extension().is_some_and(|extension| extension == "onnx" || extension == "pth") {
            std::os::unix::fs::symlink(&file, folder.join(file.file_name().unwrap())).unwrap();
        }
    }
    let run = |arguments: &[&str]| {
        castor(&profile).env("CASTOR_MODELS_DIR", &folder).args(arguments).output().unwrap()
    };
    assert_eq!(run(&["models", "remove", "picture-reading"]).status.code(), Some(0));
    let listed = printed(&run(&["models", "list"]));
    assert!(listed.contains("picture-reading-light\tPicture reading, light\tready\n"), "{listed}");
    // What it shares with the other set is still here.
    assert!(listed.contains("picture-reading\tPicture reading\t20 MB of 51 MB here\n"), "{listed}");
}

/// A generated page as a file in the profile's home.
fn page(profile: &ThrowawayProfile, name: &str) -> std::path::PathBuf {
    let path = profile.home().join(format!("{name}.png"));
    std::fs::write(&path, test_support::pages::named(name).unwrap().png().unwrap()).unwrap();
    path
}

fn read(profile: &ThrowawayProfile, arguments: &[&str]) -> Output {
    castor(profile).env("CASTOR_MODELS_DIR", test_models()).arg("read").args(arguments).output().unwrap()
}

#[test]
fn the_text_of_a_picture_is_printed() {
    let profile = ThrowawayProfile::new().unwrap();
    let file = page(&profile, "receipt-en");
    let output = read(&profile, &[file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    assert!(printed(&output).lines().any(|line| line == "Green tea\t4.75"), "{}", printed(&output));

    let output = read(&profile, &["--json", file.to_str().unwrap()]);
    let notes: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&notes["width"], &notes["height"], &notes["kind"]),
        (&460.into(), &760.into(), &"document".into())
    );
    let line =
        notes["lines"].as_array().unwrap().iter().find(|line| line["text"] == "CORNER GROCERY").unwrap();
    assert!(line["score"].as_f64().unwrap() > 0.9, "{line}");
    let corners = line["corners"].as_array().unwrap();
    assert_eq!(corners.len(), 4);
    let at = |corner: usize, side: &str| corners[corner][side].as_f64().unwrap();
    assert!(at(0, "x") < 110.0 && at(1, "x") > 340.0 && at(0, "y") < 50.0 && at(2, "y") > 55.0, "{line}");
}

#[test]
fn photos_of_telephones_are_read_upright_and_say_when_they_hold_no_text() {
    let profile = ThrowawayProfile::new().unwrap();
    let media = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-media");
    let photo = media.join("arrow.heic");
    assert!(photo.is_file(), "make test-media brings {}", photo.display());
    let notes = read(&profile, &["--json", photo.to_str().unwrap()]);
    let notes: serde_json::Value = serde_json::from_slice(&notes.stdout).unwrap();
    assert_eq!((&notes["width"], &notes["height"]), (&3024.into(), &4032.into()));

    let output = read(&profile, &[media.join("chelsea.png").to_str().unwrap()]);
    assert_eq!((output.status.code(), printed(&output).as_str()), (Some(0), ""));
    assert_eq!(complained(&output), "castor: no text was found in this picture\n");
}

#[test]
fn files_that_are_no_pictures_are_refused_in_words() {
    let profile = ThrowawayProfile::new().unwrap();
    let media = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-media");
    let (empty, text) = (profile.home().join("empty.png"), profile.home().join("text.png"));
    std::fs::write(&empty, b"").unwrap();
    std::fs::write(&text, b"This is not a picture.").unwrap();
    let bad = [
        empty,
        text,
        profile.home().join("absent.png"),
        profile.home().to_owned(),
        media.join("truncated.heic"),
        media.join("corrupted.heic"),
        media.join("decompression_bomb.gif"),
    ];
    for file in bad {
        let output = read(&profile, &[file.to_str().unwrap()]);
        let words = complained(&output);
        assert_eq!(output.status.code(), Some(7), "{}: {words}", file.display());
        assert!(words.starts_with(&format!("castor: {}: ", file.display())), "{words}");
        assert!(!words.contains("panicked") && words.lines().count() == 1, "{words}");
    }
}

#[test]
fn without_recognisers_the_command_that_fetches_them_is_named() {
    let profile = ThrowawayProfile::new().unwrap();
    let file = page(&profile, "sign-en");
    let models = profile.home().join("models");
    std::fs::create_dir(&models).unwrap();
    let run = |arguments: &[&str]| {
        castor(&profile).env("CASTOR_MODELS_DIR", &models).args(arguments).arg(&file).output().unwrap()
    };
    let output = run(&["read"]);
    assert_eq!(output.status.code(), Some(6), "{}", complained(&output));
    assert!(complained(&output).contains("castor models fetch picture-reading"), "{}", complained(&output));
}

/// A picture is asked about where there is no network at all, not even the loopback.
#[cfg(target_os = "linux")]
#[test]
fn a_picture_is_answered_about_without_a_network() {
    let profile = ThrowawayProfile::new().unwrap();
    page(&profile, "sign-en");
    let mut command = Command::new("unshare");
    profile.apply(&mut command);
    command.env("CASTOR_MODELS_DIR", test_models()).current_dir(profile.home());
    command.args([
        "--map-root-user",
        "--net",
        env!("CARGO_BIN_EXE_castor"),
        "ask",
        "--json",
        "--mind",
        "local",
    ]);
    command.args(["--model", "qwen2.5-coder-0.5b-instruct", "sign-en.png", "Which exit is it?"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["parts"].to_string().contains("27"), "{answer:#}");
    let notes = &answer["receipt"]["delivered"][0]["notes"];
    assert!(notes["words"].as_str().unwrap().contains("EXIT 27"), "{answer:#}");
    assert_eq!((&notes["usable"], &notes["linesLeftOut"]), (&true.into(), &0.into()));
}

/// What `castor transcribe` says of a recorded sentence.
fn transcribed(arguments: &[&str]) -> Output {
    let profile = ThrowawayProfile::new().unwrap();
    let name = "target/test-media/sense_and_sensibility_01_austen_64kb-0880.wav";
    let recording = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    assert!(recording.is_file(), "make test-media brings {name}");
    let mut command = castor(&profile);
    command.env("CASTOR_MODELS_DIR", test_models()).arg("transcribe").args(arguments).arg(recording);
    command.output().unwrap()
}

#[test]
fn a_recording_is_written_down_in_every_format() {
    let words = "He was not an ill-disposed young man.";
    let output = transcribed(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    assert_eq!(printed(&output), format!("{words}\n"));

    let subtitles = printed(&transcribed(&["--format", "srt", "--language", "en"]));
    assert!(subtitles.starts_with("1\n00:00:00,") && subtitles.contains(words), "{subtitles}");
    assert!(printed(&transcribed(&["--format", "vtt"])).starts_with("WEBVTT\n\n1\n"));
    let json: Value = serde_json::from_str(&printed(&transcribed(&["--format", "json"]))).unwrap();
    assert_eq!((&json["text"], &json["language"]), (&json!(words), &json!("en")));
    assert!(json["segments"][0]["endMs"].as_u64().unwrap() > 1000);
}

#[test]
fn what_cannot_be_written_down_is_said() {
    let profile = ThrowawayProfile::new().unwrap();
    let text = profile.home().join("notes.wav");
    std::fs::write(&text, "no sound at all").unwrap();
    let listen = |file: &std::path::Path, models: &std::path::Path| {
        castor(&profile).env("CASTOR_MODELS_DIR", models).arg("transcribe").arg(file).output().unwrap()
    };
    let output = listen(&text, &test_models());
    assert_eq!(output.status.code(), Some(7));
    assert!(complained(&output).contains("not sound in a format"), "{}", complained(&output));

    let quiet = profile.home().join("quiet.wav");
    let mut writer =
        media::sound::SoundWriter::create(&quiet, media::sound::SoundFormat::Wav, 16_000, 1).unwrap();
    writer.write(&vec![0.0; 32_000]).unwrap();
    writer.finish().unwrap();
    let output = listen(&quiet, profile.home());
    assert_eq!(output.status.code(), Some(6));
    assert!(complained(&output).contains("castor models fetch whisper-base"), "{}", complained(&output));
    let output = listen(&quiet, &test_models());
    assert_eq!((output.status.code(), printed(&output).as_str()), (Some(0), ""));
    assert!(complained(&output).contains("no speech was heard"), "{}", complained(&output));
}

/// Offline, a question asked by voice is understood and answered by this computer.
#[tokio::test]
async fn a_spoken_question_is_asked_of_the_local_mind() {
    let profile = ThrowawayProfile::new().unwrap();
    let name = "target/test-media/sense_and_sensibility_01_austen_64kb-0880.wav";
    let recording = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let mut command = castor(&profile);
    command
        .env("CASTOR_MODELS_DIR", test_models())
        .args(["ask", "--json", "--mind", "local", "--model", "qwen2.5-coder-0.5b-instruct"])
        .arg(recording)
        .arg("Repeat what is said.");
    let output = finished(command).await;
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let answer: Value = serde_json::from_str(&printed(&output)).unwrap();
    let notes = &answer["receipt"]["delivered"][0]["notes"];
    assert_eq!(notes["words"], "He was not an ill-disposed young man.");
    assert!(said(&answer).contains("young man"), "{}", said(&answer));
}
