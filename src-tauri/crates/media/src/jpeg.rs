//! JPEGs at a smaller size than they have: decoded at an eighth, a quarter, a half or three quarters of it where that is fine
//! enough, and scaled to the size that is wanted while the rows still come.
//!
//! Of each block only the frequencies that the smaller size can show are turned into pixels (`transform`), and the whole
//! picture is at no time in memory. Entropy decoding and scaling take a thread each. No crate does this: `zune-jpeg` and `image`
//! decode in full, `jpeg-decoder` gives a smaller picture but only as a whole, and libjpeg-turbo's speed needs nasm and CMake.
//!
//! What is decoded: Huffman-coded sequential and progressive files of eight bits in grey or colour, of any sampling. Whatever
//! else there is, inks among them, and whatever is damaged before its first scan, is left to the full decoder.

pub(crate) mod header;
mod huffman;
mod passes;
mod sequential;
mod shrink;
mod transform;

use crate::color::SourceColor;
use crate::identify::PictureFormat;
use crate::{MediaError, Picture, geometry, limits, metadata};
use header::{Coding, Header};
use image::RgbImage;
use shrink::Shrinker;
use std::panic::resume_unwind;
use std::sync::mpsc;
use transform::Transform;

/// Rows of pixels, more or less, that are decoded before they are handed on.
const ROWS_AT_ONCE: usize = 64;
/// Of these, how many wait to be scaled.
const WAITING: usize = 2;

/// Decodes a JPEG to the size that fits `longest_edge`. `None` where it is no larger than that, or is for the full decoder.
pub(crate) fn decode_within(bytes: &[u8], longest_edge: u32) -> Result<Option<Picture>, MediaError> {
    let Some(mut header) = Header::read(bytes) else { return Ok(None) };
    let (width, height) = (header.frame.width as u32, header.frame.height as u32);
    let Some(size) = block_size(width.max(height), longest_edge) else { return Ok(None) };
    // What the full decoder takes, too: what is refused does not depend on the size that is wanted.
    limits::check(width, height, if header.is_in_one_scan() { 3 } else { 9 })?;
    let Some(layout) = Layout::new(&header, size) else { return Ok(None) };
    let (small_width, small_height) = geometry::fit(width, height, longest_edge);
    let Some(pixels) = decode_scaled(&mut header, &layout, small_width, small_height)? else {
        return Ok(None);
    };
    let color = metadata::icc_profile(bytes).map_or(SourceColor::Srgb, SourceColor::Icc);
    let image = RgbImage::from_raw(small_width, small_height, pixels)
        .ok_or_else(|| MediaError::Encode("scaling lost pixels".into()))?;
    let has_metadata = metadata::is_present(bytes, PictureFormat::Jpeg);
    let orientation = metadata::jpeg_orientation(bytes);
    let picture = Picture::new(image.into(), orientation, &color, PictureFormat::Jpeg, has_metadata);
    Ok(Some(picture.reduced_from(width, height)))
}

/// Edges of a block, in pixels, with how many times the size that is wanted the picture has to have then. The smaller the
/// block, the coarser its own filter is, and the more is left to the scaling that follows.
const BLOCKS: [(usize, f64); 5] = [(1, 2.0), (2, 1.5), (4, 1.25), (6, 1.25), (8, 1.0)];

/// The smallest edge of a block that is good enough. `None` where the picture is no larger than wanted.
fn block_size(longest: u32, wanted: u32) -> Option<usize> {
    let times = f64::from(longest) / f64::from(wanted.max(1));
    let fine_enough = |(size, margin): &(usize, f64)| times * *size as f64 >= 8.0 * margin;
    if times > 1.0 { BLOCKS.into_iter().find(fine_enough).map(|(size, _)| size) } else { None }
}

/// The pixels, RGB. `None` when nothing at all could be decoded.
fn decode_scaled(
    header: &mut Header<'_>,
    layout: &Layout,
    width: u32,
    height: u32,
) -> Result<Option<Vec<u8>>, MediaError> {
    let mut shrinker = Shrinker::new(layout, width, height);
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        let decoding = scope.spawn(move || {
            let hand_on = |planes| sender.send(planes).is_ok();
            if header.is_in_one_scan() {
                sequential::decode(header, layout, hand_on)
            } else {
                passes::decode(header, layout, hand_on)
            }
        });
        let scaled = receiver.iter().try_for_each(|planes: Vec<Vec<u8>>| shrinker.push(&planes));
        // Nobody waits for rows any more: where scaling failed, decoding ends as well.
        drop(receiver);
        let has_picture = decoding.join().unwrap_or_else(|panic| resume_unwind(panic));
        scaled.map_err(MediaError::Encode)?;
        Ok(has_picture.then(|| shrinker.into_pixels()))
    })
}

/// What is shown where nothing was decoded: the middle, as with the full decoder and in browsers.
const BLANK: u8 = 128;

/// How the picture is laid out while it is decoded.
struct Layout {
    coding: Coding,
    planes: Vec<Plane>,
    /// Rows of units that are handed on together.
    units_at_once: usize,
}

/// One component at its smaller size.
struct Plane {
    /// Blocks across and down in one unit.
    across: usize,
    down: usize,
    transform: Transform,
    /// Size in pixels, the last ones perhaps cut through.
    width: usize,
    height: usize,
    /// The same exactly.
    extent: (f64, f64),
    /// Bytes from row to row, with what fills up the last units.
    stride: usize,
}

impl Layout {
    /// `size` is that of a block of the finest component. `None` when a table is missing.
    fn new(header: &Header<'_>, size: usize) -> Option<Self> {
        let frame = &header.frame;
        let (most_across, most_down) = frame.most();
        let units_across = frame.units().0;
        let planes = frame.components.iter().enumerate().map(|(index, component)| {
            // Coarser components keep more of each block, up to all of it, and so what they have of detail.
            let kept = |most: usize, own: usize| {
                let wanted = (size * most).div_ceil(own);
                BLOCKS.into_iter().map(|(size, _)| size).find(|size| *size >= wanted).unwrap_or(8)
            };
            let (block_width, block_height) =
                (kept(most_across, component.across), kept(most_down, component.down));
            let transform = Transform::new(block_width, block_height, &header.quantisation(index)?);
            let extent = |whole: usize, own: usize, most: usize, block: usize| {
                (whole * own * block) as f64 / (most * 8) as f64
            };
            let extent = (
                extent(frame.width, component.across, most_across, block_width),
                extent(frame.height, component.down, most_down, block_height),
            );
            Some(Plane {
                across: component.across,
                down: component.down,
                transform,
                width: extent.0.ceil() as usize,
                height: extent.1.ceil() as usize,
                extent,
                stride: units_across * component.across * block_width,
            })
        });
        let units_at_once = (ROWS_AT_ONCE / (most_down * size)).max(1);
        Some(Self { coding: header.coding, planes: planes.collect::<Option<_>>()?, units_at_once })
    }

    /// Planes with nothing in them, for some rows of units.
    fn blank(&self, rows: usize) -> Vec<Vec<u8>> {
        let plane = |plane: &Plane| vec![BLANK; plane.stride * plane.down * plane.transform.height * rows];
        self.planes.iter().map(plane).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::block_size;

    #[test]
    fn the_smallest_block_that_is_fine_enough_is_taken() {
        assert_eq!(block_size(8000, 3072), Some(4));
        assert_eq!(block_size(8000, 3201), Some(6));
        assert_eq!(block_size(8000, 1333), Some(2));
        assert_eq!(block_size(8000, 512), Some(2));
        assert_eq!(block_size(8000, 500), Some(1));
        assert_eq!(block_size(4001, 4000), Some(8));
        assert_eq!(block_size(4000, 4000), None);
        assert_eq!(block_size(100, 0), Some(1));
    }
}
