//! A run of FFmpeg as a child of this process: its output block by block, its words, and its end.
//!
//! Threads read both of its pipes, so that it never waits for us where we wait for it, and so that a call can look at its
//! clock and at whether it was cancelled. A child never outlives us: dropping a [`Child`] ends it, and where this process
//! dies without dropping anything, its pipes close, at which FFmpeg ends by itself with its next write, or with the end of
//! what it is given. (Linux could be asked to end children with their parent, but it means the parent's *thread*, and a
//! pool's threads come and go.)

use crate::VideoError;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Bytes read from the child at once.
const BLOCK: usize = 1 << 16;
/// Blocks that wait for us before the child has to.
const BLOCKS_WAITING: usize = 4;
/// How often a waiting call looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);
/// How long a child may deliver nothing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// Longest line of the child's that is kept, and how many.
const LINE: u64 = 2000;
const LINES: usize = 8;
const LINES_OF_A_LIST: usize = 500;

/// A running child.
pub(crate) struct Child {
    process: std::process::Child,
    output: Receiver<Vec<u8>>,
    left: Vec<u8>,
    times: Receiver<FrameTime>,
    words: Arc<Mutex<VecDeque<String>>>,
    listener: Option<JoinHandle<()>>,
    patience: Duration,
}

impl Child {
    /// Starts `command` with its pipes to us. `patience`: how long it may deliver nothing, 30 s where not said.
    pub(crate) fn start(command: Command, patience: Option<Duration>) -> Result<Self, VideoError> {
        Ok(Self::launch(command, patience, false, Keep::Complaints)?.0)
    }

    /// The same for a child whose words are wanted, all of them: what it lists.
    pub(crate) fn start_talking(command: Command) -> Result<Self, VideoError> {
        Ok(Self::launch(command, None, false, Keep::Everything)?.0)
    }

    /// The same for a child that is written to.
    pub(crate) fn start_fed(command: Command) -> Result<(Self, ChildStdin), VideoError> {
        let (child, input) = Self::launch(command, None, true, Keep::Complaints)?;
        let input = input.ok_or_else(|| VideoError::Failed { reason: "no pipe to it".to_owned() })?;
        Ok((child, input))
    }

    fn launch(
        mut command: Command,
        patience: Option<Duration>,
        fed: bool,
        keep: Keep,
    ) -> Result<(Self, Option<ChildStdin>), VideoError> {
        command.stdin(if fed { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        no_console(&mut command);
        tracing::debug!(?command, "starting");
        let mut process = command.spawn()?;
        let (block, output) = mpsc::sync_channel(BLOCKS_WAITING);
        if let Some(mut pipe) = process.stdout.take() {
            std::thread::spawn(move || {
                loop {
                    let mut bytes = vec![0; BLOCK];
                    match pipe.read(&mut bytes) {
                        Ok(0) => break,
                        Ok(read) => {
                            bytes.truncate(read);
                            if block.send(bytes).is_err() {
                                break;
                            }
                        }
                        Err(error) if error.kind() == ErrorKind::Interrupted => {}
                        Err(_) => break,
                    }
                }
            });
        }
        let (time, times) = mpsc::channel();
        let words = Arc::new(Mutex::new(VecDeque::new()));
        let listener = process.stderr.take().map(|pipe| {
            let words = Arc::clone(&words);
            std::thread::spawn(move || {
                let mut pipe = BufReader::new(pipe);
                while let Some(line) = next_line(&mut pipe) {
                    if let Some(at) = frame_time(&line) {
                        // Nobody may want to know any more.
                        let _ = time.send(at);
                    } else if let Some(said) = keep.of(line) {
                        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
                        if words.len() == keep.lines() {
                            words.pop_front();
                        }
                        words.push_back(said);
                    }
                }
            })
        });
        let input = process.stdin.take();
        let patience = patience.unwrap_or(PATIENCE);
        Ok((Self { process, output, left: Vec::new(), times, words, listener, patience }, input))
    }

    /// The next bytes; `None` at the end of the output.
    pub(crate) fn next_block(
        &mut self,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<u8>>, VideoError> {
        if !self.left.is_empty() {
            return Ok(Some(std::mem::take(&mut self.left)));
        }
        let since = Instant::now();
        loop {
            if is_cancelled() {
                return Err(VideoError::Cancelled);
            }
            match self.output.recv_timeout(LOOK) {
                Ok(block) => return Ok(Some(block)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) if since.elapsed() > self.patience => {
                    return Err(VideoError::Stalled);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Bytes that came by `until`; `None` at the end of the output, an empty block when the time is over.
    pub(crate) fn block_until(&mut self, until: Instant) -> Option<Vec<u8>> {
        if !self.left.is_empty() {
            return Some(std::mem::take(&mut self.left));
        }
        match self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(block) => Some(block),
            Err(RecvTimeoutError::Timeout) => Some(Vec::new()),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Exactly `length` bytes; `None` when the output ends before.
    pub(crate) fn read_exactly(
        &mut self,
        length: usize,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<u8>>, VideoError> {
        let mut bytes = Vec::with_capacity(length);
        while bytes.len() < length {
            let Some(mut block) = self.next_block(is_cancelled)? else { return Ok(None) };
            let take = block.len().min(length - bytes.len());
            self.left = block.split_off(take);
            bytes.extend_from_slice(&block);
        }
        Ok(Some(bytes))
    }

    /// The time the child told for the next frame; `None` when it told of no further frame. A frame's time is told before
    /// its pixels, on the other pipe.
    pub(crate) fn next_time(&mut self) -> Option<FrameTime> {
        self.times.recv_timeout(self.patience).ok()
    }

    /// All of the output as text, at most `most` bytes of it, once the child has ended well.
    pub(crate) fn read_text(
        mut self,
        most: usize,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<String, VideoError> {
        let mut bytes = Vec::new();
        while let Some(block) = self.next_block(is_cancelled)? {
            let room = most - bytes.len().min(most);
            bytes.extend_from_slice(&block[..block.len().min(room)]);
        }
        self.end(is_cancelled)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Waits until the child has ended by itself; what it still delivers is not looked at. [`VideoError::Failed`] with its last
    /// words where it failed.
    pub(crate) fn end(mut self, is_cancelled: &dyn Fn() -> bool) -> Result<(), VideoError> {
        // Its pipe is closed with its end, which is heard of at once.
        while self.next_block(is_cancelled)?.is_some() {}
        let since = Instant::now();
        let mut pause = Duration::from_millis(1);
        let status = loop {
            if let Some(status) = self.process.try_wait()? {
                break status;
            }
            if is_cancelled() {
                return Err(VideoError::Cancelled);
            }
            if since.elapsed() > self.patience {
                return Err(VideoError::Stalled);
            }
            // An exit cannot be waited for with a limit in the standard library.
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        };
        if status.success() {
            return Ok(());
        }
        let said = self.last_words();
        Err(VideoError::Failed { reason: said.unwrap_or_else(|| status.to_string()) })
    }

    /// The most telling complaint of a child that has ended or is ended now: the last one about something inside the file.
    /// That the file as a whole could not be read comes after it and says less.
    pub(crate) fn last_words(&mut self) -> Option<String> {
        self.stop();
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let inside =
            words.iter().rev().find(|said| !said.starts_with("file:") && *said != "error reading header");
        inside.or(words.back()).map(|said| match said.strip_prefix("file:") {
            // `file:PATH: words`.
            Some(whole) => whole.rsplit_once(": ").map_or(whole, |(_, words)| words).to_owned(),
            None => said.clone(),
        })
    }

    /// All words that are kept, of a child that has ended or is ended now.
    pub(crate) fn all_words(&mut self) -> String {
        self.stop();
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        words.iter().cloned().collect::<Vec<_>>().join("\n")
    }

    fn stop(&mut self) {
        // It may have ended already; nothing else can go wrong with a child that is ours.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Which of the child's words are kept.
#[derive(Clone, Copy)]
enum Keep {
    Complaints,
    Everything,
}

impl Keep {
    fn of(self, line: String) -> Option<String> {
        match self {
            Self::Complaints => complaint(&line),
            Self::Everything => Some(line),
        }
    }

    fn lines(self) -> usize {
        match self {
            Self::Complaints => LINES,
            Self::Everything => LINES_OF_A_LIST,
        }
    }
}

/// The next line, without its end, cut at [`LINE`] bytes; `None` at the end.
fn next_line(pipe: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    let read = pipe.by_ref().take(LINE).read_until(b'\n', &mut line).ok()?;
    (read > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// What a child tells of when a frame is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameTime {
    /// In microseconds.
    At(i64),
    /// The file does not say.
    Unknown,
}

/// What the filter `showinfo` tells of a frame: `[Parsed_showinfo_4 @ 0x55] [info] n:   0 pts:  20000 pts_time:0.02 …`. A
/// file could write such a line through its metadata: then its own frames have wrong times.
fn frame_time(line: &str) -> Option<FrameTime> {
    let rest = line.strip_prefix("[Parsed_showinfo_")?;
    let (_, pts) = rest.split_once(" pts:")?;
    let pts = pts.split_whitespace().next().and_then(|pts| pts.parse().ok());
    Some(pts.map_or(FrameTime::Unknown, FrameTime::At))
}

/// A line at the level of an error, without level and the sender's address.
fn complaint(line: &str) -> Option<String> {
    let (_, said) = line.split_once("[error] ").or_else(|| line.split_once("[fatal] "))?;
    let said = said.trim();
    (!said.is_empty()).then(|| said.to_owned())
}

/// Keeps Windows from opening a console for the child.
#[cfg(windows)]
fn no_console(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

#[cfg(not(windows))]
fn no_console(_: &mut Command) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        let line =
            "[Parsed_showinfo_4 @ 0x556f404ff480] [info] n:   1 pts: 100000 pts_time:0.1     pos:     1673";
        assert_eq!(frame_time(line), Some(FrameTime::At(100_000)));
        assert_eq!(
            frame_time("[Parsed_showinfo_4 @ 0x5] [info] n:   1 pts: NOPTS pts_time:NOPTS"),
            Some(FrameTime::Unknown)
        );
        assert_eq!(frame_time("[Parsed_showinfo_4 @ 0x5] [info] color_range:pc color_space:gbr"), None);
        assert_eq!(
            complaint("[mov,mp4 @ 0x5] [error] moov atom not found").as_deref(),
            Some("moov atom not found")
        );
        assert_eq!(complaint("[info] Stream mapping:"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_delivers_nothing_is_ended() {
        let mut command = Command::new("sleep");
        command.arg("60");
        let began = Instant::now();
        let mut child = Child::start(command, Some(Duration::from_millis(200))).unwrap();
        let id = child.process.id();
        assert!(matches!(child.next_block(&|| false), Err(VideoError::Stalled)));
        drop(child);
        assert!(began.elapsed() < Duration::from_secs(30));
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists(), "it has ended");
    }

    #[test]
    fn long_lines_are_cut() {
        let mut pipe = std::io::Cursor::new(vec![b'x'; 5000]);
        assert_eq!(next_line(&mut pipe).map(|line| line.len()), Some(2000));
    }
}
