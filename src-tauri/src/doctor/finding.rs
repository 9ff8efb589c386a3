//! What the self-test finds: which thing, whether it works, and the exact layer, as codes that the window and the command line
//! word.

use serde::{Deserialize, Serialize};
use specta::Type;

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Finding {
    /// What was tried.
    pub subject: FindingSubject,
    /// How it went.
    pub state: FindingState,
    /// Which layer works or fails, and how.
    pub code: FindingCode,
    /// The name of a device, a number, the system's own words.
    pub detail: Option<String>,
}

impl Finding {
    /// It works.
    pub fn works(subject: FindingSubject, detail: impl Into<Option<String>>) -> Self {
        Self { subject, state: FindingState::Ok, code: FindingCode::Works, detail: detail.into() }
    }

    /// It fails; `why` are the system's own words.
    pub fn failed(subject: FindingSubject, code: FindingCode, why: &impl ToString) -> Self {
        Self { subject, state: FindingState::Failed, code, detail: worded(why) }
    }

    /// It can be done without, or works only in part.
    pub fn warning(subject: FindingSubject, code: FindingCode, why: &impl ToString) -> Self {
        Self { subject, state: FindingState::Warning, code, detail: worded(why) }
    }

    /// It was not tried.
    pub fn skipped(subject: FindingSubject, code: FindingCode) -> Self {
        Self { subject, state: FindingState::Skipped, code, detail: None }
    }
}

fn worded(why: &impl ToString) -> Option<String> {
    Some(why.to_string()).filter(|words| !words.is_empty())
}

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum FindingSubject {
    /// Recording sound.
    Microphone,
    /// Playing sound.
    Speaker,
    /// The camera.
    Camera,
    /// Pictures of the screen.
    Screen,
    /// Reading and writing videos.
    Video,
    /// The key of the Gemini API.
    Key,
    /// The way to the Gemini API.
    Network,
    /// The mind on this computer.
    LocalModel,
    /// Where conversations are kept.
    Storage,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    /// It works.
    Ok,
    /// It works in part, or can be done without.
    Warning,
    /// It fails.
    Failed,
    /// It was not tried.
    Skipped,
}

/// Which layer works or fails, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum FindingCode {
    /// It works.
    Works,
    /// The system names no microphone.
    MicrophoneNone,
    /// The sound server does not answer.
    MicrophoneServerGone,
    /// It delivers nothing but silence.
    MicrophoneSilent,
    /// The system does not let Castor record.
    MicrophoneDenied,
    /// It fails in another way.
    MicrophoneFailed,
    /// The system names no speaker.
    SpeakerNone,
    /// The speaker does not play.
    SpeakerFailed,
    /// The system names no camera.
    CameraNone,
    /// The user may not open the camera.
    CameraNoRights,
    /// The person refused it in Castor.
    CameraRefused,
    /// The person was not asked yet.
    CameraNotAsked,
    /// Another application uses it.
    CameraBusy,
    /// The web view lacks the part that opens cameras.
    CameraPluginMissing,
    /// There is no screen.
    ScreenNone,
    /// The desktop has no portal that captures the screen.
    ScreenPortalMissing,
    /// The screen comes out black.
    ScreenBlack,
    /// It fails in another way.
    ScreenFailed,
    /// The programs that read videos are not here.
    VideoToolsMissing,
    /// They are here and do not work.
    VideoToolsFailed,
    /// The web view cannot play the usual videos.
    VideoCodecMissing,
    /// There is no key.
    KeyNone,
    /// The API does not accept it.
    KeyRefused,
    /// It is in the encrypted file, which was not opened.
    KeyLocked,
    /// It could not be checked, because the API was not reached.
    KeyUnchecked,
    /// There is no network.
    NetworkOffline,
    /// The endpoint's name has no address.
    NetworkName,
    /// The endpoint refuses connections.
    NetworkRefused,
    /// The proxy does not answer.
    NetworkProxy,
    /// The connection cannot be trusted.
    NetworkCertificate,
    /// Nothing answers in time.
    NetworkTimeout,
    /// It fails in another way.
    NetworkFailed,
    /// The conversation that is shown stays on this computer, so nobody was asked.
    NetworkLocked,
    /// No local model is here.
    ModelNone,
    /// The model's file is damaged.
    ModelDamaged,
    /// There is not enough free memory for it.
    ModelMemory,
    /// The recognisers of pictures are not here.
    RecognisersMissing,
    /// The recogniser of speech is not here.
    SpeechMissing,
    /// The disk is nearly full.
    StorageFull,
    /// The folder cannot be written to.
    StorageFailed,
}
