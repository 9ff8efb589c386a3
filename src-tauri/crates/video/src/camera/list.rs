//! What the systems say of their cameras: lists, names of devices, and why one cannot be opened.

use super::Camera;
use crate::VideoError;
use crate::child::Child;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// FFmpeg's input for this system's cameras.
pub(super) const INPUT: &str = if cfg!(target_os = "linux") {
    "v4l2"
} else if cfg!(target_os = "macos") {
    "avfoundation"
} else {
    "dshow"
};

/// The cameras in `/sys/class/video4linux`. A camera has several devices there; the first, of index 0, delivers pictures,
/// the others tell about them.
pub(super) fn video4linux(class: &Path) -> Result<Vec<Camera>, VideoError> {
    let entries = match fs::read_dir(class) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    for entry in entries {
        let folder = entry?.path();
        let file_name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(number) = file_name.strip_prefix("video").and_then(|number| number.parse::<u32>().ok())
        else {
            continue;
        };
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default().trim().to_owned();
        if !matches!(read("index").as_str(), "0" | "") {
            continue;
        }
        let id = format!("/dev/{file_name}");
        // Drivers write a name twice where interface and product have the same.
        let name = match read("name").split_once(": ") {
            Some((name, same)) if name.starts_with(same) || same.is_empty() => name.to_owned(),
            _ => read("name"),
        };
        found.push((number, Camera { name: if name.is_empty() { id.clone() } else { name }, id }));
    }
    found.sort_by_key(|(number, _)| *number);
    Ok(found.into_iter().map(|(_, camera)| camera).collect())
}

/// FFmpeg's list on macOS: `[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera` between two headings.
pub(super) fn avfoundation(said: &str) -> Vec<Camera> {
    said.lines()
        .skip_while(|line| !line.contains("AVFoundation video devices"))
        .skip(1)
        .take_while(|line| !line.contains("AVFoundation audio devices"))
        .filter_map(|line| {
            let (_, entry) = line.split_once("] [").filter(|(sender, _)| sender.contains('@'))?;
            // With its level each line has one bracket more.
            let entry =
                entry.strip_prefix("info] [").or_else(|| entry.strip_prefix("error] [")).unwrap_or(entry);
            let (number, name) = entry.split_once("] ")?;
            number.parse::<u32>().ok()?;
            // A screen is no camera.
            (!name.starts_with("Capture screen"))
                .then(|| Camera { id: number.to_owned(), name: name.to_owned() })
        })
        .collect()
}

/// FFmpeg's list on Windows: `[dshow @ 0x2] "Integrated Camera" (video)` since 5.0, before under a heading.
pub(super) fn direct_show(said: &str) -> Vec<Camera> {
    let mut under_video = false;
    let mut found: Vec<Camera> = Vec::new();
    for line in said.lines() {
        if line.contains("DirectShow video devices") || line.contains("DirectShow audio devices") {
            under_video = line.contains("video devices");
            continue;
        }
        let Some((before, rest)) = line.split_once('"') else { continue };
        let Some((name, kind)) = rest.rsplit_once('"') else { continue };
        let is_camera = kind.contains("(video)") || (under_video && !kind.contains('('));
        if is_camera && !before.contains("Alternative name") {
            found.push(Camera { id: name.to_owned(), name: name.to_owned() });
        }
    }
    found
}

/// Everything FFmpeg says while it lists devices. It ends with an error, having opened none.
pub(super) fn said(command: Command) -> Result<String, VideoError> {
    let mut child = Child::start_talking(command)?;
    while child.next_block(&|| false)?.is_some() {}
    Ok(child.all_words())
}

/// The device as FFmpeg is told it. Only what can be a camera of this system gets that far.
pub(super) fn device(id: &str) -> Result<String, VideoError> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match INPUT {
        "v4l2" => {
            if !id.strip_prefix("/dev/video").is_some_and(is_number) {
                return Err(VideoError::NoCamera);
            }
            match fs::OpenOptions::new().read(true).write(true).open(id) {
                Ok(_) => Ok(id.to_owned()),
                Err(error) => Err(match error.kind() {
                    ErrorKind::PermissionDenied => VideoError::CameraDenied,
                    ErrorKind::ResourceBusy => VideoError::CameraBusy,
                    _ => VideoError::NoCamera,
                }),
            }
        }
        "avfoundation" if is_number(id) => Ok(format!("{id}:none")),
        // A colon would name a second device.
        "dshow" if !id.is_empty() && !id.contains(':') => Ok(format!("video={id}")),
        _ => Err(VideoError::NoCamera),
    }
}

/// What FFmpeg's words mean where a camera did not open.
pub(super) fn meaning(words: &str) -> VideoError {
    let says = |any: &[&str]| any.iter().any(|part| words.contains(part));
    if says(&["Device or resource busy", "already in use", "Cannot use"]) {
        VideoError::CameraBusy
    } else if says(&["Permission denied", "Operation not permitted", "not authorized", "Access is denied"]) {
        VideoError::CameraDenied
    } else if says(&[
        "No such device",
        "No such file",
        "Could not find video device",
        "Video device not found",
    ]) {
        VideoError::NoCamera
    } else {
        let reason = words.lines().last().unwrap_or("no picture came").to_owned();
        VideoError::Failed { reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(id: &str, name: &str) -> Camera {
        Camera { id: id.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn linux_cameras_are_listed_once() {
        let class = tempfile::tempdir().unwrap();
        for (device, index, name) in [
            ("video10", "0", "USB Camera"),
            ("video0", "0", "Integrated Camera: Integrated C"),
            ("video1", "1", "Integrated Camera: Integrated C"),
            ("v4l-subdev0", "0", "sensor"),
        ] {
            let folder = class.path().join(device);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("index"), format!("{index}\n")).unwrap();
            fs::write(folder.join("name"), format!("{name}\n")).unwrap();
        }
        let found = video4linux(class.path()).unwrap();
        assert_eq!(found, [camera("/dev/video0", "Integrated Camera"), camera("/dev/video10", "USB Camera")]);
        assert_eq!(video4linux(&class.path().join("nowhere")).unwrap(), []);
    }

    #[test]
    fn lists_of_macos_are_understood() {
        let said = "[AVFoundation indev @ 0x7f8] AVFoundation video devices:\n\
            [AVFoundation indev @ 0x7f8] [0] FaceTime HD Camera\n\
            [AVFoundation indev @ 0x7f8] [info] [1] Capture screen 0\n\
            [AVFoundation indev @ 0x7f8] [info] [2] iPhone Camera\n\
            [AVFoundation indev @ 0x7f8] AVFoundation audio devices:\n\
            [AVFoundation indev @ 0x7f8] [0] MacBook Microphone\n: Input/output error\n";
        assert_eq!(avfoundation(said), [camera("0", "FaceTime HD Camera"), camera("2", "iPhone Camera")]);
    }

    #[test]
    fn lists_of_windows_are_understood() {
        let new = "[dshow @ 0x2] \"Integrated Camera\" (video)\n\
            [dshow @ 0x2]   Alternative name \"@device_pnp_\\\\?\\usb#vid_04f2\"\n\
            [dshow @ 0x2] \"Microphone\" (audio)\ndummy: Immediate exit requested\n";
        assert_eq!(direct_show(new), [camera("Integrated Camera", "Integrated Camera")]);
        let old = "[dshow @ 0x2] DirectShow video devices (some may be both video and audio devices)\n\
            [dshow @ 0x2]  \"USB Camera\"\n\
            [dshow @ 0x2]     Alternative name \"@device_pnp_x\"\n\
            [dshow @ 0x2] DirectShow audio devices\n\
            [dshow @ 0x2]  \"Microphone\"\n";
        assert_eq!(direct_show(old), [camera("USB Camera", "USB Camera")]);
    }

    #[test]
    fn a_refusal_is_told_by_its_reason() {
        let busy =
            meaning("ioctl(VIDIOC_STREAMON): Device or resource busy\n/dev/video0: Device or resource busy");
        assert!(matches!(busy, VideoError::CameraBusy));
        assert!(matches!(
            meaning("Cannot open video device /dev/video0: Permission denied"),
            VideoError::CameraDenied
        ));
        assert!(matches!(
            meaning("Cannot open video device /dev/video7: No such file or directory"),
            VideoError::NoCamera
        ));
        assert!(matches!(
            meaning("Cannot find a proper format for codec 'mjpeg'"),
            VideoError::Failed { .. }
        ));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_cameras_are_opened() {
        for id in ["/etc/passwd", "/dev/video", "/dev/video0/../null", "lavfi:testsrc", "", "/dev/video99999"]
        {
            assert!(matches!(device(id), Err(VideoError::NoCamera)), "{id}");
        }
    }
}
