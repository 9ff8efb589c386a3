//! What a video file is: how long, how large, how it lies, whether it has sound.

use crate::child::Child;
use crate::error::of_file;
use crate::orientation::Orientation;
use crate::tools::MOST_PIXELS;
use crate::{Tools, VideoError};
use serde::Deserialize;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// Longest side of a frame, in pixels.
const MOST_SIDE: u64 = 16_384;
/// Most of an answer of ffprobe's that is read; a file may carry megabytes of tags.
const MOST_ANSWER: usize = 8 << 20;

/// A video file, from its headers.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoInfo {
    /// From the beginning of the earliest track to the end of the last. `None` where neither the file says it nor the
    /// times of its packets.
    pub duration: Option<Duration>,
    /// Width in pixels as a person sees it: upright and with square pixels.
    pub width: u32,
    /// Height in pixels, as a person sees it.
    pub height: u32,
    /// Frames a second on average.
    pub frame_rate: Option<f64>,
    /// Whether frames are shown for different times.
    pub variable_rate: bool,
    /// The sound that belongs to it.
    pub sound: Option<SoundInfo>,
    /// FFmpeg's name of the picture's codec, e.g. `h264`.
    pub codec: String,
    /// FFmpeg's names of the container, e.g. `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    pub(crate) layout: Layout,
}

/// The sound of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundInfo {
    /// FFmpeg's name of the codec, e.g. `aac`.
    pub codec: String,
    /// Samples a second.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
}

/// What has to be done to a frame before it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Layout {
    pub(crate) orientation: Orientation,
    /// Whether the file does not say which colours its numbers mean. High definition is then BT.709 by custom, where
    /// FFmpeg would take BT.601.
    pub(crate) assume_bt709: bool,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    format: Option<Format>,
}

#[derive(Deserialize)]
struct Format {
    #[serde(rename = "format_name")]
    name: Option<String>,
    duration: Option<String>,
    start_time: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u64>,
    height: Option<u64>,
    sample_aspect_ratio: Option<String>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    color_space: Option<String>,
    channels: Option<u32>,
    sample_rate: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
    #[serde(default)]
    tags: HashMap<String, String>,
}

#[derive(Deserialize, Default)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    displaymatrix: Option<String>,
}

impl Tools {
    /// What the file is, from its headers. Reads all packets of a file that does not say how long it is, without decoding
    /// any.
    ///
    /// # Errors
    /// [`VideoError::Empty`], [`VideoError::NotVideo`], [`VideoError::NoPicture`], [`VideoError::Damaged`],
    /// [`VideoError::TooLarge`], [`VideoError::Stalled`], [`VideoError::Io`].
    pub fn probe(&self, path: &Path) -> Result<VideoInfo, VideoError> {
        if std::fs::metadata(path)?.len() == 0 {
            return Err(VideoError::Empty);
        }
        let mut command = self.ffprobe(path);
        command.args(["-show_format", "-show_streams"]);
        let text = match Child::start(command, None)?.read_text(MOST_ANSWER, &|| false) {
            Ok(text) => text,
            Err(VideoError::Failed { reason }) => return Err(unreadable(path, reason)),
            Err(error) => return Err(error),
        };
        let answer: Answer = serde_json::from_str(&text).map_err(|error| VideoError::Failed {
            reason: format!("its answer is not understood: {error}"),
        })?;
        let mut info = understand(&answer)?;
        if info.duration.is_none() {
            let start = answer.format.and_then(|format| number(format.start_time.as_deref())).unwrap_or(0.0);
            info.duration = self.length_of_packets(path, start)?;
        }
        Ok(info)
    }

    /// How long a file is that does not say it: the end of the last packet, as with what browsers record.
    fn length_of_packets(&self, path: &Path, start: f64) -> Result<Option<Duration>, VideoError> {
        let mut command = self.ffprobe(path);
        command.args(["-of", "csv=print_section=0", "-show_entries", "packet=pts_time,duration_time"]);
        let mut child = Child::start(command, None)?;
        let mut end = f64::MIN;
        let mut line = Vec::new();
        while let Some(block) = child.next_block(&|| false)? {
            for byte in block {
                if byte != b'\n' {
                    // A line is two numbers.
                    if line.len() < 100 {
                        line.push(byte);
                    }
                    continue;
                }
                let text = String::from_utf8_lossy(&line);
                let mut numbers = text.split(',').map(|number| number.trim().parse::<f64>().ok());
                if let Some(Some(at)) = numbers.next() {
                    end = end.max(at + numbers.next().flatten().unwrap_or(0.0));
                }
                line.clear();
            }
        }
        Ok(Duration::try_from_secs_f64(end - start).ok().filter(|duration| !duration.is_zero()))
    }
}

/// Why ffprobe could make nothing of a file.
fn unreadable(path: &Path, said: String) -> VideoError {
    // On its own it means that nothing was recognised. FFmpeg takes anything named `.mp4` for one and misses its index.
    let nothing = said.contains("Invalid data found when processing input");
    if nothing || (said.contains("moov atom not found") && !begins_like_mp4(path)) {
        return VideoError::NotVideo;
    }
    of_file(Some(said))
}

/// Whether a file begins with a box of ISO/IEC 14496-12 or QuickTime.
fn begins_like_mp4(path: &Path) -> bool {
    let mut head = [0; 8];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    let kind = &head[4..];
    read.is_ok()
        && [b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"].iter().any(|known| kind == *known)
}

fn understand(answer: &Answer) -> Result<VideoInfo, VideoError> {
    let of_kind = |kind: &'static str| {
        answer.streams.iter().filter(move |stream| stream.codec_type.as_deref() == Some(kind))
    };
    let picture =
        of_kind("video").find(|stream| stream.disposition.attached_pic == 0).ok_or(VideoError::NoPicture)?;
    let (width, height) = (picture.width.unwrap_or(0), picture.height.unwrap_or(0));
    if width == 0 || height == 0 {
        return Err(VideoError::Damaged {
            reason: "the size of its picture is not known, or not allowed".to_owned(),
        });
    }
    if width > MOST_SIDE || height > MOST_SIDE || width * height > MOST_PIXELS {
        return Err(VideoError::TooLarge { width, height });
    }
    let orientation = picture
        .side_data_list
        .iter()
        .find_map(|data| data.displaymatrix.as_deref())
        .and_then(Orientation::of_matrix)
        .or_else(|| picture.tags.get("rotate").and_then(|tag| Orientation::of_tag(tag)))
        .unwrap_or(Orientation::Upright);
    let (shown_width, shown_height) =
        with_square_pixels(width, height, picture.sample_aspect_ratio.as_deref());
    let (shown_width, shown_height) =
        if orientation.swaps_sides() { (shown_height, shown_width) } else { (shown_width, shown_height) };
    let average = ratio(picture.avg_frame_rate.as_deref());
    let format = answer.format.as_ref();
    Ok(VideoInfo {
        duration: number(format.and_then(|format| format.duration.as_deref()))
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .filter(|duration| !duration.is_zero()),
        width: shown_width,
        height: shown_height,
        frame_rate: average,
        variable_rate: varies(average, ratio(picture.r_frame_rate.as_deref())),
        sound: of_kind("audio").next().map(|sound| SoundInfo {
            codec: sound.codec_name.clone().unwrap_or_default(),
            rate: sound.sample_rate.as_deref().and_then(|rate| rate.parse().ok()).unwrap_or(0),
            channels: sound.channels.unwrap_or(0),
        }),
        codec: picture.codec_name.clone().unwrap_or_default(),
        container: format.and_then(|format| format.name.clone()).unwrap_or_default(),
        layout: Layout {
            orientation,
            assume_bt709: height >= 720
                && picture.color_space.as_deref().is_none_or(|space| space == "unknown"),
        },
    })
}

/// Width and height once pixels are square: the longer way, so that nothing is lost. An aspect no camera has is ignored.
fn with_square_pixels(width: u64, height: u64, aspect: Option<&str>) -> (u32, u32) {
    let aspect = aspect.and_then(|aspect| {
        let (across, down) = aspect.split_once(':')?;
        let aspect = across.parse::<f64>().ok()? / down.parse::<f64>().ok()?;
        (aspect.is_finite() && (0.1..=10.0).contains(&aspect)).then_some(aspect)
    });
    let aspect = aspect.unwrap_or(1.0);
    let stretched = |side: u64, factor: f64| (side as f64 * factor).round().max(1.0) as u32;
    if aspect >= 1.0 {
        (stretched(width, aspect), height as u32)
    } else {
        (width as u32, stretched(height, 1.0 / aspect))
    }
}

/// Whether frames have different lengths: the average differs from the slowest rate on whose grid all times lie. With
/// interlaced video that one is the rate of fields, twice the average.
fn varies(average: Option<f64>, grid: Option<f64>) -> bool {
    let (Some(average), Some(grid)) = (average, grid) else { return false };
    let near = |factor: f64| (grid / (average * factor) - 1.0).abs() < 0.01;
    !near(1.0) && !near(2.0)
}

/// A finite, non-negative number.
fn number(text: Option<&str>) -> Option<f64> {
    text?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// `30000/1001`; `None` for `0/0` and what is no rate.
fn ratio(text: Option<&str>) -> Option<f64> {
    let (above, below) = text?.split_once('/')?;
    let ratio = above.parse::<f64>().ok()? / below.parse::<f64>().ok()?;
    (ratio.is_finite() && ratio > 0.0).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_made_square() {
        assert_eq!(with_square_pixels(720, 576, Some("16:15")), (768, 576));
        assert_eq!(with_square_pixels(720, 480, Some("8:9")), (720, 540));
        assert_eq!(with_square_pixels(720, 480, Some("0:1")), (720, 480));
        assert_eq!(with_square_pixels(720, 480, Some("1:1000")), (720, 480));
        assert_eq!(with_square_pixels(720, 480, None), (720, 480));
    }

    #[test]
    fn a_variable_rate_is_told_from_a_constant_one() {
        assert!(!varies(ratio(Some("30000/1001")), ratio(Some("30000/1001"))));
        assert!(!varies(ratio(Some("25/1")), ratio(Some("50/1"))), "interlaced");
        assert!(varies(ratio(Some("11/1")), ratio(Some("30/1"))));
        assert!(!varies(ratio(Some("0/0")), ratio(Some("30/1"))));
    }
}
