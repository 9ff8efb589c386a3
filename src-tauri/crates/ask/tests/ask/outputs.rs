//! Answers of more than words: thoughts, code, pictures, sources, structure; and the lock.

use crate::{Room, describe, finished, new_question, sees, text};
use ask::{AskAction, AskError, AskFile, AskRequest};
use bytes::Bytes;
use conversation::{
    AnswerOptions, AnswerTools, CodeOutcome, Detail, FileView, GenerateEvent, MessageStatus, Mind, Page,
    Part, Sources, ThinkingLevel,
};
use std::io::Cursor;
use test_support::{ScriptedProvider, Step};

fn event(event: GenerateEvent) -> Step {
    Step::Event(event)
}

fn png() -> Bytes {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::new(3, 2).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner().into()
}

fn tools() -> AnswerTools {
    AnswerTools { thinking: vec![ThinkingLevel::Low], search: true, schema: true, ..AnswerTools::default() }
}

fn able() -> conversation::Capabilities {
    conversation::Capabilities { tools: tools(), ..sees() }
}

#[tokio::test]
async fn every_part_is_shown_and_stored_in_its_order() {
    let page = Page { uri: "https://example.test".into(), title: "example".into() };
    let sources = Sources { pages: vec![page.clone()], ..Sources::default() };
    let script = vec![
        event(GenerateEvent::Thought("Count.".into())),
        text("Two: "),
        event(GenerateEvent::Code { language: "python".into(), code: "1+1".into() }),
        event(GenerateEvent::CodeResult { outcome: CodeOutcome::Ok, output: "2".into() }),
        event(GenerateEvent::Picture { mime: "image/png".into(), data: png() }),
        event(GenerateEvent::Picture { mime: "image/png".into(), data: Bytes::from_static(b"no picture") }),
        text("as drawn."),
        event(GenerateEvent::Sources(sources)),
        finished(),
    ];
    let room = Room::new(able(), script);
    let told = room.ask(new_question("Count", &[])).await;
    insta::assert_snapshot!(describe(&told.events));
    let answer = told.answer();
    assert_eq!(answer.status, MessageStatus::Complete);
    let [
        Part::Thought { .. },
        Part::Text { .. },
        Part::Code { .. },
        Part::CodeResult { .. },
        picture,
        Part::Text { .. },
    ] = &answer.parts[..]
    else {
        panic!("{:?}", answer.parts)
    };
    let Part::Attachment { id, .. } = picture else { panic!("{picture:?}") };
    let kept = room.history().attachment(*id).unwrap();
    assert_eq!((kept.width, kept.height, kept.mime.as_str()), (3, 2, "image/png"));
    assert_eq!(room.history().read_attachment(*id).unwrap(), png());
    assert_eq!(answer.sources.as_ref().unwrap().pages, [page]);
    assert_eq!(answer.text(), "Two: as drawn.");

    // A mind without the provider's own parts gets them in words, and never the thought.
    room.ask_on(&answer, "Sure?", vec![text("Yes"), finished()]).await;
    let request = room.last_request();
    assert!(request.contains("```python\n1+1\n```") && request.contains("```output\n2\n```"), "{request}");
    assert!(!request.contains("Count."), "{request}");
}

#[tokio::test]
async fn a_drawn_picture_alone_is_an_answer() {
    let picture = GenerateEvent::Picture { mime: "image/png".into(), data: png() };
    let room = Room::new(able(), vec![event(picture), finished()]);
    let answer = room.ask(new_question("Draw", &[])).await.answer();
    assert_eq!(answer.status, MessageStatus::Complete);
}

#[tokio::test]
async fn options_reach_the_model_as_far_as_it_can_follow_them() {
    let room = Room::new(able(), vec![text("ok"), finished()]);
    let picture = room.add_picture("page.png");
    let view = FileView { detail: Some(Detail::UltraHigh), ..FileView::default() };
    let options = AnswerOptions {
        thinking: Some(ThinkingLevel::High),
        search: true,
        run_code: true,
        ..AnswerOptions::default()
    };
    let action = AskAction::New {
        parent: None,
        text: "What does it say?".into(),
        attachments: vec![AskFile { id: picture, view }],
    };
    let answer =
        room.ask(AskRequest { action, options: options.clone(), ..new_question("", &[]) }).await.answer();
    let sent = room.provider.requests().remove(0);
    assert_eq!(sent.options, AnswerOptions { search: true, ..AnswerOptions::default() });
    let conversation::RequestPart::Media(media) = &sent.turns[0].parts[0] else { panic!("{sent:?}") };
    assert_eq!(media.view, view);
    let receipt = answer.receipt.unwrap();
    assert_eq!((receipt.options, receipt.delivered[0].view), (sent.options, view));
    assert_eq!(receipt.delivered[0].tokens, 200, "twice the usual");
    let conversation = room.history().conversation(answer.conversation).unwrap();
    assert_eq!(conversation.options, options, "the choice is remembered, not what this model made of it");
}

#[tokio::test]
async fn an_answer_by_a_schema_is_checked_here() {
    let schema = r#"{"type":"object","required":["price"],"properties":{"price":{"type":"number"}}}"#;
    let options = AnswerOptions { schema: Some(schema.into()), ..AnswerOptions::default() };
    let request = || AskRequest { options: options.clone(), ..new_question("Price?", &[]) };
    let room = Room::new(able(), vec![text(r#"{"price": 3}"#), finished()]);
    let good = room.ask(request()).await.answer().structure.unwrap();
    assert_eq!((good.schema.as_str(), good.problems.len()), (schema, 0));
    room.provider.push_script(vec![text(r#"{"price": "three"}"#), finished()]);
    let bad = room.ask(request()).await.answer().structure.unwrap();
    assert!(bad.problems[0].starts_with("/price"), "{bad:?}");

    let broken = AnswerOptions { schema: Some("{".into()), ..AnswerOptions::default() };
    let refused = room.ask(AskRequest { options: broken, ..new_question("Price?", &[]) }).await;
    assert!(matches!(refused.result, Err(AskError::Schema(_))));
    assert_eq!(room.provider.requests().len(), 2, "nothing was sent");
    assert_eq!(room.history().conversations().unwrap().len(), 2, "and nothing stored");
}

#[tokio::test]
async fn a_locked_conversation_is_not_asked_of_a_mind_elsewhere() {
    let room = Room::new(sees(), vec![text("ok"), finished()]);
    let refused = room.ask(AskRequest { local_only: true, ..new_question("Secret", &[]) }).await;
    assert!(matches!(refused.result, Err(AskError::LocalOnly)));
    assert!(refused.events.is_empty());
    assert_eq!(room.history().conversations().unwrap(), [], "the question is still the composer's");

    let answer = room.ask(new_question("Open", &[])).await.answer();
    room.history().set_local_only(answer.conversation, true).unwrap();
    let question = answer.parent.unwrap();
    for action in [
        AskAction::New { parent: Some(answer.id), text: "More".into(), attachments: Vec::new() },
        AskAction::Edit { question, text: "Other".into(), attachments: Vec::new() },
        AskAction::Again { question },
        AskAction::Continue { answer: answer.id },
    ] {
        let request = AskRequest { action, ..new_question("", &[]) };
        let preview = ask::preview(&room.context, request.clone(), true).await;
        assert!(matches!(preview, Err(AskError::LocalOnly)), "{preview:?}");
        assert!(matches!(room.ask(request).await.result, Err(AskError::LocalOnly)));
    }
    assert_eq!(room.provider.requests().len(), 1);
    room.history().set_local_only(answer.conversation, false).unwrap();
    room.ask_on(&answer, "More", vec![text("ok"), finished()]).await;
}

#[tokio::test]
async fn a_local_mind_answers_in_a_locked_conversation_and_is_told_of_it() {
    let mut room = Room::new(sees(), Vec::new());
    let script = vec![text("ok"), finished()];
    let local = std::sync::Arc::new(ScriptedProvider::new(Mind::Local, sees(), script));
    room.context.providers.push(local.clone());
    let model = conversation::ModelRef { mind: Mind::Local, id: ScriptedProvider::MODEL.into() };
    let request = AskRequest { local_only: true, model, ..new_question("Secret", &[]) };
    let answer = room.ask(request).await.answer();
    assert!(room.history().conversation(answer.conversation).unwrap().local_only);
    assert!(local.requests()[0].local_only);
    assert_eq!(answer.cost, None);
}
