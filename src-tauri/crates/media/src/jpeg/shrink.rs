//! Scales a picture to its final size while its rows still come in, each component from the size it was coded at, so that
//! only some rows are held and not the whole.

use super::Layout;
use super::header::Coding;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};

/// Rows that are made at once. Some of the rows they come from are gone through again for the next ones: fewer, the more are
/// made.
const BAND: u32 = 64;
/// Lobes of the Lanczos filter on each side, in pixels of the larger of the two sizes.
const LOBES: f64 = 3.0;

/// Rows of one component that are still needed.
struct Window {
    rows: Vec<u8>,
    /// Which row of the whole the first one is.
    top: usize,
}

/// Takes rows and gives the picture.
pub(super) struct Shrinker<'a> {
    layout: &'a Layout,
    width: u32,
    height: u32,
    windows: Vec<Window>,
    /// Rows of one component, scaled.
    bands: Vec<Vec<u8>>,
    /// The first row of the result that is not made yet.
    next: u32,
    resizer: Resizer,
    /// The result, RGB.
    pixels: Vec<u8>,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl<'a> Shrinker<'a> {
    /// `width` and `height` are those of the result.
    pub(super) fn new(layout: &'a Layout, width: u32, height: u32) -> Self {
        let windows = layout.planes.iter().map(|_| Window { rows: Vec::new(), top: 0 }).collect();
        let bands = layout.planes.iter().map(|_| Vec::new()).collect();
        let size = width as usize * height as usize * 3;
        let (resizer, pixels) = (Resizer::new(), Vec::with_capacity(size));
        Self { layout, width, height, windows, bands, next: 0, resizer, pixels }
    }

    /// Takes the rows that follow, of each component, and makes what can be made of them.
    pub(super) fn push(&mut self, planes: &[Vec<u8>]) -> Result<(), Failure> {
        for ((window, plane), rows) in self.windows.iter_mut().zip(&self.layout.planes).zip(planes) {
            let have = window.top + window.rows.len() / plane.width;
            for row in rows.chunks_exact(plane.stride).take(plane.height.saturating_sub(have)) {
                window.rows.extend_from_slice(&row[..plane.width]);
            }
        }
        while self.next < self.height {
            let end = (self.next + BAND).min(self.height);
            if !self.has_rows_for(end) {
                return Ok(());
            }
            self.make_band(end)?;
            self.next = end;
            self.drop_rows();
        }
        Ok(())
    }

    /// The pixels; fewer than there should be when rows are missing.
    pub(super) fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// Rows of a component for each row of the result, and how far the filter reaches.
    fn reach(&self, extent: f64) -> (f64, f64) {
        let rows = extent / f64::from(self.height);
        (rows, LOBES * rows.max(1.0))
    }

    fn has_rows_for(&self, end: u32) -> bool {
        self.windows.iter().zip(&self.layout.planes).all(|(window, plane)| {
            let (rows, reach) = self.reach(plane.extent.1);
            let needed = (f64::from(end) * rows + reach).ceil() as usize + 1;
            window.top + window.rows.len() / plane.width >= needed.min(plane.height)
        })
    }

    fn make_band(&mut self, end: u32) -> Result<(), Failure> {
        let count = end - self.next;
        for ((window, plane), band) in self.windows.iter().zip(&self.layout.planes).zip(&mut self.bands) {
            let per_row = plane.extent.1 / f64::from(self.height);
            let available = window.rows.len() / plane.width;
            let top = f64::from(self.next) * per_row - window.top as f64;
            let rows = (f64::from(count) * per_row).min(available as f64 - top);
            band.resize(self.width as usize * count as usize, 0);
            let source = ImageRef::new(plane.width as u32, available as u32, &window.rows, PixelType::U8)?;
            let mut target = Image::from_slice_u8(self.width, count, band, PixelType::U8)?;
            let options = ResizeOptions::new().crop(0.0, top, plane.extent.0, rows);
            self.resizer.resize(&source, &mut target, &options)?;
        }
        match (self.layout.coding, self.bands.as_slice()) {
            (Coding::Grey, [grey]) => self.pixels.extend(grey.iter().flat_map(|value| [*value; 3])),
            (Coding::YCbCr, [luma, blue, red]) => {
                let coded = luma.iter().zip(blue).zip(red);
                self.pixels.extend(coded.flat_map(|((luma, blue), red)| to_rgb(*luma, *blue, *red)));
            }
            (_, bands) => {
                for index in 0..self.width as usize * count as usize {
                    self.pixels.extend(bands.iter().map(|band| band[index]));
                }
            }
        }
        Ok(())
    }

    /// Lets go of the rows that the next ones need no more.
    fn drop_rows(&mut self) {
        for (index, plane) in self.layout.planes.iter().enumerate() {
            let (rows, reach) = self.reach(plane.extent.1);
            let first = (f64::from(self.next) * rows - reach).floor() as usize;
            let window = &mut self.windows[index];
            let over = first.saturating_sub(window.top + 1).min(window.rows.len() / plane.width);
            window.rows.drain(..over * plane.width);
            window.top += over;
        }
    }
}

/// ITU-T T.871 (JFIF), in numbers of 16 bits behind the point.
#[inline]
fn to_rgb(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    let (luma, blue, red) = ((i32::from(luma) << 16) + 0x8000, i32::from(blue) - 128, i32::from(red) - 128);
    [luma + 91_881 * red, luma - 22_554 * blue - 46_802 * red, luma + 116_130 * blue]
        .map(|value| (value >> 16).clamp(0, 255) as u8)
}
