//! A checkpoint of PyTorch (`.pth`), whatever its age: weights by name, of exactly the shape that is asked for.
//!
//! `pytorch-reader` parses the pickle without building anything but tensors, follows strides and checks every length
//! against the file. What it cannot know is checked here: which shape and type a network needs, before a byte of the
//! weight is read, and that its numbers are finite.

use crate::EngineError;
use pytorch_reader::{DType, PytorchError, PytorchReader};
use std::{fs::File, path::Path};

/// An opened checkpoint.
pub struct TorchFile(PytorchReader);

impl TorchFile {
    /// Opens `path` and reads which weights it holds, not the weights.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let io = |source| EngineError::Io { path: path.to_owned(), source };
        // Told apart from a broken file here: the parser reports both alike.
        File::open(path).map_err(io)?;
        PytorchReader::new(path).map(Self).map_err(|error| match error {
            PytorchError::Io(source) if source.raw_os_error().is_some() => io(source),
            other => malformed(&other),
        })
    }

    /// Reads a weight of exactly this shape, in row-major order.
    pub fn tensor(&self, name: &str, expected: &[usize]) -> Result<Vec<f32>, EngineError> {
        let tensor = self.0.get(name).ok_or_else(|| EngineError::MissingTensor { name: name.into() })?;
        if tensor.shape() != expected {
            return Err(EngineError::ShapeMismatch {
                name: name.into(),
                expected: expected.to_vec(),
                actual: tensor.shape().to_vec(),
            });
        }
        if tensor.dtype() != DType::F32 {
            return Err(malformed(&format_args!("`{name}` is of type {:?}", tensor.dtype())));
        }
        let bytes = tensor.read().map_err(|error| malformed(&error))?;
        let values: Vec<f32> = bytes.as_chunks().0.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect();
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(malformed(&format_args!("`{name}` holds numbers that are not finite")))
        }
    }
}

fn malformed(detail: &dyn std::fmt::Display) -> EngineError {
    EngineError::MalformedCheckpoint { detail: detail.to_string() }
}
