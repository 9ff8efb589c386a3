//! Which encoder a clip is written with, and what it is told.

use crate::child::Child;
use crate::{Tools, VideoError};

/// Encoders of a clip's picture, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipEncoder {
    /// H.264 with x264: quick, small, plays everywhere.
    X264,
    /// H.264 with Cisco's OpenH264, where the system's FFmpeg does without x264.
    OpenH264,
    /// VP8 in WebM: web views and Gemini read it, players of Apple and Microsoft may not.
    Vp8,
    /// MPEG-4 part 2: every FFmpeg writes it, web views do not show it.
    Mpeg4,
}

const BEST_FIRST: [ClipEncoder; 4] =
    [ClipEncoder::X264, ClipEncoder::OpenH264, ClipEncoder::Vp8, ClipEncoder::Mpeg4];

impl ClipEncoder {
    fn name(self) -> &'static str {
        match self {
            Self::X264 => "libx264",
            Self::OpenH264 => "libopenh264",
            Self::Vp8 => "libvpx",
            Self::Mpeg4 => "mpeg4",
        }
    }

    /// Ending of the file's name, without its dot.
    pub(crate) fn ending(self) -> &'static str {
        if self == Self::Vp8 { "webm" } else { "mp4" }
    }

    /// What FFmpeg is told of the picture: quick encoding without frames in reserve, so that nothing is left to do at the
    /// end, and a key frame every two seconds.
    pub(crate) fn picture(self, frame_rate: u32) -> Vec<String> {
        let keys = (frame_rate * 2).to_string();
        let codec: &[&str] = match self {
            Self::X264 => &["-preset", "veryfast", "-tune", "zerolatency", "-crf", "23", "-threads", "2"],
            Self::OpenH264 => &["-b:v", "3M", "-threads", "2"],
            Self::Vp8 => {
                &["-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M", "-crf", "20", "-threads", "2"]
            }
            Self::Mpeg4 => &["-q:v", "5"],
        };
        let words = ["-c:v", self.name(), "-g", &keys].into_iter().chain(codec.iter().copied());
        words.map(str::to_owned).collect()
    }

    /// What FFmpeg is told of the sound. Its careful search for AAC is not heard at this rate, and the picture needs the
    /// processor meanwhile.
    pub(crate) fn sound(self) -> &'static [&'static str] {
        if self == Self::Vp8 {
            &["-c:a", "libopus", "-b:a", "96k"]
        } else {
            &["-c:a", "aac", "-aac_coder", "fast", "-b:a", "96k"]
        }
    }

    /// Options of the two containers a clip is written to: one that can be read up to where it stops, and one that is whole
    /// at its end.
    pub(crate) fn containers(self) -> (&'static str, &'static str) {
        if self == Self::Vp8 {
            ("f=webm:cluster_time_limit=1000:flush_packets=1", "f=webm")
        } else {
            (
                "f=mp4:movflags=+empty_moov+default_base_moof:frag_duration=500000:flush_packets=1",
                "f=mp4:movflags=+faststart",
            )
        }
    }
}

/// The wanted encoder, or the best that this FFmpeg has.
pub(crate) fn choose(tools: &Tools, wanted: Option<ClipEncoder>) -> Result<ClipEncoder, VideoError> {
    let there = tools.encoders()?;
    BEST_FIRST
        .into_iter()
        .filter(|encoder| wanted.is_none_or(|wanted| wanted == *encoder))
        .find(|encoder| there.iter().any(|name| name == encoder.name()))
        .ok_or(VideoError::NoEncoder)
}

/// Names in the list FFmpeg prints: ` V....D libx264   libx264 H.264 …`.
pub(crate) fn list(tools: &Tools) -> Result<Vec<String>, VideoError> {
    let mut command = tools.ffmpeg();
    command.arg("-encoders");
    let said = Child::start(command, None)?.read_text(1 << 20, &|| false)?;
    Ok(said.lines().filter_map(|line| line.split_whitespace().nth(1)).map(str::to_owned).collect())
}
