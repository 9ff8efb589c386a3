//! Reads the text of a picture with the PP-OCR models (PaddleOCR, <https://github.com/PaddlePaddle/PaddleOCR>): a detector
//! marks where text is, a classifier and the recogniser itself decide which way up it stands, and the recogniser reads
//! line by line.
//!
//! The models are ONNX files and run in `rten` as they are published: it is pure Rust, needs no shared library, and has
//! every operator of theirs, which candle-onnx does not. What stands around them (sizes, boxes, decoding) follows
//! PaddleOCR's `tools/infer/predict_{det,cls,rec}.py`, with three differences:
//! - The detector works on a copy no larger than it takes to see the lines, and looks again closer only where they turn
//!   out small. Lines are then cut from the picture itself, so small print keeps all its pixels.
//! - Pictures much longer than wide are detected in overlapping stretches instead of being squeezed.
//! - Which way up is decided for the page, by reading a few lines both ways where the classifier is not sure; a line that
//!   reads badly is tried upside down before it is given up.

mod boxes;
mod components;
mod detection;
mod network;
mod orientation;
mod raster;
mod recognition;

use crate::EngineError;
use boxes::LineBox;
use detection::Detector;
use orientation::OrientationClassifier;
use raster::Raster;
use recognition::{Reading, Recognizer};
use rten::{RunOptions, ThreadPool};
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Readings less sure than this are noise. Lines of known pages, worn ones too, come to 0.8 or more; what is read into roof
/// tiles and folds of cloth to 0.65 or less (PaddleOCR's `drop_score`, 0.5, keeps that).
const LEAST_SCORE: f32 = 0.7;
/// Readings of one or two characters come out of patterns, too, and must be surer.
const LEAST_SCORE_OF_FEW: f32 = 0.75;
/// How much more must speak for a page upside down: upright is what pages mostly are.
const UPSIDE_DOWN_ADVANTAGE: f32 = 1.15;
/// A line that reads worse than this may stand on its head.
const DOUBTFUL_SCORE: f32 = 0.75;
/// How much of the work detecting is, for the progress that is told.
const DETECTION_SHARE: f32 = 0.3;

/// The three models' files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextReaderFiles {
    /// Finds text: PP-OCRv6 `det`, ONNX.
    pub detection: PathBuf,
    /// Reads a line: PP-OCRv6 `rec`, ONNX, its characters in the metadata entry `character`.
    pub recognition: PathBuf,
    /// Tells lines that stand on their head: PP-OCR `cls`, ONNX.
    pub orientation: PathBuf,
}

/// One line as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct RecognizedLine {
    /// The words.
    pub text: String,
    /// The mean probability of its characters.
    pub score: f32,
    /// Its corners in pixels of the picture, clockwise from where its reading begins.
    pub corners: [[f32; 2]; 4],
}

/// All that was read in one picture.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecognizedText {
    /// The lines, in no order that says anything.
    pub lines: Vec<RecognizedLine>,
    /// Degrees (0, 90, 180 or 270) by which the picture must be turned clockwise for most of it to be read.
    pub turned: u16,
}

/// The loaded models. Reading needs no exclusive access; several pictures may be read at once, each on all threads.
pub struct TextReader {
    detector: Detector,
    orientation: OrientationClassifier,
    recognizer: Recognizer,
    /// For one model run on all threads.
    wide: Arc<ThreadPool>,
    /// For many runs at once, each on one thread.
    narrow: Vec<Arc<ThreadPool>>,
}

impl TextReader {
    /// Loads the models, to run on `threads` threads.
    pub fn load(files: &TextReaderFiles, threads: usize) -> Result<Self, EngineError> {
        let threads = threads.max(1);
        Ok(Self {
            detector: Detector::load(&files.detection)?,
            orientation: OrientationClassifier::load(&files.orientation)?,
            recognizer: Recognizer::load(&files.recognition)?,
            wide: Arc::new(ThreadPool::with_num_threads(threads)),
            narrow: (0..threads).map(|_| Arc::new(ThreadPool::with_num_threads(1))).collect(),
        })
    }

    /// Reads a picture: rows from the top, three bytes of sRGB each pixel. `progress` is told fractions from 0 to 1,
    /// `is_interrupted` is asked between lines.
    ///
    /// # Errors
    /// [`EngineError::Interrupted`] when asked to stop, [`EngineError::Recognizer`] when a model fails or there are not as
    /// many bytes as the size says.
    pub fn read(
        &self,
        rgb: &[u8],
        width: u32,
        height: u32,
        progress: &(dyn Fn(f32) + Sync),
        is_interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<RecognizedText, EngineError> {
        let picture = Raster::new(rgb, width, height)?;
        let mut boxes = self.detector.detect(&picture, &self.all_threads(), is_interrupted)?;
        progress(DETECTION_SHARE);
        let turned = self.orient(&picture, &mut boxes, is_interrupted)?;
        // The longest lines first, so that the threads end together.
        boxes.sort_by(|one, other| other.aspect().total_cmp(&one.aspect()));
        let read = AtomicUsize::new(0);
        let total = boxes.len().max(1) as f32;
        let lines = self.on_all_threads(&boxes, is_interrupted, |line, options| {
            let line = self.read_line(&picture, line, options)?;
            let done = read.fetch_add(1, Ordering::Relaxed) + 1;
            progress(DETECTION_SHARE + (1.0 - DETECTION_SHARE) * done as f32 / total);
            Ok(line)
        })?;
        Ok(RecognizedText { lines: lines.into_iter().flatten().collect(), turned })
    }

    /// Turns the boxes so that each begins where its reading begins. Returns the page's own turn in degrees.
    fn orient(
        &self,
        picture: &Raster<'_>,
        boxes: &mut [LineBox],
        is_interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<u16, EngineError> {
        let sideways = boxes::lay_along_the_page(boxes);
        if boxes.is_empty() {
            return Ok(0);
        }
        let samples = orientation::samples(boxes);
        // The classifier cries wolf on some faces: where it does not say upright, reading decides.
        let on_head = !self.orientation.is_upright(picture, &samples, &self.all_threads())? && {
            let both_ways: Vec<_> =
                samples.iter().take(4).flat_map(|line| [line.clone(), line.reversed()]).collect();
            let readings = self.on_all_threads(&both_ways, is_interrupted, |line, options| {
                self.recognizer.read(picture, line, options)
            })?;
            let total =
                |first: usize| -> f32 { readings.iter().skip(first).step_by(2).map(Reading::weight).sum() };
            total(1) > total(0) * UPSIDE_DOWN_ADVANTAGE
        };
        if on_head {
            for line in boxes {
                *line = line.reversed();
            }
        }
        // A sideways line begins at its top: the page was turned clockwise and must be turned back.
        Ok(match (sideways, on_head) {
            (false, false) => 0,
            (false, true) => 180,
            (true, false) => 270,
            (true, true) => 90,
        })
    }

    fn read_line(
        &self,
        picture: &Raster<'_>,
        line: &LineBox,
        options: &RunOptions,
    ) -> Result<Option<RecognizedLine>, EngineError> {
        let mut line = line.clone();
        let mut reading = self.recognizer.read(picture, &line, options)?;
        if reading.score < DOUBTFUL_SCORE {
            let reversed = line.reversed();
            let other = self.recognizer.read(picture, &reversed, options)?;
            // Clearly better only: some signs read much the same either way.
            if other.score > reading.score + 0.1 && other.text.chars().count() > 1 {
                (line, reading) = (reversed, other);
            }
        }
        let text = reading.text.trim();
        let least = if text.chars().count() <= 2 { LEAST_SCORE_OF_FEW } else { LEAST_SCORE };
        let is_noise = text.is_empty() || reading.score < least;
        Ok((!is_noise).then(|| RecognizedLine {
            text: text.to_owned(),
            score: reading.score,
            corners: line.corners_within(picture.width() as f32, picture.height() as f32),
        }))
    }

    fn all_threads(&self) -> RunOptions {
        RunOptions::default().with_thread_pool(Some(Arc::clone(&self.wide)))
    }

    /// Does `work` for each line, several at a time; results in the lines' order. The first error ends it.
    fn on_all_threads<T: Send>(
        &self,
        lines: &[LineBox],
        is_interrupted: &(dyn Fn() -> bool + Sync),
        work: impl Fn(&LineBox, &RunOptions) -> Result<T, EngineError> + Sync,
    ) -> Result<Vec<T>, EngineError> {
        let next = AtomicUsize::new(0);
        let results = Mutex::new(lines.iter().map(|_| None).collect::<Vec<Option<T>>>());
        let failure = Mutex::new(None);
        let fail = |error| {
            failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            next.store(lines.len(), Ordering::Relaxed);
        };
        std::thread::scope(|scope| {
            for pool in self.narrow.iter().take(lines.len()) {
                let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
                let (next, results, work, fail) = (&next, &results, &work, &fail);
                scope.spawn(move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(line) = lines.get(index) else { break };
                        if is_interrupted() {
                            fail(EngineError::Interrupted);
                            break;
                        }
                        match work(line, &options) {
                            Ok(result) => {
                                results.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(result);
                            }
                            Err(error) => fail(error),
                        }
                    }
                });
            }
        });
        match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(results
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .into_iter()
                .flatten()
                .collect()),
        }
    }
}
