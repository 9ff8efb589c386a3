//! What is said, written down while it is said: the sound that is not settled yet is listened to again and again, and
//! what no longer changes is settled, so that each look takes the same time however long somebody speaks.

use conversation::{
    Hearing, HearingEvent, SPEECH_RATE, SensesError, SpeechSource, Transcript, TranscriptSegment,
};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// New sound that is worth another look.
const WORTH_A_LOOK: usize = SPEECH_RATE as usize;
/// Unsettled sound from which on all but its last stretch of speech is settled. A look reaches 30 s.
const SETTLED_FROM: usize = 24 * SPEECH_RATE as usize;
/// A pause longer than this in which the last stretch still has not ended settles it all the same.
const LONGEST_UNSETTLED: usize = 29 * SPEECH_RATE as usize;

/// A transcript in the making.
pub(super) struct LiveTranscript {
    shared: Arc<Shared>,
    news: Receiver<String>,
    thread: Option<JoinHandle<Option<Transcript>>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Sound that is not settled.
    samples: Vec<f32>,
    has_ended: bool,
    is_wanted: bool,
}

impl LiveTranscript {
    /// Begins to listen; the recogniser is loaded while the person begins to speak.
    pub(super) fn start(hearing: Arc<dyn Hearing>) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::new(State { is_wanted: true, ..State::default() }),
            ..Shared::default()
        });
        let (tell, news) = mpsc::channel();
        let writer =
            Writer { hearing, shared: Arc::clone(&shared), settled: Vec::new(), offset: 0, language: None };
        let thread =
            std::thread::Builder::new().name("live transcript".into()).spawn(move || writer.run(&tell));
        let thread = thread.inspect_err(|error| tracing::warn!(%error, "no live transcript")).ok();
        Self { shared, news, thread }
    }

    /// More of what is said, mono at [`SPEECH_RATE`].
    pub(super) fn hear(&self, samples: &[f32]) {
        self.shared.lock().samples.extend_from_slice(samples);
        self.shared.changed.notify_all();
    }

    /// What was understood, if that has changed.
    pub(super) fn news(&self) -> Option<String> {
        self.news.try_iter().last()
    }

    /// The whole transcript; `None` where listening failed.
    pub(super) fn finish(mut self) -> Option<Transcript> {
        self.shared.lock().has_ended = true;
        self.shared.changed.notify_all();
        self.thread.take()?.join().ok().flatten()
    }
}

impl Drop for LiveTranscript {
    /// Thrown away: nobody waits for the last look.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.has_ended = true;
        state.is_wanted = false;
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that listens.
struct Writer {
    hearing: Arc<dyn Hearing>,
    shared: Arc<Shared>,
    settled: Vec<TranscriptSegment>,
    /// Samples that are settled.
    offset: usize,
    language: Option<String>,
}

impl Writer {
    fn run(mut self, tell: &mpsc::Sender<String>) -> Option<Transcript> {
        let mut looked_at = 0;
        loop {
            let (samples, is_last) = self.wait(looked_at)?;
            looked_at = samples.len();
            let is_stale = || {
                let state = self.shared.lock();
                // The last look hears everything; the one before it only keeps it waiting.
                !state.is_wanted || (state.has_ended && !is_last)
            };
            let heard =
                match self.hearing.transcribe(&mut Piece::of(&samples), &|_: HearingEvent| {}, &is_stale) {
                    Ok(heard) => heard,
                    Err(SensesError::Cancelled) => continue,
                    Err(error) => {
                        tracing::warn!(%error, "no live transcript");
                        return None;
                    }
                };
            self.language = heard.language.or(self.language);
            let offset_ms = ms(self.offset);
            let fresh: Vec<_> = heard
                .segments
                .into_iter()
                .map(|segment| TranscriptSegment {
                    start_ms: segment.start_ms + offset_ms,
                    end_ms: segment.end_ms + offset_ms,
                    text: segment.text,
                })
                .collect();
            let text = joined(self.settled.iter().chain(&fresh));
            if is_last {
                self.settled.extend(fresh);
                return Some(Transcript {
                    text,
                    language: self.language,
                    segments: self.settled,
                    edited: false,
                });
            }
            // The window may be gone already.
            let _gone = tell.send(text);
            if samples.len() >= SETTLED_FROM {
                looked_at -= self.settle(fresh, samples.len());
            }
        }
    }

    /// Waits for enough new sound, or the end; the sound that is not settled, and whether it is all there will be. `None`
    /// when nobody wants it any more.
    fn wait(&self, looked_at: usize) -> Option<(Vec<f32>, bool)> {
        let state = self.shared.lock();
        let enough = |state: &mut State| !state.has_ended && state.samples.len() < looked_at + WORTH_A_LOOK;
        let state = self.shared.changed.wait_while(state, enough).unwrap_or_else(PoisonError::into_inner);
        state.is_wanted.then(|| (state.samples.clone(), state.has_ended))
    }

    /// Settles all stretches of speech but the last, which may still go on; how many samples that were.
    fn settle(&mut self, mut fresh: Vec<TranscriptSegment>, heard: usize) -> usize {
        let unsettled = if heard < LONGEST_UNSETTLED { fresh.pop() } else { None };
        let end = match (unsettled, fresh.last()) {
            (Some(last), _) => samples(last.start_ms).saturating_sub(self.offset),
            // Nothing is said, or it does not come to an end.
            (None, _) if heard >= LONGEST_UNSETTLED => heard,
            (None, _) => 0,
        };
        let end = end.min(heard);
        self.settled.extend(fresh);
        self.offset += end;
        let mut state = self.shared.lock();
        let end = end.min(state.samples.len());
        state.samples.drain(..end);
        end
    }
}

fn joined<'a>(segments: impl Iterator<Item = &'a TranscriptSegment>) -> String {
    let mut text = String::new();
    for segment in segments {
        let words = segment.text.trim();
        // Chinese and Japanese have no space between sentences.
        let spaced = text.chars().next_back().is_some_and(|last| last.is_ascii())
            || words.chars().next().is_some_and(|first| first.is_ascii());
        if !text.is_empty() && spaced {
            text.push(' ');
        }
        text.push_str(words);
    }
    text
}

fn ms(samples: usize) -> u32 {
    u32::try_from(samples as u64 * 1000 / u64::from(SPEECH_RATE)).unwrap_or(u32::MAX)
}

fn samples(ms: u32) -> usize {
    (u64::from(ms) * u64::from(SPEECH_RATE) / 1000) as usize
}

/// Sound in memory, as hearing draws it.
struct Piece<'a> {
    all: &'a [f32],
    is_drawn: bool,
}

impl<'a> Piece<'a> {
    fn of(all: &'a [f32]) -> Self {
        Self { all, is_drawn: false }
    }
}

impl SpeechSource for Piece<'_> {
    fn next_block(&mut self) -> Result<Option<&[f32]>, SensesError> {
        let first = !std::mem::replace(&mut self.is_drawn, true);
        Ok((first && !self.all.is_empty()).then_some(self.all))
    }

    fn duration(&self) -> Option<Duration> {
        Some(Duration::from_secs_f64(self.all.len() as f64 / f64::from(SPEECH_RATE)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use conversation::ModelState;

    /// Says which second it hears: each sample carries the number of its second.
    struct Counting;

    impl Hearing for Counting {
        fn hearing_state(&self) -> ModelState {
            ModelState::Ready
        }

        fn transcribe(
            &self,
            sound: &mut dyn SpeechSource,
            _: &dyn Fn(HearingEvent),
            _: &dyn Fn() -> bool,
        ) -> Result<Transcript, SensesError> {
            let mut segments = Vec::new();
            while let Some(block) = sound.next_block()? {
                assert!(block.len() <= LONGEST_UNSETTLED + 2 * WORTH_A_LOOK, "{} samples", block.len());
                for (second, samples) in (0_u32..).zip(block.chunks(SPEECH_RATE as usize)) {
                    let text = format!("{}", samples[0]);
                    segments.push(TranscriptSegment {
                        start_ms: second * 1000,
                        end_ms: second * 1000 + 1000,
                        text,
                    });
                }
            }
            Ok(Transcript { segments, language: Some("en".into()), ..Transcript::default() })
        }
    }

    #[test]
    fn a_long_talk_is_settled_bit_by_bit_and_comes_out_whole() {
        let live = LiveTranscript::start(Arc::new(Counting));
        for second in 0_u32..90 {
            live.hear(&vec![second as f32; SPEECH_RATE as usize]);
            // What is heard faster than it is looked at is not settled in time.
            let deadline = std::time::Instant::now() + Duration::from_secs(20);
            while second % 5 == 4 && !live.news().is_some_and(|text| text.ends_with(&format!("{second}"))) {
                assert!(std::time::Instant::now() < deadline, "no news of second {second}");
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        let transcript = live.finish().unwrap();
        let expected: Vec<String> = (0..90).map(|second| second.to_string()).collect();
        assert_eq!(transcript.text, expected.join(" "));
        let times: Vec<u32> = transcript.segments.iter().map(|segment| segment.start_ms).collect();
        assert_eq!(times, (0..90).map(|second| second * 1000).collect::<Vec<_>>());
        assert_eq!(transcript.language.as_deref(), Some("en"));
    }

    #[test]
    fn what_is_thrown_away_ends() {
        let live = LiveTranscript::start(Arc::new(Counting));
        live.hear(&[0.0; 100]);
        let shared = Arc::clone(&live.shared);
        drop(live);
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        while Arc::strong_count(&shared) > 1 {
            assert!(std::time::Instant::now() < deadline, "the thread goes on");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn sentences_are_joined_as_their_language_has_it() {
        let segment = |text: &str| TranscriptSegment { start_ms: 0, end_ms: 0, text: text.into() };
        assert_eq!(joined([segment("One."), segment(" Two.")].iter()), "One. Two.");
        assert_eq!(joined([segment("今天下午"), segment("开会。")].iter()), "今天下午开会。");
    }
}
