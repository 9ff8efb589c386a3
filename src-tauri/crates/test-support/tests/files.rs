//! The server's files, spoken to by a plain client: what the resumable protocol asks for is insisted on.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use test_support::GeminiServer;
use test_support::gemini_server::UploadScript;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A response, as a plain client sees it.
struct Response {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Response {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn upload_status(&self) -> Option<&str> {
        self.headers.get("x-goog-upload-status").map(String::as_str)
    }
}

/// HTTP/1.0, so that the body ends with the connection and is not chunked.
async fn send(
    server: &GeminiServer,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Response {
    let address = server.base_url().strip_prefix("http://").unwrap().to_owned();
    let mut socket = TcpStream::connect(&address).await.unwrap();
    let fields: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "{method} {path} HTTP/1.0\r\nhost: {address}\r\nx-goog-api-key: any\r\n{}content-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        fields.concat(),
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    let mut received = String::new();
    socket.read_to_string(&mut received).await.unwrap();
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let headers = head.lines().skip(1).filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        Some((name.to_ascii_lowercase(), value.to_owned()))
    });
    Response { status, headers: headers.collect(), body: body.to_owned() }
}

const PATH: &str = "/upload/v1beta/files";

fn start_headers(size: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("x-goog-upload-protocol", "resumable"),
        ("x-goog-upload-command", "start"),
        ("x-goog-upload-header-content-length", size),
        ("x-goog-upload-header-content-type", "text/plain"),
    ]
}

/// Begins an upload of five bytes with a granularity of two; the path to send them to.
async fn begin(server: &GeminiServer) -> String {
    server.script_uploads([UploadScript { granularity: Some(2), ..UploadScript::default() }]);
    let response = send(server, "POST", PATH, &start_headers("5"), br#"{"file":{}}"#).await;
    assert_eq!((response.status, response.upload_status()), (200, Some("active")), "{}", response.body);
    assert_eq!(response.headers["x-goog-upload-chunk-granularity"], "2");
    response.headers["x-goog-upload-url"].strip_prefix(&server.base_url()).unwrap().to_owned()
}

async fn chunk(server: &GeminiServer, path: &str, command: &str, offset: &str, body: &[u8]) -> Response {
    let headers = [("x-goog-upload-command", command), ("x-goog-upload-offset", offset)];
    send(server, "POST", path, &headers, body).await
}

/// Uploads a file; its name.
async fn upload(server: &GeminiServer) -> String {
    let path = begin(server).await;
    let response = chunk(server, &path, "upload, finalize", "0", b"12345").await;
    response.json()["file"]["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_beginning_that_is_not_as_documented_is_refused() {
    let server = GeminiServer::start().await.unwrap();
    for (odd, value) in [
        ("x-goog-upload-protocol", "multipart"),
        ("x-goog-upload-command", "upload"),
        ("x-goog-upload-header-content-length", "five"),
        ("x-goog-upload-header-content-length", "0"),
        ("x-goog-upload-header-content-length", "2000000001"),
        ("x-goog-upload-header-content-type", "video"),
        ("x-goog-upload-header-content-type", "text/plain; charset=utf-8"),
    ] {
        let mut headers = start_headers("5");
        headers.iter_mut().filter(|(name, _)| *name == odd).for_each(|header| header.1 = value);
        let response = send(&server, "POST", PATH, &headers, br#"{"file":{}}"#).await;
        assert_eq!(response.status, 400, "{odd}: {value}");
    }
    for body in [
        json!({"file": {"displayname": "a"}}),
        json!({"file": {}, "name": "a"}),
        json!({"file": {"sizeBytes": 5}}),
        json!({"file": {"sizeBytes": "6"}}),
        json!({"file": {"mimeType": "video/mp4"}}),
        json!({"file": {"displayName": "a".repeat(513)}}),
        json!({}),
    ] {
        let response = send(&server, "POST", PATH, &start_headers("5"), body.to_string().as_bytes()).await;
        assert_eq!(response.status, 400, "{body}");
    }
    let unknown = send(&server, "POST", PATH, &start_headers("5"), br#"{"file":{"size":5}}"#).await.json();
    assert_eq!(unknown["error"]["details"][0]["fieldViolations"][0]["field"], "file");
    assert!(server.uploads().is_empty());
}

#[tokio::test]
async fn chunks_that_do_not_fit_are_refused_and_do_not_count() {
    let server = GeminiServer::start().await.unwrap();
    let path = begin(&server).await;
    assert_eq!(chunk(&server, &path, "upload", "0", b"12").await.upload_status(), Some("active"));
    for (command, offset, body) in [
        ("upload", "0", &b"12"[..]),
        ("upload", "4", b"56"),
        ("upload", "", b"34"),
        ("upload", "2", b"345"),
        ("upload, finalize", "2", b"34"),
        ("upload, finalize", "2", b"3456"),
        ("finalize", "2", b""),
        ("stop", "2", b""),
    ] {
        let response = chunk(&server, &path, command, offset, body).await;
        assert_eq!((response.status, response.upload_status()), (400, None), "{command} {offset}");
    }
    let standing = chunk(&server, &path, "query", "", b"").await;
    assert_eq!(
        (standing.upload_status(), &*standing.headers["x-goog-upload-size-received"]),
        (Some("active"), "2")
    );
    let done = chunk(&server, &path, "upload, finalize", "2", b"345").await;
    assert_eq!(done.upload_status(), Some("final"));
    let file = &done.json()["file"];
    assert_eq!((&file["sizeBytes"], &file["state"]), (&json!("5"), &json!("ACTIVE")));
    let received = server.uploads().remove(0);
    assert_eq!((received.arrived, received.chunks), (5, 9));
    // SHA-256 of "12345".
    assert_eq!(received.sha256, "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5");
    assert_eq!(chunk(&server, &path, "upload", "5", b"67").await.status, 400, "it is over");
    assert_eq!(chunk(&server, &path, "query", "", b"").await.json()["file"]["name"], file["name"]);
}

#[tokio::test]
async fn addresses_of_no_upload_are_not_found() {
    let server = GeminiServer::start().await.unwrap();
    assert_eq!(chunk(&server, &format!("{PATH}?upload_id=made-up"), "query", "", b"").await.status, 404);
    let path = begin(&server).await;
    server.forget_uploads();
    assert_eq!(chunk(&server, &path, "upload", "0", b"12").await.status, 404);
}

#[tokio::test]
async fn files_are_listed_in_pages_and_deleted() {
    let server = GeminiServer::start().await.unwrap();
    assert_eq!(send(&server, "GET", "/v1beta/files", &[], b"").await.json(), json!({}));
    let names = [upload(&server).await, upload(&server).await, upload(&server).await];
    begin(&server).await;
    let first = send(&server, "GET", "/v1beta/files?pageSize=2", &[], b"").await.json();
    let token = first["nextPageToken"].as_str().unwrap();
    let rest =
        send(&server, "GET", &format!("/v1beta/files?pageSize=2&pageToken={token}"), &[], b"").await.json();
    let listed = [&first, &rest].map(|page| page["files"].as_array().unwrap().clone()).concat();
    assert_eq!(listed.iter().map(|file| file["name"].as_str().unwrap()).collect::<Vec<_>>(), names);
    let path = format!("/v1beta/{}", names[0]);
    assert_eq!(send(&server, "DELETE", &path, &[], b"").await.json(), json!({}));
    for method in ["GET", "DELETE"] {
        assert_eq!(send(&server, method, &path, &[], b"").await.status, 404);
    }
}

#[tokio::test]
async fn a_question_may_name_files_that_are_ready_and_no_others() {
    let server = GeminiServer::start().await.unwrap();
    let ask = async |part: Value| {
        let body = json!({"contents": [{"parts": [part, {"text": "这是什么？"}]}]}).to_string();
        let path = "/v1beta/models/gemini-3.8-flash:generateContent";
        send(&server, "POST", path, &[], body.as_bytes()).await
    };
    let ready = upload(&server).await;
    let uri = format!("{}/v1beta/{ready}", server.base_url());
    let good = json!({"fileUri": uri, "mimeType": "text/plain"});
    let video = json!({"fileUri": uri, "mimeType": "video/mp4"});
    let answer = ask(json!({"fileData": good, "mediaResolution": {"level": "MEDIA_RESOLUTION_HIGH"}})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    for (odd, status) in [
        (json!({"fileData": {"fileUri": format!("{uri}0")}}), 403),
        (json!({"fileData": {"fileUri": "https://example.test/video.mp4"}}), 400),
        (json!({"fileData": {"uri": uri}}), 400),
        (json!({"fileData": good, "text": "both"}), 400),
        (json!({"fileData": video, "videoMetadata": {"fps": 25}}), 400),
        (json!({"fileData": video, "videoMetadata": {"startOffset": "10"}}), 400),
        (json!({"fileData": video, "videoMetadata": {"start": "10s"}}), 400),
        (json!({"fileData": good, "videoMetadata": {"fps": 1}}), 400),
        (json!({"fileData": good, "mediaResolution": {"level": "MEDIA_RESOLUTION_ULTRA_HIGH"}}), 400),
        (json!({"fileData": good, "mediaResolution": {"level": "SHARP"}}), 400),
        (json!({"text": "words", "mediaResolution": {"level": "MEDIA_RESOLUTION_LOW"}}), 400),
    ] {
        let refusal = ask(odd.clone()).await;
        assert_eq!(refusal.status, status, "{odd}: {}", refusal.body);
    }
    server.script_uploads([UploadScript { looks: Some(1), granularity: Some(8), ..UploadScript::default() }]);
    let response = send(&server, "POST", PATH, &start_headers("5"), br#"{"file":{}}"#).await;
    let path = response.headers["x-goog-upload-url"].strip_prefix(&server.base_url()).unwrap().to_owned();
    let file = chunk(&server, &path, "upload, finalize", "0", b"12345").await.json()["file"].clone();
    assert_eq!(file["state"], "PROCESSING");
    let early = ask(json!({"fileData": {"fileUri": file["uri"]}})).await;
    assert_eq!((early.status, &early.json()["error"]["status"]), (400, &json!("FAILED_PRECONDITION")));
    let look = send(&server, "GET", &format!("/v1beta/{}", file["name"].as_str().unwrap()), &[], b"").await;
    assert_eq!(look.json()["state"], "ACTIVE");
    assert_eq!(ask(json!({"fileData": {"fileUri": file["uri"]}})).await.status, 200);
}

#[tokio::test]
async fn another_process_can_script_uploads() {
    let server = GeminiServer::start().await.unwrap();
    let script = json!([{
        "granularity": 2, "looks": 1, "failure": "unreadable",
        "faults": [
            {"type": "refuse", "at": 0, "failure": {"why": "overloaded"}},
            {"type": "omit-status", "at": 1},
            {"type": "disconnect", "at": 7, "after": 3},
            {"type": "lose-reply", "at": 8},
            {"type": "stall", "at": 9, "after": 0},
        ],
    }]);
    assert_eq!(send(&server, "POST", "/test/uploads", &[], script.to_string().as_bytes()).await.status, 204);
    let response = send(&server, "POST", PATH, &start_headers("5"), br#"{"file":{}}"#).await;
    let path = response.headers["x-goog-upload-url"].strip_prefix(&server.base_url()).unwrap().to_owned();
    assert_eq!(chunk(&server, &path, "upload", "0", b"12").await.status, 503);
    let without = chunk(&server, &path, "upload", "0", b"12").await;
    assert_eq!((without.status, without.upload_status()), (200, None));
    assert_eq!(
        chunk(&server, &path, "upload, finalize", "2", b"345").await.json()["file"]["state"],
        "PROCESSING"
    );
    let uploads = send(&server, "GET", "/test/uploads", &[], b"").await.json();
    assert_eq!((&uploads[0]["arrived"], &uploads[0]["carried"]), (&json!(5), &json!(7)));
    let file = format!("/v1beta/{}", uploads[0]["name"].as_str().unwrap());
    let failed = send(&server, "GET", &file, &[], b"").await.json();
    assert_eq!((&failed["state"], &failed["error"]["message"]), (&json!("FAILED"), &json!("unreadable")));
    assert_eq!(send(&server, "POST", "/test/expire", &[], b"").await.status, 204);
    assert_eq!(send(&server, "GET", &file, &[], b"").await.status, 404);
    let misspelt = json!([{"fault": []}]).to_string();
    assert_eq!(send(&server, "POST", "/test/uploads", &[], misspelt.as_bytes()).await.status, 422);
}
