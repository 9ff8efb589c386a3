//! One ONNX network with one input and one output, its failures as the engine's errors.

use crate::EngineError;
use rten::{Model, RunOptions};
use rten_tensor::{NdTensor, prelude::*};
use std::path::Path;

pub(super) struct Network {
    model: Model,
}

impl Network {
    pub(super) fn load(path: &Path) -> Result<Self, EngineError> {
        // Read here, so that a missing file and a damaged one are told apart.
        let bytes =
            std::fs::read(path).map_err(|source| EngineError::Io { path: path.to_owned(), source })?;
        let model = Model::load(bytes)
            .map_err(|error| EngineError::Recognizer(format!("{} cannot be run: {error}", path.display())))?;
        Ok(Self { model })
    }

    /// A text stored beside the network.
    pub(super) fn metadata(&self, key: &str) -> Result<&str, EngineError> {
        self.model.metadata().get(key).ok_or_else(|| EngineError::MissingMetadata { key: key.into() })
    }

    /// Runs the network on `planes`, a batch of pictures of shape number, channels, height, width.
    pub(super) fn run<const N: usize>(
        &self,
        shape: [usize; 4],
        planes: Vec<f32>,
        options: &RunOptions,
    ) -> Result<NdTensor<f32, N>, EngineError> {
        let input = NdTensor::from_data(shape, planes);
        self.model
            .run_one(input.view().into(), Some(options.clone()))
            .map_err(|error| EngineError::Recognizer(error.to_string()))?
            .try_into()
            .map_err(|_| EngineError::Recognizer(format!("the output has not {N} dimensions")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_damaged_files_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("det.onnx");
        assert!(matches!(Network::load(&path), Err(EngineError::Io { .. })));
        std::fs::write(&path, "not a network").unwrap();
        let error = Network::load(&path).err().unwrap();
        assert!(matches!(&error, EngineError::Recognizer(detail) if detail.contains("det.onnx")), "{error}");
    }
}
