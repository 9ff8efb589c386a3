//! The local mind as a provider, and the keeper of its models.

use crate::{
    catalogue::{Catalogue, CatalogueModel},
    fetch::{self, FetchError, FetchProgress, FetchSettings},
    prompt,
    worker::{self, Answer, Job},
};
use async_trait::async_trait;
use conversation::{
    Capabilities, EventStream, GenerateEvent, GenerateRequest, Mind, Model, ModelState, NoticeCode, Provider,
    ProviderError, Stage,
};
use engine::Sampling;
use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError, mpsc},
};
use tokio_util::sync::CancellationToken;

/// Events that may wait for a slow reader before the computing thread pauses.
const EVENTS: usize = 64;

/// Where the local mind keeps its models and how it gets them.
#[derive(Debug, Clone)]
pub struct LocalConfig {
    /// Folder of the model files. Made when the first model is fetched.
    pub models_dir: PathBuf,
    /// What can be had.
    pub catalogue: Catalogue,
    /// Where from.
    pub fetch: FetchSettings,
    /// How answers are chosen; the default for people, [`Sampling::greedy`] where an answer must be reproducible.
    pub sampling: Sampling,
}

impl LocalConfig {
    /// Everything as usual, with the models in `models_dir` and the catalogue built into the program.
    pub fn new(models_dir: PathBuf) -> Result<Self, crate::CatalogueError> {
        Ok(Self {
            models_dir,
            catalogue: Catalogue::builtin()?,
            fetch: FetchSettings::default(),
            sampling: Sampling::default(),
        })
    }
}

/// Models on this computer. The thread that computes starts with the first request, the model is loaded then and kept.
pub struct LocalMind {
    config: LocalConfig,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
}

impl LocalMind {
    /// A mind that has loaded nothing yet.
    pub fn new(config: LocalConfig) -> Self {
        Self { config, jobs: Mutex::new(None) }
    }

    /// The catalogue's models and whether they are here, the default first. Looks at the disk, nothing more.
    pub fn offers(&self) -> Vec<Model> {
        self.config.catalogue.models().iter().map(|model| model.offer(&self.config.models_dir)).collect()
    }

    /// Fetches a model; see [`FetchError`] for what can go wrong. Cancelling keeps what came, and the next call goes on
    /// from there.
    pub async fn fetch(
        &self,
        id: &str,
        progress: impl Fn(FetchProgress) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<PathBuf, FetchError> {
        let model = self.entry(id).ok_or_else(|| FetchError::UnknownModel { id: id.into() })?;
        fetch::fetch(model, &self.config.models_dir, &self.config.fetch, &progress, cancel).await
    }

    /// Deletes a model's file, finished or not, and lets go of it in memory after the answer that may be using it.
    pub async fn delete(&self, id: &str) -> Result<(), FetchError> {
        let model = self.entry(id).ok_or_else(|| FetchError::UnknownModel { id: id.into() })?;
        let path = model.path(&self.config.models_dir);
        if let Some(jobs) = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            // A thread that has ended holds no model.
            let _ended = jobs.send(Job::Forget(path.clone()));
        }
        for path in [path, model.part_path(&self.config.models_dir)] {
            match tokio::fs::remove_file(&path).await {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(FetchError::Io { path, source });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn entry(&self, id: &str) -> Option<&CatalogueModel> {
        self.config.catalogue.get(id)
    }

    fn known(&self, id: &str) -> Result<&CatalogueModel, ProviderError> {
        self.entry(id).ok_or_else(|| ProviderError::new(NoticeCode::ModelNotFound, id))
    }

    /// Hands a job to the computing thread, started now unless it runs.
    fn submit(&self, mut job: Job) -> Result<(), ProviderError> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = jobs.as_ref() {
            match sender.send(job) {
                Ok(()) => return Ok(()),
                Err(mpsc::SendError(returned)) => job = returned,
            }
        }
        let failed =
            |error: &dyn std::error::Error| ProviderError::new(NoticeCode::Internal, error.to_string());
        let sender = worker::start().map_err(|error| failed(&error))?;
        sender.send(job).map_err(|error| failed(&error))?;
        *jobs = Some(sender);
        Ok(())
    }
}

#[async_trait]
impl Provider for LocalMind {
    fn mind(&self) -> Mind {
        Mind::Local
    }

    async fn models(&self) -> Result<Vec<Model>, ProviderError> {
        Ok(self.offers())
    }

    async fn capabilities(&self, model: &str) -> Result<Capabilities, ProviderError> {
        Ok(self.known(model)?.capabilities())
    }

    async fn stream(
        &self,
        request: GenerateRequest,
        cancel: CancellationToken,
    ) -> Result<EventStream, ProviderError> {
        let model = self.known(&request.model)?;
        if model.state(&self.config.models_dir) != ModelState::Ready {
            return Err(ProviderError::new(NoticeCode::ModelMissing, &model.name));
        }
        let limit = model.output_tokens;
        let (events, mut received) = tokio::sync::mpsc::channel(EVENTS);
        self.submit(Job::Answer(Box::new(Answer {
            path: model.path(&self.config.models_dir),
            context_tokens: model.context_tokens,
            messages: prompt::messages(&request)?,
            max_tokens: request.max_output_tokens.map_or(limit, |asked| asked.min(limit)),
            sampling: self.config.sampling.clone(),
            events,
            cancel: cancel.clone(),
        })))?;
        let received = futures::stream::poll_fn(move |context| received.poll_recv(context));
        let waiting = futures::stream::iter([Ok(GenerateEvent::Stage(Stage::Waiting))]);
        // Ends at once when cancelled; the thread notices before its next layer.
        Ok(Box::pin(futures::StreamExt::take_until(
            futures::StreamExt::chain(waiting, received),
            cancel.cancelled_owned(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use conversation::{RequestPart, RequestTurn, Role};
    use futures::StreamExt;

    /// A mind with one model of `bytes` bytes, whose file is `content` where there is one.
    fn mind(folder: &tempfile::TempDir, bytes: u64) -> LocalMind {
        let json = format!(
            r#"[{{"id": "tiny", "name": "Tiny", "file": "tiny.gguf", "bytes": {bytes}, "sha256": "", "licence": "MIT",
                "contextTokens": 64, "outputTokens": 8, "sources": []}}]"#
        );
        let config = LocalConfig::new(folder.path().to_owned()).unwrap();
        LocalMind::new(LocalConfig { catalogue: Catalogue::parse(&json).unwrap(), ..config })
    }

    fn request(model: &str) -> GenerateRequest {
        let parts = vec![RequestPart::Text("Hello".into())];
        GenerateRequest {
            model: model.into(),
            system: None,
            turns: vec![RequestTurn { role: Role::User, parts, raw: None }],
            max_output_tokens: None,
        }
    }

    async fn error(mind: &LocalMind, model: &str) -> NoticeCode {
        match mind.stream(request(model), CancellationToken::new()).await {
            Err(error) => error.notice.code,
            Ok(stream) => stream.collect::<Vec<_>>().await.pop().unwrap().unwrap_err().notice.code,
        }
    }

    #[tokio::test]
    async fn unknown_and_missing_models_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let mind = mind(&folder, 5);
        assert_eq!(error(&mind, "other").await, NoticeCode::ModelNotFound);
        assert_eq!(error(&mind, "tiny").await, NoticeCode::ModelMissing);
        assert_eq!(mind.capabilities("other").await.unwrap_err().notice.code, NoticeCode::ModelNotFound);
        let capabilities = mind.capabilities("tiny").await.unwrap();
        assert_eq!((capabilities.images, capabilities.context_tokens), (None, 64));
    }

    #[tokio::test]
    async fn a_broken_file_is_unusable_and_can_be_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let mind = mind(&folder, 5);
        std::fs::write(folder.path().join("tiny.gguf"), "hello").unwrap();
        assert_eq!(mind.models().await.unwrap()[0].state, ModelState::Ready);
        assert_eq!(error(&mind, "tiny").await, NoticeCode::ModelUnusable);
        // The thread is still there for the next request.
        assert_eq!(error(&mind, "tiny").await, NoticeCode::ModelUnusable);

        mind.delete("tiny").await.unwrap();
        assert_eq!(error(&mind, "tiny").await, NoticeCode::ModelMissing);
        mind.delete("tiny").await.unwrap();
        assert!(matches!(mind.delete("other").await, Err(FetchError::UnknownModel { .. })));
    }

    #[tokio::test]
    async fn a_model_larger_than_memory_is_not_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = 1 << 42;
        let mind = mind(&folder, bytes);
        // Sparse: it takes no room on the disk.
        std::fs::File::create(folder.path().join("tiny.gguf")).unwrap().set_len(bytes).unwrap();
        assert_eq!(error(&mind, "tiny").await, NoticeCode::OutOfMemory);
    }

    #[tokio::test]
    async fn a_request_cancelled_before_its_turn_ends_silently() {
        let folder = tempfile::tempdir().unwrap();
        let mind = mind(&folder, 5);
        std::fs::write(folder.path().join("tiny.gguf"), "hello").unwrap();
        let cancel = CancellationToken::new();
        cancel.cancel();
        let events: Vec<_> = mind.stream(request("tiny"), cancel).await.unwrap().collect().await;
        assert!(events.iter().all(Result::is_ok));
    }

    #[test]
    fn a_fetch_can_run_on_any_thread() {
        fn is_send(_: impl Send) {}
        let folder = tempfile::tempdir().unwrap();
        let mind = mind(&folder, 5);
        is_send(mind.fetch("tiny", |_| {}, &CancellationToken::new()));
    }
}
