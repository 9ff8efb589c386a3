//! `castor ask`: the article's `multimodal_qa` as a command, over the same turn as the window's.

use super::{AskArguments, Exit, options, sentence};
use crate::error::CastorError;
use crate::intake;
use crate::state::Castor;
use ask::{AnswerEvent, AskAction, AskFile, AskRequest, Preview};
use conversation::{Message, MessageStatus, Mind, ModelRef, OmissionReason, Part, Sources, Stage};
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::sync::Arc;

pub(super) async fn run(castor: Castor, arguments: AskArguments) -> Exit {
    match prepare(&castor, &arguments).await {
        Ok(request) if arguments.preview => preview(&castor, request, arguments.json).await,
        Ok(request) => stream(Arc::new(castor), request, arguments.json).await,
        Err((exit, words)) => {
            eprintln!("castor: {words}");
            exit
        }
    }
}

type Refusal = (Exit, String);

async fn prepare(castor: &Castor, arguments: &AskArguments) -> Result<AskRequest, Refusal> {
    let failed = |error: CastorError| (Exit::Failed, error.to_string());
    if let Some(base_url) = &arguments.base_url {
        castor.use_base_url(base_url).map_err(failed)?;
    }
    tokio::task::block_in_place(|| castor.keys.load());
    let (question, files) = question_and_files(&arguments.words)?;
    let options = options::answer(&arguments.options)?;
    let view = options::view(&arguments.options)?;
    let mut attachments = Vec::new();
    for file in files {
        let attachment = tokio::task::block_in_place(|| intake::add_file(&castor.history, Path::new(file)))
            .map_err(|error| (Exit::File, format!("{file}: {error}")))?;
        attachments.push(AskFile { id: attachment.id, view });
    }
    let model = choose_model(castor, arguments).await?;
    let action = AskAction::New { parent: None, text: question, attachments };
    Ok(AskRequest { conversation: None, model, action, options, local_only: arguments.local_only })
}

fn question_and_files(words: &[String]) -> Result<(String, &[String]), Refusal> {
    let Some((last, files)) = words.split_last() else { return Err((Exit::Failed, "no question".into())) };
    if last != "-" {
        return Ok((last.clone(), files));
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| (Exit::File, format!("standard input: {error}")))?;
    match text.trim() {
        "" => Err((Exit::File, "standard input holds no question".into())),
        question => Ok((question.to_owned(), files)),
    }
}

async fn choose_model(castor: &Castor, arguments: &AskArguments) -> Result<ModelRef, Refusal> {
    let mind = arguments.mind.map_or_else(
        || if castor.keys.key().is_set() && !arguments.local_only { Mind::Gemini } else { Mind::Local },
        Mind::from,
    );
    if let Some(id) = &arguments.model {
        return Ok(ModelRef { mind, id: id.clone() });
    }
    let models = castor
        .provider(mind)
        .models()
        .await
        .map_err(|error| (Exit::of(error.notice.code), sentence(&error.notice)))?;
    let id = models.into_iter().next().map(|model| model.id);
    id.map(|id| ModelRef { mind, id }).ok_or_else(|| (Exit::ModelMissing, "this mind offers no model".into()))
}

async fn stream(castor: Arc<Castor>, request: AskRequest, json: bool) -> Exit {
    let interrupted = tokio::spawn({
        let castor = Arc::clone(&castor);
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                castor.stop_all();
            }
        }
    });
    let result = castor.ask(request, move |event| show(&event, json)).await;
    interrupted.abort();
    match result {
        Ok(answer) => finish(&castor, &answer, json),
        Err(CastorError::Provider(error) | CastorError::Ask(ask::AskError::Provider(error))) => {
            eprintln!("castor: {}", sentence(&error.notice));
            Exit::of(error.notice.code)
        }
        Err(error) => {
            eprintln!("castor: {error}");
            Exit::Failed
        }
    }
}

/// Tells what a question would send, and sends nothing.
async fn preview(castor: &Castor, request: AskRequest, json: bool) -> Exit {
    match castor.preview(request, false).await {
        Ok(preview) if json => print_json(&preview),
        Ok(preview) => {
            print!("{}", in_words(&preview));
            Exit::Fine
        }
        Err(error) => {
            eprintln!("castor: {error}");
            Exit::Failed
        }
    }
}

fn in_words(preview: &Preview) -> String {
    let receipt = &preview.receipt;
    let mut lines = vec![match &preview.destination {
        Some(host) => format!("leaves this computer, for {host}:"),
        None => "stays on this computer:".to_owned(),
    }];
    for file in &receipt.delivered {
        let size =
            if file.width > 0 { format!(", {} x {} pixels", file.width, file.height) } else { String::new() };
        let cleaned = if file.metadata_removed { ", metadata removed" } else { "" };
        lines.push(format!("  {} {} bytes{size}{cleaned}", file.mime, file.bytes));
    }
    for omission in &receipt.omitted {
        lines.push(format!("  left out: {:?}", omission.reason));
    }
    if let Some(tokens) = receipt.prompt_tokens {
        lines.push(format!("  about {tokens} tokens in all"));
    }
    if let Some(prompt) = preview.prompt_micro_usd {
        let answer = preview.answer_micro_usd.unwrap_or_default();
        lines.push(format!(
            "  about {}, and {} for each 1000 tokens of the answer",
            dollars(prompt),
            dollars(answer)
        ));
    }
    lines.join("\n") + "\n"
}

/// Millionths of a US dollar for people.
fn dollars(micro_usd: u64) -> String {
    format!("${}.{:06}", micro_usd / 1_000_000, micro_usd % 1_000_000)
}

fn print_json(value: &impl serde::Serialize) -> Exit {
    match serde_json::to_string_pretty(value) {
        Ok(text) => {
            println!("{text}");
            Exit::Fine
        }
        Err(error) => {
            eprintln!("castor: {error}");
            Exit::Failed
        }
    }
}

/// Text goes to standard output as it comes; everything else to standard error, and only to a person.
fn show(event: &AnswerEvent, json: bool) {
    match event {
        AnswerEvent::Delta { text, .. } if !json => {
            write_out(text);
        }
        AnswerEvent::Part { part, .. } if !json => match part {
            Part::Code { language, code } => {
                write_out(&format!("\n```{language}\n{}\n```\n", code.trim_end()));
            }
            Part::CodeResult { outcome, output } => {
                write_out(&format!("```{}\n{}\n```\n", outcome.name(), output.trim_end()));
            }
            _ => {}
        },
        AnswerEvent::Thought { text, .. } if !json && std::io::stderr().is_terminal() => {
            eprint!("{text}");
        }
        AnswerEvent::Stage { stage: Stage::Transcribing { number, total, fraction }, .. } => {
            progress(&format!("listening to recording {number} of {total}"), *fraction);
        }
        AnswerEvent::Stage { stage: Stage::Watching { number, total, fraction }, .. } => {
            progress(&format!("watching video {number} of {total}"), *fraction);
        }
        AnswerEvent::Stage { stage: Stage::ConvertingSound { fraction }, .. } => {
            progress("converting the sound", *fraction);
        }
        AnswerEvent::Stage { stage: Stage::SendingFile { number, total, fraction }, .. } => {
            progress(&format!("sending file {number} of {total}"), *fraction);
        }
        AnswerEvent::Retrying { notice, .. } => {
            eprintln!("castor: {}; trying again", sentence(notice));
        }
        AnswerEvent::Receipt { receipt, .. } if !json && std::io::stderr().is_terminal() => {
            let sent = receipt.delivered.len();
            let left = receipt.omitted.len();
            if sent + left > 0 {
                eprintln!("castor: {sent} of {} files reach the model", sent + left);
            }
        }
        _ => {}
    }
}

/// A line that is written over as it goes, for a person only.
pub(super) fn progress(doing: &str, fraction: f32) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    eprint!("\rcastor: {doing}: {:.0} %", fraction * 100.0);
    if fraction >= 1.0 {
        eprintln!();
    }
}

fn write_out(text: &str) {
    let mut output = std::io::stdout().lock();
    // A reader that closed the pipe has read enough.
    if output.write_all(text.as_bytes()).and_then(|()| output.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Sources go to standard error: standard output holds what was answered.
fn tell_sources(sources: &Sources) {
    for (number, page) in sources.pages.iter().enumerate() {
        eprintln!("[{}] {} {}", number + 1, page.title, page.uri);
    }
    for link in &sources.links {
        eprintln!("{} {}", if link.read { "read" } else { "could not be read:" }, link.uri);
    }
    for citation in &sources.citations {
        let (title, uri) = (citation.title.as_deref(), citation.uri.as_deref());
        eprintln!("quoted from {}", title.or(uri).unwrap_or("an unnamed work"));
    }
}

fn finish(castor: &Castor, answer: &Message, json: bool) -> Exit {
    if json {
        print_json(answer);
    } else if !answer.text().is_empty() {
        println!();
    }
    if let Some(sources) = answer.sources.as_ref().filter(|_| !json) {
        tell_sources(sources);
    }
    for picture in answer.attachments() {
        if let Ok(path) = castor.history.blob_path(picture) {
            eprintln!("castor: a picture came with the answer: {}", path.display());
        }
    }
    for problem in answer.structure.iter().flat_map(|structure| &structure.problems) {
        eprintln!("castor: the answer is not as the schema asks: {problem}");
    }
    if let Some(receipt) = &answer.receipt {
        let is_omitted = |reason| receipt.omitted.iter().any(|omission| omission.reason == reason);
        if is_omitted(OmissionReason::RecognisersMissing) {
            eprintln!(
                "castor: the picture was not read: the recognisers are not here yet. Fetch them with castor models fetch {}, or ask with --mind gemini",
                local::DEFAULT_RECOGNISERS
            );
        } else if is_omitted(OmissionReason::ModelCannotSee) {
            eprintln!("castor: the picture was not seen: this model only reads text. Ask with --mind gemini");
        }
        if is_omitted(OmissionReason::SpeechRecogniserMissing) {
            eprintln!(
                "castor: the recording was not heard: the recogniser that understands speech is not here yet. Fetch it with castor models fetch {}, or ask with --mind gemini",
                local::DEFAULT_SPEECH_MODEL
            );
        }
        if is_omitted(OmissionReason::VideoToolsMissing) {
            eprintln!(
                "castor: the video was not watched: ffmpeg, which takes frames and sound out of it, is not installed. Install it, or ask with --mind gemini"
            );
        }
        if is_omitted(OmissionReason::ModelCannotOpen) {
            eprintln!(
                "castor: a file was not read: this model takes none of its kind. Ask with --mind gemini"
            );
        }
        if is_omitted(OmissionReason::TooLarge) {
            eprintln!("castor: a file was not sent: it is larger than what one question may carry");
        }
    }
    if let Some(notice) = &answer.notice {
        eprintln!("castor: {}", sentence(notice));
        return Exit::of(notice.code);
    }
    match answer.status {
        MessageStatus::Complete => Exit::Fine,
        MessageStatus::Stopped | MessageStatus::Incomplete | MessageStatus::Interrupted => Exit::Incomplete,
        MessageStatus::Blocked => Exit::Blocked,
        MessageStatus::Failed | MessageStatus::Streaming => Exit::Failed,
    }
}
