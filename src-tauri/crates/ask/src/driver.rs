//! Runs a turn: stores, prepares, streams, and carries out what the state machine asks for.

use crate::action::{self, Begun};
use crate::context::{self, Asked, PrepareError, Prepared};
use crate::writer::{Write, Writer};
use crate::{AnswerEvent, AskContext, AskError, AskRequest, Effect, Turn, TurnEvent};
use conversation::{EventStream, GenerateEvent, Message, Notice, NoticeCode, Provider, Stage};
use futures::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a stream may take to end after the provider ended the answer.
const STRAGGLERS: Duration = Duration::from_secs(2);

/// Asks one question and sees its answer through to the end. `sink` is told what happens, in order; it must not block.
/// Returns the answer as it is stored; an answer that failed is a success of this function.
///
/// Cancelling `cancel` stops the answer at any moment, preparation included; what came is kept. Dropping the future
/// leaves the answer marked as interrupted.
///
/// # Errors
/// [`AskError`] when the turn could not begin, in which case nothing was told to `sink`, or when it could not be stored
/// to the end.
#[tracing::instrument(skip_all, err, fields(model = %request.model.id))]
pub async fn ask(
    context: &AskContext,
    request: AskRequest,
    mut sink: impl FnMut(AnswerEvent) + Send,
    cancel: CancellationToken,
) -> Result<Message, AskError> {
    let (begun, provider) = begin(context, request).await?;
    let answer = begun.answer.id;
    let mut run = Run {
        turn: Turn::new(answer, begun.earlier),
        writer: Writer::start(Arc::clone(&context.history), answer, begun.model.mind),
        began: Instant::now(),
        sink: &mut sink,
        over: false,
    };
    (run.sink)(AnswerEvent::Started {
        conversation: begun.conversation.clone(),
        question: begun.question.clone(),
        answer: begun.answer.clone(),
    });

    // Stops the provider when this function is left, however that happens.
    let stream_cancel = cancel.child_token();
    let _stop = stream_cancel.clone().drop_guard();
    if let Some(prepared) = run.prepare(context, &begun, &provider, &cancel).await {
        run.happen(TurnEvent::Sending(prepared.receipt));
        let begun_stream = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(TurnEvent::Cancelled),
            result = provider.stream(prepared.request, stream_cancel) => {
                result.map_err(|error| TurnEvent::Failed(error.notice))
            }
        };
        match begun_stream {
            Ok(stream) => run.stream(stream, &cancel).await,
            Err(event) => run.happen(event),
        }
    }
    let Run { writer, .. } = run;
    let (message, conversation) = writer.finished().await?;
    sink(AnswerEvent::Finished { message: message.clone(), conversation });
    Ok(message)
}

/// Finds the mind and stores question and answer.
async fn begin(context: &AskContext, request: AskRequest) -> Result<(Begun, Arc<dyn Provider>), AskError> {
    let AskContext { history, providers, .. } = context.clone();
    tokio::task::spawn_blocking(move || {
        let model = action::answering(&history, &request)?;
        let provider = providers
            .into_iter()
            .find(|provider| provider.mind() == model.mind)
            .ok_or(AskError::NoMind(model.mind))?;
        Ok((action::begin(&history, request, model)?, provider))
    })
    .await?
}

/// A turn on its way.
struct Run<'a, Sink> {
    turn: Turn,
    writer: Writer,
    began: Instant,
    sink: &'a mut Sink,
    over: bool,
}

impl<Sink: FnMut(AnswerEvent) + Send> Run<'_, Sink> {
    /// Tells the state machine, and does what it says.
    fn happen(&mut self, event: TurnEvent) {
        for effect in self.turn.handle(self.began.elapsed(), event) {
            let stored = match effect {
                Effect::Show(event) => {
                    (self.sink)(event);
                    true
                }
                Effect::Append(text) => self.writer.write(Write::Text(text)),
                Effect::AppendRaw(json) => self.writer.write(Write::Raw(json)),
                Effect::SetReceipt(receipt) => self.writer.write(Write::Receipt(receipt)),
                Effect::Finish(ending) => {
                    self.over = true;
                    self.writer.write(Write::Finish(ending))
                }
            };
            // The writer's own result says why.
            self.over |= !stored;
        }
    }

    /// Prepares the request off the async threads; `None` when the turn ended over it.
    async fn prepare(
        &mut self,
        context: &AskContext,
        begun: &Begun,
        provider: &Arc<dyn Provider>,
        cancel: &CancellationToken,
    ) -> Option<Prepared> {
        let (stages, mut told) = mpsc::unbounded_channel();
        let preparing = prepare(context, begun, provider, stages, cancel);
        tokio::pin!(preparing);
        let prepared = loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => break Err(TurnEvent::Cancelled),
                Some(stage) = told.recv() => {
                    self.happen(TurnEvent::Provider(GenerateEvent::Stage(stage)));
                }
                prepared = &mut preparing => break prepared,
            }
        };
        prepared.map_err(|event| self.happen(event)).ok()
    }

    /// Follows the stream until the turn is over.
    async fn stream(&mut self, mut stream: EventStream, cancel: &CancellationToken) {
        let mut decided_at = None;
        while !self.over {
            if self.turn.is_decided() {
                decided_at.get_or_insert_with(Instant::now);
            }
            let tick_at = self.turn.deadline().map(|deadline| self.began + deadline);
            let event = tokio::select! {
                biased;
                () = cancel.cancelled() => TurnEvent::Cancelled,
                () = until(tick_at) => TurnEvent::Tick,
                () = until(decided_at.map(|at| at + STRAGGLERS)) => TurnEvent::StreamEnded,
                next = stream.next() => match next {
                    Some(Ok(event)) => TurnEvent::Provider(event),
                    Some(Err(error)) => TurnEvent::Failed(error.notice),
                    None if cancel.is_cancelled() => TurnEvent::Cancelled,
                    None => TurnEvent::StreamEnded,
                },
            };
            self.happen(event);
        }
    }
}

/// Capabilities, then the request; an error is what happened to the turn.
async fn prepare(
    context: &AskContext,
    begun: &Begun,
    provider: &Arc<dyn Provider>,
    stages: UnboundedSender<Stage>,
    cancel: &CancellationToken,
) -> Result<Prepared, TurnEvent> {
    let capabilities =
        provider.capabilities(&begun.model.id).await.map_err(|error| TurnEvent::Failed(error.notice))?;
    let (history, notebook) = (Arc::clone(&context.history), Arc::clone(&context.notebook));
    let provider = Arc::clone(provider);
    let (model, leaf, cancel) = (begun.model.id.clone(), begun.leaf, cancel.clone());
    let prepared = tokio::task::spawn_blocking(move || {
        let asked = Asked {
            history: &history,
            notebook: &notebook,
            provider: provider.as_ref(),
            capabilities: &capabilities,
            model: &model,
            stage: &|stage| {
                let _nobody_listens_once_it_was_stopped = stages.send(stage);
            },
            cancel: &cancel,
        };
        context::prepare(&asked, leaf)
    })
    .await;
    let internal = |detail: String| TurnEvent::Failed(Notice::new(NoticeCode::Internal).with_detail(detail));
    match prepared {
        Ok(Ok(prepared)) => Ok(prepared),
        Ok(Err(PrepareError::Cancelled)) => Err(TurnEvent::Cancelled),
        Ok(Err(PrepareError::ContextFull)) => Err(TurnEvent::Failed(Notice::new(NoticeCode::ContextFull))),
        Ok(Err(PrepareError::History(error))) => Err(internal(error.to_string())),
        Err(error) => Err(internal(error.to_string())),
    }
}

/// Waits until then, or for ever.
async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
