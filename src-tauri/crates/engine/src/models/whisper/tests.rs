//! The tiny model with random weights: what can be shown without the real ones.

use super::*;
use std::{cell::Cell, fs};

fn load(files: &SpeechRecognizerFiles, precision: SpeechPrecision) -> Result<SpeechRecognizer, EngineError> {
    SpeechRecognizer::load(files, precision, &mut |_| {}, &|| false)
}

/// Three and a half windows of a tone that rises.
fn sound() -> Vec<f32> {
    (0..56_000).map(|index| (index as f32 * (0.05 + index as f32 * 1e-6)).sin() * 0.3).collect()
}

fn transcript(recognizer: &SpeechRecognizer) -> Transcript {
    let options = TranscribeOptions { temperatures: vec![0.0], ..TranscribeOptions::default() };
    recognizer.transcribe(&mut sound().as_slice(), &options, &mut |_| {}, &|| false).unwrap()
}

#[test]
fn both_forms_of_the_weights_are_the_same_model() {
    let folder = tempfile::tempdir().unwrap();
    let one = load(&fixture::write_safetensors(folder.path()), SpeechPrecision::Full).unwrap();
    let other = load(&fixture::write_ctranslate2(folder.path()), SpeechPrecision::Full).unwrap();
    assert_eq!(one.config, other.config);
    assert_eq!((one.config.heads(), one.config.encoder_layers, one.config.window_frames()), (2, 2, 100));
    let transcript = transcript(&one);
    assert_eq!(transcript, self::transcript(&other));
    assert!((transcript.seconds - 3.5).abs() < 1e-9);
    assert_eq!(one.languages(), ["en", "zh"]);
    load(&fixture::write_ctranslate2(folder.path()), SpeechPrecision::EightBit).unwrap();
}

#[test]
fn the_decoder_reads_tokens_at_once_as_it_reads_them_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let recognizer = load(&fixture::write_safetensors(folder.path()), SpeechPrecision::Full).unwrap();
    let spectrogram = candle_core::Tensor::zeros(
        (recognizer.config.window_frames(), fixture::MELS),
        candle_core::DType::F32,
        &candle_core::Device::Cpu,
    );
    let sound = recognizer.encoder.forward(&spectrogram.unwrap(), &|| false).unwrap();
    let heard = recognizer.decoder.hear(&sound, &|| false).unwrap();
    let tokens = [257, 258, 70, 71, 72, 73];
    let mut at_once = recognizer.decoder.begin(&heard).unwrap();
    let states = at_once.read(&tokens, &|| false).unwrap();
    let mut one_by_one = recognizer.decoder.begin(&heard).unwrap();
    for (row, token) in tokens.iter().enumerate() {
        let state = one_by_one.read(&[*token], &|| false).unwrap();
        let expected = at_once.scores(&states, row).unwrap();
        let found = one_by_one.scores(&state, 0).unwrap();
        let most = found.iter().zip(&expected).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
        assert!(most < 1e-4, "{row}: {most}");
    }
}

#[test]
fn hours_of_silence_pass_unasked() {
    struct Silence(usize);
    impl PcmSource for Silence {
        fn read(&mut self, block: &mut [f32]) -> Result<usize, EngineError> {
            let count = block.len().min(self.0);
            block[..count].fill(0.0);
            self.0 -= count;
            Ok(count)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let recognizer = load(&fixture::write_safetensors(folder.path()), SpeechPrecision::Full).unwrap();
    let seconds = 1200;
    let progress = Cell::new(0.0);
    let mut source = Silence(seconds * 16_000);
    let transcript = recognizer.transcribe(
        &mut source,
        &TranscribeOptions::default(),
        &mut |event| match event {
            TranscribeEvent::Progress { seconds } => progress.set(seconds),
            other => panic!("{other:?}"),
        },
        &|| false,
    );
    let expected = Transcript { seconds: seconds as f64, ..Transcript::default() };
    assert_eq!(transcript.unwrap(), expected);
    assert!((progress.get() - expected.seconds).abs() < f64::EPSILON);
    assert_eq!(recognizer.detect_language(&mut Silence(16_000), &|| false).unwrap(), None);
}

#[test]
fn loading_tells_its_progress_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let files = fixture::write_safetensors(folder.path());
    let mut told = Vec::new();
    SpeechRecognizer::load(&files, SpeechPrecision::Full, &mut |part| told.push(part), &|| false).unwrap();
    assert_eq!(told, [0.0, 0.25, 0.5, 0.75, 1.0]);
    let stopped = SpeechRecognizer::load(&files, SpeechPrecision::Full, &mut |_| {}, &|| true);
    assert!(matches!(stopped, Err(EngineError::Interrupted)));
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = fixture::write_safetensors(folder.path());
    let refused = || load(&files, SpeechPrecision::Full).err().expect("the files must be refused");
    let tokenizer = fixture::tokenizer();

    fs::write(&files.tokenizer, tokenizer.replace("<|startofprev|>", "<|other|>")).unwrap();
    assert!(matches!(refused(), EngineError::Tokenizer { detail } if detail.contains("startofprev")));
    fs::write(&files.tokenizer, "{}").unwrap();
    assert!(matches!(refused(), EngineError::Tokenizer { .. }));
    let more: Vec<String> = (300..2500).map(|id| format!(r#""more{id}":{id},"#)).collect();
    let more = more.concat();
    fs::write(&files.tokenizer, tokenizer.replace(r#""vocab":{"#, &format!(r#""vocab":{{{more}"#))).unwrap();
    assert!(matches!(refused(), EngineError::VocabularyMismatch { expected: fixture::VOCABULARY, .. }));
    fs::write(&files.tokenizer, &tokenizer).unwrap();
    load(&files, SpeechPrecision::Full).unwrap();

    let whole = fs::read(&files.weights).unwrap();
    let renamed = |from: &[u8], to: &[u8]| {
        let mut changed = whole.clone();
        let place = changed.windows(from.len()).position(|bytes| bytes == from).unwrap();
        changed[place..place + to.len()].copy_from_slice(to);
        fs::write(&files.weights, changed).unwrap();
    };
    renamed(b"decoder.layers.1.fc2.bias", b"decoder.layers.1.fc3.bias");
    assert!(matches!(refused(), EngineError::MissingTensor { name } if name.ends_with("layers.1.fc2.bias")));
    renamed(b"\"model.encoder.conv1.weight", b"\"model.encoder.conv0.weight");
    assert!(matches!(refused(), EngineError::MissingTensor { .. }));
    fs::remove_file(&files.weights).unwrap();
    assert!(matches!(refused(), EngineError::Io { .. }));
}
