//! What a model gets: the messages up to the question, cut to what fits (`plan`), its pictures prepared, and the delivery
//! receipt that says so (`parts`). Blocking: it reads files and decodes pictures.

mod parts;
mod plan;
mod video;

use crate::note::Language;
use crate::{Notebook, PreparedPictures};
use conversation::{
    AnswerOptions, AttachmentId, Capabilities, GenerateRequest, MediaKind, Message, NoticeCode, Omission,
    OmissionReason, Provider, Receipt, RequestTurn, Role, Stage,
};
use history::{History, HistoryError};
use parts::PartWriter;
use plan::Planner;
use std::collections::{HashMap, VecDeque};
use tokio_util::sync::CancellationToken;

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
    pub(crate) pictures: &'a PreparedPictures,
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
    let numbers = numbers(history, &messages)?;
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
            pictures: asked.pictures,
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

/// The number each picture, and each video, of the conversation goes by, in the order in which they came.
fn numbers(history: &History, messages: &[Message]) -> Result<HashMap<AttachmentId, u32>, HistoryError> {
    let mut numbers = HashMap::new();
    let (mut pictures, mut videos) = (0, 0);
    for id in messages.iter().flat_map(Message::attachments) {
        let counted = match history.attachment(id)?.kind {
            MediaKind::Image => &mut pictures,
            MediaKind::Video => &mut videos,
            _ => continue,
        };
        numbers.entry(id).or_insert_with(|| {
            *counted += 1;
            *counted
        });
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

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
