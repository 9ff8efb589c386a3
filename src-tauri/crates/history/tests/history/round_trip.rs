//! Whatever a message holds comes back as it went in.

use crate::store;
use conversation::{
    Message, MessageId, MessageStatus, Mind, ModelRef, Notice, NoticeCode, Omission, OmissionReason, Part,
    Receipt, Role, Timestamp, Timing, Usage,
};
use history::History;
use proptest::option;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
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

prop_compose! {
    fn message()(
        parts in prop::collection::vec(text(), 0..4), status in status(), created_at in any::<i64>(),
        model in option::of(text()), receipt in option::of(receipt()), usage in option::of(any::<(u32, u32, u32)>()),
        timing in option::of(any::<(u32, u32)>()), notice in option::of(option::of(text())),
    ) -> Message {
        Message {
            id: MessageId::new(),
            conversation: conversation::ConversationId::new(),
            parent: None,
            role: Role::Model,
            parts: parts.into_iter().map(|text| Part::Text { text }).collect(),
            status,
            created_at: Timestamp(created_at),
            model: model.map(|id| ModelRef { mind: Mind::Local, id }),
            receipt,
            usage: usage.map(|(prompt_tokens, answer_tokens, thought_tokens)| {
                Usage { prompt_tokens, answer_tokens, thought_tokens }
            }),
            timing: timing.map(|(first_text_ms, total_ms)| Timing { first_text_ms, total_ms }),
            notice: notice.map(|detail| Notice { code: NoticeCode::Internal, detail, retry_after_ms: None }),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages(written in prop::collection::vec(message(), 1..8), title in text()) {
        let store = store();
        let conversation = store.history.create_conversation(&title, None).unwrap();
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
    fn appended_text(pieces in prop::collection::vec(text(), 0..20)) {
        let store = store();
        let conversation = store.conversation();
        let question = store.add(&conversation, None, "why?");
        let answer = crate::streaming_answer(&question);
        store.history.add_message(&answer).unwrap();
        for piece in &pieces {
            store.history.append_text(answer.id, piece).unwrap();
        }
        prop_assert_eq!(store.history.message(answer.id).unwrap().text(), pieces.concat());
        let ended = store.history.finish_message(answer.id, MessageStatus::Complete, None, None, None).unwrap();
        prop_assert_eq!(ended.text(), pieces.concat());
    }
}
