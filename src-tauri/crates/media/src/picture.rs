//! A decoded picture, and what is made of it for a screen.

use crate::color::{self, SourceColor};
use crate::encode::{self, Encoded};
use crate::identify::PictureFormat;
use crate::{MediaError, geometry};
use conversation::Pixels;
use fast_image_resize::images::{Image as Resized, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};
use std::borrow::Cow;

const THUMBNAIL_QUALITY: u8 = 82;
const DISPLAY_QUALITY: u8 = 90;

/// A decoded picture in 8-bit sRGB, with alpha only where some pixel is transparent. Decode once, then make everything
/// from it: thumbnail, view, and what a model gets.
/// What is not needed at its own size is better decoded by [`decode_within`](crate::decode_within).
pub struct Picture {
    /// `ImageRgb8` or `ImageRgba8`, lying as in the file: turning a small copy costs less than turning the whole.
    image: DynamicImage,
    orientation: Orientation,
    format: PictureFormat,
    has_metadata: bool,
    /// Width and height before it was made smaller, upright.
    original_size: (u32, u32),
}

impl Picture {
    /// Takes decoded pixels, brings them to sRGB and drops an alpha channel that says nothing.
    pub(crate) fn new(
        image: DynamicImage,
        orientation: Orientation,
        color: &SourceColor,
        format: PictureFormat,
        has_metadata: bool,
    ) -> Self {
        let image = match image {
            DynamicImage::ImageRgba8(mut pixels)
                if pixels.as_raw().chunks_exact(4).any(|pixel| pixel[3] < 255) =>
            {
                color::to_srgb(&mut pixels, 4, color);
                DynamicImage::ImageRgba8(pixels)
            }
            image => {
                let mut pixels = image.into_rgb8();
                color::to_srgb(&mut pixels, 3, color);
                DynamicImage::ImageRgb8(pixels)
            }
        };
        let original_size = geometry::upright(image.width(), image.height(), orientation);
        Self { image, orientation, format, has_metadata, original_size }
    }

    /// Says that the pixels are those of a larger picture, of this size as it lies in the file.
    pub(crate) fn reduced_from(self, width: u32, height: u32) -> Self {
        Self { original_size: geometry::upright(width, height, self.orientation), ..self }
    }

    /// A picture of decoded pixels, such as a frame of a video. It is taken for one that was compressed as photos are: frames
    /// were.
    ///
    /// # Errors
    /// [`MediaError::WrongLength`], [`MediaError::Empty`] for one without pixels.
    pub fn from_pixels(pixels: Pixels) -> Result<Self, MediaError> {
        let Pixels { width, height, rgb } = pixels;
        if width == 0 || height == 0 {
            return Err(MediaError::Empty);
        }
        let (expected, actual) = (u64::from(width) * u64::from(height) * 3, rgb.len() as u64);
        let wrong = MediaError::WrongLength { width, height, expected, actual };
        let image = match RgbImage::from_raw(width, height, rgb) {
            Some(image) if actual == expected => image.into(),
            _ => return Err(wrong),
        };
        let (orientation, format) = (Orientation::NoTransforms, PictureFormat::Jpeg);
        Ok(Self { image, orientation, format, has_metadata: false, original_size: (width, height) })
    }

    /// Width in pixels, upright.
    pub fn width(&self) -> u32 {
        self.upright_size().0
    }

    /// Height in pixels, upright.
    pub fn height(&self) -> u32 {
        self.upright_size().1
    }

    /// Width and height in pixels that the file has, upright: more than the picture's own where it was decoded
    /// [smaller](crate::decode_within).
    pub fn original_size(&self) -> (u32, u32) {
        self.original_size
    }

    /// MIME type of the file it came from.
    pub fn source_mime(&self) -> &'static str {
        self.format.mime()
    }

    /// Whether some pixel is transparent.
    pub fn has_alpha(&self) -> bool {
        self.image.color().has_alpha()
    }

    /// A small view for lists: JPEG, or PNG where there is transparency. `longest_edge` in pixels.
    ///
    /// # Errors
    /// [`MediaError::Encode`].
    pub fn thumbnail(&self, longest_edge: u32) -> Result<Encoded, MediaError> {
        self.for_screen(longest_edge, THUMBNAIL_QUALITY)
    }

    /// A view any webview shows, also of formats it does not know: JPEG, or PNG where there is transparency.
    /// `longest_edge` in pixels.
    ///
    /// # Errors
    /// [`MediaError::Encode`].
    pub fn display(&self, longest_edge: u32) -> Result<Encoded, MediaError> {
        self.for_screen(longest_edge, DISPLAY_QUALITY)
    }

    /// The pixels, upright, as RGBA rows from the top.
    pub fn to_rgba(&self) -> Vec<u8> {
        geometry::orient(self.image.clone(), self.orientation).into_rgba8().into_raw()
    }

    /// The pixels, upright, as RGB rows from the top; transparent ones on white.
    pub fn to_rgb(&self) -> Vec<u8> {
        let upright = geometry::orient(self.image.clone(), self.orientation);
        match upright {
            DynamicImage::ImageRgba8(pixels) => pixels
                .pixels()
                .flat_map(|pixel| {
                    let [.., alpha] = pixel.0;
                    let on_white = |value: u8| {
                        let (value, alpha) = (u16::from(value), u16::from(alpha));
                        ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
                    };
                    [on_white(pixel.0[0]), on_white(pixel.0[1]), on_white(pixel.0[2])]
                })
                .collect(),
            other => other.into_rgb8().into_raw(),
        }
    }

    pub(crate) fn format(&self) -> PictureFormat {
        self.format
    }

    pub(crate) fn has_metadata(&self) -> bool {
        self.has_metadata
    }

    /// Whether it has the file's pixels, lying as they do there.
    pub(crate) fn is_as_stored(&self) -> bool {
        self.orientation == Orientation::NoTransforms && self.original_size == self.upright_size()
    }

    /// The picture upright and no larger than asked.
    pub(crate) fn upright(&self, longest_edge: u32) -> Result<Cow<'_, DynamicImage>, MediaError> {
        let (width, height) = (self.image.width(), self.image.height());
        let (target_width, target_height) = geometry::fit(width, height, longest_edge);
        let image = if (target_width, target_height) == (width, height) {
            if self.orientation == Orientation::NoTransforms {
                return Ok(Cow::Borrowed(&self.image));
            }
            self.image.clone()
        } else {
            scale(&self.image, target_width, target_height)?
        };
        Ok(Cow::Owned(geometry::orient(image, self.orientation)))
    }

    /// The picture no larger than asked; its pixels are let go when they are more.
    pub(crate) fn shrunk(mut self, longest_edge: u32) -> Result<Self, MediaError> {
        let (width, height) = (self.image.width(), self.image.height());
        let (target_width, target_height) = geometry::fit(width, height, longest_edge);
        if (target_width, target_height) != (width, height) {
            self.image = scale(&self.image, target_width, target_height)?;
        }
        Ok(self)
    }

    fn upright_size(&self) -> (u32, u32) {
        geometry::upright(self.image.width(), self.image.height(), self.orientation)
    }

    fn for_screen(&self, longest_edge: u32, quality: u8) -> Result<Encoded, MediaError> {
        let image = self.upright(longest_edge)?;
        if image.color().has_alpha() { encode::png(&image) } else { encode::jpeg(&image, quality) }
    }
}

impl std::fmt::Debug for Picture {
    /// Leaves the pixels out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Picture({}, {}x{})", self.format.name(), self.width(), self.height())
    }
}

/// Scales down with a Lanczos filter of three lobes, colours weighted by their alpha so that what is transparent does
/// not bleed.
fn scale(image: &DynamicImage, width: u32, height: u32) -> Result<DynamicImage, MediaError> {
    let has_alpha = image.color().has_alpha();
    let pixel_type = if has_alpha { PixelType::U8x4 } else { PixelType::U8x3 };
    let source = ImageRef::new(image.width(), image.height(), image.as_bytes(), pixel_type)
        .map_err(|error| MediaError::Encode(error.into()))?;
    let mut target = Resized::new(width, height, pixel_type);
    Resizer::new()
        .resize(&source, &mut target, &ResizeOptions::default())
        .map_err(|error| MediaError::Encode(error.into()))?;
    let pixels = target.into_vec();
    let scaled = if has_alpha {
        RgbaImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgba8)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    };
    scaled.ok_or_else(|| MediaError::Encode("scaling lost pixels".into()))
}
