//! Kokoro's network in rten: tokens in, sound out.

use super::rewrite::replace_fused_products;
use crate::VoiceError;
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use std::{path::Path, sync::Arc};

/// The loaded network.
pub struct Network {
    model: Model,
    tokens: NodeId,
    style: NodeId,
    speed: NodeId,
    sound: NodeId,
    options: RunOptions,
}

impl Network {
    /// Loads Kokoro-82M as ONNX, e.g. the 8-bit file of kokoro-onnx. The file is in memory twice while it is taken in.
    pub fn load(path: &Path) -> Result<Self, VoiceError> {
        let mut bytes = std::fs::read(path).map_err(|error| super::unreadable(path, &error))?;
        let unusable = |reason: String| VoiceError::Unusable(format!("{}: {reason}", path.display()));
        replace_fused_products(&mut bytes).map_err(unusable)?;
        let model = Model::load(bytes).map_err(|error| unusable(error.to_string()))?;
        let node = |name| model.node_id(name).map_err(|error| unusable(error.to_string()));
        let [tokens, style, speed, sound] = [node("tokens")?, node("style")?, node("speed")?, node("audio")?];
        Ok(Self { tokens, style, speed, sound, model, options: RunOptions::default() })
    }

    /// Runs on `threads` threads from now on.
    pub fn set_threads(&mut self, threads: usize) {
        let pool = Arc::new(ThreadPool::with_num_threads(threads.max(1)));
        self.options = RunOptions::default().with_thread_pool(Some(pool));
    }

    /// The samples for tokens (with both edges) spoken in a style; `speed` 2 is twice as fast.
    pub fn run(&self, tokens: Vec<i64>, style: Vec<f32>, speed: f32) -> Result<Vec<f32>, VoiceError> {
        let failed = |error: String| VoiceError::Failed(error);
        // rten computes with 32-bit whole numbers and takes these in place of 64-bit ones.
        let tokens = tokens.into_iter().map(i32::try_from).collect::<Result<Vec<_>, _>>();
        let tokens = tokens.map_err(|error| failed(error.to_string()))?;
        let tokens = NdTensor::from_data([1, tokens.len()], tokens);
        let style = NdTensor::from_data([1, style.len()], style);
        let speed = NdTensor::from_data([1], vec![speed]);
        let inputs =
            vec![(self.tokens, tokens.into()), (self.style, style.into()), (self.speed, speed.into())];
        let [sound] = self
            .model
            .run_n(inputs, [self.sound], Some(self.options.clone()))
            .map_err(|error| failed(error.to_string()))?;
        let sound: NdTensor<f32, 1> =
            sound.try_into().map_err(|_| failed("the sound has more than one dimension".into()))?;
        Ok(sound.into_data())
    }
}
