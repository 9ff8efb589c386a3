//! Finds the fonts of the pages on this computer and keeps them loaded while pages are drawn.

use super::PageError;
use ab_glyph::{FontArc, FontVec};
use fontdb::{Database, Family, Query, Weight};
use std::{cell::RefCell, collections::HashMap};

/// A face that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Face {
    Sans,
    SansBold,
    Serif,
    SerifBold,
    Mono,
    Screen,
    ScreenBold,
    ScreenMono,
    HanSans,
    HanSansBold,
    HanSerif,
    HanKai,
}

impl Face {
    /// The name its designers gave it; the packages of Debian that carry them are in `scripts/system-packages.sh`.
    pub(super) fn family(self) -> &'static str {
        match self {
            Self::Sans | Self::SansBold => "Liberation Sans",
            Self::Serif | Self::SerifBold => "Liberation Serif",
            Self::Mono => "Liberation Mono",
            Self::Screen | Self::ScreenBold => "DejaVu Sans",
            Self::ScreenMono => "DejaVu Sans Mono",
            Self::HanSans | Self::HanSansBold => "Noto Sans CJK SC",
            Self::HanSerif => "Noto Serif CJK SC",
            Self::HanKai => "AR PL KaitiM GB",
        }
    }

    fn weight(self) -> Weight {
        match self {
            Self::SansBold | Self::SerifBold | Self::ScreenBold | Self::HanSansBold => Weight::BOLD,
            _ => Weight::NORMAL,
        }
    }
}

/// The fonts of this computer, each read once when it is first needed.
pub(super) struct Faces {
    database: Database,
    loaded: RefCell<HashMap<Face, FontArc>>,
}

impl Faces {
    pub(super) fn of_this_computer() -> Self {
        let mut database = Database::new();
        database.load_system_fonts();
        Self { database, loaded: RefCell::default() }
    }

    pub(super) fn font(&self, face: Face) -> Result<FontArc, PageError> {
        if let Some(font) = self.loaded.borrow().get(&face) {
            return Ok(font.clone());
        }
        let family = face.family();
        let query = Query { families: &[Family::Name(family)], weight: face.weight(), ..Query::default() };
        let id = self.database.query(&query).ok_or(PageError::FontMissing { family })?;
        let font = self
            .database
            .with_face_data(id, |file, index| FontVec::try_from_vec_and_index(file.to_vec(), index))
            .and_then(Result::ok)
            .ok_or(PageError::FontUnusable { family })?;
        let font = FontArc::new(font);
        self.loaded.borrow_mut().insert(face, font.clone());
        Ok(font)
    }
}
