//! The network against CTranslate2 on real weights and recorded speech. `make test-models` and `make test-media` fetch
//! both; the environment variables `CASTOR_TEST_MODELS` and `CASTOR_TEST_MEDIA` name other folders.

use super::{SpeechPrecision, SpeechRecognizer, SpeechRecognizerFiles, mel, pcm::Listener};
use crate::TranscribeOptions;
use candle_core::{Device, Tensor};
use serde_json::Value;
use std::path::PathBuf;

/// Written by `scripts/fixtures/whisper.py`.
const REFERENCE: &str = include_str!("../../../tests/fixtures/whisper_base.json");

fn folder(variable: &str, name: &str) -> PathBuf {
    let usual = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../target").join(name);
    std::env::var_os(variable).map_or_else(usual, PathBuf::from)
}

fn load(precision: SpeechPrecision) -> SpeechRecognizer {
    let folder = folder("CASTOR_TEST_MODELS", "test-models");
    let files = SpeechRecognizerFiles {
        weights: folder.join("whisper-base.bin"),
        tokenizer: folder.join("whisper-multilingual.tokenizer.json"),
    };
    assert!(files.weights.is_file(), "{} is missing: run `make test-models` first", files.weights.display());
    SpeechRecognizer::load(&files, precision, &mut |_| {}, &|| false).expect("the test model loads")
}

fn recording(name: &str) -> Vec<f32> {
    let path = folder("CASTOR_TEST_MEDIA", "test-media").join(name);
    assert!(path.is_file(), "{} is missing: run `make test-media` first", path.display());
    let mut reader = hound::WavReader::open(path).unwrap();
    match reader.spec().sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
        hound::SampleFormat::Int => {
            reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32768.0).collect()
        }
    }
}

/// Every clip of the reference and its recording.
fn clips() -> Vec<(Value, Vec<f32>)> {
    let clips: Vec<Value> = serde_json::from_str(REFERENCE).unwrap();
    assert_eq!(clips.len(), 3);
    clips.into_iter().map(|clip| (clip.clone(), recording(clip["file"].as_str().unwrap()))).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// The rows the reference has, next to those that were computed.
fn rows<'a>(clip: &'a Value, kind: &str, found: &'a [f32], width: usize) -> Vec<(&'a [f32], Vec<f64>)> {
    let places = numbers(&clip[format!("{kind}Rows")]);
    let expected = clip[kind].as_array().unwrap();
    assert!(places.len() == expected.len() && !places.is_empty());
    places
        .iter()
        .zip(expected)
        .map(|(place, row)| (&found[*place as usize * width..][..width], numbers(row)))
        .collect()
}

/// The length of the difference by the length of what is expected.
fn relative_error(pairs: &[(&[f32], Vec<f64>)]) -> f64 {
    let pairs = pairs.iter().flat_map(|(found, expected)| found.iter().zip(expected));
    let (difference, size) = pairs.fold((0.0, 0.0), |(difference, size), (found, expected)| {
        (difference + (f64::from(*found) - expected).powi(2), size + expected.powi(2))
    });
    (difference / size).sqrt()
}

/// Compares what both make of each clip; the encoder's rows may be wrong by `tolerance`.
fn compare(precision: SpeechPrecision, tolerance: f64) {
    let recognizer = load(precision);
    let config = &recognizer.config;
    for (clip, samples) in clips() {
        let name = &clip["file"];
        let mut source = samples.as_slice();
        let window = Listener::new(&mut source)
            .window(0, config.window_frames(), &recognizer.mel)
            .unwrap()
            .expect("there is sound");
        assert_eq!(window.frames as u64, clip["frames"].as_u64().unwrap(), "{name}");
        for (found, expected) in rows(&clip, "mel", &window.spectrogram, config.mels) {
            let most =
                found.iter().zip(&expected).map(|(found, expected)| (f64::from(*found) - expected).abs());
            let most = most.fold(0.0, f64::max);
            assert!(most < 1e-4, "{name}: {most}");
        }

        let shape = (config.window_frames(), config.mels);
        let spectrogram = Tensor::from_slice(&window.spectrogram, shape, &Device::Cpu).unwrap();
        let encoded = recognizer.encoder.forward(&spectrogram, &|| false).unwrap();
        let encoded: Vec<f32> = encoded.flatten_all().unwrap().to_vec1().unwrap();
        let error = relative_error(&rows(&clip, "encoder", &encoded, config.width));
        println!("{name}: encoder {error:.2e}");
        assert!(error < tolerance, "{name}: {error}");

        let options = TranscribeOptions { temperatures: vec![0.0], ..TranscribeOptions::default() };
        let transcript =
            recognizer.transcribe(&mut samples.as_slice(), &options, &mut |_| {}, &|| false).unwrap();
        let language = transcript.language.as_ref().unwrap();
        assert_eq!(language.code, clip["language"].as_str().unwrap(), "{name}");
        let tokens: Vec<u64> =
            transcript.segments.iter().flat_map(|part| &part.tokens).map(|token| u64::from(*token)).collect();
        let expected: Vec<u64> = numbers(&clip["tokens"]).into_iter().map(|token| token as u64).collect();
        if precision == SpeechPrecision::Full {
            assert_eq!(tokens, expected, "{name}");
            let first = &transcript.segments[0];
            let near = |found: f32, key: &str, tolerance: f64| {
                let expected = clip[key].as_f64().unwrap();
                assert!((f64::from(found) - expected).abs() < tolerance, "{name}: {key} {found} {expected}");
            };
            near(language.probability, "languageProbability", 2e-3);
            near(first.avg_log_prob, "avgLogProb", 2e-2);
            near(first.no_speech_prob, "noSpeechProb", 2e-3);
        }
        assert_eq!(transcript.text(), clip["text"].as_str().unwrap(), "{name}");
    }
}

#[test]
fn full_precision_computes_what_ctranslate2_computes() {
    compare(SpeechPrecision::Full, 1e-4);
}

#[test]
fn eight_bits_come_close_and_hear_the_same_words() {
    compare(SpeechPrecision::EightBit, 8e-2);
}

/// Against `suppress_ids` in the `config.json` that is published beside the weights.
#[test]
fn signs_that_are_no_speech_are_those_that_are_published() {
    let published = [
        1, 2, 7, 8, 9, 10, 14, 25, 26, 27, 28, 29, 31, 58, 59, 60, 61, 62, 63, 90, 91, 92, 93, 359, 503, 522,
        542, 873, 893, 902, 918, 922, 931, 1350, 1853, 1982, 2460, 2627, 3246, 3253, 3268, 3536, 3846, 3961,
        4183, 4667, 6585, 6647, 7273, 9061, 9383, 10428, 10929, 11938, 12033, 12331, 12562, 13793, 14157,
        14635, 15265, 15618, 16553, 16604, 18362, 18956, 20075, 21675, 22520, 26130, 26161, 26435, 28279,
        29464, 31650, 32302, 32470, 36865, 42863, 47425, 49870, 50254, 50258, 50358, 50359, 50360, 50361,
        50362,
    ];
    let recognizer = load(SpeechPrecision::EightBit);
    assert_eq!(recognizer.tokens.suppressed(), published);
    assert_eq!(recognizer.tokens.blanks(), [220, 50257]);
    assert_eq!(recognizer.languages().len(), 99);
    assert_eq!(mel::SAMPLE_RATE, 16_000);
}
