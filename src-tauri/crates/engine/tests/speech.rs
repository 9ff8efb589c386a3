//! Speech to text on real weights and recordings. `make test-models` and `make test-media` fetch both; the environment
//! variables `CASTOR_TEST_MODELS` and `CASTOR_TEST_MEDIA` name other folders.

use engine::{
    EngineError, PcmSource, SpeechPrecision, SpeechRecognizer, SpeechRecognizerFiles, TranscribeEvent,
    TranscribeOptions, Transcript,
};
use std::{cell::Cell, path::PathBuf};

const RATE: usize = 16_000;

fn folder(variable: &str, name: &str) -> PathBuf {
    let usual = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../target").join(name);
    std::env::var_os(variable).map_or_else(usual, PathBuf::from)
}

fn load() -> SpeechRecognizer {
    let folder = folder("CASTOR_TEST_MODELS", "test-models");
    let files = SpeechRecognizerFiles {
        weights: folder.join("whisper-base.bin"),
        tokenizer: folder.join("whisper-multilingual.tokenizer.json"),
    };
    assert!(files.weights.is_file(), "{} is missing: run `make test-models` first", files.weights.display());
    SpeechRecognizer::load(&files, SpeechPrecision::EightBit, &mut |_| {}, &|| false)
        .expect("the model loads")
}

fn recording(name: &str) -> Vec<f32> {
    let path = folder("CASTOR_TEST_MEDIA", "test-media").join(name);
    assert!(path.is_file(), "{} is missing: run `make test-media` first", path.display());
    let mut reader = hound::WavReader::open(path).expect("a WAV file");
    match reader.spec().sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
        hound::SampleFormat::Int => reader
            .samples::<i16>()
            .map(|sample| f32::from(sample.expect("whole samples")) / 32768.0)
            .collect(),
    }
}

fn spoken(number: &str) -> Vec<f32> {
    recording(&format!("sense_and_sensibility_01_austen_64kb-{number}.wav"))
}

fn transcribe(recognizer: &SpeechRecognizer, samples: &[f32], options: &TranscribeOptions) -> Transcript {
    let mut source = samples;
    recognizer.transcribe(&mut source, options, &mut |_| {}, &|| false).expect("it is transcribed")
}

/// Noise of a fixed seed.
fn noise(seconds: usize, loudness: f32) -> Vec<f32> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..seconds * RATE).map(|_| next() * loudness).collect()
}

/// Chords that change twice a second, with overtones.
fn music(seconds: usize) -> Vec<f32> {
    let chords = [[220.0, 277.2, 329.6], [196.0, 246.9, 293.7], [174.6, 220.0, 261.6], [196.0, 233.1, 293.7]];
    let sample = |index: usize| {
        let time = index as f32 / RATE as f32;
        let beat = (time * 2.0) as usize;
        let fade = (-3.0 * (time * 2.0).fract()).exp();
        let tone = |pitch: f32| {
            let turn = std::f32::consts::TAU * pitch * time;
            turn.sin() + 0.5 * (2.0 * turn).sin() + 0.25 * (3.0 * turn).sin()
        };
        0.1 * fade * chords[beat % chords.len()].into_iter().map(tone).sum::<f32>()
    };
    (0..seconds * RATE).map(sample).collect()
}

/// A long recording made of others with pauses between them, pulled block by block.
struct Long {
    parts: Vec<Vec<f32>>,
    place: usize,
    length: usize,
    largest_block: usize,
}

impl PcmSource for Long {
    fn read(&mut self, block: &mut [f32]) -> Result<usize, EngineError> {
        self.largest_block = self.largest_block.max(block.len());
        let whole: usize = self.parts.iter().map(Vec::len).sum();
        let count = block.len().min(self.length - self.place);
        for slot in &mut block[..count] {
            let mut place = self.place % whole;
            let part = self.parts.iter().find(|part| {
                let is_here = place < part.len();
                if !is_here {
                    place -= part.len();
                }
                is_here
            });
            *slot = part.map_or(0.0, |part| part[place]);
            self.place += 1;
        }
        Ok(count)
    }
}

#[test]
fn silence_noise_and_music_invent_no_text() {
    let recognizer = load();
    let quiet = TranscribeOptions::default();
    for (name, samples) in [
        ("silence", vec![0.0; 5 * RATE]),
        ("hiss", noise(6, 0.003)),
        ("noise", noise(6, 0.2)),
        ("music", music(12)),
    ] {
        let transcript = transcribe(&recognizer, &samples, &quiet);
        assert_eq!(transcript.text(), "", "{name}: {:?}", transcript.segments);
        assert!((transcript.seconds - samples.len() as f64 / RATE as f64).abs() < 0.01, "{name}");
    }
    assert_eq!(transcribe(&recognizer, &vec![0.0; 5 * RATE], &quiet).language, None);
    assert_eq!(transcribe(&recognizer, &[], &quiet), Transcript::default());
}

#[test]
fn a_long_recording_is_heard_in_windows_with_times_that_rise() {
    let recognizer = load();
    let pause = vec![0.0; RATE];
    let parts = vec![spoken("0870"), pause.clone(), spoken("0890"), pause.clone(), spoken("0880"), pause];
    let whole: usize = parts.iter().map(Vec::len).sum();
    let mut long = Long { parts, place: 0, length: 2 * whole, largest_block: 0 };
    let mut events = Vec::new();
    let options = TranscribeOptions { language: Some("en".into()), ..TranscribeOptions::default() };
    let transcript =
        recognizer.transcribe(&mut long, &options, &mut |event| events.push(event), &|| false).unwrap();
    assert!(long.largest_block <= RATE, "sound is pulled in small blocks");

    let text = transcript.text();
    for words in ["Dashwood had then leisure", "rather selfish", "young man"] {
        assert_eq!(text.matches(words).count(), 2, "{words:?} in {text:?}");
    }
    let seconds = 2.0 * whole as f64 / RATE as f64;
    assert!((transcript.seconds - seconds).abs() < 0.02 && seconds > 35.0);
    let mut last = 0.0;
    for segment in &transcript.segments {
        assert!(segment.start >= last - 1e-9 && segment.end > segment.start, "{segment:?}");
        last = segment.end;
    }
    let second = transcript.segments.iter().find(|segment| segment.start > seconds / 2.0 - 1.0).unwrap();
    assert!(second.text.contains("Dashwood"), "{second:?}");

    let mut progress = 0.0;
    let mut segments = Vec::new();
    for event in events {
        match event {
            TranscribeEvent::Progress { seconds } => {
                assert!(seconds > progress);
                progress = seconds;
            }
            TranscribeEvent::Segment(segment) => segments.push(segment),
            TranscribeEvent::Language(language) => assert_eq!(language.code, "en"),
        }
    }
    assert!((progress - transcript.seconds).abs() < f64::EPSILON);
    assert_eq!(segments, transcript.segments);
}

#[test]
fn chinese_is_found_out_and_written_in_either_script() {
    let recognizer = load();
    let samples = recording("nihao_shijie.wav");
    let mut source = samples.as_slice();
    let language = recognizer.detect_language(&mut source, &|| false).unwrap().unwrap();
    assert_eq!(language.code, "zh");
    assert!(language.probability > 0.5);
    let prompt = Some("以下是繁體中文的句子：經過會議，發現問題。".to_owned());
    let options = TranscribeOptions { prompt, ..TranscribeOptions::default() };
    let either = transcribe(&recognizer, &samples, &options).text();
    let simplified =
        transcribe(&recognizer, &samples, &TranscribeOptions { simplified: true, ..options }).text();
    assert!(simplified.starts_with("你好"), "{simplified}");
    assert_eq!(either.chars().count(), simplified.chars().count());
}

#[test]
fn it_stops_when_told_and_refuses_unknown_languages() {
    let recognizer = load();
    let samples = spoken("0870");
    let asked = Cell::new(0);
    let stop_after = |limit: usize| {
        asked.set(0);
        let mut source = samples.as_slice();
        recognizer.transcribe(&mut source, &TranscribeOptions::default(), &mut |_| {}, &|| {
            asked.set(asked.get() + 1);
            asked.get() > limit
        })
    };
    for limit in [0, 3, 8, 40] {
        assert!(matches!(stop_after(limit), Err(EngineError::Interrupted)), "{limit}");
        assert_eq!(asked.get(), limit + 1, "it is not asked again");
    }
    let options = TranscribeOptions { language: Some("xx".into()), ..TranscribeOptions::default() };
    let refused = recognizer.transcribe(&mut samples.as_slice(), &options, &mut |_| {}, &|| false);
    assert!(matches!(refused, Err(EngineError::UnknownLanguage { code }) if code == "xx"));
}

#[test]
fn a_source_that_fails_ends_it() {
    struct Broken;
    impl PcmSource for Broken {
        fn read(&mut self, _: &mut [f32]) -> Result<usize, EngineError> {
            Err(EngineError::Sound("the file was cut off".into()))
        }
    }
    let result = load().transcribe(&mut Broken, &TranscribeOptions::default(), &mut |_| {}, &|| false);
    assert!(matches!(result, Err(EngineError::Sound(detail)) if detail == "the file was cut off"));
}
