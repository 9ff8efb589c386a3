//! Conversations, branches, and answers that are appended to.

use crate::{gemini, question, store, streaming_answer, text};
use conversation::{
    ConversationId, MessageId, MessageStatus, Mind, Notice, NoticeCode, Part, Receipt, Timing, Usage,
};
use history::{History, HistoryError, MessageEnd};

fn texts(messages: &[conversation::Message]) -> Vec<String> {
    messages.iter().map(conversation::Message::text).collect()
}

#[test]
fn the_head_follows_what_is_added_and_moves_between_versions() {
    let store = store();
    let conversation = store.conversation();
    let first = store.add(&conversation, None, "first");
    let answer = store.add(&conversation, Some(&first), "answer");
    let follow_up = store.add(&conversation, Some(&answer), "follow-up");
    let other_answer = store.add(&conversation, Some(&first), "other answer");
    let head = || store.history.conversation(conversation.id).unwrap().head.unwrap();

    assert_eq!(head(), other_answer.id);
    assert_eq!(texts(&store.history.branch(head()).unwrap()), ["first", "other answer"]);

    assert_eq!(store.history.set_head(conversation.id, answer.id).unwrap(), follow_up.id);
    assert_eq!(head(), follow_up.id);
    assert_eq!(texts(&store.history.branch(head()).unwrap()), ["first", "answer", "follow-up"]);

    // Below the first question both branches hang: the newest leaf is the other answer.
    assert_eq!(store.history.set_head(conversation.id, first.id).unwrap(), other_answer.id);
    assert_eq!(
        texts(&store.history.messages(conversation.id).unwrap()),
        ["first", "answer", "follow-up", "other answer"]
    );
}

#[test]
fn conversations_come_by_their_last_change() {
    let store = store();
    let model = gemini();
    let first = store.history.create_conversation("first", Some(&model), false).unwrap();
    let second = store.history.create_conversation("second", None, false).unwrap();
    let ids = || store.history.conversations().unwrap().iter().map(|c| c.id).collect::<Vec<_>>();
    assert_eq!(ids(), [second.id, first.id]);
    assert_eq!(store.history.conversation(first.id).unwrap(), first);

    let mut message = question(&first, None, "hello");
    message.model = Some(conversation::ModelRef { mind: Mind::Local, id: "small".into() });
    store.history.add_message(&message).unwrap();
    let changed = store.history.conversation(first.id).unwrap();
    assert!(changed.updated_at >= first.updated_at);
    assert_eq!(changed.model, message.model);

    store.history.rename(second.id, "renamed").unwrap();
    let renamed = store.history.conversation(second.id).unwrap();
    assert_eq!((renamed.title.as_str(), renamed.updated_at), ("renamed", second.updated_at));
}

#[test]
fn a_message_must_fit_into_its_tree() {
    let store = store();
    let conversation = store.conversation();
    let other = store.conversation();
    let elsewhere = store.add(&other, None, "elsewhere");
    let refused = |message| {
        let error = store.history.add_message(&message).unwrap_err();
        assert!(matches!(error, HistoryError::NotFound(_)), "{error}");
    };
    refused(question(&conversation, Some(MessageId::new()), "no such parent"));
    refused(question(&conversation, Some(elsewhere.id), "a parent in another conversation"));
    refused(conversation::Message {
        id: MessageId::new(),
        conversation: ConversationId::new(),
        ..elsewhere.clone()
    });
    let mut with_attachment = question(&conversation, None, "");
    with_attachment.parts.push(conversation::AttachmentId::new().into());
    refused(with_attachment);
    assert_eq!(store.history.messages(conversation.id).unwrap(), [], "nothing half-stored");
    assert!(store.history.set_head(conversation.id, elsewhere.id).is_err());
}

fn refused<T: std::fmt::Debug>(result: &Result<T, HistoryError>) {
    assert!(matches!(result, Err(HistoryError::NotFound(_))), "{result:?}");
}

#[test]
fn what_is_not_there_is_said_to_be_not_there() {
    let store = store();
    let (conversation, message) = (ConversationId::new(), MessageId::new());
    let history = &store.history;
    refused(&history.conversation(conversation));
    refused(&history.rename(conversation, "title"));
    refused(&history.delete_conversation(conversation));
    refused(&history.message(message));
    refused(&history.branch(message));
    refused(&history.append_part(message, &text("text")));
    refused(&history.append_raw(message, Mind::Gemini, "{}"));
    refused(&history.set_receipt(message, &Receipt::default()));
    refused(&history.finish_message(message, &MessageEnd::new(MessageStatus::Complete)));
    refused(&history.reopen_message(message));
    assert_eq!(history.raw_parts(message).unwrap(), None);
}

#[test]
fn an_answer_grows_ends_and_is_taken_up_again() {
    let store = store();
    let conversation = store.conversation();
    let question = store.add(&conversation, None, "why?");
    let answer = streaming_answer(&question);
    let history = &store.history;
    history.add_message(&answer).unwrap();
    assert_eq!(history.message(answer.id).unwrap(), answer);

    history.append_part(answer.id, &text("Be")).unwrap();
    history.append_part(answer.id, &text("cause — 因为")).unwrap();
    history.append_raw(answer.id, Mind::Gemini, r#"{"text": "Because"}"#).unwrap();
    assert_eq!(history.message(answer.id).unwrap().text(), "Because — 因为");
    assert_eq!(history.branch(answer.id).unwrap()[1].parts.len(), 1);

    let receipt = Receipt { prompt_tokens: Some(7), estimated: true, ..Receipt::default() };
    history.set_receipt(answer.id, &receipt).unwrap();
    let usage = Usage { prompt_tokens: 5, answer_tokens: 2, ..Usage::default() };
    let timing = Timing { first_text_ms: 10, total_ms: 20 };
    let notice = Notice::new(NoticeCode::CutOff);
    let ended = history
        .finish_message(
            answer.id,
            &MessageEnd {
                usage: Some(usage),
                timing: Some(timing),
                notice: Some(notice.clone()),
                ..MessageEnd::new(MessageStatus::Incomplete)
            },
        )
        .unwrap();
    assert_eq!(ended.parts, [Part::Text { text: "Because — 因为".into() }]);
    assert_eq!(ended.status, MessageStatus::Incomplete);
    assert_eq!((ended.usage, ended.timing, &ended.notice), (Some(usage), Some(timing), &Some(notice)));
    assert_eq!(ended.receipt, Some(receipt));
    assert_eq!(history.message(answer.id).unwrap(), ended);

    assert!(matches!(history.append_part(answer.id, &text("late")), Err(HistoryError::NotFound(_))));
    history.append_raw(answer.id, Mind::Gemini, r#"{"thoughtSignature":"x"}"#).unwrap();
    let raw = history.raw_parts(answer.id).unwrap().unwrap();
    assert_eq!(raw.mind, Mind::Gemini);
    assert_eq!(raw.parts, [r#"{"text": "Because"}"#, r#"{"thoughtSignature":"x"}"#]);

    let again = history.reopen_message(answer.id).unwrap();
    assert_eq!((again.status, again.notice), (MessageStatus::Streaming, None));
    assert!(matches!(history.reopen_message(answer.id), Err(HistoryError::StillStreaming)));
    history.append_part(answer.id, &text("!")).unwrap();
    let ended = history.finish_message(answer.id, &MessageEnd::new(MessageStatus::Complete)).unwrap();
    assert_eq!(ended.parts, [Part::Text { text: "Because — 因为!".into() }]);
    assert_eq!(ended.usage, Some(usage), "what is not told anew stays");
}

#[test]
fn a_conversation_of_thousands_of_messages_is_read_and_deleted() {
    let store = store();
    let conversation = store.conversation();
    let mut last = store.add(&conversation, None, "0");
    for number in 1..2500 {
        last = store.add(&conversation, Some(&last), &number.to_string());
    }
    let branch = store.history.branch(last.id).unwrap();
    assert_eq!(branch.len(), 2500);
    assert_eq!(branch[2499].text(), "2499");
    assert_eq!(store.history.set_head(conversation.id, branch[0].id).unwrap(), last.id);
    store.history.delete_conversation(conversation.id).unwrap();
    assert!(store.history.message(last.id).is_err());
}

#[test]
fn a_branch_is_ordered_by_the_tree_when_the_clock_went_back() {
    let store = store();
    let conversation = store.conversation();
    let first = store.add(&conversation, None, "first");
    let mut second = question(&conversation, Some(first.id), "second");
    second.created_at.0 -= 3_600_000;
    store.history.add_message(&second).unwrap();
    assert_eq!(texts(&store.history.branch(second.id).unwrap()), ["first", "second"]);
}

#[test]
fn an_answer_is_interrupted_only_when_its_writer_is_gone() {
    let store = store();
    let conversation = store.conversation();
    let question = store.add(&conversation, None, "why?");
    let answer = streaming_answer(&question);
    store.history.add_message(&answer).unwrap();
    store.history.append_part(answer.id, &text("Because")).unwrap();

    let second = History::open(store.folder.path()).unwrap();
    assert_eq!(second.message(answer.id).unwrap().status, MessageStatus::Streaming);
    assert_eq!(second.recover().unwrap(), []);

    drop(store.history);
    assert_eq!(second.recover().unwrap(), [answer.id]);
    let recovered = second.message(answer.id).unwrap();
    assert_eq!(recovered.status, MessageStatus::Interrupted);
    assert_eq!(recovered.notice.unwrap().code, NoticeCode::Interrupted);
    assert_eq!(recovered.parts, [Part::Text { text: "Because".into() }]);
}
