//! The local mind on a real model file, the small one of the catalogue. `make test-models` fetches it; the environment
//! variable `CASTOR_TEST_MODEL` names another place.

use conversation::{
    FinishReason, GenerateEvent, GenerateRequest, NoticeCode, Provider, RequestPart, RequestTurn, Role, Stage,
};
use engine::Sampling;
use futures::StreamExt;
use local::{LocalConfig, LocalMind};
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

const MODEL: &str = "qwen2.5-coder-0.5b-instruct";
const FILE: &str = "../../../target/test-models/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf";

fn mind() -> LocalMind {
    let path = std::env::var_os("CASTOR_TEST_MODEL")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(FILE), PathBuf::from);
    assert!(path.is_file(), "the test model is not at {}: run `make test-models` first", path.display());
    let folder = path.parent().expect("a file lies in a folder").to_owned();
    let config = LocalConfig::new(folder).expect("the built-in catalogue is sound");
    LocalMind::new(LocalConfig { sampling: Sampling::greedy(), ..config })
}

fn request(turns: &[(Role, &str)]) -> GenerateRequest {
    let turn = |(role, text): &(Role, &str)| RequestTurn {
        role: *role,
        parts: vec![RequestPart::Text((*text).to_owned())],
        raw: None,
    };
    GenerateRequest {
        model: MODEL.into(),
        system: Some("You are a helpful assistant.".into()),
        turns: turns.iter().map(turn).collect(),
        max_output_tokens: Some(24),
        ..GenerateRequest::default()
    }
}

async fn events(mind: &LocalMind, request: GenerateRequest) -> Vec<GenerateEvent> {
    let stream = mind.stream(request, CancellationToken::new()).await.expect("the model is here");
    stream.map(|event| event.expect("the model answers")).collect().await
}

fn text(events: &[GenerateEvent]) -> String {
    let pieces = events.iter().filter_map(|event| match event {
        GenerateEvent::Text(text) => Some(text.as_str()),
        _ => None,
    });
    pieces.collect()
}

#[tokio::test]
async fn it_loads_once_answers_in_order_and_continues_its_own_answer() {
    let mind = mind();
    let question = "What is the capital of France? Answer in one word.";
    // Asked at the same time, answered one after the other.
    let (first, second) = tokio::join!(
        events(&mind, request(&[(Role::User, question)])),
        events(&mind, request(&[(Role::User, question), (Role::Model, "The capital of France is Par")])),
    );
    assert_eq!(first[0], GenerateEvent::Stage(Stage::Waiting));
    assert_eq!(first[1], GenerateEvent::Stage(Stage::Loading { fraction: 0.0 }));
    assert!(first.iter().any(|event| matches!(event, GenerateEvent::Stage(Stage::Prefill { .. }))));
    assert!(text(&first).contains("Paris"), "{first:?}");
    let [.., GenerateEvent::Usage(usage), GenerateEvent::Finished(FinishReason::Stop)] = first.as_slice()
    else {
        panic!("{first:?}");
    };
    assert!(usage.prompt_tokens > 20 && usage.answer_tokens > 0);

    assert!(!second.iter().any(|event| matches!(event, GenerateEvent::Stage(Stage::Loading { .. }))));
    assert!(text(&second).starts_with("is"), "{second:?}");
}

#[tokio::test]
async fn a_stopped_answer_ends_without_finishing_and_the_next_one_works() {
    let mind = mind();
    let cancel = CancellationToken::new();
    let mut long = request(&[(Role::User, "Count from one to one hundred in words.")]);
    long.max_output_tokens = None;
    let mut stream = mind.stream(long.clone(), cancel.clone()).await.expect("the model is here");
    let mut seen = Vec::new();
    while let Some(event) = stream.next().await {
        let event = event.expect("stopping is no error");
        if matches!(event, GenerateEvent::Text(_)) {
            cancel.cancel();
        }
        seen.push(event);
    }
    assert!(!seen.iter().any(|event| matches!(event, GenerateEvent::Finished(_))));

    // A dropped stream is as good as a stopped one: it must not keep the next from its turn.
    let mut dropped = mind.stream(long, CancellationToken::new()).await.expect("the model is here");
    loop {
        let event = dropped.next().await.expect("text comes before the end").expect("the model answers");
        if matches!(event, GenerateEvent::Text(_)) {
            break;
        }
    }
    drop(dropped);

    let chinese = events(&mind, request(&[(Role::User, "中国的首都是哪里？请用一个词回答。")])).await;
    assert!(text(&chinese).contains("北京"), "{chinese:?}");
}

#[tokio::test]
async fn a_length_limit_and_a_full_context_are_told() {
    let mind = mind();
    let mut short = request(&[(Role::User, "Count from one to one hundred in words.")]);
    short.max_output_tokens = Some(3);
    assert_eq!(events(&mind, short).await.last(), Some(&GenerateEvent::Finished(FinishReason::LengthLimit)));

    let long = request(&[(Role::User, &"one two three four ".repeat(6000))]);
    let stream = mind.stream(long, CancellationToken::new()).await.expect("the model is here");
    let last = stream.collect::<Vec<_>>().await.pop().expect("something is told");
    assert_eq!(last.expect_err("it does not fit").notice.code, NoticeCode::ContextFull);
}
