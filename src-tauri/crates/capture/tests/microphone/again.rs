//! Runs a test's inner part in a program of its own that knows the microphone.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const INSIDE: &str = "CASTOR_TEST_INSIDE";

/// Whether this is the program that was started again.
pub fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// The test of this name, running again in another program. It is killed when dropped.
pub struct Again(Child);

impl Again {
    /// Starts it with more environment.
    pub fn start(test: &str, environment: Vec<(OsString, OsString)>) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(INSIDE, "yes")
            // Nothing of this computer's own sound may be reached.
            .env("XDG_RUNTIME_DIR", "/nonexistent")
            .env_remove("PULSE_RUNTIME_PATH")
            .envs(environment)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Lets [`wait_to_go_on`] return.
    pub fn go_on(&mut self) {
        self.0.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    /// Waits until it ends and asserts that it passed.
    pub fn passed(mut self) {
        let deadline = Instant::now() + Duration::from_secs(90);
        let status = loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "the inner part does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "the inner part failed, see above");
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Inside: waits until the test outside says so.
pub fn wait_to_go_on() {
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
