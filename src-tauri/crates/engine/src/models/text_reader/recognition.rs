//! Reads one line: the PP-OCR recogniser, a network whose output is decoded by CTC (Graves et al. 2006,
//! "Connectionist temporal classification").

use super::{boxes::LineBox, network::Network, raster::Raster};
use crate::EngineError;
use rten::RunOptions;
use rten_tensor::prelude::*;
use std::path::Path;

/// Height the recogniser takes, in pixels.
const HEIGHT: usize = 48;
/// Lines are padded to at least this width: what the recogniser was trained on.
const LEAST_WIDTH: usize = 320;
/// Longer lines are read in stretches: time and memory grow with the square.
const MOST_WIDTH: usize = 2400;
/// Widths are rounded up to multiples of it, so that few different sizes occur.
const WIDTH_STEP: usize = 32;
/// The metadata entry that holds the characters, one a line.
const CHARACTERS: &str = "character";
/// What CTC puts between characters.
const BLANK: usize = 0;

pub(super) struct Recognizer {
    network: Network,
    /// By class: nothing for the blank, then the characters, the space last.
    characters: Vec<String>,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Reading {
    pub(super) text: String,
    /// Mean probability of its characters; 0 when it has none.
    pub(super) score: f32,
}

impl Reading {
    /// How much it speaks for the direction it was read in: more characters, each surer.
    pub(super) fn weight(&self) -> f32 {
        self.score * self.text.chars().count().min(20) as f32
    }
}

impl Recognizer {
    pub(super) fn load(path: &Path) -> Result<Self, EngineError> {
        let network = Network::load(path)?;
        let mut characters = vec![String::new()];
        characters.extend(network.metadata(CHARACTERS)?.lines().map(str::to_owned));
        characters.push(" ".into());
        Ok(Self { network, characters })
    }

    /// Reads a line of the picture.
    pub(super) fn read(
        &self,
        picture: &Raster<'_>,
        line: &LineBox,
        options: &RunOptions,
    ) -> Result<Reading, EngineError> {
        let width = (HEIGHT as f32 * line.aspect()).ceil().max(1.0);
        let stretches = (width / MOST_WIDTH as f32).ceil().max(1.0) as usize;
        if stretches == 1 {
            return self.read_stretch(picture, line, options);
        }
        let mut readings = Vec::with_capacity(stretches);
        for index in 0..stretches {
            let place = |index: usize| index as f32 / stretches as f32;
            readings.push(self.read_stretch(
                picture,
                &line.stretch(place(index), place(index + 1)),
                options,
            )?);
        }
        Ok(joined(&readings))
    }

    fn read_stretch(
        &self,
        picture: &Raster<'_>,
        line: &LineBox,
        options: &RunOptions,
    ) -> Result<Reading, EngineError> {
        let width = ((HEIGHT as f32 * line.aspect()).ceil() as usize).clamp(1, MOST_WIDTH);
        let stride = width.max(LEAST_WIDTH).next_multiple_of(WIDTH_STEP);
        let mut planes = vec![0.0; 3 * HEIGHT * stride];
        picture.cut(line, width, HEIGHT, stride, &mut planes);
        let output = self.network.run::<3>([1, 3, HEIGHT, stride], planes, options)?;
        let [_, steps, classes] = output.shape();
        if classes != self.characters.len() {
            return Err(EngineError::VocabularyMismatch { expected: classes, actual: self.characters.len() });
        }
        let probabilities = output.to_vec();
        let seen = (steps * width).div_ceil(stride);
        Ok(decode(&probabilities[..seen * classes], classes, &self.characters))
    }
}

/// The likeliest class at each step, repetitions and blanks taken out.
fn decode(probabilities: &[f32], classes: usize, characters: &[String]) -> Reading {
    let mut text = String::new();
    let (mut sum, mut count) = (0.0, 0_u32);
    let mut last = BLANK;
    for step in probabilities.chunks_exact(classes) {
        let (class, probability) =
            step.iter().copied().enumerate().fold((BLANK, f32::NEG_INFINITY), |best, (class, p)| {
                if p > best.1 { (class, p) } else { best }
            });
        if class != BLANK && class != last {
            text.push_str(&characters[class]);
            sum += probability;
            count += 1;
        }
        last = class;
    }
    Reading { text, score: if count == 0 { 0.0 } else { sum / count as f32 } }
}

/// Stretches of one line, one after the other.
fn joined(readings: &[Reading]) -> Reading {
    let weigh = |reading: &Reading| reading.text.chars().count() as f32;
    let total: f32 = readings.iter().map(weigh).sum();
    let score = readings.iter().map(|reading| reading.score * weigh(reading)).sum::<f32>();
    Reading {
        text: readings.iter().map(|reading| reading.text.as_str()).collect(),
        score: if total == 0.0 { 0.0 } else { score / total },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctc_drops_blanks_and_repetitions() {
        let characters = ["", "a", "b", " "].map(str::to_owned);
        let step = |class: usize| {
            let mut row = [0.05_f32; 4];
            row[class] = 0.85;
            row
        };
        let steps: Vec<f32> = [1, 1, 0, 1, 2, 3, 2, 0].into_iter().flat_map(step).collect();
        let reading = decode(&steps, 4, &characters);
        assert_eq!(reading.text, "aab b");
        assert!((reading.score - 0.85).abs() < 1e-6);
        assert_eq!(decode(&step(0), 4, &characters), Reading::default());
    }

    #[test]
    fn stretches_are_joined_by_their_length() {
        let reading = |text: &str, score: f32| Reading { text: text.into(), score };
        let whole = joined(&[reading("abc", 0.9), reading("d", 0.5)]);
        assert_eq!(whole.text, "abcd");
        assert!((whole.score - 0.8).abs() < 1e-6);
        assert_eq!(joined(&[Reading::default()]), Reading::default());
    }
}
