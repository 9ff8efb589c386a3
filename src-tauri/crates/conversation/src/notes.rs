//! Notes of a picture: what the senses of this computer made out in it, for a mind that only reads text.
//!
//! Notes are not sight. They hold what recognisers are sure enough of (text, codes, what is likely shown, colours) and
//! nothing else, and they are kept beside the picture so that they are made once.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Everything noted about one picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PictureNotes {
    /// Upright width in pixels.
    pub width: u32,
    /// Upright height in pixels.
    pub height: u32,
    /// What sort of picture it looks like.
    pub kind: PictureKind,
    /// Its main colours, the largest first.
    pub colors: Vec<ColorShare>,
    /// What is likely in it, the likeliest first; empty when nothing is likely enough.
    pub things: Vec<Thing>,
    /// Its text in reading order.
    pub lines: Vec<TextLine>,
    /// Its QR and bar codes.
    pub codes: Vec<Code>,
    /// How its text is turned: the degrees (0, 90, 180 or 270) the picture must be turned clockwise to be read.
    pub text_turned: u16,
}

/// What sort of picture one looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PictureKind {
    /// Taken with a camera.
    Photo,
    /// Of a screen.
    Screenshot,
    /// A page, a receipt, a form: mostly text on an even ground.
    Document,
    /// Drawn: few even colours, little text.
    Drawing,
}

/// The eleven colour words that English and Chinese both have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ColorName {
    Black,
    White,
    Gray,
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
    Pink,
    Brown,
}

/// A colour and how much of the picture has it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
pub struct ColorShare {
    /// Which.
    pub color: ColorName,
    /// From 0 to 1.
    #[specta(type = u32)]
    pub share: f32,
}

/// Something that is likely in the picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Thing {
    /// Its English name.
    pub en: String,
    /// Its Chinese name.
    pub zh: String,
    /// From 0 to 1.
    #[specta(type = u32)]
    pub probability: f32,
}

/// A point of the upright picture, in pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
pub struct Point {
    /// To the right.
    #[specta(type = u32)]
    pub x: f32,
    /// Down.
    #[specta(type = u32)]
    pub y: f32,
}

/// One line of text, or one cell of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TextLine {
    /// The words.
    pub text: String,
    /// How sure the recogniser is, from 0 to 1.
    #[specta(type = u32)]
    pub score: f32,
    /// Around the line, clockwise from the corner where its reading begins.
    pub corners: [Point; 4],
    /// The column or paragraph it belongs to, counted from 0 in reading order.
    pub block: u32,
    /// The row it stands in, counted from 0 in reading order. Lines that share one stand side by side, as cells do.
    pub row: u32,
}

/// A QR or bar code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Code {
    /// Its standard's name, e.g. `QR_CODE`, `EAN_13`.
    pub format: String,
    /// What it says.
    pub text: String,
    /// Points that mark where it is, two or more.
    pub points: Vec<Point>,
}

impl PictureNotes {
    /// The text alone, for the clipboard: rows as lines with a tab between cells, a blank line between blocks.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut before: Option<&TextLine> = None;
        for line in &self.lines {
            match before {
                None => {}
                Some(last) if last.row == line.row => text.push('\t'),
                Some(last) if last.block == line.block => text.push('\n'),
                Some(_) => text.push_str("\n\n"),
            }
            text.push_str(&line.text);
            before = Some(line);
        }
        text
    }

    /// Whether the notes say anything about what the picture shows. Size and colours alone answer no question.
    pub fn are_usable(&self) -> bool {
        !(self.things.is_empty() && self.lines.is_empty() && self.codes.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(lines: &[(&str, u32, u32)]) -> PictureNotes {
        let corners = [Point { x: 0.0, y: 0.0 }; 4];
        let line = |&(text, block, row): &(&str, u32, u32)| TextLine {
            text: text.into(),
            score: 1.0,
            corners,
            block,
            row,
        };
        PictureNotes {
            width: 1,
            height: 1,
            kind: PictureKind::Photo,
            colors: vec![],
            things: vec![],
            lines: lines.iter().map(line).collect(),
            codes: vec![],
            text_turned: 0,
        }
    }

    #[test]
    fn rows_keep_their_cells_and_blocks_their_distance() {
        let receipt =
            notes(&[("Corner Café", 0, 0), ("Tea", 1, 1), ("2.00", 1, 1), ("Total", 1, 2), ("2.00", 1, 2)]);
        assert_eq!(receipt.text(), "Corner Café\n\nTea\t2.00\nTotal\t2.00");
        assert!(receipt.are_usable());
        assert_eq!(notes(&[]).text(), "");
        assert!(!notes(&[]).are_usable());
    }
}
