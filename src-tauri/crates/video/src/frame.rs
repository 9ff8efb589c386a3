//! A frame of a video, and the run of FFmpeg that delivers frames with their exact times.

use crate::child::{Child, FrameTime};
use crate::error::of_file;
use crate::probe::Layout;
use crate::tools::{FEW_THREADS, add_input, seconds};
use crate::{Tools, VideoError, VideoInfo};
use std::path::Path;
use std::time::Duration;

/// One picture of a video, upright.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// When it begins to be shown, from the beginning of the file.
    pub at: Duration,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The pixels: three bytes each, sRGB as far as the file says what its colours are, rows from the top.
    pub rgb: Vec<u8>,
}

impl std::fmt::Debug for Frame {
    /// Leaves the pixels out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Frame({:?}, {}x{})", self.at, self.width, self.height)
    }
}

/// Which frames a run delivers, and how.
#[derive(Debug, Clone)]
pub(crate) struct Wanted<'a> {
    /// Where the run begins.
    pub(crate) from: Duration,
    /// Whether frames between the key frame before `from` and `from` are left out, or delivered as well.
    pub(crate) accurate: bool,
    /// How much of the file is read.
    pub(crate) length: Option<Duration>,
    /// How many frames at most.
    pub(crate) most: Option<usize>,
    /// Which of the frames: an expression of FFmpeg's filter `select`, in which `t` is the time in the file.
    pub(crate) select: Option<String>,
    /// Options of the decoder that make it quicker.
    pub(crate) decoder: &'a [&'a str],
    /// Threads that decode.
    pub(crate) threads: usize,
}

impl Wanted<'_> {
    /// All frames from `from` on.
    pub(crate) fn from(from: Duration) -> Self {
        Self {
            from,
            accurate: true,
            length: None,
            most: None,
            select: None,
            decoder: &[],
            threads: FEW_THREADS,
        }
    }
}

/// A run of FFmpeg over frames of one size.
pub(crate) struct FrameRun {
    child: Child,
    width: u32,
    height: u32,
    last: Duration,
}

impl FrameRun {
    /// Frames of `width` x `height`, whatever their shape was.
    pub(crate) fn start(
        tools: &Tools,
        path: &Path,
        layout: Layout,
        wanted: &Wanted<'_>,
        (width, height): (u32, u32),
        scaling: &str,
    ) -> Result<Self, VideoError> {
        let mut command = tools.ffmpeg();
        // Times as the file has them, from its beginning: counted from a seek they would be rounded to the file's own unit,
        // a millisecond in Matroska.
        command.args(["-copyts", "-start_at_zero"]);
        command.args(wanted.decoder);
        if let Some(length) = wanted.length {
            command.args(["-t", &seconds(length)]);
        }
        add_input(&mut command, path, wanted.from, wanted.accurate, wanted.threads);
        let mut filters = Vec::new();
        if let Some(select) = &wanted.select {
            filters.push(format!("select='{select}'"));
        }
        let (across, down) = if layout.orientation.swaps_sides() { (height, width) } else { (width, height) };
        let colours = if layout.assume_bt709 { ":in_color_matrix=bt709" } else { "" };
        filters.push(format!("scale={across}:{down}:flags={scaling}{colours}"));
        filters.push("format=rgb24".to_owned());
        filters.extend(layout.orientation.filter().map(str::to_owned));
        // Times in microseconds: showinfo prints seconds with six digits in all.
        filters.push("settb=AVTB,showinfo=checksum=0".to_owned());
        command.args(["-map", "0:V:0", "-an", "-sn", "-dn", "-vf", &filters.join(",")]);
        command.args(tools.frame_times("passthrough"));
        if let Some(most) = wanted.most {
            command.args(["-frames:v", &most.to_string()]);
        }
        command.args(["-f", "rawvideo", "pipe:1"]);
        let child = Child::start(command, None)?;
        Ok(Self { child, width, height, last: Duration::ZERO })
    }

    /// The next frame; `None` after the last.
    pub(crate) fn next(&mut self, is_cancelled: &dyn Fn() -> bool) -> Result<Option<Frame>, VideoError> {
        let length = self.width as usize * self.height as usize * 3;
        let Some(rgb) = self.child.read_exactly(length, is_cancelled)? else { return Ok(None) };
        let told = self
            .child
            .next_time()
            .ok_or_else(|| VideoError::Failed { reason: "it told no time of a frame".to_owned() })?;
        if let FrameTime::At(at) = told {
            self.last = Duration::from_micros(u64::try_from(at).unwrap_or(0));
        }
        Ok(Some(Frame { at: self.last, width: self.width, height: self.height, rgb }))
    }

    /// Why no frame came, from a run that has delivered all it had.
    pub(crate) fn why_nothing(mut self) -> VideoError {
        of_file(self.child.last_words())
    }
}

/// Width and height that fit into a square of `longest_edge`, never larger than the video itself.
pub(crate) fn fitted(info: &VideoInfo, longest_edge: u32) -> (u32, u32) {
    let longest = info.width.max(info.height);
    let edge = longest_edge.clamp(1, longest);
    let scaled = |side: u32| {
        ((u64::from(side) * u64::from(edge) + u64::from(longest) / 2) / u64::from(longest)).max(1) as u32
    };
    (scaled(info.width), scaled(info.height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orientation::Orientation;

    #[test]
    fn frames_fit_and_are_never_enlarged() {
        let info = |width, height| VideoInfo {
            duration: None,
            width,
            height,
            frame_rate: None,
            variable_rate: false,
            sound: None,
            codec: String::new(),
            container: String::new(),
            layout: Layout { orientation: Orientation::Upright, assume_bt709: false },
        };
        assert_eq!(fitted(&info(1920, 1080), 768), (768, 432));
        assert_eq!(fitted(&info(321, 241), 768), (321, 241));
        assert_eq!(fitted(&info(16_000, 2), 100), (100, 1));
        assert_eq!(fitted(&info(1080, 1920), 0), (1, 1));
    }
}
