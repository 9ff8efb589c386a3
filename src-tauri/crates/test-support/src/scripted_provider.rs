//! A mind whose every answer is written down beforehand, for tests of what happens around an answer.

use async_trait::async_trait;
use conversation::{
    Capabilities, EventStream, GenerateEvent, GenerateRequest, Mind, Model, ModelState, NoticeCode, Provider,
    ProviderError, Usage,
};
use futures::{StreamExt, stream};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// One step of a scripted answer.
#[derive(Debug, Clone)]
pub enum Step {
    /// The stream yields this event.
    Event(GenerateEvent),
    /// The stream yields this error and ends.
    Error(ProviderError),
    /// The stream waits until it is notified or cancelled. [`Notify::notify_one`] before the wait is remembered.
    Wait(Arc<Notify>),
}

/// A [`Provider`] that plays one queued script for each call of [`Provider::stream`]. A script that ends without
/// [`GenerateEvent::Finished`] is a stream that was cut off.
///
/// Every model identifier is known and has the same capabilities. Asked as Gemini, it costs a millionth of a dollar for
/// each token of the prompt and ten for each of the answer. A call with no script left fails with
/// [`NoticeCode::Internal`].
#[derive(Debug)]
pub struct ScriptedProvider {
    mind: Mind,
    capabilities: Capabilities,
    scripts: Mutex<VecDeque<Vec<Step>>>,
    requests: Mutex<Vec<GenerateRequest>>,
}

impl ScriptedProvider {
    /// The identifier under which [`Provider::models`] offers the scripted model.
    pub const MODEL: &str = "scripted";

    /// A mind that answers its first question with `script`.
    pub fn new(mind: Mind, capabilities: Capabilities, script: Vec<Step>) -> Self {
        Self { mind, capabilities, scripts: Mutex::new(VecDeque::from([script])), requests: Mutex::default() }
    }

    /// Queues the answer to a further question.
    pub fn push_script(&self, script: Vec<Step>) {
        lock(&self.scripts).push_back(script);
    }

    /// Everything it was asked, oldest first.
    pub fn requests(&self) -> Vec<GenerateRequest> {
        lock(&self.requests).clone()
    }
}

#[async_trait]
impl Provider for ScriptedProvider {
    fn mind(&self) -> Mind {
        self.mind
    }

    async fn models(&self) -> Result<Vec<Model>, ProviderError> {
        Ok(vec![Model {
            mind: self.mind,
            id: Self::MODEL.into(),
            name: "Scripted".into(),
            capabilities: self.capabilities.clone(),
            state: ModelState::Ready,
        }])
    }

    async fn capabilities(&self, _model: &str) -> Result<Capabilities, ProviderError> {
        Ok(self.capabilities.clone())
    }

    async fn stream(
        &self,
        request: GenerateRequest,
        cancel: CancellationToken,
    ) -> Result<EventStream, ProviderError> {
        lock(&self.requests).push(request);
        let Some(script) = lock(&self.scripts).pop_front() else {
            return Err(ProviderError::new(
                NoticeCode::Internal,
                "the test queued no script for this question",
            ));
        };
        Ok(play(script, cancel))
    }

    fn destination(&self) -> Option<String> {
        (self.mind == Mind::Gemini).then(|| "scripted.test".to_owned())
    }

    fn price(&self, _model: &str, usage: &Usage) -> Option<u64> {
        let answer = u64::from(usage.answer_tokens) + u64::from(usage.thought_tokens);
        (self.mind == Mind::Gemini).then(|| u64::from(usage.prompt_tokens) + 10 * answer)
    }
}

fn play(script: Vec<Step>, cancel: CancellationToken) -> EventStream {
    stream::unfold((VecDeque::from(script), cancel), |(mut steps, cancel)| async move {
        loop {
            if cancel.is_cancelled() {
                return None;
            }
            match steps.pop_front()? {
                Step::Event(event) => return Some((Ok(event), (steps, cancel))),
                Step::Error(error) => return Some((Err(error), (VecDeque::new(), cancel))),
                Step::Wait(gate) => tokio::select! {
                    biased;
                    () = cancel.cancelled() => return None,
                    () = gate.notified() => {}
                },
            }
        }
    })
    .boxed()
}

/// A test that panicked elsewhere must not hide its own message behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use conversation::{AnswerTools, FinishReason};

    fn text_only() -> Capabilities {
        Capabilities {
            images: None,
            note_tokens: None,
            files: None,
            context_tokens: 1000,
            output_tokens: 100,
            tools: AnswerTools::default(),
        }
    }

    fn question() -> GenerateRequest {
        GenerateRequest {
            model: ScriptedProvider::MODEL.into(),
            system: None,
            turns: Vec::new(),
            ..GenerateRequest::default()
        }
    }

    #[tokio::test]
    async fn plays_each_script_once_and_in_order() {
        let finished = GenerateEvent::Finished(FinishReason::Stop);
        let first = vec![Step::Event(GenerateEvent::Text("one".into())), Step::Event(finished.clone())];
        let provider = ScriptedProvider::new(Mind::Local, text_only(), first);
        provider.push_script(vec![
            Step::Error(ProviderError::new(NoticeCode::Overloaded, "busy")),
            Step::Event(GenerateEvent::Text("never heard".into())),
        ]);

        let events: Vec<_> =
            provider.stream(question(), CancellationToken::new()).await.unwrap().collect().await;
        let events: Vec<_> = events.into_iter().map(Result::unwrap).collect();
        assert_eq!(events, [GenerateEvent::Text("one".into()), finished]);

        let events: Vec<_> =
            provider.stream(question(), CancellationToken::new()).await.unwrap().collect().await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].as_ref().unwrap_err().notice.code, NoticeCode::Overloaded);

        let exhausted = provider.stream(question(), CancellationToken::new()).await;
        assert_eq!(exhausted.err().unwrap().notice.code, NoticeCode::Internal);
        assert_eq!(provider.requests().len(), 3);
    }

    #[tokio::test]
    async fn waits_at_the_gate_until_notified() {
        let gate = Arc::new(Notify::new());
        let script = vec![Step::Wait(gate.clone()), Step::Event(GenerateEvent::Text("after".into()))];
        let provider = ScriptedProvider::new(Mind::Gemini, text_only(), script);
        let mut events = provider.stream(question(), CancellationToken::new()).await.unwrap();
        assert!(futures::poll!(events.next()).is_pending());
        gate.notify_one();
        assert_eq!(events.next().await.unwrap().unwrap(), GenerateEvent::Text("after".into()));
        assert!(events.next().await.is_none());
    }

    #[tokio::test]
    async fn cancelling_ends_a_wait_without_an_error() {
        let script =
            vec![Step::Wait(Arc::new(Notify::new())), Step::Event(GenerateEvent::Text("never heard".into()))];
        let provider = ScriptedProvider::new(Mind::Gemini, text_only(), script);
        let cancel = CancellationToken::new();
        let mut events = provider.stream(question(), cancel.clone()).await.unwrap();
        assert!(futures::poll!(events.next()).is_pending());
        cancel.cancel();
        assert!(events.next().await.is_none());
    }
}
