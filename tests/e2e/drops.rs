//! Real drags from file managers and browsers, slow and quick, on the composer and elsewhere. The window takes the file
//! and nothing else happens: it never shows the file instead of Castor, and the question never holds a path.

use crate::harness::app::{App, Launch};
use crate::harness::desktop::{Desktop, Setup};
use crate::harness::drag::{Pace, Source, drag};
use crate::harness::pictures;

/// A name with everything that was ever lost on the way: spaces, `#`, `%`, Chinese.
const NAME: &str = "假期 photo #1 100%.jpg";
const QUESTION: &str = "What is this?";

async fn takes_a_photo_everywhere(source: Source) {
    let desktop = Desktop::start(Setup::default());
    let photo = pictures::photo(desktop.home(), NAME);
    let app = App::open_at_composer(&desktop, Launch::default()).await;
    app.fill("composer", QUESTION).await;

    for pace in [Pace::Slow, Pace::Quick] {
        let places =
            [app.place("composer").await, app.place_above_the_composer().await, app.place("sidebar").await];
        for place in places {
            let target = place.middle();
            let taken = drag(&desktop, &app, source, &[photo.to_str().unwrap()], pace, target).await;
            assert!(taken, "{pace:?} on {place:?}");
            app.attached(1).await;
            app.sees_no("drop-target").await;
            let shown = app.evaluate("document.querySelector('[data-testid=attachment]').outerHTML").await;
            assert!(shown.as_str().unwrap().contains(NAME), "{shown}");
            assert_eq!(app.picture_sizes("attachment").await.len(), 1);
            app.assert_still_castor(QUESTION).await;
            app.click("attachment-remove").await;
            app.counts("attachment", 0).await;
        }
    }
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_from_nautilus() {
    takes_a_photo_everywhere(Source::Nautilus).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_from_thunar() {
    takes_a_photo_everywhere(Source::Thunar).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_out_of_a_browser() {
    let desktop = Desktop::start(Setup::default());
    let picture = pictures::png(desktop.home(), "cat.png", 640, 480);
    let app = App::open_at_composer(&desktop, Launch::default()).await;
    app.fill("composer", QUESTION).await;
    let address = "https://example.com/a%20cat.png";

    for pace in [Pace::Slow, Pace::Quick] {
        for place in [app.place("composer").await, app.place_above_the_composer().await] {
            let target = place.middle();
            let arguments = [address, picture.to_str().unwrap()];
            assert!(
                drag(&desktop, &app, Source::Browser, &arguments, pace, target).await,
                "{pace:?} on {place:?}"
            );
            app.attached(1).await;
            let sizes = app.picture_sizes("attachment").await;
            assert!(sizes[0].0 > sizes[0].1, "landscape: {sizes:?}");
            app.assert_still_castor(QUESTION).await;
            app.click("attachment-remove").await;
            app.counts("attachment", 0).await;
        }
    }

    // Only an address: it is not fetched, and the person is told why nothing was added.
    let target = app.place("composer").await.middle();
    drag(&desktop, &app, Source::Browser, &[address], Pace::Slow, target).await;
    app.sees("attachment-refused").await;
    app.counts("attachment", 0).await;
    app.assert_still_castor(QUESTION).await;
    assert_eq!(desktop.opened_addresses(), [""; 0]);
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_files_at_once_in_their_order() {
    let desktop = Desktop::start(Setup::default());
    let photo = pictures::photo(desktop.home(), NAME);
    let drawing = pictures::png(desktop.home(), "drawing.png", 300, 500);
    let notes = desktop.home().join("notes.txt");
    std::fs::write(&notes, "Three apples.").unwrap();
    let broken = desktop.home().join("broken.jpg");
    std::fs::write(&broken, &std::fs::read(&photo).unwrap()[..600]).unwrap();
    let files = [&photo, &broken, &drawing, &notes].map(|file| file.to_str().unwrap());

    let app = App::open_at_composer(&desktop, Launch::default()).await;
    let target = app.place_above_the_composer().await.middle();
    assert!(drag(&desktop, &app, Source::Nautilus, &files, Pace::Slow, target).await);
    app.attached(3).await;
    // The broken one is named and refused in a sentence; the others are in all the same.
    app.reads("attachment-refused", "broken.jpg").await;
    let sizes = app.picture_sizes("attachment").await;
    assert!(sizes[0].0 > sizes[0].1 && sizes[1].0 < sizes[1].1, "photo first, drawing second: {sizes:?}");
    app.assert_still_castor("").await;
    app.keep_picture("several-files").await;
    app.close();
}
