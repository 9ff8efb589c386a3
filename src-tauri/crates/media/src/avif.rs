//! AV1 pictures in a HEIF container: `re_rav1d` decodes the stream; grids, alpha, colour matrix and geometry are done
//! with what `heifer` offers for HEIC.

use crate::MediaError;
use crate::color::SourceColor;
use crate::heif::{MAX_DEPTH, damaged, declared_color, properties, unsupported};
use crate::identify::PictureFormat;
use crate::limits::{self, MAX_PIXELS};
use heifer::Image;
use heifer::color::{ColorParams, frame_to_rgba_sized};
use heifer::heifer_hevc_dec::recon::Frame;
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};
use re_rav1d::dav1d::{Decoder, PixelLayout, PlanarImageComponent, Settings, pixel};

const MID_GREY_8: u16 = 128;

/// The primary picture and its colour space.
pub(crate) fn decode(
    file: &HeifFile<'_>,
    format: PictureFormat,
) -> Result<(Image<u8>, SourceColor), MediaError> {
    let mut reader = Reader { file, format, stream_color: None };
    let image = reader.item(file.primary_id, 0)?;
    let color = declared_color(file, file.primary_id, 0).or(reader.stream_color).unwrap_or(SourceColor::Srgb);
    Ok((image, color))
}

struct Reader<'f, 'd> {
    file: &'f HeifFile<'d>,
    format: PictureFormat,
    /// What the first stream says of its colours; counts only where the container is silent.
    stream_color: Option<SourceColor>,
}

impl Reader<'_, '_> {
    /// One item with everything the container says about it applied.
    fn item(&mut self, id: ItemId, depth: u32) -> Result<Image<u8>, MediaError> {
        if depth > MAX_DEPTH {
            return Err(damaged(self.format, "pictures nested too deeply"));
        }
        let item = self.file.item(id).map_err(|error| damaged(self.format, error))?;
        let mut image = match &item.item_type.0 {
            b"av01" => self.coded(id)?,
            b"grid" => self.grid(id, depth)?,
            b"iden" => match self.file.referenced_items(id, b"dimg") {
                [source] => self.item(*source, depth + 1)?,
                _ => return Err(damaged(self.format, "a derived picture without its one source")),
            },
            _ => return Err(unsupported(self.format, format!("picture item {}", item.item_type))),
        };
        self.attach_alpha(&mut image, id, depth)?;
        for property in properties(self.file, id) {
            image = match property {
                Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                    crop(&image, *width, *height, *horiz_offset, *vert_offset)
                }
                Property::Rotation(quarters @ 1..) => image.rotate_ccw(*quarters),
                Property::Mirror(top_bottom) => image.mirror(*top_bottom),
                _ => image,
            };
        }
        Ok(image)
    }

    fn coded(&mut self, id: ItemId) -> Result<Image<u8>, MediaError> {
        let data = self.file.item_data(id).map_err(|error| damaged(self.format, error))?;
        if data.is_empty() {
            return Err(damaged(self.format, "a picture without data"));
        }
        let stream = decode_stream(data.into_owned(), self.format)?;
        let container = properties(self.file, id).find_map(|property| match property {
            Property::Color(ColorInfo::Nclx { matrix, full_range, .. }) => {
                Some(ColorParams { matrix: *matrix, full_range: *full_range })
            }
            _ => None,
        });
        let params = container.unwrap_or(ColorParams {
            matrix: u16::from(stream.frame.matrix_coeffs),
            full_range: stream.frame.full_range,
        });
        if !matches!(params.matrix, 0..=2 | 4..=7 | 9) {
            return Err(unsupported(self.format, format!("colour matrix {}", params.matrix)));
        }
        self.stream_color.get_or_insert(stream.color);
        Ok(frame_to_rgba_sized(&stream.frame, params, stream.width, stream.height))
    }

    fn grid(&mut self, id: ItemId, depth: u32) -> Result<Image<u8>, MediaError> {
        let grid = self.file.grid(id).map_err(|error| damaged(self.format, error))?;
        let (width, height) = (grid.output_width, grid.output_height);
        limits::check(width, height, 4)?;
        let tiles = self.file.referenced_items(id, b"dimg").to_vec();
        if tiles.len() != usize::from(grid.rows) * usize::from(grid.columns) {
            return Err(damaged(self.format, "a grid without all its tiles"));
        }
        let mut canvas = Image::filled_samples(width, height, 8, [0; 4]);
        for (index, tile) in tiles.into_iter().enumerate() {
            let tile = self.item(tile, depth + 1)?;
            let column = (index % usize::from(grid.columns)) as u64;
            let row = (index / usize::from(grid.columns)) as u64;
            place(&mut canvas, &tile, column * u64::from(tile.width), row * u64::from(tile.height));
            canvas.has_alpha |= tile.has_alpha;
        }
        Ok(canvas)
    }

    /// Puts the alpha picture that belongs to `id`, where there is one, into the fourth channel.
    fn attach_alpha(&mut self, image: &mut Image<u8>, id: ItemId, depth: u32) -> Result<(), MediaError> {
        let alpha = self.file.referencing_items(id, b"auxl").into_iter().find(|auxiliary| {
            properties(self.file, *auxiliary).any(|property| {
                matches!(property, Property::AuxiliaryType(kind)
                    if kind == "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"
                        || kind == "urn:mpeg:hevc:2015:auxid:1")
            })
        });
        let Some(alpha) = alpha else { return Ok(()) };
        // Its own transformations repeat those of the picture, which come after this.
        let plane = match self.file.item(alpha).map(|item| item.item_type.0) {
            Ok(kind) if kind == *b"grid" => self.grid(alpha, depth + 1)?,
            _ => self.coded(alpha)?,
        };
        if (plane.width, plane.height) != (image.width, image.height) {
            return Err(unsupported(self.format, "transparency of another size"));
        }
        let premultiplied = self.file.referenced_items(id, b"prem").contains(&alpha);
        for (pixel, plane) in image.data.chunks_exact_mut(4).zip(plane.data.chunks_exact(4)) {
            pixel[3] = plane[0];
            if premultiplied && pixel[3] > 0 {
                for sample in &mut pixel[..3] {
                    *sample = (u16::from(*sample) * 255 / u16::from(plane[0])).min(255) as u8;
                }
            }
        }
        image.has_alpha = true;
        Ok(())
    }
}

struct Stream {
    frame: Frame,
    /// Size without padding.
    width: u32,
    height: u32,
    color: SourceColor,
}

/// Decodes the first picture of an AV1 stream.
fn decode_stream(data: Vec<u8>, format: PictureFormat) -> Result<Stream, MediaError> {
    let mut settings = Settings::new();
    // One thread and no delay: a panic stays on this thread and the picture is there after one call.
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    settings.set_frame_size_limit(u32::try_from(MAX_PIXELS).unwrap_or(u32::MAX));
    let mut decoder =
        Decoder::with_settings(&settings).map_err(|error| damaged(format, error.to_string()))?;
    let mut sent = decoder.send_data(data, None, None, None);
    let picture = loop {
        match decoder.get_picture() {
            Ok(picture) => break picture,
            Err(error) if error.is_again() => match sent {
                Err(pending) if pending.is_again() => sent = decoder.send_pending_data(),
                Err(error) => return Err(damaged(format, error.to_string())),
                Ok(()) => return Err(damaged(format, "no picture in its stream")),
            },
            Err(error) => return Err(damaged(format, error.to_string())),
        }
    };
    let (width, height) = (picture.width(), picture.height());
    // The stream may be larger than the container claimed.
    limits::check(width, height, 14)?;
    let depth = picture.bits_per_component().map_or(8, |bits| bits.0 as u8);
    let layout = picture.pixel_layout();
    let (chroma_format, chroma_width, chroma_height) = match layout {
        // A grey picture becomes 4:2:0 without colour, so that its range is honoured.
        PixelLayout::I400 | PixelLayout::I420 => (1, width.div_ceil(2), height.div_ceil(2)),
        PixelLayout::I422 => (2, width.div_ceil(2), height),
        PixelLayout::I444 => (3, width, height),
    };
    // The conversion takes the ratio of the planes' sizes for the subsampling, so an odd luma plane is padded to whole
    // chroma samples with copies of its last column and row.
    let (luma_width, luma_height) = match layout {
        PixelLayout::I400 | PixelLayout::I420 => (chroma_width * 2, chroma_height * 2),
        PixelLayout::I422 => (chroma_width * 2, height),
        PixelLayout::I444 => (width, height),
    };
    let plane = |component, width: u32, padded_width: u32, padded_height: u32| {
        let stride = picture.stride(component) as usize;
        let bytes = picture.plane(component);
        let (width, padded_width, padded_height) =
            (width as usize, padded_width as usize, padded_height as usize);
        let mut samples = Vec::with_capacity(padded_width * padded_height);
        for row in bytes.chunks(stride).take(padded_height) {
            if picture.bit_depth() == 8 {
                samples.extend(row[..width].iter().map(|sample| u16::from(*sample)));
            } else {
                let pairs = row[..width * 2].chunks_exact(2);
                samples.extend(pairs.map(|pair| u16::from_ne_bytes([pair[0], pair[1]])));
            }
            samples.extend_from_within(samples.len() - (padded_width - width)..);
        }
        while samples.len() < padded_width * padded_height {
            samples.extend_from_within(samples.len() - padded_width..);
        }
        samples
    };
    let chroma = |component| {
        if layout == PixelLayout::I400 {
            vec![MID_GREY_8 << (depth - 8); chroma_width as usize * chroma_height as usize]
        } else {
            plane(component, chroma_width, chroma_width, chroma_height)
        }
    };
    let frame = Frame {
        widths: [luma_width, chroma_width, chroma_width],
        heights: [luma_height, chroma_height, chroma_height],
        planes: [
            plane(PlanarImageComponent::Y, width, luma_width, luma_height),
            chroma(PlanarImageComponent::U),
            chroma(PlanarImageComponent::V),
        ],
        bit_depth: [depth, depth],
        chroma_format,
        full_range: picture.color_range() == pixel::YUVRange::Full,
        matrix_coeffs: picture.matrix_coefficients() as u8,
    };
    let color = SourceColor::Coded {
        primaries: picture.color_primaries() as u8,
        transfer: picture.transfer_characteristic() as u8,
    };
    Ok(Stream { frame, width, height, color })
}

/// Copies a tile to its place; what reaches over the edge is padding.
fn place(canvas: &mut Image<u8>, tile: &Image<u8>, left: u64, top: u64) {
    let (width, height) = (u64::from(canvas.width), u64::from(canvas.height));
    if left >= width || top >= height {
        return;
    }
    let columns = u64::from(tile.width).min(width - left) as usize;
    let rows = u64::from(tile.height).min(height - top) as usize;
    let stride = canvas.width as usize * 4;
    for (row, source) in tile.data.chunks_exact(tile.width as usize * 4).take(rows).enumerate() {
        let start = (top as usize + row) * stride + left as usize * 4;
        canvas.data[start..start + columns * 4].copy_from_slice(&source[..columns * 4]);
    }
}

/// The clean aperture: a window given by its size and its centre's distance from the picture's.
fn crop(
    image: &Image<u8>,
    width: (u32, u32),
    height: (u32, u32),
    horizontal: (i32, u32),
    vertical: (i32, u32),
) -> Image<u8> {
    let span = |full: u32, (numerator, denominator): (u32, u32), (shift, shift_denominator): (i32, u32)| {
        let size = f64::from(numerator) / f64::from(denominator.max(1));
        let shift = f64::from(shift) / f64::from(shift_denominator.max(1));
        let start = ((f64::from(full) - size) / 2.0 + shift).round().max(0.0) as u32;
        (start.min(full.saturating_sub(1)), (size.round() as u32).clamp(1, full))
    };
    let (left, across) = span(image.width, width, horizontal);
    let (top, down) = span(image.height, height, vertical);
    image.crop(left, top, across, down)
}
