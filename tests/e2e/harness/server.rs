//! The Gemini test server, as the end-to-end tests use it.

use super::app::Launch;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use test_support::GeminiServer;
use test_support::gemini_server::{
    ChunkFault, End, LoggedRequest, ReceivedUpload, Reply, Streamed, UploadScript,
};

/// The key the tests use. The server takes any but [`test_support::gemini_server::BAD_KEY`].
pub const KEY: &str = "AQ.a-key-for-tests";

/// More chunks than any answer of these tests has.
const ALL: usize = 1000;

/// See the module's description.
pub struct Server(GeminiServer);

impl Server {
    /// Starts on a free port.
    pub async fn start() -> Self {
        Self(GeminiServer::start().await.unwrap())
    }

    /// Starts where Castor has already looked for it.
    pub async fn start_at(address: SocketAddr) -> Self {
        Self(GeminiServer::start_on(address, Duration::ZERO).await.unwrap())
    }

    /// How to start Castor so that it asks this server, with a key.
    pub fn launch(&self) -> Launch {
        self.launch_without_key().with("GEMINI_API_KEY", KEY)
    }

    /// The same without a key.
    pub fn launch_without_key(&self) -> Launch {
        Launch::default().with("CASTOR_GEMINI_BASE_URL", self.0.base_url())
    }

    /// The next question is answered with this.
    pub fn answers(&self, markdown: &str) {
        self.0.script([Reply::Answer(Streamed::saying(markdown))]);
    }

    /// The next question is answered in this way.
    pub fn replies(&self, reply: Reply) {
        self.0.script([reply]);
    }

    /// The next answer begins with this and then waits for as long as the server lives.
    pub fn answers_and_stalls(&self, beginning: &str) {
        self.0.script([Reply::Answer(Streamed::saying(beginning).ending(End::Stall { after: ALL }))]);
    }

    /// The next answer's stream ends without a reason after this.
    pub fn cuts_off_after(&self, beginning: &str) {
        self.0.script([Reply::Answer(Streamed::saying(beginning).ending(End::Truncated { after: ALL }))]);
    }

    /// The next upload stands still within its second chunk.
    pub fn uploads_stall(&self) {
        self.0.script_uploads([UploadScript::with(ChunkFault::Stall { at: 1, after: 1 << 20 })]);
    }

    /// Uploads as they arrived.
    pub fn uploads(&self) -> Vec<ReceivedUpload> {
        self.0.uploads()
    }

    /// The next question is blocked.
    pub fn blocks_the_question(&self) {
        self.0.script([Reply::BlockedPrompt { reason: "PROHIBITED_CONTENT".into(), ratings: Vec::new() }]);
    }

    /// Everything it was asked.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.0.requests()
    }

    /// How many questions were asked.
    pub fn questions(&self) -> usize {
        self.requests().iter().filter(|request| request.path.contains(":streamGenerateContent")).count()
    }

    /// The key of the last request.
    pub fn last_key(&self) -> Option<String> {
        self.requests().pop()?.key
    }

    /// Who speaks in each turn of the last question.
    pub fn turns_of_last_question(&self) -> Vec<String> {
        let question = self.last_question();
        let turns = question["contents"].as_array().unwrap();
        turns.iter().map(|turn| turn["role"].as_str().unwrap().to_owned()).collect()
    }

    /// The pictures of the last question, those of earlier turns included, as they arrived.
    pub fn pictures_of_last_question(&self) -> Vec<Vec<u8>> {
        let question = self.last_question();
        let turns = question["contents"].as_array().unwrap();
        turns
            .iter()
            .flat_map(|turn| turn["parts"].as_array().unwrap())
            .filter_map(|part| part["inlineData"]["data"].as_str())
            .map(|data| STANDARD.decode(data).unwrap())
            .collect()
    }

    /// The body of the last question.
    pub fn last_question(&self) -> Value {
        let asked = self.requests().into_iter().rev();
        asked
            .filter(|request| request.path.contains(":streamGenerateContent"))
            .map(|request| request.body)
            .next()
            .unwrap()
    }
}
