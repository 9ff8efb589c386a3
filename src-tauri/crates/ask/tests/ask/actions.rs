//! New questions, edits, further answers and continued ones.

use crate::{Room, describe, finished, model, new_question, reads_text, text};
use ask::{AnswerEvent, AskAction, AskError, AskRequest};
use conversation::{AnswerOptions, GenerateEvent, Message, MessageId, MessageStatus, Mind, Usage};
use std::sync::Arc;
use test_support::{ScriptedProvider, Step};

fn action(action: AskAction) -> AskRequest {
    AskRequest {
        conversation: None,
        model: model(),
        action,
        options: AnswerOptions::default(),
        local_only: false,
    }
}

fn branch(room: &Room, leaf: MessageId) -> Vec<String> {
    room.history().branch(leaf).unwrap().iter().map(Message::text).collect()
}

#[tokio::test]
async fn a_question_follows_the_branch_that_is_shown() {
    let room = Room::new(reads_text(), vec![text("one"), finished()]);
    let first = room.ask(new_question("first", &[])).await.answer();
    let second = room.ask_on(&first, "second", vec![text("two"), finished()]).await;
    assert_eq!(branch(&room, second.id), ["first", "one", "second", "two"]);
    let conversation = room.history().conversation(first.conversation).unwrap();
    assert_eq!(conversation.title, "first");
    assert_eq!(conversation.head, Some(second.id));
    assert_eq!(conversation.model, Some(model()));
    assert_eq!(room.last_request(), "User: first\nModel: one\nUser: second");
    assert_eq!(second.receipt.unwrap().earlier_messages, 2);

    room.provider.push_script(vec![text("three"), finished()]);
    let request =
        action(AskAction::New { parent: Some(first.id), text: "beside".into(), attachments: vec![] });
    let beside = room.ask(request).await.answer();
    assert_eq!(branch(&room, beside.id), ["first", "one", "beside", "three"]);
}

#[tokio::test]
async fn an_edited_question_stands_beside_the_first() {
    let room = Room::new(reads_text(), vec![text("one"), finished()]);
    let first = room.ask(new_question("first", &[])).await.answer();
    room.provider.push_script(vec![text("two"), finished()]);
    let question = first.parent.unwrap();
    let edit = AskAction::Edit { question, text: "edited".into(), attachments: vec![] };
    let second = room.ask(action(edit)).await.answer();
    assert_eq!(branch(&room, second.id), ["edited", "two"]);
    assert_eq!(branch(&room, first.id), ["first", "one"]);
    assert_eq!(room.history().messages(first.conversation).unwrap().len(), 4);
    assert_eq!(room.last_request(), "User: edited");
}

#[tokio::test]
async fn another_answer_stands_beside_the_first_and_may_come_from_the_other_mind() {
    let mut room = Room::new(reads_text(), vec![text("one"), finished()]);
    let first = room.ask(new_question("first", &[])).await.answer();
    let local = ScriptedProvider::new(Mind::Local, reads_text(), vec![text("other"), finished()]);
    room.context.providers.push(Arc::new(local));
    let mut again = action(AskAction::Again { question: first.parent.unwrap() });
    again.model.mind = Mind::Local;
    let second = room.ask(again).await.answer();
    assert_eq!(second.parent, first.parent);
    assert_eq!(second.model.unwrap().mind, Mind::Local);
    assert_eq!(branch(&room, second.id), ["first", "other"]);
    assert_eq!(room.history().message(first.id).unwrap(), first);
}

#[tokio::test(start_paused = true)]
async fn an_answer_goes_on_in_the_same_message() {
    let raw = |json: &str| Step::Event(GenerateEvent::Raw(json.into()));
    let count = |answer_tokens| {
        Step::Event(GenerateEvent::Usage(Usage { prompt_tokens: 9, answer_tokens, ..Usage::default() }))
    };
    let room = Room::new(reads_text(), vec![text("Half of"), raw(r#"{"text":"Half of"}"#), count(2)]);
    let half = room.ask(new_question("Tell me.", &[])).await.answer();
    assert_eq!(half.status, MessageStatus::Incomplete);

    room.provider.push_script(vec![
        text(" the answer."),
        raw(r#"{"text":" the answer."}"#),
        count(3),
        finished(),
    ]);
    let told = room.ask(action(AskAction::Continue { answer: half.id })).await;
    insta::assert_snapshot!(describe(&told.events));
    let whole = told.answer();
    assert_eq!(whole.id, half.id);
    assert_eq!((whole.text().as_str(), whole.status), ("Half of the answer.", MessageStatus::Complete));
    assert_eq!(room.last_request(), "User: Tell me.\nModel (raw): Half of");
    assert_eq!(room.history().raw_parts(whole.id).unwrap().unwrap().parts.len(), 2);
}

#[tokio::test]
async fn an_answer_stopped_before_its_first_word_is_begun_anew() {
    let room = Room::new(reads_text(), vec![]);
    let empty = room.ask(new_question("Tell me.", &[])).await.answer();
    assert_eq!((empty.status, empty.text().as_str()), (MessageStatus::Incomplete, ""));
    room.provider.push_script(vec![text("All of it."), finished()]);
    let whole = room.ask(action(AskAction::Continue { answer: empty.id })).await.answer();
    assert_eq!((whole.id, whole.text().as_str()), (empty.id, "All of it."));
    assert_eq!(room.last_request(), "User: Tell me.");
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused_and_store_nothing() {
    let room = Room::new(reads_text(), vec![text("one"), finished()]);
    let answer = room.ask(new_question("first", &[])).await.answer();
    let stored = room.history().messages(answer.conversation).unwrap();

    let refused = async |request| room.ask(request).await.result.unwrap_err();
    assert!(matches!(refused(new_question(" \n", &[])).await, AskError::EmptyQuestion));
    let again = action(AskAction::Again { question: answer.id });
    assert!(matches!(refused(again).await, AskError::NotAQuestion));
    let edit = AskAction::Edit { question: answer.id, text: "edited".into(), attachments: vec![] };
    assert!(matches!(refused(action(edit)).await, AskError::NotAQuestion));
    let whole = action(AskAction::Continue { answer: answer.id });
    assert!(matches!(refused(whole).await, AskError::NotContinuable));
    let question = action(AskAction::Continue { answer: answer.parent.unwrap() });
    assert!(matches!(refused(question).await, AskError::NotContinuable));
    let unknown = conversation::AttachmentId::new();
    assert!(matches!(refused(new_question("x", &[unknown])).await, AskError::History(_)));

    assert_eq!(room.history().messages(answer.conversation).unwrap(), stored);
    assert_eq!(room.history().conversations().unwrap().len(), 1);
}

#[tokio::test]
async fn a_question_cannot_follow_an_answer_that_is_still_coming() {
    let gate = Arc::new(tokio::sync::Notify::new());
    let room = Room::new(reads_text(), vec![Step::Wait(gate.clone()), text("one"), finished()]);
    let (begun, mut started) = tokio::sync::mpsc::unbounded_channel();
    let asking =
        room.ask_until(new_question("first", &[]), tokio_util::sync::CancellationToken::new(), |event| {
            if let AnswerEvent::Started { conversation, .. } = event {
                begun.send(conversation.id).unwrap();
            }
        });
    let meanwhile = async {
        let conversation = started.recv().await;
        let told = room.ask(AskRequest { conversation, ..new_question("second", &[]) }).await;
        gate.notify_one();
        told
    };
    let (first, second) = tokio::join!(asking, meanwhile);
    assert!(matches!(second.result, Err(AskError::StillAnswering)));
    assert_eq!(first.answer().status, MessageStatus::Complete);
}

#[test]
fn the_shape_on_the_bridge() {
    let question: MessageId = "0199a1b2-0000-7000-8000-000000000001".parse().unwrap();
    insta::assert_json_snapshot!([
        action(AskAction::New { parent: Some(question), text: "why?".into(), attachments: vec![] }),
        action(AskAction::Edit { question, text: "why?".into(), attachments: vec![] }),
        action(AskAction::Again { question }),
        action(AskAction::Continue { answer: question }),
    ]);
}
