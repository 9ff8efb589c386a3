//! An answer's text as far as it is written, for whoever reads it aloud meanwhile.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A text that grows until it is whole.
#[derive(Debug, Default)]
pub struct Written {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    text: String,
    is_whole: bool,
}

/// What a reader who has got so far finds.
#[derive(Debug, PartialEq, Eq)]
pub enum Rest {
    /// More of the text.
    More(String),
    /// Nothing new yet.
    NotYet,
    /// Nothing, and nothing will come.
    End,
}

impl Written {
    /// A text nothing is added to any more.
    pub fn whole(text: String) -> Self {
        Self { state: Mutex::new(State { text, is_whole: true }), changed: Condvar::new() }
    }

    /// More of it.
    pub fn add(&self, text: &str) {
        self.lock().text.push_str(text);
        self.changed.notify_all();
    }

    /// It is whole.
    pub fn end(&self) {
        self.lock().is_whole = true;
        self.changed.notify_all();
    }

    /// What comes after the first `read` bytes; waits for it at most `patience`.
    pub fn after(&self, read: usize, patience: Duration) -> Rest {
        let nothing_new = |state: &mut State| state.text.len() <= read && !state.is_whole;
        let waited = self.changed.wait_timeout_while(self.lock(), patience, nothing_new);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match state.text.get(read..) {
            Some(more) if !more.is_empty() => Rest::More(more.to_owned()),
            _ if state.is_whole => Rest::End,
            _ => Rest::NotYet,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const SOON: Duration = Duration::from_millis(1);

    #[test]
    fn a_reader_gets_every_byte_once_and_then_the_end() {
        let written = Arc::new(Written::default());
        assert_eq!(written.after(0, SOON), Rest::NotYet);
        let writer = Arc::clone(&written);
        let writing = std::thread::spawn(move || {
            for piece in ["Grüße ", "aus ", "北京", "。"] {
                writer.add(piece);
                std::thread::sleep(SOON);
            }
            writer.end();
        });
        let mut read = String::new();
        loop {
            match written.after(read.len(), Duration::from_secs(10)) {
                Rest::More(more) => read.push_str(&more),
                Rest::NotYet => panic!("nothing came in ten seconds"),
                Rest::End => break,
            }
        }
        writing.join().unwrap();
        assert_eq!(read, "Grüße aus 北京。");
        assert_eq!(Written::whole("All.".into()).after(4, SOON), Rest::End);
    }
}
