//! From a message that goes to the parts of a request, and to what the receipt says of each.

use super::plan::{Fate, Heard, Noted, Plan, Sendable, picture_tokens};
use super::video::Watched;
use super::{PrepareError, count, small};
use crate::PreparedPictures;
use crate::note::Language;
use crate::prepared::PreparedFrame;
use crate::video_words;
use conversation::{
    Attachment, DeliveredMedia, DeliveredNotes, FileToSend, FileView, ImageBudget, Message, Omission,
    OmissionReason, Part, PreparedMedia, Receipt, RequestPart,
};
use history::History;
use tokio_util::sync::CancellationToken;

/// What a message says, code and what it printed included.
pub(super) fn words_of(message: &Message) -> String {
    message.parts.iter().filter_map(in_words).collect()
}

/// A part in words; `None` for files and thoughts.
fn in_words(part: &Part) -> Option<String> {
    match part {
        Part::Text { text } => Some(text.clone()),
        Part::Code { language, code } => Some(format!("\n```{language}\n{code}\n```\n")),
        Part::CodeResult { outcome, output } => Some(format!("\n```{}\n{output}\n```\n", outcome.name())),
        _ => None,
    }
}

/// Turns a kept message into request parts, and keeps the receipt.
pub(super) struct PartWriter<'a> {
    pub(super) history: &'a History,
    pub(super) pictures: &'a PreparedPictures,
    pub(super) budget: Option<&'a ImageBudget>,
    pub(super) language: Language,
    pub(super) current: bool,
    pub(super) receipt: &'a mut Receipt,
}

impl PartWriter<'_> {
    pub(super) fn write(
        mut self,
        mut plan: Plan<'_>,
        cancel: &CancellationToken,
    ) -> Result<Vec<RequestPart>, PrepareError> {
        let mut parts = Vec::with_capacity(plan.message.parts.len());
        for part in &plan.message.parts {
            if cancel.is_cancelled() {
                return Err(PrepareError::Cancelled);
            }
            match part {
                Part::Text { text } => parts.push(RequestPart::Text(text.clone())),
                Part::Attachment { id, view } => {
                    if let Some((attachment, fate)) = plan.files.remove(id) {
                        parts.extend(self.file(&attachment, *view, fate));
                    }
                }
                Part::Code { .. } | Part::CodeResult { .. } => {
                    parts.extend(in_words(part).map(RequestPart::Text));
                }
                // Thoughts are no part of what was said.
                _ => {}
            }
        }
        Ok(parts)
    }

    fn file(&mut self, attachment: &Attachment, view: FileView, fate: Fate) -> Vec<RequestPart> {
        vec![match (fate, self.budget) {
            (Fate::Video(watched), _) => return self.video(attachment, view, *watched),
            (Fate::Picture, Some(budget)) => self.picture(attachment, view, budget),
            (Fate::File(file), _) => self.media_file(attachment, view, file),
            (Fate::SentAhead(file), _) => self.sent_ahead(attachment, view, file),
            (Fate::Picture, None) => self.omit(attachment, OmissionReason::ModelCannotSee),
            (Fate::Notes(noted), _) => self.notes(attachment, *noted),
            (Fate::Transcript(heard), _) => self.transcript(attachment, heard),
            (Fate::Text { text, tokens, cut }, _) => self.text(attachment, &text, tokens, cut),
            (Fate::Omitted(reason), _) => self.omit(attachment, reason),
        }]
    }

    fn picture(&mut self, attachment: &Attachment, view: FileView, budget: &ImageBudget) -> RequestPart {
        let prepared = self
            .pictures
            .get(self.history, attachment, budget)
            .inspect_err(|error| tracing::warn!(%error, "a picture cannot be read or prepared"));
        let Ok(mut media) = prepared else { return self.omit(attachment, OmissionReason::Unreadable) };
        media.view = view;
        self.receipt.delivered.push(DeliveredMedia {
            mime: media.mime.clone(),
            width: media.width,
            height: media.height,
            scaled: media.scaled,
            metadata_removed: media.metadata_removed,
            view,
            ..self.delivered(attachment, count(media.data.len()), picture_tokens(budget.tokens, view))
        });
        RequestPart::Media(media)
    }

    fn media_file(&mut self, attachment: &Attachment, view: FileView, file: Sendable) -> RequestPart {
        let read = std::fs::read(&file.path);
        let Ok(data) = read.inspect_err(|error| tracing::warn!(%error, "a file cannot be read")) else {
            return self.omit(attachment, OmissionReason::Unreadable);
        };
        let delivered = self.delivered(attachment, count(data.len()), file.tokens);
        self.receipt.delivered.push(DeliveredMedia { mime: file.mime.clone(), view, ..delivered });
        RequestPart::Media(PreparedMedia {
            attachment: attachment.id,
            mime: file.mime,
            width: 0,
            height: 0,
            data: data.into(),
            scaled: false,
            metadata_removed: false,
            view,
        })
    }

    fn sent_ahead(&mut self, attachment: &Attachment, view: FileView, file: Sendable) -> RequestPart {
        if !file.path.is_file() {
            return self.omit(attachment, OmissionReason::Unreadable);
        }
        let delivered = self.delivered(attachment, small(file.bytes), file.tokens);
        self.receipt.delivered.push(DeliveredMedia { mime: file.mime.clone(), view, ..delivered });
        RequestPart::File(FileToSend {
            attachment: attachment.id,
            hash: attachment.hash.clone(),
            name: attachment.name.clone(),
            mime: file.mime,
            path: file.path,
            content: file.hash,
            uri: None,
            view,
        })
    }

    /// What the receipt says of a file that goes as it is.
    fn delivered(&self, attachment: &Attachment, bytes: u32, tokens: u32) -> DeliveredMedia {
        DeliveredMedia {
            attachment: attachment.id,
            current: self.current,
            mime: attachment.mime.clone(),
            width: 0,
            height: 0,
            bytes,
            tokens,
            scaled: false,
            metadata_removed: false,
            view: FileView::default(),
            number: None,
            notes: None,
            moments: Vec::new(),
        }
    }

    fn notes(&mut self, attachment: &Attachment, noted: Noted) -> RequestPart {
        let Noted { words, usable, number, tokens } = noted;
        self.receipt.delivered.push(DeliveredMedia {
            mime: "text/plain".to_owned(),
            number: Some(number),
            notes: Some(DeliveredNotes {
                words: words.text.clone(),
                usable,
                lines: words.lines,
                lines_left_out: words.lines_left_out,
            }),
            ..self.delivered(attachment, count(words.text.len()), tokens)
        });
        RequestPart::Notes(words.text)
    }

    fn transcript(&mut self, recording: &Attachment, heard: Heard) -> RequestPart {
        let Heard { words, segments, tokens, cut, is_question } = heard;
        let has_words = !words.trim().is_empty();
        let mut part = match (has_words, is_question) {
            (true, true) => words.clone(),
            (true, false) => self.language.heard(&recording.name) + &words,
            (false, _) => self.language.silent(&recording.name),
        };
        self.receipt.delivered.push(DeliveredMedia {
            mime: "text/plain".to_owned(),
            notes: Some(DeliveredNotes { words, usable: has_words, lines: segments, lines_left_out: 0 }),
            ..self.delivered(recording, count(part.len()), tokens)
        });
        if cut {
            part.push_str(self.language.cut());
            self.omitted(recording, OmissionReason::ContextFull);
        }
        RequestPart::Text(part)
    }

    /// A video in single frames, each below its time, or in words alone.
    fn video(&mut self, video: &Attachment, view: FileView, watched: Watched) -> Vec<RequestPart> {
        let bytes = watched.frame_bytes().saturating_add(count(watched.head.len() + watched.tail.len()));
        let Watched { head, frames, tail, usable, lines, lines_left_out, .. } = watched;
        let as_sent = frames.first().map(|frame| &frame.media);
        self.receipt.delivered.push(DeliveredMedia {
            mime: as_sent.map_or("text/plain", |frame| &frame.mime).to_owned(),
            width: as_sent.map_or(0, |frame| frame.width),
            height: as_sent.map_or(0, |frame| frame.height),
            scaled: watched.scaled,
            view,
            number: Some(watched.number),
            notes: watched.words.map(|words| DeliveredNotes { words, usable, lines, lines_left_out }),
            moments: watched.moments,
            ..self.delivered(video, bytes, watched.tokens)
        });
        for reason in watched.missing {
            self.omitted(video, reason);
        }
        if frames.is_empty() {
            return vec![RequestPart::Notes(head + &tail)];
        }
        let frames = frames.into_iter().flat_map(|PreparedFrame { at_ms, media }| {
            [RequestPart::Text(video_words::above_frame(at_ms)), RequestPart::Media(media)]
        });
        std::iter::once(RequestPart::Text(head))
            .chain(frames)
            .chain(std::iter::once(RequestPart::Text(tail)))
            .collect()
    }

    fn text(&mut self, attachment: &Attachment, text: &str, tokens: u32, cut: bool) -> RequestPart {
        let delivered = self.delivered(attachment, count(text.len()), tokens);
        self.receipt.delivered.push(delivered);
        let mut part = self.language.heading(&attachment.name);
        part.push_str(text);
        if cut {
            part.push_str(self.language.cut());
            self.omitted(attachment, OmissionReason::ContextFull);
        }
        RequestPart::Text(part)
    }

    fn omit(&mut self, attachment: &Attachment, reason: OmissionReason) -> RequestPart {
        self.omitted(attachment, reason);
        RequestPart::Text(self.language.omitted(&attachment.name, attachment.kind, reason))
    }

    fn omitted(&mut self, attachment: &Attachment, reason: OmissionReason) {
        self.receipt.omitted.push(Omission { attachment: Some(attachment.id), reason, count: 1 });
    }
}
