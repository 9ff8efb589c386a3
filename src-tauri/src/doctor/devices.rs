//! Tries microphone, speaker, camera and screen.

use super::{Finding, FindingCode as Code, FindingSubject as Subject};
use crate::settings::{Consent, VoiceSettings};
use crate::videos;
use capture::screen::{self, ScreenError};
use capture::{CaptureError, Event, Options, Recorder, Speaker, SpeakerError};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use video::VideoError;

/// How long the microphone is listened to.
const LISTENED: Duration = Duration::from_millis(700);
/// How much silence the speaker plays.
const SILENCE: Duration = Duration::from_millis(100);
/// Where the parts of GStreamer lie that WebKitGTK opens cameras and videos with.
const PLUGIN_FOLDERS: [&str; 6] = [
    "/usr/lib/x86_64-linux-gnu/gstreamer-1.0",
    "/usr/lib/aarch64-linux-gnu/gstreamer-1.0",
    "/usr/lib64/gstreamer-1.0",
    "/usr/lib/gstreamer-1.0",
    "/usr/local/lib/gstreamer-1.0",
    "/app/lib/gstreamer-1.0",
];

/// Records for a moment.
pub(super) fn microphone(settings: &VoiceSettings) -> Finding {
    let found = match capture::devices() {
        Ok(found) => found,
        Err(error) => return no_microphone(&error),
    };
    let chosen = found.iter().find(|device| settings.microphone.as_ref() == Some(&device.id));
    let Some(device) = chosen.or_else(|| found.iter().find(|device| device.is_default)).or(found.first())
    else {
        return Finding::failed(Subject::Microphone, Code::MicrophoneNone, &"");
    };
    match loudest(chosen.map(|device| device.id.clone())) {
        Ok(level) if level > 0.0 => Finding::works(Subject::Microphone, device.name.clone()),
        Ok(_) => Finding::warning(Subject::Microphone, Code::MicrophoneSilent, &&device.name),
        Err(error) => no_microphone(&error),
    }
}

/// The loudest that was heard, from 0 to 1. A microphone that is on hears at least its own noise.
fn loudest(device: Option<String>) -> Result<f32, CaptureError> {
    let folder = tempfile::tempdir()?;
    let (heard, events) = mpsc::channel();
    let options = Options { device, ..Options::default() };
    let recorder =
        Recorder::start(folder.path().join("test.wav"), options, move |event| drop(heard.send(event)))?;
    std::thread::sleep(LISTENED);
    recorder.cancel()?;
    let mut loudest = 0.0_f32;
    for event in events.try_iter() {
        match event {
            Event::Level(level) => loudest = loudest.max(level),
            Event::Ended(capture::Ended::Failed(error)) => return Err(error),
            _ => {}
        }
    }
    Ok(loudest)
}

fn no_microphone(error: &CaptureError) -> Finding {
    let code = match error {
        CaptureError::NoDevice => Code::MicrophoneNone,
        CaptureError::Refused => Code::MicrophoneDenied,
        CaptureError::ServerGone => Code::MicrophoneServerGone,
        _ => Code::MicrophoneFailed,
    };
    Finding::failed(Subject::Microphone, code, &error)
}

/// Plays a moment of silence.
pub(super) fn speaker() -> Finding {
    let played = Speaker::find().and_then(|speaker| {
        let samples = (f64::from(speaker.rate()) * SILENCE.as_secs_f64()) as usize;
        let mut silence = Some(vec![0.0; samples]);
        speaker.play(&mut || silence.take(), &mut |_| {}, &|| false)
    });
    match played {
        Ok(_) => Finding::works(Subject::Speaker, None),
        Err(error @ SpeakerError::Missing) => Finding::failed(Subject::Speaker, Code::SpeakerNone, &error),
        Err(error) => Finding::failed(Subject::Speaker, Code::SpeakerFailed, &error),
    }
}

/// Looks for cameras and for what the web view opens them with. The camera itself stays off: the window turns it on where the
/// person sees it.
pub(super) fn camera(consent: Consent) -> Finding {
    let named = videos::tools().and_then(|tools| video::cameras(&tools));
    match named {
        Err(VideoError::CameraDenied) => return Finding::failed(Subject::Camera, Code::CameraNoRights, &""),
        Err(VideoError::NoCamera) => return Finding::warning(Subject::Camera, Code::CameraNone, &""),
        Ok(named) if named.is_empty() => return Finding::warning(Subject::Camera, Code::CameraNone, &""),
        // Without the programs the web view's own camera is left, which nothing here can ask.
        Ok(_) | Err(_) => {}
    }
    if cfg!(target_os = "linux") && !has_plugin("video4linux2") && !has_plugin("pipewire") {
        return Finding::failed(Subject::Camera, Code::CameraPluginMissing, &"");
    }
    match consent {
        Consent::Denied => Finding::skipped(Subject::Camera, Code::CameraRefused),
        Consent::Ask => Finding::skipped(Subject::Camera, Code::CameraNotAsked),
        Consent::Allowed => {
            let name = named.ok().and_then(|named| named.into_iter().next()).map(|camera| camera.name);
            Finding::works(Subject::Camera, name)
        }
    }
}

/// Whether a part of GStreamer is installed.
pub(super) fn has_plugin(name: &str) -> bool {
    let own = std::env::var("GST_PLUGIN_PATH").unwrap_or_default();
    let file = format!("libgst{name}.so");
    own.split(':').chain(PLUGIN_FOLDERS).any(|folder| Path::new(folder).join(&file).is_file())
}

/// Takes a picture of the first screen.
pub(super) fn screen() -> Finding {
    let found = match screen::sources() {
        Ok(found) => found,
        Err(error) => return no_screen(&error),
    };
    if found.portal {
        return Finding::works(Subject::Screen, "xdg-desktop-portal".to_owned());
    }
    let Some(first) = found.sources.into_iter().next() else {
        return Finding::failed(Subject::Screen, Code::ScreenNone, &"");
    };
    match screen::capture(&first.id) {
        Ok(shot) if shot.rgb.iter().all(|value| *value == 0) => {
            Finding::warning(Subject::Screen, Code::ScreenBlack, &first.name)
        }
        Ok(shot) => {
            Finding::works(Subject::Screen, format!("{}, {} × {}", first.name, shot.width, shot.height))
        }
        Err(error) => no_screen(&error),
    }
}

fn no_screen(error: &ScreenError) -> Finding {
    let code = match error {
        ScreenError::NoDisplay => Code::ScreenNone,
        ScreenError::NoPortal => Code::ScreenPortalMissing,
        _ => Code::ScreenFailed,
    };
    Finding::failed(Subject::Screen, code, &error)
}
