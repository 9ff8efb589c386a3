//! Making a picture ready for one model: as large as its budget allows, in a format it accepts, without metadata.

use crate::encode::{self, Encoded};
use crate::identify::PictureFormat;
use crate::quality::{self, Attempt};
use crate::{MediaError, Picture, decode_within, metadata};
use conversation::{AttachmentId, FileView, ImageBudget, Pixels, PreparedMedia};
use image::DynamicImage;
use std::borrow::Cow;

const JPEG: &str = "image/jpeg";
const PNG: &str = "image/png";

/// Decodes a file, no larger than the budget, and makes it ready; see [`Picture::prepare`].
///
/// # Errors
/// As [`decode_within()`](crate::decode_within()) and [`Picture::prepare`].
pub fn prepare(
    original: &[u8],
    budget: &ImageBudget,
    attachment: AttachmentId,
) -> Result<PreparedMedia, MediaError> {
    decode_within(original, budget.longest_edge)?.prepare(original, budget, attachment)
}

/// Makes a frame of a video ready for a model: as [`Picture::prepare`] does with a picture that came as a JPEG.
///
/// # Errors
/// [`MediaError::WrongLength`], [`MediaError::Empty`] for a frame without pixels, and as [`Picture::prepare`].
pub fn prepare_frame(
    frame: Pixels,
    budget: &ImageBudget,
    attachment: AttachmentId,
) -> Result<PreparedMedia, MediaError> {
    Picture::from_pixels(frame)?.prepare(&[], budget, attachment)
}

impl Picture {
    /// Makes the picture ready for a model. `original` is the file it was decoded from.
    ///
    /// - Its longest edge is the smaller of its own and the budget's, unless that cannot be brought under
    ///   `max_bytes` at any quality: only then is it made smaller still.
    /// - A JPEG that already fits and lies upright keeps its compressed samples; only its metadata is taken out.
    /// - What came without loss, and what is transparent, goes as PNG where that fits; otherwise as JPEG, on white.
    ///
    /// # Errors
    /// [`MediaError::NoAcceptedFormat`], [`MediaError::BudgetTooSmall`], [`MediaError::Encode`].
    pub fn prepare(
        &self,
        original: &[u8],
        budget: &ImageBudget,
        attachment: AttachmentId,
    ) -> Result<PreparedMedia, MediaError> {
        let accepts = |mime: &str| budget.accepts.iter().any(|accepted| accepted.eq_ignore_ascii_case(mime));
        let (jpeg, png) = (accepts(JPEG), accepts(PNG));
        if !jpeg && !png {
            return Err(MediaError::NoAcceptedFormat);
        }
        let encoded = match self.keep_jpeg(original, budget, jpeg) {
            Some(encoded) => encoded,
            None => self.encode_within(budget, jpeg, png)?,
        };
        Ok(PreparedMedia {
            attachment,
            mime: encoded.mime.to_owned(),
            width: encoded.width,
            height: encoded.height,
            scaled: (encoded.width, encoded.height) != self.original_size(),
            metadata_removed: self.has_metadata(),
            view: FileView::default(),
            data: encoded.data.into(),
        })
    }

    /// The original JPEG without its metadata, where it can go as it is.
    fn keep_jpeg(&self, original: &[u8], budget: &ImageBudget, accepted: bool) -> Option<Encoded> {
        let (width, height) = (self.width(), self.height());
        let fits = accepted
            && self.format() == PictureFormat::Jpeg
            && self.is_as_stored()
            && width.max(height) <= budget.longest_edge
            // Inks are not what models read.
            && metadata::jpeg_components(original) != Some(4);
        if !fits {
            return None;
        }
        let data = metadata::strip_jpeg(original)?;
        (data.len() as u64 <= u64::from(budget.max_bytes)).then_some(Encoded {
            mime: JPEG,
            width,
            height,
            data,
        })
    }

    /// Encodes at the budget's size, then at lower quality, then smaller, until it fits.
    fn encode_within(&self, budget: &ImageBudget, jpeg: bool, png: bool) -> Result<Encoded, MediaError> {
        let max_bytes = u64::from(budget.max_bytes);
        let fits = |encoded: &Encoded| encoded.data.len() as u64 <= max_bytes;
        let mut edge = self.width().max(self.height()).min(budget.longest_edge.max(1));
        loop {
            let image = self.upright(edge)?;
            let mut smallest = u64::MAX;
            if png && (self.format().is_lossless() || self.has_alpha() || !jpeg) {
                let encoded = encode::png(&image)?;
                if fits(&encoded) {
                    return Ok(encoded);
                }
                smallest = smallest.min(encoded.data.len() as u64);
            }
            if jpeg {
                let opaque = match &*image {
                    DynamicImage::ImageRgb8(opaque) => Cow::Borrowed(opaque),
                    image => Cow::Owned(encode::on_white(image)),
                };
                match quality::best_within(&opaque, max_bytes)? {
                    Attempt::Fits(encoded) => return Ok(encoded),
                    Attempt::TooLarge(bytes) => smallest = smallest.min(bytes),
                }
            }
            if edge == 1 {
                return Err(MediaError::BudgetTooSmall { max_bytes: budget.max_bytes });
            }
            // Bytes go roughly with the area; a little less each time, so that it ends.
            let ratio = (max_bytes as f64 / smallest as f64).sqrt().clamp(0.25, 0.95);
            edge = ((f64::from(edge) * ratio) as u32).clamp(1, edge - 1);
        }
    }
}
