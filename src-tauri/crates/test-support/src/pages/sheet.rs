//! A sheet to draw on. What is written on it is noted as its text at once, so that picture and truth cannot part.

use super::{Face, Faces, PageError};
use ab_glyph::{Font, FontArc, Glyph, GlyphId, ScaleFont, point};
use image::{Rgb, RgbImage};

/// How words look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// For everything it has glyphs of.
    pub face: Face,
    /// For the rest.
    pub han: Face,
    /// Pixels of the em square.
    pub size: f32,
    /// Colour of the letters.
    pub ink: Rgb<u8>,
}

/// Where a cell of a row stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum At {
    /// It begins here.
    Left(f32),
    /// It ends here.
    Right(f32),
    /// Its middle is here.
    Middle(f32),
}

/// Pixels and the text that was written on them.
pub(super) struct Sheet<'a> {
    faces: &'a Faces,
    pub(super) image: RgbImage,
    pub(super) text: Vec<String>,
}

/// A glyph that was chosen, from which font, and how far right of the beginning of its words it stands.
struct Placed {
    font: FontArc,
    id: GlyphId,
    x: f32,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(faces: &'a Faces, width: u32, height: u32, ground: Rgb<u8>) -> Self {
        Self { faces, image: RgbImage::from_pixel(width, height, ground), text: Vec::new() }
    }

    /// Writes a line on the baseline `y`.
    pub(super) fn line(&mut self, at: At, y: f32, words: &str, style: Style) -> Result<(), PageError> {
        self.row(&[(at, words)], y, style)
    }

    /// Writes lines below each other, `step` pixels apart, the first on the baseline `y`; gives the baseline after them.
    /// An empty line leaves half a step.
    pub(super) fn lines(
        &mut self,
        at: At,
        mut y: f32,
        step: f32,
        lines: &[&str],
        style: Style,
    ) -> Result<f32, PageError> {
        for words in lines {
            if words.is_empty() {
                y += step / 2.0;
            } else {
                self.line(at, y, words, style)?;
                y += step;
            }
        }
        Ok(y)
    }

    /// Writes the cells of a row on the baseline `y`.
    pub(super) fn row(&mut self, cells: &[(At, &str)], y: f32, style: Style) -> Result<(), PageError> {
        for (at, words) in cells {
            self.draw(*at, y, words, style)?;
        }
        let words: Vec<&str> = cells.iter().map(|(_, words)| *words).collect();
        self.text.push(words.join("\t"));
        Ok(())
    }

    /// Fills a rectangle; what lies outside the sheet is cut off.
    pub(super) fn fill(&mut self, x: u32, y: u32, width: u32, height: u32, color: Rgb<u8>) {
        for row in y..(y + height).min(self.image.height()) {
            for column in x..(x + width).min(self.image.width()) {
                self.image.put_pixel(column, row, color);
            }
        }
    }

    fn draw(&mut self, at: At, y: f32, words: &str, style: Style) -> Result<(), PageError> {
        let (glyphs, width) = self.place(words, style)?;
        let left = match at {
            At::Left(x) => x,
            At::Right(x) => x - width,
            At::Middle(x) => x - width / 2.0,
        };
        for Placed { font, id, x } in glyphs {
            let scale = scale_of(&font, style.size);
            let glyph = Glyph { id, scale, position: point(left + x, y) };
            let Some(outline) = font.outline_glyph(glyph) else { continue }; // a space
            let bounds = outline.px_bounds();
            let (sheet_width, sheet_height) = (self.image.width() as f32, self.image.height() as f32);
            if bounds.min.x < 0.0
                || bounds.min.y < 0.0
                || bounds.max.x > sheet_width
                || bounds.max.y > sheet_height
            {
                return Err(PageError::OverTheEdge { text: words.to_owned() });
            }
            outline.draw(|column, row, coverage| {
                let pixel = self.image.get_pixel_mut(bounds.min.x as u32 + column, bounds.min.y as u32 + row);
                for (channel, ink) in pixel.0.iter_mut().zip(style.ink.0) {
                    let ground = f32::from(*channel);
                    *channel = (ground + (f32::from(ink) - ground) * coverage.clamp(0.0, 1.0)).round() as u8;
                }
            });
        }
        Ok(())
    }

    /// Chooses the glyphs of words and says how wide they are together.
    fn place(&self, words: &str, style: Style) -> Result<(Vec<Placed>, f32), PageError> {
        let fonts = [self.faces.font(style.face)?, self.faces.font(style.han)?];
        let mut placed: Vec<Placed> = Vec::new();
        let mut x = 0.0;
        let mut before: Option<(usize, GlyphId)> = None;
        for character in words.chars() {
            let (chosen, id) = fonts
                .iter()
                .map(|font| font.glyph_id(character))
                .enumerate()
                .find(|(_, id)| id.0 != 0)
                .ok_or(PageError::NoGlyph { family: style.face.family(), character })?;
            let font = &fonts[chosen];
            let scaled = font.as_scaled(scale_of(font, style.size));
            if let Some((last_font, last)) = before
                && last_font == chosen
            {
                x += scaled.kern(last, id);
            }
            placed.push(Placed { font: font.clone(), id, x });
            x += scaled.h_advance(id);
            before = Some((chosen, id));
        }
        Ok((placed, x))
    }
}

/// ab_glyph scales by the height from ascent to descent; type is measured by its em square.
fn scale_of(font: &FontArc, em: f32) -> ab_glyph::PxScale {
    let units = font.units_per_em().unwrap_or(1000.0);
    ab_glyph::PxScale::from(em * font.height_unscaled() / units)
}
