//! An X server of its own for one test.

use capture::screen::{Screens, Source, SourceKind};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateWindowAux, MapState, Window, WindowClass};
use x11rb::rust_connection::RustConnection;

/// How long something may take before the test is given up; far beyond what it takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server. It stops when dropped, and the window manager with it.
pub struct Display {
    server: Child,
    manager: Option<Child>,
    pub name: String,
}

impl Display {
    /// A screen of 800x600 with 24 bits a pixel.
    pub fn start() -> Self {
        Self::with("800x600x24", &[])
    }

    /// A screen of this size and depth.
    pub fn with(screen: &str, options: &[&str]) -> Self {
        // Xvfb closes its standard output at once, so the display's number comes through another descriptor.
        let script = "exec Xvfb -displayfd 3 -screen 0 \"$@\" -nolisten tcp -noreset 3>&1 >/dev/null 2>&1";
        let mut server = Command::new("sh")
            .args(["-c", script, "Xvfb", screen])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.trim().is_empty(), "Xvfb did not start");
        Self { server, manager: None, name: format!(":{}", line.trim()) }
    }

    /// Starts a window manager and waits until it manages windows.
    pub fn manage(&mut self) {
        let manager = Command::new("openbox")
            .arg("--sm-disable")
            .env("DISPLAY", &self.name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.manager = Some(manager);
        // While it starts it forgets windows that ask to be shown, so one asks until it is.
        let connection = self.connect();
        let root = connection.setup().roots[0].root;
        let check = atom(&connection, "_NET_SUPPORTING_WM_CHECK");
        patiently("the window manager starts", || {
            let property = connection.get_property(false, root, check, AtomEnum::WINDOW, 0, 1).unwrap();
            property.reply().unwrap().value32().is_some()
        });
        let (window, class) = (connection.generate_id().unwrap(), WindowClass::INPUT_OUTPUT);
        let options = CreateWindowAux::new();
        connection.create_window(0, window, root, 0, 0, 9, 9, 0, class, 0, &options).unwrap();
        patiently("the window manager shows windows", || {
            connection.map_window(window).unwrap();
            let attributes = connection.get_window_attributes(window).unwrap().reply().unwrap();
            attributes.map_state == MapState::VIEWABLE
        });
        connection.destroy_window(window).unwrap();
        connection.flush().unwrap();
        self.until_listed(&[]);
    }

    pub fn connect(&self) -> RustConnection {
        x11rb::connect(Some(&self.name)).unwrap().0
    }

    pub fn screens(&self) -> Screens {
        Screens::connect(Some(&self.name)).unwrap()
    }

    pub fn windows(&self) -> Vec<Source> {
        let mut sources = self.screens().sources().unwrap().sources;
        sources.retain(|source| source.kind == SourceKind::Window);
        sources
    }

    /// Waits until the list of windows has these titles, topmost first, and returns it.
    pub fn until_listed(&self, titles: &[&str]) -> Vec<Source> {
        let listed = || self.windows().into_iter().map(|window| window.name).collect::<Vec<_>>();
        let began = Instant::now();
        while listed() != titles {
            assert!(began.elapsed() < PATIENCE, "wanted {titles:?}, listed are {:?}", listed());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.windows()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in self.manager.iter_mut().chain([&mut self.server]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn atom(connection: &RustConnection, name: &str) -> u32 {
    connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
}

pub fn id(window: Window) -> String {
    format!("window:{window:#x}")
}

/// Waits for what gives no sign of its own.
pub fn patiently(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
