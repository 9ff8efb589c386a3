//! What is looked at again and again: what changed is told from what is as it was.

use crate::display::{Display, id, patiently};
use crate::painter::{Look, Painted, assert_pixels, pattern, pixels, plain};
use capture::screen::{ScreenError, View};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, CreateGCAux, Rectangle};
use x11rb::wrapper::ConnectionExt as _;

fn unmanaged(area: (i16, i16, u16, u16)) -> Look {
    Look { unmanaged: true, ..Look::new("unmanaged", area) }
}

fn view(display: &Display, source: &str) -> View {
    View::new(display.screens(), source).unwrap()
}

/// Looks until nothing changes any more, and returns the number for that.
fn settle(view: &mut View) -> u64 {
    let mut last = view.look().unwrap();
    patiently("it holds still", || {
        let now = view.look().unwrap();
        std::mem::replace(&mut last, now) == now
    });
    last
}

/// Draws a rectangle into a window, as a program that changes what it shows.
fn draw(window: &Painted, colour: u32, area: (i16, i16, u16, u16)) {
    let (x, y, width, height) = area;
    let context = window.connection.generate_id().unwrap();
    let options = CreateGCAux::new().foreground(colour);
    window.connection.create_gc(context, window.window, &options).unwrap();
    let rectangle = Rectangle { x, y, width, height };
    window.connection.poly_fill_rectangle(window.window, context, &[rectangle]).unwrap();
    window.connection.sync().unwrap();
}

#[test]
fn a_look_tells_what_changed_and_what_is_as_it_was() {
    let display = Display::start();
    let window = Painted::show(&display, &unmanaged((100, 100, 300, 200)));
    let mut screen = view(&display, "screen:0");
    let first = screen.look().unwrap();
    let picture = screen.picture().unwrap();
    assert_pixels(&picture.cropped(100, 100, 300, 200).unwrap(), &pixels(pattern, 0, 0, 300, 200));
    assert_eq!(screen.look().unwrap(), first);
    // One pixel is enough.
    draw(&window, 0x0012_3456, (299, 199, 1, 1));
    let second = screen.look().unwrap();
    assert_ne!(second, first);
    assert_eq!(screen.picture().unwrap().cropped(399, 299, 1, 1).unwrap().rgb, [0x12, 0x34, 0x56]);
    assert_eq!(screen.look().unwrap(), second);
    // It looks again as it did once.
    let [red, green, blue] = pattern(299, 199).map(u32::from);
    draw(&window, red << 16 | green << 8 | blue, (299, 199, 1, 1));
    assert_eq!(screen.look().unwrap(), first);
    // A window that is only moved looks as it did.
    let mut alone = view(&display, &id(window.window));
    let still = settle(&mut alone);
    let place = ConfigureWindowAux::new().x(40).y(50);
    window.connection.configure_window(window.window, &place).unwrap();
    window.connection.sync().unwrap();
    assert_eq!(alone.look().unwrap(), still);
    assert_ne!(screen.look().unwrap(), first);
}

#[test]
fn a_covered_window_is_kept_whole_while_it_is_looked_at() {
    let display = Display::start();
    let window = Painted::show(&display, &unmanaged((100, 100, 300, 200)));
    let _cover = Painted::show(&display, &Look { picture: plain, ..unmanaged((0, 0, 800, 600)) });
    let mut alone = view(&display, &id(window.window));
    let wanted = pixels(pattern, 0, 0, 300, 200);
    patiently("the program has painted what was covered", || {
        alone.look().unwrap();
        alone.picture().unwrap().rgb == wanted
    });
    let before = settle(&mut alone);
    // Nobody paints this again: it is seen because the server keeps it.
    draw(&window, 0x00ff_0000, (10, 20, 30, 40));
    assert_ne!(alone.look().unwrap(), before);
    let picture = alone.picture().unwrap();
    assert_pixels(&picture.cropped(10, 20, 30, 40).unwrap(), &[255, 0, 0].repeat(30 * 40));
    drop(alone);
    let screen = display.screens().capture("screen:0").unwrap();
    assert_pixels(&screen.cropped(100, 100, 300, 200).unwrap(), &pixels(plain, 0, 0, 300, 200));
}

#[test]
fn what_is_hidden_is_gone_until_it_is_shown_again() {
    let display = Display::start();
    let window = Painted::show(&display, &unmanaged((100, 100, 300, 200)));
    let mut alone = view(&display, &id(window.window));
    assert!(matches!(alone.picture(), Err(ScreenError::Gone)), "nobody looked yet");
    settle(&mut alone);
    window.connection.unmap_window(window.window).unwrap();
    window.connection.sync().unwrap();
    assert!(matches!(alone.look(), Err(ScreenError::Gone)));
    assert!(matches!(alone.picture(), Err(ScreenError::Gone)));
    window.connection.map_window(window.window).unwrap();
    window.connection.sync().unwrap();
    patiently("it is painted again", || {
        alone.look().unwrap();
        alone.picture().unwrap().rgb == pixels(pattern, 0, 0, 300, 200)
    });
    window.close();
    assert!(matches!(alone.look(), Err(ScreenError::Gone)));
    let unknown = View::new(display.screens(), "a screen");
    assert!(matches!(unknown, Err(ScreenError::UnknownSource)), "{unknown:?}");
}
