//! The icon among the system's, as long as Castor stays ready without a window.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod native;

#[cfg(target_os = "linux")]
use linux::Icon;
#[cfg(not(target_os = "linux"))]
use native::Icon;

use super::shortcuts::{self, ShortcutAction};
use super::show_again;
use crate::settings::{Settings, SystemLanguage};
use std::sync::{Mutex, PoisonError};
use tauri::AppHandle;

/// The icon that is shown, if one is.
#[derive(Default)]
pub struct Tray(Mutex<Option<Icon>>);

impl Tray {
    /// Shows it or takes it away, as the settings are.
    pub fn apply(&self, app: &AppHandle, settings: &Settings) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Its words may have changed, too.
        if let Some(icon) = shown.take() {
            icon.remove(app);
        }
        if settings.stay_ready {
            *shown = Icon::show(app, settings.language.spoken());
        }
    }
}

/// What its menu offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offer {
    Open,
    Quick,
    Region,
    Quit,
}

impl Offer {
    const ALL: [Self; 4] = [Self::Open, Self::Quick, Self::Region, Self::Quit];

    fn words(self, language: SystemLanguage) -> &'static str {
        match (self, language) {
            (Self::Open, SystemLanguage::En) => "Open Castor",
            (Self::Open, SystemLanguage::Zh) => "打开 Castor",
            (Self::Quick, SystemLanguage::En) => "Quick ask",
            (Self::Quick, SystemLanguage::Zh) => "快速提问",
            (Self::Region, SystemLanguage::En) => "Ask about part of the screen",
            (Self::Region, SystemLanguage::Zh) => "截屏提问",
            (Self::Quit, SystemLanguage::En) => "Quit Castor",
            (Self::Quit, SystemLanguage::Zh) => "退出 Castor",
        }
    }

    /// Does it, away from the thread that asked: building a window waits for the event loop.
    fn take(self, app: &AppHandle) {
        let app = app.clone();
        match self {
            Self::Open => {
                tauri::async_runtime::spawn_blocking(move || show_again(&app));
            }
            Self::Quick => shortcuts::run(app, ShortcutAction::Quick),
            Self::Region => shortcuts::run(app, ShortcutAction::Region),
            Self::Quit => app.exit(0),
        }
    }
}
