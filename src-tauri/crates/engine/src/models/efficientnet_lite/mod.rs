//! EfficientNet-Lite0: says which of ImageNet's thousand classes a picture shows.
//!
//! The network and its settings are those of Tan and Le's EfficientNet (2019) in the "lite" form, without squeeze and
//! excitation and with ReLU6; the weights are the published checkpoint for PyTorch, read as it is.

mod depthwise;
mod network;
mod views;

use crate::{EngineError, torch_file::TorchFile};
use network::Network;
use std::path::Path;

/// A loaded classifier. It computes on the main processor: a picture takes it tens of milliseconds.
pub struct ImageClassifier {
    network: Network,
}

impl ImageClassifier {
    /// Classes it tells apart, in the order of ImageNet's 2012 challenge.
    pub const CLASSES: usize = network::CLASSES;

    /// Reads the weights from a checkpoint of PyTorch.
    pub fn load(path: &Path) -> Result<Self, EngineError> {
        Ok(Self { network: Network::load(&TorchFile::open(path)?)? })
    }

    /// The probability of each class, [`Self::CLASSES`] numbers that add up to one.
    ///
    /// `rgb` holds the rows of the upright picture from the top, three bytes of sRGB for each pixel. The answer is the mean
    /// over two views: the middle of the picture, which the network was trained for, and all of it squeezed into a square,
    /// so that what stands at the edge of a wide picture counts and what only one view suggests loses weight.
    pub fn classify(&self, rgb: &[u8], width: u32, height: u32) -> Result<Vec<f32>, EngineError> {
        let views = views::of(rgb, width, height)?;
        self.network.probabilities(&views)
    }
}
