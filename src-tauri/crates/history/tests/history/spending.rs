//! What was spent, the cap, and a database of the version before.

use crate::{gemini, store, streaming_answer};
use conversation::{AnswerOptions, Cost, Message, Timestamp, Usage};
use history::{History, Spend, Total};

fn spend<'a>(answer: &Message, model: &'a conversation::ModelRef, micro_usd: Option<u64>) -> Spend<'a> {
    Spend { message: answer.id, conversation: answer.conversation, model, micro_usd }
}

const USAGE: Usage =
    Usage { prompt_tokens: 100, answer_tokens: 20, thought_tokens: 3, cached_tokens: 0, searches: 0 };

#[test]
fn what_was_spent_is_summed_and_outlives_its_conversation() {
    let store = store();
    let history = &store.history;
    let conversation = store.conversation();
    let answer = streaming_answer(&store.add(&conversation, None, "why?"));
    history.add_message(&answer).unwrap();
    let model = gemini();
    let began = Timestamp::now();

    let first = history.spend(&spend(&answer, &model, Some(900)), None).unwrap().unwrap();
    assert_eq!(history.message(answer.id).unwrap().cost, Some(Cost { micro_usd: 900, estimated: true }));
    history.settle(first, USAGE, Some(Cost { micro_usd: 250, estimated: false })).unwrap();
    let second = history.spend(&spend(&answer, &model, Some(900)), None).unwrap().unwrap();
    history.settle(second, USAGE, Some(Cost { micro_usd: 50, estimated: false })).unwrap();
    let refused = history.spend(&spend(&answer, &model, Some(900)), None).unwrap().unwrap();
    history.unspend(refused).unwrap();
    assert_eq!(history.message(answer.id).unwrap().cost, Some(Cost { micro_usd: 300, estimated: false }));

    let free = history.spend(&spend(&answer, &model, None), None).unwrap().unwrap();
    history.settle(free, USAGE, None).unwrap();
    let expected = Total {
        requests: 3,
        prompt_tokens: 300,
        answer_tokens: 69,
        micro_usd: 300,
        unpriced: 1,
        estimated: false,
    };
    assert_eq!(history.spent_in(conversation.id).unwrap(), expected);
    history.delete_conversation(conversation.id).unwrap();
    assert_eq!(history.spent_since(began).unwrap(), expected);
    let by_model = history.spent_by_model(began).unwrap();
    assert_eq!((by_model.len(), &by_model[0].model, by_model[0].total), (1, &model, expected));
    assert_eq!(history.spent_since(Timestamp(began.0 + 60_000)).unwrap(), Total::default());
}

#[test]
fn the_cap_holds_also_against_what_is_still_on_its_way() {
    let store = store();
    let history = &store.history;
    let conversation = store.conversation();
    let answer = streaming_answer(&store.add(&conversation, None, "why?"));
    history.add_message(&answer).unwrap();
    let model = gemini();
    let cap = Some((1000, Timestamp(0)));
    let first = history.spend(&spend(&answer, &model, Some(600)), cap).unwrap().unwrap();
    assert_eq!(history.spend(&spend(&answer, &model, Some(500)), cap).unwrap(), None, "600 are on their way");
    history.settle(first, USAGE, Some(Cost { micro_usd: 500, estimated: false })).unwrap();
    assert!(
        history.spend(&spend(&answer, &model, Some(500)), cap).unwrap().is_some(),
        "up to the cap it may go"
    );
    assert_eq!(history.spend(&spend(&answer, &model, Some(1)), cap).unwrap(), None);
    let next_month = Some((1000, Timestamp(Timestamp::now().0 + 60_000)));
    assert!(history.spend(&spend(&answer, &model, Some(1000)), next_month).unwrap().is_some());
}

#[test]
fn a_database_of_the_first_version_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    {
        let database = rusqlite::Connection::open(folder.path().join("history.db")).unwrap();
        database.execute_batch(include_str!("../../src/migrations/0001_initial.sql")).unwrap();
        database.pragma_update(None, "user_version", 1).unwrap();
        database
            .execute_batch(
                r#"INSERT INTO conversation (id, title, created_at, updated_at)
                       VALUES (x'019A0000000070008000000000000001', 'Tides', 1, 1);
                   INSERT INTO attachment VALUES
                       (x'019A0000000070008000000000000003', 'aa', 'moon.png', 'image', 'image/png', 3, 1, 1, 1);
                   INSERT INTO message (id, conversation, role, status, created_at, usage) VALUES
                       (x'019A0000000070008000000000000002', x'019A0000000070008000000000000001', 'user', 'complete', 1,
                        '{"promptTokens":1,"answerTokens":2,"thoughtTokens":3}');
                   INSERT INTO part VALUES
                       (x'019A0000000070008000000000000002', 0, NULL, x'019A0000000070008000000000000003'),
                       (x'019A0000000070008000000000000002', 1, 'Why?', NULL);
                   INSERT INTO chunk (message, text)
                       VALUES (x'019A0000000070008000000000000002', ' Or why not?');"#,
            )
            .unwrap();
    }
    let history = History::open(folder.path()).unwrap();
    let conversation = history.conversations().unwrap().remove(0);
    assert_eq!((conversation.local_only, conversation.options), (false, AnswerOptions::default()));
    let message = history.messages(conversation.id).unwrap().remove(0);
    assert_eq!(message.text(), "Why? Or why not?");
    assert_eq!(message.attachments().count(), 1);
    assert_eq!(message.usage.map(|usage| usage.thought_tokens), Some(3));
}
