//! Which messages go, and what becomes of each of their files: spends the room of a model's context from the newest message
//! to the oldest.

use super::parts::words_of;
use super::video::{Room, Watched};
use super::{Asked, PrepareError, count, small};
use crate::NotebookError;
use crate::note::Language;
use crate::notebook::CONVERTED_SOUND;
use crate::video_words::clock;
use crate::words::{self, Words};
use conversation::{
    Attachment, AttachmentId, Detail, FileBudget, FileView, HearingEvent, ImageBudget, MediaKind, Message,
    OmissionReason, Part, Provider, SensesError, Sha256Hash, Stage, Transcript, TranscriptSegment,
};
use history::History;
use media::sound::{self, SoundReader};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

/// What a turn costs beyond its words: role markers and separators of any chat format.
const TURN_TOKENS: u32 = 8;
/// What a note in place of a file costs, or the heading above one.
const NOTE_TOKENS: u32 = 32;
/// A text file is not worth sending in fewer tokens than this.
pub(super) const LEAST_FILE_TOKENS: u32 = 64;
/// Recordings from here on are given with the times of what is said, in milliseconds.
const TIMED_FROM_MS: u32 = 60_000;
/// A larger text file is not even read: no model holds it.
const LARGEST_TEXT_FILE: u64 = 64 << 20;

/// About how many tokens a file costs that goes as it is: for cutting the context and for the first receipt, until the
/// provider counts. Of the API's documented prices: 560 a page of PDF (taken as 50 kB), 32 a second of sound (at 128 kbit
/// where it does not say how long it is), 100 a second of video with sound (at 1 Mbit).
fn file_tokens(attachment: &Attachment, view: FileView, sound: Option<Duration>) -> u32 {
    if let Some(duration) = sound {
        return small(duration.as_millis().saturating_mul(32).div_ceil(1000).try_into().unwrap_or(u64::MAX));
    }
    let bytes_a_token = match attachment.kind {
        MediaKind::Document => 90,
        MediaKind::Audio => 500,
        _ => 1250,
    };
    let tokens = small(attachment.bytes.div_ceil(bytes_a_token));
    if attachment.kind != MediaKind::Video {
        return tokens;
    }
    let finer = if matches!(view.detail, Some(Detail::High | Detail::UltraHigh)) { 4 } else { 1 };
    let frames = u64::from(view.frames_per_1000_s.unwrap_or(1000));
    small((u64::from(tokens) * finer * frames).div_ceil(1000))
}

/// What a picture costs that is looked at otherwise than usual, in the proportions of the API's documentation.
pub(super) fn picture_tokens(usual: u32, view: FileView) -> u32 {
    match view.detail {
        Some(Detail::Low) => usual / 4,
        Some(Detail::Medium) => usual / 2,
        Some(Detail::UltraHigh) => usual.saturating_mul(2),
        Some(Detail::High) | None => usual,
    }
}

/// A message that will be sent, and what becomes of each of its files.
pub(super) struct Plan<'a> {
    pub(super) message: &'a Message,
    pub(super) files: HashMap<AttachmentId, (Attachment, Fate)>,
}

/// What becomes of a file.
pub(super) enum Fate {
    Picture,
    /// Goes as a file, inside the request.
    File(Sendable),
    /// Goes as a file, ahead of the request.
    SentAhead(Sendable),
    Notes(Box<Noted>),
    Transcript(Heard),
    Video(Box<Watched>),
    Text {
        text: String,
        tokens: u32,
        cut: bool,
    },
    Omitted(OmissionReason),
}

/// What a document, a sound or a video takes of a request.
#[derive(Default)]
struct Cost {
    tokens: u32,
    pictures: u32,
    /// Inside the request.
    bytes: u32,
}

impl Fate {
    fn cost(&self) -> Cost {
        match self {
            Self::Transcript(heard) => Cost { tokens: heard.tokens, ..Cost::default() },
            Self::Video(watched) => Cost {
                tokens: watched.tokens,
                pictures: count(watched.frames.len()),
                bytes: watched.frame_bytes(),
            },
            Self::SentAhead(file) => Cost { tokens: file.tokens, ..Cost::default() },
            Self::File(file) => Cost { tokens: file.tokens, bytes: small(file.bytes), ..Cost::default() },
            _ => Cost::default(),
        }
    }
}

/// A file as a model gets it: the original, or what was made of it.
pub(super) struct Sendable {
    pub(super) path: PathBuf,
    /// Of what lies there, where it is known.
    pub(super) hash: Option<Sha256Hash>,
    pub(super) mime: String,
    pub(super) bytes: u64,
    pub(super) tokens: u32,
}

/// A picture that goes as notes.
pub(super) struct Noted {
    pub(super) words: Words,
    pub(super) usable: bool,
    pub(super) number: u32,
    pub(super) tokens: u32,
}

/// A recording that goes in words.
pub(super) struct Heard {
    /// What is said, with the times of it where a recording is long.
    pub(super) words: String,
    /// Stretches of speech in it.
    pub(super) segments: u32,
    pub(super) tokens: u32,
    pub(super) cut: bool,
    /// Whether it is the question itself, asked by voice.
    pub(super) is_question: bool,
}

/// How the recordings of a message are taken.
struct Voice {
    is_question: bool,
    /// How many there are, for the question of a turn; earlier ones are listened to silently.
    place: Option<u32>,
}

/// What a model reads of a transcript: a long one with the times of it, so that answers can name a moment.
fn words_heard(transcript: &Transcript) -> String {
    let end = transcript.segments.last().map_or(0, |segment| segment.end_ms);
    if transcript.edited || end < TIMED_FROM_MS {
        return transcript.text.clone();
    }
    let line = |segment: &TranscriptSegment| format!("[{}] {}", clock(segment.start_ms), segment.text.trim());
    transcript.segments.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Spends the context's room from the newest message to the oldest.
pub(super) struct Planner<'a> {
    pub(super) asked: &'a Asked<'a>,
    pub(super) numbers: &'a HashMap<AttachmentId, u32>,
    pub(super) history: &'a History,
    pub(super) provider: &'a dyn Provider,
    pub(super) budget: Option<&'a ImageBudget>,
    pub(super) files: Option<&'a FileBudget>,
    pub(super) language: Language,
    pub(super) all_room: u32,
    pub(super) room: u32,
    /// Bytes that files and pictures may still take.
    pub(super) bytes_left: u32,
    pub(super) pictures_left: u32,
}

impl Planner<'_> {
    /// Plans one message; `None` when it does not fit. A required one makes itself fit by leaving files out or cutting
    /// them, but never loses a word of the person's own.
    pub(super) fn plan<'m>(
        &mut self,
        message: &'m Message,
        required: bool,
    ) -> Result<Option<Plan<'m>>, PrepareError> {
        let mut attachments = Vec::new();
        for part in &message.parts {
            if let Part::Attachment { id, view } = part {
                attachments.push((self.history.attachment(*id)?, *view));
            }
        }
        let remarks = NOTE_TOKENS.saturating_mul(count(attachments.len()));
        let words = self.provider.estimate_tokens(&words_of(message)).saturating_add(TURN_TOKENS);
        let Some(mut left) = self.room.checked_sub(words.saturating_add(remarks)) else {
            return if required { Err(PrepareError::ContextFull) } else { Ok(None) };
        };
        let mut pictures_left = self.pictures_left;
        let mut bytes_left = self.bytes_left;
        let mut files = HashMap::new();

        let (pictures, others): (Vec<_>, Vec<_>) =
            attachments.into_iter().partition(|(attachment, _)| attachment.kind == MediaKind::Image);
        let (texts, media): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|(attachment, _)| attachment.kind == MediaKind::Text);
        let total = count(pictures.len());
        // The newest pictures come first when not all can go.
        for (index, (attachment, view)) in pictures.into_iter().enumerate().rev() {
            let fate = match self.budget {
                None => match self.notes(&attachment, left, required.then_some((count(index) + 1, total)))? {
                    // Notes of an earlier picture must not push out all that was said about it.
                    Fate::Notes(noted) if noted.tokens > left && !required => return Ok(None),
                    Fate::Notes(noted) => {
                        left = left.saturating_sub(noted.tokens);
                        Fate::Notes(noted)
                    }
                    omitted => omitted,
                },
                Some(_) if pictures_left == 0 => Fate::Omitted(OmissionReason::TooMany),
                Some(budget) => {
                    if let Some(rest) = left.checked_sub(picture_tokens(budget.tokens, view)) {
                        left = rest;
                        pictures_left -= 1;
                        bytes_left = bytes_left.saturating_sub(budget.max_bytes);
                        Fate::Picture
                    } else if required {
                        Fate::Omitted(OmissionReason::ContextFull)
                    } else {
                        return Ok(None);
                    }
                }
            };
            files.insert(attachment.id, (attachment, fate));
        }
        let recordings = count(media.iter().filter(|(file, _)| file.kind == MediaKind::Audio).count());
        let voice = Voice {
            // Words of a person's own make a recording a thing they ask about.
            is_question: recordings == 1 && message.text().trim().is_empty(),
            place: required.then_some(recordings),
        };
        let mut number = recordings;
        let videos = count(media.iter().filter(|(file, _)| self.is_watched(file)).count());
        let mut video = videos;
        for (attachment, view) in media.into_iter().rev() {
            let fate = if self.is_heard(&attachment) {
                number = number.saturating_sub(1);
                let most = if required { left } else { self.all_room / 2 };
                self.transcript(&attachment, most, &voice, number + 1)?
            } else if self.is_watched(&attachment) {
                // Each may take an equal part of what is left: a long talk must not push out the other videos.
                let most = if required { left } else { self.all_room / 2 };
                let (tokens, pictures) = (most / video.max(1), pictures_left.div_ceil(video.max(1)));
                let place = required.then_some((video, videos));
                video = video.saturating_sub(1);
                self.video(&attachment, view, &Room { tokens, pictures, place })?
            } else {
                self.media_file(&attachment, view, left, bytes_left)?
            };
            let cost = fate.cost();
            let is_omitted = matches!(fate, Fate::Omitted(OmissionReason::ContextFull));
            if !required && (is_omitted || cost.tokens > left) {
                return Ok(None);
            }
            left = left.saturating_sub(cost.tokens);
            pictures_left = pictures_left.saturating_sub(cost.pictures);
            bytes_left = bytes_left.saturating_sub(cost.bytes);
            files.insert(attachment.id, (attachment, fate));
        }
        for (attachment, _) in texts {
            // A file of an earlier question must not push out all that was said about it.
            let most = if required { left } else { self.all_room / 2 };
            let fate = self.text_file(&attachment, most);
            if let Fate::Text { tokens, .. } = fate {
                match left.checked_sub(tokens) {
                    Some(rest) => left = rest,
                    None => return Ok(None),
                }
            }
            files.insert(attachment.id, (attachment, fate));
        }
        self.room = left;
        self.pictures_left = pictures_left;
        self.bytes_left = bytes_left;
        Ok(Some(Plan { message, files }))
    }

    /// Notes of a picture, made now unless they are known, in what room there is. `place` is which of how many pictures of
    /// the question it is; earlier ones are read silently.
    fn notes(
        &self,
        picture: &Attachment,
        room: u32,
        place: Option<(u32, u32)>,
    ) -> Result<Fate, PrepareError> {
        let Some(most) = self.asked.capabilities.note_tokens else {
            return Ok(Fate::Omitted(OmissionReason::ModelCannotSee));
        };
        let most = most.min(room);
        if most < LEAST_FILE_TOKENS {
            return Ok(Fate::Omitted(OmissionReason::ContextFull));
        }
        let tell = |fraction: f32| {
            if let Some((number, total)) = place {
                (self.asked.stage)(Stage::ReadingPicture { number, total, fraction });
            }
        };
        let cancel = self.asked.cancel;
        let notes = match self.asked.notebook.notes(picture, &tell, &|| cancel.is_cancelled()) {
            Ok(notes) => notes,
            Err(NotebookError::Cancelled) => return Err(PrepareError::Cancelled),
            Err(NotebookError::Senses(SensesError::Missing)) => {
                return Ok(Fate::Omitted(OmissionReason::RecognisersMissing));
            }
            Err(error) => {
                tracing::warn!(%error, "no notes of a picture");
                return Ok(Fate::Omitted(OmissionReason::Unreadable));
            }
        };
        let number = self.numbers.get(&picture.id).copied().unwrap_or(1);
        let tokens = |text: &str| self.provider.estimate_tokens(text);
        let words = words::words(&notes, self.language, number, &picture.name, most, &tokens);
        let tokens = tokens(&words.text);
        Ok(Fate::Notes(Box::new(Noted { words, usable: notes.are_usable(), number, tokens })))
    }

    /// A text file in at most `most` tokens.
    fn text_file(&self, attachment: &Attachment, most: u32) -> Fate {
        if most < LEAST_FILE_TOKENS || attachment.bytes > LARGEST_TEXT_FILE {
            return Fate::Omitted(OmissionReason::ContextFull);
        }
        let bytes = match self.history.read_attachment(attachment.id) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::warn!(%error, "a text file cannot be read");
                return Fate::Omitted(OmissionReason::Unreadable);
            }
        };
        let text = match media::read_text(&bytes) {
            Ok(text) => text,
            Err(media::MediaError::Empty) => String::new(),
            Err(error) => {
                tracing::warn!(%error, "a text file is not text");
                return Fate::Omitted(OmissionReason::Unreadable);
            }
        };
        let tokens = self.provider.estimate_tokens(&text);
        if tokens <= most {
            return Fate::Text { text, tokens, cut: false };
        }
        let most = most.saturating_sub(self.provider.estimate_tokens(self.language.cut()));
        let text = self.longest_start(&text, most).to_owned();
        let tokens = self.provider.estimate_tokens(&text);
        Fate::Text { text, tokens, cut: true }
    }

    /// Whether a recording is listened to here, for a model that takes no sound.
    fn is_heard(&self, attachment: &Attachment) -> bool {
        let takes = |budget: &FileBudget| {
            budget.accepts.iter().any(|mime| *mime == attachment.mime || mime == CONVERTED_SOUND)
        };
        attachment.kind == MediaKind::Audio
            && self.asked.capabilities.note_tokens.is_some()
            && !self.files.is_some_and(takes)
    }

    /// The transcript of a recording in at most `most` tokens, made now unless there is one.
    fn transcript(
        &self,
        recording: &Attachment,
        most: u32,
        voice: &Voice,
        number: u32,
    ) -> Result<Fate, PrepareError> {
        if most < LEAST_FILE_TOKENS {
            return Ok(Fate::Omitted(OmissionReason::ContextFull));
        }
        let tell = |event| {
            let fraction = match event {
                HearingEvent::Progress(fraction) => fraction,
                HearingEvent::Loading(_) => 0.0,
                HearingEvent::Segment(_) => return,
            };
            if let Some(total) = voice.place {
                (self.asked.stage)(Stage::Transcribing { number, total, fraction });
            }
        };
        let cancel = self.asked.cancel;
        let transcript = match self.asked.notebook.transcript(recording, &tell, &|| cancel.is_cancelled()) {
            Ok(transcript) => transcript,
            Err(NotebookError::Cancelled) => return Err(PrepareError::Cancelled),
            Err(NotebookError::CannotHear) => {
                return Ok(Fate::Omitted(OmissionReason::SpeechRecogniserMissing));
            }
            Err(NotebookError::History(error)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "no transcript of a recording");
                return Ok(Fate::Omitted(OmissionReason::Unreadable));
            }
        };
        let whole = words_heard(&transcript);
        let tokens = |text: &str| self.provider.estimate_tokens(text);
        let cut = tokens(&whole) > most;
        let words = if cut {
            self.longest_start(&whole, most.saturating_sub(tokens(self.language.cut()))).to_owned()
        } else {
            whole
        };
        Ok(Fate::Transcript(Heard {
            tokens: tokens(&words),
            words,
            segments: count(transcript.segments.len()),
            cut,
            is_question: voice.is_question,
        }))
    }

    /// What becomes of a document, sound or video.
    fn media_file(
        &self,
        attachment: &Attachment,
        view: FileView,
        left: u32,
        bytes_left: u32,
    ) -> Result<Fate, PrepareError> {
        let Some(budget) = self.files else { return Ok(Fate::Omitted(OmissionReason::ModelCannotOpen)) };
        let file = match self.sendable(attachment, view, budget)? {
            Ok(file) => file,
            Err(reason) => return Ok(Fate::Omitted(reason)),
        };
        let fits_inside = file.bytes <= u64::from(bytes_left);
        Ok(if !fits_inside && file.bytes > budget.max_sent_ahead {
            Fate::Omitted(OmissionReason::TooLarge)
        } else if file.tokens > left {
            Fate::Omitted(OmissionReason::ContextFull)
        } else if fits_inside {
            Fate::File(file)
        } else {
            Fate::SentAhead(file)
        })
    }

    /// The file in a format the model takes: as it is, or converted.
    fn sendable(
        &self,
        attachment: &Attachment,
        view: FileView,
        budget: &FileBudget,
    ) -> Result<Result<Sendable, OmissionReason>, PrepareError> {
        let takes = |mime: &str| budget.accepts.iter().any(|accepted| accepted == mime);
        if takes(&attachment.mime) {
            let path = self.history.blob_path(attachment.id)?;
            let sound = (attachment.kind == MediaKind::Audio)
                .then(|| SoundReader::open(&path).ok().and_then(|reader| reader.duration()))
                .flatten();
            let tokens = file_tokens(attachment, view, sound);
            return Ok(Ok(Sendable {
                path,
                hash: Some(attachment.hash.clone()),
                mime: attachment.mime.clone(),
                bytes: attachment.bytes,
                tokens,
            }));
        }
        if !takes(CONVERTED_SOUND) || !sound::convertible(&attachment.mime) {
            return Ok(Err(OmissionReason::ModelCannotOpen));
        }
        let tell = |fraction: f32| (self.asked.stage)(Stage::ConvertingSound { fraction });
        let cancel = self.asked.cancel;
        match self.asked.notebook.converted_sound(attachment, &tell, &|| cancel.is_cancelled()) {
            Ok(made) => Ok(Ok(Sendable {
                tokens: file_tokens(attachment, view, made.duration),
                path: made.path,
                hash: None,
                mime: CONVERTED_SOUND.to_owned(),
                bytes: made.bytes,
            })),
            Err(NotebookError::Cancelled) => Err(PrepareError::Cancelled),
            Err(NotebookError::History(error)) => Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "a sound file cannot be converted");
                Ok(Err(OmissionReason::Unreadable))
            }
        }
    }

    /// The longest start of `text` of at most `most` tokens, as estimated.
    fn longest_start<'t>(&self, text: &'t str, most: u32) -> &'t str {
        words::longest_start(text, most, &|text| self.provider.estimate_tokens(text))
    }
}
