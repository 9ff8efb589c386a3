//! A microphone made of a private PulseAudio server: what a test plays into it, a program records from it, in real time.
//!
//! Each server has a folder of its own, so many run side by side on one machine, also without D-Bus and as root. Needs
//! the packages `pulseaudio` and `pulseaudio-utils`, and `espeak-ng` for [`say`]; scripts/system-packages.sh installs
//! them.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a server may take to answer, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(30);

/// The name of the device that is recorded from.
pub const SOURCE: &str = "mic";

/// A running server whose default source is the microphone. It stops when dropped.
#[derive(Debug)]
pub struct FakeMicrophone {
    folder: TempDir,
    server: Child,
}

/// How the microphone delivers sound.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Frames a second.
    pub rate: u32,
    /// 1 or 2.
    pub channels: u8,
    /// As PulseAudio writes it, e.g. `s16le` or `float32le`.
    pub format: &'static str,
}

impl Default for Shape {
    fn default() -> Self {
        Self { rate: 48_000, channels: 2, format: "s16le" }
    }
}

impl FakeMicrophone {
    /// Starts a server and waits until it answers.
    pub fn start(shape: Shape) -> io::Result<Self> {
        Self::start_with(&format!(
            // Without norewinds the first second comes late and in one piece.
            "load-module module-null-sink sink_name=speaker norewinds=1 rate={rate} channels={channels} format={format}\n\
             load-module module-remap-source source_name={SOURCE} master=speaker.monitor \
             source_properties=device.description=Castor-test-microphone\n\
             set-default-sink speaker\n\
             set-default-source {SOURCE}\n",
            rate = shape.rate,
            channels = shape.channels,
            format = shape.format,
        ))
    }

    /// A server whose microphone also hears, in `percent` of their volume, what programs play to the default speaker, a
    /// tenth of a second later, as in a room. [`FakeMicrophone::play`] is a person beside it.
    pub fn in_a_room(percent: u8) -> io::Result<Self> {
        let room = Self::start_with(&format!(
            "load-module module-null-sink sink_name=speaker norewinds=1 rate=48000 channels=2\n\
             load-module module-null-sink sink_name=loudspeaker norewinds=1 rate=48000 channels=2\n\
             load-module module-remap-source source_name={SOURCE} master=speaker.monitor\n\
             load-module module-loopback source=loudspeaker.monitor sink=speaker latency_msec=100 \
             source_dont_move=1 sink_dont_move=1\n\
             set-default-sink loudspeaker\n\
             set-default-source {SOURCE}\n"
        ))?;
        let inputs = room.control(&["list", "short", "sink-inputs"])?;
        let input = inputs.split_whitespace().next().unwrap_or_default();
        room.control(&["set-sink-input-volume", input, &format!("{percent}%")])?;
        Ok(room)
    }

    /// A server without any source or sink, as on a machine without a sound card.
    pub fn absent() -> io::Result<Self> {
        Self::start_with("")
    }

    fn start_with(devices: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("castor-microphone-").tempdir()?;
        // PulseAudio refuses a folder that others can read.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700))?;
        }
        let script = folder.path().join("devices.pa");
        let socket = folder.path().join("socket");
        std::fs::write(
            &script,
            format!(
                ".fail\nload-module module-native-protocol-unix auth-anonymous=1 socket={}\n{devices}",
                socket.display()
            ),
        )?;
        // Any key of this length: this server lets in everybody, but nobody without one.
        std::fs::write(folder.path().join("cookie"), [0; 256])?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let mut command = Command::new("pulseaudio");
        command
            .args([
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--disable-shm=yes",
                "--use-pid-file=no",
                "-F",
            ])
            .arg(&script)
            .env("HOME", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .env_remove("PULSE_SERVER")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let mut microphone = Self { server: command.spawn()?, folder };
        microphone.wait_until_it_answers()?;
        Ok(microphone)
    }

    fn wait_until_it_answers(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.control(&["info"]).is_err() {
            let has_ended = self.server.try_wait()?.is_some();
            if has_ended || Instant::now() > deadline {
                let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("PulseAudio did not start: {log}")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// What leads a program to this server, and not to a person's own, for [`Command::envs`].
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        let server = format!("unix:{}", self.folder.path().join("socket").display());
        let cookie = self.folder.path().join("cookie");
        vec![("PULSE_SERVER".into(), server.into()), ("PULSE_COOKIE".into(), cookie.into())]
    }

    /// Begins to play the sound file at `path` (WAV, FLAC and others) into the microphone, and goes on in the background.
    pub fn play(&self, path: &Path) -> io::Result<Playing> {
        let mut command = self.client("paplay");
        command.arg("--device=speaker").arg(path).stdin(Stdio::null());
        Ok(Playing { player: command.spawn()? })
    }

    /// Records what programs play on the server's speaker into a WAV file at `path`, in the background. The microphone hears
    /// the same.
    pub fn listen(&self, path: &Path) -> io::Result<Listening> {
        let mut command = self.client("parecord");
        command.args(["--device=speaker.monitor", "--file-format=wav"]).arg(path).stdin(Stdio::null());
        Ok(Listening { recorder: command.spawn()? })
    }

    /// Waits until a program plays something.
    pub fn wait_until_played_to(&self) -> io::Result<()> {
        self.wait_for("sink-inputs", |inputs| !inputs.is_empty())
    }

    /// Waits until no program plays anything any more.
    pub fn wait_until_silent(&self) -> io::Result<()> {
        self.wait_for("sink-inputs", str::is_empty)
    }

    /// Waits until a program records from the microphone, so that what is played next is heard.
    pub fn wait_until_listened_to(&self) -> io::Result<()> {
        self.wait_for("source-outputs", |outputs| !outputs.is_empty())
    }

    /// Waits until no program records from the microphone any more.
    pub fn wait_until_left_alone(&self) -> io::Result<()> {
        self.wait_for("source-outputs", str::is_empty)
    }

    fn wait_for(&self, of: &str, is_so: impl Fn(&str) -> bool) -> io::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // The remapped source listens to its master itself; only those of other programs count.
            let listed = self.control(&["list", "short", of])?;
            let outputs: String =
                listed.lines().filter(|line| !line.contains("module-remap-source")).collect();
            if is_so(&outputs) {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(io::Error::new(io::ErrorKind::TimedOut, outputs));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Takes the microphone away while the server goes on.
    pub fn unplug(&self) -> io::Result<()> {
        // The source that is made of it goes with it.
        self.control(&["unload-module", "module-null-sink"]).map(drop)
    }

    /// Kills the server, as a crash would.
    pub fn kill_server(&mut self) -> io::Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    /// Runs `pactl` with these arguments and returns what it prints.
    pub fn control(&self, arguments: &[&str]) -> io::Result<String> {
        let output = self.client("pactl").args(arguments).stdin(Stdio::null()).output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
        }
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(self.environment()).env("HOME", self.folder.path()).env("LC_ALL", "C");
        command
    }
}

impl Drop for FakeMicrophone {
    fn drop(&mut self) {
        // It may have ended before; there is nobody to tell.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Sound that is being played. It stops when dropped.
#[derive(Debug)]
pub struct Playing {
    player: Child,
}

impl Playing {
    /// Waits until all of it was played.
    pub fn wait(mut self) -> io::Result<()> {
        let status = self.player.wait()?;
        if status.success() { Ok(()) } else { Err(io::Error::other(format!("paplay: {status}"))) }
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.player.kill();
        let _ = self.player.wait();
    }
}

/// What is being recorded.
#[derive(Debug)]
pub struct Listening {
    recorder: Child,
}

impl Listening {
    /// Ends the recording; the file is whole then.
    pub fn end(mut self) -> io::Result<()> {
        // It writes the file's length when it is asked to end, not when it is killed.
        let asked = Command::new("kill").arg(self.recorder.id().to_string()).status()?;
        self.recorder.wait()?;
        if asked.success() { Ok(()) } else { Err(io::Error::other("parecord had ended before")) }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.recorder.kill();
        let _ = self.recorder.wait();
    }
}

/// Has a synthetic voice say `words` into a WAV file in `folder`, mono at 22,050 Hz. `voice` is one of espeak-ng's, e.g.
/// `en` or `cmn`.
pub fn say(words: &str, voice: &str, folder: &Path) -> io::Result<PathBuf> {
    let path = tempfile::Builder::new().prefix("said-").suffix(".wav").tempfile_in(folder)?.into_temp_path();
    let path = path.keep().map_err(|error| error.error)?;
    let status = Command::new("espeak-ng").args(["-v", voice, "-w"]).arg(&path).arg(words).status()?;
    if status.success() { Ok(path) } else { Err(io::Error::other(format!("espeak-ng: {status}"))) }
}
