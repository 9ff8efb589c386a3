//! A paragraph that is still growing: gives each sentence of its Markdown as soon as it is certain where it ends.

use super::clauses::{is_clause, longest};
use super::spans::{Span, span};
use super::stops::{Stop, stop};
use crate::SpokenLanguage;

/// What a paragraph gives.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Markdown of one sentence, or of what ended without a stop.
    Text(String),
    /// A formula on its own stood here.
    Formula,
}

/// Markdown of one paragraph, without the marks of its lines.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    /// What was not given yet.
    text: Vec<char>,
    /// Up to here the end of a sentence was looked for.
    seen: usize,
    /// How many characters up to there will be spoken.
    spoken: usize,
    /// The last clause that ended: where, and how many characters up to there will be spoken.
    clause: Option<(usize, usize)>,
    /// What closes the formula on its own that this is in.
    display: Option<[char; 2]>,
    /// Where the last line begins.
    line: usize,
    /// The last line has a bar, so it may turn out to be the first of a table.
    is_held: bool,
}

impl Paragraph {
    /// Whether this is within a formula on its own, whose lines are no Markdown.
    pub(super) fn is_in_formula(&self) -> bool {
        self.display.is_some()
    }

    /// Whether the last line may be the first of a table.
    pub(super) fn is_held(&self) -> bool {
        self.is_held
    }

    /// Whether nothing is waiting to be given.
    pub(super) fn is_empty(&self) -> bool {
        self.text.iter().all(|letter| letter.is_whitespace()) && self.display.is_none()
    }

    /// Takes one character.
    pub(super) fn push(&mut self, letter: char, give: &mut dyn FnMut(Unit)) {
        self.text.push(letter);
        if self.display.is_none() {
            self.is_held |= letter == '|';
            if self.is_held {
                return;
            }
        }
        self.look(false, give);
    }

    /// A line follows that belongs to the same paragraph.
    pub(super) fn next_line(&mut self, give: &mut dyn FnMut(Unit)) {
        self.is_held = false;
        self.look(false, give);
        self.line = self.text.len();
    }

    /// The line ends here for the eye too, where Markdown says so: with two spaces or a backslash.
    pub(super) fn has_hard_break(&self) -> bool {
        self.text.ends_with(&[' ', ' ']) || self.text.ends_with(&['\\'])
    }

    /// The last line was the first of a table.
    pub(super) fn drop_line(&mut self) {
        self.text.truncate(self.line);
    }

    /// The paragraph ends here.
    pub(super) fn end(&mut self, give: &mut dyn FnMut(Unit)) {
        self.is_held = false;
        if self.text.ends_with(&['\\']) {
            self.text.pop();
        }
        self.look(true, give);
        if self.display.take().is_some() {
            give(Unit::Formula);
        } else if !self.text.is_empty() {
            give(Unit::Text(self.text.iter().collect()));
        }
        *self = Self::default();
    }

    /// Takes what is before `end` away.
    fn take(&mut self, end: usize) -> Vec<char> {
        let taken = self.text.drain(..end).collect();
        (self.seen, self.spoken, self.clause) = (0, 0, None);
        self.line = self.line.saturating_sub(end);
        taken
    }

    fn give(&mut self, end: usize, give: &mut dyn FnMut(Unit)) {
        give(Unit::Text(self.take(end).iter().collect()));
    }

    fn look(&mut self, is_whole: bool, give: &mut dyn FnMut(Unit)) {
        loop {
            if let Some(close) = self.display {
                let Some(end) = self.text.windows(2).position(|marks| marks == close) else { return };
                self.take(end + 2);
                self.display = None;
                give(Unit::Formula);
                continue;
            }
            if self.seen >= self.text.len() || !self.step(is_whole, give) {
                return;
            }
        }
    }

    /// Looks at one place; `false` when it has to wait.
    fn step(&mut self, is_whole: bool, give: &mut dyn FnMut(Unit)) -> bool {
        let at = self.seen;
        match span(&self.text, at, is_whole) {
            Span::Wait => return false,
            Span::Display { close } => {
                self.give(at, give);
                self.take(2);
                self.display = Some(close);
            }
            Span::Tag { to, is_border: true } => self.give(to, give),
            Span::Tag { to, .. } | Span::Marks(to) | Span::Footnote { to } => self.seen = to,
            Span::Escape => self.pass(at + 2, 1, give),
            Span::Code { to } | Span::Formula { to, .. } => self.pass(to, to - at, give),
            Span::Link { words, to } => self.pass(to, words.1 - words.0, give),
            Span::None => match stop(&self.text, at, is_whole) {
                Stop::Wait => return false,
                Stop::Ends(end) => self.give(end, give),
                Stop::No(next) => {
                    let Some(is_clause) = is_clause(&self.text, at, is_whole) else { return false };
                    if is_clause {
                        self.clause = Some((next, self.spoken + 1));
                    }
                    self.pass(next, next - at, give);
                }
            },
        }
        true
    }

    /// Goes on to `to`; `spoken` characters of those between will be spoken.
    fn pass(&mut self, to: usize, spoken: usize, give: &mut dyn FnMut(Unit)) {
        self.seen = to;
        self.spoken += spoken;
        // Chinese has the shorter of the two.
        if self.spoken <= longest(SpokenLanguage::Chinese) {
            return;
        }
        let seen: String = self.text.iter().take(to).collect();
        let most = longest(SpokenLanguage::of(&seen));
        let Some((end, clause)) = self.clause else { return };
        if self.spoken > most && clause >= most / 4 {
            let rest = self.spoken - clause;
            self.give(end, give);
            (self.seen, self.spoken) = (to - end, rest);
        }
    }
}
