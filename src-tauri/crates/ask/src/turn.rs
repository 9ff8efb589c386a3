//! A turn as a pure state machine: events in, effects out, no IO and no clock. Time comes with each event, as the
//! [`Duration`] since the turn began.
//!
//! Rules it keeps:
//! - There is exactly one [`Effect::Finish`], and nothing after it.
//! - The deltas that are shown, joined, are the texts that are stored, joined.
//! - An answer is complete only when the provider said so and there is something to read.
//! - What came stays, however the answer ends.
//!
//! The provider's own end does not finish the turn, the stream's end does: token counts and signed parts may follow it.

use crate::AnswerEvent;
use conversation::{
    FinishReason, GenerateEvent, MessageId, MessageStatus, Notice, NoticeCode, Receipt, Timing, Usage,
};
use std::time::Duration;

/// Deltas go to the screen at most once a frame.
const SHOW_EVERY: Duration = Duration::from_millis(25);
/// Text goes to the store at most this often: what a kill can cost.
const STORE_EVERY: Duration = Duration::from_millis(200);

/// What happens to a turn.
#[derive(Debug, Clone)]
pub enum TurnEvent {
    /// The request is ready and goes out now, with what it delivers.
    Sending(Receipt),
    /// The provider said something.
    Provider(GenerateEvent),
    /// Something failed: preparing, the provider, or its stream.
    Failed(Notice),
    /// The stream is over.
    StreamEnded,
    /// The person stopped it.
    Cancelled,
    /// Time has passed; see [`Turn::deadline`].
    Tick,
}

/// What is to be done about it, in order.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "carried out at once, never kept in numbers")]
pub enum Effect {
    /// Tell the person.
    Show(AnswerEvent),
    /// Add text to the stored answer.
    Append(String),
    /// Add one of the provider's own parts to the stored answer.
    AppendRaw(String),
    /// Store what the model received.
    SetReceipt(Receipt),
    /// End the stored answer, and tell the person.
    Finish(Ending),
}

/// How an answer ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// Its status, never [`MessageStatus::Streaming`].
    pub status: MessageStatus,
    /// Why, unless it ended well or the person stopped it.
    pub notice: Option<Notice>,
    /// Tokens, when the provider told them.
    pub usage: Option<Usage>,
    /// How long it took; `None` when it was never sent.
    pub timing: Option<Timing>,
}

/// What an answer that is continued already has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Earlier {
    /// Whether there is something to read.
    pub has_text: bool,
    /// Tokens so far.
    pub usage: Option<Usage>,
    /// Time so far.
    pub timing: Option<Timing>,
}

/// One turn, from the stored question to the end of the answer.
#[derive(Debug)]
pub struct Turn {
    answer: MessageId,
    earlier: Earlier,
    receipt: Receipt,
    has_text: bool,
    unshown: String,
    unstored: String,
    shown_at: Option<Duration>,
    stored_at: Option<Duration>,
    sent_at: Option<Duration>,
    first_text_at: Option<Duration>,
    usage: Option<Usage>,
    reason: Option<FinishReason>,
    ended: bool,
}

impl Turn {
    /// A turn whose answer is stored as streaming.
    pub fn new(answer: MessageId, earlier: Earlier) -> Self {
        Self {
            answer,
            earlier,
            receipt: Receipt::default(),
            has_text: earlier.has_text,
            unshown: String::new(),
            unstored: String::new(),
            shown_at: None,
            stored_at: None,
            sent_at: None,
            first_text_at: None,
            usage: None,
            reason: None,
            ended: false,
        }
    }

    /// What to do about `event`, which happens `now`. After [`Effect::Finish`] there is nothing to do about anything.
    pub fn handle(&mut self, now: Duration, event: TurnEvent) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.ended {
            return effects;
        }
        match event {
            TurnEvent::Sending(receipt) => {
                self.sent_at = Some(now);
                self.receipt = receipt;
                self.tell_receipt(&mut effects);
            }
            TurnEvent::Provider(event) => self.provider(now, event, &mut effects),
            TurnEvent::Failed(notice) => self.finish(now, Some(notice), &mut effects),
            TurnEvent::StreamEnded => {
                self.finish(now, Some(Notice::new(NoticeCode::CutOff)), &mut effects);
            }
            TurnEvent::Cancelled => self.finish(now, None, &mut effects),
            TurnEvent::Tick => {}
        }
        self.flush_due(now, &mut effects);
        effects
    }

    /// When a [`TurnEvent::Tick`] is due: text waits to be shown or stored.
    pub fn deadline(&self) -> Option<Duration> {
        let show = (!self.unshown.is_empty()).then(|| due(self.shown_at, SHOW_EVERY));
        let store = (!self.unstored.is_empty()).then(|| due(self.stored_at, STORE_EVERY));
        show.into_iter().chain(store).min()
    }

    /// Whether the provider has said how the answer ends; only stragglers can follow.
    pub fn is_decided(&self) -> bool {
        self.reason.is_some()
    }

    fn provider(&mut self, now: Duration, event: GenerateEvent, effects: &mut Vec<Effect>) {
        match event {
            GenerateEvent::Stage(stage) => {
                self.show(now, effects);
                effects.push(Effect::Show(AnswerEvent::Stage { answer: self.answer, stage }));
            }
            GenerateEvent::Text(text) => {
                if text.is_empty() {
                    return;
                }
                self.first_text_at.get_or_insert(now);
                self.has_text |= !text.trim().is_empty();
                self.unshown.push_str(&text);
                self.unstored.push_str(&text);
            }
            GenerateEvent::Raw(json) => effects.push(Effect::AppendRaw(json)),
            GenerateEvent::Usage(usage) => {
                self.usage = Some(usage);
                let counted = Some(usage.prompt_tokens);
                let known = self.receipt.prompt_tokens == counted && !self.receipt.estimated;
                if usage.prompt_tokens > 0 && !known {
                    self.receipt.prompt_tokens = counted;
                    self.receipt.estimated = false;
                    self.tell_receipt(effects);
                }
            }
            GenerateEvent::Retrying(notice) => {
                effects.push(Effect::Show(AnswerEvent::Retrying { answer: self.answer, notice }));
            }
            GenerateEvent::Finished(reason) => {
                self.reason.get_or_insert(reason);
            }
        }
    }

    fn tell_receipt(&self, effects: &mut Vec<Effect>) {
        let receipt = self.receipt.clone();
        effects.push(Effect::SetReceipt(receipt.clone()));
        effects.push(Effect::Show(AnswerEvent::Receipt { answer: self.answer, receipt }));
    }

    fn flush_due(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        if now >= due(self.shown_at, SHOW_EVERY) {
            self.show(now, effects);
        }
        if now >= due(self.stored_at, STORE_EVERY) {
            self.store(now, effects);
        }
    }

    fn show(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        if !self.unshown.is_empty() {
            let text = std::mem::take(&mut self.unshown);
            effects.push(Effect::Show(AnswerEvent::Delta { answer: self.answer, text }));
            self.shown_at = Some(now);
        }
    }

    fn store(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        if !self.unstored.is_empty() {
            effects.push(Effect::Append(std::mem::take(&mut self.unstored)));
            self.stored_at = Some(now);
        }
    }

    /// Ends the turn. `trouble` is what happened unless the provider had already ended the answer; `None` is the person's
    /// wish.
    fn finish(&mut self, now: Duration, trouble: Option<Notice>, effects: &mut Vec<Effect>) {
        self.show(now, effects);
        self.store(now, effects);
        let (status, notice) = match (self.reason.take(), trouble) {
            (Some(reason), _) => judge(reason, self.has_text),
            (None, None) => (MessageStatus::Stopped, None),
            (None, Some(notice)) if notice.code == NoticeCode::CutOff => {
                (MessageStatus::Incomplete, Some(notice))
            }
            (None, Some(notice)) => (MessageStatus::Failed, Some(notice)),
        };
        let ending = Ending { status, notice, usage: self.usage_in_all(), timing: self.timing_in_all(now) };
        effects.push(Effect::Finish(ending));
        self.ended = true;
    }

    /// Prompt tokens of this request, answer tokens of the earlier ones too.
    fn usage_in_all(&self) -> Option<Usage> {
        let earlier = self.earlier.usage.unwrap_or_default();
        self.usage.map(|usage| Usage {
            prompt_tokens: usage.prompt_tokens,
            answer_tokens: usage.answer_tokens.saturating_add(earlier.answer_tokens),
            thought_tokens: usage.thought_tokens.saturating_add(earlier.thought_tokens),
        })
    }

    fn timing_in_all(&self, now: Duration) -> Option<Timing> {
        let sent_at = self.sent_at?;
        let since_sent =
            |at: Duration| u32::try_from(at.saturating_sub(sent_at).as_millis()).unwrap_or(u32::MAX);
        let total_ms = since_sent(now);
        Some(match self.earlier.timing {
            Some(earlier) => Timing {
                first_text_ms: earlier.first_text_ms,
                total_ms: earlier.total_ms.saturating_add(total_ms),
            },
            None => Timing { first_text_ms: self.first_text_at.map_or(total_ms, since_sent), total_ms },
        })
    }
}

/// When the next flush is due; at once when there was none.
fn due(last: Option<Duration>, every: Duration) -> Duration {
    last.map_or(Duration::ZERO, |last| last.saturating_add(every))
}

/// What the provider's end means.
fn judge(reason: FinishReason, has_text: bool) -> (MessageStatus, Option<Notice>) {
    match reason {
        FinishReason::Stop if has_text => (MessageStatus::Complete, None),
        FinishReason::Stop => (MessageStatus::Failed, Some(Notice::new(NoticeCode::EmptyAnswer))),
        FinishReason::LengthLimit => (MessageStatus::Incomplete, Some(Notice::new(NoticeCode::LengthLimit))),
        FinishReason::PromptBlocked(reason) => {
            (MessageStatus::Blocked, Some(Notice::new(NoticeCode::PromptBlocked).with_detail(reason)))
        }
        FinishReason::AnswerBlocked(reason) => {
            (MessageStatus::Blocked, Some(Notice::new(NoticeCode::AnswerBlocked).with_detail(reason)))
        }
        // Whatever it means, it is not the whole answer.
        FinishReason::Other(reason) if has_text => {
            (MessageStatus::Incomplete, Some(Notice::new(NoticeCode::CutOff).with_detail(reason)))
        }
        FinishReason::Other(reason) => {
            (MessageStatus::Failed, Some(Notice::new(NoticeCode::EmptyAnswer).with_detail(reason)))
        }
    }
}

#[cfg(test)]
#[path = "turn_tests.rs"]
mod tests;
