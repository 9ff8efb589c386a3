//! Windows: which are listed, and that each has its own pixels and nobody else's.

use crate::display::{Display, atom, id, patiently};
use crate::painter::{Look, Painted, assert_pixels, pattern, pixels, plain};
use capture::screen::{ScreenError, SourceKind};
use x11rb::connection::Connection as _;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{AtomEnum, ChangeGCAux, ConnectionExt as _, CreateGCAux, PropMode, Rectangle};
use x11rb::wrapper::ConnectionExt as _;

fn unmanaged(area: (i16, i16, u16, u16)) -> Look {
    Look { unmanaged: true, ..Look::new("unmanaged", area) }
}

fn cover(area: (i16, i16, u16, u16)) -> Look {
    Look { picture: plain, ..unmanaged(area) }
}

#[test]
fn windows_are_listed_from_the_top_with_what_people_know_them_by() {
    let mut display = Display::start();
    display.manage();
    let lower = Painted::show(&display, &Look::new("Größe — 大小", (60, 70, 300, 200)));
    let own_process = ("_NET_WM_PID", AtomEnum::CARDINAL, vec![std::process::id()]);
    let _own = Painted::show(
        &display,
        &Look { numbers: vec![own_process], ..Look::new("Our own", (10, 20, 50, 50)) },
    );
    let _panel = Painted::show(
        &display,
        &Look {
            names: vec![("_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_DOCK")],
            ..Look::new("A panel", (0, 550, 800, 50))
        },
    );
    let upper = Painted::show(&display, &Look::new("Upper", (200, 150, 250, 180)));
    let listed = display.until_listed(&["Upper", "Größe — 大小"]);
    assert_eq!(listed[0].id, id(upper.window));
    assert_eq!(listed[1].id, id(lower.window));
    for source in &listed {
        assert_eq!(
            (source.kind, source.app.as_deref(), source.primary),
            (SourceKind::Window, Some("Painter"), false)
        );
    }
    assert_eq!((listed[0].width, listed[0].height), (250, 180));

    // Whatever frame the window manager drew around it, the picture is the program's own and lies where it says.
    let screens = display.screens();
    for (source, (width, height)) in listed.iter().zip([(250, 180), (300, 200)]) {
        let shot = screens.capture(&source.id).unwrap();
        assert_eq!((shot.x, shot.y), (source.x, source.y));
        assert_pixels(&shot, &pixels(pattern, 0, 0, width, height));
    }
    let screen = screens.capture("screen:0").unwrap();
    let there = screen.cropped(listed[0].x, listed[0].y, 250, 180).unwrap();
    assert_pixels(&there, &pixels(pattern, 0, 0, 250, 180));

    upper.minimise();
    display.until_listed(&["Größe — 大小"]);
    let hidden = screens.capture(&id(upper.window));
    assert!(matches!(hidden, Err(ScreenError::Gone)), "{hidden:?}");
}

#[test]
fn a_title_that_is_not_utf_8_is_read() {
    let mut display = Display::start();
    display.manage();
    let window = Painted::show(&display, &Look::new("", (60, 70, 90, 90)));
    let (name, kind) = (AtomEnum::WM_NAME, AtomEnum::STRING);
    window.connection.change_property8(PropMode::REPLACE, window.window, name, kind, b"caf\xe9\0").unwrap();
    window.connection.sync().unwrap();
    display.until_listed(&["café"]);
}

#[test]
fn a_covered_window_is_taken_whole() {
    let display = Display::start();
    let window = Painted::show(&display, &unmanaged((100, 100, 300, 200)));
    let _cover = Painted::show(&display, &cover((150, 50, 400, 150)));
    let screens = display.screens();
    let shot = screens.capture(&id(window.window)).unwrap();
    assert_eq!((shot.x, shot.y), (100, 100));
    assert_pixels(&shot, &pixels(pattern, 0, 0, 300, 200));
    // The screen shows what it showed before.
    let screen = screens.capture("screen:0").unwrap();
    assert_pixels(&screen.cropped(150, 100, 250, 100).unwrap(), &pixels(plain, 0, 0, 250, 100));
    assert_pixels(&screen.cropped(100, 200, 300, 100).unwrap(), &pixels(pattern, 0, 100, 300, 100));
}

#[test]
fn a_window_partly_outside_is_taken_whole() {
    let display = Display::start();
    let window = Painted::show(&display, &unmanaged((-50, 500, 300, 200)));
    let shot = display.screens().capture(&id(window.window)).unwrap();
    assert_eq!((shot.x, shot.y), (-50, 500));
    assert_pixels(&shot, &pixels(pattern, 0, 0, 300, 200));
}

#[test]
fn a_window_that_changes_all_the_time_is_taken_all_the_same() {
    let display = Display::start();
    let window = Painted::show(&display, &unmanaged((100, 100, 300, 200)));
    let _cover = Painted::show(&display, &cover((0, 0, 250, 800)));
    let (connection, id_of_window) = (window.connection.clone(), window.window);
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let film = std::thread::spawn(move || {
        let context = connection.generate_id().unwrap();
        connection.create_gc(context, id_of_window, &CreateGCAux::new()).unwrap();
        for frame in 0_u32.. {
            let colour = ChangeGCAux::new().foreground(frame * 7);
            connection.change_gc(context, &colour).unwrap();
            let dot = Rectangle { x: 0, y: 0, width: 9, height: 9 };
            connection.poly_fill_rectangle(id_of_window, context, &[dot]).unwrap();
            connection.sync().unwrap();
            let wait = stopped.recv_timeout(std::time::Duration::from_millis(5));
            if wait != Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                break;
            }
        }
    });
    let shot = display.screens().capture(&id(window.window)).unwrap();
    assert_pixels(&shot.cropped(0, 9, 300, 191).unwrap(), &pixels(pattern, 0, 9, 300, 191));
    drop(stop);
    film.join().unwrap();
}

#[test]
fn without_the_composite_extension_it_is_what_is_seen() {
    let display = Display::with("800x600x24", &["-extension", "Composite"]);
    let window = Painted::show(&display, &unmanaged((-50, 500, 300, 200)));
    let _cover = Painted::show(&display, &cover((200, 0, 100, 600)));
    let shot = display.screens().capture(&id(window.window)).unwrap();
    assert_eq!((shot.x, shot.y, shot.width, shot.height), (0, 500, 250, 100));
    assert_pixels(&shot.cropped(0, 0, 200, 100).unwrap(), &pixels(pattern, 50, 0, 200, 100));
    assert_pixels(&shot.cropped(200, 0, 50, 100).unwrap(), &pixels(plain, 0, 0, 50, 100));

    let outside = Painted::show(&display, &unmanaged((700, 10, 200, 100)));
    let shot = display.screens().capture(&id(outside.window)).unwrap();
    assert_eq!((shot.x, shot.y, shot.width, shot.height), (700, 10, 100, 100));
    assert_pixels(&shot, &pixels(pattern, 0, 0, 100, 100));
}

#[test]
fn what_is_transparent_is_white_under_a_compositor() {
    let display = Display::start();
    let half = Look { alpha: Some(128), picture: |_, _| [100, 50, 0], ..unmanaged((100, 100, 80, 60)) };
    let window = Painted::show(&display, &half);
    let screens = display.screens();
    // Without one the server shows the colours as they are.
    let shot = screens.capture(&id(window.window)).unwrap();
    assert_pixels(&shot, &pixels(|_, _| [100, 50, 0], 0, 0, 80, 60));

    let compositor = display.connect();
    let root = compositor.setup().roots[0].root;
    compositor.composite_query_version(0, 4).unwrap().reply().unwrap();
    compositor.composite_redirect_subwindows(root, Redirect::AUTOMATIC).unwrap().check().unwrap();
    let selection = atom(&compositor, "_NET_WM_CM_S0");
    compositor.set_selection_owner(window.window, selection, x11rb::CURRENT_TIME).unwrap().check().unwrap();
    let opaque = Painted::show(&display, &unmanaged((-30, 100, 300, 200)));
    let _cover = Painted::show(&display, &cover((0, 0, 800, 600)));
    // Each has pixels of its own now, also those that are covered or outside.
    patiently("the window is painted again", || {
        let shot = screens.capture(&id(window.window)).unwrap();
        shot.rgb == pixels(|_, _| [227, 177, 127], 0, 0, 80, 60)
    });
    let shot = screens.capture(&id(opaque.window)).unwrap();
    assert_pixels(&shot, &pixels(pattern, 0, 0, 300, 200));
}

#[test]
fn a_shadow_that_the_program_paints_itself_is_left_out() {
    let mut display = Display::start();
    display.manage();
    let margins = ("_GTK_FRAME_EXTENTS", AtomEnum::CARDINAL, vec![10, 20, 5, 15]);
    let shadowed = Look { numbers: vec![margins], ..Look::new("Shadowed", (100, 100, 200, 100)) };
    let window = Painted::show(&display, &shadowed);
    let source = display.until_listed(&["Shadowed"]).remove(0);
    assert_eq!((source.width, source.height), (170, 80));
    let shot = display.screens().capture(&id(window.window)).unwrap();
    assert_eq!((shot.x, shot.y), (source.x, source.y));
    assert_pixels(&shot, &pixels(pattern, 10, 5, 170, 80));
}

#[test]
fn a_window_that_was_closed_is_gone() {
    let mut display = Display::start();
    display.manage();
    let window = Painted::show(&display, &Look::new("Short-lived", (100, 100, 200, 100)));
    let source = display.until_listed(&["Short-lived"]).remove(0);
    window.close();
    let screens = display.screens();
    let gone = screens.capture(&source.id);
    assert!(matches!(gone, Err(ScreenError::Gone)), "{gone:?}");
    // So is one of a list that a window manager left behind.
    let connection = display.connect();
    let (root, list) = (connection.setup().roots[0].root, atom(&connection, "_NET_CLIENT_LIST_STACKING"));
    let windows = [window.window, 0x7fff_fff0];
    connection.change_property32(PropMode::REPLACE, root, list, AtomEnum::WINDOW, &windows).unwrap();
    connection.sync().unwrap();
    assert!(display.windows().is_empty());
}

#[test]
fn what_is_no_id_is_said() {
    let display = Display::start();
    let screens = display.screens();
    for wrong in ["", "screen", "window:abc", "monitor:0"] {
        assert!(matches!(screens.capture(wrong), Err(ScreenError::UnknownSource)), "{wrong}");
    }
    for gone in ["screen:1", "window:0x1", "window:0xffffffff"] {
        assert!(matches!(screens.capture(gone), Err(ScreenError::Gone)), "{gone}");
    }
}
