//! Runs a test's inner part in a program of its own, with another environment.
//!
//! A program finds its sound server by its environment, which a test cannot change for itself.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const INSIDE: &str = "CASTOR_TEST_INSIDE";

/// Whether this is the program that was started again.
pub fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// The test of this name, running again in another program. It is killed when dropped.
#[derive(Debug)]
pub struct Again(Child);

impl Again {
    /// Starts it with more environment.
    pub fn start(test: &str, environment: Vec<(OsString, OsString)>) -> io::Result<Self> {
        let child = Command::new(std::env::current_exe()?)
            .args([test, "--exact", "--nocapture"])
            .env(INSIDE, "yes")
            // Nothing of this computer's own sound may be reached.
            .env("XDG_RUNTIME_DIR", "/nonexistent")
            .env_remove("PULSE_RUNTIME_PATH")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .envs(environment)
            .stdin(Stdio::piped())
            .spawn()?;
        Ok(Self(child))
    }

    /// Lets [`wait_to_go_on`] return.
    pub fn go_on(&mut self) -> io::Result<()> {
        self.0.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?.write_all(b"\n")
    }

    /// Waits until it ends; an error when it did not pass, or not within a minute and a half.
    pub fn passed(mut self) -> io::Result<()> {
        let deadline = Instant::now() + Duration::from_secs(90);
        loop {
            match self.0.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(_) => return Err(io::Error::other("the inner part failed, see above")),
                None if Instant::now() > deadline => {
                    return Err(io::Error::other("the inner part does not end"));
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        // It may have ended before; there is nobody to tell.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Inside: waits until the test outside says so.
pub fn wait_to_go_on() -> io::Result<()> {
    std::io::stdin().read_line(&mut String::new()).map(drop)
}
