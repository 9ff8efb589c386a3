//! Has the local mind say one word, and looks for what it hears and sees with.

use super::{Finding, FindingCode as Code, FindingSubject as Subject};
use crate::state::Castor;
use conversation::{
    GenerateEvent, GenerateRequest, Hearing, Mind, ModelState, NoticeCode, ProviderError, RequestPart,
    RequestTurn, Role, Senses,
};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

/// Whether the local mind answers.
pub(super) async fn answer(castor: &Castor) -> Finding {
    let Some(model) = castor.local.offers().into_iter().find(|model| model.state == ModelState::Ready) else {
        return Finding::warning(Subject::LocalModel, Code::ModelNone, &"");
    };
    if let Err(error) = first_word(castor, &model.id).await {
        let code = match error.notice.code {
            NoticeCode::OutOfMemory => Code::ModelMemory,
            _ => Code::ModelDamaged,
        };
        return Finding::failed(Subject::LocalModel, code, &error.notice.detail.unwrap_or_default());
    }
    if castor.local.state() != ModelState::Ready {
        return Finding::warning(Subject::LocalModel, Code::RecognisersMissing, &model.name);
    }
    if castor.local.hearing_state() != ModelState::Ready {
        return Finding::warning(Subject::LocalModel, Code::SpeechMissing, &model.name);
    }
    Finding::works(Subject::LocalModel, model.name)
}

/// Waits for the first word of an answer.
async fn first_word(castor: &Castor, model: &str) -> Result<(), ProviderError> {
    let question =
        RequestTurn { role: Role::User, parts: vec![RequestPart::Text("Hello".into())], raw: None };
    let request = GenerateRequest {
        model: model.to_owned(),
        turns: vec![question],
        max_output_tokens: Some(1),
        ..GenerateRequest::default()
    };
    let mut events = castor.provider(Mind::Local).stream(request, CancellationToken::new()).await?;
    while let Some(event) = events.next().await {
        if matches!(event?, GenerateEvent::Text(_)) {
            break;
        }
    }
    Ok(())
}
