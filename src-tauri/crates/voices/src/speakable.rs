//! What of an answer is spoken: takes its Markdown as it streams and gives plain sentences, each as soon as it is certain
//! where it ends.
//!
//! Every character is looked at once and in turn, so how the answer was cut on its way makes no difference. Lines are told
//! apart by their first characters ([`heads`]); a paragraph is cut into sentences while it grows ([`paragraph`], [`stops`],
//! [`clauses`]), and the Markdown of each sentence is read by [`pulldown_cmark`] ([`words`]). That crate needs whole blocks;
//! waiting for them would keep the first sentence back until its paragraph is complete.

mod clauses;
mod heads;
mod paragraph;
mod spans;
mod stops;
mod words;

use crate::SpokenLanguage;
use heads::{Around, Head, head};
use paragraph::{Paragraph, Unit};

/// What is said in place of what cannot be read aloud, in the language of the answer. An empty remark is not spoken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remarks {
    /// For a block of code.
    pub code: String,
    /// For a table.
    pub table: String,
    /// For a formula on its own.
    pub formula: String,
}

/// A sentence, or a part of a long one, to be spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Plain words, never empty.
    pub text: String,
    /// Whose voice is to speak them.
    pub language: SpokenLanguage,
}

/// The lines of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Paragraph,
    Fence {
        mark: char,
        width: usize,
    },
    Code,
    Table,
    /// What follows on this line is left out.
    Target,
}

/// Whether it is known what the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// Not yet, or what follows of it is not spoken.
    None,
    /// What follows of it belongs to the paragraph.
    Paragraph,
    /// The same, and the paragraph ends with the line.
    Heading,
}

/// Finds what is spoken in the Markdown of an answer.
#[derive(Debug)]
pub struct Speakable {
    remarks: Remarks,
    block: Block,
    paragraph: Paragraph,
    /// The line so far, while it is not known what it is.
    line: String,
    flow: Flow,
    in_list: bool,
    /// The line before was blank.
    after_blank: bool,
}

impl Default for Speakable {
    fn default() -> Self {
        Self::with_remarks(Remarks::default())
    }
}

impl Speakable {
    /// Leaves code, tables and formulas out without a word.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says `remarks` where code, tables and formulas are left out.
    pub fn with_remarks(remarks: Remarks) -> Self {
        Self {
            remarks,
            block: Block::Paragraph,
            paragraph: Paragraph::default(),
            line: String::new(),
            flow: Flow::None,
            in_list: false,
            after_blank: true,
        }
    }

    /// Takes what follows of the answer, cut anywhere, and gives the sentences that are complete with it.
    pub fn push(&mut self, delta: &str) -> Vec<Sentence> {
        let mut said = Vec::new();
        for letter in delta.chars().filter(|letter| *letter != '\r') {
            if letter == '\n' {
                self.end_line(&mut said);
            } else if self.flow != Flow::None {
                self.paragraph.push(letter, &mut |unit| say(&unit, &self.remarks, &mut said));
            } else {
                self.line.push(letter);
                self.tell(false, &mut said);
            }
        }
        said
    }

    /// The answer ends here; gives what is left. Then it is ready for another.
    pub fn finish(&mut self) -> Vec<Sentence> {
        let mut said = Vec::new();
        self.end_line(&mut said);
        self.end_paragraph(&mut said);
        *self = Self::with_remarks(std::mem::take(&mut self.remarks));
        said
    }

    fn end_line(&mut self, said: &mut Vec<Sentence>) {
        if self.flow == Flow::None {
            self.tell(true, said);
        }
        self.line.clear();
        if self.block == Block::Target {
            self.block = Block::Paragraph;
        }
        match std::mem::replace(&mut self.flow, Flow::None) {
            Flow::None => {}
            Flow::Paragraph if !self.paragraph.has_hard_break() || self.paragraph.is_held() => {
                self.paragraph.push('\n', &mut |unit| say(&unit, &self.remarks, said));
            }
            Flow::Paragraph | Flow::Heading => self.end_paragraph(said),
        }
    }

    /// Tells what the line is, where that is possible yet.
    fn tell(&mut self, is_whole: bool, said: &mut Vec<Sentence>) {
        match self.block {
            Block::Fence { mark, width } => {
                if is_whole && closes(&self.line, mark, width) {
                    self.block = Block::Paragraph;
                }
                return;
            }
            Block::Target => return,
            Block::Table => {
                if !is_whole || self.line.contains('|') {
                    return;
                }
                self.block = Block::Paragraph;
            }
            Block::Code => {
                // Blank lines are part of it.
                let is_code = self.line.starts_with("    ") || self.line.starts_with('\t');
                if is_code || (self.line.trim().is_empty() && (is_whole || self.line.len() < 4)) {
                    return;
                }
                self.block = Block::Paragraph;
            }
            Block::Paragraph => {}
        }
        if self.paragraph.is_in_formula() && !(is_whole && self.line.trim().is_empty()) {
            self.flow(0, Flow::Paragraph, said);
            return;
        }
        let around = Around {
            in_paragraph: !self.after_blank && !self.paragraph.is_empty(),
            in_list: self.in_list,
            after_bar: self.paragraph.is_held(),
        };
        if let Some(head) = head(&self.line, is_whole, around) {
            self.begin(head, said);
        }
    }

    fn begin(&mut self, head: Head, said: &mut Vec<Sentence>) {
        let after_blank = std::mem::replace(&mut self.after_blank, head == Head::Blank);
        match head {
            Head::Words { from, begins, is_item, is_alone } => {
                let is_set_in = self.line.starts_with([' ', '\t']);
                self.in_list = is_item || (self.in_list && (!after_blank || is_set_in) && !is_alone);
                if begins {
                    self.end_paragraph(said);
                } else {
                    self.paragraph.next_line(&mut |unit| say(&unit, &self.remarks, said));
                }
                self.flow(from, if is_alone { Flow::Heading } else { Flow::Paragraph }, said);
            }
            Head::Table => {
                self.paragraph.drop_line();
                self.end_paragraph(said);
                self.block = Block::Table;
                remark(&self.remarks.table, said);
            }
            Head::Fence { mark, width } => {
                self.end_paragraph(said);
                self.block = Block::Fence { mark, width };
                remark(&self.remarks.code, said);
            }
            Head::Code => {
                self.end_paragraph(said);
                self.block = Block::Code;
                remark(&self.remarks.code, said);
            }
            Head::Target => {
                self.end_paragraph(said);
                self.block = Block::Target;
            }
            Head::Blank | Head::Rule => self.end_paragraph(said),
        }
    }

    /// The line from `from` on, and what follows of it, belongs to the paragraph.
    fn flow(&mut self, from: usize, flow: Flow, said: &mut Vec<Sentence>) {
        self.flow = flow;
        let line = std::mem::take(&mut self.line);
        for letter in line.get(from..).unwrap_or_default().chars() {
            self.paragraph.push(letter, &mut |unit| say(&unit, &self.remarks, said));
        }
    }

    fn end_paragraph(&mut self, said: &mut Vec<Sentence>) {
        self.paragraph.end(&mut |unit| say(&unit, &self.remarks, said));
    }
}

/// Whether `line` closes a block of code.
fn closes(line: &str, mark: char, width: usize) -> bool {
    let marks = line.trim_start_matches([' ', '\t', '>']).trim_end();
    marks.chars().count() >= width && marks.chars().all(|other| other == mark)
}

fn say(unit: &Unit, remarks: &Remarks, said: &mut Vec<Sentence>) {
    match unit {
        Unit::Formula => remark(&remarks.formula, said),
        Unit::Text(markdown) => {
            for sentence in stops::sentences(&words::words(markdown)) {
                for piece in clauses::cut(sentence.trim()) {
                    remark(&piece, said);
                }
            }
        }
    }
}

fn remark(text: &str, said: &mut Vec<Sentence>) {
    let text = text.trim();
    if text.chars().any(char::is_alphanumeric) {
        said.push(Sentence { text: text.to_owned(), language: SpokenLanguage::of(text) });
    }
}

#[cfg(test)]
mod tests;
