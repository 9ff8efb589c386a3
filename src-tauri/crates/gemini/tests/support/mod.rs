//! What the tests of whole answers share: an impatient client, and an answer heard to its end.

use bytes::Bytes;
use conversation::{
    CodeOutcome, FinishReason, GenerateEvent, GenerateRequest, NoticeCode, Provider, ProviderError,
    RequestPart, RequestTurn, Role, Sources, Usage,
};
use futures::StreamExt;
use gemini::{Config, DEFAULT_MODEL, Gemini, RetryPolicy, SharedKey};
use std::time::Duration;
use test_support::GeminiServer;
use tokio_util::sync::CancellationToken;

pub const KEY: &str = "AQ.a-persons-secret-key";

/// As patient as a test can be: retries come at once, silence is noticed soon.
pub fn config(base_url: String) -> Config {
    let retry = RetryPolicy { first_delay: Duration::from_millis(1), ..RetryPolicy::default() };
    Config { base_url, retry, ..Config::new(SharedKey::new(Some(KEY.into()))) }
}

pub fn client(server: &GeminiServer) -> Gemini {
    Gemini::new(config(server.base_url())).unwrap()
}

pub fn asking(words: &str) -> GenerateRequest {
    GenerateRequest {
        model: DEFAULT_MODEL.into(),
        system: None,
        turns: vec![turn(Role::User, words)],
        ..GenerateRequest::default()
    }
}

pub fn turn(role: Role, words: &str) -> RequestTurn {
    RequestTurn { role, parts: vec![RequestPart::Text(words.into())], raw: None }
}

/// Everything an answer was made of.
#[derive(Debug, Default)]
pub struct Heard {
    pub text: String,
    pub thoughts: String,
    pub code: Vec<(String, String)>,
    pub results: Vec<(CodeOutcome, String)>,
    pub pictures: Vec<(String, Bytes)>,
    pub sources: Option<Sources>,
    pub raw: Vec<String>,
    pub usage: Option<Usage>,
    pub retries: Vec<(NoticeCode, Option<u32>)>,
    pub finished: Option<FinishReason>,
    pub error: Option<ProviderError>,
}

impl Heard {
    pub fn code(&self) -> NoticeCode {
        self.error.as_ref().unwrap_or_else(|| panic!("no error: {self:?}")).notice.code
    }
}

pub async fn ask(gemini: &Gemini, request: GenerateRequest) -> Heard {
    let mut heard = Heard::default();
    let mut events = match gemini.stream(request, CancellationToken::new()).await {
        Ok(events) => events,
        Err(error) => return Heard { error: Some(error), ..heard },
    };
    while let Some(event) = events.next().await {
        assert!(heard.error.is_none(), "nothing follows an error");
        match event {
            Ok(GenerateEvent::Stage(_)) => {}
            Ok(GenerateEvent::Text(text)) => heard.text.push_str(&text),
            Ok(GenerateEvent::Thought(text)) => heard.thoughts.push_str(&text),
            Ok(GenerateEvent::Code { language, code }) => heard.code.push((language, code)),
            Ok(GenerateEvent::CodeResult { outcome, output }) => heard.results.push((outcome, output)),
            Ok(GenerateEvent::Picture { mime, data }) => heard.pictures.push((mime, data)),
            Ok(GenerateEvent::Sources(sources)) => heard.sources = Some(sources),
            Ok(GenerateEvent::Raw(part)) => heard.raw.push(part),
            Ok(GenerateEvent::Usage(usage)) => heard.usage = Some(usage),
            Ok(GenerateEvent::Retrying(notice)) => heard.retries.push((notice.code, notice.retry_after_ms)),
            Ok(GenerateEvent::Finished(reason)) => {
                assert!(heard.finished.replace(reason).is_none(), "ended twice");
            }
            Err(error) => heard.error = Some(error),
        }
    }
    heard
}
