//! Convolution of each channel with its own kernel. Candle runs it as one small convolution for each of up to 1152
//! channels; here the channels of a pixel lie side by side and are computed together.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

/// Channels computed together; the network's counts are multiples of it.
pub const LANES: usize = 16;

/// A depthwise convolution with zeros around the picture, followed by ReLU6.
pub struct Depthwise {
    /// Edge of the square kernel, odd.
    pub kernel: usize,
    /// Pixels from one output to the next.
    pub stride: usize,
}

impl Depthwise {
    /// `input` is `(batch, row, column, channel)`, `weights` are `(kernel row * kernel column, channel)`, `bias` is
    /// `(channel)`.
    pub fn forward(&self, input: &Tensor, weights: &Tensor, bias: &Tensor) -> Result<Tensor> {
        input.apply_op3_no_bwd(weights, bias, self)
    }

    /// One row of the output.
    fn row(
        &self,
        output: &mut [f32],
        y: usize,
        picture: &[f32],
        size: [usize; 3],
        weights: &[f32],
        bias: &[f32],
    ) {
        let [height, width, channels] = size;
        let half = self.kernel / 2;
        let taps = |at: usize, limit: usize| {
            (0..self.kernel).filter_map(move |tap| {
                (at * self.stride + tap)
                    .checked_sub(half)
                    .filter(|place| *place < limit)
                    .map(|place| (tap, place))
            })
        };
        for (x, pixel) in output.chunks_exact_mut(channels).enumerate() {
            for (block, lanes) in pixel.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let first = block * LANES;
                let mut sum = lanes_at(bias, first);
                for (tap_y, place_y) in taps(y, height) {
                    for (tap_x, place_x) in taps(x, width) {
                        let values = lanes_at(picture, (place_y * width + place_x) * channels + first);
                        let factors = lanes_at(weights, (tap_y * self.kernel + tap_x) * channels + first);
                        for lane in 0..LANES {
                            sum[lane] += values[lane] * factors[lane];
                        }
                    }
                }
                *lanes = sum.map(|value| value.clamp(0.0, 6.0));
            }
        }
    }
}

/// The values of [`LANES`] channels.
fn lanes_at(values: &[f32], first: usize) -> [f32; LANES] {
    let mut lanes = [0.0; LANES];
    lanes.copy_from_slice(&values[first..first + LANES]);
    lanes
}

impl CustomOp3 for Depthwise {
    fn name(&self) -> &'static str {
        "depthwise-convolution"
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        input_layout: &Layout,
        weights: &CpuStorage,
        weights_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (batch, height, width, channels) = input_layout.shape().dims4()?;
        let expected = Shape::from((self.kernel * self.kernel, channels));
        if *weights_layout.shape() != expected
            || *bias_layout.shape() != Shape::from(channels)
            || !channels.is_multiple_of(LANES)
        {
            bail!("{:?} by {:?} and {:?}", input_layout.shape(), weights_layout.shape(), bias_layout.shape());
        }
        let (input, weights, bias) = (
            contiguous(input, input_layout)?,
            contiguous(weights, weights_layout)?,
            contiguous(bias, bias_layout)?,
        );
        // Half a kernel of zeros on each side.
        let outputs = |side: usize| side.div_ceil(self.stride);
        let (rows, columns) = (outputs(height), outputs(width));
        let mut output = vec![0.0; batch * rows * columns * channels];
        output.par_chunks_exact_mut(columns * channels).enumerate().for_each(|(index, row)| {
            let picture = height * width * channels;
            let picture = &input[index / rows * picture..][..picture];
            self.row(row, index % rows, picture, [height, width, channels], weights, bias);
        });
        Ok((CpuStorage::F32(output), Shape::from((batch, rows, columns, channels))))
    }
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice()?[start..end]),
        None => bail!("the values do not lie side by side"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    /// Against Candle's own convolution, on odd and even sides, both strides and both kernels.
    #[test]
    fn it_equals_a_grouped_convolution() {
        let channels = 2 * LANES;
        for (kernel, stride, height, width) in
            [(3, 1, 5, 4), (3, 2, 7, 8), (5, 1, 6, 3), (5, 2, 8, 7), (5, 2, 1, 1)]
        {
            let input = Tensor::randn(0f32, 1., (2, height, width, channels), &Device::Cpu).unwrap();
            let weights = Tensor::randn(0f32, 1., (kernel * kernel, channels), &Device::Cpu).unwrap();
            let bias = Tensor::randn(0f32, 1., channels, &Device::Cpu).unwrap();
            let ours = Depthwise { kernel, stride }.forward(&input, &weights, &bias).unwrap();
            let theirs = {
                let input = input.permute((0, 3, 1, 2)).unwrap();
                let weights = weights.t().unwrap().reshape((channels, 1, kernel, kernel)).unwrap();
                let output = input.conv2d(&weights, kernel / 2, stride, 1, channels).unwrap();
                let output = output.permute((0, 2, 3, 1)).unwrap().broadcast_add(&bias).unwrap();
                output.clamp(0f32, 6f32).unwrap()
            };
            assert_eq!(ours.dims(), theirs.dims());
            let difference =
                (ours - theirs).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
            assert!(difference < 1e-5, "{kernel} {stride}: {difference}");
        }
    }

    #[test]
    fn shapes_that_do_not_belong_together_are_refused() {
        let zeros = |shape: &[usize]| Tensor::zeros(shape, candle_core::DType::F32, &Device::Cpu).unwrap();
        let convolution = Depthwise { kernel: 3, stride: 1 };
        let picture = zeros(&[1, 4, 4, LANES]);
        assert!(convolution.forward(&picture, &zeros(&[9, LANES]), &zeros(&[LANES])).is_ok());
        assert!(convolution.forward(&picture, &zeros(&[25, LANES]), &zeros(&[LANES])).is_err());
        assert!(convolution.forward(&picture, &zeros(&[9, LANES]), &zeros(&[1])).is_err());
        assert!(convolution.forward(&zeros(&[1, 4, 4, 3]), &zeros(&[9, 3]), &zeros(&[3])).is_err());
        let turned = picture.transpose(1, 3).unwrap();
        assert!(convolution.forward(&turned, &zeros(&[9, 4]), &zeros(&[4])).is_err());
    }
}
