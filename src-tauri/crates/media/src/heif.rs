//! HEIC, HEIF and AVIF: one container, two codecs. The container's own rotation and mirroring are applied by the
//! decoders; an EXIF orientation beside them only repeats what was done and is not applied again.

use crate::color::SourceColor;
use crate::identify::PictureFormat;
use crate::limits::{self, MAX_PIXELS};
use crate::{MediaError, Picture, avif, metadata};
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};
use heifer::{Image, Options};
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};
use std::error::Error;

/// How deep pictures made of pictures (grids of overlays of grids) may go.
pub(crate) const MAX_DEPTH: u32 = 4;

pub(crate) fn decode(bytes: &[u8], format: PictureFormat) -> Result<Picture, MediaError> {
    let file = parse(bytes, format)?;
    let (width, height) = coded_size(&file, format)?;
    let is_av1 = coded_type(&file, file.primary_id, 0) == Some(*b"av01");
    limits::check(width, height, working_bytes_per_pixel(&file, is_av1))?;
    let (image, color) = if is_av1 {
        avif::decode(&file, format)?
    } else {
        let options = Options { max_threads: 0, max_pixels: MAX_PIXELS };
        let image = heifer::decode_rgba8(bytes, &options).map_err(|error| classify(error, format))?;
        (image, declared_color(&file, file.primary_id, 0).unwrap_or(SourceColor::Srgb))
    };
    let Image { width, height, has_alpha, data, .. } = image;
    let image = if has_alpha {
        RgbaImage::from_raw(width, height, data).map(DynamicImage::ImageRgba8)
    } else {
        let rgb = Image { width, height, bit_depth: 8, has_alpha, data }.into_rgb8();
        RgbImage::from_raw(width, height, rgb).map(DynamicImage::ImageRgb8)
    };
    let image = image.ok_or_else(|| damaged(format, "fewer pixels than its header says"))?;
    Ok(Picture::new(image, Orientation::NoTransforms, &color, format, metadata::is_present(bytes, format)))
}

/// Width and height as a person sees them: the primary picture's size, cropped and turned as the container says.
pub(crate) fn upright_size(bytes: &[u8], format: PictureFormat) -> Result<(u32, u32), MediaError> {
    let file = parse(bytes, format)?;
    let (mut width, mut height) = coded_size(&file, format)?;
    for property in properties(&file, file.primary_id) {
        match property {
            Property::Rotation(quarters) if quarters % 2 == 1 => (width, height) = (height, width),
            Property::CleanAperture { width: across, height: down, .. } => {
                let side = |(numerator, denominator): (u32, u32), full: u32| {
                    let exact = f64::from(numerator) / f64::from(denominator.max(1));
                    (exact.round() as u32).clamp(1, full)
                };
                (width, height) = (side(*across, width), side(*down, height));
            }
            _ => {}
        }
    }
    Ok((width, height))
}

/// The colour space of an item, or of the first of the items it is made of: the profile first, then the code points.
pub(crate) fn declared_color(file: &HeifFile<'_>, id: ItemId, depth: u32) -> Option<SourceColor> {
    if let Ok(Some(profile)) = file.icc_profile(id) {
        return Some(SourceColor::Icc(profile.to_vec()));
    }
    let coded = properties(file, id).find_map(|property| match property {
        Property::Color(ColorInfo::Nclx { primaries, transfer, .. }) => Some(SourceColor::Coded {
            primaries: u8::try_from(*primaries).unwrap_or(2),
            transfer: u8::try_from(*transfer).unwrap_or(2),
        }),
        _ => None,
    });
    coded.or_else(|| {
        let first = *file.referenced_items(id, b"dimg").first()?;
        (depth < MAX_DEPTH).then(|| declared_color(file, first, depth + 1))?
    })
}

/// An item's properties, none for an unknown item.
pub(crate) fn properties<'f>(file: &'f HeifFile<'_>, id: ItemId) -> impl Iterator<Item = &'f Property> {
    file.item_properties(id).into_iter().flatten()
}

pub(crate) fn damaged(format: PictureFormat, source: impl Into<Box<dyn Error + Send + Sync>>) -> MediaError {
    MediaError::Damaged { format: format.name(), source: source.into() }
}

pub(crate) fn unsupported(
    format: PictureFormat,
    source: impl Into<Box<dyn Error + Send + Sync>>,
) -> MediaError {
    MediaError::UnsupportedFeature { format: format.name(), source: source.into() }
}

fn parse(bytes: &[u8], format: PictureFormat) -> Result<HeifFile<'_>, MediaError> {
    HeifFile::parse(bytes).map_err(|error| damaged(format, error))
}

/// The primary picture's size before turning. A grid's own description counts, not what stands beside it.
fn coded_size(file: &HeifFile<'_>, format: PictureFormat) -> Result<(u32, u32), MediaError> {
    let grid = file.grid(file.primary_id).ok().map(|grid| (grid.output_width, grid.output_height));
    let size = grid.or_else(|| file.image_size(file.primary_id).ok().flatten());
    size.filter(|(width, height)| *width > 0 && *height > 0).ok_or_else(|| damaged(format, "no picture size"))
}

/// The codec of an item, or of the first of the items it is made of.
fn coded_type(file: &HeifFile<'_>, id: ItemId, depth: u32) -> Option<[u8; 4]> {
    let item = file.item(id).ok()?;
    match file.referenced_items(id, b"dimg").first() {
        Some(first) if depth < MAX_DEPTH => coded_type(file, *first, depth + 1),
        _ => Some(item.item_type.0),
    }
}

/// Bytes for each pixel at the worst moment: the canvas, its turned copy, and the planes of what is decoded at once.
fn working_bytes_per_pixel(file: &HeifFile<'_>, is_av1: bool) -> u64 {
    let turned = properties(file, file.primary_id).any(|property| {
        matches!(property, Property::Rotation(1..) | Property::Mirror(_) | Property::CleanAperture { .. })
    });
    let is_grid = file.grid(file.primary_id).is_ok();
    let planes = match (is_grid, is_av1) {
        // Tiles are small beside the canvas.
        (true, _) => 0,
        // 16-bit planes without subsampling at worst, and for AV1 the decoder's own picture as well.
        (false, false) => 6,
        (false, true) => 10,
    };
    4 + planes.max(if turned { 4 } else { 0 })
}

fn classify(error: heifer::Error, format: PictureFormat) -> MediaError {
    match error {
        heifer::Error::Unsupported(_) => unsupported(format, error),
        error => damaged(format, error),
    }
}
