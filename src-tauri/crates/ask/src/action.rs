//! The first step of a turn: what is asked becomes a stored question and a stored, empty answer. Blocking.

use crate::{AskAction, AskError, AskRequest, Earlier};
use conversation::{
    AttachmentId, Conversation, ConversationId, Message, MessageId, MessageStatus, ModelRef, Part, Role,
    Timestamp,
};
use history::History;

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

/// Stores question and answer.
pub(crate) fn begin(history: &History, request: AskRequest, model: ModelRef) -> Result<Begun, AskError> {
    match request.action {
        AskAction::New { parent, text, attachments } => {
            let parts = parts(text, attachments)?;
            let (conversation, parent) = place(history, request.conversation, parent, &parts, &model)?;
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
fn parts(text: String, attachments: Vec<AttachmentId>) -> Result<Vec<Part>, AskError> {
    let mut parts: Vec<Part> = attachments.into_iter().map(|id| Part::Attachment { id }).collect();
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
    model: &ModelRef,
) -> Result<(ConversationId, Option<MessageId>), AskError> {
    let (conversation, parent) = match (conversation, parent) {
        (None, Some(parent)) => (history.message(parent)?.conversation, Some(parent)),
        (Some(conversation), Some(parent)) => (conversation, Some(parent)),
        (Some(conversation), None) => (conversation, history.conversation(conversation)?.head),
        (None, None) => {
            let conversation = history.create_conversation(&title_of(history, parts)?, Some(model))?;
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
    let mut text = "";
    let mut first_file = None;
    for part in parts {
        match part {
            Part::Text { text: words } => text = words,
            Part::Attachment { id } if first_file.is_none() => {
                first_file = Some(history.attachment(*id)?.name);
            }
            _ => {}
        }
    }
    Ok(crate::title::title(text, first_file.as_deref()))
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
    let question = Message {
        id: MessageId::new(),
        conversation,
        parent,
        role: Role::User,
        parts,
        status: MessageStatus::Complete,
        created_at: Timestamp::now(),
        model: None,
        receipt: None,
        usage: None,
        timing: None,
        notice: None,
    };
    history.add_message(&question)?;
    add_answer(history, question, model)
}

fn add_answer(history: &History, question: Message, model: ModelRef) -> Result<Begun, AskError> {
    let answer = Message {
        id: MessageId::new(),
        conversation: question.conversation,
        parent: Some(question.id),
        role: Role::Model,
        parts: Vec::new(),
        status: MessageStatus::Streaming,
        created_at: Timestamp::now(),
        model: Some(model.clone()),
        receipt: None,
        usage: None,
        timing: None,
        notice: None,
    };
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
            has_text: !answer.text().trim().is_empty(),
            usage: answer.usage,
            timing: answer.timing,
        },
        answer,
    })
}
