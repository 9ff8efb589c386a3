//! Every ending, coalescing, and the rules for any sequence of events at all.

use super::*;
use proptest::prelude::*;

fn answer() -> MessageId {
    "0199a1b2-0000-7000-8000-000000000001".parse().unwrap()
}

fn text(words: &str) -> TurnEvent {
    TurnEvent::Provider(GenerateEvent::Text(words.into()))
}

fn thought(words: &str) -> TurnEvent {
    TurnEvent::Provider(GenerateEvent::Thought(words.into()))
}

fn finished(reason: FinishReason) -> TurnEvent {
    TurnEvent::Provider(GenerateEvent::Finished(reason))
}

fn usage(prompt_tokens: u32, answer_tokens: u32) -> TurnEvent {
    TurnEvent::Provider(GenerateEvent::Usage(Usage { prompt_tokens, answer_tokens, ..Usage::default() }))
}

/// All effects of events ten milliseconds apart.
fn run(events: impl IntoIterator<Item = TurnEvent>) -> Vec<Effect> {
    run_from(Turn::new(answer(), Earlier::default()), events)
}

fn run_from(mut turn: Turn, events: impl IntoIterator<Item = TurnEvent>) -> Vec<Effect> {
    let times = (0..).map(|number| Duration::from_millis(number * 10));
    times.zip(events).flat_map(|(now, event)| turn.handle(now, event)).collect()
}

fn ending(effects: &[Effect]) -> &Ending {
    match effects.last() {
        Some(Effect::Finish(ending)) => ending,
        other => panic!("the last effect is {other:?}"),
    }
}

fn stored(effects: &[Effect]) -> String {
    let append = |effect: &Effect| match effect {
        Effect::Append(Part::Text { text }) => Some(text.clone()),
        _ => None,
    };
    effects.iter().filter_map(append).collect()
}

fn shown(effects: &[Effect]) -> String {
    let delta = |effect: &Effect| match effect {
        Effect::Show(AnswerEvent::Delta { text, .. }) => Some(text.clone()),
        _ => None,
    };
    effects.iter().filter_map(delta).collect()
}

/// Status and notice of an answer that had some text, and of one that had none.
fn endings(last: &[TurnEvent]) -> [(MessageStatus, Option<Notice>); 2] {
    [vec![text("Hello")], vec![]].map(|mut events: Vec<TurnEvent>| {
        let had_text = !events.is_empty();
        events.extend_from_slice(last);
        let effects = run(events);
        assert_eq!(stored(&effects), if had_text { "Hello" } else { "" }, "what came is kept");
        let ending = ending(&effects);
        (ending.status, ending.notice.clone())
    })
}

#[test]
fn a_whole_answer_is_complete_and_an_empty_one_is_not() {
    let [with_text, without] = endings(&[finished(FinishReason::Stop), TurnEvent::StreamEnded]);
    assert_eq!(with_text, (MessageStatus::Complete, None));
    assert_eq!(without, (MessageStatus::Failed, Some(Notice::new(NoticeCode::EmptyAnswer))));
    let effects = run([text(" \n"), finished(FinishReason::Stop), TurnEvent::StreamEnded]);
    assert_eq!(ending(&effects).status, MessageStatus::Failed, "blank is empty");
}

#[test]
fn a_stream_without_an_end_was_cut_off() {
    let expected = (MessageStatus::Incomplete, Some(Notice::new(NoticeCode::CutOff)));
    assert_eq!(endings(&[TurnEvent::StreamEnded]), [expected.clone(), expected]);
}

#[test]
fn the_length_limit_leaves_it_incomplete() {
    let expected = (MessageStatus::Incomplete, Some(Notice::new(NoticeCode::LengthLimit)));
    assert_eq!(
        endings(&[finished(FinishReason::LengthLimit), TurnEvent::StreamEnded]),
        [expected.clone(), expected]
    );
}

#[test]
fn blocks_name_their_reason() {
    for (reason, code) in [
        (
            FinishReason::PromptBlocked { reason: "WHY".into(), ratings: Vec::new() },
            NoticeCode::PromptBlocked,
        ),
        (
            FinishReason::AnswerBlocked { reason: "WHY".into(), ratings: Vec::new() },
            NoticeCode::AnswerBlocked,
        ),
    ] {
        let expected = (MessageStatus::Blocked, Some(Notice::new(code).with_detail("WHY")));
        assert_eq!(endings(&[finished(reason), TurnEvent::StreamEnded]), [expected.clone(), expected]);
    }
}

#[test]
fn an_unknown_reason_is_never_taken_for_a_whole_answer() {
    let [with_text, without] =
        endings(&[finished(FinishReason::Other("NEW".into())), TurnEvent::StreamEnded]);
    assert_eq!(
        with_text,
        (MessageStatus::Incomplete, Some(Notice::new(NoticeCode::CutOff).with_detail("NEW")))
    );
    assert_eq!(
        without,
        (MessageStatus::Failed, Some(Notice::new(NoticeCode::EmptyAnswer).with_detail("NEW")))
    );
}

#[test]
fn an_error_keeps_the_text_and_tells_why() {
    let notice = Notice { retry_after_ms: Some(900), ..Notice::new(NoticeCode::Overloaded) };
    let expected = (MessageStatus::Failed, Some(notice.clone()));
    assert_eq!(endings(&[TurnEvent::Failed(notice)]), [expected.clone(), expected]);
}

#[test]
fn stopping_is_no_failure() {
    let expected = (MessageStatus::Stopped, None);
    assert_eq!(endings(&[TurnEvent::Cancelled]), [expected.clone(), expected]);
}

#[test]
fn what_comes_after_the_providers_end_cannot_undo_it() {
    for last in [TurnEvent::Cancelled, TurnEvent::Failed(Notice::new(NoticeCode::Offline))] {
        let effects = run([text("Hello"), finished(FinishReason::Stop), last]);
        assert_eq!(ending(&effects).status, MessageStatus::Complete);
    }
}

#[test]
fn parts_and_counts_after_the_providers_end_are_kept() {
    let effects = run([
        TurnEvent::Sending(Receipt { prompt_tokens: Some(9), estimated: true, ..Receipt::default() }),
        text("Hello"),
        finished(FinishReason::Stop),
        TurnEvent::Provider(GenerateEvent::Raw(r#"{"thoughtSignature":"x"}"#.into())),
        usage(5, 2),
        TurnEvent::StreamEnded,
    ]);
    assert!(effects.contains(&Effect::AppendRaw(r#"{"thoughtSignature":"x"}"#.into())));
    assert_eq!(ending(&effects).usage.unwrap().answer_tokens, 2);
    let counted = Receipt { prompt_tokens: Some(5), estimated: false, ..Receipt::default() };
    assert!(effects.contains(&Effect::SetReceipt(counted)));
}

#[test]
fn a_count_that_is_known_is_not_told_again() {
    let effects = run([
        TurnEvent::Sending(Receipt::default()),
        usage(5, 1),
        usage(5, 2),
        usage(0, 3),
        TurnEvent::StreamEnded,
    ]);
    let receipts = effects.iter().filter(|effect| matches!(effect, Effect::SetReceipt(_))).count();
    assert_eq!(receipts, 2, "the estimate and the count");
}

#[test]
fn text_is_shown_by_the_frame_and_stored_less_often() {
    let mut turn = Turn::new(answer(), Earlier::default());
    let mut effects = Vec::new();
    assert_eq!(turn.deadline(), None);
    for millisecond in 0..1000_u64 {
        let now = Duration::from_millis(millisecond);
        effects.extend(turn.handle(now, text("x")));
        let deadline = turn.deadline();
        assert!(deadline.is_none_or(|deadline| deadline > now), "nothing is overdue after an event");
    }
    let deltas = effects.iter().filter(|effect| matches!(effect, Effect::Show(_))).count();
    let appends = effects.iter().filter(|effect| matches!(effect, Effect::Append(_))).count();
    assert_eq!((deltas, appends), (40, 5));
}

#[test]
fn waiting_text_comes_with_the_tick_it_asks_for() {
    let mut turn = Turn::new(answer(), Earlier::default());
    assert_eq!(
        shown(&turn.handle(Duration::ZERO, text("first"))),
        "first",
        "the first text waits for nothing"
    );
    assert_eq!(turn.handle(Duration::from_millis(1), text(" second")), []);
    let show_at = turn.deadline().unwrap();
    assert_eq!(shown(&turn.handle(show_at, TurnEvent::Tick)), " second");
    let store_at = turn.deadline().unwrap();
    assert_eq!(
        turn.handle(store_at, TurnEvent::Tick),
        [Effect::Append(Part::Text { text: " second".into() })]
    );
    assert_eq!(turn.deadline(), None);
}

#[test]
fn time_is_counted_from_sending() {
    let effects = run([
        TurnEvent::Tick,
        TurnEvent::Tick,
        TurnEvent::Sending(Receipt::default()),
        TurnEvent::Provider(GenerateEvent::Stage(conversation::Stage::Waiting)),
        text("Hello"),
        TurnEvent::StreamEnded,
    ]);
    assert_eq!(ending(&effects).timing, Some(Timing { first_text_ms: 20, total_ms: 30 }));
    assert_eq!(ending(&run([TurnEvent::Cancelled])).timing, None, "never sent");
}

#[test]
fn a_continued_answer_adds_to_what_it_has() {
    let earlier = Earlier {
        has_content: true,
        usage: Some(Usage { prompt_tokens: 10, answer_tokens: 20, thought_tokens: 3, ..Usage::default() }),
        timing: Some(Timing { first_text_ms: 5, total_ms: 100 }),
        ..Earlier::default()
    };
    let effects = run_from(
        Turn::new(answer(), earlier),
        [
            TurnEvent::Sending(Receipt::default()),
            usage(30, 4),
            finished(FinishReason::Stop),
            TurnEvent::StreamEnded,
        ],
    );
    let ending = ending(&effects);
    assert_eq!(ending.status, MessageStatus::Complete, "there is something to read");
    assert_eq!(
        ending.usage,
        Some(Usage { prompt_tokens: 30, answer_tokens: 24, thought_tokens: 3, ..Usage::default() })
    );
    assert_eq!(ending.timing, Some(Timing { first_text_ms: 5, total_ms: 130 }));
}

#[test]
fn an_ordinary_answer_event_by_event() {
    let effects = run([
        TurnEvent::Sending(Receipt { prompt_tokens: Some(9), estimated: true, ..Receipt::default() }),
        TurnEvent::Provider(GenerateEvent::Stage(conversation::Stage::Waiting)),
        TurnEvent::Provider(GenerateEvent::Retrying(Notice::new(NoticeCode::Overloaded))),
        text("Hel"),
        text("lo"),
        TurnEvent::Provider(GenerateEvent::Raw(r#"{"text":"Hello"}"#.into())),
        usage(5, 2),
        finished(FinishReason::Stop),
        TurnEvent::StreamEnded,
    ]);
    insta::assert_debug_snapshot!(effects);
}

fn any_notice() -> impl Strategy<Value = Notice> {
    prop_oneof![Just(NoticeCode::Offline), Just(NoticeCode::Overloaded), Just(NoticeCode::CutOff)]
        .prop_map(Notice::new)
}

fn any_event() -> impl Strategy<Value = TurnEvent> {
    prop_oneof![
        8 => any::<String>().prop_map(|words| text(&words)),
        3 => any::<String>().prop_map(|words| thought(&words)),
        1 => any::<String>().prop_map(|code| TurnEvent::Provider(GenerateEvent::Code { language: "x".into(), code })),
        1 => any::<String>().prop_map(|json| TurnEvent::Provider(GenerateEvent::Raw(json))),
        1 => any::<(u32, u32)>().prop_map(|(prompt, answer)| usage(prompt, answer)),
        1 => any_notice().prop_map(|notice| TurnEvent::Provider(GenerateEvent::Retrying(notice))),
        1 => Just(TurnEvent::Provider(GenerateEvent::Stage(conversation::Stage::Waiting))),
        1 => prop_oneof![
            Just(FinishReason::Stop), Just(FinishReason::LengthLimit), Just(FinishReason::Other("?".into())),
            Just(FinishReason::PromptBlocked { reason: "?".into(), ratings: Vec::new() }), Just(FinishReason::AnswerBlocked { reason: "?".into(), ratings: Vec::new() }),
        ].prop_map(finished),
        1 => Just(TurnEvent::Sending(Receipt::default())),
        2 => Just(TurnEvent::Tick),
        1 => any_notice().prop_map(TurnEvent::Failed),
        1 => Just(TurnEvent::Cancelled),
    ]
}

/// What an event adds to an answer.
fn as_part(event: &GenerateEvent) -> Option<Part> {
    match event {
        GenerateEvent::Text(text) => Some(Part::Text { text: text.clone() }),
        GenerateEvent::Thought(text) => Some(Part::Thought { text: text.clone() }),
        GenerateEvent::Code { language, code } => {
            Some(Part::Code { language: language.clone(), code: code.clone() })
        }
        _ => None,
    }
}

/// Parts with pieces of one kind that follow each other in one.
fn joined(pieces: impl IntoIterator<Item = Part>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for piece in pieces {
        match (parts.last_mut(), piece) {
            (_, Part::Text { text } | Part::Thought { text }) if text.is_empty() => {}
            (Some(Part::Text { text }), Part::Text { text: more })
            | (Some(Part::Thought { text }), Part::Thought { text: more }) => text.push_str(&more),
            (_, piece) => parts.push(piece),
        }
    }
    parts
}

#[test]
fn thoughts_words_and_code_keep_their_order_and_a_thought_is_no_answer() {
    let code = GenerateEvent::Code { language: "python".into(), code: "1+1".into() };
    let effects = run([
        TurnEvent::Sending(Receipt::default()),
        thought("Let me "),
        thought("see."),
        text("So: "),
        TurnEvent::Provider(code),
        text("two"),
        finished(FinishReason::Stop),
        TurnEvent::StreamEnded,
    ]);
    let appended = effects.iter().filter_map(|effect| match effect {
        Effect::Append(part) => Some(part.clone()),
        _ => None,
    });
    assert_eq!(
        joined(appended),
        [
            Part::Thought { text: "Let me see.".into() },
            Part::Text { text: "So: ".into() },
            Part::Code { language: "python".into(), code: "1+1".into() },
            Part::Text { text: "two".into() },
        ]
    );
    let effects = run([thought("Hm."), finished(FinishReason::Stop), TurnEvent::StreamEnded]);
    assert_eq!(ending(&effects).status, MessageStatus::Failed, "nothing was said");
}

#[test]
fn sources_of_the_rest_of_an_answer_are_placed_after_what_was_there() {
    let page = |uri: &str| conversation::Page { uri: uri.into(), title: uri.into() };
    let earlier = Earlier {
        text_bytes: 7,
        sources: Sources { pages: vec![page("a")], ..Sources::default() },
        ..Earlier::default()
    };
    let passage = conversation::Passage { start: 1, end: 3, pages: vec![0] };
    let told = Sources { pages: vec![page("b")], passages: vec![passage], ..Sources::default() };
    let twice = [(); 2].map(|()| TurnEvent::Provider(GenerateEvent::Sources(told.clone())));
    let effects = run_from(Turn::new(answer(), earlier), twice);
    let Some(Effect::SetSources(sources)) =
        effects.iter().rev().find(|effect| matches!(effect, Effect::SetSources(_)))
    else {
        panic!("{effects:?}")
    };
    assert_eq!(sources.pages, [page("a"), page("b")], "each telling replaces the one before");
    assert_eq!(sources.passages, [conversation::Passage { start: 8, end: 10, pages: vec![1] }]);
}

#[test]
fn what_was_spent_is_told_or_estimated_or_nothing() {
    let sending = || TurnEvent::Sending(Receipt { prompt_tokens: Some(100), ..Receipt::default() });
    let spent = |events: Vec<TurnEvent>| ending(&run(events)).spent;
    let counted = spent(vec![sending(), text("Hi"), usage(90, 4), TurnEvent::StreamEnded]).unwrap();
    assert_eq!((counted.usage.prompt_tokens, counted.estimated), (90, false));
    let stopped = spent(vec![sending(), text("12345678"), TurnEvent::Cancelled]).unwrap();
    assert_eq!((stopped.usage.prompt_tokens, stopped.usage.answer_tokens, stopped.estimated), (100, 2, true));
    let refused = TurnEvent::Failed(Notice::new(NoticeCode::RateLimited));
    assert_eq!(spent(vec![sending(), refused]), None);
    assert_eq!(spent(vec![TurnEvent::Cancelled]), None, "never sent");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_ends_once_and_stores_what_it_shows(
        events in prop::collection::vec((0_u64..300, any_event()), 0..60),
    ) {
        let mut turn = Turn::new(answer(), Earlier::default());
        let mut now = Duration::ZERO;
        let mut effects = Vec::new();
        let mut expected = Vec::new();
        let mut ended = false;
        for (passed, event) in events.into_iter().chain([(0, TurnEvent::StreamEnded), (0, text("late"))]) {
            now += Duration::from_millis(passed);
            if let (false, TurnEvent::Provider(event)) = (ended, &event) {
                expected.extend(as_part(event));
            }
            effects.extend(turn.handle(now, event));
            ended |= matches!(effects.last(), Some(Effect::Finish(_)));
        }
        let finishes = effects.iter().filter(|effect| matches!(effect, Effect::Finish(_))).count();
        prop_assert_eq!(finishes, 1);
        let expected = joined(expected);
        let stored = effects.iter().filter_map(|effect| match effect {
            Effect::Append(part) => Some(part.clone()),
            _ => None,
        });
        let shown = effects.iter().filter_map(|effect| match effect {
            Effect::Show(AnswerEvent::Delta { text, .. }) => Some(Part::Text { text: text.clone() }),
            Effect::Show(AnswerEvent::Thought { text, .. }) => Some(Part::Thought { text: text.clone() }),
            Effect::Show(AnswerEvent::Part { part, .. }) => Some(part.clone()),
            _ => None,
        });
        prop_assert_eq!(&joined(stored), &expected);
        prop_assert_eq!(&joined(shown), &expected);
        let ending = ending(&effects);
        prop_assert_ne!(ending.status, MessageStatus::Streaming);
        let says_something = expected.iter().any(|part| match part {
            Part::Text { text } => !text.trim().is_empty(),
            part => !matches!(part, Part::Thought { .. }),
        });
        prop_assert!(ending.status != MessageStatus::Complete || says_something);
        let explained = matches!(ending.status, MessageStatus::Complete | MessageStatus::Stopped);
        prop_assert_eq!(ending.notice.is_none(), explained);
    }
}
