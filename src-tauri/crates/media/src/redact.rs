//! Blacking out parts of a picture before it is sent: painted into the pixels, not laid over them.
//!
//! Solid black and nothing else: blurred or pixelated text can be read again. In doubt more is covered, never less:
//! every pixel a stroke touches is black as a whole, and an edge that is no number is the picture's own.

use crate::encode::{self, Encoded};
use crate::{MediaError, Picture};
use image::{DynamicImage, Rgb, RgbImage, Rgba};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::HashSet;

/// Most rows all strokes of one picture may cross together, counted for each piece of a line: far more than a hand
/// draws, and a second or two to paint.
const MOST_ROWS: u64 = 1 << 27;
/// Where points are taken to be that lie further away, in pictures.
const FURTHEST: f32 = 1000.0;
/// From a pixel's centre to its corner.
const TO_CORNER: f64 = std::f64::consts::FRAC_1_SQRT_2;
const QUALITY: u8 = 95;
/// With no more colours than this a picture is taken for drawn or typeset, which PNG holds better than JPEG.
const FEW_COLORS: usize = 256;

/// A part to black out. Places are fractions of the upright picture, from its top left corner; what lies outside it is
/// cut off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Stroke {
    /// A line drawn with a round brush. A single point is a dot.
    Brush {
        /// Where the brush went: fractions of the width and of the height.
        #[specta(type = Vec<[u32; 2]>)]
        points: Vec<[f32; 2]>,
        /// How thick it is, as a fraction of the longer edge; at least a pixel is painted.
        #[specta(type = u32)]
        width: f32,
    },
    /// A rectangle. Its edges may be given in either order.
    Rect {
        /// Fraction of the width.
        #[specta(type = u32)]
        left: f32,
        /// Fraction of the height.
        #[specta(type = u32)]
        top: f32,
        /// Fraction of the width.
        #[specta(type = u32)]
        right: f32,
        /// Fraction of the height.
        #[specta(type = u32)]
        bottom: f32,
    },
}

/// Paints the strokes black and encodes what is left: upright, in its full size, without metadata. PNG for what came
/// without loss, is transparent or has few colours, otherwise JPEG of high quality. Of a JPEG's black the outermost
/// seven pixels may carry ripples of what lies beside it, as JPEG makes them; nothing that lay beneath.
///
/// What is wholly transparent loses its hidden colour: nobody could have seen what it shows.
///
/// # Errors
/// [`MediaError::TooManyStrokes`], [`MediaError::Encode`].
pub fn redact(picture: &Picture, strokes: &[Stroke]) -> Result<Encoded, MediaError> {
    let mut image = picture.upright(u32::MAX)?.into_owned();
    let mut cover = Cover::new(image.width(), image.height());
    for stroke in strokes {
        cover.add(stroke)?;
    }
    cover.paint(&mut image);
    if picture.format().is_lossless() || image.color().has_alpha() || has_few_colors(&image) {
        encode::png(&image)
    } else {
        encode::jpeg(&image, QUALITY)
    }
}

/// Which pixels are covered: for each row, intervals of columns.
struct Cover {
    width: u32,
    height: u32,
    rows: Vec<Vec<(u32, u32)>>,
    crossed: u64,
}

impl Cover {
    fn new(width: u32, height: u32) -> Self {
        Self { width, height, rows: vec![Vec::new(); height as usize], crossed: 0 }
    }

    fn add(&mut self, stroke: &Stroke) -> Result<(), MediaError> {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        match stroke {
            Stroke::Rect { left, top, right, bottom } => {
                let (left, right) = edges(*left, *right, width);
                let (top, bottom) = edges(*top, *bottom, height);
                self.add_rows(top, bottom, |_| (left, right))
            }
            Stroke::Brush { points, width: thickness } => {
                // `max` also makes a number of what is none.
                let thickness = f64::from(thickness.clamp(0.0, FURTHEST).max(0.0)) * width.max(height);
                let radius = (thickness / 2.0).max(0.5) + TO_CORNER;
                let points: Vec<(f64, f64)> = points
                    .iter()
                    .filter(|[x, y]| !x.is_nan() && !y.is_nan())
                    .map(|[x, y]| (far(*x) * width, far(*y) * height))
                    .collect();
                match points.as_slice() {
                    [] => Ok(()),
                    [dot] => self.add_line(*dot, *dot, radius),
                    line => line.windows(2).try_for_each(|pair| self.add_line(pair[0], pair[1], radius)),
                }
            }
        }
    }

    /// Covers the pixels whose centre is no further than `radius` from the line between two points.
    fn add_line(&mut self, from: (f64, f64), to: (f64, f64), radius: f64) -> Result<(), MediaError> {
        let (top, bottom) = (from.1.min(to.1) - radius, from.1.max(to.1) + radius);
        self.add_rows(top, bottom, |row| {
            let y = f64::from(row) + 0.5;
            let ends = [circle_at(from, radius, y), circle_at(to, radius, y), body_at(from, to, radius, y)];
            ends.into_iter()
                .flatten()
                .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
                // From centres to whole pixels.
                .map_or((0.0, 0.0), |(left, right)| ((left - 0.5).ceil(), (right - 0.5).floor() + 1.0))
        })
    }

    /// Covers, in every row of the picture that `top` to `bottom` touches, the columns that `columns` says.
    fn add_rows(
        &mut self,
        top: f64,
        bottom: f64,
        columns: impl Fn(u32) -> (f64, f64),
    ) -> Result<(), MediaError> {
        let (top, bottom) = within(top, bottom, self.height);
        self.crossed += u64::from(bottom.saturating_sub(top)) + 1;
        if self.crossed > MOST_ROWS {
            return Err(MediaError::TooManyStrokes);
        }
        for row in top..bottom {
            let (left, right) = columns(row);
            let (left, right) = within(left, right, self.width);
            if left < right {
                put(&mut self.rows[row as usize], (left, right));
            }
        }
        Ok(())
    }

    fn paint(&self, image: &mut DynamicImage) {
        match image {
            DynamicImage::ImageRgba8(pixels) => {
                for pixel in pixels.pixels_mut().filter(|pixel| pixel[3] == 0) {
                    *pixel = Rgba([0; 4]);
                }
                self.each_pixel(|x, y| pixels.put_pixel(x, y, Rgba([0, 0, 0, 255])));
            }
            image => {
                let mut pixels: RgbImage = std::mem::take(image).into_rgb8();
                self.each_pixel(|x, y| pixels.put_pixel(x, y, Rgb([0; 3])));
                *image = pixels.into();
            }
        }
    }

    fn each_pixel(&self, mut paint: impl FnMut(u32, u32)) {
        for (y, row) in (0..).zip(&self.rows) {
            for x in row.iter().flat_map(|(left, right)| *left..*right) {
                paint(x, y);
            }
        }
    }
}

/// Adds an interval to a row. What piles up is merged now and then, so that a row stays short.
fn put(row: &mut Vec<(u32, u32)>, interval: (u32, u32)) {
    if let Some(last) = row.last_mut()
        && interval.0 <= last.1
        && last.0 <= interval.1
    {
        *last = (last.0.min(interval.0), last.1.max(interval.1));
        return;
    }
    row.push(interval);
    if row.len() == row.capacity() && row.len() >= 64 {
        row.sort_unstable();
        row.dedup_by(|next, kept| {
            let touches = next.0 <= kept.1;
            if touches {
                kept.1 = kept.1.max(next.1);
            }
            touches
        });
    }
}

/// The columns of a circle in the row at `y`.
fn circle_at(center: (f64, f64), radius: f64, y: f64) -> Option<(f64, f64)> {
    let half = radius * radius - (y - center.1).powi(2);
    (half >= 0.0).then(|| (center.0 - half.sqrt(), center.0 + half.sqrt()))
}

/// The columns, in the row at `y`, of the band between two circles: no further than `radius` from the line, and
/// between its ends.
fn body_at(from: (f64, f64), to: (f64, f64), radius: f64, y: f64) -> Option<(f64, f64)> {
    let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
    let length = along_x.hypot(along_y);
    if length == 0.0 {
        return None;
    }
    let (along_x, along_y) = (along_x / length, along_y / length);
    let y = y - from.1;
    // Distance along the line: x * along_x + y * along_y in 0..=length. Distance from it: x * along_y - y * along_x.
    let (left, right) = solve(along_x, y * along_y, 0.0, length)?;
    let (from_left, from_right) = solve(along_y, -y * along_x, -radius, radius)?;
    let (left, right) = (left.max(from_left), right.min(from_right));
    (left <= right).then_some((from.0 + left, from.0 + right))
}

/// The `x` for which `x * slope + offset` lies within bounds.
fn solve(slope: f64, offset: f64, low: f64, high: f64) -> Option<(f64, f64)> {
    if slope == 0.0 {
        return (low..=high).contains(&offset).then_some((f64::NEG_INFINITY, f64::INFINITY));
    }
    let (one, other) = ((low - offset) / slope, (high - offset) / slope);
    Some((one.min(other), one.max(other)))
}

/// Two edges in pixels, the smaller first.
fn edges(one: f32, other: f32, side: f64) -> (f64, f64) {
    let low = if one.is_nan() || other.is_nan() { 0.0 } else { far(one.min(other)) };
    let high = if one.is_nan() || other.is_nan() { 1.0 } else { far(one.max(other)) };
    (low * side, high * side)
}

/// A coordinate no further away than makes a difference.
fn far(coordinate: f32) -> f64 {
    f64::from(coordinate.clamp(-FURTHEST, FURTHEST))
}

/// The pixels of a side that two places touch: the first, and the one after the last.
fn within(from: f64, to: f64, side: u32) -> (u32, u32) {
    let side = f64::from(side);
    (from.floor().clamp(0.0, side) as u32, to.ceil().clamp(0.0, side) as u32)
}

fn has_few_colors(image: &DynamicImage) -> bool {
    let DynamicImage::ImageRgb8(pixels) = image else { return false };
    let mut colors = HashSet::new();
    pixels.pixels().all(|pixel| {
        colors.insert(pixel.0);
        colors.len() <= FEW_COLORS
    })
}
