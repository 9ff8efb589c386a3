//! Kokoro's network in rten: tokens in, sound out.

use super::rewrite::adapt;
use crate::VoiceError;
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use std::{fs::File, io::Read, path::Path, sync::Arc};

/// What [`adapt`] adds at most: otherwise the whole file would be copied to a larger place.
const ROOM: usize = 1 << 16;

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
        let mut bytes = read(path).map_err(|error| super::unreadable(path, &error))?;
        let unusable = |reason: String| VoiceError::Unusable(format!("{}: {reason}", path.display()));
        adapt(&mut bytes).map_err(unusable)?;
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

/// The file, with room for what is added to it.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(size + ROOM);
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        neural::styles::Styles,
        phonemes::{EDGE, token},
    };
    use serde::Deserialize;
    use std::path::PathBuf;

    /// What onnxruntime makes of the published file: `scripts/fixtures/kokoro.py`.
    #[derive(Deserialize)]
    struct Spoken {
        voice: String,
        phonemes: String,
        speed: f32,
        samples: usize,
        loudness: Vec<f32>,
    }

    const STRETCH: usize = 480;

    fn folder() -> PathBuf {
        let usual = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../target/test-models");
        std::env::var_os("CASTOR_TEST_MODELS").map_or_else(usual, PathBuf::from)
    }

    /// How alike two courses are, at most 1.
    fn correlation(left: &[f32], right: &[f32]) -> f32 {
        let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
        let (left_mean, right_mean) = (mean(left), mean(right));
        let (mut both, mut left_square, mut right_square) = (0.0, 0.0, 0.0);
        for (left, right) in left.iter().zip(right) {
            let (left, right) = (left - left_mean, right - right_mean);
            both += left * right;
            left_square += left * left;
            right_square += right * right;
        }
        both / (left_square * right_square).sqrt()
    }

    fn loudness(sound: &[f32]) -> f32 {
        (sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32).sqrt()
    }

    /// The network quantises what flows through it, so a last digit that differs grows into samples that do, and now and then
    /// makes a phoneme one frame (600 samples) longer. What stays is how long it speaks, how loudly, and when how loudly.
    #[test]
    fn the_sound_is_that_of_onnxruntime() {
        let path = folder().join("kokoro-82m-v1.0-int8.onnx");
        assert!(path.is_file(), "{} is missing: run `make test-models` first", path.display());
        let network = Network::load(&path).unwrap();
        let fixture = include_str!("../../tests/fixtures/kokoro.json");
        for expected in serde_json::from_str::<Vec<Spoken>>(fixture).unwrap() {
            let styles = Styles::read(&folder().join(format!("kokoro-{}.bin", expected.voice))).unwrap();
            let known: Vec<i64> = expected.phonemes.chars().filter_map(token).collect();
            let style = styles.of(known.len());
            let tokens = [EDGE].into_iter().chain(known).chain([EDGE]).collect();
            let sound = network.run(tokens, style, expected.speed).unwrap();
            let length = sound.len() as f32 / expected.samples as f32;
            assert!((0.97..1.03).contains(&length), "{}: {length} times as long", expected.voice);
            let stretches: Vec<f32> = sound.chunks_exact(STRETCH).map(loudness).collect();
            let louder = loudness(&stretches) / loudness(&expected.loudness);
            assert!((0.93..1.07).contains(&louder), "{}: {louder} times as loud", expected.voice);
            if sound.len() == expected.samples {
                let alike = correlation(&stretches, &expected.loudness);
                assert!(alike > 0.99, "{}: the loudness correlates by {alike}", expected.voice);
            }
        }
    }
}
