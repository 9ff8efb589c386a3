//! Runs a turn: stores, prepares, streams, and carries out what the state machine asks for.

use crate::action::{self, Begun};
use crate::budget::Priced;
use crate::context::{self, Asked, PrepareError, Prepared};
use crate::picture;
use crate::writer::{Write, Writer};
use crate::{AnswerEvent, AskContext, AskError, AskRequest, Effect, Ending, Turn, TurnEvent};
use bytes::Bytes;
use conversation::{
    Capabilities, Cost, EventStream, GenerateEvent, Message, Notice, NoticeCode, Part, Provider, Stage,
};
use futures::StreamExt;
use history::{Spend, SpendId};
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
    let earlier = begun.earlier.clone();
    let mut run = Run {
        turn: Turn::new(answer, earlier),
        context,
        provider: Arc::clone(&provider),
        begun: &begun,
        spend: None,
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
    if let Some(prepared) = run.prepare(&cancel).await {
        run.happen(TurnEvent::Sending(prepared.receipt)).await;
        let begun_stream = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(TurnEvent::Cancelled),
            result = provider.stream(prepared.request, stream_cancel) => {
                result.map_err(|error| TurnEvent::Failed(error.notice))
            }
        };
        match begun_stream {
            Ok(stream) => run.stream(stream, &cancel).await,
            Err(event) => run.happen(event).await,
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
        let local_only = action::is_local_only(&history, &request)?;
        let provider = action::provider(&providers, &model, local_only)?;
        Ok((action::begin(&history, request, model)?, provider))
    })
    .await?
}

/// A turn on its way.
struct Run<'a, Sink> {
    turn: Turn,
    context: &'a AskContext,
    provider: Arc<dyn Provider>,
    begun: &'a Begun,
    /// What was noted to be spent.
    spend: Option<SpendId>,
    writer: Writer,
    began: Instant,
    sink: &'a mut Sink,
    over: bool,
}

impl<Sink: FnMut(AnswerEvent) + Send> Run<'_, Sink> {
    /// Tells the state machine, and does what it says.
    async fn happen(&mut self, event: TurnEvent) {
        for effect in self.turn.handle(self.began.elapsed(), event) {
            let stored = match effect {
                Effect::Show(event) => {
                    (self.sink)(event);
                    true
                }
                Effect::Append(part) => self.writer.write(Write::Part(part)),
                Effect::AppendPicture { mime, data } => self.picture(&mime, data).await,
                Effect::SetSources(sources) => self.writer.write(Write::Sources(sources)),
                Effect::AppendRaw(json) => self.writer.write(Write::Raw(json)),
                Effect::SetReceipt(receipt) => self.writer.write(Write::Receipt(receipt)),
                Effect::Finish(ending) => {
                    self.over = true;
                    self.settle(&ending).await;
                    self.writer.write(Write::Finish(ending))
                }
            };
            // The writer's own result says why.
            self.over |= !stored;
        }
    }

    /// Keeps a picture the model made and adds it to the answer. What is no picture is left out: the provider's own part
    /// is kept all the same. Returns whether the writer still takes any.
    async fn picture(&mut self, mime: &str, data: Bytes) -> bool {
        let history = Arc::clone(&self.context.history);
        let kept = tokio::task::spawn_blocking(move || picture::keep(&history, &data)).await;
        let part = match kept {
            Ok(Ok(id)) => Part::from(id),
            Ok(Err(error)) => {
                tracing::warn!(%error, mime, "a picture in an answer cannot be kept");
                return true;
            }
            Err(error) => {
                tracing::error!(%error, "a picture in an answer could not be kept");
                return true;
            }
        };
        (self.sink)(AnswerEvent::Part { answer: self.begun.answer.id, part: part.clone() });
        self.writer.write(Write::Part(part))
    }

    /// Puts right what this request cost.
    async fn settle(&mut self, ending: &Ending) {
        let Some(id) = self.spend.take() else { return };
        let history = Arc::clone(&self.context.history);
        let spent = ending.spent;
        let cost = spent.and_then(|spent| {
            let micro_usd = self.provider.price(&self.begun.model.id, &spent.usage)?;
            Some(Cost { micro_usd, estimated: spent.estimated })
        });
        let settled = tokio::task::spawn_blocking(move || match spent {
            Some(spent) => history.settle(id, spent.usage, cost),
            None => history.unspend(id),
        })
        .await;
        if let Ok(Err(error)) = settled {
            tracing::error!(%error, "what an answer cost could not be kept");
        }
    }

    /// Notes what the request may cost, and shortens the answer to what the month's cap still allows.
    async fn spend(&mut self, prepared: &mut Prepared, capabilities: &Capabilities) -> Result<(), TurnEvent> {
        if !self.provider.is_remote() {
            return Ok(());
        }
        let model = &self.begun.model;
        let cap = self.context.monthly_cap;
        let so_far = match cap {
            Some(cap) => {
                let history = Arc::clone(&self.context.history);
                blocking(move || history.spent_since(cap.since)).await?.micro_usd
            }
            None => 0,
        };
        let left = cap.map(|cap| cap.micro_usd.saturating_sub(so_far));
        let mut priced = Priced {
            provider: self.provider.as_ref(),
            model: &model.id,
            prompt_tokens: prepared.receipt.prompt_tokens.unwrap_or_default(),
            searches: prepared.receipt.options.search,
        };
        let is_close = left
            .zip(priced.with_answer(capabilities.output_tokens))
            .is_some_and(|(left, most)| left / 4 < most);
        if is_close {
            // Near the cap an estimate is not good enough. A provider that cannot be asked leaves it.
            match self.provider.count_tokens(&prepared.request).await {
                Ok(counted) => priced.prompt_tokens = counted.unwrap_or(priced.prompt_tokens),
                Err(error) => tracing::info!(%error, "the provider did not count the tokens"),
            }
        }
        let reached = || TurnEvent::Failed(Notice::new(NoticeCode::SpendingCap));
        let allowed = priced.allow(capabilities, left).ok_or_else(reached)?;
        prepared.request.max_output_tokens = allowed.max_output_tokens;
        let history = Arc::clone(&self.context.history);
        let (message, conversation, model) =
            (self.begun.answer.id, self.begun.conversation.id, model.clone());
        let noted = blocking(move || {
            let spend = Spend { message, conversation, model: &model, micro_usd: allowed.micro_usd };
            history.spend(&spend, cap.map(|cap| (cap.micro_usd, cap.since)))
        });
        self.spend = Some(noted.await?.ok_or_else(reached)?);
        Ok(())
    }

    /// Prepares the request off the async threads; `None` when the turn ended over it.
    async fn prepare(&mut self, cancel: &CancellationToken) -> Option<Prepared> {
        let (stages, mut told) = mpsc::unbounded_channel();
        let (context, begun, provider) = (self.context, self.begun, Arc::clone(&self.provider));
        let preparing = prepare(context, begun, &provider, stages, cancel);
        tokio::pin!(preparing);
        let prepared = loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => break Err(TurnEvent::Cancelled),
                Some(stage) = told.recv() => {
                    self.happen(TurnEvent::Provider(GenerateEvent::Stage(stage))).await;
                }
                prepared = &mut preparing => break prepared,
            }
        };
        let prepared = match prepared {
            Ok((mut prepared, capabilities)) => {
                let allowed = tokio::select! {
                    biased;
                    () = cancel.cancelled() => Err(TurnEvent::Cancelled),
                    allowed = self.spend(&mut prepared, &capabilities) => allowed,
                };
                allowed.map(|()| prepared)
            }
            Err(event) => Err(event),
        };
        match prepared {
            Ok(prepared) => Some(prepared),
            Err(event) => {
                self.happen(event).await;
                None
            }
        }
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
            self.happen(event).await;
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
) -> Result<(Prepared, Capabilities), TurnEvent> {
    let capabilities =
        provider.capabilities(&begun.model.id).await.map_err(|error| TurnEvent::Failed(error.notice))?;
    let (history, notebook) = (Arc::clone(&context.history), Arc::clone(&context.notebook));
    let pictures = Arc::clone(&context.pictures);
    let provider = Arc::clone(provider);
    let (model, leaf, cancel) = (begun.model.id.clone(), begun.leaf, cancel.clone());
    let (options, local_only) = (begun.conversation.options.clone(), begun.conversation.local_only);
    let limits = capabilities.clone();
    let prepared = tokio::task::spawn_blocking(move || {
        let asked = Asked {
            history: &history,
            notebook: &notebook,
            pictures: &pictures,
            provider: provider.as_ref(),
            capabilities: &limits,
            model: &model,
            options: &options,
            local_only,
            stage: &|stage| {
                let _nobody_listens_once_it_was_stopped = stages.send(stage);
            },
            cancel: &cancel,
        };
        context::prepare(&asked, history.branch(leaf)?)
    })
    .await;
    match prepared {
        Ok(Ok(prepared)) => Ok((prepared, capabilities)),
        Ok(Err(PrepareError::Cancelled)) => Err(TurnEvent::Cancelled),
        Ok(Err(PrepareError::ContextFull)) => Err(TurnEvent::Failed(Notice::new(NoticeCode::ContextFull))),
        Ok(Err(PrepareError::History(error))) => Err(internal(&error)),
        Err(error) => Err(internal(&error)),
    }
}

/// Asks the history off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, history::HistoryError> + Send + 'static,
) -> Result<T, TurnEvent> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|error| internal(&error)),
        Err(error) => Err(internal(&error)),
    }
}

fn internal(error: &dyn std::error::Error) -> TurnEvent {
    TurnEvent::Failed(Notice::new(NoticeCode::Internal).with_detail(error.to_string()))
}

/// Waits until then, or for ever.
async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
