//! The system clipboard. Read in Rust because WebKit's paste event carries no pictures.

use super::arrivals::Arriving;
use crate::error::CastorError;
use std::sync::Mutex;

/// The X11 selection belongs to the process that copied: the clipboard must outlive the call.
static CLIPBOARD: Mutex<Option<arboard::Clipboard>> = Mutex::new(None);

/// Copied files; or, when there are none and no text lies beside it, a copied picture.
pub fn read(has_text: bool) -> Vec<Arriving> {
    let found = with_clipboard(|clipboard| {
        let files = clipboard.get().file_list().unwrap_or_default();
        if !files.is_empty() {
            return Ok(files.into_iter().map(Arriving::File).collect());
        }
        if has_text {
            // Word processors put a picture of the text beside the text; the text is what was meant.
            return Ok(Vec::new());
        }
        match clipboard.get_image() {
            Ok(picture) => Ok(encoded(&picture).into_iter().collect()),
            Err(arboard::Error::ContentNotAvailable) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    });
    found.unwrap_or_else(|error| {
        tracing::info!(%error, "the clipboard could not be read");
        Vec::new()
    })
}

/// Puts text on the clipboard.
pub fn write_text(text: String) -> Result<(), CastorError> {
    with_clipboard(|clipboard| clipboard.set_text(text))
        .map_err(|error| CastorError::System(error.to_string()))
}

fn with_clipboard<T>(
    work: impl FnOnce(&mut arboard::Clipboard) -> Result<T, arboard::Error>,
) -> Result<T, arboard::Error> {
    let mut slot = CLIPBOARD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let clipboard = match slot.take() {
        Some(clipboard) => clipboard,
        None => arboard::Clipboard::new()?,
    };
    work(slot.insert(clipboard))
}

fn encoded(picture: &arboard::ImageData<'_>) -> Option<Arriving> {
    let width = u32::try_from(picture.width).ok()?;
    let height = u32::try_from(picture.height).ok()?;
    match media::from_rgba(width, height, &picture.bytes) {
        Ok(bytes) => Some(Arriving::Picture { name: pasted_name(), bytes }),
        Err(error) => {
            tracing::warn!(%error, "the copied picture could not be kept");
            None
        }
    }
}

fn pasted_name() -> String {
    use crate::settings::{SystemLanguage, system_language};
    match system_language() {
        SystemLanguage::Zh => "粘贴的图片.png".into(),
        SystemLanguage::En => "Pasted picture.png".into(),
    }
}
