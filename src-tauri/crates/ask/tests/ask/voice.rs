//! Recordings for a model that cannot hear: what is said in them goes in words.

use super::*;
use crate::context::recording;
use conversation::{
    Hearing, HearingEvent, ModelState, Omission, OmissionReason, SensesError, SpeechSource, Stage,
    Transcript, TranscriptSegment,
};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Hears how long a recording is, or whatever it is told.
#[derive(Default)]
pub struct ScriptedHearing {
    pub missing: AtomicBool,
    slow: AtomicBool,
    pub said: Mutex<Option<Vec<TranscriptSegment>>>,
    pub heard: AtomicUsize,
}

impl Hearing for ScriptedHearing {
    fn hearing_state(&self) -> ModelState {
        if self.missing.load(Ordering::Relaxed) {
            ModelState::NotFetched { bytes: 1, have: 0 }
        } else {
            ModelState::Ready
        }
    }

    fn transcribe(
        &self,
        sound: &mut dyn SpeechSource,
        on_event: &dyn Fn(HearingEvent),
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Transcript, SensesError> {
        self.heard.fetch_add(1, Ordering::Relaxed);
        let mut samples = 0;
        while let Some(block) = sound.next_block()? {
            samples += block.len();
        }
        on_event(HearingEvent::Progress(0.5));
        while self.slow.load(Ordering::Relaxed) {
            if is_cancelled() {
                return Err(SensesError::Cancelled);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let whole = segment(0, 1000, &format!("It lasts {} seconds.", samples / 16_000));
        let segments = self.said.lock().unwrap().clone().unwrap_or_else(|| vec![whole]);
        let text = segments.iter().map(|segment| segment.text.as_str()).collect::<Vec<_>>().join(" ");
        Ok(Transcript { text, language: Some("en".into()), segments, edited: false })
    }
}

pub fn segment(start_ms: u32, end_ms: u32, text: &str) -> TranscriptSegment {
    TranscriptSegment { start_ms, end_ms, text: text.into() }
}

fn answered() -> Vec<Step> {
    vec![text("Yes."), finished()]
}

fn room(hearing: &Arc<ScriptedHearing>) -> Room {
    let reads_notes = Capabilities { note_tokens: Some(300), ..reads_text() };
    Room::with_hearing(reads_notes, answered(), Arc::clone(hearing))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoken_question_is_the_question() {
    let hearing = Arc::<ScriptedHearing>::default();
    let room = room(&hearing);
    let voice = room.add("Voice.wav", MediaKind::Audio, &recording());
    let told = room.ask(new_question("", &[voice])).await;
    let listening = |event: &AnswerEvent| {
        matches!(event, AnswerEvent::Stage { stage: Stage::Transcribing { number: 1, total: 1, .. }, .. })
    };
    assert!(told.events.iter().any(listening));
    let answer = told.answer();
    assert_eq!(room.last_request(), "User: It lasts 1 seconds.");
    let receipt = answer.receipt.clone().unwrap();
    assert_eq!(receipt.omitted, []);
    let notes = receipt.delivered[0].notes.clone().unwrap();
    assert_eq!((notes.words.as_str(), notes.usable, notes.lines), ("It lasts 1 seconds.", true, 1));

    // With the next question it goes along as it was heard.
    room.ask_on(&answer, "Sure?", answered()).await;
    assert!(room.last_request().starts_with("User: It lasts 1 seconds."));
    assert_eq!(hearing.heard.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_one_asks_about_is_told_apart_from_the_question() {
    let hearing = Arc::<ScriptedHearing>::default();
    let room = room(&hearing);
    let said = vec![segment(500, 4000, "Good morning."), segment(65_000, 66_000, "Goodbye.")];
    *hearing.said.lock().unwrap() = Some(said);
    let file = room.add("talk.wav", MediaKind::Audio, &recording());
    room.ask(new_question("When do they part?", &[file])).await.answer();
    assert_eq!(
        room.last_request(),
        "User: What is said in the recording \"talk.wav\":\n\n[0:00] Good morning.\n[1:05] Goodbye.\n\
         User: When do they part?"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_corrected_is_what_is_asked() {
    let room = room(&Arc::default());
    let voice = room.add("Voice.wav", MediaKind::Audio, &recording());
    let corrected = Transcript { text: "Does it last?".into(), edited: true, ..Transcript::default() };
    room.history().keep_transcript(voice, &corrected).unwrap();
    let answer = room.ask(new_question("", &[voice])).await.answer();
    assert_eq!(room.last_request(), "User: Does it last?");
    assert_eq!(room.history().conversation(answer.conversation).unwrap().title, "Does it last?");
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_and_a_missing_recogniser_are_said() {
    let hearing = Arc::<ScriptedHearing>::default();
    let room = room(&hearing);
    let sound = room.add("hum.wav", MediaKind::Audio, &recording());
    hearing.missing.store(true, Ordering::Relaxed);
    let receipt = room.ask(new_question("Well?", &[sound])).await.answer().receipt.unwrap();
    let reason = OmissionReason::SpeechRecogniserMissing;
    assert_eq!(receipt.omitted, [Omission { attachment: Some(sound), reason, count: 1 }]);
    assert!(room.last_request().contains("you cannot hear"));

    hearing.missing.store(false, Ordering::Relaxed);
    *hearing.said.lock().unwrap() = Some(vec![]);
    room.provider.push_script(answered());
    let receipt = room.ask(new_question("Well?", &[sound])).await.answer().receipt.unwrap();
    assert_eq!(receipt.omitted, []);
    assert!(!receipt.delivered[0].notes.as_ref().unwrap().usable);
    assert!(room.last_request().contains("[No speech was heard in the recording \"hum.wav\".]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_transcript_is_cut_to_what_the_model_holds() {
    let hearing = Arc::<ScriptedHearing>::default();
    let room = room(&hearing);
    let said = (0..4000).map(|second| segment(second * 1000, second * 1000 + 900, "And then some more."));
    *hearing.said.lock().unwrap() = Some(said.collect());
    let file = room.add("long.wav", MediaKind::Audio, &recording());
    let receipt = room.ask(new_question("What else?", &[file])).await.answer().receipt.unwrap();
    let reason = OmissionReason::ContextFull;
    assert_eq!(receipt.omitted, [Omission { attachment: Some(file), reason, count: 1 }]);
    assert!(room.last_request().contains("The rest of this file is not included"));
}

#[tokio::test(flavor = "multi_thread")]
async fn listening_can_be_stopped() {
    let hearing = Arc::<ScriptedHearing>::default();
    hearing.slow.store(true, Ordering::Relaxed);
    let room = room(&hearing);
    let voice = room.add("Voice.wav", MediaKind::Audio, &recording());
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let stop_when_listening = move |event: &AnswerEvent| {
        if matches!(event, AnswerEvent::Stage { stage: Stage::Transcribing { .. }, .. }) {
            stop.cancel();
        }
    };
    let answer = room.ask_until(new_question("", &[voice]), cancel, stop_when_listening).await.answer();
    assert_eq!(answer.status, conversation::MessageStatus::Stopped);
    assert_eq!(room.provider.requests().len(), 0, "nothing was sent");
    assert_eq!(room.history().transcript(voice).unwrap(), None);
}
