//! What questions cost, what they would cost, and the month's cap. The scripted mind takes a millionth of a dollar for
//! each token of the prompt and ten for each of the answer.

use crate::{Room, finished, new_question, reads_text, text};
use ask::{MonthlyCap, preview};
use conversation::{Cost, GenerateEvent, MessageStatus, NoticeCode, ProviderError, Timestamp, Usage};
use test_support::Step;

fn counted(prompt_tokens: u32, answer_tokens: u32) -> Step {
    Step::Event(GenerateEvent::Usage(Usage { prompt_tokens, answer_tokens, ..Usage::default() }))
}

fn capped(script: Vec<Step>, micro_usd: u64) -> Room {
    let mut room = Room::new(reads_text(), script);
    room.context.monthly_cap = Some(MonthlyCap { micro_usd, since: Timestamp(0) });
    room
}

#[tokio::test]
async fn an_answer_costs_what_the_provider_counted() {
    let room = Room::new(reads_text(), vec![text("ok"), counted(30, 2), finished()]);
    let answer = room.ask(new_question("Why?", &[])).await.answer();
    assert_eq!(answer.cost, Some(Cost { micro_usd: 50, estimated: false }));
    assert_eq!(room.history().spent_in(answer.conversation).unwrap().micro_usd, 50);
    assert_eq!(room.provider.requests()[0].max_output_tokens, None);
}

#[tokio::test]
async fn what_was_not_counted_is_estimated_and_what_was_refused_is_free() {
    let room = Room::new(reads_text(), vec![text("12345678")]);
    let answer = room.ask(new_question("Why?", &[])).await.answer();
    assert_eq!(answer.status, MessageStatus::Incomplete);
    let cost = answer.cost.unwrap();
    assert!(cost.estimated && cost.micro_usd > 20, "{cost:?}");

    let busy = ProviderError::new(NoticeCode::Overloaded, "busy");
    room.provider.push_script(vec![Step::Error(busy)]);
    assert_eq!(room.ask(new_question("Why?", &[])).await.answer().cost, None);
    assert_eq!(room.history().spent_since(Timestamp(0)).unwrap().requests, 1);
}

#[tokio::test]
async fn a_preview_tells_what_would_be_sent_and_sends_and_stores_nothing() {
    let room = capped(vec![text("ok"), counted(30, 2), finished()], 1_000_000);
    let request = new_question("Why is the sky blue?", &[]);
    let told = preview(&room.context, request.clone(), true).await.unwrap();
    assert_eq!(told.destination.as_deref(), Some("scripted.test"));
    assert_eq!((told.spent_micro_usd, told.cap_micro_usd), (Some(0), Some(1_000_000)));
    assert_eq!(told.prompt_micro_usd, told.receipt.prompt_tokens.map(u64::from));
    assert_eq!(told.answer_micro_usd, Some(10_000));
    assert!(room.provider.requests().is_empty());
    assert!(room.history().conversations().unwrap().is_empty());
    // The turn itself delivers the same.
    let answer = room.ask(request).await.answer();
    assert_eq!(answer.receipt.unwrap().delivered, told.receipt.delivered);
}

#[tokio::test]
async fn near_the_cap_answers_become_shorter_and_at_the_cap_nothing_is_sent() {
    // A whole answer (1000 tokens) costs 10 000.
    let room = capped(vec![text("ok"), counted(20, 300), finished()], 6_000);
    let answer = room.ask(new_question("Why?", &[])).await.answer();
    let longest = room.provider.requests()[0].max_output_tokens.unwrap();
    assert!((500..600).contains(&longest), "{longest}");
    assert_eq!(answer.cost.unwrap().micro_usd, 3_020);

    // 2 980 are left: less than 256 tokens' worth with the prompt is refused, this is more.
    room.provider.push_script(vec![text("ok"), counted(20, 280), finished()]);
    room.ask(new_question("Why?", &[])).await.answer();
    let refused = room.ask(new_question("Why?", &[])).await.answer();
    assert_eq!(refused.status, MessageStatus::Failed);
    assert_eq!(refused.notice.unwrap().code, NoticeCode::SpendingCap);
    assert_eq!(room.provider.requests().len(), 2);
    assert!(room.history().spent_since(Timestamp(0)).unwrap().micro_usd <= 6_000);
}
