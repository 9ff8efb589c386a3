//! A picture as the network takes it: square views, normalised.

use crate::EngineError;
use candle_core::{Device, Tensor};
use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

/// Edge of a view in pixels.
const EDGE: u32 = 224;
/// The part of the shorter side that the middle view shows: trained on 224 of 256.
const MIDDLE: f64 = 0.875;
/// Mean and standard deviation of ImageNet's red, green and blue, from 0 to 1.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// The middle and the whole of a picture: `(view, row, column, channel)`.
pub fn of(rgb: &[u8], width: u32, height: u32) -> Result<Tensor, EngineError> {
    let error = || EngineError::Picture { width, height, bytes: rgb.len() };
    // Multiplied wide: the resizer multiplies in the width of a pointer and would overflow.
    let bytes = u128::from(width) * u128::from(height) * 3;
    if bytes == 0 || bytes != rgb.len() as u128 {
        return Err(error());
    }
    let source = ImageRef::new(width, height, rgb, PixelType::U8x3).map_err(|_| error())?;
    let (wide, high) = (f64::from(width), f64::from(height));
    let middle = wide.min(high) * MIDDLE;
    // Bicubic with the kernel widened where pixels are merged, as the training's pictures were made.
    let bicubic = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    let boxes = [
        bicubic.crop((wide - middle) / 2.0, (high - middle) / 2.0, middle, middle),
        bicubic.crop(0.0, 0.0, wide, high),
    ];

    let mut values = Vec::with_capacity(boxes.len() * (EDGE * EDGE) as usize * 3);
    let mut resizer = Resizer::new();
    for options in &boxes {
        let mut view = Image::new(EDGE, EDGE, PixelType::U8x3);
        resizer.resize(&source, &mut view, options).map_err(|_| error())?;
        values.extend(view.buffer().as_chunks::<3>().0.iter().flat_map(|pixel| {
            std::array::from_fn::<f32, 3, _>(|channel| {
                (f32::from(pixel[channel]) / 255.0 - MEAN[channel]) / DEVIATION[channel]
            })
        }));
    }
    let edge = EDGE as usize;
    Ok(Tensor::from_vec(values, (boxes.len(), edge, edge, 3), &Device::Cpu)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_whole_are_shown() {
        // Red to the left, green in the middle, blue to the right, each as wide as the picture is high.
        let row: Vec<u8> =
            [[255, 0, 0], [0, 255, 0], [0, 0, 255]].iter().flat_map(|color| color.repeat(64)).collect();
        let views = of(&row.repeat(64), 192, 64).unwrap();
        assert_eq!(views.dims(), [2, 224, 224, 3]);
        let green_at = |view: usize, column: usize| {
            let pixel =
                views.get(view).and_then(|view| view.get(100)?.get(column)?.to_vec1::<f32>()).unwrap();
            pixel[1] > 2.0 && pixel[0] < -2.0 && pixel[2] < -1.7
        };
        assert!(green_at(0, 3) && green_at(0, 220));
        assert!(!green_at(1, 3) && green_at(1, 112) && !green_at(1, 220));
    }

    #[test]
    fn any_shape_is_taken_and_wrong_sizes_are_refused() {
        for (width, height) in [(1, 1), (1, 300), (5000, 1), (3, 2)] {
            let rgb = vec![9; (width * height * 3) as usize];
            assert_eq!(of(&rgb, width, height).unwrap().dims()[0], 2, "{width}x{height}");
        }
        for (bytes, width, height) in [(0, 0, 0), (0, 0, 5), (12, 2, 3), (0, 2, 2), (3, u32::MAX, u32::MAX)] {
            let refused = of(&vec![0; bytes], width, height);
            assert!(matches!(refused, Err(EngineError::Picture { .. })), "{width}x{height}");
        }
    }
}
