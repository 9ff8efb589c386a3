//! The server against what the real API was recorded to do: the same shapes, the same refusals, and questions the API
//! accepted are accepted.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use test_support::GeminiServer;
use test_support::gemini_server::{BAD_KEY, End, Reply, Streamed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const GENERATE: &str = "/v1beta/models/gemini-3.8-flash:generateContent";
const STREAM: &str = "/v1beta/models/gemini-3.8-flash:streamGenerateContent";

/// A response, as a plain client sees it.
struct Response {
    status: u16,
    content_type: String,
    body: String,
}

impl Response {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn events(&self) -> Vec<Value> {
        let events = self.body.split("\r\n\r\n").filter(|event| !event.is_empty());
        events.map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap()).collect()
    }
}

/// HTTP/1.0, so that the body ends with the connection and is not chunked.
async fn send(server: &GeminiServer, method: &str, path: &str, key: Option<&str>, body: &str) -> Response {
    let address = server.base_url().strip_prefix("http://").unwrap().to_owned();
    let mut socket = TcpStream::connect(&address).await.unwrap();
    let key = key.map(|key| format!("x-goog-api-key: {key}\r\n")).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.0\r\nhost: {address}\r\n{key}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut received = String::new();
    socket.read_to_string(&mut received).await.unwrap();
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let content_type = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-type: ").map(str::to_owned))
        .unwrap_or_default();
    Response { status, content_type, body: body.to_owned() }
}

async fn post(server: &GeminiServer, path: &str, body: &Value) -> Response {
    send(server, "POST", path, Some("any"), &body.to_string()).await
}

fn question(text: &str) -> Value {
    json!({"contents": [{"role": "user", "parts": [{"text": text}]}]})
}

/// Recorded interactions of calls the server serves.
fn recorded() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/gemini-recordings");
    let mut interactions = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            interactions.extend(file["interactions"].as_array().unwrap().iter().cloned());
        }
    }
    assert!(!interactions.is_empty(), "{} holds no recordings", folder.display());
    interactions
}

/// Recorded 200 responses, chunk by chunk.
fn recorded_answers() -> Vec<Value> {
    let answers = recorded().into_iter().filter(|interaction| interaction["response"]["statusCode"] == 200);
    answers.flat_map(|i| i["response"]["bodySegments"].as_array().cloned().unwrap_or_default()).collect()
}

/// For each level of the JSON: how often it occurs, and how often each key with its kind of value does.
#[derive(Default)]
struct Shape(BTreeMap<String, (usize, BTreeMap<String, usize>)>);

impl Shape {
    fn of<'value>(values: impl IntoIterator<Item = &'value Value>) -> Self {
        let mut shape = Self::default();
        for value in values {
            shape.add("", value);
        }
        shape
    }

    fn add(&mut self, level: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                let (count, keys) = self.0.entry(level.to_owned()).or_default();
                *count += 1;
                for (key, value) in fields {
                    *keys.entry(format!("{key}: {}", kind(value))).or_default() += 1;
                }
                for (key, value) in fields {
                    self.add(&format!("{level}.{key}"), value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(level, item)),
            _ => {}
        }
    }

    fn keys(&self, level: &str) -> BTreeSet<&str> {
        self.0.get(level).map(|(_, keys)| keys.keys().map(String::as_str).collect()).unwrap_or_default()
    }

    /// Keys that are there whenever the level is.
    fn constant_keys(&self, level: &str) -> BTreeSet<&str> {
        let Some((count, keys)) = self.0.get(level) else { return BTreeSet::new() };
        keys.iter().filter(|(_, occurrences)| *occurrences == count).map(|(key, _)| key.as_str()).collect()
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Asserts that nothing in `ours` has a key the API never sent there, and that nothing lacks a key it always sent.
fn assert_same_shape(ours: &Shape, real: &Shape) {
    for level in ours.0.keys() {
        let invented: Vec<_> = ours.keys(level).difference(&real.keys(level)).copied().collect::<Vec<_>>();
        assert!(invented.is_empty(), "{level:?} has {invented:?}, which the API never sent");
        let missing: Vec<_> =
            real.constant_keys(level).difference(&ours.constant_keys(level)).copied().collect();
        assert!(missing.is_empty(), "{level:?} lacks {missing:?}, which the API always sent");
    }
}

#[tokio::test]
async fn answers_have_the_recorded_shape() {
    let server = GeminiServer::start().await.unwrap();
    let whole = post(&server, GENERATE, &question("hello")).await;
    assert_eq!((whole.status, whole.content_type.as_str()), (200, "application/json; charset=utf-8"));
    let streamed = post(&server, &format!("{STREAM}?alt=sse"), &question("hello")).await;
    assert_eq!((streamed.status, streamed.content_type.as_str()), (200, "text/event-stream"));
    let events = streamed.events();
    assert!(events.len() > 3, "several chunks: {events:?}");
    let array = post(&server, STREAM, &question("hello")).await.json();
    server.script([Reply::EmptyStop, Reply::Answer(Streamed::default().ending(End::Truncated { after: 1 }))]);
    let empty = post(&server, GENERATE, &question("hello")).await.json();
    let cut = post(&server, &format!("{STREAM}?alt=sse"), &question("hello")).await.events();

    let real = recorded_answers();
    let real = Shape::of(&real);
    for value in
        [whole.json()].iter().chain(&events).chain(array.as_array().unwrap()).chain(&cut).chain([&empty])
    {
        assert_same_shape(&Shape::of([value]), &real);
    }
    assert_eq!(events.last().unwrap()["candidates"][0]["finishReason"], "STOP");
    assert!(events.last().unwrap()["candidates"][0]["content"]["parts"][0]["thoughtSignature"].is_string());
}

#[tokio::test]
async fn counts_of_a_stream_are_cumulative() {
    let server = GeminiServer::start().await.unwrap();
    let events = post(&server, &format!("{STREAM}?alt=sse"), &question("show markdown")).await.events();
    let counts: Vec<u64> =
        events.iter().map(|e| e["usageMetadata"]["candidatesTokenCount"].as_u64().unwrap()).collect();
    assert!(counts.is_sorted() && counts.first() < counts.last(), "{counts:?}");
    let ids: BTreeSet<_> = events.iter().map(|event| event["responseId"].to_string()).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn an_unknown_model_is_refused_as_recorded() {
    let interactions = recorded();
    let real = interactions.iter().find(|i| i["response"]["statusCode"] == 404).expect("a recorded 404");
    let server = GeminiServer::start().await.unwrap();
    let path = real["request"]["url"].as_str().unwrap();
    let ours = post(&server, path, &real["request"]["bodySegments"][0]).await;
    assert_eq!(ours.status, 404);
    assert_eq!(Some(ours.content_type.as_str()), real["response"]["headers"]["Content-Type"].as_str());
    let real = &real["response"]["bodySegments"][0];
    assert_eq!(ours.json()["error"]["message"], real["error"]["message"]);
    assert_same_shape(&Shape::of([&ours.json()]), &Shape::of([real]));
    let wrapped = post(&server, path.trim_end_matches("?alt=sse"), &question("hello")).await.json();
    assert_eq!(wrapped[0]["error"]["status"], "NOT_FOUND");
}

/// Puts a signature of the server's own in place of those that another one gave.
fn sign(value: &mut Value, signature: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "thoughtSignature" { value.clone_from(signature) } else { sign(value, signature) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| sign(item, signature)),
        _ => {}
    }
}

#[tokio::test]
async fn recorded_questions_are_accepted_or_refused_as_recorded() {
    let server = GeminiServer::start().await.unwrap();
    let first = post(&server, GENERATE, &question("hello")).await.json();
    let last = first["candidates"][0]["content"]["parts"].as_array().unwrap().last().unwrap().clone();
    let answers = recorded_answers();
    let real = Shape::of(&answers);
    let (mut accepted, mut with_functions, mut with_schema, mut refused) = (0, 0, 0, 0);
    for interaction in recorded() {
        let url = interaction["request"]["url"].as_str().unwrap();
        let mut body = interaction["request"]["bodySegments"][0].clone();
        sign(&mut body, &last["thoughtSignature"]);
        let expected = interaction["response"]["statusCode"].as_u64().unwrap();
        // The models of the recordings are gone; what they were asked is asked of one that is there.
        let (path, _) = url.split_once("/models/").unwrap();
        let method = url.split_once(':').unwrap().1.rsplit(':').next().unwrap();
        let path = if expected == 200 {
            format!("{}/models/gemini-3.8-flash:{method}", &path[path.find("/v1beta").unwrap_or(0)..])
        } else {
            url.to_owned()
        };
        let response = post(&server, &path, &body).await;
        assert_eq!(u64::from(response.status), expected, "{body}\n{}", response.body);
        if expected == 200 && method == "generateContent" {
            assert_same_shape(&Shape::of([&response.json()]), &real);
        }
        let text = body.to_string();
        accepted += usize::from(expected == 200);
        refused += usize::from(expected != 200);
        with_functions += usize::from(text.contains("functionResponse"));
        with_schema += usize::from(body["generationConfig"]["responseJsonSchema"].is_object());
    }
    assert!(accepted >= 25 && with_functions >= 5 && with_schema >= 1 && refused >= 1);
}

#[tokio::test]
async fn a_recorded_schema_is_followed() {
    let interactions = recorded();
    let asked = interactions
        .iter()
        .map(|interaction| &interaction["request"]["bodySegments"][0])
        .find(|body| body["generationConfig"]["responseJsonSchema"].is_object())
        .unwrap();
    let server = GeminiServer::start().await.unwrap();
    let answer = post(&server, GENERATE, asked).await.json();
    let parts = answer["candidates"][0]["content"]["parts"].as_array().unwrap();
    let text: String = parts.iter().map(|part| part["text"].as_str().unwrap()).collect();
    let value: Value = serde_json::from_str(&text).unwrap();
    let schema = &asked["generationConfig"]["responseJsonSchema"];
    for name in schema["required"].as_array().unwrap() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{name} is missing in {value}");
    }
    assert!((1.0..=10.0).contains(&value["numberWithMinMax"].as_f64().unwrap()));
    assert!(
        schema["properties"]["stringWithEnum"]["enum"].as_array().unwrap().contains(&value["stringWithEnum"])
    );
}

#[tokio::test]
async fn keys_are_looked_at_first() {
    let server = GeminiServer::start().await.unwrap();
    let none = send(&server, "GET", "/v1beta/models?key=any", None, "").await;
    assert_eq!((none.status, none.json()["error"]["status"].as_str()), (403, Some("PERMISSION_DENIED")));
    let bad = send(&server, "GET", "/v1beta/models/nothing", Some(BAD_KEY), "").await;
    assert_eq!(bad.status, 400);
    assert_eq!(bad.json()["error"]["details"][0]["reason"], "API_KEY_INVALID");
}

#[tokio::test]
async fn malformed_questions_are_refused_with_the_reason() {
    let server = GeminiServer::start().await.unwrap();
    let picture = |mime: &str, data: &str| json!({"contents": [{"parts": [{"inlineData": {"mimeType": mime, "data": data}}]}]});
    let model = json!({"role": "model", "parts": [{"text": "b"}]});
    let user = json!({"role": "user", "parts": [{"text": "a"}]});
    let signed = json!({"role": "model", "parts": [{"text": "b", "thoughtSignature": "Zm9yZWlnbg=="}]});
    let config = |config: Value| json!({"contents": [user], "generationConfig": config});
    let tools = |tools: Value| json!({"contents": [user], "tools": tools});
    let safety = |settings: Value| json!({"contents": [user], "safetySettings": settings});
    let off = json!({"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"});
    for (body, words) in [
        (json!({}), "contents is not specified"),
        (json!({"contents": [], "temprature": 1}), "Unknown name \"temprature\": Cannot find field."),
        (
            json!({"contents": [{"parts": [{"txt": "a"}]}]}),
            "Unknown name \"txt\": Cannot find field. at 'contents[0].parts[0]'",
        ),
        (json!({"contents": [{"role": "user", "parts": []}]}), "contents.parts must not be empty"),
        (json!({"contents": [{"role": "user", "parts": [{}]}]}), "must have one initialized field"),
        (json!({"contents": [{"role": "assistant", "parts": [{"text": "a"}]}]}), "valid role"),
        (json!({"contents": [user, model]}), "last turn must be the user's"),
        (json!({"contents": [model, user]}), "after a user turn"),
        (json!({"contents": [user, signed, user]}), "thought signature"),
        (picture("image/gif", ""), "Unsupported MIME type: image/gif"),
        (picture("image/png", "AAAA"), "Unable to process input image"),
        (
            picture("image/jpeg", "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAAA=="),
            "Unable to process input image",
        ),
        (picture("image/png", "not base64"), "Base64 decoding failed"),
        (
            json!({"contents": [user], "generationConfig": {"thinkingConfig": {"thinkingLevel": "minimal"}}}),
            "MINIMAL is not supported",
        ),
        (
            json!({"contents": [user], "generationConfig": {"thinkingConfig": {"thinkingLevel": "low", "thinkingBudget": 1}}}),
            "only one of",
        ),
        (config(json!({"responseJsonSchema": {"type": "object"}})), "only allowed when `response_mime_type`"),
        (
            config(json!({"responseMimeType": "application/json", "responseJsonSchema": "object"})),
            "must be a JSON object",
        ),
        (config(json!({"responseMimeType": "application/xml"})), "allowed mimetypes"),
        (config(json!({"responseModalities": ["TEXT", "IMAGE"]})), "response modalities"),
        (config(json!({"responseModalities": ["SMELL"]})), "Invalid value (enum), \"SMELL\""),
        (config(json!({"thinkingConfig": {"thinkingLevl": "low"}})), "Unknown name \"thinkingLevl\""),
        (tools(json!([{"googleSearch": {}, "codeExecution": {}}])), "must have one initialized field"),
        (tools(json!([{}])), "must have one initialized field"),
        (tools(json!([{"bingSearch": {}}])), "Unknown name \"bingSearch\": Cannot find field. at 'tools[0]'"),
        (tools(json!([{"codeExecution": {"language": "C"}}])), "Unknown name \"language\""),
        (safety(json!([{"category": "HARM_CATEGORY_NOISE", "threshold": "OFF"}])), "HARM_CATEGORY_NOISE"),
        (safety(json!([{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "SOME"}])), "\"SOME\""),
        (safety(json!([off, off])), "duplicate category"),
        (
            json!({"contents": [{"parts": [{"executableCode": {"language": "PYTHON", "code": "1"}}]}]}),
            "not in a turn of user",
        ),
        (json!({"contents": [{"parts": [{"text": "a", "functionCall": {"name": "f"}}]}]}), "already set"),
    ] {
        let response = post(&server, GENERATE, &body).await;
        let error = &response.json()["error"];
        assert_eq!((response.status, error["status"].as_str()), (400, Some("INVALID_ARGUMENT")), "{body}");
        assert!(error["message"].as_str().unwrap().contains(words), "{body}: {error}");
    }
}

#[tokio::test]
async fn a_model_that_draws_has_the_search_and_nothing_else() {
    let server = GeminiServer::start().await.unwrap();
    let ask = async |more: Value| {
        let mut body = question("draw");
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(&server, "/v1beta/models/gemini-3.1-flash-image:generateContent", &body).await
    };
    for (more, words) in [
        (json!({"tools": [{"codeExecution": {}}]}), "codeExecution is not enabled"),
        (json!({"tools": [{"urlContext": {}}]}), "urlContext is not enabled"),
        (json!({"generationConfig": {"responseMimeType": "application/json"}}), "JSON mode is not enabled"),
        (
            json!({"generationConfig": {"thinkingConfig": {"thinkingLevel": "low"}}}),
            "Thinking is not enabled",
        ),
    ] {
        let response = ask(more).await;
        assert_eq!(response.status, 400, "{words}");
        assert!(response.body.contains(words), "{}", response.body);
    }
    let modalities = json!({"generationConfig": {"responseModalities": ["TEXT", "IMAGE"]}, "tools": [{"googleSearch": {}}]});
    let answer = ask(modalities).await.json();
    let parts = answer["candidates"][0]["content"]["parts"].as_array().unwrap();
    assert!(parts.iter().any(|part| part["inlineData"]["mimeType"] == "image/png"), "{answer}");
}

#[tokio::test]
async fn sources_have_their_places_in_bytes() {
    let server = GeminiServer::start().await.unwrap();
    let script = json!([{"type": "answer", "text": "北河二。Castor.", "grounding": {
        "pages": [{"uri": "https://a.example", "title": "A"}],
        "passages": [{"text": "Castor.", "pages": [0]}, {"text": "北河二。", "pages": [0]}]},
        "citations": [{"text": "Castor", "license": "mit"}],
        "ratings": [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW"}]}]);
    assert_eq!(send(&server, "POST", "/test/script", None, &script.to_string()).await.status, 204);
    let candidate = post(&server, GENERATE, &question("1")).await.json()["candidates"][0].clone();
    let supports = &candidate["groundingMetadata"]["groundingSupports"];
    assert_eq!(supports[0]["segment"], json!({"startIndex": 12, "endIndex": 19, "text": "Castor."}));
    assert_eq!(supports[1]["segment"], json!({"endIndex": 12, "text": "北河二。"}));
    let cited = json!([{"startIndex": 12, "endIndex": 18, "license": "mit"}]);
    assert_eq!(candidate["citationMetadata"]["citationSources"], cited);
    let rating = json!([{"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW"}]);
    assert_eq!(candidate["safetyRatings"], rating);
}

#[tokio::test]
async fn answers_tell_what_arrived() {
    let server = GeminiServer::start().await.unwrap();
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAAA==";
    let say = async |contents: Value| {
        let response = post(&server, GENERATE, &json!({ "contents": contents })).await.json();
        let parts = response["candidates"][0]["content"]["parts"]
            .as_array()
            .unwrap_or_else(|| panic!("{response}"))
            .clone();
        parts.iter().map(|part| part["text"].as_str().unwrap().to_owned()).collect::<String>()
    };
    let parts = json!([{"inlineData": {"mimeType": "image/png", "data": png}}, {"text": "What is it?"}]);
    let text = say(json!([{"role": "user", "parts": parts}])).await;
    assert!(text.contains("**What is it?**") && text.contains("2 × 1 pixels, `image/png`"), "{text}");
    let user = |text: &str| json!({"role": "user", "parts": [{"text": text}]});
    let text = say(json!([user("a"), {"role": "model", "parts": [{"text": "b"}]}, user("这是什么？")])).await;
    assert!(text.contains("这是什么？") && text.contains("之前的消息：2 条"), "{text}");
    let text = say(json!([user("please show markdown")])).await;
    assert!(text.contains("| Castor |") && text.contains("```rust") && text.contains("$$"), "{text}");
}

#[tokio::test]
async fn an_answer_stops_at_the_length_limit() {
    let server = GeminiServer::start().await.unwrap();
    let mut body = question("show markdown");
    body["generationConfig"] = json!({"maxOutputTokens": 40});
    let response = post(&server, GENERATE, &body).await.json();
    assert_eq!(response["candidates"][0]["finishReason"], "MAX_TOKENS");
}

#[tokio::test]
async fn tokens_are_counted_as_the_answer_counts_them() {
    let server = GeminiServer::start().await.unwrap();
    let counted =
        post(&server, "/v1beta/models/gemini-3.8-flash:countTokens", &question("hello there")).await.json();
    let answered = post(&server, GENERATE, &question("hello there")).await.json();
    assert_eq!(counted["totalTokens"], answered["usageMetadata"]["promptTokenCount"]);

    let count =
        async |request: Value| post(&server, "/v1beta/models/gemini-3.8-flash:countTokens", &request).await;
    let whole = |model: &str| {
        let mut request = question("hello there");
        request["model"] = model.into();
        json!({ "generateContentRequest": request })
    };
    assert_eq!(count(whole("models/gemini-3.8-flash")).await.json(), counted);
    for refused in [
        whole("models/gemini-4-argon"),
        whole("gemini-3.8-flash"),
        json!({"generateContentRequest": question("no model")}),
        json!({"contents": [], "generateContentRequest": question("both")}),
        json!({"contents": question("tools")["contents"], "tools": []}),
    ] {
        assert_eq!(count(refused.clone()).await.status, 400, "{refused}");
    }
}

#[tokio::test]
async fn models_come_in_pages() {
    let server = GeminiServer::start().await.unwrap();
    let (mut names, mut path) = (Vec::new(), "/v1beta/models?pageSize=2".to_owned());
    loop {
        let page = send(&server, "GET", &path, Some("any"), "").await.json();
        names.extend(page["models"].as_array().unwrap().iter().map(|model| model["name"].to_string()));
        let Some(token) = page["nextPageToken"].as_str() else { break };
        path = format!("/v1beta/models?pageSize=2&pageToken={token}");
    }
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
    for name in ["gemini-3.8-flash", "gemini-3.1-flash-image"] {
        assert!(names.contains(&format!("\"models/{name}\"")), "{names:?}");
    }
}

#[tokio::test]
async fn another_process_can_script_it() {
    let server = GeminiServer::start().await.unwrap();
    let script = json!([
        {"type": "refuse", "why": "rate-limited", "retry_delay": "2s"},
        {"type": "answer", "text": "scripted", "delay_ms": 1, "line_ending": "lf", "end": {"how": "reason", "reason": "SAFETY", "after": 9}},
        {"type": "blocked-prompt", "reason": "SAFETY"},
        {"type": "plain", "status": 200, "content_type": "text/html", "body": "<html>"},
    ]);
    let queued = send(&server, "POST", "/test/script", None, &script.to_string()).await;
    assert_eq!(queued.status, 204, "{}", queued.body);
    assert_eq!(post(&server, GENERATE, &question("1")).await.status, 429);
    let answer = post(&server, GENERATE, &question("2")).await.json();
    assert_eq!(answer["candidates"][0]["finishReason"], "SAFETY");
    assert_eq!(answer["candidates"][0]["content"]["parts"][0]["text"], "scripted");
    let blocked = post(&server, GENERATE, &question("3")).await.json();
    assert_eq!(blocked["promptFeedback"]["blockReason"], "SAFETY");
    assert_eq!(post(&server, GENERATE, &question("4")).await.content_type, "text/html");
    let log = send(&server, "GET", "/test/requests", None, "").await.json();
    let asked: Vec<_> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["body"]["contents"][0]["parts"][0]["text"].as_str().unwrap())
        .collect();
    assert_eq!(asked, ["1", "2", "3", "4"]);
    assert_eq!(log[0]["key"], "any");
    let misspelt = json!([{"type": "answer", "txt": "hello"}]).to_string();
    assert_eq!(send(&server, "POST", "/test/script", None, &misspelt).await.status, 422);
}
