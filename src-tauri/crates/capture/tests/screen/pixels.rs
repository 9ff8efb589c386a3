//! Every pixel of a screen arrives as it is shown, whatever the screen is like.

use crate::display::{Display, atom, id};
use crate::painter::{Look, Painted, assert_pixels, pattern, pixels};
use capture::screen::{ScreenError, Shot};
use std::process::Command;
use x11rb::connection::Connection as _;
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateGCAux, PropMode};
use x11rb::wrapper::ConnectionExt as _;

fn over_everything(width: u16, height: u16) -> Look {
    Look { unmanaged: true, ..Look::new("everything", (0, 0, width, height)) }
}

#[test]
fn a_screen_arrives_pixel_by_pixel() {
    let display = Display::start();
    let _painted = Painted::show(&display, &over_everything(800, 600));
    let screens = display.screens();
    let sources = screens.sources().unwrap();
    assert!(!sources.portal);
    assert_eq!(sources.sources.len(), 1, "without a window manager there are no windows: {sources:?}");
    let source = &sources.sources[0];
    assert_eq!(
        (source.id.as_str(), source.width, source.height, source.primary),
        ("screen:0", 800, 600, true)
    );
    let shot = screens.capture("screen:0").unwrap();
    assert_eq!((shot.width, shot.height, shot.x, shot.y, shot.scale), (800, 600, 0, 0, None));
    assert_pixels(&shot, &pixels(pattern, 0, 0, 800, 600));

    // Rows that do not end where the server's do.
    let part = shot.cropped(-7, 301, 40, 1000).unwrap();
    assert_eq!((part.width, part.height, part.x, part.y), (33, 299, 0, 301));
    assert_pixels(&part, &pixels(pattern, 0, 301, 33, 299));
    assert_pixels(&shot.cropped(500, 9, 101, 3).unwrap(), &pixels(pattern, 500, 9, 101, 3));
    assert!(matches!(shot.cropped(800, 0, 5, 5), Err(ScreenError::Empty)));
    assert!(matches!(shot.cropped(5, 5, 0, 9), Err(ScreenError::Empty)));

    assert_eq!(read_png(&shot.to_png().unwrap()), (800, 600, shot.rgb));
}

#[test]
fn a_screen_of_sixteen_bits_differs_by_rounding_alone() {
    let display = Display::with("800x600x16", &[]);
    let _painted = Painted::show(&display, &over_everything(800, 600));
    let shot = display.screens().capture("screen:0").unwrap();
    let rounded = |value: u8, bits: u32| {
        let most = f64::from((1_u32 << bits) - 1);
        (f64::from(value >> (8 - bits)) * 255.0 / most).round() as u8
    };
    let exact = pixels(pattern, 0, 0, 800, 600);
    let expected: Vec<u8> = exact
        .chunks_exact(3)
        .flat_map(|colour| [rounded(colour[0], 5), rounded(colour[1], 6), rounded(colour[2], 5)])
        .collect();
    assert_pixels(&shot, &expected);
}

#[test]
fn a_screen_of_thirty_bits_gives_the_same_colours() {
    let display = Display::with("321x200x30", &[]);
    let _painted = Painted::show(&display, &over_everything(321, 200));
    assert_pixels(&display.screens().capture("screen:0").unwrap(), &pixels(pattern, 0, 0, 321, 200));
}

#[test]
fn a_screen_whose_colours_come_from_a_table_is_refused() {
    let display = Display::with("320x200x8", &[]);
    let refused = display.screens().capture("screen:0");
    assert!(matches!(refused, Err(ScreenError::Unsupported(_))), "{refused:?}");
}

#[test]
fn small_print_is_the_same_as_another_program_sees_it() {
    let display = Display::start();
    let connection = display.connect();
    let painted = Painted::show(&display, &over_everything(800, 600));
    let (font, context) = (connection.generate_id().unwrap(), connection.generate_id().unwrap());
    connection.open_font(font, b"fixed").unwrap().check().unwrap();
    let ink = CreateGCAux::new().font(font).foreground(0x00_10_20_30).background(0x00_ff_f8_e8);
    connection.create_gc(context, painted.window, &ink).unwrap();
    for line in 0..40 {
        let text = format!("Line {line}: the quick brown fox jumps over the lazy dog, 0123456789 {{}}[]|/");
        connection.image_text8(painted.window, context, 5, 14 * line + 12, text.as_bytes()).unwrap();
    }
    connection.sync().unwrap();
    let shot = display.screens().capture("screen:0").unwrap();
    assert_ne!(shot.rgb, pixels(pattern, 0, 0, 800, 600), "the text is there");
    let arguments = ["-display", &display.name, "-window", "root", "-depth", "8", "rgb:-"];
    let output = Command::new("import").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_pixels(&shot, &output.stdout);
}

#[test]
fn each_monitor_has_its_own_picture() {
    let display = Display::with("1000x600x24", &[]);
    let connection = display.connect();
    let root = connection.setup().roots[0].root;
    let monitor = |name: &str, x, y, width, height, outputs, primary| MonitorInfo {
        name: atom(&connection, name),
        primary,
        automatic: false,
        x,
        y,
        width,
        height,
        width_in_millimeters: 100,
        height_in_millimeters: 100,
        outputs,
    };
    let outputs = connection.randr_get_screen_resources(root).unwrap().reply().unwrap().outputs;
    let left = monitor("Left", 0, 0, 400, 600, outputs, false);
    let right = monitor("Right", 400, 100, 600, 450, Vec::new(), true);
    connection.randr_set_monitor(root, left).unwrap().check().unwrap();
    connection.randr_set_monitor(root, right).unwrap().check().unwrap();
    let _painted = Painted::show(&display, &over_everything(1000, 600));

    let screens = display.screens();
    let sources = screens.sources().unwrap().sources;
    let mut names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Left", "Right"]);
    for source in &sources {
        let is_right = source.name == "Right";
        assert_eq!(source.primary, is_right, "{source:?}");
        let (x, y, width, height) = if is_right { (400, 100, 600, 450) } else { (0, 0, 400, 600) };
        let shot = screens.capture(&source.id).unwrap();
        assert_eq!((shot.x, shot.y, shot.width, shot.height), (x, y, width, height));
        assert_pixels(&shot, &pixels(pattern, x as u32, y as u32, width, height));
    }
    for (x, y, name) in [(10, 10, "Left"), (400, 100, "Right"), (399, 100, "Left"), (999, 549, "Right")] {
        connection.warp_pointer(x11rb::NONE, root, 0, 0, 0, 0, x, y).unwrap();
        connection.sync().unwrap();
        assert_eq!(screens.monitor_at_pointer().unwrap().name, name, "at {x}, {y}");
    }
    // Outside of both.
    connection.warp_pointer(x11rb::NONE, root, 0, 0, 0, 0, 900, 10).unwrap();
    connection.sync().unwrap();
    assert_eq!(screens.monitor_at_pointer().unwrap().name, "Right");

    connection.randr_delete_monitor(root, atom(&connection, "Right")).unwrap().check().unwrap();
    let gone = screens.capture("screen:1");
    assert!(matches!(gone, Err(ScreenError::Gone)), "{gone:?}");
}

#[test]
fn a_server_without_randr_is_one_monitor() {
    let display = Display::with("640x480x24", &["-extension", "RANDR"]);
    let _painted = Painted::show(&display, &over_everything(640, 480));
    let screens = display.screens();
    let sources = screens.sources().unwrap().sources;
    assert_eq!(sources.len(), 1);
    assert_eq!((sources[0].width, sources[0].height, sources[0].primary), (640, 480, true));
    assert_pixels(&screens.capture(&sources[0].id).unwrap(), &pixels(pattern, 0, 0, 640, 480));
}

#[test]
fn the_desktops_scale_is_told() {
    let display = Display::start();
    let connection = display.connect();
    let root = connection.setup().roots[0].root;
    let resources = b"Xcursor.size:\t24\nXft.dpi:\t192\nXft.hinting:\t1\n";
    let (name, kind) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
    connection.change_property8(PropMode::REPLACE, root, name, kind, resources).unwrap();
    connection.sync().unwrap();
    let shot = display.screens().capture("screen:0").unwrap();
    assert_eq!(shot.scale, Some(2.0));
    assert_eq!(shot.scaled(400).unwrap().scale, Some(1.0));
}

#[test]
fn a_preview_is_small_and_looks_the_same() {
    let display = Display::start();
    let soft = Look { picture: |x, y| [(x / 4) as u8, (y / 3) as u8, 77], ..over_everything(800, 600) };
    let painted = Painted::show(&display, &soft);
    let screens = display.screens();
    let preview = screens.capture_scaled("screen:0", 100).unwrap();
    assert_eq!((preview.width, preview.height), (100, 75));
    for (index, colour) in preview.rgb.chunks_exact(3).enumerate() {
        let (x, y) = (index as u32 % 100, index as u32 / 100);
        let wanted = [x * 2 + 1, (y * 8 + 4) / 3, 77];
        let far = colour.iter().zip(wanted).map(|(got, wanted)| u32::from(*got).abs_diff(wanted)).max();
        assert!(far <= Some(2), "at {x}, {y} is {colour:?} instead of {wanted:?}");
    }
    let whole = screens.capture_scaled(&id(painted.window), 5000).unwrap();
    assert_eq!(whole, screens.capture(&id(painted.window)).unwrap());
    let flat = Shot { width: 3000, height: 2, rgb: vec![9; 18_000], scale: None, x: 0, y: 0 };
    assert_eq!(flat.scaled(10).unwrap().rgb, [9; 30]);
}

#[test]
fn a_picture_of_a_wrong_length_makes_no_file() {
    let short = Shot { width: 10, height: 10, rgb: vec![0; 299], scale: None, x: 0, y: 0 };
    assert!(matches!(short.to_png(), Err(ScreenError::Failed(_))));
    assert!(matches!(short.scaled(5), Err(ScreenError::Failed(_))));
    let nothing = Shot { width: 0, height: 0, rgb: Vec::new(), scale: None, x: 0, y: 0 };
    assert!(matches!(nothing.to_png(), Err(ScreenError::Failed(_))));
    assert!(matches!(nothing.cropped(0, 0, 1, 1), Err(ScreenError::Empty)));
}

/// Width, height and pixels of a PNG file.
fn read_png(file: &[u8]) -> (u32, u32, Vec<u8>) {
    let decoded = media::decode(file).unwrap();
    assert_eq!(decoded.source_mime(), "image/png");
    (decoded.width(), decoded.height(), decoded.to_rgb())
}
