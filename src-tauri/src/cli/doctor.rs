//! `castor doctor`: the self-test in a terminal. The terminal speaks English; the window speaks the person's language.

use super::Exit;
use crate::doctor::{self, Finding, FindingCode as Code, FindingState as State, FindingSubject as Subject};
use crate::state::Castor;
use std::sync::{Arc, Mutex, PoisonError};

/// Tries everything and prints each finding; `json` prints one list of them all.
pub(super) async fn run(castor: Castor, json: bool) -> Exit {
    let castor = Arc::new(castor);
    castor.keys.load();
    let found = Mutex::new(Vec::new());
    doctor::run(&castor, |finding| {
        if !json {
            println!("{}", line(&finding));
        }
        found.lock().unwrap_or_else(PoisonError::into_inner).push(finding);
    })
    .await;
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    if json {
        match serde_json::to_string_pretty(&found) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                eprintln!("castor: {error}");
                return Exit::Failed;
            }
        }
    }
    if found.iter().any(|finding| finding.state == State::Failed) { Exit::Failed } else { Exit::Fine }
}

fn line(finding: &Finding) -> String {
    let state = match finding.state {
        State::Ok => "works   ",
        State::Warning => "warning ",
        State::Failed => "FAILS   ",
        State::Skipped => "skipped ",
    };
    let subject = match finding.subject {
        Subject::Microphone => "microphone",
        Subject::Speaker => "speaker",
        Subject::Camera => "camera",
        Subject::Screen => "screen",
        Subject::Video => "videos",
        Subject::Key => "Gemini key",
        Subject::Network => "network",
        Subject::LocalModel => "local model",
        Subject::Storage => "storage",
    };
    let detail = finding.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    format!("{state} {subject:<12} {}{detail}", sentence(finding.code))
}

/// What is found, and what to do.
fn sentence(code: Code) -> &'static str {
    match code {
        Code::Works => "works",
        Code::MicrophoneNone => "the system names no microphone. Plug one in, or switch it on",
        Code::MicrophoneServerGone => {
            "the sound server does not answer. Start it: systemctl --user restart pipewire wireplumber"
        }
        Code::MicrophoneSilent => {
            "it delivers nothing but silence. Look for a switch on it, and for the input chosen in the sound settings"
        }
        Code::MicrophoneDenied => {
            "the system does not let Castor record. Allow it in the system's privacy settings"
        }
        Code::MicrophoneFailed => "it does not record. Close other programs that use it, or plug it in again",
        Code::SpeakerNone => "the system names no speaker or headphones. Plug them in, or switch them on",
        Code::SpeakerFailed => "it does not play. Look at the output chosen in the sound settings",
        Code::CameraNone => "the system names no camera. Plug one in, or switch it on",
        Code::CameraNoRights => {
            "you may not open the camera. Add yourself to the group: sudo usermod -aG video $USER, then log in again"
        }
        Code::CameraRefused => "you did not let Castor use the camera. Allow it in the settings, General",
        Code::CameraNotAsked => "Castor asks you the first time you open the camera",
        Code::CameraBusy => "another program uses the camera. Close it there",
        Code::CameraPluginMissing => {
            "the web view lacks the part that opens cameras: sudo apt install gstreamer1.0-plugins-good gstreamer1.0-pipewire"
        }
        Code::ScreenNone => {
            "there is no screen here. Castor's window and pictures of the screen need a desktop session"
        }
        Code::ScreenPortalMissing => {
            "this desktop has no portal that captures the screen: install xdg-desktop-portal and the one of your desktop"
        }
        Code::ScreenBlack => "its picture is black. Is it switched off or locked?",
        Code::ScreenFailed => "no picture can be taken of it",
        Code::VideoToolsMissing => {
            "FFmpeg, which reads and writes videos, is not installed: sudo apt install ffmpeg"
        }
        Code::VideoToolsFailed => "FFmpeg is here and does not work. Install it anew",
        Code::VideoCodecMissing => {
            "videos can be asked about, but most will not play in the window: sudo apt install gstreamer1.0-libav"
        }
        Code::KeyNone => {
            "there is none. Set GEMINI_API_KEY, or enter one in the settings; the local model needs none"
        }
        Code::KeyRefused => {
            "the Gemini API does not accept it. Check it in the settings or in GEMINI_API_KEY"
        }
        Code::KeyLocked => "it is in the encrypted file. Open that in the settings with its passphrase",
        Code::KeyUnchecked => "it could not be checked: the Gemini API was not reached",
        Code::NetworkOffline => "this computer is not connected. The local model works all the same",
        Code::NetworkName => {
            "the name of the endpoint has no address. Check the connection, its DNS, and the address in the settings"
        }
        Code::NetworkRefused => {
            "the endpoint refuses connections. Check its address in the settings, and firewalls"
        }
        Code::NetworkProxy => "the proxy does not answer. Check its address in the settings",
        Code::NetworkCertificate => {
            "the connection cannot be trusted. In a company network, name its certificate in the settings"
        }
        Code::NetworkTimeout => "nothing answered in time. Check the connection, firewalls and the proxy",
        Code::NetworkFailed => "the connection breaks off",
        Code::NetworkLocked => {
            "it was not tried: the conversation shown last in the window stays on this computer"
        }
        Code::ModelNone => "none is here yet. Fetch one: castor models list, castor models fetch ID",
        Code::ModelDamaged => "its file is damaged. Remove and fetch it again: castor models remove ID",
        Code::ModelMemory => "there is not enough free memory for it. Close other programs",
        Code::RecognisersMissing => "it answers; the recognisers that read pictures for it are not here yet",
        Code::SpeechMissing => "it answers; the recogniser that understands speech is not here yet",
        Code::StorageFull => "the disk is nearly full. Make room before you fetch models or keep long videos",
        Code::StorageFailed => "the folder with your conversations cannot be written to",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_state_subject_and_cure() {
        let finding = Finding::failed(Subject::Video, Code::VideoToolsMissing, &"ffprobe");
        let line = line(&finding);
        assert!(line.starts_with("FAILS    videos"), "{line}");
        assert!(line.contains("sudo apt install ffmpeg") && line.ends_with("(ffprobe)"), "{line}");
    }
}
