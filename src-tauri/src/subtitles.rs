//! Transcripts as files: plain text, SubRip (`.srt`, as its readers agree on it) and WebVTT (W3C, `text/vtt`).

use conversation::{Transcript, TranscriptSegment};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::fmt::Write;

/// How a transcript is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum TranscriptFormat {
    /// The words alone.
    Txt,
    /// SubRip.
    Srt,
    /// WebVTT.
    Vtt,
}

impl TranscriptFormat {
    /// The usual ending of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Txt => "txt",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
        }
    }

    /// The transcript in this format. Subtitles hold what was heard when, whatever a person made of the text since.
    pub fn write(self, transcript: &Transcript) -> String {
        match self {
            Self::Txt => format!("{}\n", transcript.text.trim_end()),
            Self::Srt => cues(transcript, "", ','),
            Self::Vtt => cues(transcript, "WEBVTT\n\n", '.'),
        }
    }
}

fn cues(transcript: &Transcript, head: &str, point: char) -> String {
    let mut written = head.to_owned();
    for (number, TranscriptSegment { start_ms, end_ms, text }) in (1..).zip(&transcript.segments) {
        let (start, end) = (timestamp(*start_ms, point), timestamp(*end_ms, point));
        // A blank line would end the cue, and an arrow would begin a new one.
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let text = lines.collect::<Vec<_>>().join("\n").replace("-->", "→");
        // Writing into a string cannot fail.
        let _written = write!(written, "{number}\n{start} --> {end}\n{text}\n\n");
    }
    written
}

/// `01:02:03,004`.
fn timestamp(ms: u32, point: char) -> String {
    let seconds = ms / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}{point}{:03}", seconds % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcript() -> Transcript {
        let segment =
            |start_ms, end_ms, text: &str| TranscriptSegment { start_ms, end_ms, text: text.into() };
        Transcript {
            text: "The meeting starts at nine. 请带上蓝色的文件夹。".into(),
            language: Some("en".into()),
            segments: vec![
                segment(0, 2_040, " The meeting starts\n\nat nine. "),
                segment(3_723_004, 3_725_500, "请带上蓝色的文件夹。-->"),
            ],
            edited: false,
        }
    }

    #[test]
    fn the_words_alone() {
        assert_eq!(
            TranscriptFormat::Txt.write(&transcript()),
            "The meeting starts at nine. 请带上蓝色的文件夹。\n"
        );
        assert_eq!(TranscriptFormat::Txt.write(&Transcript::default()), "\n");
    }

    #[test]
    fn subtitles_hold_the_times() {
        let expected = "1\n00:00:00,000 --> 00:00:02,040\nThe meeting starts\nat nine.\n\n\
                        2\n01:02:03,004 --> 01:02:05,500\n请带上蓝色的文件夹。→\n\n";
        assert_eq!(TranscriptFormat::Srt.write(&transcript()), expected);
        assert!(TranscriptFormat::Vtt.write(&transcript()).starts_with(
            "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.040\nThe meeting starts\nat nine.\n\n2\n01:02:03.004 -->"
        ));
        assert_eq!(TranscriptFormat::Vtt.write(&Transcript::default()), "WEBVTT\n\n");
    }
}
