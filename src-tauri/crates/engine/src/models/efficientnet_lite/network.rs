//! The network: a stem, sixteen inverted residual blocks, a head. Pictures are `(batch, row, column, channel)`, so that
//! a 1x1 convolution is one matrix product. Batch normalisation is folded into the convolutions when they are read.

use super::depthwise::Depthwise;
use crate::{EngineError, torch_file::TorchFile};
use candle_core::{Device, Result, Tensor};
use candle_nn::ops::softmax_last_dim;

/// Classes of ImageNet.
pub const CLASSES: usize = 1000;
/// Channels behind the stem and before the classifier.
const STEM: usize = 32;
const HEAD: usize = 1280;
/// Added to the variance in batch normalisation.
const EPSILON: f32 = 1e-3;

/// A run of equal blocks.
struct Stage {
    /// How many times as many channels a block computes on inside.
    expansion: usize,
    kernel: usize,
    /// Of the first block; the others have 1.
    stride: usize,
    channels: usize,
    blocks: usize,
}

const fn stage(expansion: usize, kernel: usize, stride: usize, channels: usize, blocks: usize) -> Stage {
    Stage { expansion, kernel, stride, channels, blocks }
}

/// Lite0's stages.
const STAGES: [Stage; 7] = [
    stage(1, 3, 1, 16, 1),
    stage(6, 3, 2, 24, 2),
    stage(6, 5, 2, 40, 2),
    stage(6, 3, 2, 80, 3),
    stage(6, 5, 1, 112, 3),
    stage(6, 5, 2, 192, 4),
    stage(6, 3, 1, 320, 1),
];

/// The loaded network.
pub struct Network {
    /// `(channel, 3, 3, 3)` and its bias.
    stem: (Tensor, Tensor),
    blocks: Vec<Block>,
    head: Pointwise,
    classifier: Pointwise,
}

/// Expands the channels, convolves each, projects them back; adds its input where the shape stays.
struct Block {
    expand: Option<Pointwise>,
    depthwise: (Depthwise, Tensor, Tensor),
    project: Pointwise,
    is_residual: bool,
}

/// A 1x1 convolution: weights as `(input, output)`, bias as `(output)`.
struct Pointwise {
    weights: Tensor,
    bias: Tensor,
}

impl Network {
    /// Reads the weights.
    pub fn load(file: &TorchFile) -> std::result::Result<Self, EngineError> {
        let stem = folded(file, "_conv_stem", "_bn0", &[STEM, 3, 3, 3])?;
        let mut blocks = Vec::new();
        let mut channels = STEM;
        for stage in &STAGES {
            for index in 0..stage.blocks {
                let stride = if index == 0 { stage.stride } else { 1 };
                blocks.push(Block::load(file, blocks.len(), channels, stage, stride)?);
                channels = stage.channels;
            }
        }
        let head = Pointwise::load(file, "_conv_head", "_bn1", channels, HEAD)?;
        let weights =
            Tensor::from_vec(file.tensor("_fc.weight", &[CLASSES, HEAD])?, (CLASSES, HEAD), &Device::Cpu)?;
        let bias = Tensor::from_vec(file.tensor("_fc.bias", &[CLASSES])?, CLASSES, &Device::Cpu)?;
        let classifier = Pointwise { weights: weights.t()?.contiguous()?, bias };
        Ok(Self { stem, blocks, head, classifier })
    }

    /// The mean over the views of the probability of each class.
    pub fn probabilities(&self, views: &Tensor) -> std::result::Result<Vec<f32>, EngineError> {
        let (weights, bias) = &self.stem;
        // The one convolution that is neither 1x1 nor depthwise is Candle's, which wants the channels first.
        let stem = views.permute((0, 3, 1, 2))?.contiguous()?.conv2d(weights, 1, 2, 1, 1)?;
        let mut picture = relu6(&stem.permute((0, 2, 3, 1))?.contiguous()?.broadcast_add(bias)?)?;
        for block in &self.blocks {
            picture = block.forward(&picture)?;
        }
        let features = relu6(&self.head.forward(&picture)?)?.mean((1, 2))?;
        let scores = features.matmul(&self.classifier.weights)?.broadcast_add(&self.classifier.bias)?;
        Ok(softmax_last_dim(&scores)?.mean(0)?.to_vec1()?)
    }
}

impl Block {
    fn load(
        file: &TorchFile,
        index: usize,
        input: usize,
        stage: &Stage,
        stride: usize,
    ) -> std::result::Result<Self, EngineError> {
        let name = |part: &str| format!("_blocks.{index}.{part}");
        let inside = input * stage.expansion;
        let expand = if stage.expansion == 1 {
            None
        } else {
            Some(Pointwise::load(file, &name("_expand_conv"), &name("_bn0"), input, inside)?)
        };
        let kernel = stage.kernel;
        let (weights, bias) =
            folded(file, &name("_depthwise_conv"), &name("_bn1"), &[inside, 1, kernel, kernel])?;
        let weights = weights.reshape((inside, kernel * kernel))?.t()?.contiguous()?;
        Ok(Self {
            expand,
            depthwise: (Depthwise { kernel, stride }, weights, bias),
            project: Pointwise::load(file, &name("_project_conv"), &name("_bn2"), inside, stage.channels)?,
            is_residual: stride == 1 && input == stage.channels,
        })
    }

    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let expanded = match &self.expand {
            Some(expand) => relu6(&expand.forward(input)?)?,
            None => input.clone(),
        };
        let (convolution, weights, bias) = &self.depthwise;
        let output = self.project.forward(&convolution.forward(&expanded, weights, bias)?)?;
        if self.is_residual { output + input } else { Ok(output) }
    }
}

impl Pointwise {
    fn load(
        file: &TorchFile,
        convolution: &str,
        norm: &str,
        input: usize,
        output: usize,
    ) -> std::result::Result<Self, EngineError> {
        let (weights, bias) = folded(file, convolution, norm, &[output, input, 1, 1])?;
        Ok(Self { weights: weights.reshape((output, input))?.t()?.contiguous()?, bias })
    }

    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (batch, rows, columns, channels) = input.dims4()?;
        let pixels = input.reshape((batch * rows * columns, channels))?;
        pixels.matmul(&self.weights)?.broadcast_add(&self.bias)?.reshape((batch, rows, columns, ()))
    }
}

fn relu6(values: &Tensor) -> Result<Tensor> {
    values.clamp(0f32, 6f32)
}

/// Reads a convolution without bias and the batch normalisation behind it as one convolution: weights of `shape`, whose
/// first side is the output, and the bias.
fn folded(
    file: &TorchFile,
    convolution: &str,
    norm: &str,
    shape: &[usize],
) -> std::result::Result<(Tensor, Tensor), EngineError> {
    let outputs = shape[0];
    let mut weights = file.tensor(&format!("{convolution}.weight"), shape)?;
    let statistic = |part: &str| file.tensor(&format!("{norm}.{part}"), &[outputs]);
    let (gamma, beta) = (statistic("weight")?, statistic("bias")?);
    let (mean, variance) = (statistic("running_mean")?, statistic("running_var")?);
    let mut bias = beta;
    let size = weights.len() / outputs;
    for (output, weights) in weights.chunks_exact_mut(size).enumerate() {
        let scale = gamma[output] / (variance[output] + EPSILON).sqrt();
        if !scale.is_finite() {
            return Err(EngineError::MalformedCheckpoint {
                detail: format!("`{norm}` has a negative variance"),
            });
        }
        for weight in weights {
            *weight *= scale;
        }
        bias[output] -= mean[output] * scale;
    }
    Ok((Tensor::from_vec(weights, shape, &Device::Cpu)?, Tensor::from_vec(bias, outputs, &Device::Cpu)?))
}
