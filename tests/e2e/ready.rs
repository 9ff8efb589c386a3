//! Castor without a window: what stays when the last one is closed, and what brings it back.

use crate::harness::app::{App, CASTOR};
use crate::harness::desktop::{Desktop, Setup, patiently};
use crate::harness::server::Server;
use crate::harness::tray::Tray;
use crate::voice::{hearing, sentence};
use std::path::Path;
use test_support::microphone::{FakeMicrophone, Shape};

/// Numbers of the windows that the window manager shows.
fn windows(desktop: &Desktop) -> Vec<String> {
    let list = desktop.run("wmctrl", &["-l"]);
    list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn is_above_all(desktop: &Desktop, window: &str) -> bool {
    desktop.run("xprop", &["-id", window, "_NET_WM_STATE"]).contains("ABOVE")
}

fn is_running(desktop: &Desktop) -> bool {
    !desktop.processes_of(Path::new(CASTOR)).is_empty()
}

/// The keys are changed and Castor is told to stay; it does so without a window, and ends when it is told to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keys_work_without_a_window_where_the_person_wants_that() {
    let desktop = Desktop::start(Setup::default());
    let tray = Tray::start(&desktop).await;
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, server.launch()).await;
    let main = app.window();
    app.open_settings_page("general").await;
    app.click("shortcut-quick").await;
    app.until("document.querySelector('[data-testid=shortcut-quick][aria-pressed=true]')").await;
    desktop.press("ctrl+alt+k");
    app.reads("shortcut-quick", "Ctrl Alt K").await;
    app.until("document.querySelector('[data-testid=shortcut-state][data-action=quick][data-state=on]')")
        .await;
    assert_eq!(tray.items().len(), 0);
    app.click("stay-ready").await;
    app.until("document.querySelector('[data-testid=stay-ready][aria-checked=true]')").await;
    app.keep_picture("stay-ready").await;
    patiently("an icon shows", || !tray.items().is_empty());
    let (width, height, bytes) = tray.picture().await;
    assert!(width > 0 && bytes == (width * height * 4) as usize);

    desktop.run("wmctrl", &["-i", "-c", &main]);
    patiently("the window is closed", || windows(&desktop).is_empty());
    desktop.press("ctrl+alt+k");
    patiently("the key opens the small window", || {
        windows(&desktop).iter().any(|it| is_above_all(&desktop, it))
    });
    let quick = windows(&desktop).remove(0);
    desktop.xdotool(&["windowfocus", "--sync", &quick]);
    app.until_windows(1).await;
    app.in_window("quick").await;
    app.sees("quick-field").await;
    desktop.press("Escape");
    patiently("it is put away", || windows(&desktop).is_empty());
    assert!(is_running(&desktop));

    assert_eq!(
        tray.menu().await,
        ["Open Castor", "Quick ask", "Ask about part of the screen", "Quit Castor"]
    );
    tray.choose("Open Castor").await;
    patiently("the icon opens the window", || windows(&desktop).len() == 1);
    app.until_windows(2).await;
    app.in_window("main").await;
    app.sees("composer").await;
    desktop.run("wmctrl", &["-i", "-c", &windows(&desktop)[0]]);
    patiently("the window is closed again", || windows(&desktop).is_empty());
    assert!(is_running(&desktop));

    desktop.run(CASTOR, &[]);
    patiently("a second start opens the window", || windows(&desktop).len() == 1);
    tray.choose("Quit Castor").await;
    patiently("the program has ended", || !is_running(&desktop));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_q_ends_it_all_the_same() {
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, server.launch()).await;
    stay_ready(&app).await;
    desktop.xdotool(&["windowfocus", "--sync", &app.window()]);
    desktop.press("ctrl+q");
    patiently("the program has ended", || !is_running(&desktop));
}

/// Without its window Castor hears nothing; what was said before waits for the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_the_window_ends_a_recording_and_keeps_it() {
    let microphone = FakeMicrophone::start(Shape::default()).unwrap();
    let desktop = Desktop::start(Setup::default());
    let server = Server::start().await;
    let app = App::open_at_composer(&desktop, hearing(server.launch(), &microphone)).await;
    stay_ready(&app).await;
    desktop.press("Escape");
    app.sees_no("settings").await;
    app.click("talk").await;
    app.sees("microphone-light").await;
    microphone.wait_until_listened_to().unwrap();
    microphone.play(&sentence()).unwrap().wait().unwrap();
    desktop.run("wmctrl", &["-i", "-c", &app.window()]);
    microphone.wait_until_left_alone().unwrap();
    patiently("the window is closed", || windows(&desktop).is_empty());
    assert!(is_running(&desktop));
    desktop.run(CASTOR, &[]);
    patiently("a second start opens the window", || windows(&desktop).len() == 1);
    app.until_windows(1).await;
    app.in_window("main").await;
    app.sees("sound").await;
    app.kill();
}

async fn stay_ready(app: &App<'_>) {
    app.open_settings_page("general").await;
    app.click("stay-ready").await;
    app.until("document.querySelector('[data-testid=stay-ready][aria-checked=true]')").await;
}
