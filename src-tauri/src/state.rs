//! Castor without a window: the two minds, the history, the key and the settings, wired once for the window and for the
//! command line.

use crate::cameras::SystemCamera;
use crate::clips::ClipRecording;
use crate::error::CastorError;
use crate::keys::Keys;
use crate::screens::WatchedScreen;
use crate::settings::{SETTINGS_KEY, Settings};
use crate::speaking::{SystemVoicesHere, Written};
use crate::spending;
use crate::uploads::Uploads;
use crate::videos::Watcher;
use crate::voice::{Player, Recording};
use ask::{AnswerEvent, AskContext, AskRequest, Notebook, PreparedPictures, Preview};
use capture::OwnVoice;
use conversation::{
    AttachmentId, Conversation, ConversationId, HearingEvent, Message, MessageId, Mind, Model, PictureNotes,
    Provider, Transcript,
};
use gemini::{Gemini, PriceList};
use history::History;
use local::LocalMind;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio_util::sync::CancellationToken;

/// Overrides the endpoint of the settings, for a test server or a proxy.
const BASE_URL_VARIABLE: &str = "CASTOR_GEMINI_BASE_URL";
/// A price list of the person's own, in the config folder.
const PRICES_FILE: &str = "gemini-prices.json";
/// Overrides where local models are kept.
const MODELS_VARIABLE: &str = "CASTOR_MODELS_DIR";

/// Where Castor keeps things on this system.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Conversations and pictures.
    pub data: PathBuf,
    /// The encrypted key file and `.env`.
    pub config: PathBuf,
    /// Local models.
    pub models: PathBuf,
}

impl Folders {
    /// The system's usual places (XDG on Linux), unless the environment says otherwise.
    pub fn of_this_system() -> Result<Self, CastorError> {
        let project = directories::ProjectDirs::from("io.github", "castor-desktop", "castor")
            .ok_or_else(|| CastorError::System("no home folder is known for this user".into()))?;
        let data = project.data_dir().to_owned();
        let models = std::env::var_os(MODELS_VARIABLE).map_or_else(|| data.join("models"), PathBuf::from);
        Ok(Self { config: project.config_dir().to_owned(), models, data })
    }
}

/// Everything wired. Cheap to share behind an [`Arc`].
pub struct Castor {
    /// Where things are kept.
    pub folders: Folders,
    /// What was said.
    pub history: Arc<History>,
    /// The key.
    pub keys: Arc<Keys>,
    /// The mind on this computer.
    pub local: Arc<LocalMind>,
    /// Notes of pictures and transcripts of recordings.
    pub notebook: Arc<Notebook>,
    /// What is being recorded.
    pub recording: Recording,
    /// The clip that is being recorded.
    pub clip: ClipRecording,
    /// The camera of the system that is open.
    pub camera: SystemCamera,
    /// The screen that is watched while it is kept open.
    pub screen: WatchedScreen,
    /// What is being played or read aloud.
    pub player: Player,
    /// The system's own voices.
    pub system_voices: SystemVoicesHere,
    /// Castor's own voice, for a microphone that is open meanwhile.
    pub own_voice: OwnVoice,
    pictures: Arc<PreparedPictures>,
    gemini: RwLock<Arc<Gemini>>,
    settings: RwLock<Settings>,
    turns: Mutex<HashMap<MessageId, RunningTurn>>,
    fetches: Mutex<HashMap<String, CancellationToken>>,
    readings: Mutex<HashMap<AttachmentId, CancellationToken>>,
}

struct RunningTurn {
    conversation: ConversationId,
    cancel: CancellationToken,
    written: Arc<Written>,
}

impl Castor {
    /// Opens the history and wires the minds. Blocks on the disk; the key is not looked for yet (see [`Keys::load`]).
    pub fn open(folders: Folders) -> Result<Self, CastorError> {
        let history = Arc::new(History::open(&folders.data)?);
        let settings = read_settings(&history)?;
        let keys = Arc::new(Keys::new(&folders.config));
        let local = Arc::new(LocalMind::new(local::LocalConfig::new(folders.models.clone())?));
        local.use_recognisers(&settings.recognisers);
        local.speech().listen(settings.voice.listening());
        let senses = Arc::clone(&local) as Arc<dyn conversation::Senses>;
        let hearing = Arc::clone(&local) as Arc<dyn conversation::Hearing>;
        let watching = Arc::new(Watcher);
        let notebook = Arc::new(Notebook::new(Arc::clone(&history), senses, hearing, watching));
        let gemini =
            RwLock::new(connect(&folders, &keys, endpoint(&settings).as_deref(), &settings, &history)?);
        Ok(Self {
            folders,
            history,
            keys,
            local,
            notebook,
            recording: Recording::default(),
            clip: ClipRecording::default(),
            camera: SystemCamera::default(),
            screen: WatchedScreen::default(),
            player: Player::default(),
            system_voices: SystemVoicesHere::default(),
            own_voice: OwnVoice::default(),
            pictures: Arc::default(),
            gemini,
            settings: RwLock::new(settings),
            turns: Mutex::default(),
            fetches: Mutex::default(),
            readings: Mutex::default(),
        })
    }

    /// The mind in the cloud, at the endpoint now set.
    pub fn gemini(&self) -> Arc<Gemini> {
        Arc::clone(&self.gemini.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The provider of a mind.
    pub fn provider(&self, mind: Mind) -> Arc<dyn Provider> {
        match mind {
            Mind::Gemini => self.gemini(),
            Mind::Local => self.local(),
        }
    }

    fn local(&self) -> Arc<dyn Provider> {
        Arc::clone(&self.local) as Arc<dyn Provider>
    }

    /// The models of both minds as far as they are known without asking the network.
    pub fn known_models(&self) -> Vec<Model> {
        let mut models = self.gemini().known_models();
        models.extend(self.local.offers());
        models
    }

    /// The models of both minds. A mind that cannot be asked offers what it knows by itself.
    pub async fn models(&self) -> Vec<Model> {
        let gemini = self.gemini();
        let (gemini, local) = tokio::join!(gemini.models(), self.local.models());
        let mut models = Vec::new();
        for offered in [gemini, local] {
            match offered {
                Ok(offered) => models.extend(offered),
                Err(error) => tracing::warn!(%error, "a mind's models could not be listed"),
            }
        }
        models
    }

    /// The settings as they stand.
    pub fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps new settings; a new endpoint, or a new way there, is used from the next request on.
    pub fn save_settings(&self, settings: Settings) -> Result<(), CastorError> {
        // An address that cannot be used must not be kept, and one that could not be kept must not be used.
        let was = self.settings();
        let moved = settings.base_url != was.base_url
            || settings.network != was.network
            || settings.safety != was.safety;
        let gemini = moved
            .then(|| {
                connect(&self.folders, &self.keys, endpoint(&settings).as_deref(), &settings, &self.history)
            })
            .transpose()?;
        write_settings(&self.history, &settings)?;
        if let Some(gemini) = gemini {
            *self.gemini.write().unwrap_or_else(PoisonError::into_inner) = gemini;
        }
        self.local.use_recognisers(&settings.recognisers);
        self.local.speech().listen(settings.voice.listening());
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        Ok(())
    }

    /// Uses another endpoint until the process ends.
    pub fn use_base_url(&self, base_url: &str) -> Result<(), CastorError> {
        let gemini = connect(&self.folders, &self.keys, Some(base_url), &self.settings(), &self.history)?;
        *self.gemini.write().unwrap_or_else(PoisonError::into_inner) = gemini;
        Ok(())
    }

    /// One turn: asks, stores and shows, until the answer has ended.
    pub async fn ask(
        &self,
        request: AskRequest,
        show: impl Fn(AnswerEvent) + Send + Sync + 'static,
    ) -> Result<Message, CastorError> {
        let cancel = CancellationToken::new();
        let context = self.ask_context();
        let mut running = None;
        let result = {
            let sink = |event: AnswerEvent| {
                match &event {
                    AnswerEvent::Started { conversation, answer, .. } => {
                        let written = Arc::<Written>::default();
                        written.add(&answer.text());
                        running = Some((answer.id, Arc::clone(&written)));
                        let (conversation, cancel) = (conversation.id, cancel.clone());
                        self.turns().insert(answer.id, RunningTurn { conversation, cancel, written });
                    }
                    AnswerEvent::Delta { text, .. } => {
                        if let Some((_, written)) = &running {
                            written.add(text);
                        }
                    }
                    _ => {}
                }
                show(event);
            };
            ask::ask(&context, request, sink, cancel.clone()).await
        };
        if let Some((answer, written)) = running {
            written.end();
            self.turns().remove(&answer);
        }
        Ok(result?)
    }

    /// What a question would send, without sending it; with `count` the provider counts its tokens, which sends it.
    pub async fn preview(&self, request: AskRequest, count: bool) -> Result<Preview, CastorError> {
        Ok(ask::preview(&self.ask_context(), request, count).await?)
    }

    fn ask_context(&self) -> AskContext {
        AskContext {
            history: Arc::clone(&self.history),
            providers: vec![self.gemini(), self.local()],
            notebook: Arc::clone(&self.notebook),
            pictures: Arc::clone(&self.pictures),
            monthly_cap: spending::cap(&self.settings()),
        }
    }

    /// Keeps a conversation on this computer, or no longer. What is on its way elsewhere is stopped first.
    pub fn set_local_only(&self, id: ConversationId, local_only: bool) -> Result<Conversation, CastorError> {
        let conversation = self.history.set_local_only(id, local_only)?;
        if local_only {
            self.stop_conversation(id);
        }
        Ok(conversation)
    }

    /// Stops an answer that is being written.
    pub fn stop(&self, answer: MessageId) {
        if let Some(turn) = self.turns().get(&answer) {
            turn.cancel.cancel();
        }
    }

    /// The text of an answer, which grows for as long as it is being written.
    pub fn answer_text(&self, answer: MessageId) -> Result<Arc<Written>, CastorError> {
        if let Some(turn) = self.turns().get(&answer) {
            return Ok(Arc::clone(&turn.written));
        }
        Ok(Arc::new(Written::whole(self.history.message(answer)?.text())))
    }

    /// Stops every answer.
    pub fn stop_all(&self) {
        self.turns().values().for_each(|turn| turn.cancel.cancel());
    }

    /// Stops every answer of a conversation.
    pub fn stop_conversation(&self, conversation: ConversationId) {
        self.turns()
            .values()
            .filter(|turn| turn.conversation == conversation)
            .for_each(|turn| turn.cancel.cancel());
    }

    /// Fetches a local model, reporting progress, until it is whole or [`Self::cancel_fetch`] is called.
    pub async fn fetch_model(
        &self,
        id: &str,
        progress: impl Fn(local::FetchProgress) + Send + Sync + 'static,
    ) -> Result<(), CastorError> {
        let cancel = CancellationToken::new();
        self.fetches().insert(id.to_owned(), cancel.clone());
        let result = self.local.fetch(id, progress, &cancel).await;
        self.fetches().remove(id);
        result?;
        Ok(())
    }

    /// Breaks a fetch off; what came is kept and gone on with later.
    pub fn cancel_fetch(&self, id: &str) {
        if let Some(cancel) = self.fetches().get(id) {
            cancel.cancel();
        }
    }

    /// The notes of a picture, made now unless they are known, reporting progress, until [`Self::stop_reading`] is called.
    /// Blocks.
    pub fn read_picture(
        &self,
        id: AttachmentId,
        progress: &(dyn Fn(f32) + Sync),
    ) -> Result<PictureNotes, CastorError> {
        let picture = self.history.attachment(id)?;
        let cancel = self.readings().entry(id).or_default().clone();
        let notes = self.notebook.notes(&picture, progress, &|| cancel.is_cancelled());
        self.readings().remove(&id);
        Ok(notes?)
    }

    /// The transcript of a recording, made now unless there is one, until [`Self::stop_reading`] is called. Blocks.
    pub fn transcribe(
        &self,
        id: AttachmentId,
        on_event: &(dyn Fn(HearingEvent) + Sync),
    ) -> Result<Transcript, CastorError> {
        let recording = self.history.attachment(id)?;
        let cancel = self.readings().entry(id).or_default().clone();
        let transcript = self.notebook.transcript(&recording, on_event, &|| cancel.is_cancelled());
        self.readings().remove(&id);
        Ok(transcript?)
    }

    /// Puts a person's words in the place of what was heard.
    pub fn edit_transcript(&self, id: AttachmentId, text: String) -> Result<Transcript, CastorError> {
        let heard = self.history.transcript(id)?.unwrap_or_default();
        if heard.text == text {
            return Ok(heard);
        }
        let transcript = Transcript { text, edited: true, ..heard };
        self.history.keep_transcript(id, &transcript)?;
        Ok(transcript)
    }

    /// Gives up reading a picture, or listening to a recording.
    pub fn stop_reading(&self, id: AttachmentId) {
        if let Some(cancel) = self.readings().get(&id) {
            cancel.cancel();
        }
    }

    fn readings(&self) -> MutexGuard<'_, HashMap<AttachmentId, CancellationToken>> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<MessageId, RunningTurn>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fetches(&self) -> MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.fetches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_settings(history: &History) -> Result<Settings, CastorError> {
    let Some(text) = history.setting(SETTINGS_KEY)? else { return Ok(Settings::default()) };
    // Settings that no longer parse are worth less than a start without them.
    Ok(Settings::from_stored(&text).unwrap_or_else(|error| {
        tracing::warn!(%error, "the settings could not be read; defaults are used");
        Settings::default()
    }))
}

fn write_settings(history: &History, settings: &Settings) -> Result<(), CastorError> {
    let text = serde_json::to_string(settings).map_err(|error| CastorError::System(error.to_string()))?;
    Ok(history.set_setting(SETTINGS_KEY, &text)?)
}

/// The endpoint in use: the environment's before the settings'.
pub(crate) fn endpoint(settings: &Settings) -> Option<String> {
    std::env::var(BASE_URL_VARIABLE).ok().filter(|url| !url.is_empty()).or_else(|| settings.base_url.clone())
}

/// Prices the person keeps in place of those Castor comes with. A file that is none is told in the log and left.
fn own_prices(folders: &Folders) -> Option<Arc<PriceList>> {
    let path = folders.config.join(PRICES_FILE);
    let text = std::fs::read_to_string(&path).ok()?;
    PriceList::from_json(&text)
        .inspect_err(|error| tracing::warn!(%error, path = %path.display(), "own prices cannot be used"))
        .ok()
        .map(Arc::new)
}

fn connect(
    folders: &Folders,
    keys: &Keys,
    base_url: Option<&str>,
    settings: &Settings,
    history: &Arc<History>,
) -> Result<Arc<Gemini>, CastorError> {
    let mut config = settings.gemini_config(keys.key(), base_url);
    config.prices = own_prices(folders);
    Ok(Arc::new(Gemini::new(config)?.with_uploads(Arc::new(Uploads(Arc::clone(history))))))
}
