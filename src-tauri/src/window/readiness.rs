//! What the start of the window waits for: that the key was looked for, and that a first frame was painted. A window
//! that never paints says so instead of staying blank in silence.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::time::timeout;

/// A keychain that asks for its password may take as long as the person does; the window does not wait for that.
const LONGEST_WAIT_FOR_KEY: Duration = Duration::from_millis(600);
/// After this long without a frame something is wrong with the web view.
const BLANK_AFTER: Duration = Duration::from_secs(30);
/// Prints the time from start to a usable composer, for the start benchmark.
const BENCHMARK_VARIABLE: &str = "CASTOR_BENCH_READY";

/// See the module's description.
pub struct Readiness {
    started: Instant,
    key: AtomicBool,
    key_known: Notify,
    painted: AtomicBool,
    first_frame: Notify,
}

impl Readiness {
    /// Begins with the time the process started.
    pub fn since(started: Instant) -> Self {
        Self {
            started,
            key: AtomicBool::new(false),
            key_known: Notify::new(),
            painted: AtomicBool::new(false),
            first_frame: Notify::new(),
        }
    }

    /// The key was looked for, whether found or not.
    pub fn key_known(&self) {
        self.key.store(true, Ordering::Release);
        self.key_known.notify_waiters();
    }

    /// Waits until the key was looked for, but not for a keychain that asks the person something.
    pub async fn key_looked_for(&self) {
        let known = self.key_known.notified();
        tokio::pin!(known);
        known.as_mut().enable();
        if !self.key.load(Ordering::Acquire) && timeout(LONGEST_WAIT_FOR_KEY, known).await.is_err() {
            tracing::info!("the keychain takes its time; the window opens without waiting");
        }
    }

    /// A frame is on the screen.
    pub fn painted(&self) {
        let first = !self.painted.swap(true, Ordering::AcqRel);
        self.first_frame.notify_waiters();
        if first && std::env::var_os(BENCHMARK_VARIABLE).is_some() {
            println!("castor: ready {}", self.started.elapsed().as_millis());
        }
    }

    /// Resolves when the window has stayed blank for too long; never when it was painted.
    pub async fn stayed_blank(&self) -> bool {
        let frame = self.first_frame.notified();
        tokio::pin!(frame);
        frame.as_mut().enable();
        !self.painted.load(Ordering::Acquire) && timeout(BLANK_AFTER, frame).await.is_err()
    }
}
