//! What a question would send, before it is sent: the same preparation as for the question itself, stored nowhere.

use crate::budget::Priced;
use crate::context::{self, Asked, PrepareError};
use crate::{AskAction, AskContext, AskError, AskRequest, action};
use conversation::{ConversationId, Message, NoticeCode, Provider, ProviderError, Receipt};
use history::History;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What a question would send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// The host it goes to; `None` when it stays on this computer.
    pub destination: Option<String>,
    /// What the model would receive.
    pub receipt: Receipt,
    /// What the prompt would cost, in millionths of a US dollar; `None` where it costs nothing or the price is not known.
    pub prompt_micro_usd: Option<u64>,
    /// What each thousand tokens of the answer would cost.
    pub answer_micro_usd: Option<u64>,
    /// What was spent this month; `None` without a cap.
    pub spent_micro_usd: Option<u64>,
    /// The month's cap.
    pub cap_micro_usd: Option<u64>,
}

/// Prepares a question as it would be sent. With `count` the provider is asked how many tokens it has: that sends it.
///
/// # Errors
/// [`AskError`] as from [`ask()`](crate::ask()); what the model or the network has against it as [`AskError::Provider`].
pub async fn preview(context: &AskContext, request: AskRequest, count: bool) -> Result<Preview, AskError> {
    let (history, providers) = (Arc::clone(&context.history), context.providers.clone());
    let (provider, branch, local_only, model, options) = tokio::task::spawn_blocking(move || {
        let model = action::answering(&history, &request)?;
        let local_only = action::is_local_only(&history, &request)?;
        let provider = action::provider(&providers, &model, local_only)?;
        let branch = branch(&history, &request)?;
        Ok::<_, AskError>((provider, branch, local_only, model, request.options))
    })
    .await??;
    let capabilities = provider.capabilities(&model.id).await?;

    let worker = Worker { context: context.clone(), provider: Arc::clone(&provider) };
    let model_id = model.id.clone();
    let limits = capabilities.clone();
    let prepared = tokio::task::spawn_blocking(move || {
        let cancel = CancellationToken::new();
        let asked = Asked {
            history: &worker.context.history,
            notebook: &worker.context.notebook,
            pictures: &worker.context.pictures,
            provider: worker.provider.as_ref(),
            capabilities: &limits,
            model: &model_id,
            options: &options,
            local_only,
            stage: &|_| {},
            cancel: &cancel,
        };
        context::prepare(&asked, branch)
    })
    .await?;
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(PrepareError::History(error)) => return Err(error.into()),
        Err(PrepareError::ContextFull | PrepareError::Cancelled) => {
            return Err(ProviderError::new(NoticeCode::ContextFull, "the question alone is too long").into());
        }
    };
    let mut receipt = prepared.receipt;
    if count && let Some(tokens) = provider.count_tokens(&prepared.request).await? {
        receipt.prompt_tokens = Some(tokens);
        receipt.estimated = false;
    }
    let priced = Priced {
        provider: provider.as_ref(),
        model: &model.id,
        prompt_tokens: receipt.prompt_tokens.unwrap_or_default(),
        searches: receipt.options.search,
    };
    let prompt_micro_usd = priced.with_answer(0);
    let answer_micro_usd =
        priced.with_answer(1000).zip(prompt_micro_usd).map(|(whole, prompt)| whole.saturating_sub(prompt));
    let spent = match context.monthly_cap {
        Some(cap) => {
            let history = Arc::clone(&context.history);
            Some(tokio::task::spawn_blocking(move || history.spent_since(cap.since)).await??.micro_usd)
        }
        None => None,
    };
    Ok(Preview {
        destination: provider.destination(),
        receipt,
        prompt_micro_usd,
        answer_micro_usd,
        spent_micro_usd: spent,
        cap_micro_usd: context.monthly_cap.map(|cap| cap.micro_usd),
    })
}

struct Worker {
    context: AskContext,
    provider: Arc<dyn Provider>,
}

/// The branch as it would be once the question is stored.
fn branch(history: &History, request: &AskRequest) -> Result<Vec<Message>, AskError> {
    let with = |parent: Option<_>, text: &str, files: &[_]| -> Result<Vec<Message>, AskError> {
        let mut branch = match parent {
            Some(parent) => history.branch(parent)?,
            None => Vec::new(),
        };
        let conversation = request.conversation.unwrap_or_else(ConversationId::new);
        let parts = action::parts(text.to_owned(), files.to_vec())?;
        branch.push(Message::question(conversation, parent, parts));
        Ok(branch)
    };
    match &request.action {
        AskAction::New { parent, text, attachments } => {
            let parent = match (parent, request.conversation) {
                (None, Some(conversation)) => history.conversation(conversation)?.head,
                (parent, _) => *parent,
            };
            with(parent, text, attachments)
        }
        AskAction::Edit { question, text, attachments } => {
            with(history.message(*question)?.parent, text, attachments)
        }
        AskAction::Again { question: leaf } | AskAction::Continue { answer: leaf } => {
            Ok(history.branch(*leaf)?)
        }
    }
}
