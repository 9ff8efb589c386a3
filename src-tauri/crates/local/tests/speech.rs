//! Speech to text with the real recogniser. `make test-models` and `make test-media` fetch what this hears; the environment
//! variable `CASTOR_TEST_MODELS` names another folder.

use conversation::{
    Hearing, HearingEvent, ModelState, SensesError, SpeechSource, Transcript, TranscriptSegment,
};
use local::{Listening, LocalConfig, LocalMind, SpeechChoice};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target")
}

fn models() -> PathBuf {
    std::env::var_os("CASTOR_TEST_MODELS").map_or_else(|| target().join("test-models"), PathBuf::from)
}

fn mind() -> LocalMind {
    let mind = LocalMind::new(LocalConfig::new(models()).expect("the built-in catalogue is sound"));
    assert_eq!(mind.hearing_state(), ModelState::Ready, "run `make test-models` first");
    mind
}

/// A recording in pieces of 1000 samples.
struct Recording(Vec<f32>, usize);

impl SpeechSource for Recording {
    fn next_block(&mut self) -> Result<Option<&[f32]>, SensesError> {
        let piece = self.0.chunks(1000).nth(self.1);
        self.1 += 1;
        Ok(piece)
    }

    fn duration(&self) -> Option<Duration> {
        Some(Duration::from_secs_f64(self.0.len() as f64 / 16_000.0))
    }
}

fn recording() -> Recording {
    let path = target().join("test-media/sense_and_sensibility_01_austen_64kb-0880.wav");
    assert!(path.is_file(), "{} is missing: run `make test-media` first", path.display());
    let samples = hound::WavReader::open(path).expect("a WAV file").into_samples::<i16>();
    let samples = samples.map(|sample| f32::from(sample.expect("a sample")) / 32768.0);
    Recording(samples.collect(), 0)
}

fn heard(mind: &LocalMind) -> (Vec<HearingEvent>, Result<Transcript, SensesError>) {
    let events = RefCell::new(Vec::new());
    let transcript = mind.transcribe(&mut recording(), &|event| events.borrow_mut().push(event), &|| false);
    (events.into_inner(), transcript)
}

#[test]
fn a_recording_is_written_down_while_it_is_heard() {
    let mind = mind();
    let (events, transcript) = heard(&mind);
    let transcript = transcript.unwrap();
    assert_eq!(transcript.text, "He was not an ill-disposed young man.");
    assert_eq!(transcript.language.as_deref(), Some("en"));
    assert!(matches!(events[0], HearingEvent::Loading(fraction) if fraction.abs() < f32::EPSILON));
    assert_eq!(events.last(), Some(&HearingEvent::Progress(1.0)));
    let segments: Vec<TranscriptSegment> = events
        .iter()
        .filter_map(|event| match event {
            HearingEvent::Segment(segment) => Some(segment.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(segments, transcript.segments);

    // The recogniser was kept, and a language it does not know does no harm to it.
    mind.speech().listen(Listening { language: Some("xx".into()), ..Listening::default() });
    let (events, refused) = heard(&mind);
    assert_eq!(events, []);
    assert!(matches!(refused, Err(SensesError::Failed(detail)) if detail.contains("`xx`")));
    mind.speech().listen(Listening::default());
    let (events, again) = heard(&mind);
    assert!(!events.iter().any(|event| matches!(event, HearingEvent::Loading(_))), "{events:?}");
    assert_eq!(again.unwrap(), transcript);

    let stopped = mind.transcribe(&mut recording(), &|_| {}, &|| true);
    assert_eq!(stopped, Err(SensesError::Cancelled));
}

/// The same weights as a person's own, in a folder of the layout they are published in.
#[test]
fn a_folder_of_a_persons_own_is_used() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in
        [("whisper-base.bin", "model.bin"), ("whisper-multilingual.tokenizer.json", "tokenizer.json")]
    {
        std::fs::copy(models().join(from), folder.path().join(to)).unwrap();
    }
    let empty = tempfile::tempdir().unwrap();
    let mind = LocalMind::new(LocalConfig::new(empty.path().to_owned()).unwrap());
    let choice = SpeechChoice::Folder(folder.path().to_owned());
    mind.speech().listen(Listening { choice, ..Listening::default() });
    assert!(heard(&mind).1.unwrap().text.contains("young man"));
}
