//! The way of taking pictures is found by the environment, which only a program of its own can have.

use crate::bus::{Bus, Does, FakePortal};
use crate::display::Display;
use crate::painter::{Look, Painted, assert_pixels, pattern, pixels};
use capture::screen::{
    ScreenError, SourceKind, capture, capture_scaled, monitor_at_pointer, portal_shot, sources,
};
use std::ffi::OsString;
use test_support::again::{Again, is_inside};

/// Runs the test of this name again in a session that has these variables and no others of a desktop.
fn again(test: &str, variables: &[(&str, &str)]) {
    let all = ["DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "DBUS_SESSION_BUS_ADDRESS"];
    let value = |name| variables.iter().find(|(given, _)| *given == name).map_or("", |(_, value)| *value);
    let environment = all.map(|name| (OsString::from(name), OsString::from(value(name))));
    Again::start(test, environment.into()).unwrap().passed().unwrap();
}

#[test]
fn without_a_display_it_is_said() {
    if !is_inside() {
        return again("session::without_a_display_it_is_said", &[]);
    }
    assert!(matches!(sources(), Err(ScreenError::NoDisplay)));
    assert!(matches!(capture("screen:0"), Err(ScreenError::NoDisplay)));
    assert!(matches!(monitor_at_pointer(), Err(ScreenError::NoDisplay)));
}

#[test]
fn under_x11_pictures_come_from_the_server() {
    if !is_inside() {
        let mut display = Display::start();
        display.manage();
        let _painted = Painted::show(&display, &Look::new("Seen", (50, 60, 300, 200)));
        display.until_listed(&["Seen"]);
        let variables = [("DISPLAY", display.name.as_str()), ("XDG_SESSION_TYPE", "x11")];
        return again("session::under_x11_pictures_come_from_the_server", &variables);
    }
    let found = sources().unwrap();
    assert!(!found.portal);
    let names: Vec<_> =
        found.sources.iter().map(|source| (source.kind, source.id.starts_with("window:"))).collect();
    assert_eq!(names, [(SourceKind::Screen, false), (SourceKind::Window, true)]);
    assert_eq!(monitor_at_pointer().unwrap(), found.sources[0]);
    assert_pixels(&capture(&found.sources[1].id).unwrap(), &pixels(pattern, 0, 0, 300, 200));
    assert_eq!(capture_scaled("screen:0", 80).unwrap().width, 80);
}

#[test]
fn under_wayland_pictures_come_from_the_portal() {
    if !is_inside() {
        let (bus, display) = (Bus::start(), Display::start());
        let file = bus.folder.path().join("shot.png");
        std::fs::write(&file, b"a picture").unwrap();
        let address = url::Url::from_file_path(&file).unwrap().to_string();
        let _fake = FakePortal::start(&bus, Does::Responds(0, Some(address)));
        let variables = [
            // XWayland is there as well, and would show nothing.
            ("DISPLAY", display.name.as_str()),
            ("WAYLAND_DISPLAY", "wayland-0"),
            ("DBUS_SESSION_BUS_ADDRESS", bus.address.as_str()),
        ];
        return again("session::under_wayland_pictures_come_from_the_portal", &variables);
    }
    let found = sources().unwrap();
    assert!(found.portal);
    assert!(found.sources.is_empty());
    assert!(matches!(capture("screen:0"), Err(ScreenError::Unsupported(_))));
    assert_eq!(portal_shot(false).unwrap().as_deref(), Some(&b"a picture"[..]));
}

#[test]
fn under_wayland_without_a_portal_there_is_nothing() {
    if !is_inside() {
        let bus = Bus::start();
        let variables =
            [("WAYLAND_DISPLAY", "wayland-0"), ("DBUS_SESSION_BUS_ADDRESS", bus.address.as_str())];
        return again("session::under_wayland_without_a_portal_there_is_nothing", &variables);
    }
    let found = sources().unwrap();
    assert!(!found.portal && found.sources.is_empty());
    assert!(matches!(portal_shot(true), Err(ScreenError::NoPortal)));
}
