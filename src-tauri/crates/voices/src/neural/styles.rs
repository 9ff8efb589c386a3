//! The tables of a voice: how it speaks, for each length of text.

use crate::VoiceError;
use std::path::Path;

/// Numbers of one style.
pub const STYLE_SIZE: usize = 256;
/// Rows of a table, one for each number of phonemes from 1 on.
pub const ROWS: usize = 510;
/// Size of a table's file: little-endian `f32`, shape rows, 1, size.
const BYTES: u64 = (ROWS * STYLE_SIZE * size_of::<f32>()) as u64;

/// The styles of one voice.
pub struct Styles(Vec<f32>);

impl Styles {
    /// Whether a file has a table's size, without reading it.
    pub fn check(path: &Path) -> Result<(), VoiceError> {
        let bytes = std::fs::metadata(path).map_err(|error| super::unreadable(path, &error))?.len();
        if bytes == BYTES {
            Ok(())
        } else {
            Err(VoiceError::Unusable(format!("{} has {bytes} bytes instead of {BYTES}", path.display())))
        }
    }

    /// Reads a table.
    pub fn read(path: &Path) -> Result<Self, VoiceError> {
        Self::check(path)?;
        let bytes = std::fs::read(path).map_err(|error| super::unreadable(path, &error))?;
        let numbers: Vec<f32> =
            bytes.as_chunks().0.iter().map(|number| f32::from_le_bytes(*number)).collect();
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(VoiceError::Unusable(format!("{} is no table of styles", path.display())));
        }
        Ok(Self(numbers))
    }

    /// The style for a text of so many phonemes, as `KPipeline.infer` of hexgrad/kokoro takes it.
    pub fn of(&self, phonemes: usize) -> Vec<f32> {
        let row = phonemes.clamp(1, ROWS) - 1;
        self.0.iter().skip(row * STYLE_SIZE).take(STYLE_SIZE).copied().collect()
    }
}
