//! Generated pages whose text is known: letters, receipts, tables, signs and screens in English and Chinese, clean and
//! worn (turned, skewed, compressed, blurred), and a measure of how well a recogniser read them.
//!
//! The pages are drawn from fonts of this computer, those that `scripts/system-packages.sh test` installs, and are the
//! same on every run with the same fonts.

mod faces;
mod forms;
mod measure;
mod prose;
mod screens;
mod sheet;
mod signs;
mod wear;

pub use measure::{Comparison, TextErrors, character_error_rate, compare};

use faces::{Face, Faces};
use image::RgbImage;
use serde::{Deserialize, Serialize};
use sheet::Sheet;
use std::io::Cursor;
use thiserror::Error;
use wear::Wear;

/// A picture of text that is known.
#[derive(Debug, Clone)]
pub struct Page {
    /// Unique, fit for a file name, e.g. `receipt-en`.
    pub name: &'static str,
    /// The pixels.
    pub image: RgbImage,
    /// Its text in reading order, as a person who holds the page upright reads it: one line each, the cells of a row
    /// with a tab between them.
    pub text: Vec<String>,
    /// What it is written in.
    pub language: PageLanguage,
}

/// What a page is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageLanguage {
    /// English alone.
    English,
    /// Chinese in simplified characters, with no more than numbers beside it.
    Chinese,
    /// Both in the same lines.
    Mixed,
}

/// Why a page could not be made.
#[derive(Debug, Error)]
pub enum PageError {
    /// The computer lacks a font.
    #[error("the font {family} is not installed: run `scripts/system-packages.sh test`")]
    FontMissing {
        /// Its family name.
        family: &'static str,
    },
    /// The file of a font cannot be read as one.
    #[error("the font {family} cannot be used")]
    FontUnusable {
        /// Its family name.
        family: &'static str,
    },
    /// A font has no picture of a character.
    #[error("neither {family} nor its Chinese companion has the character {character:?}")]
    NoGlyph {
        /// The family that was asked first.
        family: &'static str,
        /// What it lacks.
        character: char,
    },
    /// Text runs over the edge, so that its truth could not be read from the picture.
    #[error("{text:?} runs over the edge of its page")]
    OverTheEdge {
        /// The text.
        text: String,
    },
    /// No page has this name.
    #[error("there is no page {0:?}")]
    Unknown(String),
    /// The picture could not be encoded.
    #[error(transparent)]
    Encoding(#[from] image::ImageError),
}

impl Page {
    /// The picture as a PNG file.
    pub fn png(&self) -> Result<Vec<u8>, PageError> {
        let mut file = Cursor::new(Vec::new());
        self.image.write_to(&mut file, image::ImageFormat::Png)?;
        Ok(file.into_inner())
    }
}

/// How a page is made: drawn, then worn.
struct Recipe {
    name: &'static str,
    language: PageLanguage,
    draw: fn(&Faces) -> Result<Sheet<'_>, PageError>,
    wear: &'static [Wear],
}

const fn clean(
    name: &'static str,
    language: PageLanguage,
    draw: fn(&Faces) -> Result<Sheet<'_>, PageError>,
) -> Recipe {
    Recipe { name, language, draw, wear: &[] }
}

const fn worn(
    name: &'static str,
    language: PageLanguage,
    draw: fn(&Faces) -> Result<Sheet<'_>, PageError>,
    wear: &'static [Wear],
) -> Recipe {
    Recipe { name, language, draw, wear }
}

const RECIPES: &[Recipe] = {
    use PageLanguage::{Chinese, English, Mixed};
    &[
        clean("letter-en", English, prose::letter_en),
        clean("letter-zh", Chinese, prose::letter_zh),
        clean("note-mixed", Mixed, prose::note_mixed),
        clean("story-zh-serif", Chinese, prose::story_zh_serif),
        clean("notice-zh-kai", Chinese, prose::notice_zh_kai),
        clean("columns-en", English, prose::columns_en),
        clean("columns-zh", Chinese, prose::columns_zh),
        clean("small-print-en", English, prose::small_print_en),
        clean("small-print-zh", Chinese, prose::small_print_zh),
        clean("faint-en", English, prose::faint_en),
        clean("faint-zh", Chinese, prose::faint_zh),
        clean("receipt-en", English, forms::receipt_en),
        clean("receipt-zh", Chinese, forms::receipt_zh),
        clean("table-en", English, forms::table_en),
        clean("timetable-zh", Chinese, forms::timetable_zh),
        clean("invoice-mixed", Mixed, forms::invoice_mixed),
        clean("card-mixed", Mixed, forms::card_mixed),
        clean("sign-en", English, signs::sign_en),
        clean("sign-zh", Chinese, signs::sign_zh),
        clean("chat-dark-en", English, screens::chat_dark_en),
        clean("chat-dark-zh", Chinese, screens::chat_dark_zh),
        clean("terminal-en", English, screens::terminal_en),
        worn("letter-en-turned-90", English, prose::letter_en, &[Wear::Turned { quarters: 1 }]),
        worn("receipt-zh-turned-180", Chinese, forms::receipt_zh, &[Wear::Turned { quarters: 2 }]),
        worn("note-mixed-turned-270", Mixed, prose::note_mixed, &[Wear::Turned { quarters: 3 }]),
        worn("letter-zh-skewed", Chinese, prose::letter_zh, &[Wear::Skewed { degrees: 3.0 }]),
        worn("receipt-en-skewed", English, forms::receipt_en, &[Wear::Skewed { degrees: -3.0 }]),
        worn("note-mixed-jpeg-30", Mixed, prose::note_mixed, &[Wear::Jpeg { quality: 30 }]),
        worn("small-print-zh-jpeg-50", Chinese, prose::small_print_zh, &[Wear::Jpeg { quality: 50 }]),
        worn("letter-en-blurred", English, prose::letter_en, &[Wear::Blurred { sigma: 1.2 }]),
        worn("letter-zh-shrunk", Chinese, prose::letter_zh, &[Wear::Shrunk { percent: 60 }]),
        worn(
            "receipt-en-photographed",
            English,
            forms::receipt_en,
            &[Wear::Tilted, Wear::Blurred { sigma: 0.6 }, Wear::Jpeg { quality: 60 }],
        ),
    ]
};

/// Every page, the clean ones first.
pub fn all() -> Result<Vec<Page>, PageError> {
    let faces = Faces::of_this_computer();
    RECIPES.iter().map(|recipe| make(recipe, &faces)).collect()
}

/// One page by its name.
pub fn named(name: &str) -> Result<Page, PageError> {
    let recipe = RECIPES.iter().find(|recipe| recipe.name == name);
    make(recipe.ok_or_else(|| PageError::Unknown(name.to_owned()))?, &Faces::of_this_computer())
}

fn make(recipe: &Recipe, faces: &Faces) -> Result<Page, PageError> {
    let sheet = (recipe.draw)(faces)?;
    let mut image = sheet.image;
    for wear in recipe.wear {
        image = wear.apply(&image)?;
    }
    Ok(Page { name: recipe.name, image, text: sheet.text, language: recipe.language })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_page_is_drawn_within_its_edges_and_has_its_text() {
        let pages = all().unwrap();
        let names: HashSet<_> = pages.iter().map(|page| page.name).collect();
        assert_eq!(names.len(), pages.len(), "two pages share a name");
        for page in &pages {
            assert!(!page.text.is_empty(), "{} has no text", page.name);
            let ground = page.image.get_pixel(0, 0);
            let inked = page.image.pixels().filter(|pixel| *pixel != ground).count();
            let pixels = page.image.pixels().len();
            assert!(inked * 100 > pixels, "{} is nearly empty", page.name);
        }
    }

    #[test]
    fn a_page_is_the_same_each_time() {
        let first = named("note-mixed-jpeg-30").unwrap();
        let second = named("note-mixed-jpeg-30").unwrap();
        assert_eq!(first.image, second.image);
        assert_eq!(first.text, second.text);
        assert!(first.png().unwrap().starts_with(b"\x89PNG"));
    }

    #[test]
    fn wear_changes_the_pixels_and_keeps_the_text() {
        let clean = named("letter-en").unwrap();
        let turned = named("letter-en-turned-90").unwrap();
        assert_eq!(turned.text, clean.text);
        assert_eq!(turned.image.dimensions(), (clean.image.height(), clean.image.width()));
        assert_ne!(named("letter-en-blurred").unwrap().image, clean.image);
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        assert!(matches!(named("letter-fr"), Err(PageError::Unknown(name)) if name == "letter-fr"));
    }
}
