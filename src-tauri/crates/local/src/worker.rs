//! The thread that computes. It keeps one model in memory and answers one request at a time, in the order they came.

use crate::memory;
use conversation::{FinishReason, GenerateEvent, Notice, NoticeCode, ProviderError, Stage, Usage};
use engine::{
    ChatMessage, EngineError, GenerateOptions, GenerationEvent, LanguageModel, LoadOptions, Outcome,
    Sampling, StopReason,
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::mpsc,
    thread,
};
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

/// What the thread is asked to do.
pub enum Job {
    /// Answer a request.
    Answer(Box<Answer>),
    /// Let go of a model whose file is being deleted.
    Forget(PathBuf),
}

/// One request and where its events go.
pub struct Answer {
    pub path: PathBuf,
    pub context_tokens: u32,
    pub messages: Vec<ChatMessage>,
    pub max_tokens: u32,
    pub sampling: Sampling,
    pub events: Sender<Result<GenerateEvent, ProviderError>>,
    pub cancel: CancellationToken,
}

impl Answer {
    /// Nobody waits for the answer any more.
    fn is_over(&self) -> bool {
        self.cancel.is_cancelled() || self.events.is_closed()
    }

    /// Waits while the reader is behind. A reader that has gone is noticed by [`Self::is_over`].
    fn send(&self, event: GenerateEvent) {
        let _gone = self.events.blocking_send(Ok(event));
    }
}

/// Starts the thread. It ends when the returned sender is dropped.
pub fn start() -> std::io::Result<mpsc::Sender<Job>> {
    let (sender, jobs) = mpsc::channel::<Job>();
    thread::Builder::new().name("local-mind".into()).spawn(move || {
        let mut loaded = None;
        for job in jobs {
            match job {
                Job::Forget(path) => {
                    loaded.take_if(|(held, _)| *held == path);
                }
                Job::Answer(answer) => {
                    let result = catch_unwind(AssertUnwindSafe(|| run(&mut loaded, &answer)));
                    let error = match result {
                        Ok(Ok(())) => continue,
                        Ok(Err(error)) => error,
                        Err(_) => {
                            // What a panic leaves behind is not to be trusted.
                            loaded = None;
                            ProviderError::new(NoticeCode::Internal, "the local model failed unexpectedly")
                        }
                    };
                    tracing::warn!(%error, "the local mind could not answer");
                    let _gone = answer.events.blocking_send(Err(error));
                }
            }
        }
    })?;
    Ok(sender)
}

type Loaded = Option<(PathBuf, LanguageModel)>;

fn run(loaded: &mut Loaded, answer: &Answer) -> Result<(), ProviderError> {
    if answer.is_over() {
        return Ok(());
    }
    let model = match ready(loaded, answer) {
        Ok(model) => model,
        Err(Unready::Interrupted) => return Ok(()),
        Err(Unready::Failed(error)) => return Err(error),
    };
    let prompt = model.prompt(&answer.messages).map_err(|error| provider_error(&error))?;
    let options =
        GenerateOptions { sampling: answer.sampling.clone(), max_tokens: answer.max_tokens as usize };
    let outcome = model
        .generate(&prompt, &options, &|| answer.is_over(), &mut |event| {
            answer.send(match event {
                GenerationEvent::Prefill { done, total } => {
                    GenerateEvent::Stage(Stage::Prefill { done: done as u32, total: total as u32 })
                }
                GenerationEvent::Text(text) => GenerateEvent::Text(text),
            });
        })
        .map_err(|error| provider_error(&error))?;
    finish(answer, outcome);
    Ok(())
}

fn finish(answer: &Answer, outcome: Outcome) {
    let reason = match outcome.reason {
        StopReason::Finished => FinishReason::Stop,
        StopReason::Length => FinishReason::LengthLimit,
        StopReason::Interrupted => return,
    };
    answer.send(GenerateEvent::Usage(Usage {
        prompt_tokens: outcome.prompt_tokens as u32,
        answer_tokens: outcome.answer_tokens as u32,
        ..Usage::default()
    }));
    answer.send(GenerateEvent::Finished(reason));
}

/// Why no model is ready.
enum Unready {
    Interrupted,
    Failed(ProviderError),
}

/// The model the answer asks for, loaded now unless it is held already.
fn ready<'a>(loaded: &'a mut Loaded, answer: &Answer) -> Result<&'a mut LanguageModel, Unready> {
    // Two models side by side could be more than the memory holds.
    loaded.take_if(|(held, _)| *held != answer.path);
    let (_, model) = match loaded {
        Some(held) => held,
        None => loaded.insert((answer.path.clone(), load(answer)?)),
    };
    Ok(model)
}

fn load(answer: &Answer) -> Result<LanguageModel, Unready> {
    if let Some((needed, available)) = memory::shortage(&answer.path) {
        let megabytes = |bytes: u64| bytes / 1_000_000;
        let detail = format!("{} MB are needed, {} MB are free", megabytes(needed), megabytes(available));
        return Err(Unready::Failed(ProviderError::new(NoticeCode::OutOfMemory, detail)));
    }
    let options = LoadOptions { context_tokens: answer.context_tokens as usize };
    let mut progress = |fraction| answer.send(GenerateEvent::Stage(Stage::Loading { fraction }));
    LanguageModel::load(&answer.path, &options, &mut progress, &|| answer.is_over()).map_err(|error| {
        match error {
            EngineError::Interrupted => Unready::Interrupted,
            EngineError::Io { ref source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Unready::Failed(ProviderError::new(NoticeCode::ModelMissing, error.to_string()))
            }
            // Before an answer began, everything that fails is the file's fault.
            other => Unready::Failed(ProviderError::new(NoticeCode::ModelUnusable, other.to_string())),
        }
    })
}

fn provider_error(error: &EngineError) -> ProviderError {
    let code = match error {
        EngineError::ContextFull { .. } => NoticeCode::ContextFull,
        EngineError::Template(_) | EngineError::Tokenizer { .. } => NoticeCode::ModelUnusable,
        _ => NoticeCode::Internal,
    };
    Notice::new(code).with_detail(error.to_string()).into()
}
