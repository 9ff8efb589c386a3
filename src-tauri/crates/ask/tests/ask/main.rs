//! Whole turns over a real history and real pictures, answered by a scripted mind.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

mod actions;
mod context;
mod endings;
mod money;
mod notes;
mod outputs;
mod video;
mod voice;

use ask::{AnswerEvent, AskAction, AskContext, AskError, AskFile, AskRequest, Notebook, ask};
use conversation::{
    AnswerOptions, AnswerTools, AttachmentId, Capabilities, FileBudget, FinishReason, GenerateEvent,
    ImageBudget, MediaKind, Message, Mind, ModelRef, Part, RequestPart,
};
use history::{History, NewAttachment, Source};
use notes::ScriptedSenses;
use std::sync::{Arc, Mutex};
use test_support::{ScriptedProvider, Step};
use tokio_util::sync::CancellationToken;
use video::ScriptedWatching;
use voice::ScriptedHearing;

/// A throwaway history and one scripted mind.
struct Room {
    context: AskContext,
    provider: Arc<ScriptedProvider>,
    _folder: tempfile::TempDir,
}

/// What one call of `ask` gave.
struct Told {
    result: Result<Message, AskError>,
    events: Vec<AnswerEvent>,
}

impl Told {
    fn answer(self) -> Message {
        self.result.unwrap()
    }
}

fn reads_text() -> Capabilities {
    Capabilities {
        images: None,
        note_tokens: None,
        files: None,
        context_tokens: 8000,
        output_tokens: 1000,
        tools: AnswerTools::default(),
    }
}

fn sees() -> Capabilities {
    let images = ImageBudget {
        longest_edge: 64,
        max_bytes: 100_000,
        tokens: 100,
        accepts: vec!["image/png".into(), "image/jpeg".into()],
        max_count: 2,
    };
    Capabilities { images: Some(images), ..reads_text() }
}

/// Takes PDF, at most 1000 bytes in all.
fn opens_pdf() -> Capabilities {
    Capabilities {
        files: Some(FileBudget {
            accepts: vec!["application/pdf".into()],
            max_bytes: 1000,
            max_sent_ahead: 0,
        }),
        ..reads_text()
    }
}

fn text(words: &str) -> Step {
    Step::Event(GenerateEvent::Text(words.into()))
}

fn finished() -> Step {
    Step::Event(GenerateEvent::Finished(FinishReason::Stop))
}

fn model() -> ModelRef {
    ModelRef { mind: Mind::Gemini, id: ScriptedProvider::MODEL.into() }
}

fn new_question(text: &str, attachments: &[AttachmentId]) -> AskRequest {
    AskRequest {
        conversation: None,
        model: model(),
        action: AskAction::New {
            parent: None,
            text: text.into(),
            attachments: attachments.iter().map(|id| AskFile::from(*id)).collect(),
        },
        options: AnswerOptions::default(),
        local_only: false,
    }
}

impl Room {
    fn new(capabilities: Capabilities, script: Vec<Step>) -> Self {
        Self::with_senses(capabilities, script, Arc::default())
    }

    fn with_senses(capabilities: Capabilities, script: Vec<Step>, senses: Arc<ScriptedSenses>) -> Self {
        Self::with_all(capabilities, script, senses, Arc::default(), Arc::default())
    }

    fn with_hearing(capabilities: Capabilities, script: Vec<Step>, hearing: Arc<ScriptedHearing>) -> Self {
        Self::with_all(capabilities, script, Arc::default(), hearing, Arc::default())
    }

    fn with_all(
        capabilities: Capabilities,
        script: Vec<Step>,
        senses: Arc<ScriptedSenses>,
        hearing: Arc<ScriptedHearing>,
        watching: Arc<ScriptedWatching>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let provider = Arc::new(ScriptedProvider::new(Mind::Gemini, capabilities, script));
        let history = Arc::new(History::open(folder.path()).unwrap());
        let notebook = Arc::new(Notebook::new(Arc::clone(&history), senses, hearing, watching));
        let context = AskContext {
            history,
            providers: vec![provider.clone()],
            notebook,
            pictures: Arc::default(),
            monthly_cap: None,
        };
        Self { context, provider, _folder: folder }
    }

    fn history(&self) -> &History {
        &self.context.history
    }

    async fn ask(&self, request: AskRequest) -> Told {
        self.ask_until(request, CancellationToken::new(), |_| ()).await
    }

    /// Asks, and lets `look` see each event as it happens.
    async fn ask_until(
        &self,
        request: AskRequest,
        cancel: CancellationToken,
        mut look: impl FnMut(&AnswerEvent) + Send,
    ) -> Told {
        let events = Mutex::new(Vec::new());
        let sink = |event: AnswerEvent| {
            look(&event);
            events.lock().unwrap().push(event);
        };
        let result = ask(&self.context, request, sink, cancel).await;
        Told { result, events: events.into_inner().unwrap() }
    }

    /// Asks after the question before, with a script of its own.
    async fn ask_on(&self, earlier: &Message, words: &str, script: Vec<Step>) -> Message {
        self.provider.push_script(script);
        let request = AskRequest { conversation: Some(earlier.conversation), ..new_question(words, &[]) };
        self.ask(request).await.answer()
    }

    fn add(&self, name: &str, kind: MediaKind, bytes: &[u8]) -> AttachmentId {
        let mime = match kind {
            MediaKind::Image => "image/png",
            MediaKind::Document => "application/pdf",
            MediaKind::Audio => "audio/wav",
            MediaKind::Video => "video/mp4",
            _ => "text/plain",
        };
        let new = NewAttachment { name, kind, mime, width: 0, height: 0, source: Source::Bytes(bytes) };
        self.history().add_attachment(new).unwrap().id
    }

    fn add_picture(&self, name: &str) -> AttachmentId {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let picture =
            image::RgbImage::from_fn(128, 96, |x, y| image::Rgb([x as u8, y as u8, name.len() as u8]));
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        self.add(name, MediaKind::Image, &bytes.into_inner())
    }

    /// The request the mind got last, a line for each part.
    fn last_request(&self) -> String {
        let request = self.provider.requests().pop().unwrap();
        let mut lines = Vec::new();
        for turn in &request.turns {
            for part in &turn.parts {
                let part = match part {
                    RequestPart::Text(text) | RequestPart::Notes(text) => text.clone(),
                    RequestPart::Media(media) => format!("<{} {}x{}>", media.mime, media.width, media.height),
                    RequestPart::File(file) => format!("<{} sent ahead>", file.mime),
                };
                let raw = if turn.raw.is_some() { " (raw)" } else { "" };
                lines.push(format!("{:?}{raw}: {part}", turn.role));
            }
        }
        lines.join("\n")
    }
}

/// Events without what differs from run to run.
fn describe(events: &[AnswerEvent]) -> String {
    let lines = events.iter().map(|event| match event {
        AnswerEvent::Started { conversation, question, answer } => format!(
            "Started: title {:?}, question {:?}, answer {:?} {:?}",
            conversation.title,
            question.text(),
            answer.text(),
            answer.status
        ),
        AnswerEvent::Receipt { receipt, .. } => format!(
            "Receipt: {} delivered, {} omitted, {} earlier, {:?} tokens, estimated {}",
            receipt.delivered.len(),
            receipt.omitted.len(),
            receipt.earlier_messages,
            receipt.prompt_tokens,
            receipt.estimated
        ),
        AnswerEvent::Stage { stage, .. } => format!("Stage: {stage:?}"),
        AnswerEvent::Delta { text, .. } => format!("Delta: {text:?}"),
        AnswerEvent::Thought { text, .. } => format!("Thought: {text:?}"),
        AnswerEvent::Part { part: Part::Attachment { .. }, .. } => "Part: a file".to_owned(),
        AnswerEvent::Part { part, .. } => format!("Part: {part:?}"),
        AnswerEvent::Sources { sources, .. } => format!("Sources: {} pages", sources.pages.len()),
        AnswerEvent::Retrying { notice, .. } => format!("Retrying: {:?}", notice.code),
        AnswerEvent::Finished { message, .. } => format!(
            "Finished: {:?} {:?}, notice {:?}, usage {:?}",
            message.status,
            message.text(),
            message.notice.as_ref().map(|notice| (notice.code, notice.detail.as_deref())),
            message.usage
        ),
    });
    lines.collect::<Vec<_>>().join("\n")
}
