//! Records a microphone to a file on a thread of its own.

use crate::echo::{Cancelled, EchoCanceller};
use crate::microphone::{Microphone, PATIENCE};
use crate::take::Take;
use crate::{CaptureError, Ended, Event, ListenOptions, OwnVoice, Recorded, SPEECH_RATE};
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often the ring is emptied.
const ROUND: Duration = Duration::from_millis(20);

/// How long it goes on after a stop: sound of the last moment is still on its way from the device.
const ON_ITS_WAY: Duration = Duration::from_millis(250);

/// What to record, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// [`Device::id`](crate::Device::id); `None` for the default microphone.
    pub device: Option<String>,
    /// Hands-free: waits for speech and ends by itself. `None`: records from now until it is stopped.
    pub listen: Option<ListenOptions>,
    /// What Castor itself plays meanwhile, which is taken out of all that is measured, reported and recorded. The
    /// recording then has [`SPEECH_RATE`].
    pub own_voice: Option<OwnVoice>,
    /// Whether [`Event::Sound`] has the rate of the file, [`Recorder::rate`], and not [`SPEECH_RATE`].
    pub full_rate: bool,
}

enum Order {
    Stop,
    Cancel,
}

/// A recording in progress. Dropped, it stops and the file is kept.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    rate: u32,
    orders: Sender<Order>,
    /// `None` once it was waited for.
    thread: Option<JoinHandle<Result<Option<Recorded>, CaptureError>>>,
}

impl Recorder {
    /// Opens the microphone and begins to record into a WAV file at `path`, in place of one that is there. Returns when
    /// the microphone runs, within ten seconds, usually within a tenth of one. `report` is called from the recorder's own
    /// thread and may take its time up to some seconds, after which sound is lost.
    ///
    /// # Errors
    /// [`CaptureError::NoDevice`], [`CaptureError::Busy`], [`CaptureError::Refused`], [`CaptureError::ServerGone`] or
    /// [`CaptureError::Other`] of the microphone; [`CaptureError::DiskFull`] or [`CaptureError::Io`] of the file.
    pub fn start(
        path: impl Into<PathBuf>,
        options: Options,
        report: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self, CaptureError> {
        let path = path.into();
        let microphone = Microphone::open(options.device)?;
        let echo = options.own_voice.map(|own| EchoCanceller::new(own, microphone.rate())).transpose()?;
        let rate = if echo.is_some() { SPEECH_RATE } else { microphone.rate() };
        let take = Take::new(&path, rate, options.listen)?;
        let take = if options.full_rate { take.at_full_rate() } else { take };
        let rate = take.file_rate();
        let (orders, received) = mpsc::channel();
        let session = Session { microphone, echo, take, report: Box::new(report) };
        let thread = thread::Builder::new().name("record".into()).spawn(move || session.run(&received))?;
        Ok(Self { path, rate, orders, thread: Some(thread) })
    }

    /// The rate of the file, in Hz.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Ends the recording, or takes the result of one that ended by itself. `None`: nothing was recorded (it was waiting
    /// for speech), and there is no file.
    ///
    /// # Errors
    /// [`CaptureError::DiskFull`] or [`CaptureError::Io`] when the file could not be completed. Why a recording ended by
    /// itself was reported before and is no error here.
    pub fn stop(mut self) -> Result<Option<Recorded>, CaptureError> {
        self.end(Order::Stop)
    }

    /// Ends the recording and removes the file.
    ///
    /// # Errors
    /// [`CaptureError::Io`] when the file could not be removed.
    pub fn cancel(mut self) -> Result<(), CaptureError> {
        // However it ended, nothing of it is wanted.
        let _ = self.end(Order::Cancel);
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn end(&mut self, order: Order) -> Result<Option<Recorded>, CaptureError> {
        let Some(thread) = self.thread.take() else { return Ok(None) };
        // One that ended by itself hears no orders.
        let _ = self.orders.send(order);
        thread
            .join()
            .unwrap_or_else(|_| Err(CaptureError::Other { detail: "the recorder ended unexpectedly".into() }))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Whoever wants to know how it ended calls `stop`.
        let _ = self.end(Order::Stop);
    }
}

/// What the recorder's thread has.
struct Session {
    microphone: Microphone,
    echo: Option<EchoCanceller>,
    take: Take,
    report: Box<dyn FnMut(Event) + Send>,
}

impl Session {
    fn run(mut self, orders: &mpsc::Receiver<Order>) -> Result<Option<Recorded>, CaptureError> {
        let mut samples = Vec::new();
        let mut last_heard = Instant::now();
        let mut stop_at: Option<Instant> = None;
        let ended = loop {
            match orders.recv_timeout(ROUND) {
                Ok(Order::Cancel) => return Ok(None),
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    stop_at.get_or_insert(Instant::now() + ON_ITS_WAY);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            // Asked before the last sound is taken: what the device delivered before it failed is in the ring then.
            let failure = self.microphone.failure();
            let is_over = stop_at.is_some_and(|at| Instant::now() >= at);
            samples.clear();
            self.microphone.hear(&mut samples);
            if !samples.is_empty() {
                last_heard = Instant::now();
            }
            if let Some(ended) = self.take_in(&samples) {
                break Some(ended);
            }
            if let Some(failure) = failure {
                break Some(Ended::Failed(failure));
            }
            if is_over {
                break None;
            }
            if last_heard.elapsed() > PATIENCE {
                break Some(Ended::Failed(CaptureError::Stalled));
            }
        };
        let lost = self.microphone.lost();
        drop(self.microphone);
        if let (Some(echo), None | Some(Ended::Failed(_))) = (&mut self.echo, &ended)
            && let Ok(Cancelled { sound, ignored }) = echo.finish()
        {
            // Why it cannot be written, if it cannot, is told below.
            let _ = self.take.push_ignoring(&sound, &ignored, &mut self.report);
        }
        let finished = self.take.finish(lost, &mut self.report);
        if let Some(ended) = ended {
            (self.report)(Event::Ended(ended));
        }
        finished
    }
    /// Records what was heard, without Castor's own voice. When it says why, the recording has ended by itself.
    fn take_in(&mut self, samples: &[f32]) -> Option<Ended> {
        let Some(echo) = &mut self.echo else { return self.take.push(samples, &mut self.report) };
        match echo.push(samples, Instant::now()) {
            Ok(Cancelled { sound, ignored }) => self.take.push_ignoring(&sound, &ignored, &mut self.report),
            Err(error) => Some(Ended::Failed(error.into())),
        }
    }
}
