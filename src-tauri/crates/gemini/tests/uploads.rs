//! Questions with files too large for a request: sent ahead once, named in the request, remembered.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

use conversation::{
    AttachmentId, FileToSend, FileView, FinishReason, GenerateEvent, GenerateRequest, NoticeCode, Provider,
    RequestPart, RequestTurn, Role, Sha256Hash, Stage,
};
use futures::StreamExt;
use gemini::{Config, DEFAULT_MODEL, Gemini, SharedKey, UploadStore};
use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tempfile::NamedTempFile;
use test_support::GeminiServer;
use tokio_util::sync::CancellationToken;

/// Records in memory.
#[derive(Debug, Default)]
struct Records(Mutex<HashMap<Sha256Hash, Vec<u8>>>);

impl UploadStore for Records {
    fn load(&self, hash: &Sha256Hash) -> Option<Vec<u8>> {
        self.0.lock().unwrap().get(hash).cloned()
    }

    fn save(&self, hash: &Sha256Hash, record: &[u8]) {
        self.0.lock().unwrap().insert(hash.clone(), record.to_owned());
    }
}

fn client(server: &GeminiServer, records: &Arc<Records>) -> Gemini {
    let key = SharedKey::new(Some("AQ.a-key".into()));
    let config = Config { base_url: server.base_url(), ..Config::new(key) };
    Gemini::new(config).unwrap().with_uploads(records.clone())
}

/// A PDF of so many bytes.
fn pdf(bytes: usize) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(b"%PDF-1.7\n").unwrap();
    file.write_all(&vec![b'x'; bytes - 9]).unwrap();
    file
}

fn asking(file: &NamedTempFile, hash: &str) -> GenerateRequest {
    let file = FileToSend {
        attachment: AttachmentId::new(),
        hash: Sha256Hash(hash.into()),
        name: "report.pdf".into(),
        mime: "application/pdf".into(),
        path: file.path().to_owned(),
        content: None,
        uri: None,
        view: FileView::default(),
    };
    let parts = vec![RequestPart::File(file), RequestPart::Text("What does it say?".into())];
    GenerateRequest {
        model: DEFAULT_MODEL.into(),
        system: None,
        turns: vec![RequestTurn { role: Role::User, parts, raw: None }],
        ..GenerateRequest::default()
    }
}

/// The answer's text, its per cents and its end.
async fn ask(gemini: &Gemini, request: GenerateRequest) -> (String, Vec<f32>, Result<(), NoticeCode>) {
    let (mut text, mut progress, mut end) = (String::new(), Vec::new(), Ok(()));
    let mut stream = gemini.stream(request, CancellationToken::new()).await.unwrap();
    while let Some(event) = stream.next().await {
        match event {
            Ok(GenerateEvent::Text(more)) => text.push_str(&more),
            Ok(GenerateEvent::Stage(Stage::SendingFile { number, total, fraction })) => {
                assert_eq!((number, total), (1, 1));
                progress.push(fraction);
            }
            Ok(GenerateEvent::Finished(reason)) => assert_eq!(reason, FinishReason::Stop),
            Ok(_) => {}
            Err(error) => end = Err(error.notice.code),
        }
    }
    (text, progress, end)
}

#[tokio::test]
async fn a_file_is_sent_ahead_once_and_named_in_every_question() {
    let server = GeminiServer::start().await.unwrap();
    let records = Arc::default();
    let file = pdf(20_000_000);
    let (text, progress, end) = ask(&client(&server, &records), asking(&file, "one")).await;
    assert_eq!(end, Ok(()));
    assert!(text.contains("Uploaded file 1") && text.contains("application/pdf"), "{text}");
    assert!(progress.is_sorted() && progress.len() > 2 && progress.contains(&1.0), "{progress:?}");

    // Another client, as after a restart: the API still has it.
    let (text, progress, _) = ask(&client(&server, &records), asking(&file, "one")).await;
    assert!(text.contains("Uploaded file 1"), "{text}");
    assert_eq!(progress, [0.0]);
    assert_eq!(server.uploads().len(), 1);
}

#[tokio::test]
async fn a_file_that_is_gone_is_sent_again() {
    let server = GeminiServer::start().await.unwrap();
    let records = Arc::default();
    let gemini = client(&server, &records);
    let file = pdf(1000);
    assert_eq!(ask(&gemini, asking(&file, "one")).await.2, Ok(()));
    let name = &server.requests().iter().rev().find_map(|request| {
        let uri = request.body["contents"][0]["parts"][0]["fileData"]["fileUri"].as_str()?;
        Some(uri[uri.find("files/").unwrap()..].to_owned())
    });
    gemini.delete_file(name.as_ref().unwrap()).await.unwrap();
    let (text, _, end) = ask(&gemini, asking(&file, "one")).await;
    assert_eq!(end, Ok(()));
    assert!(text.contains("Uploaded file 1"), "{text}");
    assert_eq!(server.uploads().len(), 2);
}

#[tokio::test]
async fn a_file_that_cannot_be_sent_ends_the_answer_in_words() {
    let server = GeminiServer::start().await.unwrap();
    let empty = NamedTempFile::new().unwrap();
    let (text, _, end) = ask(&client(&server, &Arc::default()), asking(&empty, "none")).await;
    assert_eq!((text.as_str(), end), ("", Err(NoticeCode::FileUnusable)));
}

#[tokio::test]
async fn stopping_ends_an_upload_without_an_error() {
    let server = GeminiServer::start().await.unwrap();
    let file = pdf(40_000_000);
    let cancel = CancellationToken::new();
    let gemini = client(&server, &Arc::default());
    let mut stream = gemini.stream(asking(&file, "one"), cancel.clone()).await.unwrap();
    let first = stream.next().await.unwrap().unwrap();
    assert!(matches!(first, GenerateEvent::Stage(Stage::SendingFile { .. })), "{first:?}");
    cancel.cancel();
    while let Some(event) = stream.next().await {
        assert!(matches!(event.unwrap(), GenerateEvent::Stage(_)));
    }
    assert!(server.uploads().iter().all(|upload| !upload.complete));
}
