//! How answers end, and what is stored at each step.

use crate::{Room, describe, finished, new_question, reads_text, text};
use ask::{AnswerEvent, AskError};
use conversation::{
    FinishReason, GenerateEvent, MessageStatus, Mind, Notice, NoticeCode, ProviderError, Stage, Usage,
};
use std::sync::Arc;
use test_support::Step;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

async fn told(script: Vec<Step>) -> String {
    let room = Room::new(reads_text(), script);
    let told = room.ask(new_question("Why is the sky blue?", &[])).await;
    let events = describe(&told.events);
    let answer = told.answer();
    assert_eq!(room.history().message(answer.id).unwrap(), answer, "what was returned is what is stored");
    events
}

// With the clock held, every piece of text after the first waits for a frame that comes only when all is idle.
#[tokio::test(start_paused = true)]
async fn a_whole_answer() {
    let usage = Usage { prompt_tokens: 12, answer_tokens: 3, thought_tokens: 1, ..Usage::default() };
    let events = told(vec![
        Step::Event(GenerateEvent::Stage(Stage::Waiting)),
        Step::Event(GenerateEvent::Retrying(Notice::new(NoticeCode::Overloaded))),
        text("Because"),
        text(" of"),
        text(" scattering."),
        finished(),
        Step::Event(GenerateEvent::Usage(usage)),
    ])
    .await;
    insta::assert_snapshot!(events);
}

#[tokio::test(start_paused = true)]
async fn every_other_ending() {
    let finish = |reason| Step::Event(GenerateEvent::Finished(reason));
    let error = || Step::Error(ProviderError::new(NoticeCode::Overloaded, "the model is overloaded"));
    let scripts = [
        ("cut off", vec![text("Half")]),
        ("empty", vec![finished()]),
        ("length limit", vec![text("Long"), finish(FinishReason::LengthLimit)]),
        (
            "question blocked",
            vec![finish(FinishReason::PromptBlocked {
                reason: "PROHIBITED_CONTENT".into(),
                ratings: Vec::new(),
            })],
        ),
        (
            "answer blocked",
            vec![
                text("Some"),
                finish(FinishReason::AnswerBlocked { reason: "SAFETY".into(), ratings: Vec::new() }),
            ],
        ),
        ("unknown reason", vec![text("Some"), finish(FinishReason::Other("NEW_REASON".into()))]),
        ("error before the first event", vec![error()]),
        ("error after text", vec![text("Some"), error()]),
    ];
    let mut all = Vec::new();
    for (name, script) in scripts {
        all.push(format!("# {name}\n{}", told(script).await));
    }
    insta::assert_snapshot!(all.join("\n"));
}

#[tokio::test]
async fn an_error_before_there_is_a_stream() {
    let room = Room::new(reads_text(), vec![finished()]);
    room.ask(new_question("first", &[])).await.answer();
    // No script is left: `stream` itself fails.
    let answer = room.ask(new_question("second", &[])).await.answer();
    assert_eq!(answer.status, MessageStatus::Failed);
    assert_eq!(answer.notice.unwrap().code, NoticeCode::Internal);
}

#[tokio::test(start_paused = true)]
async fn stopping_keeps_what_came() {
    let room = Room::new(reads_text(), vec![text("Some"), Step::Wait(Arc::new(Notify::new()))]);
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let told = room
        .ask_until(new_question("why?", &[]), cancel, move |event| {
            if let AnswerEvent::Delta { .. } = event {
                stop.cancel();
            }
        })
        .await;
    let answer = told.answer();
    assert_eq!(
        (answer.status, answer.text().as_str(), answer.notice),
        (MessageStatus::Stopped, "Some", None)
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_does_not_end_after_the_answer_is_not_waited_for() {
    let room = Room::new(reads_text(), vec![text("All"), finished(), Step::Wait(Arc::new(Notify::new()))]);
    let asking = room.ask(new_question("why?", &[]));
    let time_passing = async {
        loop {
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
            tokio::task::yield_now().await;
        }
    };
    let told = tokio::select! {
        told = asking => told,
        () = time_passing => unreachable!(),
    };
    assert_eq!(told.answer().status, MessageStatus::Complete);
}

#[tokio::test]
async fn stopping_during_preparation_sends_nothing() {
    let room = Room::new(reads_text(), vec![text("never"), finished()]);
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let told = room
        .ask_until(new_question("why?", &[]), cancel, move |event| {
            if let AnswerEvent::Started { .. } = event {
                stop.cancel();
            }
        })
        .await;
    assert_eq!(told.events.len(), 2, "{}", describe(&told.events));
    let answer = told.answer();
    assert_eq!((answer.status, answer.timing), (MessageStatus::Stopped, None));
    assert_eq!(room.provider.requests(), []);
}

#[tokio::test]
async fn what_was_shown_is_stored_while_the_answer_still_comes() {
    let gate = Arc::new(Notify::new());
    let raw = Step::Event(GenerateEvent::Raw(r#"{"text":"Some"}"#.into()));
    let script = vec![text("Some"), raw, Step::Wait(gate.clone()), text(" more"), finished()];
    let room = Room::new(reads_text(), script);
    let (shown, mut first_delta) = tokio::sync::mpsc::unbounded_channel();
    let asking = room.ask_until(new_question("why?", &[]), CancellationToken::new(), move |event| {
        if let AnswerEvent::Delta { answer, .. } = event {
            shown.send(*answer).unwrap();
        }
    });
    let watching = async {
        let answer = first_delta.recv().await.unwrap();
        // The provider waits. The writer is a thread of its own: give way until it has written.
        let stored = loop {
            let stored = room.history().message(answer).unwrap();
            if stored.text() == "Some" && room.history().raw_parts(answer).unwrap().is_some() {
                break stored;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(stored.status, MessageStatus::Streaming);
        assert!(stored.receipt.is_some());
        gate.notify_one();
    };
    let (told, ()) = tokio::join!(asking, watching);
    let answer = told.answer();
    assert_eq!((answer.text().as_str(), answer.status), ("Some more", MessageStatus::Complete));
    assert_eq!(room.history().raw_parts(answer.id).unwrap().unwrap().parts, [r#"{"text":"Some"}"#]);
}

#[tokio::test]
async fn an_abandoned_turn_is_marked_as_interrupted() {
    let room = Room::new(reads_text(), vec![text("Some"), Step::Wait(Arc::new(Notify::new()))]);
    let (shown, mut deltas) = tokio::sync::mpsc::unbounded_channel();
    {
        let asking = room.ask_until(new_question("why?", &[]), CancellationToken::new(), move |event| {
            if let AnswerEvent::Delta { answer, .. } = event {
                shown.send(*answer).unwrap();
            }
        });
        tokio::select! {
            _ = asking => panic!("the provider waits for ever"),
            answer = deltas.recv() => deltas = {
                let (again, deltas) = tokio::sync::mpsc::unbounded_channel();
                again.send(answer.unwrap()).unwrap();
                deltas
            },
        }
    }
    let answer = deltas.recv().await.unwrap();
    let stored = loop {
        let stored = room.history().message(answer).unwrap();
        if stored.status != MessageStatus::Streaming {
            break stored;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((stored.status, stored.text().as_str()), (MessageStatus::Interrupted, "Some"));
    assert_eq!(stored.notice.unwrap().code, NoticeCode::Interrupted);
}

#[tokio::test]
async fn a_conversation_deleted_meanwhile_ends_the_turn() {
    let gate = Arc::new(Notify::new());
    let script = vec![text("Some"), Step::Wait(gate.clone()), text(" more"), finished()];
    let room = Room::new(reads_text(), script);
    let history = room.context.history.clone();
    let told = room
        .ask_until(new_question("why?", &[]), CancellationToken::new(), move |event| {
            if let AnswerEvent::Delta { answer, .. } = event
                && let Ok(message) = history.message(*answer)
            {
                history.delete_conversation(message.conversation).unwrap();
                gate.notify_one();
            }
        })
        .await;
    assert!(matches!(told.result, Err(AskError::History(history::HistoryError::NotFound(_)))));
    assert_eq!(room.history().conversations().unwrap(), []);
}

#[tokio::test]
async fn a_mind_that_is_not_there_stores_nothing() {
    let room = Room::new(reads_text(), vec![]);
    let mut request = new_question("why?", &[]);
    request.model.mind = Mind::Local;
    let told = room.ask(request).await;
    assert!(matches!(told.result, Err(AskError::NoMind(Mind::Local))));
    assert_eq!(told.events, []);
    assert_eq!(room.history().conversations().unwrap(), []);
}
