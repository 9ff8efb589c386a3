//! Whether a page stands on its head: the PP-OCR classifier for the direction of a line, asked for a few of them.

use super::{boxes::LineBox, network::Network, raster::Raster};
use crate::EngineError;
use rten::RunOptions;
use rten_tensor::prelude::*;
use std::path::Path;

/// What the classifier takes: 192 by 48 pixels.
const WIDTH: usize = 192;
const HEIGHT: usize = 48;
/// Lines that are asked.
const SAMPLES: usize = 8;
/// A line shorter than this times its height says little about its direction.
const LEAST_ASPECT: f32 = 2.0;
/// Mean probability from which the classifier is believed without reading.
const SURE: f32 = 0.9;

pub(super) struct OrientationClassifier {
    network: Network,
}

/// The lines that tell most about a page's direction: long, but not so long that the classifier sees only their
/// beginning.
pub(super) fn samples(boxes: &[LineBox]) -> Vec<LineBox> {
    let mut lines: Vec<LineBox> =
        boxes.iter().filter(|line| line.aspect() >= LEAST_ASPECT).cloned().collect();
    if lines.is_empty() {
        lines = boxes.to_vec();
    }
    lines.sort_by(|one, other| other.length().total_cmp(&one.length()));
    lines.truncate(SAMPLES);
    lines
}

impl OrientationClassifier {
    pub(super) fn load(path: &Path) -> Result<Self, EngineError> {
        Ok(Self { network: Network::load(path)? })
    }

    /// Whether the lines clearly stand upright.
    pub(super) fn is_upright(
        &self,
        picture: &Raster<'_>,
        lines: &[LineBox],
        options: &RunOptions,
    ) -> Result<bool, EngineError> {
        let mut planes = vec![0.0; lines.len() * 3 * HEIGHT * WIDTH];
        for (line, planes) in lines.iter().zip(planes.chunks_exact_mut(3 * HEIGHT * WIDTH)) {
            let width = ((HEIGHT as f32 * line.aspect()).ceil() as usize).clamp(1, WIDTH);
            // Only the beginning of a long line: squeezed, it would say less.
            let seen = (WIDTH as f32 / (HEIGHT as f32 * line.aspect())).min(1.0);
            picture.cut(&line.stretch(0.0, seen), width, HEIGHT, WIDTH, planes);
        }
        let output = self.network.run::<2>([lines.len(), 3, HEIGHT, WIDTH], planes, options)?;
        if output.shape() != [lines.len(), 2] {
            return Err(EngineError::Recognizer("the direction's output has another size".into()));
        }
        // Classes: as it is, turned by 180 degrees.
        let upright = (0..lines.len()).map(|line| output[[line, 0]]).sum::<f32>() / lines.len() as f32;
        Ok(upright >= SURE)
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn the_longest_lines_are_asked() {
        let line = |length: f32| LineBox::new([0.0; 2], [1.0, 0.0], length, 10.0);
        let lines: Vec<_> = (1..20).map(|tens| line(tens as f32 * 10.0)).collect();
        let asked = samples(&lines);
        assert_eq!(asked.len(), SAMPLES);
        assert_eq!(asked[0].length(), 190.0);
        assert_eq!(samples(&[line(12.0)]).len(), 1, "better a short one than none");
        assert!(samples(&[]).is_empty());
    }
}
