//! The local mind as a provider, and the keeper of its models.

use crate::text_to_speech::TextToSpeech;
use crate::{
    catalogue::{Bundle, Catalogue, CatalogueModel, ModelLicence, RecogniserFiles, RecogniserOffer},
    fetch::{self, FetchError, FetchProgress, FetchSettings},
    prompt,
    senses::{SetInUse, SpeechToText},
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
/// The most chance there is in answers from notes of pictures. They repeat what stands there: a price is not to be drawn
/// by lot, nor to be avoided because it was said before.
const NOTES_TEMPERATURE: f32 = 0.1;

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
    pub(crate) set_in_use: SetInUse,
    speech: SpeechToText,
    voice: TextToSpeech,
}

impl LocalMind {
    /// A mind that has loaded nothing yet.
    pub fn new(config: LocalConfig) -> Self {
        let speech = SpeechToText::new(config.catalogue.speech().clone(), config.models_dir.clone());
        let voice = TextToSpeech::new(config.catalogue.voice().clone(), config.models_dir.clone());
        Self { config, jobs: Mutex::new(None), set_in_use: SetInUse::default(), speech, voice }
    }

    /// The sense that writes down what is said.
    pub fn speech(&self) -> &SpeechToText {
        &self.speech
    }

    /// The voice that reads aloud.
    pub fn text_to_speech(&self) -> &TextToSpeech {
        &self.voice
    }

    /// The catalogue's models and whether they are here, the default first. Looks at the disk, nothing more.
    pub fn offers(&self) -> Vec<Model> {
        self.config.catalogue.models().iter().map(|model| model.offer(&self.config.models_dir)).collect()
    }

    /// The recogniser sets and whether they are here, the default first. Looks at the disk, nothing more.
    pub fn recognisers(&self) -> Vec<RecogniserOffer> {
        let sets = self.config.catalogue.recognisers().sets().iter();
        sets.filter_map(|set| {
            let bundle = self.config.catalogue.bundle(&set.id)?;
            Some(RecogniserOffer {
                id: set.id.clone(),
                name: set.name.clone(),
                bytes: bundle.bytes(),
                state: bundle.state(&self.config.models_dir),
            })
        })
        .collect()
    }

    /// Where the files of a recogniser set are; `None` unless all of them are here.
    pub fn recogniser_files(&self, set_id: &str) -> Option<RecogniserFiles> {
        let recognisers = self.config.catalogue.recognisers();
        recognisers.ready(recognisers.get(set_id)?, &self.config.models_dir)
    }

    /// The licence of every model and recogniser Castor can fetch.
    pub fn model_licences(&self) -> Vec<ModelLicence> {
        self.config.catalogue.licences()
    }

    /// Fetches a language model, a recogniser set or a model of speech and returns its files; see [`FetchError`] for what can go wrong. Cancelling
    /// keeps what came, and the next call goes on from there.
    pub async fn fetch(
        &self,
        id: &str,
        progress: impl Fn(FetchProgress) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<Vec<PathBuf>, FetchError> {
        let bundle = self.bundle(id)?;
        fetch::fetch(&bundle, &self.config.models_dir, &self.config.fetch, &progress, cancel).await
    }

    /// Deletes the files of a model or of a recogniser set, finished or not, and lets go of a model in memory after what
    /// may be using it. A file that another set, wholly here, needs as well stays.
    pub async fn delete(&self, id: &str) -> Result<(), FetchError> {
        let (bundle, folder) = (self.bundle(id)?, &self.config.models_dir);
        for member in &bundle.files {
            if member.shared && self.config.catalogue.is_needed_beside(id, member.file, folder) {
                continue;
            }
            let path = member.file.path(folder);
            if let Some(jobs) = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                // A thread that has ended holds no model.
                let _ended = jobs.send(Job::Forget(path.clone()));
            }
            self.speech.forget(&path);
            self.voice.forget(&path);
            for path in [path, member.file.part_path(folder)] {
                unless_missing(path.clone(), tokio::fs::remove_file(path).await)?;
            }
        }
        let packages = bundle.packages_path(folder);
        unless_missing(packages.clone(), tokio::fs::remove_dir_all(packages).await)
    }

    fn bundle(&self, id: &str) -> Result<Bundle<'_>, FetchError> {
        self.config.catalogue.bundle(id).ok_or_else(|| FetchError::UnknownModel { id: id.into() })
    }

    fn known(&self, id: &str) -> Result<&CatalogueModel, ProviderError> {
        self.config.catalogue.get(id).ok_or_else(|| ProviderError::new(NoticeCode::ModelNotFound, id))
    }

    /// How the tokens of an answer are drawn.
    fn sampling_for(&self, request: &GenerateRequest) -> Sampling {
        let usual = self.config.sampling.clone();
        if !prompt::has_notes(request) {
            return usual;
        }
        let temperature = usual.temperature.min(NOTES_TEMPERATURE);
        Sampling { temperature, repetition_penalty: 1.0, ..usual }
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

/// What is not there need not be deleted.
fn unless_missing(path: PathBuf, deleted: std::io::Result<()>) -> Result<(), FetchError> {
    match deleted {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(FetchError::Io { path, source }),
        _ => Ok(()),
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
            sampling: self.sampling_for(&request),
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
            r#"[{{"id": "tiny", "name": "Tiny", "contextTokens": 64, "outputTokens": 8, "file": {{"name": "tiny.gguf",
                "bytes": {bytes}, "sha256": "", "licence": "MIT", "publisher": "Nobody", "sources": []}}}}]"#
        );
        let recognisers = r#"{"files": [], "sets": []}"#;
        let speech = r#"{"files": [], "models": []}"#;
        let voice = r#"{
            "files": [{"title": "Voice", "file": {"name": "voice.onnx", "bytes": 1, "sha256": "", "licence": "MIT",
                "publisher": "Nobody", "sources": []}}],
            "id": "voice", "name": "Voice", "weights": "voice.onnx", "styles": {}
        }"#;
        let config = LocalConfig::new(folder.path().to_owned()).unwrap();
        LocalMind::new(LocalConfig {
            catalogue: Catalogue::parse(&json, recognisers, speech, voice).unwrap(),
            ..config
        })
    }

    fn request(model: &str) -> GenerateRequest {
        let parts = vec![RequestPart::Text("Hello".into())];
        GenerateRequest {
            model: model.into(),
            system: None,
            turns: vec![RequestTurn { role: Role::User, parts, raw: None }],
            ..GenerateRequest::default()
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
        let fetched = mind.fetch("other", |_| {}, &CancellationToken::new()).await;
        assert!(matches!(fetched, Err(FetchError::UnknownModel { id }) if id == "other"));
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

    #[tokio::test]
    async fn a_file_of_two_sets_stays_as_long_as_one_of_them_needs_it() {
        let folder = tempfile::tempdir().unwrap();
        let mind = LocalMind::new(LocalConfig::new(folder.path().to_owned()).unwrap());
        let (full, light) = ("picture-reading", "picture-reading-light");
        for recogniser in mind.config.catalogue.recognisers().files() {
            // Sparse: it takes no room on the disk.
            let file = std::fs::File::create(recogniser.file.path(folder.path())).unwrap();
            file.set_len(recogniser.file.bytes).unwrap();
        }
        assert!(mind.recognisers().iter().all(|set| set.state == ModelState::Ready));

        mind.delete(full).await.unwrap();
        assert_eq!(mind.recogniser_files(full), None);
        let files = mind.recogniser_files(light).expect("nothing of the other set is gone");
        assert!(files.orientation.exists() && files.things.exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);

        mind.delete(light).await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nobody needs them any more");
        assert_eq!(mind.recogniser_files("none"), None);
    }

    #[tokio::test]
    async fn what_an_unfinished_fetch_kept_is_deleted_too() {
        let folder = tempfile::tempdir().unwrap();
        let mind = LocalMind::new(LocalConfig::new(folder.path().to_owned()).unwrap());
        std::fs::write(folder.path().join("pp-ocrv6-small-det.onnx.part"), "abc").unwrap();
        std::fs::create_dir(folder.path().join("picture-reading.packages")).unwrap();
        std::fs::write(folder.path().join("picture-reading.packages/p.whl"), "abc").unwrap();
        mind.delete("picture-reading").await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
