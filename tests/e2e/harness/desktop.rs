//! A desktop for one test: a throwaway home, a screen with a window manager, a D-Bus session, and a keychain if wanted.

use image::RgbImage;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use test_support::ThrowawayProfile;

/// The screen; wide enough for the widest window that is tried.
const SCREEN: &str = "2600x1500x24";

/// How long something may take before the test is given up; far beyond what it takes. The local model reads a page of notes
/// in most of a minute on two busy cores.
pub const PATIENCE: Duration = Duration::from_mins(4);

/// A session bus that starts nothing by itself: which services run is the test's choice.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=RUNTIME</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// How the desktop is set up.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Whether a keychain runs, unlocked.
    pub keychain: bool,
    /// The system's language, as in `LANG`.
    pub language: &'static str,
    /// Whether the system's theme is dark.
    pub dark: bool,
    /// Whether the person has already seen what leaves this computer, and is not shown it again before sending.
    pub knows_what_leaves: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { keychain: false, language: "en_US.UTF-8", dark: false, knows_what_leaves: true }
    }
}

/// See the module's description. Dropping it kills every process that was started with its home.
pub struct Desktop {
    profile: ThrowawayProfile,
    setup: Setup,
    display: String,
    bus: String,
    parts: RefCell<Vec<Child>>,
}

impl Desktop {
    /// Starts everything and waits until each part answers.
    pub fn start(setup: Setup) -> Self {
        let profile = ThrowawayProfile::new().unwrap();
        let programs = profile.home().join("bin");
        std::fs::create_dir(&programs).unwrap();
        if setup.knows_what_leaves {
            let seen = r#"{"seenLeaving":["text","pictures","documents","sound","video"]}"#;
            history::History::open(&data_in(profile.home())).unwrap().set_setting("settings", seen).unwrap();
        }
        let mut desktop =
            Self { profile, setup, display: String::new(), bus: String::new(), parts: RefCell::default() };
        desktop.display = desktop.start_screen();
        desktop.bus = desktop.start_bus();
        desktop.start_window_manager();
        if setup.keychain {
            desktop.start_keychain();
        }
        desktop.install_browser();
        desktop
    }

    /// The throwaway home folder.
    pub fn home(&self) -> &Path {
        self.profile.home()
    }

    /// Where Castor keeps its data.
    pub fn data(&self) -> PathBuf {
        data_in(self.home())
    }

    /// The address of its session bus.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// How it was set up.
    pub fn setup(&self) -> Setup {
        self.setup
    }

    /// A command that runs on this desktop.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        self.profile.apply(&mut command);
        for name in ["WAYLAND_DISPLAY", "XAUTHORITY", "LC_ALL", "LC_MESSAGES", "LANGUAGE", "GTK_THEME"] {
            command.env_remove(name);
        }
        let mut path = OsString::from(self.home().join("bin"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        command
            .env("PATH", path)
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("LANG", self.setup.language)
            .env("NO_AT_BRIDGE", "1") // no accessibility bus is started for a test
            .env("GTK_IM_MODULE", "gtk-im-context-simple")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null());
        if self.setup.dark {
            command.env("GTK_THEME", "Adwaita:dark");
        }
        command
    }

    /// Runs a command to its end, which must be a good one, and returns what it printed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).stderr(Stdio::inherit()).output();
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
        assert!(output.status.success(), "{program} {arguments:?}: {}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    /// Uses the keyboard and the pointer.
    pub fn xdotool(&self, arguments: &[&str]) -> String {
        self.run("xdotool", arguments)
    }

    /// Presses one key or chord, named as X names them.
    pub fn press(&self, key: &str) {
        self.xdotool(&["key", "--clearmodifiers", key]);
    }

    /// Presses the button at one place of the screen, moves to another in steps, and lets go.
    pub fn pull_mouse(&self, from: (i32, i32), to: (i32, i32)) {
        let place = |(x, y): (i32, i32)| [x.to_string(), y.to_string()];
        let [x, y] = place(from);
        self.xdotool(&["mousemove", &x, &y, "mousedown", "1"]);
        for step in 1..=8 {
            let along = |start: i32, end: i32| start + (end - start) * step / 8;
            let [x, y] = place((along(from.0, to.0), along(from.1, to.1)));
            self.xdotool(&["mousemove", "--sync", &x, &y]);
        }
        self.xdotool(&["mouseup", "1"]);
    }

    /// Puts a picture on the clipboard. The program that holds it stays until the desktop ends.
    pub fn copy_picture(&self, file: &Path) {
        let mut holder = self.command("xclip");
        holder.args(["-selection", "clipboard", "-t", "image/png", "-i"]).arg(file);
        assert!(holder.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
    }

    /// Puts text on the clipboard.
    pub fn copy_text(&self, text: &str) {
        // It goes on in the background once it holds the clipboard.
        let mut holder =
            spawn(self.command("xclip").args(["-selection", "clipboard", "-i"]).stdin(Stdio::piped()));
        holder.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(holder.wait().unwrap().success());
    }

    /// A picture of a window as it is on the screen; `root` is the whole screen.
    pub fn photograph(&self, window: &str) -> RgbImage {
        let output = self.command("import").args(["-window", window, "bmp3:-"]).output().unwrap();
        assert!(output.status.success(), "import: {}", String::from_utf8_lossy(&output.stderr));
        image::load_from_memory(&output.stdout).unwrap().into_rgb8()
    }

    /// The addresses that were opened in the system's browser.
    pub fn opened_addresses(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.home().join("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits until so many addresses were opened. Opening goes through programs that nobody waits for.
    pub fn until_opened(&self, number: usize) {
        patiently("addresses are opened", || self.opened_addresses().len() >= number);
    }

    /// Processes of this desktop that run `program`.
    pub fn processes_of(&self, program: &Path) -> Vec<Pid> {
        self.processes()
            .into_iter()
            .filter(|process| {
                std::fs::read_link(format!("/proc/{}/exe", process.as_raw_nonzero()))
                    .is_ok_and(|executable| executable == program)
            })
            .collect()
    }

    /// Starts a long-running part and hands back what it prints, line by line.
    pub fn start_part(&self, command: &mut Command) -> impl Iterator<Item = String> + use<> {
        let mut part = spawn(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let lines = BufReader::new(part.stdout.take().unwrap()).lines().map_while(Result::ok);
        self.parts.borrow_mut().push(part);
        lines
    }

    /// Starts a long-running part that has nothing to say; `input` is what it reads first.
    pub fn start_silent_part(&self, command: &mut Command, input: &str) {
        let mut part = spawn(command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()));
        part.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        self.parts.borrow_mut().push(part);
    }

    fn start_screen(&self) -> String {
        // Xvfb closes its standard output at once, so the display's number comes through another descriptor.
        let script = "exec Xvfb -displayfd 3 -screen 0 $0 -nolisten tcp -noreset 3>&1 >/dev/null";
        let mut lines = self.start_part(self.command("sh").args(["-c", script, SCREEN]));
        format!(":{}", lines.next().expect("Xvfb names its display"))
    }

    fn start_bus(&self) -> String {
        let configuration = self.home().join("bus.conf");
        let runtime = self.home().join("runtime");
        std::fs::write(&configuration, BUS.replace("RUNTIME", runtime.to_str().unwrap())).unwrap();
        let mut command = self.command("dbus-daemon");
        command.arg("--config-file").arg(configuration).args([
            "--nofork",
            "--nopidfile",
            "--print-address=1",
        ]);
        let mut lines = self.start_part(&mut command);
        lines.next().expect("dbus-daemon prints its address")
    }

    fn start_window_manager(&self) {
        self.start_silent_part(self.command("openbox").arg("--sm-disable"), "");
        // The window manager says so on the root window once it manages windows; xprop cannot be waited on for that,
        // as it keeps what it prints to a pipe to itself.
        patiently("the window manager runs", || {
            self.run("xprop", &["-root", "_NET_SUPPORTING_WM_CHECK"]).contains("window id")
        });
    }

    fn start_keychain(&self) {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets", "--unlock"]);
        self.start_silent_part(&mut command, "password");
        self.run("gdbus", &["wait", "--session", "--timeout", "30", "org.freedesktop.secrets"]);
    }

    /// What `xdg-open` starts: a browser that only notes the address.
    fn install_browser(&self) {
        use std::os::unix::fs::PermissionsExt;
        let browser = self.home().join("bin/xdg-open");
        std::fs::write(&browser, format!("#!/bin/sh\necho \"$1\" >>'{}/opened'\n", self.home().display()))
            .unwrap();
        std::fs::set_permissions(browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Everything that runs with this home.
    fn processes(&self) -> Vec<Pid> {
        let home = [b"HOME=", self.home().as_os_str().as_encoded_bytes()].concat();
        let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        entries
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok().and_then(Pid::from_raw))
            .filter(|process| {
                std::fs::read(format!("/proc/{}/environ", process.as_raw_nonzero())).is_ok_and(|variables| {
                    variables.split(|byte| *byte == 0).any(|variable| variable == home)
                })
            })
            .collect()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // Again until none is left: a process may start another while its parent is being killed. The dead keep no
        // environment, so they are not found again.
        loop {
            let processes = self.processes();
            if processes.is_empty() {
                break;
            }
            for process in processes {
                match kill_process(process, Signal::KILL) {
                    // It ended by itself in between.
                    Ok(()) | Err(Errno::SRCH) => {}
                    Err(error) => eprintln!("process {} cannot be ended: {error}", process.as_raw_nonzero()),
                }
            }
        }
        for mut part in self.parts.take() {
            if let Err(error) = part.wait() {
                eprintln!("process {} cannot be waited for: {error}", part.id());
            }
        }
    }
}

/// Waits for what gives no sign of its own: looks until it is so, and gives up after [`PATIENCE`].
pub fn patiently(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn spawn(command: &mut Command) -> Child {
    command.spawn().unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()))
}

/// Where pictures of the window go.
pub fn screenshots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/e2e/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn data_in(home: &Path) -> PathBuf {
    home.join(".local/share/castor")
}
