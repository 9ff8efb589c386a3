//! Videos in the real window: played and trimmed, sent to Gemini as they are, watched by the local mind, named by the minute.

use crate::harness::app::{App, Launch};
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::drag::{Pace, Source, drag};
use crate::harness::network::CutOffNetwork;
use crate::harness::server::Server;
use crate::harness::videos::{COLOURS, colours, slides};
use crate::voice::{MODEL, sentence};
use image::RgbImage;
use std::path::{Path, PathBuf};

/// The colour in the middle of what an element shows.
fn middle(picture: &RgbImage) -> [u8; 3] {
    picture.get_pixel(picture.width() / 2, picture.height() / 2).0
}

fn is_near(colour: [u8; 3], wanted: [u8; 3]) -> bool {
    colour.iter().zip(wanted).all(|(one, other)| one.abs_diff(other) < 60)
}

/// Drops a video, looks at it, trims it, asks Gemini, and follows a time in the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_video_is_played_trimmed_and_asked_about() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("It is red first and yellow from 0:06 on.");
    let video = colours(desktop.home(), "colours.mp4");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let place = app.place("composer").await.middle();
    assert!(drag(&desktop, &app, Source::Nautilus, &[video.to_str().unwrap()], Pace::Slow, place).await);
    app.attached(1).await;
    app.reads("video-duration", "0:08").await;
    app.until("document.querySelector('[data-testid=video-tile] img')?.naturalWidth > 0").await;
    app.keep_picture("video-attached").await;

    app.click("video-tile").await;
    app.sees("video-player").await;
    app.until("document.querySelector('video').readyState >= 2").await;
    app.sees("video-timeline").await;
    app.click("video-play").await;
    app.until("document.querySelector('video').currentTime > 0.5").await;
    app.click("video-play").await;
    app.keep_picture("video-viewer").await;
    // The end of the stretch, moved by the keyboard: from 0:08 to what five presses make of it.
    app.evaluate("document.querySelector('[data-testid=video-trim-end]').focus() ?? true").await;
    for _ in 0..5 {
        desktop.press("Left");
    }
    app.sees("video-trim-clear").await;
    app.keep_picture("video-trimmed").await;
    desktop.press("Escape");
    app.sees_no("viewer").await;
    app.ask("Which colours?").await;
    app.answer_is("complete").await;
    let question = server.last_question();
    let parts = question["contents"][0]["parts"].as_array().unwrap();
    let sent = parts.iter().find(|part| part.get("inlineData").is_some()).expect("the video is sent");
    assert_eq!(sent["inlineData"]["mimeType"], "video/mp4");
    assert!(sent["videoMetadata"]["endOffset"].is_string(), "{}", sent["videoMetadata"]);

    app.click("moment").await;
    app.sees("video-player").await;
    app.until("document.querySelector('video').readyState >= 2 && Math.abs(document.querySelector('video').currentTime - 6) < 0.6").await;
    let shown = app.look_at("video-player").await;
    let (name, wanted) = COLOURS[3];
    assert!(is_near(middle(&shown), wanted), "{:?} is not {name}", middle(&shown));
    app.keep_picture("video-moment").await;
    app.close();
}

/// A slide with a line of text.
fn slide(desktop: &Desktop, name: &str, text: &str) -> PathBuf {
    let path = desktop.home().join(name);
    let file = path.to_str().unwrap();
    let face = ["-font", "DejaVu-Sans", "-pointsize", "90", "-gravity", "center"];
    let mut arguments = vec!["-size", "1280x960", "-background", "white", "-fill", "black"];
    arguments.extend(face);
    let label = format!("label:{text}");
    arguments.extend([label.as_str(), file]);
    desktop.run("convert", &arguments);
    path
}

/// Two slides and a spoken sentence as a video: the mind on this computer, which sees no videos, gets what is read and said in it,
/// and when. The slides are short: the small model reads a few words a second here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_local_mind_watches_a_video_without_a_network() {
    let desktop = Desktop::start(Setup::default());
    let network = CutOffNetwork::start();
    let slides_made =
        [slide(&desktop, "one.png", "Coffee 3.20"), slide(&desktop, "two.png", "Departure 10:45")];
    let pictures: Vec<&Path> = slides_made.iter().map(AsRef::as_ref).collect();
    let video = slides(desktop.home(), "slides.mp4", &pictures, 4, &sentence());
    let launch = Launch { files: vec![video], ..network.launch().with_test_model() };
    let app = App::open_at_composer(&desktop, launch).await;
    app.choose_model(MODEL).await;
    app.attached(1).await;
    app.ask("How much is the coffee?").await;
    app.reads("receipt", "Watched 2 moments of the video").await;
    app.click_inside("receipt", "button").await;
    // Read off the frames, and heard in the sound track, each with its time.
    app.reads("receipt-notes", "Coffee 3.20").await;
    app.reads("receipt-notes", "Departure 10:45").await;
    app.reads("receipt-notes", "young man").await;
    app.until("/0:0\\d/.test(document.querySelector('[data-testid=receipt-notes]').innerText)").await;
    app.keep_picture("video-local-notes").await;
    app.answer_is("complete").await;
    app.keep_picture("video-local").await;
    app.close();
    network.assert_untouched(&desktop);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_video_is_said_to_be_damaged_and_kept() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("Nothing can be seen.");
    let whole = std::fs::read(colours(desktop.home(), "whole.mp4")).unwrap();
    let cut = desktop.home().join("cut.mp4");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let launch = Launch { files: vec![cut], ..server.launch() };
    let app = App::open_at_composer(&desktop, launch).await;
    app.attached(1).await;
    app.click("video-tile").await;
    app.sees("video-problem").await;
    app.keep_picture("video-damaged").await;
    app.close();
}
