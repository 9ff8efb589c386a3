//! What can go wrong above the crates, and how it crosses the bridge: as a code the window puts into words.

use crate::intake::IntakeError;
use crate::keys::KeyError;
use conversation::{Notice, ProviderError};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Anything a command or the command line can fail with.
#[derive(Debug, thiserror::Error)]
pub enum CastorError {
    /// A mind failed before an answer was begun.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The history failed.
    #[error(transparent)]
    History(#[from] history::HistoryError),
    /// A turn could not be begun.
    #[error(transparent)]
    Ask(#[from] ask::AskError),
    /// The key could not be kept or opened.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The endpoint's address cannot be used.
    #[error(transparent)]
    Endpoint(#[from] gemini::ConfigError),
    /// The catalogue of local models cannot be read: a fault of Castor's.
    #[error(transparent)]
    Catalogue(#[from] local::CatalogueError),
    /// A model could not be fetched.
    #[error(transparent)]
    Fetch(#[from] local::FetchError),
    /// A picture could not be read.
    #[error(transparent)]
    Notes(#[from] ask::NotebookError),
    /// The microphone, or the file it is recorded to, failed.
    #[error(transparent)]
    Capture(#[from] capture::CaptureError),
    /// Nothing is heard.
    #[error(transparent)]
    Speaker(#[from] capture::SpeakerError),
    /// No voice on this computer speaks the language of what is to be read aloud.
    #[error(
        "no voice on this computer speaks this language: fetch Castor's own in Settings, Voice, or install one of the system's"
    )]
    NoVoice,
    /// A voice failed.
    #[error(transparent)]
    Voice(#[from] voices::VoiceError),
    /// A video, a clip or a camera of the system failed.
    #[error(transparent)]
    Video(#[from] video::VideoError),
    /// The screen could not be captured.
    #[error(transparent)]
    Screen(#[from] capture::screen::ScreenError),
    /// What was entered cannot be used; the text says why.
    #[error("{0}")]
    InvalidInput(String),
    /// The system refused something small: the clipboard, a folder, a browser.
    #[error("{0}")]
    System(String),
}

impl From<IntakeError> for CastorError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::History(error) => Self::History(error),
            IntakeError::Video(error) => Self::Video(error),
            other => Self::InvalidInput(other.to_string()),
        }
    }
}

/// What the window acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum CommandErrorCode {
    /// See the notice.
    Notice,
    /// What was asked for is gone.
    NotFound,
    /// The disk is full.
    DiskFull,
    /// The data folder cannot be written to.
    ReadOnly,
    /// The history's database is damaged.
    HistoryDamaged,
    /// The history was written by a newer Castor.
    HistoryNewer,
    /// No keychain answers.
    KeychainUnavailable,
    /// The passphrase is wrong.
    WrongPassphrase,
    /// No source gave the model.
    FetchFailed,
    /// The recognisers that read pictures are not here.
    RecognisersMissing,
    /// The recogniser that understands speech is not here.
    SpeechRecogniserMissing,
    /// There is no microphone, or not the one that was chosen.
    NoMicrophone,
    /// Another program has the microphone to itself.
    MicrophoneBusy,
    /// The system does not let Castor use the microphone.
    MicrophoneRefused,
    /// The microphone went away.
    MicrophoneLost,
    /// There is no speaker.
    NoSpeaker,
    /// No voice speaks the language.
    NoVoice,
    /// No camera is there.
    NoCamera,
    /// Another application uses the camera.
    CameraBusy,
    /// The system does not let Castor use the camera.
    CameraDenied,
    /// The camera went away.
    CameraLost,
    /// The program that reads and writes videos is not here.
    VideoToolsMissing,
    /// A video cannot be read.
    VideoDamaged,
    /// There is no screen, or the system offers no way to capture it.
    NoScreen,
    /// The system does not let Castor see the screen.
    ScreenDenied,
    /// The window that was to be captured is gone.
    ScreenGone,
    /// The person stopped it.
    Cancelled,
    /// The conversation stays on this computer.
    LocalOnly,
    /// What was entered cannot be used.
    InvalidInput,
    /// The endpoint's address is none.
    BadEndpoint,
    /// The proxy's address cannot be used.
    BadProxy,
    /// The file with certificates cannot be read.
    CertificatesUnreadable,
    /// The file with certificates holds none that can be used.
    CertificatesUnusable,
    /// Anything else.
    Internal,
}

/// An error as it crosses the bridge.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct CommandError {
    /// What the window acts on.
    pub code: CommandErrorCode,
    /// The mind's own notice.
    pub notice: Option<Notice>,
    /// For the unfolded line.
    pub detail: Option<String>,
}

impl<E: Into<CastorError>> From<E> for CommandError {
    fn from(error: E) -> Self {
        use CommandErrorCode as Code;
        let error = error.into();
        let code = match &error {
            CastorError::Provider(error) | CastorError::Ask(ask::AskError::Provider(error)) => {
                return Self { code: Code::Notice, notice: Some(error.notice.clone()), detail: None };
            }
            CastorError::History(error) | CastorError::Ask(ask::AskError::History(error)) => {
                history_code(error)
            }
            CastorError::Key(error) => match error {
                KeyError::KeychainUnavailable(_) => Code::KeychainUnavailable,
                KeyError::WrongPassphrase => Code::WrongPassphrase,
                KeyError::Empty | KeyError::NotAKey => Code::InvalidInput,
                KeyError::Encrypt(_) | KeyError::File { .. } => Code::Internal,
            },
            CastorError::Fetch(local::FetchError::DiskFull { .. }) => Code::DiskFull,
            CastorError::Fetch(_) => Code::FetchFailed,
            CastorError::Notes(ask::NotebookError::Senses(conversation::SensesError::Missing)) => {
                Code::RecognisersMissing
            }
            CastorError::Notes(ask::NotebookError::CannotHear) => Code::SpeechRecogniserMissing,
            CastorError::Notes(ask::NotebookError::Watch(conversation::WatchError::ToolsMissing)) => {
                Code::VideoToolsMissing
            }
            CastorError::Notes(ask::NotebookError::Cancelled) => Code::Cancelled,
            CastorError::Notes(ask::NotebookError::History(error)) => history_code(error),
            CastorError::Capture(error) => capture_code(error),
            CastorError::Speaker(_) => Code::NoSpeaker,
            CastorError::Video(error) => video_code(error),
            CastorError::Screen(error) => screen_code(error),
            CastorError::NoVoice | CastorError::Voice(voices::VoiceError::Missing) => Code::NoVoice,
            CastorError::Endpoint(error) => match error {
                gemini::ConfigError::BaseUrl(_) => Code::BadEndpoint,
                gemini::ConfigError::ProxyAddress => Code::BadProxy,
                gemini::ConfigError::CaUnreadable { .. } => Code::CertificatesUnreadable,
                gemini::ConfigError::CaUnusable { .. } => Code::CertificatesUnusable,
                gemini::ConfigError::Http(_) => Code::InvalidInput,
            },
            CastorError::InvalidInput(_) | CastorError::Ask(ask::AskError::Schema(_)) => Code::InvalidInput,
            CastorError::Ask(ask::AskError::LocalOnly) => Code::LocalOnly,
            CastorError::Ask(_)
            | CastorError::Catalogue(_)
            | CastorError::Notes(_)
            | CastorError::Voice(_)
            | CastorError::System(_) => Code::Internal,
        };
        Self { code, notice: None, detail: Some(error.to_string()) }
    }
}

fn history_code(error: &history::HistoryError) -> CommandErrorCode {
    use history::HistoryError;
    match error {
        HistoryError::NotFound(_) => CommandErrorCode::NotFound,
        HistoryError::DiskFull => CommandErrorCode::DiskFull,
        HistoryError::ReadOnly => CommandErrorCode::ReadOnly,
        HistoryError::Corrupt { .. } => CommandErrorCode::HistoryDamaged,
        HistoryError::Newer { .. } => CommandErrorCode::HistoryNewer,
        _ => CommandErrorCode::Internal,
    }
}

fn capture_code(error: &capture::CaptureError) -> CommandErrorCode {
    use capture::CaptureError;
    match error {
        CaptureError::NoDevice => CommandErrorCode::NoMicrophone,
        CaptureError::Busy => CommandErrorCode::MicrophoneBusy,
        CaptureError::Refused => CommandErrorCode::MicrophoneRefused,
        CaptureError::Unplugged | CaptureError::ServerGone | CaptureError::Stalled => {
            CommandErrorCode::MicrophoneLost
        }
        CaptureError::DiskFull => CommandErrorCode::DiskFull,
        _ => CommandErrorCode::Internal,
    }
}

fn video_code(error: &video::VideoError) -> CommandErrorCode {
    use video::VideoError;
    match error {
        VideoError::ToolsMissing { .. } | VideoError::NoEncoder => CommandErrorCode::VideoToolsMissing,
        VideoError::NoCamera => CommandErrorCode::NoCamera,
        VideoError::CameraBusy => CommandErrorCode::CameraBusy,
        VideoError::CameraDenied => CommandErrorCode::CameraDenied,
        VideoError::CameraLost => CommandErrorCode::CameraLost,
        VideoError::Cancelled => CommandErrorCode::Cancelled,
        VideoError::DiskFull => CommandErrorCode::DiskFull,
        VideoError::Empty
        | VideoError::NotVideo
        | VideoError::NoPicture
        | VideoError::Damaged { .. }
        | VideoError::TooLarge { .. } => CommandErrorCode::VideoDamaged,
        _ => CommandErrorCode::Internal,
    }
}

fn screen_code(error: &capture::screen::ScreenError) -> CommandErrorCode {
    use capture::screen::ScreenError;
    match error {
        ScreenError::NoDisplay | ScreenError::NoPortal | ScreenError::Unsupported(_) => {
            CommandErrorCode::NoScreen
        }
        ScreenError::Denied => CommandErrorCode::ScreenDenied,
        ScreenError::Gone | ScreenError::UnknownSource => CommandErrorCode::ScreenGone,
        _ => CommandErrorCode::Internal,
    }
}
