//! Listens to what the sound server plays.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

const RATE: usize = 16_000;
/// Louder is sound.
const SILENCE: u16 = 300;

/// Counts how much of what is played is no silence. Ends when dropped.
pub struct Listener {
    recorder: Child,
    /// Hundredths of seconds that were not silent.
    loud: Arc<AtomicUsize>,
}

impl Listener {
    /// Returns when it hears.
    pub fn start() -> Self {
        let rate = format!("--rate={RATE}");
        let mut recorder = Command::new("parec")
            .args(["--raw", "--channels=1", "--format=s16le", "--latency-msec=20", &rate])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut sound = recorder.stdout.take().unwrap();
        let loud = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&loud);
        let (began, begins) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; RATE / 100 * 2];
            while sound.read_exact(&mut bytes).is_ok() {
                let is_loud = bytes
                    .chunks_exact(2)
                    .any(|two| i16::from_le_bytes([two[0], two[1]]).unsigned_abs() > SILENCE);
                counted.fetch_add(usize::from(is_loud), Ordering::Relaxed);
                let _ = began.send(());
            }
        });
        begins.recv_timeout(Duration::from_secs(20)).unwrap();
        Self { recorder, loud }
    }

    /// Seconds of sound so far.
    pub fn seconds(&self) -> f64 {
        self.loud.load(Ordering::Relaxed) as f64 / 100.0
    }

    /// Whether there is sound from now on within this time.
    pub fn hears_within(&self, time: Duration) -> bool {
        let (before, begun) = (self.seconds(), Instant::now());
        while begun.elapsed() < time {
            if self.seconds() > before {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.recorder.kill();
        let _ = self.recorder.wait();
    }
}
