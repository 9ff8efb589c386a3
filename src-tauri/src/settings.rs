//! What a person sets, kept as one JSON value in the history's settings table. No keys; a password in a proxy's address is
//! kept as it was written.

use conversation::{ConversationId, ModelRef};
use gemini::wire::{HarmCategory, HarmThreshold, SafetySetting};
use gemini::{Config, Network, Proxy, SharedKey};
use local::SpeechChoice;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;
use std::time::Duration;

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

/// How requests reach the Gemini API.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ProxySetting {
    /// As the system and the environment say.
    #[default]
    System,
    /// Straight, whatever they say.
    None,
    /// Through this one.
    Manual {
        /// Its address: http, https, socks5 or socks5h.
        address: String,
    },
}

/// The way to the Gemini API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkSettings {
    /// Through which proxy.
    pub proxy: ProxySetting,
    /// A file with certificates to trust beside the system's.
    pub extra_certificates: Option<String>,
    /// Seconds to wait for a connection.
    pub connect_seconds: u32,
    /// Seconds to wait for the next piece of an answer.
    pub idle_seconds: u32,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            proxy: ProxySetting::default(),
            extra_certificates: None,
            connect_seconds: 10,
            idle_seconds: 120,
        }
    }
}

/// What Gemini may block, one choice for each kind of harm. `None` leaves it to Google.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct SafetySettings {
    /// Bullying and threats.
    pub harassment: Option<SafetyThreshold>,
    /// Hatred of groups.
    pub hate_speech: Option<SafetyThreshold>,
    /// Sexual content.
    pub sexually_explicit: Option<SafetyThreshold>,
    /// Dangerous acts.
    pub dangerous_content: Option<SafetyThreshold>,
}

impl SafetySettings {
    /// The choices that were made, as the API takes them.
    fn on_the_wire(self) -> Vec<SafetySetting> {
        let choices = [
            (HarmCategory::Harassment, self.harassment),
            (HarmCategory::HateSpeech, self.hate_speech),
            (HarmCategory::SexuallyExplicit, self.sexually_explicit),
            (HarmCategory::DangerousContent, self.dangerous_content),
        ];
        let made = |(category, choice): (HarmCategory, Option<SafetyThreshold>)| {
            let threshold = match choice? {
                SafetyThreshold::Low => HarmThreshold::BlockLowAndAbove,
                SafetyThreshold::Medium => HarmThreshold::BlockMediumAndAbove,
                SafetyThreshold::High => HarmThreshold::BlockOnlyHigh,
                SafetyThreshold::Nothing => HarmThreshold::BlockNone,
            };
            Some(SafetySetting { category, threshold })
        };
        choices.into_iter().filter_map(made).collect()
    }
}

/// From which probability on content is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum SafetyThreshold {
    /// Already when it is unlikely to be harmful.
    Low,
    /// When it may be.
    Medium,
    /// Only when it is likely to be.
    High,
    /// Never.
    Nothing,
}

/// A kind of data that leaves this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum DataKind {
    /// Words, and text files.
    Text,
    /// Pictures.
    Pictures,
    /// Documents.
    Documents,
    /// Sound.
    Sound,
    /// Video.
    Video,
}

/// Speaking and listening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VoiceSettings {
    /// Which microphone, by its identifier; `None` is the system's own choice.
    pub microphone: Option<String>,
    /// The language that is spoken, as ISO 639-1 has it; `None` where it is to be detected.
    pub language: Option<String>,
    /// Whether Chinese is written in simplified characters.
    pub simplified: bool,
    /// Silence that ends a hands-free recording, in milliseconds.
    pub silence_ms: u32,
    /// The recogniser that understands speech: one of the catalogue, or the path of a folder with one.
    pub recogniser: String,
    /// Whether a question is sent as soon as the button it was spoken with is let go.
    pub speak_on_release: bool,
}

impl Default for VoiceSettings {
    fn default() -> Self {
        Self {
            microphone: None,
            language: None,
            simplified: true,
            silence_ms: 1200,
            recogniser: local::DEFAULT_SPEECH_MODEL.to_owned(),
            speak_on_release: true,
        }
    }
}

impl VoiceSettings {
    /// How the local mind listens.
    pub fn listening(&self) -> local::Listening {
        local::Listening {
            choice: SpeechChoice::parse(&self.recogniser),
            language: self.language.clone(),
            simplified: self.simplified,
        }
    }
}

/// When answers are read aloud by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ReadAloud {
    /// Only when the person asks for it.
    Never,
    /// When the question was spoken.
    #[default]
    SpokenQuestions,
    /// Each of them.
    Always,
}

/// Reading answers aloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SpeakingSettings {
    /// When it is done by itself.
    pub automatic: ReadAloud,
    /// The voice for English by its identifier; `None` is the best there is.
    pub english: Option<String>,
    /// The voice for Chinese.
    pub chinese: Option<String>,
    /// How fast: 1 is the voice's own pace.
    #[specta(type = u32)]
    pub speed: f32,
}

impl Default for SpeakingSettings {
    fn default() -> Self {
        Self { automatic: ReadAloud::default(), english: None, chinese: None, speed: 1.0 }
    }
}

/// Whether Castor may use something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// The person was not asked yet.
    #[default]
    Ask,
    /// It may.
    Allowed,
    /// It may not.
    Denied,
}

/// The camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CameraSettings {
    /// Whether the person lets Castor use it.
    pub consent: Consent,
    /// Which camera, by the web view's name for it; `None` is the system's own choice.
    pub device: Option<String>,
    /// Whether the person sees themselves as in a mirror. What is sent is never mirrored.
    pub mirrored: bool,
}

impl Default for CameraSettings {
    fn default() -> Self {
        Self { consent: Consent::default(), device: None, mirrored: true }
    }
}

/// Keys that work over every application, e.g. `Alt+Space`; `None` is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ShortcutSettings {
    /// Opens the quick-ask window.
    pub quick: Option<String>,
    /// Captures a region and asks about it.
    pub region: Option<String>,
}

impl Default for ShortcutSettings {
    /// Option and Space on macOS, as Google's own application has it. Windows and most window managers of Linux keep Alt and Space
    /// for a window's menu.
    fn default() -> Self {
        let quick = if cfg!(target_os = "macos") { "Alt+Space" } else { "Ctrl+Alt+Space" };
        let region = if cfg!(target_os = "macos") { "Cmd+Alt+S" } else { "Ctrl+Alt+S" };
        Self { quick: Some(quick.to_owned()), region: Some(region.to_owned()) }
    }
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
    /// The way to the Gemini API.
    pub network: NetworkSettings,
    /// What Gemini may block.
    pub safety: SafetySettings,
    /// What may be spent in a calendar month, in cents of a US dollar.
    pub monthly_cap_cents: Option<u32>,
    /// Kinds of data the person knows to leave this computer: they saw what leaves once.
    pub seen_leaving: Vec<DataKind>,
    /// Whether a question that looks as if it held a secret is held back until the person says so.
    pub warn_of_secrets: bool,
    /// Speaking and listening.
    pub voice: VoiceSettings,
    /// Reading answers aloud.
    pub speaking: SpeakingSettings,
    /// The camera.
    pub camera: CameraSettings,
    /// Keys that work over every application.
    pub shortcuts: ShortcutSettings,
    /// Whether Castor goes on running without a window, so that these keys work.
    pub stay_ready: bool,
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
            network: NetworkSettings::default(),
            safety: SafetySettings::default(),
            monthly_cap_cents: None,
            seen_leaving: Vec::new(),
            warn_of_secrets: true,
            voice: VoiceSettings::default(),
            speaking: SpeakingSettings::default(),
            camera: CameraSettings::default(),
            shortcuts: ShortcutSettings::default(),
            stay_ready: false,
        }
    }
}

impl Settings {
    /// The client of the Gemini API as it is set. `base_url` overrides the one set here.
    pub fn gemini_config(&self, key: SharedKey, base_url: Option<&str>) -> Config {
        let mut config = Config::new(key);
        if let Some(base_url) = base_url {
            base_url.clone_into(&mut config.base_url);
        }
        config.network = Network {
            proxy: match &self.network.proxy {
                ProxySetting::System => Proxy::System,
                ProxySetting::None => Proxy::None,
                ProxySetting::Manual { address } => Proxy::Manual(address.clone()),
            },
            extra_ca: self.network.extra_certificates.as_ref().map(Into::into),
        };
        config.timeouts.connect = Duration::from_secs(self.network.connect_seconds.max(1).into());
        config.timeouts.idle = Duration::from_secs(self.network.idle_seconds.max(1).into());
        config.safety = self.safety.on_the_wire();
        config
    }

    /// Settings as they were stored, by this version or an earlier one: what is not there takes its default.
    pub fn from_stored(text: &str) -> serde_json::Result<Self> {
        let mut whole = serde_json::to_value(Self::default())?;
        overlay(&mut whole, serde_json::from_str(text)?);
        serde_json::from_value(whole)
    }
}

/// Puts what was stored over the defaults, field by field.
fn overlay(whole: &mut Value, stored: Value) {
    match (whole, stored) {
        (Value::Object(fields), Value::Object(stored)) => {
            for (name, value) in stored {
                overlay(fields.entry(name).or_insert(Value::Null), value);
            }
        }
        (whole, stored) => *whole = stored,
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

impl Language {
    /// The language itself.
    pub fn spoken(self) -> SystemLanguage {
        match self {
            Self::System => system_language(),
            Self::En => SystemLanguage::En,
            Self::Zh => SystemLanguage::Zh,
        }
    }
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
        let settings =
            Settings::from_stored(r#"{"theme":"dark","gone":1,"voice":{"silenceMs":900}}"#).unwrap();
        let voice = VoiceSettings { silence_ms: 900, ..VoiceSettings::default() };
        assert_eq!(settings, Settings { theme: Theme::Dark, voice, ..Settings::default() });
        assert!(Settings::from_stored("[]").is_err());
    }
}
