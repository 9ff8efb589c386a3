//! Keys that work over every application.

use super::{background, quick, region};
use crate::settings::ShortcutSettings;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, Manager};
use tauri_plugin_global_shortcut::{GlobalShortcutExt, Shortcut, ShortcutState as Press};

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ShortcutAction {
    /// Opens the quick-ask window.
    Quick,
    /// Captures a region and asks about it.
    Region,
}

/// Whether a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ShortcutCondition {
    /// It does.
    On,
    /// None is set.
    Off,
    /// Another application has it.
    Taken,
    /// This desktop gives applications no keys of their own; its own settings can run `castor quick`.
    Unsupported,
    /// Not the name of a key.
    Invalid,
}

/// Whether the key of an action works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShortcutState {
    /// What it does.
    pub action: ShortcutAction,
    /// Whether it works.
    pub state: ShortcutCondition,
}

/// What became of the keys.
#[derive(Debug, Default)]
pub struct Shortcuts(Mutex<Vec<ShortcutState>>);

impl Shortcuts {
    /// Takes the keys of the settings in place of those held so far.
    pub fn apply(&self, app: &AppHandle, settings: &ShortcutSettings) {
        if let Err(error) = app.global_shortcut().unregister_all() {
            tracing::warn!(%error, "keys could not be given back");
        }
        let wanted = [(ShortcutAction::Quick, &settings.quick), (ShortcutAction::Region, &settings.region)];
        let states =
            wanted.map(|(action, keys)| ShortcutState { action, state: take(app, action, keys.as_deref()) });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = states.to_vec();
    }

    /// Which of them work.
    pub fn states(&self) -> Vec<ShortcutState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn take(app: &AppHandle, action: ShortcutAction, keys: Option<&str>) -> ShortcutCondition {
    let Some(keys) = keys else { return ShortcutCondition::Off };
    let Ok(shortcut) = keys.parse::<Shortcut>() else { return ShortcutCondition::Invalid };
    if is_wayland() {
        return ShortcutCondition::Unsupported;
    }
    let taken = app.global_shortcut().on_shortcut(shortcut, move |app, _, event| {
        if event.state == Press::Pressed {
            run(app.clone(), action);
        }
    });
    match taken {
        Ok(()) => ShortcutCondition::On,
        Err(error) => {
            tracing::info!(%error, keys, "a key is not to be had");
            ShortcutCondition::Taken
        }
    }
}

/// Whether the desktop is Wayland's, whose compositors hand no keys to applications; XWayland hears them only over X's own windows.
fn is_wayland() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty())
}

/// Does what the key is for, away from the event loop, which windows are built on.
pub fn run(app: AppHandle, action: ShortcutAction) {
    tauri::async_runtime::spawn_blocking(move || {
        let done = match action {
            ShortcutAction::Quick => quick::show(&app).map_err(crate::error::CastorError::from),
            ShortcutAction::Region => region::capture(&app, region::RegionUse::Quick, None),
        };
        if let Err(error) = done {
            tracing::warn!(%error, "a key did nothing");
        }
        // `castor quick --region`, and the person changed their mind.
        if app.webview_windows().is_empty() && !background::stays(&app) {
            app.exit(0);
        }
    });
}
