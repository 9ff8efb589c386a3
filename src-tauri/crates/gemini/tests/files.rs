//! Uploads against the project's own Gemini server: whole, interrupted at every point, resumed, refused and forgotten.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use conversation::{NoticeCode, ProviderError, Timestamp};
use gemini::wire::{Content, FileData, GenerateContentRequest, MediaResolution, Part, Role, VideoMetadata};
use gemini::{
    Config, Gemini, RemoteState, RetryPolicy, SharedKey, Timeouts, Upload, UploadEvent, UploadSession,
    UploadedFile,
};
use sha2::{Digest, Sha256};
use std::io::{Seek, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::NamedTempFile;
use test_support::GeminiServer;
use test_support::gemini_server::{BAD_KEY, ChunkFault, Failure, ReceivedUpload, UploadScript};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const KEY: &str = "AQ.a-persons-secret-key";
const MIB: u64 = 1024 * 1024;
const CHUNK: u64 = 8 * MIB;
/// Three chunks: two full ones and a rest that fits no granularity.
const LARGE: u64 = 2 * CHUNK + 3 * MIB + 5;

/// As patient as a test can be.
fn config(base_url: String) -> Config {
    let retry = RetryPolicy { first_delay: Duration::from_millis(1), ..RetryPolicy::default() };
    Config { base_url, retry, ..Config::new(SharedKey::new(Some(KEY.into()))) }
}

fn client(server: &GeminiServer) -> Gemini {
    Gemini::new(config(server.base_url())).unwrap()
}

/// A file whose every stretch is unlike the others, so that a wrong offset gives a wrong hash.
fn file(size: u64) -> NamedTempFile {
    let mut file = tempfile::Builder::new().prefix("holiday-").suffix(".bin").tempfile().unwrap();
    let mut bytes = vec![0; size as usize];
    for (position, word) in (1_u64..).zip(bytes.chunks_mut(8)) {
        let unlike = position.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
        word.copy_from_slice(&unlike[..word.len()]);
    }
    file.write_all(&bytes).unwrap();
    file
}

fn sha256(file: &NamedTempFile) -> String {
    format!("{:x}", Sha256::digest(std::fs::read(file.path()).unwrap()))
}

fn upload(file: &NamedTempFile) -> Upload {
    Upload { name: "holiday.bin".into(), ..Upload::new(file.path(), "application/octet-stream") }
}

/// Everything an upload told.
#[derive(Debug, Clone, Default)]
struct Told(Arc<Mutex<Vec<UploadEvent>>>);

impl Told {
    fn listen(&self) -> impl FnMut(UploadEvent) + Send + Sync + use<> {
        let events = self.0.clone();
        move |event| events.lock().unwrap().push(event)
    }

    /// As a caller would have stored it.
    fn session(&self) -> UploadSession {
        let events = self.0.lock().unwrap();
        let session = events.iter().rev().find_map(|event| match event {
            UploadEvent::Session(session) => Some(session),
            _ => None,
        });
        serde_json::from_str(&serde_json::to_string(session.unwrap()).unwrap()).unwrap()
    }

    fn sent(&self) -> Vec<u64> {
        let events = self.0.lock().unwrap();
        let sent = events.iter().filter_map(|event| match event {
            UploadEvent::Sent { bytes, .. } => Some(*bytes),
            _ => None,
        });
        sent.collect()
    }
}

async fn run(gemini: &Gemini, upload: Upload) -> Result<UploadedFile, ProviderError> {
    let done = gemini.upload(upload, |_| {}, CancellationToken::new()).await;
    done.map(|file| file.unwrap())
}

async fn fails(gemini: &Gemini, upload: Upload) -> (NoticeCode, String) {
    let error = run(gemini, upload).await.unwrap_err();
    (error.notice.code, error.notice.detail.unwrap())
}

/// Uploads a large file under a fault; it must arrive whole.
async fn survives(script: UploadScript) -> (GeminiServer, ReceivedUpload) {
    let server = GeminiServer::start().await.unwrap();
    server.script_uploads([script]);
    let file = file(LARGE);
    let uploaded = run(&client(&server), upload(&file)).await.unwrap();
    let received = only_upload(&server);
    assert!(received.complete);
    assert_eq!(received.arrived, LARGE);
    assert_eq!(received.sha256, sha256(&file), "what arrived is what is in the file");
    assert_eq!(uploaded.sha256, received.sha256);
    (server, received)
}

fn only_upload(server: &GeminiServer) -> ReceivedUpload {
    let [upload] = &server.uploads()[..] else { panic!("one upload: {:?}", server.uploads()) };
    upload.clone()
}

/// Command and offset of every request to the upload's address.
fn commands(server: &GeminiServer) -> Vec<(String, Option<u64>)> {
    let requests = server.requests().into_iter().filter(|request| request.path.starts_with("/upload/"));
    let commands = requests.map(|request| {
        let header = |name: &str| request.upload_headers.get(name).cloned();
        let offset = header("x-goog-upload-offset").map(|offset| offset.parse().unwrap());
        (header("x-goog-upload-command").unwrap(), offset)
    });
    commands.collect()
}

fn command(name: &str, offset: impl Into<Option<u64>>) -> (String, Option<u64>) {
    (name.into(), offset.into())
}

#[tokio::test]
async fn a_small_file_goes_in_one_chunk() {
    let server = GeminiServer::start().await.unwrap();
    let file = file(100);
    let told = Told::default();
    let mime = "audio/ogg; codecs=opus";
    let upload = Upload { mime: mime.into(), ..upload(&file) };
    let before = Timestamp::now().0;
    let done =
        client(&server).upload(upload, told.listen(), CancellationToken::new()).await.unwrap().unwrap();
    assert_eq!(done.sha256, sha256(&file));
    assert_eq!(done.mime, "audio/ogg");
    assert_eq!(done.uri, format!("{}/v1beta/{}", server.base_url(), done.name));
    let lives = done.expires_at.unwrap().0 - before;
    assert!((0..60_000).contains(&(lives - 48 * 3_600_000)), "{lives} ms");
    let received = only_upload(&server);
    assert_eq!((received.name.as_str(), received.display_name.as_str()), (done.name.as_str(), "holiday.bin"));
    assert_eq!(commands(&server), [command("start", None), command("upload, finalize", 0)]);
    let events = told.0.lock().unwrap().clone();
    assert!(matches!(events.first(), Some(UploadEvent::Session(_))), "{events:?}");
    assert!(events.contains(&UploadEvent::Sent { bytes: 100, of: 100 }), "{events:?}");
    assert_eq!(events.last(), Some(&UploadEvent::Processing));
}

#[tokio::test]
async fn the_call_that_begins_an_upload() {
    let server = GeminiServer::start().await.unwrap();
    run(&client(&server), Upload { mime: "video/mp4".into(), ..upload(&file(123)) }).await.unwrap();
    let start = &server.requests()[0];
    assert_eq!(start.key.as_deref(), Some(KEY));
    insta::assert_json_snapshot!((
        &start.method,
        &start.path,
        &start.query,
        &start.upload_headers,
        &start.body
    ));
}

#[tokio::test]
async fn a_large_file_goes_in_several_chunks() {
    let server = GeminiServer::start().await.unwrap();
    let file = file(LARGE);
    let told = Told::default();
    let gemini = client(&server);
    let done = gemini.upload(upload(&file), told.listen(), CancellationToken::new()).await.unwrap().unwrap();
    assert_eq!(done.sha256, sha256(&file));
    assert_eq!(
        commands(&server),
        [
            command("start", None),
            command("upload", 0),
            command("upload", CHUNK),
            command("upload, finalize", 2 * CHUNK),
        ]
    );
    assert_eq!(only_upload(&server).carried, LARGE);
    let sent = told.sent();
    assert!(sent.is_sorted(), "progress does not go back");
    assert_eq!(sent.last(), Some(&LARGE));
    let boundaries = [CHUNK, 2 * CHUNK, LARGE];
    assert!(sent.iter().any(|bytes| !boundaries.contains(bytes)), "told within a chunk too: {sent:?}");
}

#[tokio::test]
async fn a_file_that_fills_its_last_chunk_ends_with_it() {
    let server = GeminiServer::start().await.unwrap();
    run(&client(&server), upload(&file(2 * CHUNK))).await.unwrap();
    let expected = [command("start", None), command("upload", 0), command("upload, finalize", CHUNK)];
    assert_eq!(commands(&server), expected);
}

#[tokio::test]
async fn chunks_fit_the_granularity_the_server_asks_for() {
    let script = UploadScript { granularity: Some(3 * MIB), ..UploadScript::default() };
    let (server, _) = survives(script).await;
    let offsets: Vec<_> = commands(&server).into_iter().filter_map(|(_, offset)| offset).collect();
    assert_eq!(offsets, [0, 6 * MIB, 12 * MIB, 18 * MIB]);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_anything_is() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);
    let (code, detail) = fails(&gemini, upload(&file(0))).await;
    assert_eq!(code, NoticeCode::FileUnusable);
    assert!(detail.contains("empty"), "{detail}");

    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("missing")] {
        assert_eq!(fails(&gemini, Upload::new(path, "video/mp4")).await.0, NoticeCode::FileUnusable);
    }
    let huge = file(1);
    huge.as_file().set_len(2_000_000_001).unwrap();
    assert_eq!(fails(&gemini, upload(&huge)).await.0, NoticeCode::RequestTooLarge);
    let odd = Upload { mime: "video".into(), ..upload(&file(1)) };
    assert_eq!(fails(&gemini, odd).await.0, NoticeCode::FileUnusable);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_interrupted_chunk_is_sent_again_from_where_it_counts() {
    let disconnect = ChunkFault::Disconnect { at: 1, after: 3 * MIB };
    let (server, received) = survives(UploadScript::with(disconnect)).await;
    assert_eq!(
        commands(&server)[1..],
        [
            command("upload", 0),
            command("upload", CHUNK),
            command("query", None),
            command("upload", CHUNK),
            command("upload, finalize", 2 * CHUNK),
        ]
    );
    assert!(received.carried > LARGE && received.carried <= LARGE + CHUNK, "{received:?}");
}

#[tokio::test]
async fn an_interrupted_upload_goes_on_within_a_chunk_where_the_server_kept_a_part() {
    let script = UploadScript {
        granularity: Some(MIB),
        ..UploadScript::with(ChunkFault::Disconnect { at: 1, after: 3 * MIB + 17 })
    };
    let (server, received) = survives(script).await;
    assert_eq!(commands(&server)[3..5], [command("query", None), command("upload", CHUNK + 3 * MIB)]);
    // Beyond the granularity, at most what was in one piece when the connection broke.
    assert!(received.carried - LARGE < 2 * MIB, "{received:?}");
}

#[tokio::test]
async fn the_very_first_and_the_very_last_chunk_may_break_too() {
    for at in [0, 2] {
        let (_, received) = survives(UploadScript::with(ChunkFault::Disconnect { at, after: 1 })).await;
        assert!(received.carried <= LARGE + CHUNK, "{received:?}");
    }
}

#[tokio::test]
async fn what_arrived_is_not_sent_again_when_only_the_answer_is_lost() {
    for at in [0, 2] {
        for fault in [ChunkFault::LoseReply { at }, ChunkFault::OmitStatus { at }] {
            let (server, received) = survives(UploadScript::with(fault.clone())).await;
            assert_eq!(received.carried, LARGE, "{fault:?}");
            assert_eq!(commands(&server)[at + 2], command("query", None), "{fault:?}");
        }
    }
}

#[tokio::test]
async fn an_overloaded_server_is_tried_three_more_times_for_each_chunk() {
    let refuse = |at| ChunkFault::Refuse { at, failure: Failure::Overloaded };
    // Three for the first chunk, three for the second: counted anew.
    let script = UploadScript { faults: [0, 1, 2, 4, 5, 6].map(refuse).into(), ..UploadScript::default() };
    let (_, received) = survives(script).await;
    assert_eq!(received.chunks, 9);

    let server = GeminiServer::start().await.unwrap();
    server.script_uploads([UploadScript { faults: (0..9).map(refuse).collect(), ..UploadScript::default() }]);
    let (code, detail) = fails(&client(&server), upload(&file(100))).await;
    assert_eq!(code, NoticeCode::Overloaded, "{detail}");
    assert_eq!(only_upload(&server).chunks, 4);
}

#[tokio::test]
async fn a_connection_that_falls_silent_is_given_up_and_its_chunk_sent_again() {
    let server = GeminiServer::start().await.unwrap();
    server.script_uploads([UploadScript::with(ChunkFault::Stall { at: 1, after: 1 })]);
    let timeouts = Timeouts { idle: Duration::from_millis(500), ..Timeouts::default() };
    let gemini = Gemini::new(Config { timeouts, ..config(server.base_url()) }).unwrap();
    let file = file(LARGE);
    run(&gemini, upload(&file)).await.unwrap();
    assert_eq!(only_upload(&server).sha256, sha256(&file));
    assert!(commands(&server).contains(&command("query", None)));
}

#[tokio::test]
async fn a_refusal_that_does_not_pass_ends_the_upload() {
    let server = GeminiServer::start().await.unwrap();
    let failure = Failure::Status { status: 403, name: "PERMISSION_DENIED".into(), message: "no".into() };
    server.script_uploads([UploadScript::with(ChunkFault::Refuse { at: 0, failure })]);
    assert_eq!(fails(&client(&server), upload(&file(100))).await.0, NoticeCode::KeyForbidden);
    assert_eq!(only_upload(&server).chunks, 1);
}

/// Begins an upload and cancels it in the middle of its second chunk.
async fn cancelled(server: &GeminiServer, file: &NamedTempFile) -> UploadSession {
    server.script_uploads([UploadScript::with(ChunkFault::Stall { at: 1, after: 1 })]);
    let gemini = client(server);
    let told = Told::default();
    let (cancel, (stalled, mut reached)) = (CancellationToken::new(), tokio::sync::watch::channel(false));
    let mut tell = told.listen();
    let listen = move |event: UploadEvent| {
        if matches!(event, UploadEvent::Sent { bytes, .. } if bytes > CHUNK) {
            stalled.send_replace(true);
        }
        tell(event);
    };
    let mut work = std::pin::pin!(gemini.upload(upload(file), listen, cancel.clone()));
    tokio::select! {
        done = &mut work => panic!("ended by itself: {done:?}"),
        told = reached.wait_for(|reached| *reached) => drop(told.unwrap()),
    }
    assert!(futures::poll!(&mut work).is_pending(), "the upload is stalled");
    cancel.cancel();
    // Already over when it is looked at, without anything to wait for.
    assert!(matches!(futures::poll!(&mut work), std::task::Poll::Ready(Ok(None))));
    told.session()
}

#[tokio::test]
async fn a_cancelled_upload_ends_at_once_and_goes_on_with_another_client() {
    let server = GeminiServer::start().await.unwrap();
    let file = file(LARGE);
    let session = cancelled(&server, &file).await;
    assert!(!only_upload(&server).complete);

    let fresh = client(&server);
    let done = run(&fresh, upload(&file).resuming(session)).await.unwrap();
    assert_eq!(done.sha256, sha256(&file));
    let received = only_upload(&server);
    assert_eq!(received.sha256, sha256(&file));
    assert!(received.carried <= LARGE + CHUNK, "{received:?}");
    assert_eq!(
        commands(&server)[3..],
        [command("query", None), command("upload", CHUNK), command("upload, finalize", 2 * CHUNK)]
    );
}

#[tokio::test]
async fn an_upload_begins_anew_when_it_cannot_be_gone_on_with() {
    let server = GeminiServer::start().await.unwrap();
    let mut file = file(LARGE);
    let session = cancelled(&server, &file).await;
    // The API forgot it.
    server.forget_uploads();
    let done = run(&client(&server), upload(&file).resuming(session)).await.unwrap();
    assert_eq!(done.sha256, sha256(&file));
    assert_eq!(server.uploads().len(), 2);

    // The file is another one now.
    let session = cancelled(&server, &file).await;
    file.write_all(b"more").unwrap();
    let done = run(&client(&server), upload(&file).resuming(session.clone())).await.unwrap();
    assert_eq!(done.sha256, sha256(&file));
    assert_eq!(server.uploads().len(), 4);

    // The endpoint is another one now.
    let elsewhere = GeminiServer::start().await.unwrap();
    run(&client(&elsewhere), upload(&file).resuming(session)).await.unwrap();
    assert_eq!(commands(&elsewhere)[0], command("start", None));
}

#[tokio::test]
async fn a_file_that_changed_unseen_is_not_taken_for_the_one_that_arrived() {
    let server = GeminiServer::start().await.unwrap();
    let mut file = file(LARGE);
    let session = cancelled(&server, &file).await;
    // In its first chunk, which has arrived; size and time stay as they were.
    let modified = file.as_file().metadata().unwrap().modified().unwrap();
    file.rewind().unwrap();
    file.write_all(b"other").unwrap();
    file.as_file().set_modified(modified).unwrap();
    let gemini = client(&server);
    let (code, detail) = fails(&gemini, upload(&file).resuming(session)).await;
    assert_eq!(code, NoticeCode::UnexpectedReply, "{detail}");
    let received = only_upload(&server);
    assert!(received.complete && received.gone, "it is deleted: {received:?}");
}

#[tokio::test]
async fn a_video_is_waited_for() {
    let server = GeminiServer::start().await.unwrap();
    let done =
        run(&client(&server), Upload { mime: "video/mp4".into(), ..upload(&file(100)) }).await.unwrap();
    let looks =
        server.requests().iter().filter(|request| request.path == format!("/v1beta/{}", done.name)).count();
    assert_eq!(looks, 2);
}

#[tokio::test]
async fn a_file_that_is_never_ready_is_given_up_and_waited_for_again_without_sending_it() {
    let server = GeminiServer::start().await.unwrap();
    server.script_uploads([UploadScript { looks: Some(7), ..UploadScript::default() }]);
    let file = file(100);
    let told = Told::default();
    let timeouts = Timeouts { processing: Duration::from_millis(20), ..Timeouts::default() };
    let hasty = Gemini::new(Config { timeouts, ..config(server.base_url()) }).unwrap();
    let error = hasty.upload(upload(&file), told.listen(), CancellationToken::new()).await.unwrap_err();
    assert_eq!(error.notice.code, NoticeCode::TimedOut);

    let name = only_upload(&server).name;
    let found = hasty.file(&name).await.unwrap().unwrap();
    assert_eq!(found.state, RemoteState::Processing);
    let done = run(&client(&server), upload(&file).resuming(told.session())).await.unwrap();
    assert_eq!((done.name, done.sha256), (name, sha256(&file)));
    assert_eq!(only_upload(&server).carried, 100);
}

#[tokio::test]
async fn a_file_that_cannot_be_processed_is_explained_and_sent_anew_the_next_time() {
    let server = GeminiServer::start().await.unwrap();
    let message = "The video has no readable frames.";
    server.script_uploads([UploadScript { failure: Some(message.into()), ..UploadScript::default() }]);
    let file = file(100);
    let told = Told::default();
    let video = Upload { mime: "video/mp4".into(), ..upload(&file) };
    let gemini = client(&server);
    let error = gemini.upload(video.clone(), told.listen(), CancellationToken::new()).await.unwrap_err();
    assert_eq!(error.notice.code, NoticeCode::FileUnusable);
    assert_eq!(error.notice.detail.as_deref(), Some(message));
    let found = gemini.file(&only_upload(&server).name).await.unwrap().unwrap();
    assert_eq!(found.state, RemoteState::Failed(message.into()));
    run(&gemini, video.resuming(told.session())).await.unwrap();
    assert_eq!(server.uploads().len(), 2);
}

#[tokio::test]
async fn an_uploaded_file_is_found_until_it_expires_or_is_deleted() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = client(&server);
    let file = file(100);
    let first = run(&gemini, upload(&file)).await.unwrap();
    let found = gemini.file(&first.name).await.unwrap().unwrap();
    assert_eq!(found.state, RemoteState::Active);
    assert_eq!((found.uri, found.expires_at), (first.uri, first.expires_at));
    assert_eq!(found.sha256, Some(first.sha256));
    server.expire_files();
    assert_eq!(gemini.file(&first.name).await.unwrap(), None);

    let told = Told::default();
    let second =
        gemini.upload(upload(&file), told.listen(), CancellationToken::new()).await.unwrap().unwrap();
    gemini.delete_file(&second.name).await.unwrap();
    assert_eq!(gemini.file(&second.name).await.unwrap(), None);
    gemini.delete_file(&second.name).await.unwrap();
    // What was remembered of it is of no use, and no harm.
    let third = run(&gemini, upload(&file).resuming(told.session())).await.unwrap();
    assert_ne!(third.name, second.name);
}

#[tokio::test]
async fn without_a_good_key_nothing_is_uploaded() {
    let server = GeminiServer::start().await.unwrap();
    let with = |key: Option<&str>| client(&server).with_key(SharedKey::new(key.map(Into::into)));
    let file = file(100);
    assert_eq!(fails(&with(None), upload(&file)).await.0, NoticeCode::KeyMissing);
    assert!(server.requests().is_empty());
    assert_eq!(fails(&with(Some(BAD_KEY)), upload(&file)).await.0, NoticeCode::KeyInvalid);
    assert_eq!(with(Some(BAD_KEY)).file("files/a").await.unwrap_err().notice.code, NoticeCode::KeyInvalid);
    assert!(server.uploads().is_empty());
}

/// Collects what `tracing` writes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_key_is_in_no_address_no_error_and_no_log() {
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = GeminiServer::start().await.unwrap();
    let message = format!("the key {KEY} is not welcome");
    let failure = Failure::Status { status: 403, name: "PERMISSION_DENIED".into(), message };
    let echo = UploadScript::with(ChunkFault::Refuse { at: 0, failure });
    let processing = UploadScript { failure: Some(KEY.into()), ..UploadScript::default() };
    server.script_uploads([echo, processing]);
    let told = Told::default();
    for _ in 0..2 {
        let gemini = client(&server);
        let error =
            gemini.upload(upload(&file(100)), told.listen(), CancellationToken::new()).await.unwrap_err();
        let printed = format!("{error} {error:?} {told:?}");
        assert!(printed.contains("[key]"), "{printed}");
        assert!(!printed.contains(KEY), "{printed}");
    }
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("an upload begins"), "the log is not looked at: {logged}");
    assert!(!logged.contains(KEY), "{logged}");
    assert!(!serde_json::to_string(&told.session()).unwrap().contains(KEY));
    for request in server.requests() {
        assert!(!request.query.contains(KEY) && !request.path.contains(KEY));
        assert!(!request.body.to_string().contains(KEY));
    }
}

/// Answers one request with these headers.
async fn answering(headers: String) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        // Its body is the last thing in it.
        while !request.ends_with(b"}}") {
            assert_ne!(socket.read_buf(&mut request).await.unwrap(), 0);
        }
        let response = format!("HTTP/1.1 200 OK\r\n{headers}content-length: 0\r\n\r\n");
        socket.write_all(response.as_bytes()).await.unwrap();
    });
    (address, task)
}

#[tokio::test]
async fn neither_file_nor_key_go_where_a_response_leads_astray() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let astray = format!("http://{}/upload", elsewhere.local_addr().unwrap());
    let file = file(100);
    for (headers, complaint) in [
        (format!("x-goog-upload-url: {astray}\r\n"), "not Gemini's"),
        ("x-goog-upload-url: nonsense\r\n".to_owned(), "is none"),
        (String::new(), "names no address"),
    ] {
        let (address, task) = answering(headers).await;
        let (code, detail) = fails(&Gemini::new(config(address)).unwrap(), upload(&file)).await;
        task.await.unwrap();
        assert_eq!(code, NoticeCode::UnexpectedReply);
        assert!(detail.contains(complaint), "{detail}");
    }
    let mut accepting = std::pin::pin!(elsewhere.accept());
    assert!(futures::poll!(&mut accepting).is_pending(), "nobody knocked");
}

#[tokio::test]
async fn an_endpoint_without_uploads_is_told_as_such() {
    let server = GeminiServer::start().await.unwrap();
    let gemini = Gemini::new(config(format!("{}/gate", server.base_url()))).unwrap();
    let (code, detail) = fails(&gemini, upload(&file(1))).await;
    assert_eq!(code, NoticeCode::UnexpectedReply);
    assert!(detail.contains("takes no uploads"), "{detail}");
}

#[tokio::test]
async fn a_server_that_asks_for_endless_or_empty_chunks_is_refused() {
    let server = GeminiServer::start().await.unwrap();
    for granularity in [1 << 40, 0] {
        server.script_uploads([UploadScript { granularity: Some(granularity), ..UploadScript::default() }]);
        assert_eq!(fails(&client(&server), upload(&file(1))).await.0, NoticeCode::UnexpectedReply);
    }
}

#[tokio::test]
async fn a_question_about_an_uploaded_video_is_understood() {
    let server = GeminiServer::start().await.unwrap();
    let file = file(100);
    let video = run(&client(&server), Upload { mime: "video/mp4".into(), ..upload(&file) }).await.unwrap();
    let part = Part::FileData {
        file_data: FileData { file_uri: video.uri, mime_type: video.mime },
        video_metadata: Some(VideoMetadata {
            fps: Some(2.0),
            start_offset: Some(Duration::from_secs(10)),
            end_offset: Some(Duration::from_millis(40_500)),
        }),
        media_resolution: Some(MediaResolution::Low),
    };
    let contents = vec![Content {
        role: Some(Role::User),
        parts: vec![part, Part::Text { text: "What happens?".into() }],
    }];
    let request = GenerateContentRequest {
        system_instruction: None,
        contents,
        generation_config: None,
        tools: Vec::new(),
        safety_settings: Vec::new(),
        continuation_token: None,
    };
    let ask = async || {
        let url = format!("{}/v1beta/models/gemini-3.8-flash:generateContent", server.base_url());
        let body = serde_json::to_vec(&request).unwrap();
        let response =
            reqwest::Client::new().post(url).header("x-goog-api-key", KEY).body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (status, answer) = ask().await;
    assert_eq!(status, 200, "{answer}");
    let name = video.name;
    let expected = format!("`{name}`, `video/mp4`, 2 fps, from 10s, to 40.5s, low resolution, 100 bytes");
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let parts = answer["candidates"][0]["content"]["parts"].as_array().unwrap();
    let text: String = parts.iter().filter_map(|part| part["text"].as_str()).collect();
    assert!(text.contains(&expected), "{text}");
    server.expire_files();
    let (status, refusal) = ask().await;
    assert_eq!(status, 403, "{refusal}");
    assert!(refusal.contains("may not exist"), "{refusal}");
}
