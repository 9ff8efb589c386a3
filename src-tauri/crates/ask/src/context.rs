//! What a model gets: the messages up to the question, cut to what fits, its pictures prepared, and the delivery receipt
//! that says so. Blocking: it reads files and decodes pictures.

use crate::note::Language;
use crate::words::{self, Words};
use crate::{Notebook, NotesError};
use conversation::{
    AnswerOptions, Attachment, AttachmentId, Capabilities, CodeOutcome, DeliveredMedia, DeliveredNotes,
    Detail, FileBudget, FileToSend, FileView, GenerateRequest, ImageBudget, MediaKind, Message, NoticeCode,
    Omission, OmissionReason, Part, PreparedMedia, Provider, Receipt, RequestPart, RequestTurn, Role,
    SensesError, Stage,
};
use history::{History, HistoryError};
use std::collections::{HashMap, VecDeque};
use tokio_util::sync::CancellationToken;

/// What a turn costs beyond its words: role markers and separators of any chat format.
const TURN_TOKENS: u32 = 8;
/// What a note in place of a file costs, or the heading above one.
const NOTE_TOKENS: u32 = 32;
/// A text file is not worth sending in fewer tokens than this.
const LEAST_FILE_TOKENS: u32 = 64;
/// A larger text file is not even read: no model holds it.
const LARGEST_TEXT_FILE: u64 = 64 << 20;

/// A request ready to be sent.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) request: GenerateRequest,
    pub(crate) receipt: Receipt,
}

/// Why there is no request.
#[derive(Debug)]
pub(crate) enum PrepareError {
    /// Not even the question fits.
    ContextFull,
    /// The person stopped it.
    Cancelled,
    /// History failed.
    History(HistoryError),
}

impl From<HistoryError> for PrepareError {
    fn from(error: HistoryError) -> Self {
        Self::History(error)
    }
}

/// Who is asked, and what the request is made with.
pub(crate) struct Asked<'a> {
    pub(crate) history: &'a History,
    pub(crate) notebook: &'a Notebook,
    pub(crate) provider: &'a dyn Provider,
    pub(crate) capabilities: &'a Capabilities,
    pub(crate) model: &'a str,
    /// How the answer is to be made.
    pub(crate) options: &'a AnswerOptions,
    /// Whether nothing may leave this computer.
    pub(crate) local_only: bool,
    /// Told what takes time.
    pub(crate) stage: &'a (dyn Fn(Stage) + Sync),
    pub(crate) cancel: &'a CancellationToken,
}

/// Prepares the request of a branch. Its last message is a question, or an answer to be continued.
pub(crate) fn prepare(asked: &Asked<'_>, branch: Vec<Message>) -> Result<Prepared, PrepareError> {
    let Asked { history, provider, capabilities, model, cancel, .. } = *asked;
    let messages = answerable(branch);
    // The question, and the answer that goes on after it: these cannot be left out.
    let required = 1 + messages.iter().rev().take_while(|message| message.role == Role::Model).count();
    let language = language(&messages);
    let room = capabilities.context_tokens - answer_room(capabilities);
    let numbers = picture_numbers(history, &messages)?;
    let mut planner = Planner {
        asked,
        numbers: &numbers,
        history,
        provider,
        budget: capabilities.images.as_ref(),
        files: capabilities.files.as_ref(),
        language,
        all_room: room,
        room,
        bytes_left: capabilities.files.as_ref().map_or(0, |budget| budget.max_bytes),
        pictures_left: capabilities.images.as_ref().map_or(0, |budget| budget.max_count),
    };
    let mut kept = VecDeque::new();
    for (age, message) in messages.iter().rev().enumerate() {
        match planner.plan(message, age < required)? {
            Some(plan) => kept.push_front(plan),
            None => break,
        }
    }
    // An answer without its question only confuses.
    while kept.len() > required && kept.front().is_some_and(|plan| plan.message.role == Role::Model) {
        kept.pop_front();
    }

    let mut receipt = Receipt {
        earlier_messages: count(kept.len().saturating_sub(required)),
        prompt_tokens: Some(room.saturating_sub(planner.room)),
        estimated: true,
        options: asked.options.within(&capabilities.tools),
        ..Receipt::default()
    };
    let dropped = messages.len() - kept.len();
    if dropped > 0 {
        receipt.omitted.push(Omission {
            attachment: None,
            reason: OmissionReason::ContextFull,
            count: count(dropped),
        });
    }
    let question_place = kept.len().saturating_sub(required);
    let mut turns: Vec<RequestTurn> = Vec::new();
    for (place, plan) in kept.into_iter().enumerate() {
        let writer = PartWriter {
            history,
            budget: capabilities.images.as_ref(),
            language,
            current: place >= question_place,
            receipt: &mut receipt,
        };
        let role = plan.message.role;
        let raw = match role {
            Role::Model => history.raw_parts(plan.message.id)?.filter(|raw| raw.mind == provider.mind()),
            Role::User => None,
        };
        let parts = writer.write(plan, cancel)?;
        match turns.last_mut() {
            // Questions in a row, because the answer between them is of no use, are one turn to the model.
            Some(last) if role == Role::User && last.role == Role::User => last.parts.extend(parts),
            _ => turns.push(RequestTurn { role, parts, raw }),
        }
    }
    let request = GenerateRequest {
        model: model.to_owned(),
        turns,
        options: receipt.options.clone(),
        local_only: asked.local_only,
        ..GenerateRequest::default()
    };
    Ok(Prepared { request, receipt })
}

/// The number each picture of the conversation goes by, in the order in which they came.
fn picture_numbers(
    history: &History,
    messages: &[Message],
) -> Result<HashMap<AttachmentId, u32>, HistoryError> {
    let mut numbers = HashMap::new();
    for id in messages.iter().flat_map(Message::attachments) {
        if history.attachment(id)?.kind == MediaKind::Image {
            let next = count(numbers.len()) + 1;
            numbers.entry(id).or_insert(next);
        }
    }
    Ok(numbers)
}

/// Tokens kept free for the answer: what the model may write, at most a quarter of what it holds.
fn answer_room(capabilities: &Capabilities) -> u32 {
    capabilities.output_tokens.min(capabilities.context_tokens / 4)
}

/// The messages that may be sent. Empty answers say nothing; a question the provider blocked would block every later one.
fn answerable(branch: Vec<Message>) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::with_capacity(branch.len());
    for message in branch {
        let blocked = message.notice.as_ref().is_some_and(|notice| notice.code == NoticeCode::PromptBlocked);
        if message.role == Role::Model && (blocked || !message.has_content()) {
            if blocked {
                messages.pop();
            }
            continue;
        }
        messages.push(message);
    }
    messages
}

/// The language of the newest question that has words.
fn language(messages: &[Message]) -> Language {
    let worded = messages.iter().rev().filter(|message| message.role == Role::User).map(Message::text);
    Language::of(&worded.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default())
}

/// About how many tokens a file costs that goes as it is: for cutting the context and for the first receipt, until the
/// provider counts. Of the API's documented prices: 560 a page of PDF (taken as 50 kB), 32 a second of sound (at 128 kbit),
/// 100 a second of video with sound (at 1 Mbit).
fn file_tokens(attachment: &Attachment, view: FileView) -> u32 {
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
fn picture_tokens(usual: u32, view: FileView) -> u32 {
    match view.detail {
        Some(Detail::Low) => usual / 4,
        Some(Detail::Medium) => usual / 2,
        Some(Detail::UltraHigh) => usual.saturating_mul(2),
        Some(Detail::High) | None => usual,
    }
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A message that will be sent, and what becomes of each of its files.
struct Plan<'a> {
    message: &'a Message,
    files: HashMap<AttachmentId, (Attachment, Fate)>,
}

enum Fate {
    Picture,
    /// Goes as it is, inside the request.
    File {
        tokens: u32,
    },
    /// Goes as it is, ahead of the request.
    SentAhead {
        tokens: u32,
    },
    Notes(Box<Noted>),
    Text {
        text: String,
        tokens: u32,
        cut: bool,
    },
    Omitted(OmissionReason),
}

/// A picture that goes as notes.
struct Noted {
    words: Words,
    usable: bool,
    number: u32,
    tokens: u32,
}

/// Spends the context's room from the newest message to the oldest.
struct Planner<'a> {
    asked: &'a Asked<'a>,
    numbers: &'a HashMap<AttachmentId, u32>,
    history: &'a History,
    provider: &'a dyn Provider,
    budget: Option<&'a ImageBudget>,
    files: Option<&'a FileBudget>,
    language: Language,
    all_room: u32,
    room: u32,
    /// Bytes that files and pictures may still take.
    bytes_left: u32,
    pictures_left: u32,
}

impl Planner<'_> {
    /// Plans one message; `None` when it does not fit. A required one makes itself fit by leaving files out or cutting
    /// them, but never loses a word of the person's own.
    fn plan<'m>(&mut self, message: &'m Message, required: bool) -> Result<Option<Plan<'m>>, PrepareError> {
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
        for (attachment, view) in media.into_iter().rev() {
            let fate = self.media_file(&attachment, view, left, bytes_left);
            match fate {
                Fate::SentAhead { tokens } => left -= tokens,
                Fate::File { tokens } => {
                    left -= tokens;
                    bytes_left = bytes_left.saturating_sub(small(attachment.bytes));
                }
                Fate::Omitted(OmissionReason::ContextFull) if !required => return Ok(None),
                _ => {}
            }
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
            Err(NotesError::Senses(SensesError::Cancelled)) => return Err(PrepareError::Cancelled),
            Err(NotesError::Senses(SensesError::Missing)) => {
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

    /// What becomes of a document, sound or video.
    fn media_file(&self, attachment: &Attachment, view: FileView, left: u32, bytes_left: u32) -> Fate {
        let Some(budget) = self.files.filter(|budget| budget.accepts.contains(&attachment.mime)) else {
            return Fate::Omitted(OmissionReason::ModelCannotOpen);
        };
        let tokens = file_tokens(attachment, view);
        let fits_inside = attachment.bytes <= u64::from(bytes_left);
        if !fits_inside && attachment.bytes > budget.max_sent_ahead {
            Fate::Omitted(OmissionReason::TooLarge)
        } else if tokens > left {
            Fate::Omitted(OmissionReason::ContextFull)
        } else if fits_inside {
            Fate::File { tokens }
        } else {
            Fate::SentAhead { tokens }
        }
    }

    /// The longest start of `text` of at most `most` tokens, as estimated: by halving, since only the whole is counted.
    fn longest_start<'t>(&self, text: &'t str, most: u32) -> &'t str {
        let (mut fits, mut too_long) = (0, text.len());
        while too_long - fits > 1 {
            let middle = usize::midpoint(fits, too_long);
            if self.provider.estimate_tokens(&text[..text.floor_char_boundary(middle)]) <= most {
                fits = middle;
            } else {
                too_long = middle;
            }
        }
        &text[..text.floor_char_boundary(fits)]
    }
}

/// What a message says, code and what it printed included.
fn words_of(message: &Message) -> String {
    message.parts.iter().filter_map(in_words).collect()
}

/// A part in words; `None` for files and thoughts.
fn in_words(part: &Part) -> Option<String> {
    match part {
        Part::Text { text } => Some(text.clone()),
        Part::Code { language, code } => Some(format!("\n```{language}\n{code}\n```\n")),
        Part::CodeResult { outcome, output } => {
            let heading = match outcome {
                CodeOutcome::Ok => "output",
                CodeOutcome::Failed => "error",
                CodeOutcome::TimedOut => "timeout",
            };
            Some(format!("\n```{heading}\n{output}\n```\n"))
        }
        _ => None,
    }
}

/// Turns a kept message into request parts, and keeps the receipt.
struct PartWriter<'a> {
    history: &'a History,
    budget: Option<&'a ImageBudget>,
    language: Language,
    current: bool,
    receipt: &'a mut Receipt,
}

impl PartWriter<'_> {
    fn write(
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
                        parts.push(self.file(&attachment, *view, fate));
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

    fn file(&mut self, attachment: &Attachment, view: FileView, fate: Fate) -> RequestPart {
        match (fate, self.budget) {
            (Fate::Picture, Some(budget)) => self.picture(attachment, view, budget),
            (Fate::File { tokens }, _) => self.media_file(attachment, view, tokens),
            (Fate::SentAhead { tokens }, _) => self.sent_ahead(attachment, view, tokens),
            (Fate::Picture, None) => self.omit(attachment, OmissionReason::ModelCannotSee),
            (Fate::Notes(noted), _) => self.notes(attachment, *noted),
            (Fate::Text { text, tokens, cut }, _) => self.text(attachment, &text, tokens, cut),
            (Fate::Omitted(reason), _) => self.omit(attachment, reason),
        }
    }

    fn picture(&mut self, attachment: &Attachment, view: FileView, budget: &ImageBudget) -> RequestPart {
        let prepared = self
            .history
            .read_attachment(attachment.id)
            .inspect_err(|error| tracing::warn!(%error, "a picture cannot be read"))
            .ok()
            .and_then(|bytes| {
                media::prepare(&bytes, budget, attachment.id)
                    .inspect_err(|error| tracing::warn!(%error, "a picture cannot be prepared"))
                    .ok()
            });
        let Some(mut media) = prepared else { return self.omit(attachment, OmissionReason::Unreadable) };
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

    fn media_file(&mut self, attachment: &Attachment, view: FileView, tokens: u32) -> RequestPart {
        let read = self.history.read_attachment(attachment.id);
        let Ok(data) = read.inspect_err(|error| tracing::warn!(%error, "a file cannot be read")) else {
            return self.omit(attachment, OmissionReason::Unreadable);
        };
        let delivered = DeliveredMedia { view, ..self.delivered(attachment, count(data.len()), tokens) };
        self.receipt.delivered.push(delivered);
        RequestPart::Media(PreparedMedia {
            attachment: attachment.id,
            mime: attachment.mime.clone(),
            width: 0,
            height: 0,
            data: data.into(),
            scaled: false,
            metadata_removed: false,
            view,
        })
    }

    fn sent_ahead(&mut self, attachment: &Attachment, view: FileView, tokens: u32) -> RequestPart {
        let path = self.history.blob_path(attachment.id).ok().filter(|path| path.is_file());
        let Some(path) = path else { return self.omit(attachment, OmissionReason::Unreadable) };
        let delivered =
            DeliveredMedia { view, ..self.delivered(attachment, small(attachment.bytes), tokens) };
        self.receipt.delivered.push(delivered);
        RequestPart::File(FileToSend {
            attachment: attachment.id,
            hash: attachment.hash.clone(),
            name: attachment.name.clone(),
            mime: attachment.mime.clone(),
            path,
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
