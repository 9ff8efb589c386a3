//! A picture of the screen, and what is made of it: a part, a smaller one, a file.

use super::ScreenError;
use super::rect::Rect;
use fast_image_resize::images::{Image as Resized, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// Bytes of one pixel.
const PIXEL: usize = 3;

/// A picture of a screen, a window or a part of one.
#[derive(Clone, PartialEq)]
pub struct Shot {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Rows from the top, three bytes a pixel: red, green, blue, in the screen's own colours, which are taken for sRGB.
    pub rgb: Vec<u8>,
    /// How many of its pixels make one of 96 to the inch, where the desktop says so: 2.0 on a screen that shows everything
    /// twice as large.
    pub scale: Option<f64>,
    /// Where its left edge was on the desktop, in the desktop's pixels. Negative for a window that is partly outside.
    pub x: i32,
    /// Where its upper edge was on the desktop, in the desktop's pixels.
    pub y: i32,
}

impl std::fmt::Debug for Shot {
    /// Leaves the pixels out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Shot({}x{} at {}, {})", self.width, self.height, self.x, self.y)
    }
}

impl Shot {
    /// A part of it. `x` and `y` count from its own upper left corner, in pixels; what lies outside is left away.
    ///
    /// # Errors
    /// [`ScreenError::Empty`] where nothing of it is inside, [`ScreenError::Failed`] where `rgb` has not the length its sides
    /// say.
    pub fn cropped(&self, x: i32, y: i32, width: u32, height: u32) -> Result<Self, ScreenError> {
        let whole = Rect { x: 0, y: 0, width: self.width, height: self.height };
        let part = whole.intersection(Rect { x, y, width, height }).ok_or(ScreenError::Empty)?;
        let row_bytes = self.width as usize * PIXEL;
        if self.rgb.len() != row_bytes * self.height as usize {
            return Err(ScreenError::Failed("the picture has not as many pixels as its sides say".into()));
        }
        let first = part.x as usize * PIXEL;
        let wanted = first..first + part.width as usize * PIXEL;
        let rows = self.rgb.chunks_exact(row_bytes).skip(part.y as usize).take(part.height as usize);
        let rgb: Vec<u8> = rows.flat_map(|row| &row[wanted.clone()]).copied().collect();
        Ok(Self {
            width: part.width,
            height: part.height,
            rgb,
            scale: self.scale,
            x: self.x.saturating_add(part.x),
            y: self.y.saturating_add(part.y),
        })
    }

    /// The picture made smaller for a preview, so that its longer side has `longest_edge` pixels; as it is where it has no
    /// more.
    ///
    /// # Errors
    /// [`ScreenError::Failed`] where `rgb` has not the length its sides say.
    pub fn scaled(&self, longest_edge: u32) -> Result<Self, ScreenError> {
        let longer = self.width.max(self.height);
        if longer <= longest_edge.max(1) {
            return Ok(self.clone());
        }
        let factor = f64::from(longest_edge.max(1)) / f64::from(longer);
        let side = |pixels: u32| ((f64::from(pixels) * factor).round() as u32).max(1);
        let (width, height) = (side(self.width), side(self.height));
        let source = ImageRef::new(self.width, self.height, &self.rgb, PixelType::U8x3)
            .map_err(ScreenError::failed)?;
        let mut target = Resized::new(width, height, PixelType::U8x3);
        // A preview is looked at once and small; the sharper filters take two to three times as long.
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new().resize(&source, &mut target, &options).map_err(ScreenError::failed)?;
        let scale = self.scale.map(|scale| scale * factor);
        Ok(Self { width, height, rgb: target.into_vec(), scale, x: self.x, y: self.y })
    }

    /// The picture as a PNG file, without loss and without metadata. Made to be quick: a screen of 1920x1080 takes about
    /// a hundredth of a second, and the file is somewhat larger than it could be.
    ///
    /// # Errors
    /// [`ScreenError::Failed`] where `rgb` has not the length its sides say.
    pub fn to_png(&self) -> Result<Vec<u8>, ScreenError> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        // As small as a filter chosen for each row makes it, in a third of the time.
        encoder.set_filter(png::Filter::Paeth);
        let mut writer = encoder.write_header().map_err(ScreenError::failed)?;
        writer.write_image_data(&self.rgb).map_err(ScreenError::failed)?;
        writer.finish().map_err(ScreenError::failed)?;
        Ok(file)
    }
}
