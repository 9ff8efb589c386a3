//! A connection to Speech Dispatcher in its protocol SSIP (freebsoft.org/doc/speechd/ssip.html).
//!
//! Our own, because `ssip-client-async` takes an event between a request and its answer for an error, as the beginning of
//! speech comes; loses half a line when it does not want to wait any longer; and panics on codes that it does not know.

use crate::VoiceError;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How long an answer may take. The list of some ten thousand voices is the slowest.
const PATIENCE: Duration = Duration::from_secs(10);
/// A line that is longer is no answer.
const LONGEST_LINE: u64 = 64 * 1024;

/// An answer or event: a code, and the lines with it but for the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub code: u16,
    pub lines: Vec<String>,
    /// The last line, in words.
    pub message: String,
}

/// What happened to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It was said to the end.
    Ended,
    /// It was taken back, by us or by another program.
    Canceled,
}

/// A connection. Closed when dropped.
#[derive(Debug)]
pub(super) struct Connection {
    stream: UnixStream,
    replies: Receiver<Reply>,
    events: Receiver<Reply>,
}

impl Connection {
    /// Connects, and has Speech Dispatcher started where it does not run and the person allows that, as libspeechd does.
    pub fn open() -> Result<Self, VoiceError> {
        let path = socket_path().ok_or(VoiceError::Missing)?;
        let stream = match UnixStream::connect(&path) {
            Ok(stream) => stream,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                spawn()?;
                UnixStream::connect(&path).map_err(|_| VoiceError::Missing)?
            }
            Err(error) => return Err(failed(&error)),
        };
        stream.set_write_timeout(Some(PATIENCE)).map_err(|error| failed(&error))?;
        let input = stream.try_clone().map_err(|error| failed(&error))?;
        let (answered, replies) = mpsc::channel();
        let (happened, events) = mpsc::channel();
        thread::Builder::new()
            .name("speech dispatcher".into())
            .spawn(move || {
                let mut input = BufReader::new(input);
                while let Some(reply) = read_reply(&mut input) {
                    let to = if (700..800).contains(&reply.code) { &happened } else { &answered };
                    if to.send(reply).is_err() {
                        return;
                    }
                }
            })
            .map_err(|error| failed(&error))?;
        let mut connection = Self { stream, replies, events };
        connection.ask("SET SELF CLIENT_NAME castor:castor:voice")?;
        connection.ask("SET SELF NOTIFICATION ALL ON")?;
        // Said one after the other, where text of another priority would take back what came before.
        connection.ask("SET SELF PRIORITY message")?;
        Ok(connection)
    }

    /// Sends one request and gives the lines of its answer.
    pub fn ask(&mut self, request: &str) -> Result<Vec<String>, VoiceError> {
        self.send(&format!("{request}\r\n"))
    }

    /// Has `text` said; gives the message's number.
    pub fn speak(&mut self, text: &str) -> Result<String, VoiceError> {
        self.ask("SPEAK")?;
        // A line of one dot ends the text; lines that begin with one get another.
        let lines = text
            .lines()
            .map(|line| if line.starts_with('.') { format!(".{line}\r\n") } else { format!("{line}\r\n") });
        let answer = self.send(&(lines.collect::<String>() + ".\r\n"))?;
        answer.into_iter().next().ok_or_else(|| VoiceError::Failed("a message without a number".into()))
    }

    /// Waits up to `patience` for what happens to the message with this number.
    pub fn progress(&mut self, message: &str, patience: Duration) -> Result<Option<Progress>, VoiceError> {
        let deadline = Instant::now() + patience;
        loop {
            match self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(event) if event.lines.first().is_some_and(|line| line == message) => match event.code {
                    702 => return Ok(Some(Progress::Ended)),
                    703 => return Ok(Some(Progress::Canceled)),
                    _ => {}
                },
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => return Err(ended()),
            }
        }
    }

    fn send(&mut self, request: &str) -> Result<Vec<String>, VoiceError> {
        self.stream.write_all(request.as_bytes()).map_err(|error| failed(&error))?;
        match self.replies.recv_timeout(PATIENCE) {
            Ok(reply) if (200..300).contains(&reply.code) => Ok(reply.lines),
            Ok(reply) => {
                Err(VoiceError::Failed(format!("Speech Dispatcher: {} {}", reply.code, reply.message)))
            }
            Err(RecvTimeoutError::Timeout) => {
                Err(VoiceError::Failed("Speech Dispatcher does not answer".into()))
            }
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Ends the thread that reads. What is being said is taken back by the server.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

fn ended() -> VoiceError {
    VoiceError::Failed("Speech Dispatcher ended".into())
}

fn failed(error: &std::io::Error) -> VoiceError {
    VoiceError::Failed(format!("Speech Dispatcher: {error}"))
}

/// Where the socket is, as libspeechd finds it; `None` where the person has it elsewhere than in a file.
fn socket_path() -> Option<PathBuf> {
    if let Some(address) = std::env::var_os("SPEECHD_ADDRESS") {
        let address = address.into_string().ok()?;
        return match address.strip_prefix("unix_socket")? {
            "" | ":" => default_path(),
            path => path.strip_prefix(':').map(PathBuf::from),
        };
    }
    default_path()
}

fn default_path() -> Option<PathBuf> {
    // Without a session's own folder it is that of the cache.
    let folder = std::env::var_os("XDG_RUNTIME_DIR")
        .or_else(|| std::env::var_os("XDG_CACHE_HOME"))
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(folder.join("speech-dispatcher/speechd.sock"))
}

/// Starts the server; it answers when this returns.
fn spawn() -> Result<(), VoiceError> {
    let status = Command::new("speech-dispatcher")
        .arg("--spawn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        // The person does not want it to start by itself, or there is none.
        Ok(_) => Err(VoiceError::Missing),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(VoiceError::Missing),
        Err(error) => Err(failed(&error)),
    }
}

/// Reads one answer or event: lines of "CODE-text", the last of "CODE text". `None` at the end, or when it is none.
fn read_reply(input: &mut impl BufRead) -> Option<Reply> {
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
        let line = String::from_utf8_lossy(&line);
        let line = line.strip_suffix('\n')?.trim_end_matches('\r');
        let code = line.get(..3)?.parse().ok()?;
        let text = line.get(4..).unwrap_or_default().to_owned();
        match line.as_bytes().get(3) {
            Some(b'-') => lines.push(text),
            Some(b' ') | None => return Some(Reply { code, lines, message: text }),
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_to_their_last_line() {
        let mut input =
            "249-Alex\ten\tnone\r\n249 OK VOICE LIST SENT\r\n701-3\r\n701-1\r\n701 BEGIN\r\nnonsense\r\n"
                .as_bytes();
        let first = read_reply(&mut input).unwrap();
        assert_eq!((first.code, first.lines), (249, vec!["Alex\ten\tnone".to_owned()]));
        let second = read_reply(&mut input).unwrap();
        assert_eq!((second.code, second.lines.len(), second.message.as_str()), (701, 2, "BEGIN"));
        assert_eq!(read_reply(&mut input), None);
        assert_eq!(read_reply(&mut "208 OK".as_bytes()), None);
    }
}
