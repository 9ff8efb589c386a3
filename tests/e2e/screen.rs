//! Pictures of the screen in the real window: whole and in part, pixel by pixel; the quick-ask window over another application.

use crate::harness::app::{App, CASTOR, Launch};
use crate::harness::desktop::{Desktop, Setup, patiently, screenshots};
use crate::harness::server::Server;
use crate::harness::videos::{COLOURS, about, frame_at};
use image::{Rgb, RgbImage};
use std::path::Path;
use std::time::{Duration, Instant};

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
    keep_the_screen_open(&app).await;
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

/// Chooses the whole screen to be kept open.
async fn keep_the_screen_open(app: &App<'_>) {
    app.click("screen-menu").await;
    app.until("document.querySelector('[data-testid=screen-item][data-screen=keep]')").await;
    app.evaluate("document.querySelector('[data-testid=screen-item][data-screen=keep]').click() ?? true")
        .await;
    app.until("document.querySelector('[data-testid=screen-source][data-kind=screen]')").await;
    app.keep_picture("screen-picker").await;
    app.evaluate("document.querySelector('[data-testid=screen-source][data-kind=screen]').click() ?? true")
        .await;
    app.sees("screen-panel").await;
    app.sees("screen-light").await;
}

/// Chooses what of the screen goes with each question.
async fn choose_along(app: &App<'_>, along: &str) {
    app.click("screen-along").await;
    let item = format!("document.querySelector('[data-testid=screen-along-item][data-along=\"{along}\"]')");
    app.until(&item).await;
    app.keep_picture("screen-along").await;
    app.evaluate(&format!("{item}.click() ?? true")).await;
    app.until(&format!("document.querySelector('[data-testid=screen-along]').dataset.along === '{along}'"))
        .await;
}

/// Which of the known colours a picture shows beside Castor's window, in its lower right.
fn colour_beside(picture: &RgbImage) -> &'static str {
    let (x, y) = (picture.width() * 9 / 10, picture.height() * 9 / 10);
    let shown = picture.get_pixel(x, y).0;
    let is = |(_, known): &&(&str, [u8; 3])| {
        known.iter().zip(shown).all(|(known, shown)| known.abs_diff(shown) < 60)
    };
    COLOURS.iter().find(is).map_or("another", |(name, _)| name)
}

/// What was on a while ago is asked about: the clip shows each colour for as long as the screen did, up to when it was asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_seconds_of_an_open_screen_go_along_with_the_question() {
    const EACH: Duration = Duration::from_millis(2500);
    /// How far the test itself, and a busy machine, may be from the moments it names.
    const TOLERANCE: f64 = 1.2;
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    server.answers("It was red, then green, then blue.");
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let paint = |colour: &str| {
        desktop.run("xsetroot", &["-solid", colour]);
        Instant::now()
    };
    paint("red");
    keep_the_screen_open(&app).await;
    choose_along(&app, "10").await;
    app.keep_picture("screen-seconds").await;
    // Time is what is tested here: each colour has its own.
    tokio::time::sleep(EACH).await;
    let lime = paint("lime");
    tokio::time::sleep(EACH).await;
    let blue = paint("blue");
    tokio::time::sleep(EACH).await;
    assert!(!desktop.data().join("clips").exists(), "something was written before a question was asked");
    let asked = Instant::now();
    app.ask("What happened on the screen?").await;
    app.answer_is("complete").await;
    let answered = Instant::now();
    app.keep_picture("screen-seconds-asked").await;

    let sent = server.pictures_of_last_question();
    assert_eq!(sent.len(), 2, "the picture of the moment and the last seconds");
    let picture = image::load_from_memory(&sent[0]).unwrap().into_rgb8();
    assert_eq!(colour_beside(&picture), "blue");
    let clip = desktop.home().join("clip.mp4");
    std::fs::write(&clip, &sent[1]).unwrap();
    let about = about(&clip);
    assert!(about.contains("codec_name=h264") && !about.contains("codec_type=audio"), "{about}");
    let length: f64 =
        about.lines().find_map(|line| line.strip_prefix("duration=")?.parse().ok()).expect("a duration");
    let frames = (length * 5.0) as u32;
    let shown: Vec<_> = (0..frames)
        .map(|frame| {
            let picture = frame_at(&clip, f64::from(frame) / 5.0 + 0.1);
            assert_eq!(picture.width(), 1920);
            colour_beside(&picture)
        })
        .collect();
    let mut order = shown.clone();
    order.dedup();
    assert_eq!(order, ["red", "lime", "blue"], "{shown:?}");
    frame_at(&clip, length - 0.1).save(screenshots().join("screen-seconds-frame.png")).unwrap();
    let lasted = |colour| shown.iter().filter(|shown| **shown == colour).count() as f64 / 5.0;
    let wanted = (blue - lime).as_secs_f64();
    assert!((lasted("lime") - wanted).abs() < TOLERANCE, "{wanted}: {shown:?}");
    // The clip ends when it was asked for, between the press and the answer.
    let (least, most) = ((asked - blue).as_secs_f64(), (answered - blue).as_secs_f64());
    assert!((least - TOLERANCE..most + TOLERANCE).contains(&lasted("blue")), "{least}..{most}: {shown:?}");

    // Closed, nothing of it is left.
    app.click("screen-close").await;
    app.sees_no("screen-light").await;
    patiently("nobody looks any more", || !threads_of(&desktop).iter().any(|name| name == "screen"));
    app.close();
}

/// The names of Castor's threads.
fn threads_of(desktop: &Desktop) -> Vec<String> {
    let castor = Path::new(CASTOR).canonicalize().unwrap();
    let mut names = Vec::new();
    for process in desktop.processes_of(&castor) {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", process.as_raw_nonzero())).unwrap();
        names.extend(
            tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok()),
        );
    }
    names.iter().map(|name| name.trim().to_owned()).collect()
}

/// Without FFmpeg there is no clip: the picture goes, and the window says why.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_ffmpeg_the_picture_goes_along_and_that_is_said() {
    let desktop = Desktop::start(Setup { language: "zh_CN.UTF-8", dark: true, ..Setup::default() });
    let server = Server::start().await;
    server.answers("蓝色。");
    // The driver is looked for there as well.
    let programs = desktop.home().join("programs");
    std::fs::create_dir(&programs).unwrap();
    std::os::unix::fs::symlink("/usr/bin/WebKitWebDriver", programs.join("WebKitWebDriver")).unwrap();
    let launch = server.launch().with("PATH", programs.to_str().unwrap());
    let app = App::open_at_composer(&desktop, launch).await;
    keep_the_screen_open(&app).await;
    choose_along(&app, "5").await;
    app.sees("screen-note").await;
    app.keep_picture("screen-without-ffmpeg").await;
    app.ask("屏幕上是什么？").await;
    app.answer_is("complete").await;
    let sent = server.pictures_of_last_question();
    assert_eq!(sent.len(), 1);
    assert_eq!(image::guess_format(&sent[0]).unwrap(), image::ImageFormat::Png);
    app.close();
}
