//! [`Gemini`]: the mind as the rest of Castor sees it.

use crate::client::{Client, bare};
use crate::failure::Failure;
use crate::request::{self, Signatures, Terms};
use crate::{
    Config, ConfigError, DEFAULT_MODEL, PriceList, SharedKey, UploadStore, answer, count, models, prices,
    uploads, wire,
};
use async_trait::async_trait;
use conversation::{
    Capabilities, EventStream, GenerateRequest, Mind, Model, ModelState, NoticeCode, Provider, ProviderError,
    Usage,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Most pages of the list of models that are read.
const MOST_PAGES: usize = 20;

/// How long an unreachable endpoint is not asked again for its list: menus must open at once.
const LIST_RETRY: Duration = Duration::from_mins(1);

/// The Gemini API as a mind. Clones share connections, key and list of models.
#[derive(Debug, Clone)]
pub struct Gemini {
    pub(crate) client: Client,
    listed: Arc<Mutex<Option<Listed>>>,
    pub(crate) uploads: Option<Arc<dyn UploadStore>>,
}

/// The list of models as last learned.
#[derive(Debug, Clone)]
struct Listed {
    models: Vec<Model>,
    /// The key it was learned with.
    key: u64,
    /// When to ask again; `None` for a list that holds for the session.
    until: Option<Instant>,
}

impl Gemini {
    /// Makes the client. Nothing is sent yet, and no key is needed yet.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self { client: Client::new(config)?, listed: Arc::default(), uploads: None })
    }

    /// The same endpoint with another key, for instance to check one before it is kept.
    #[must_use]
    pub fn with_key(&self, key: SharedKey) -> Self {
        Self { client: self.client.with_key(key), listed: Arc::default(), uploads: self.uploads.clone() }
    }

    /// The same endpoint, which remembers uploads there.
    #[must_use]
    pub fn with_uploads(self, store: Arc<dyn UploadStore>) -> Self {
        Self { uploads: Some(store), ..self }
    }

    /// The models as far as they are known without asking anybody: as last listed, else the built-in ones.
    pub fn known_models(&self) -> Vec<Model> {
        let key = &self.client.config.key;
        if let Ok(listed) = self.listed.try_lock()
            && let Some(listed) = &*listed
            && listed.key == key.generation()
        {
            return listed.models.clone();
        }
        models::built_in(if key.is_set() { &ModelState::Ready } else { &ModelState::NeedsKey })
    }

    /// Whether the endpoint accepts the key. Costs no tokens.
    #[tracing::instrument(skip_all, err)]
    pub async fn check_key(&self) -> Result<(), ProviderError> {
        match self.client.get::<wire::Model>(&["models", DEFAULT_MODEL], &[]).await {
            Ok(_) => Ok(()),
            // The API looks at the key before it looks for the model.
            Err(failure) if failure.error.notice.code == NoticeCode::ModelNotFound => Ok(()),
            Err(failure) => Err(failure.error),
        }
    }

    /// What holds for requests to a model. Asks nobody: what a model that was never listed can do goes by its name.
    pub(crate) fn terms(&self, model: &str) -> Terms {
        let id = bare(model);
        let known = self.known_models().into_iter().find(|model| model.id == id);
        let tools = known.map_or_else(|| models::tools(id, false), |model| model.capabilities.tools);
        Terms { tools, safety: self.client.config.safety.clone() }
    }

    /// The prices costs are told by: a person's own, else those Castor comes with.
    pub fn price_list(&self) -> &PriceList {
        self.client.config.prices.as_deref().unwrap_or_else(|| prices())
    }

    async fn list(&self) -> Result<Vec<Model>, Failure> {
        let mut listed = Vec::new();
        let mut token = None;
        for _ in 0..MOST_PAGES {
            let mut query = vec![("pageSize", "200")];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: wire::ListModelsResponse = self.client.get(&["models"], &query).await?;
            listed.extend(page.models);
            token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(models::offered(listed))
    }

    async fn learn(&self, key: u64) -> Listed {
        if !self.client.config.key.is_set() {
            return Listed { models: models::built_in(&ModelState::NeedsKey), key, until: None };
        }
        match self.list().await {
            Ok(models) if !models.is_empty() => Listed { models, key, until: None },
            Ok(_) => Listed {
                models: models::built_in(&ModelState::Ready),
                key,
                until: Some(Instant::now() + LIST_RETRY),
            },
            Err(failure) => {
                tracing::info!(error = %failure.error, "the list of models is not available");
                let state = match failure.error.notice.code {
                    NoticeCode::KeyInvalid => ModelState::NeedsKey,
                    _ => ModelState::Ready,
                };
                Listed { models: models::built_in(&state), key, until: Some(Instant::now() + LIST_RETRY) }
            }
        }
    }
}

#[async_trait]
impl Provider for Gemini {
    fn mind(&self) -> Mind {
        Mind::Gemini
    }

    /// Asks once a session and key. Where the list is not to be had, the built-in one stands in for it.
    async fn models(&self) -> Result<Vec<Model>, ProviderError> {
        // Held while asking, so that menus opened together ask once.
        let mut listed = self.listed.lock().await;
        let key = self.client.config.key.generation();
        if let Some(known) = &*listed
            && known.key == key
            && known.until.is_none_or(|until| Instant::now() < until)
        {
            return Ok(known.models.clone());
        }
        let fresh = self.learn(key).await;
        Ok(listed.insert(fresh).models.clone())
    }

    /// From what is known; only a model that is in neither list is asked for.
    async fn capabilities(&self, model: &str) -> Result<Capabilities, ProviderError> {
        let id = bare(model);
        let known = self.listed.lock().await.as_ref().map(|listed| listed.models.clone()).unwrap_or_default();
        if let Some(model) =
            known.into_iter().chain(models::built_in(&ModelState::Ready)).find(|model| model.id == id)
        {
            return Ok(model.capabilities);
        }
        let told: wire::Model =
            self.client.get(&["models", id], &[]).await.map_err(|failure| failure.error)?;
        models::from_wire(told).map(|model| model.capabilities).ok_or_else(|| {
            ProviderError::new(NoticeCode::UnexpectedReply, "the model does not tell its limits")
        })
    }

    #[tracing::instrument(skip_all, fields(model = request.model), err)]
    async fn stream(
        &self,
        request: GenerateRequest,
        cancel: CancellationToken,
    ) -> Result<EventStream, ProviderError> {
        let failed = |failure: Failure| failure.error;
        self.client.key().map_err(failed)?;
        let terms = self.terms(&request.model);
        if uploads::has_files(&request) {
            return Ok(uploads::begin(self.clone(), request, terms, cancel));
        }
        let body = request::body(&request, &terms, Signatures::Keep, None).map_err(failed)?;
        Ok(answer::begin(self.client.clone(), request, terms, body, cancel))
    }

    #[tracing::instrument(skip_all, fields(model = request.model), err)]
    async fn count_tokens(&self, request: &GenerateRequest) -> Result<Option<u32>, ProviderError> {
        let terms = self.terms(&request.model);
        count::tokens(&self.client, request, &terms).await.map_err(|failure| failure.error)
    }

    fn destination(&self) -> Option<String> {
        Some(self.client.host().to_owned())
    }

    /// By today's list price; see [`ModelPrice::cost`](crate::ModelPrice::cost) for what that means.
    fn price(&self, model: &str, usage: &Usage) -> Option<u64> {
        self.price_list().for_model(bare(model))?.cost(usage)
    }
}
