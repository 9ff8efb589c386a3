//! The first step of a turn: what is asked becomes a stored question and a stored, empty answer. Blocking.

use crate::{AskAction, AskError, AskFile, AskRequest, Earlier};
use conversation::{
    Conversation, ConversationId, Message, MessageId, MessageStatus, ModelRef, Part, Provider, Role,
};
use history::History;
use std::sync::Arc;

/// A turn that is stored and can be run.
pub(crate) struct Begun {
    pub(crate) conversation: Conversation,
    pub(crate) question: Message,
    pub(crate) answer: Message,
    /// Who answers.
    pub(crate) model: ModelRef,
    /// The message the context ends with: the question, or the answer that goes on.
    pub(crate) leaf: MessageId,
    pub(crate) earlier: Earlier,
}

/// Who is going to answer; known before anything is stored.
pub(crate) fn answering(history: &History, request: &AskRequest) -> Result<ModelRef, AskError> {
    match request.action {
        AskAction::Continue { answer } => history.message(answer)?.model.ok_or(AskError::NotContinuable),
        _ => Ok(request.model.clone()),
    }
}

/// Whether the conversation that is asked in, or begins with this, stays on this computer.
pub(crate) fn is_local_only(history: &History, request: &AskRequest) -> Result<bool, AskError> {
    let conversation = match (request.conversation, &request.action) {
        (Some(conversation), _) => conversation,
        (None, AskAction::New { parent: None, .. }) => return Ok(request.local_only),
        (
            None,
            AskAction::New { parent: Some(message), .. }
            | AskAction::Edit { question: message, .. }
            | AskAction::Again { question: message }
            | AskAction::Continue { answer: message },
        ) => history.message(*message)?.conversation,
    };
    Ok(history.conversation(conversation)?.local_only)
}

/// The mind that answers.
pub(crate) fn provider(
    providers: &[Arc<dyn Provider>],
    model: &ModelRef,
    local_only: bool,
) -> Result<Arc<dyn Provider>, AskError> {
    let provider = providers.iter().find(|provider| provider.mind() == model.mind);
    let provider = provider.ok_or(AskError::NoMind(model.mind))?;
    if local_only && provider.is_remote() { Err(AskError::LocalOnly) } else { Ok(Arc::clone(provider)) }
}

/// Stores question and answer.
pub(crate) fn begin(history: &History, request: AskRequest, model: ModelRef) -> Result<Begun, AskError> {
    let options = request.options.clone();
    if let Some(schema) = &options.schema {
        crate::check_schema(schema)?;
    }
    let mut begun = store(history, request, model)?;
    if begun.conversation.options != options {
        history.set_options(begun.conversation.id, &options)?;
        begun.conversation.options = options;
    }
    Ok(begun)
}

fn store(history: &History, request: AskRequest, model: ModelRef) -> Result<Begun, AskError> {
    let local_only = request.local_only;
    match request.action {
        AskAction::New { parent, text, attachments } => {
            let parts = parts(text, attachments)?;
            let (conversation, parent) =
                place(history, request.conversation, parent, &parts, (&model, local_only))?;
            add_question(history, conversation, parent, parts, model)
        }
        AskAction::Edit { question, text, attachments } => {
            let parts = parts(text, attachments)?;
            let question = find_question(history, question)?;
            add_question(history, question.conversation, question.parent, parts, model)
        }
        AskAction::Again { question } => add_answer(history, find_question(history, question)?, model),
        AskAction::Continue { answer } => reopen(history, answer, model),
    }
}

/// Files first: models read a picture better before the question about it.
pub(crate) fn parts(text: String, files: Vec<AskFile>) -> Result<Vec<Part>, AskError> {
    let mut parts: Vec<Part> =
        files.into_iter().map(|AskFile { id, view }| Part::Attachment { id, view }).collect();
    if !text.trim().is_empty() {
        parts.push(Part::Text { text });
    }
    if parts.is_empty() { Err(AskError::EmptyQuestion) } else { Ok(parts) }
}

/// Where a new question goes.
fn place(
    history: &History,
    conversation: Option<ConversationId>,
    parent: Option<MessageId>,
    parts: &[Part],
    (model, local_only): (&ModelRef, bool),
) -> Result<(ConversationId, Option<MessageId>), AskError> {
    let (conversation, parent) = match (conversation, parent) {
        (None, Some(parent)) => (history.message(parent)?.conversation, Some(parent)),
        (Some(conversation), Some(parent)) => (conversation, Some(parent)),
        (Some(conversation), None) => (conversation, history.conversation(conversation)?.head),
        (None, None) => {
            let conversation =
                history.create_conversation(&title_of(history, parts)?, Some(model), local_only)?;
            return Ok((conversation.id, None));
        }
    };
    if let Some(parent) = parent
        && history.message(parent)?.status == MessageStatus::Streaming
    {
        return Err(AskError::StillAnswering);
    }
    Ok((conversation, parent))
}

fn title_of(history: &History, parts: &[Part]) -> Result<String, AskError> {
    let mut text = String::new();
    let mut first_file = None;
    for part in parts {
        match part {
            Part::Text { text: words } => text.clone_from(words),
            Part::Attachment { id, .. } if first_file.is_none() => first_file = Some(*id),
            _ => {}
        }
    }
    let Some(first_file) = first_file else { return Ok(crate::title::title(&text, None)) };
    if text.trim().is_empty() {
        // What was asked by voice, where it was understood already.
        text = history.transcript(first_file)?.unwrap_or_default().text;
    }
    Ok(crate::title::title(&text, Some(&history.attachment(first_file)?.name)))
}

fn find_question(history: &History, id: MessageId) -> Result<Message, AskError> {
    let message = history.message(id)?;
    if message.role == Role::User { Ok(message) } else { Err(AskError::NotAQuestion) }
}

fn add_question(
    history: &History,
    conversation: ConversationId,
    parent: Option<MessageId>,
    parts: Vec<Part>,
    model: ModelRef,
) -> Result<Begun, AskError> {
    let question = Message::question(conversation, parent, parts);
    history.add_message(&question)?;
    add_answer(history, question, model)
}

fn add_answer(history: &History, question: Message, model: ModelRef) -> Result<Begun, AskError> {
    let answer = Message::answer(&question, model.clone());
    history.add_message(&answer)?;
    Ok(Begun {
        conversation: history.conversation(question.conversation)?,
        leaf: question.id,
        question,
        answer,
        model,
        earlier: Earlier::default(),
    })
}

fn reopen(history: &History, answer: MessageId, model: ModelRef) -> Result<Begun, AskError> {
    let stored = history.message(answer)?;
    let stopped_short = matches!(
        stored.status,
        MessageStatus::Stopped | MessageStatus::Interrupted | MessageStatus::Incomplete
    );
    let question = match stored.parent {
        Some(question) if stopped_short => find_question(history, question)?,
        _ => return Err(AskError::NotContinuable),
    };
    let answer = history.reopen_message(answer)?;
    Ok(Begun {
        conversation: history.conversation(answer.conversation)?,
        question,
        model,
        leaf: answer.id,
        earlier: Earlier {
            has_content: answer.has_content(),
            text_bytes: u32::try_from(answer.text().len()).unwrap_or(u32::MAX),
            sources: answer.sources.clone().unwrap_or_default(),
            usage: answer.usage,
            timing: answer.timing,
        },
        answer,
    })
}
