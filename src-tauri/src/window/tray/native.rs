//! The icon of macOS and Windows, by the toolkit.

use super::Offer;
use crate::settings::SystemLanguage;
use tauri::menu::{MenuBuilder, MenuEvent};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Wry};

/// Names the icon.
const NAME: &str = "castor";

/// The icon that is shown until it is removed.
pub struct Icon;

impl Icon {
    /// Shows it.
    pub fn show(app: &AppHandle, language: SystemLanguage) -> Option<Self> {
        match build(app, language) {
            Ok(()) => Some(Self),
            Err(error) => {
                tracing::warn!(%error, "the icon cannot be shown");
                None
            }
        }
    }

    /// Takes it away.
    pub fn remove(self, app: &AppHandle) {
        drop(app.remove_tray_by_id(NAME));
    }
}

fn build(app: &AppHandle, language: SystemLanguage) -> tauri::Result<()> {
    let mut menu = MenuBuilder::<Wry, _>::new(app);
    for (number, offer) in Offer::ALL.into_iter().enumerate() {
        menu = menu.text(number.to_string(), offer.words(language));
    }
    let mut icon =
        TrayIconBuilder::with_id(NAME).tooltip("Castor").menu(&menu.build()?).on_menu_event(chosen);
    if let Some(picture) = app.default_window_icon() {
        icon = icon.icon(picture.clone());
    }
    icon.build(app)?;
    Ok(())
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    let number = event.id().as_ref().parse::<usize>().ok();
    if let Some(offer) = number.and_then(|number| Offer::ALL.get(number)) {
        offer.take(app);
    }
}
