//! Whatever a message holds comes back as it went in.

use crate::store;
use conversation::{
    Citation, CodeOutcome, Detail, FileView, Message, MessageId, MessageStatus, Mind, ModelRef, Notice,
    NoticeCode, Omission, OmissionReason, Part, Receipt, Role, Sources, Structure, Timestamp, Timing, Usage,
};
use history::{History, MessageEnd};
use proptest::option;
use proptest::prelude::*;

fn words() -> impl Strategy<Value = String> {
    // Zero bytes, line ends, quotes and all planes of Unicode.
    prop_oneof![any::<String>(), "[\u{0}-\u{ff}'\"\n]{0,40}", "[一-龥🖼️]{0,40}"]
}

fn status() -> impl Strategy<Value = MessageStatus> {
    prop_oneof![
        Just(MessageStatus::Complete),
        Just(MessageStatus::Stopped),
        Just(MessageStatus::Interrupted),
        Just(MessageStatus::Incomplete),
        Just(MessageStatus::Blocked),
        Just(MessageStatus::Failed),
    ]
}

prop_compose! {
    fn receipt()(prompt_tokens in option::of(any::<u32>()), earlier_messages in any::<u32>(), estimated in any::<bool>(),
                 count in any::<u32>()) -> Receipt {
        let omitted = vec![Omission { attachment: None, reason: OmissionReason::ContextFull, count }];
        Receipt { omitted, earlier_messages, prompt_tokens, estimated, ..Receipt::default() }
    }
}

fn outcome() -> impl Strategy<Value = CodeOutcome> {
    prop_oneof![Just(CodeOutcome::Ok), Just(CodeOutcome::Failed), Just(CodeOutcome::TimedOut)]
}

/// All that an answer can hold but files, which need one.
fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        words().prop_map(|text| Part::Text { text }),
        words().prop_map(|text| Part::Thought { text }),
        (words(), words()).prop_map(|(language, code)| Part::Code { language, code }),
        (outcome(), words()).prop_map(|(outcome, output)| Part::CodeResult { outcome, output }),
    ]
}

/// Parts as they are once pieces of one kind that follow each other are joined.
fn joined(parts: &[Part]) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part) {
            (Some(Part::Text { text }), Part::Text { text: more })
            | (Some(Part::Thought { text }), Part::Thought { text: more }) => text.push_str(more),
            _ => joined.push(part.clone()),
        }
    }
    joined
}

prop_compose! {
    fn message()(
        parts in prop::collection::vec(part(), 0..6), status in status(), created_at in any::<i64>(),
        model in option::of(words()), receipt in option::of(receipt()), usage in option::of(any::<(u32, u32, u32)>()),
        timing in option::of(any::<(u32, u32)>()), notice in option::of(option::of(words())),
        cited in option::of(words()),
    ) -> Message {
        Message {
            id: MessageId::new(),
            conversation: conversation::ConversationId::new(),
            parent: None,
            role: Role::Model,
            parts,
            status,
            created_at: Timestamp(created_at),
            model: model.map(|id| ModelRef { mind: Mind::Local, id }),
            receipt,
            usage: usage.map(|(prompt_tokens, answer_tokens, thought_tokens)| {
                Usage { prompt_tokens, answer_tokens, thought_tokens, ..Usage::default() }
            }),
            timing: timing.map(|(first_text_ms, total_ms)| Timing { first_text_ms, total_ms }),
            notice: notice.map(|detail| Notice { detail, ..Notice::new(NoticeCode::Internal) }),
            cost: None,
            sources: cited.clone().map(|uri| {
                Sources { citations: vec![Citation { uri: Some(uri), ..Citation::default() }], ..Sources::default() }
            }),
            structure: cited.map(|schema| Structure { problems: vec![schema.clone()], schema }),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages(written in prop::collection::vec(message(), 1..8), title in words()) {
        let store = store();
        let conversation = store.history.create_conversation(&title, None, false).unwrap();
        let mut parent = None;
        let mut stored = Vec::new();
        for mut message in written {
            message.conversation = conversation.id;
            message.parent = parent;
            parent = Some(message.id);
            store.history.add_message(&message).unwrap();
            stored.push(message);
        }
        drop(store.history);
        let history = History::open(store.folder.path()).unwrap();
        prop_assert_eq!(history.branch(parent.unwrap()).unwrap(), stored.clone());
        prop_assert_eq!(history.conversation(conversation.id).unwrap().title, title);
        stored.sort_by_key(|message| (message.created_at, message.id));
        prop_assert_eq!(history.messages(conversation.id).unwrap(), stored);
    }

    #[test]
    fn appended_text(pieces in prop::collection::vec(words(), 0..20)) {
        let store = store();
        let conversation = store.conversation();
        let question = store.add(&conversation, None, "why?");
        let answer = crate::streaming_answer(&question);
        store.history.add_message(&answer).unwrap();
        for piece in &pieces {
            store.history.append_part(answer.id, &crate::text(piece)).unwrap();
        }
        prop_assert_eq!(store.history.message(answer.id).unwrap().text(), pieces.concat());
        let ended = store.history.finish_message(answer.id, &MessageEnd::new(MessageStatus::Complete)).unwrap();
        prop_assert_eq!(ended.text(), pieces.concat());
    }

    #[test]
    fn appended_parts(pieces in prop::collection::vec(part(), 0..20), reopened in any::<bool>()) {
        let store = store();
        let conversation = store.conversation();
        let answer = crate::streaming_answer(&store.add(&conversation, None, "why?"));
        store.history.add_message(&answer).unwrap();
        for (place, piece) in pieces.iter().enumerate() {
            store.history.append_part(answer.id, piece).unwrap();
            if reopened && place == pieces.len() / 2 {
                store.history.finish_message(answer.id, &MessageEnd::new(MessageStatus::Stopped)).unwrap();
                store.history.reopen_message(answer.id).unwrap();
            }
        }
        prop_assert_eq!(store.history.message(answer.id).unwrap().parts, joined(&pieces));
        let ended = store.history.finish_message(answer.id, &MessageEnd::new(MessageStatus::Complete)).unwrap();
        prop_assert_eq!(ended.parts, joined(&pieces));
    }
}

#[test]
fn how_a_file_is_looked_at_stays_with_the_question() {
    let store = store();
    let conversation = store.conversation();
    let new = history::NewAttachment {
        name: "film.mp4",
        kind: conversation::MediaKind::Video,
        mime: "video/mp4",
        width: 0,
        height: 0,
        source: history::Source::Bytes(b"film"),
    };
    let film = store.history.add_attachment(new).unwrap();
    let view = FileView { detail: Some(Detail::Low), start_ms: Some(1500), ..FileView::default() };
    let mut question = crate::question(&conversation, None, "when?");
    question.parts.insert(0, Part::Attachment { id: film.id, view });
    question.parts.insert(1, film.id.into());
    store.history.add_message(&question).unwrap();
    assert_eq!(store.history.message(question.id).unwrap(), question);
}
