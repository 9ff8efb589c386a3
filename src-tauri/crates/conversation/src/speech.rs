//! Speech as words: the transcript of a recording, and hearing as the rest of Castor sees it: sound in, transcript out.

use crate::{ModelState, SensesError};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::time::Duration;

/// Samples a second of the sound that is listened to.
pub const SPEECH_RATE: u32 = 16_000;

/// What is said in a recording.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// All of it, as the person left it. Empty where nothing is said.
    pub text: String,
    /// The language as ISO 639-1 has it, e.g. `zh`; `None` where it is not known.
    pub language: Option<String>,
    /// What was heard when, in order, as it was heard.
    pub segments: Vec<TranscriptSegment>,
    /// Whether a person changed `text`.
    pub edited: bool,
}

/// A stretch of speech.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptSegment {
    /// Where it begins, in milliseconds.
    pub start_ms: u32,
    /// Where it ends, in milliseconds.
    pub end_ms: u32,
    /// What is said.
    pub text: String,
}

/// Mono sound of [`SPEECH_RATE`], from -1 to 1, drawn piece by piece so that hours of it need little memory.
pub trait SpeechSource {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`SensesError::Failed`] when the sound cannot be read on.
    fn next_block(&mut self) -> Result<Option<&[f32]>, SensesError>;

    /// How long all of it is, where that is known.
    fn duration(&self) -> Option<Duration>;
}

/// What happens while a recording is listened to.
#[derive(Debug, Clone, PartialEq)]
pub enum HearingEvent {
    /// The recogniser is being loaded: a fraction from 0 to 1.
    Loading(f32),
    /// How much was listened to: a fraction from 0 to 1.
    Progress(f32),
    /// More was understood.
    Segment(TranscriptSegment),
}

/// Understands speech. Blocking: it computes on the caller's thread and on its own.
pub trait Hearing: Send + Sync {
    /// Whether a recogniser is here: [`ModelState::Ready`] or [`ModelState::NotFetched`].
    fn hearing_state(&self) -> ModelState;

    /// What is said in `sound`. `is_cancelled` is asked at least twice a second.
    ///
    /// # Errors
    /// [`SensesError`]; sound in which nothing is said is not an error.
    fn transcribe(
        &self,
        sound: &mut dyn SpeechSource,
        on_event: &dyn Fn(HearingEvent),
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Transcript, SensesError>;
}
