//! What a person sets, kept as one JSON value in the history's settings table. No secrets.

use conversation::{ConversationId, ModelRef};
use serde::{Deserialize, Serialize};
use specta::Type;

/// The window's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// As the system's.
    #[default]
    System,
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system's.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The window's language.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Where the Gemini API is; `None` is Google's own endpoint.
    pub base_url: Option<String>,
    /// The model the next question goes to.
    pub model: Option<ModelRef>,
    /// Shown again at the next start.
    pub last_conversation: Option<ConversationId>,
    /// Whether the first-run page was passed.
    pub welcomed: bool,
    /// The set of recognisers that reads pictures.
    pub recognisers: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: Theme::default(),
            base_url: None,
            model: None,
            last_conversation: None,
            welcomed: false,
            recognisers: local::DEFAULT_RECOGNISERS.to_owned(),
        }
    }
}

impl Settings {
    /// Settings as they were stored, by this version or an earlier one: what is not there takes its default.
    pub fn from_stored(text: &str) -> serde_json::Result<Self> {
        let mut whole = serde_json::to_value(Self::default())?;
        let stored: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)?;
        if let Some(fields) = whole.as_object_mut() {
            fields.extend(stored);
        }
        serde_json::from_value(whole)
    }
}

/// A language the window speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum SystemLanguage {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

/// The key of the settings value in the history's table.
pub(crate) const SETTINGS_KEY: &str = "settings";

/// The system's language, as far as Castor speaks it.
pub fn system_language() -> SystemLanguage {
    match sys_locale::get_locale() {
        Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => SystemLanguage::Zh,
        _ => SystemLanguage::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_older_version_still_load() {
        let settings = Settings::from_stored(r#"{"theme":"dark","gone":1}"#).unwrap();
        assert_eq!(settings, Settings { theme: Theme::Dark, ..Settings::default() });
    }
}
