//! A turn as a pure state machine: events in, effects out, no IO and no clock. Time comes with each event, as the
//! [`Duration`] since the turn began.
//!
//! Rules it keeps:
//! - There is exactly one [`Effect::Finish`], and nothing after it.
//! - What is shown and what is stored are the same, in the same order.
//! - An answer is complete only when the provider said so and there is something to read.
//! - What came stays, however the answer ends.
//!
//! The provider's own end does not finish the turn, the stream's end does: token counts and signed parts may follow it.

use crate::AnswerEvent;
use bytes::Bytes;
use conversation::{
    FinishReason, GenerateEvent, MessageId, MessageStatus, Notice, NoticeCode, Part, Receipt, Sources,
    Timing, Usage,
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
    /// Add to the end of the stored answer: a piece of words or of a thought, or another part as a whole.
    Append(Part),
    /// Keep a picture the model made, add it to the stored answer, and tell the person.
    AppendPicture {
        /// What the provider says it is.
        mime: String,
        /// The encoded picture.
        data: Bytes,
    },
    /// Store what the answer rests on.
    SetSources(Sources),
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
    /// What this request alone used; `None` when it was not sent, or refused before anything was said.
    pub spent: Option<Spent>,
}

/// What one request used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Tokens.
    pub usage: Usage,
    /// Whether they are Castor's estimate because the provider did not say.
    pub estimated: bool,
}

/// What an answer that is continued already has.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// Whether there is something to read or see.
    pub has_content: bool,
    /// Bytes of its text.
    pub text_bytes: u32,
    /// What it rests on so far.
    pub sources: Sources,
    /// Tokens so far.
    pub usage: Option<Usage>,
    /// Time so far.
    pub timing: Option<Timing>,
}

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voice {
    Answer,
    Thought,
}

/// One turn, from the stored question to the end of the answer.
#[derive(Debug)]
pub struct Turn {
    answer: MessageId,
    earlier: Earlier,
    receipt: Receipt,
    has_content: bool,
    /// What `unshown` and `unstored` are.
    voice: Voice,
    /// Bytes of text and thoughts of this request.
    said_bytes: usize,
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
            receipt: Receipt::default(),
            has_content: earlier.has_content,
            earlier,
            voice: Voice::Answer,
            said_bytes: 0,
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
                if !text.is_empty() {
                    self.first_text_at.get_or_insert(now);
                }
                self.has_content |= !text.trim().is_empty();
                self.say(now, Voice::Answer, &text, effects);
            }
            GenerateEvent::Thought(text) => self.say(now, Voice::Thought, &text, effects),
            GenerateEvent::Code { language, code } => {
                self.add(now, Part::Code { language, code }, effects);
            }
            GenerateEvent::CodeResult { outcome, output } => {
                self.add(now, Part::CodeResult { outcome, output }, effects);
            }
            GenerateEvent::Picture { mime, data } => {
                self.begin_part(now, effects);
                effects.push(Effect::AppendPicture { mime, data });
            }
            GenerateEvent::Sources(sources) => {
                let mut all = self.earlier.sources.clone();
                all.extend(sources, self.earlier.text_bytes);
                // They name places in text that may still wait.
                self.show(now, effects);
                effects.push(Effect::SetSources(all.clone()));
                effects.push(Effect::Show(AnswerEvent::Sources { answer: self.answer, sources: all }));
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

    /// Takes a piece of text in; a piece of another kind first lets out what waits.
    fn say(&mut self, now: Duration, voice: Voice, text: &str, effects: &mut Vec<Effect>) {
        if text.is_empty() {
            return;
        }
        if voice != self.voice {
            self.show(now, effects);
            self.store(now, effects);
            self.voice = voice;
        }
        self.said_bytes += text.len();
        self.unshown.push_str(text);
        self.unstored.push_str(text);
    }

    /// Adds a part that came whole.
    fn add(&mut self, now: Duration, part: Part, effects: &mut Vec<Effect>) {
        self.begin_part(now, effects);
        effects.push(Effect::Append(part.clone()));
        effects.push(Effect::Show(AnswerEvent::Part { answer: self.answer, part }));
    }

    /// Lets out what waits, because something other than text follows it.
    fn begin_part(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        self.show(now, effects);
        self.store(now, effects);
        self.first_text_at.get_or_insert(now);
        self.has_content = true;
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
            let answer = self.answer;
            effects.push(Effect::Show(match self.voice {
                Voice::Answer => AnswerEvent::Delta { answer, text },
                Voice::Thought => AnswerEvent::Thought { answer, text },
            }));
            self.shown_at = Some(now);
        }
    }

    fn store(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        if !self.unstored.is_empty() {
            let text = std::mem::take(&mut self.unstored);
            effects.push(Effect::Append(match self.voice {
                Voice::Answer => Part::Text { text },
                Voice::Thought => Part::Thought { text },
            }));
            self.stored_at = Some(now);
        }
    }

    /// Ends the turn. `trouble` is what happened unless the provider had already ended the answer; `None` is the person's
    /// wish.
    fn finish(&mut self, now: Duration, trouble: Option<Notice>, effects: &mut Vec<Effect>) {
        self.show(now, effects);
        self.store(now, effects);
        let (status, notice) = match (self.reason.take(), trouble) {
            (Some(reason), _) => judge(reason, self.has_content),
            (None, None) => (MessageStatus::Stopped, None),
            (None, Some(notice)) if notice.code == NoticeCode::CutOff => {
                (MessageStatus::Incomplete, Some(notice))
            }
            (None, Some(notice)) => (MessageStatus::Failed, Some(notice)),
        };
        let ending = Ending {
            status,
            notice,
            usage: self.usage_in_all(),
            timing: self.timing_in_all(now),
            spent: self.spent(status),
        };
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
            searches: usage.searches.saturating_add(earlier.searches),
            cached_tokens: usage.cached_tokens,
        })
    }

    fn spent(&self, status: MessageStatus) -> Option<Spent> {
        self.sent_at?;
        if let Some(usage) = self.usage {
            return Some(Spent { usage, estimated: false });
        }
        if status == MessageStatus::Failed && self.said_bytes == 0 {
            return None;
        }
        let usage = Usage {
            prompt_tokens: self.receipt.prompt_tokens.unwrap_or_default(),
            answer_tokens: u32::try_from(self.said_bytes.div_ceil(4)).unwrap_or(u32::MAX),
            ..Usage::default()
        };
        Some(Spent { usage, estimated: true })
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
fn judge(reason: FinishReason, has_content: bool) -> (MessageStatus, Option<Notice>) {
    match reason {
        FinishReason::Stop if has_content => (MessageStatus::Complete, None),
        FinishReason::Stop => (MessageStatus::Failed, Some(Notice::new(NoticeCode::EmptyAnswer))),
        FinishReason::LengthLimit => (MessageStatus::Incomplete, Some(Notice::new(NoticeCode::LengthLimit))),
        FinishReason::PromptBlocked { reason, ratings } => {
            let notice = Notice::new(NoticeCode::PromptBlocked).with_detail(reason);
            (MessageStatus::Blocked, Some(Notice { ratings, ..notice }))
        }
        FinishReason::AnswerBlocked { reason, ratings } => {
            let notice = Notice::new(NoticeCode::AnswerBlocked).with_detail(reason);
            (MessageStatus::Blocked, Some(Notice { ratings, ..notice }))
        }
        // Whatever it means, it is not the whole answer.
        FinishReason::Other(reason) if has_content => {
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
