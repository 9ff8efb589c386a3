//! From no key to the first answer, and where the key is kept.

use crate::harness::app::App;
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::server::{KEY, Server};
use std::path::Path;

/// Files under `folder` that hold `secret`.
fn files_with(folder: &Path, secret: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, secret));
        } else if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            if bytes.windows(secret.len()).any(|window| window == secret.as_bytes()) {
                found.push(path);
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pasted_key_is_checked_kept_in_the_keychain_and_there_after_a_restart() {
    let desktop = Desktop::start(Setup { keychain: true, ..Setup::default() });
    let server = Server::start().await;
    server.answers("Hello.");
    let app = App::open(&desktop, server.launch_without_key()).await;
    app.sees("first-run").await;
    app.keep_picture("first-run").await;

    // A key that is not accepted is told and not kept.
    app.fill("key-input", test_support::gemini_server::BAD_KEY).await;
    app.click("key-save").await;
    app.sees("key-problem").await;
    app.keep_picture("key-problem").await;

    // The right one comes from the clipboard, with the line break that copying often takes along.
    desktop.copy_text(&format!("{KEY}\n"));
    app.click("key-input").await;
    desktop.press("ctrl+a");
    desktop.press("ctrl+v");
    app.click("key-save").await;
    app.sees_no("first-run").await;
    app.ask("Hello?").await;
    app.answer_is("complete").await;
    app.reads("answer-text", "Hello.").await;
    assert_eq!(server.last_key().as_deref(), Some(KEY));
    assert!(desktop.run("secret-tool", &["search", "--all", "service", "Castor"]).contains(KEY));
    let mut files = files_with(desktop.home(), KEY);
    files.retain(|file| !file.starts_with(desktop.home().join(".local/share/keyrings")));
    assert_eq!(files, [""; 0].map(std::path::PathBuf::from), "the key lies in a file");
    app.close();

    let app = App::open(&desktop, server.launch_without_key()).await;
    server.answers("Hello again.");
    app.ask("Do you know me?").await;
    app.reads("answer-text", "Hello again.").await;
    app.answer_is("complete").await;
    assert_eq!(server.last_key().as_deref(), Some(KEY));
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_keychain_an_encrypted_file_is_offered() {
    const PASSPHRASE: &str = "correct horse 电池";
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("Hello.");
    let app = App::open(&desktop, server.launch_without_key()).await;
    app.fill("key-input", KEY).await;
    app.click("key-place-file").await;
    app.fill("key-passphrase", PASSPHRASE).await;
    app.keep_picture("no-keychain").await;
    app.click("key-save").await;
    app.sees_no("first-run").await;
    app.ask("Hello?").await;
    app.answer_is("complete").await;
    assert_eq!(
        files_with(desktop.home(), KEY),
        [""; 0].map(std::path::PathBuf::from),
        "the key lies in a file"
    );
    app.close();

    // The passphrase is asked for again; a wrong one is told.
    let app = App::open(&desktop, server.launch_without_key()).await;
    app.click("open-settings").await;
    app.sees("settings").await;
    app.click_inside("settings", "[data-page=gemini]").await;
    app.until("document.querySelector('[data-testid=key-status]').dataset.source === 'file-locked'").await;
    app.fill("key-passphrase", "wrong").await;
    desktop.press("Return");
    app.sees("key-problem").await;
    app.keep_picture("wrong-passphrase").await;
    app.clear("key-passphrase").await;
    app.fill("key-passphrase", PASSPHRASE).await;
    desktop.press("Return");
    app.until("document.querySelector('[data-testid=key-status]').dataset.source === 'file'").await;
    app.sees_no("key-problem").await;
    desktop.press("Escape");
    app.sees_no("settings").await;
    server.answers("Hello again.");
    app.ask("Do you know me?").await;
    app.reads("answer-text", "Hello again.").await;
    app.answer_is("complete").await;
    assert_eq!(server.last_key().as_deref(), Some(KEY));
    app.close();
}
