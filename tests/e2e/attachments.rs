//! Files in the composer, other than by dragging: pasted, chosen on the command line, shown upright, opened, refused.

use crate::harness::app::{App, Launch};
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::pictures;
use std::path::Path;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_picture_is_pasted() {
    let desktop = Desktop::start(Setup::default());
    let picture = pictures::png(desktop.home(), "copied.png", 640, 480);
    let app = App::open_at_composer(&desktop, Launch::default()).await;
    desktop.copy_picture(&picture);
    app.click("composer").await;
    desktop.press("ctrl+v");
    app.attached(1).await;
    app.picture_sizes("attachment").await;
    pictures::assert_upright(&app.look_at("attachment").await);
    app.assert_still_castor("").await;

    // Text is pasted as text.
    desktop.copy_text("只是文字 and more");
    desktop.press("ctrl+v");
    app.until("document.querySelector('[data-testid=composer]').value === '只是文字 and more'").await;
    app.attached(1).await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_taken_on_its_side_is_shown_upright() {
    let desktop = Desktop::start(Setup::default());
    let photo = pictures::photo_on_its_side(desktop.home(), "portrait.jpg");
    let launch = Launch { files: vec![photo], ..Launch::default() };
    let app = App::open_at_composer(&desktop, launch).await;
    app.attached(1).await;
    let sizes = app.picture_sizes("attachment").await;
    assert!(sizes[0].0 < sizes[0].1, "portrait: {sizes:?}");

    app.click_inside("attachment", "img").await;
    app.sees("viewer").await;
    app.until("document.querySelector('[data-testid=viewer-picture]').naturalWidth > 0").await;
    app.keep_picture("viewer").await;
    pictures::assert_upright(&app.look_at("viewer-picture").await);
    desktop.press("Escape");
    app.sees_no("viewer").await;
    app.attached(1).await;
    app.click("attachment-remove").await;
    app.counts("attachment", 0).await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_used_is_refused_in_a_sentence() {
    let desktop = Desktop::start(Setup::default());
    let write = |name: &str, bytes: &[u8]| {
        let file = desktop.home().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let photo = std::fs::read(pictures::photo(desktop.home(), "photo.jpg")).unwrap();
    let files = vec![
        write("broken.jpg", &photo[..120]),
        write("empty.png", b""),
        write("program.bin", &[0x7f, b'E', b'L', b'F', 0, 1, 2, 3, 0, 0, 255, 254]),
        desktop.home().join("gone.png"),
        desktop.home().join("bin"),
    ];
    let names: Vec<String> =
        files.iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    let app = App::open_at_composer(&desktop, Launch { files, ..Launch::default() }).await;
    app.counts("attachment-refused", names.len()).await;
    let sentences = app
        .evaluate("Array.from(document.querySelectorAll('[data-testid=attachment-refused]')).map(one => one.innerText)")
        .await;
    for (sentence, name) in sentences.as_array().unwrap().iter().zip(&names) {
        let sentence = sentence.as_str().unwrap();
        assert!(sentence.contains(name.as_str()), "{name}: {sentence}");
        assert!(sentence.len() > name.len() + 20, "a whole sentence: {sentence}");
    }
    app.counts("attachment", 0).await;
    app.keep_picture("refused").await;
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_hands_its_files_to_the_first() {
    let desktop = Desktop::start(Setup::default());
    let photo = pictures::photo(desktop.home(), "another.jpg");
    let app = App::open_at_composer(&desktop, Launch::default()).await;
    // A relative name is understood from where the second start was made.
    let mut second = desktop.command(crate::harness::app::CASTOR);
    let ended = second.arg("another.jpg").current_dir(photo.parent().unwrap()).status().unwrap();
    assert!(ended.success(), "{ended}");
    app.attached(1).await;
    assert_eq!(desktop.processes_of(Path::new(crate::harness::app::CASTOR)).len(), 1);
    app.close();
}
