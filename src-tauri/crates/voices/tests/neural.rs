//! The neural voice on its real weights. `make test-models` fetches them; the environment variable `CASTOR_TEST_MODELS` names
//! another folder.

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};
use voices::{NEURAL_RATE, NeuralFiles, NeuralVoice, VoiceError, neural_voices};

const ENGLISH: &str = "The meeting starts at nine thirty on Tuesday. Please bring the blue folder.";
const CHINESE: &str = "今天下午三点我们在会议室开会，请带上你的电脑。";

fn folder() -> PathBuf {
    let usual = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../target/test-models");
    std::env::var_os("CASTOR_TEST_MODELS").map_or_else(usual, PathBuf::from)
}

fn files() -> NeuralFiles {
    let files = NeuralFiles {
        model: folder().join("kokoro-82m-v1.0-int8.onnx"),
        styles: ["af_heart", "zf_xiaobei", "bf_emma"]
            .map(|id| (id.to_owned(), folder().join(format!("kokoro-{id}.bin"))))
            .into(),
    };
    for path in files.styles.iter().map(|(_, path)| path).chain([&files.model]) {
        assert!(path.is_file(), "{} is missing: run `make test-models` first", path.display());
    }
    files
}

/// One voice for all tests of this binary: loading takes longer than speaking.
fn voice() -> MutexGuard<'static, NeuralVoice> {
    static VOICE: OnceLock<Mutex<NeuralVoice>> = OnceLock::new();
    VOICE
        .get_or_init(|| Mutex::new(NeuralVoice::load(&files()).expect("it loads")))
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

fn seconds(sound: &[f32]) -> f32 {
    sound.len() as f32 / NEURAL_RATE as f32
}

fn loudness(sound: &[f32]) -> f32 {
    (sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32).sqrt()
}

#[test]
fn both_languages_are_spoken() {
    let mut voice = voice();
    for (text, id, shortest, longest) in [
        (ENGLISH, "af_heart", 4.0, 6.5),
        (ENGLISH, "bf_emma", 4.0, 6.5),
        (CHINESE, "zf_xiaobei", 4.5, 8.0),
        ("请打开 Python 的文档。", "zf_xiaobei", 1.5, 4.5),
    ] {
        let sound = voice.speak(text, id, 1.0).expect("it speaks");
        let seconds = seconds(&sound);
        assert!((shortest..longest).contains(&seconds), "{id}, {text}: {seconds} s");
        assert!(
            sound.iter().all(|sample| sample.is_finite() && sample.abs() < 1.0),
            "{id}, {text}: out of range"
        );
        let loudness = loudness(&sound);
        assert!((0.01..0.3).contains(&loudness), "{id}, {text}: loudness {loudness}");
    }
}

#[test]
fn the_same_text_sounds_the_same() {
    let mut voice = voice();
    let first = voice.speak("Good morning.", "af_heart", 1.0).expect("it speaks");
    assert_eq!(voice.speak("Good morning.", "af_heart", 1.0).expect("it speaks again"), first);
    assert_ne!(voice.speak("Good morning.", "bf_emma", 1.0).expect("another voice speaks"), first);
}

#[test]
fn speed_shortens_and_lengthens() {
    let mut voice = voice();
    let mut duration = |speed| seconds(&voice.speak(ENGLISH, "af_heart", speed).expect("it speaks"));
    let (usual, slow, fast) = (duration(1.0), duration(0.5), duration(2.0));
    assert!((1.6..2.4).contains(&(slow / usual)), "{slow} s instead of {usual} s");
    assert!((0.4..0.65).contains(&(fast / usual)), "{fast} s instead of {usual} s");
}

#[test]
fn what_cannot_be_spoken_is_silent() {
    let mut voice = voice();
    for text in ["", "  \n", "。", "—", "🙂", "■ ▲", "***"] {
        assert!(voice.speak(text, "af_heart", 1.0).expect("it is no failure").is_empty(), "{text:?}");
    }
}

#[test]
fn a_long_text_comes_in_pieces_and_can_be_ended() {
    let text =
        "When the rain had stopped at last and the streets were empty, we walked down to the harbour, where \
                the boats lay side by side, and nobody said a word until the church bell rang. "
            .repeat(2);
    let mut voice = voice();
    let mut pieces = Vec::new();
    let mut keep = |piece: Vec<f32>| {
        pieces.push(seconds(&piece));
        ControlFlow::Continue(())
    };
    voice.speak_pieces(&text, "af_heart", 1.0, &mut keep).expect("it speaks");
    assert!(pieces.len() >= 2, "{pieces:?}");
    assert!(pieces[0] < 6.0, "the first piece is short: {pieces:?}");
    let whole: f32 = pieces.iter().sum();
    assert!((15.0..35.0).contains(&whole), "{whole} s");

    let mut count = 0;
    let mut end = |_| {
        count += 1;
        ControlFlow::Break(())
    };
    voice.speak_pieces(&text, "af_heart", 1.0, &mut end).expect("it ends early");
    assert_eq!(count, 1);
}

#[test]
fn an_unknown_voice_is_missing() {
    assert!(matches!(voice().speak("Hello.", "zz_nobody", 1.0), Err(VoiceError::Missing)));
    assert!(neural_voices().iter().any(|known| known.id == "af_heart"));
}

#[test]
fn damaged_files_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = std::fs::read(files().model).expect("the weights");
    let style = std::fs::read(&files().styles[0].1).expect("a table");
    let path = |name: &str| folder.path().join(name);
    let load = |model: &str, style: &str| {
        let styles = vec![("af_heart".to_owned(), path(style))];
        NeuralVoice::load(&NeuralFiles { model: path(model), styles }).err()
    };
    std::fs::write(path("style"), &style).expect("written");
    std::fs::write(path("short style"), &style[..style.len() - 4]).expect("written");
    std::fs::write(path("cut off"), &whole[..whole.len() / 2]).expect("written");
    std::fs::write(path("cut short"), &whole[..whole.len() - 10]).expect("written");
    std::fs::write(path("text"), "not a network").expect("written");
    std::fs::write(path("empty"), "").expect("written");
    for model in ["cut off", "cut short", "text", "empty", "style"] {
        let error = load(model, "style");
        assert!(matches!(error, Some(VoiceError::Unusable(_))), "{model}: {error:?}");
    }
    assert!(matches!(load("nowhere", "style"), Some(VoiceError::Missing)));
    assert!(matches!(load("text", "short style"), Some(VoiceError::Unusable(_))));
    assert!(matches!(load("text", "nowhere"), Some(VoiceError::Missing)));
}
