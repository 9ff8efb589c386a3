//! Pictures of the screen in the real window: whole and in part, pixel by pixel; the quick-ask window over another application.

use crate::harness::app::{App, Launch};
use crate::harness::desktop::{Desktop, Setup, patiently, screenshots};
use crate::harness::server::Server;
use image::{Rgb, RgbImage};

/// A picture with small, sharp detail, shown by another program at a known place.
fn known() -> RgbImage {
    RgbImage::from_fn(400, 300, |x, y| {
        if (x / 7 + y / 5) % 2 == 0 {
            Rgb([(x % 256) as u8, (y % 256) as u8, 200])
        } else {
            Rgb([255, (x * y % 251) as u8, 10])
        }
    })
}

/// Shows the picture on the screen without a frame, above everything.
fn show_known(desktop: &Desktop, (x, y): (i32, i32)) -> RgbImage {
    let known = known();
    let file = desktop.home().join("known.png");
    known.save(&file).unwrap();
    let place = format!("+{x}+{y}");
    let mut display = desktop.command("display");
    display.args(["-immutable", "-borderwidth", "0", "-geometry", &place, "-title", "Known"]).arg(&file);
    desktop.start_silent_part(&mut display, "");
    patiently("the known picture shows", || desktop.run("wmctrl", &["-l"]).contains("Known"));
    patiently("it is drawn", || find(&desktop.photograph("root"), &known).is_some());
    known
}

/// Where a picture is in another, to the pixel.
fn find(within: &RgbImage, wanted: &RgbImage) -> Option<(u32, u32)> {
    let (width, height) = wanted.dimensions();
    let first: Vec<Rgb<u8>> = (0..16).map(|x| *wanted.get_pixel(x, 0)).collect();
    for y in 0..within.height().saturating_sub(height - 1) {
        for x in 0..within.width().saturating_sub(width - 1) {
            let begins =
                first.iter().enumerate().all(|(at, pixel)| within.get_pixel(x + at as u32, y) == pixel);
            if begins && *image::imageops::crop_imm(within, x, y, width, height).to_image() == **wanted {
                return Some((x, y));
            }
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_screen_arrives_unchanged() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("A pattern.");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let known = show_known(&desktop, (1400, 700));
    app.click("screen-menu").await;
    app.until("document.querySelector('[data-testid=screen-item][data-screen=whole]')").await;
    app.keep_picture("screen-menu").await;
    app.evaluate("document.querySelector('[data-testid=screen-item][data-screen=whole]').click() ?? true")
        .await;
    app.attached(1).await;
    app.keep_picture("screen-whole").await;
    let kept = newest_png(&desktop);
    assert_eq!(kept.dimensions(), (2600, 1500));
    assert!(find(&kept, &known).is_some(), "the known pixels are not in the picture");
    app.close();
}

/// The picture that was kept last, as it lies in the data folder.
fn newest_png(desktop: &Desktop) -> RgbImage {
    let history = history::History::open(&desktop.data()).unwrap();
    let blobs = desktop.data().join("blobs");
    let mut files = Vec::new();
    for folder in std::fs::read_dir(blobs).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        files.extend(std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path()));
    }
    drop(history);
    files.sort_by_key(|file| file.metadata().unwrap().modified().unwrap());
    image::load_from_memory(&std::fs::read(files.last().unwrap()).unwrap()).unwrap().into_rgb8()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dragged_region_is_asked_about() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("A pattern.");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let known = show_known(&desktop, (1400, 700));
    let (x, y) = find(&desktop.photograph("root"), &known).unwrap();
    app.click("screen-menu").await;
    app.until("document.querySelector('[data-testid=screen-item][data-screen=region]')").await;
    app.evaluate("document.querySelector('[data-testid=screen-item][data-screen=region]').click() ?? true")
        .await;
    let region = until_window(&desktop, is_as_large_as_the_screen);
    // It shows itself once the frozen screen is drawn, where the known picture is dimmed.
    patiently("the frozen screen shows", || {
        let (shown, was) = (desktop.photograph("root").get_pixel(x, y).0, known.get_pixel(0, 0).0);
        shown != was && shown.iter().zip(was).all(|(shown, was)| *shown <= was)
    });
    let (left, top) = (x.cast_signed(), y.cast_signed());
    desktop.pull_mouse((left, top), (left + 400, top + 300));
    desktop.photograph("root").save(screenshots().join("screen-region.png")).unwrap();
    desktop.press("Return");
    patiently("the frozen screen closes", || !desktop.run("wmctrl", &["-l"]).contains(&region));
    app.attached(1).await;
    let kept = newest_png(&desktop);
    assert!(kept.width().abs_diff(400) <= 2 && kept.height().abs_diff(300) <= 2, "{:?}", kept.dimensions());
    let same = (5..390).all(|at| kept.get_pixel(at, at * 3 / 4) == known.get_pixel(at, at * 3 / 4));
    assert!(same, "the pixels changed on the way");
    app.ask("What is this?").await;
    app.answer_is("complete").await;
    assert_eq!(server.pictures_of_last_question().len(), 1);
    app.close();
}

/// Waits for a window of which something is true, and returns its number.
fn until_window(desktop: &Desktop, is_it: impl Fn(&str, &Desktop) -> bool) -> String {
    let look = || {
        let list = desktop.run("wmctrl", &["-l"]);
        let ids = list.lines().filter_map(|line| line.split_whitespace().next());
        ids.map(str::to_owned).find(|id| is_it(id, desktop))
    };
    patiently("the window is there", || look().is_some());
    look().unwrap()
}

fn is_as_large_as_the_screen(id: &str, desktop: &Desktop) -> bool {
    let about = desktop.run("xwininfo", &["-id", id]);
    about.contains("Width: 2600") && about.contains("Height: 1500")
}

/// The key opens the quick-ask window over another application; it answers, and hands over to the main window.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_opens_the_quick_ask_window_over_another_application() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("Forty-two.");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let main = app.window();
    show_known(&desktop, (1400, 700));
    desktop.xdotool(&["key", "ctrl+alt+space"]);
    let quick = until_window(&desktop, |id, desktop| {
        id != main && desktop.run("xprop", &["-id", id, "_NET_WM_STATE"]).contains("ABOVE")
    });
    desktop.xdotool(&["windowfocus", "--sync", &quick]);
    app.until_windows(2).await;
    app.in_window("quick").await;
    app.sees("quick-field").await;
    desktop.xdotool(&["type", "--delay", "40", "What is six times seven?"]);
    app.until("document.querySelector('[data-testid=quick-field]').value.endsWith('seven?')").await;
    desktop.press("Return");
    app.reads("quick-answer", "Forty-two.").await;
    desktop.photograph("root").save(screenshots().join("quick-answer.png")).unwrap();
    app.click("quick-open").await;
    app.in_window("main").await;
    app.reads("answer-text", "Forty-two.").await;
    app.counts("conversation-item", 1).await;
    app.close();
}

/// For desktops that give applications no keys: their own settings run a command.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn castor_quick_opens_the_window_of_the_castor_that_runs() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let main = app.window();
    desktop.run(crate::harness::app::CASTOR, &["quick"]);
    let quick = until_window(&desktop, |id, _| id != main);
    app.in_window("quick").await;
    app.sees("quick-field").await;
    desktop.xdotool(&["windowfocus", "--sync", &quick]);
    desktop.press("Escape");
    patiently("it is put away", || {
        !desktop.run("xwininfo", &["-id", &quick]).contains("Map State: IsViewable")
    });
    app.in_window("main").await;
    app.close();
}

/// A screen that is kept open goes along with each question.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_screen_goes_along_with_the_question() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("A pattern.");
    let app = App::open_at_composer(&desktop, Launch { ..server.launch() }).await;
    show_known(&desktop, (1400, 700));
    app.click("screen-menu").await;
    app.until("document.querySelector('[data-testid=screen-item][data-screen=keep]')").await;
    app.evaluate("document.querySelector('[data-testid=screen-item][data-screen=keep]').click() ?? true")
        .await;
    app.until("document.querySelector('[data-testid=screen-panel], [data-testid=screen-picker]')").await;
    if app.count("screen-picker").await > 0 {
        app.keep_picture("screen-picker").await;
        app.evaluate(
            "document.querySelector('[data-testid=screen-source][data-kind=screen]').click() ?? true",
        )
        .await;
    }
    app.sees("screen-panel").await;
    app.sees("screen-light").await;
    app.until("document.querySelector('[data-testid=screen-panel] img, [data-testid=screen-panel] canvas')")
        .await;
    app.keep_picture("screen-kept").await;
    app.ask("What is on the screen?").await;
    app.answer_is("complete").await;
    assert_eq!(server.pictures_of_last_question().len(), 1);
    app.click("screen-close").await;
    app.sees_no("screen-light").await;
    app.close();
}
