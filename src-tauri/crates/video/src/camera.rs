//! Cameras through FFmpeg, where the web view has none: which there are, and a stream of JPEG pictures from one.
//!
//! Linux: Video4Linux devices. macOS: AVFoundation. Windows: DirectShow.

mod list;
mod multipart;

use crate::child::Child;
use crate::{Tools, VideoError};
use multipart::Multipart;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a camera may take to its first picture.
const FIRST_PICTURE: Duration = Duration::from_secs(10);

/// A camera that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Camera {
    /// What [`CameraStream::open`] takes. Linux: `/dev/video0`; macOS: its number; Windows: its name.
    pub id: String,
    /// What a person calls it.
    pub name: String,
}

/// The cameras of this computer. Opens none on Linux; macOS may ask the person whether Castor may look.
///
/// # Errors
/// [`VideoError::Stalled`], [`VideoError::Io`]. No camera is an empty list.
pub fn cameras(tools: &Tools) -> Result<Vec<Camera>, VideoError> {
    if cfg!(target_os = "linux") {
        return list::video4linux(std::path::Path::new("/sys/class/video4linux"));
    }
    let mut command = tools.ffmpeg();
    if cfg!(target_os = "macos") {
        command.args(["-f", "avfoundation", "-list_devices", "true", "-i", ""]);
        Ok(list::avfoundation(&list::said(command)?))
    } else {
        command.args(["-f", "dshow", "-list_devices", "true", "-i", "dummy"]);
        Ok(list::direct_show(&list::said(command)?))
    }
}

/// Pictures from a camera, as they come. Dropping it closes the camera.
pub struct CameraStream {
    child: Child,
    pictures: Multipart,
}

impl CameraStream {
    /// Opens a camera and waits for its first picture, at most ten seconds. The camera's nearest size and rate are taken;
    /// pictures are at most `width` x `height` pixels and at most `frame_rate` a second.
    ///
    /// # Errors
    /// [`VideoError::NoCamera`], [`VideoError::CameraBusy`], [`VideoError::CameraDenied`]; [`VideoError::Stalled`] when no
    /// picture comes; [`VideoError::Failed`] with FFmpeg's words for anything else.
    pub fn open(
        tools: &Tools,
        id: &str,
        width: u32,
        height: u32,
        frame_rate: u32,
    ) -> Result<Self, VideoError> {
        let (width, height) = (width.clamp(16, 8192), height.clamp(16, 8192));
        let frame_rate = frame_rate.clamp(1, 60);
        let device = list::device(id)?;
        let size = format!("{width}x{height}");
        let rate = frame_rate.to_string();
        // Cameras deliver large pictures quickly only as JPEG; not all do, and not all know every size.
        let as_asked = ["-video_size", &size, "-framerate", &rate];
        let as_jpeg = ["-input_format", "mjpeg", "-video_size", &size, "-framerate", &rate];
        let ways: &[&[&str]] =
            if cfg!(target_os = "linux") { &[&as_jpeg, &as_asked, &[]] } else { &[&as_asked, &[]] };
        let mut failed = VideoError::NoCamera;
        for way in ways {
            let mut command = tools.ffmpeg();
            command.args(["-fflags", "nobuffer", "-f", list::INPUT]).args(*way).args(["-i", &device]);
            match Self::start(command, width, height, frame_rate) {
                // Only a refused format is a reason to try another one.
                Err(error @ VideoError::Failed { .. }) => failed = error,
                result => return result,
            }
        }
        Err(failed)
    }

    /// Starts `command`, which has its input, and waits for the first picture.
    fn start(mut command: Command, width: u32, height: u32, frame_rate: u32) -> Result<Self, VideoError> {
        // Encoded anew even where the camera delivers JPEG: its pictures lack the Huffman tables that readers expect.
        let filter = format!(
            "fps={frame_rate},scale='min({width},iw)':'min({height},ih)':force_original_aspect_ratio=decrease"
        );
        command.args(["-an", "-vf", &filter, "-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"]);
        command.args(["-threads", "1", "-flush_packets", "1", "-f", "mpjpeg", "pipe:1"]);
        let mut stream = Self { child: Child::start(command, None)?, pictures: Multipart::default() };
        let until = Instant::now() + FIRST_PICTURE;
        while !stream.pictures.is_ready() {
            match stream.child.block_until(until) {
                Some(block) if block.is_empty() => return Err(VideoError::Stalled),
                Some(block) => stream.pictures.push(&block),
                None => return Err(list::meaning(&stream.child.all_words())),
            }
        }
        Ok(stream)
    }

    /// The next picture, a whole JPEG file; `None` when none comes `within` this time. Who does not ask for a while gets the
    /// pictures that waited meanwhile first, a few of them; then the camera drops what nobody takes.
    ///
    /// # Errors
    /// [`VideoError::CameraLost`] when it went away; [`VideoError::Failed`] when what comes is no stream of pictures.
    pub fn next_frame(&mut self, within: Duration) -> Result<Option<Vec<u8>>, VideoError> {
        let until = Instant::now() + within;
        loop {
            if let Some(picture) = self.pictures.next()? {
                return Ok(Some(picture));
            }
            match self.child.block_until(until) {
                Some(block) if block.is_empty() => return Ok(None),
                Some(block) => self.pictures.push(&block),
                None => {
                    tracing::warn!(words = self.child.all_words(), "the camera ended");
                    return Err(VideoError::CameraLost);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream from a generated source that goes on for `seconds`.
    fn generated(source: &str) -> Result<CameraStream, VideoError> {
        let mut command = Tools::find()?.ffmpeg();
        command.args(["-re", "-f", "lavfi", "-i", source]);
        CameraStream::start(command, 320, 200, 10)
    }

    #[test]
    fn pictures_come_whole_until_the_camera_goes_away() {
        let mut stream = generated("testsrc2=s=640x400:r=20:d=1").unwrap();
        let mut pictures = 0;
        let lost = loop {
            match stream.next_frame(Duration::from_secs(10)) {
                Ok(Some(picture)) => {
                    assert!(picture.starts_with(&[0xff, 0xd8]) && picture.ends_with(&[0xff, 0xd9]));
                    let mut decoder =
                        zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(&picture));
                    decoder.decode().unwrap();
                    assert_eq!(decoder.dimensions(), Some((320, 200)));
                    pictures += 1;
                }
                Ok(None) => panic!("no picture came"),
                Err(error) => break error,
            }
        };
        assert!(matches!(lost, VideoError::CameraLost), "{lost}");
        assert!((9..=11).contains(&pictures), "{pictures} pictures in a second at ten a second");
    }

    #[test]
    fn waiting_ends_when_its_time_is_over() {
        // A picture every two seconds: between them the stream has nothing.
        let mut stream = generated("testsrc2=s=64x64:r=1/2").unwrap();
        let began = Instant::now();
        while stream.next_frame(Duration::from_millis(100)).unwrap().is_some() {
            assert!(began.elapsed() < Duration::from_secs(20), "it never waits");
        }
    }

    #[test]
    fn what_ends_before_its_first_picture_says_why() {
        let said = generated("nonsense=1").err().unwrap();
        assert!(matches!(said, VideoError::Failed { .. }), "{said:?}");
    }
}
