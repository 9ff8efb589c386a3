//! A video in words, in the language of the question: what it is, what can be seen when, and what is said when, each moment
//! with its time so that an answer can name it. Seen and said stand apart: small models find either more reliably so than in
//! one list of both.

use crate::note::Language;
use crate::notebook::Moment;
use crate::words;
use conversation::{OmissionReason, PictureNotes, Stretch, Transcript, VideoFacts};
use std::fmt::Write;

/// A time as people write it, minutes and seconds.
pub(crate) fn clock(at_ms: u32) -> String {
    let seconds = at_ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The line that stands above a frame.
pub(crate) fn above_frame(at_ms: u32) -> String {
    format!("[{}]", clock(at_ms))
}

/// How a model gets what a video shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// As single frames.
    Frames,
    /// As notes of single frames.
    Notes,
}

/// A video as a model knows it.
pub(crate) struct Titled<'a> {
    pub(crate) language: Language,
    pub(crate) sight: Sight,
    pub(crate) number: u32,
    pub(crate) name: &'a str,
    pub(crate) facts: VideoFacts,
    pub(crate) stretch: Stretch,
    /// Whether anything is known of what it shows or says.
    pub(crate) usable: bool,
}

impl Titled<'_> {
    /// Everything above what can be seen.
    pub(crate) fn head(&self) -> String {
        let Self { language, number, facts, stretch, .. } = *self;
        let mut lines = vec![self.title()];
        let (length, width, height) = (clock(facts.duration_ms), facts.width, facts.height);
        lines.push(match (language, facts.duration_ms > 0) {
            (Language::English, true) => format!("It is {length} long, {width} by {height} pixels."),
            (Language::English, false) => format!("It is {width} by {height} pixels."),
            (Language::Chinese, true) => format!("时长 {length}，{width} × {height} 像素。"),
            (Language::Chinese, false) => format!("{width} × {height} 像素。"),
        });
        if !stretch.is_whole() {
            let from = clock(stretch.start_ms);
            lines.push(match (language, stretch.end_ms.map(clock)) {
                (Language::English, Some(to)) => format!("Only {from} to {to} of it is given here."),
                (Language::English, None) => format!("Only what comes from {from} on is given here."),
                (Language::Chinese, Some(to)) => format!("这里只给出其中 {from} 至 {to} 的部分。"),
                (Language::Chinese, None) => format!("这里只给出 {from} 之后的部分。"),
            });
        }
        lines.push(match (language, self.usable) {
            (Language::English, true) => "When you name a moment of it, give its time as m:ss.".to_owned(),
            (Language::Chinese, true) => "提到其中的某个时刻时，请以“分:秒”的形式写出时间。".to_owned(),
            (Language::English, false) => format!(
                "The recognisers made out nothing they know in it and no speech. Say plainly that you cannot tell what video {number} shows."
            ),
            (Language::Chinese, false) => {
                format!("识别程序没有认出任何内容，也没有听到说话声。请直接说明你无法判断视频 {number} 的内容。")
            }
        });
        lines.join("\n") + "\n"
    }

    fn title(&self) -> String {
        let Self { language, sight, number, name, usable, .. } = *self;
        // Of a video that says nothing itself, a small model would tell what the file's name says.
        let name = match language {
            _ if !usable => String::new(),
            Language::English => format!(", \"{name}\""),
            Language::Chinese => format!("“{name}”"),
        };
        match (language, sight) {
            (Language::English, Sight::Notes) => {
                format!("[Notes of video {number}{name}, made by recognisers; nobody showed you the video]")
            }
            (Language::English, Sight::Frames) => {
                format!("[Video {number}{name}, as single frames, each below its time]")
            }
            (Language::Chinese, Sight::Notes) => {
                format!("【视频 {number}{name}的识别笔记，由识别程序生成；你没有看到视频】")
            }
            (Language::Chinese, Sight::Frames) => {
                format!("【视频 {number}{name}，以单帧画面给出，每帧上方是它的时间】")
            }
        }
    }

    /// The last line.
    pub(crate) fn foot(&self) -> String {
        let number = self.number;
        match (self.language, self.sight) {
            (Language::English, Sight::Notes) => format!("[End of the notes of video {number}]"),
            (Language::English, Sight::Frames) => format!("[End of video {number}]"),
            (Language::Chinese, Sight::Notes) => format!("【视频 {number} 的识别笔记结束】"),
            (Language::Chinese, Sight::Frames) => format!("【视频 {number} 结束】"),
        }
    }
}

/// The line above what can be seen.
pub(crate) fn above_seen(language: Language) -> &'static str {
    match language {
        Language::English => "What can be seen at what time:\n",
        Language::Chinese => "各时刻可以看到：\n",
    }
}

/// The line above what is said, with a blank one before it.
pub(crate) fn above_said(language: Language) -> &'static str {
    match language {
        Language::English => "\nWhat is said at what time:\n",
        Language::Chinese => "\n各时刻说的话：\n",
    }
}

/// In place of what cannot be seen.
pub(crate) fn unseen(language: Language, reason: OmissionReason) -> String {
    let why = language.why(reason);
    match language {
        Language::English => format!("What can be seen in it is not included: {why}.\n"),
        Language::Chinese => format!("画面未包含在内：{why}。\n"),
    }
}

/// In place of what cannot be heard.
pub(crate) fn unheard(language: Language, reason: OmissionReason) -> String {
    let why = language.why(reason);
    match language {
        Language::English => format!("\nWhat is said in it is not included: {why}.\n"),
        Language::Chinese => format!("\n说话内容未包含在内：{why}。\n"),
    }
}

/// In place of what is said where nothing is.
pub(crate) fn nothing_said(language: Language, facts: VideoFacts) -> &'static str {
    match (language, facts.has_sound) {
        (Language::English, true) => "\nNo speech was heard in it.\n",
        (Language::English, false) => "\nIt has no sound.\n",
        (Language::Chinese, true) => "\n没有听到说话声。\n",
        (Language::Chinese, false) => "\n视频没有声音。\n",
    }
}

/// What can be seen, a line for each stretch of frames that show the same.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) text: String,
    /// When the frames are seen that it speaks of, in milliseconds.
    pub(crate) moments: Vec<u32>,
    pub(crate) lines: u32,
    pub(crate) lines_left_out: u32,
}

/// How much is said of each moment.
#[derive(Clone, Copy)]
struct Brevity {
    things: usize,
    /// Characters of text.
    text: usize,
}

/// From much to little.
const BREVITIES: [Brevity; 3] =
    [Brevity { things: 3, text: 160 }, Brevity { things: 2, text: 60 }, Brevity { things: 1, text: 24 }];

/// Neighbouring frames that show the same.
struct Span {
    /// When they are seen.
    at_ms: Vec<u32>,
    line: String,
}

/// Puts frames into words of at most `most` tokens: first less is said of each moment, then moments are left out, evenly.
pub(crate) fn seen(moments: &[Moment], language: Language, most: u32, tokens: &dyn Fn(&str) -> u32) -> Seen {
    let mut spans = Vec::new();
    for brevity in BREVITIES {
        spans = joined(moments, language, brevity);
        let text = lines(spans.iter());
        if tokens(&text) <= most {
            return written(text, &spans.iter().collect::<Vec<_>>(), 0);
        }
    }
    for keep in (1..spans.len()).rev() {
        let kept: Vec<&Span> = evenly(spans.len(), keep).map(|place| &spans[place]).collect();
        let text = lines(kept.iter().copied());
        if tokens(&text) <= most {
            return written(text, &kept, spans.len() - keep);
        }
    }
    Seen { lines_left_out: spans.len() as u32, ..Seen::default() }
}

/// `keep` of `all` places, evenly over all of them: the first, and of several the last, are always among them.
pub(crate) fn evenly(all: usize, keep: usize) -> impl Iterator<Item = usize> {
    let keep = keep.min(all);
    (0..keep).map(move |place| place * (all - 1) / (keep - 1).max(1))
}

fn written(text: String, kept: &[&Span], left_out: usize) -> Seen {
    Seen {
        text,
        moments: kept.iter().flat_map(|span| span.at_ms.iter().copied()).collect(),
        lines: kept.len() as u32,
        lines_left_out: left_out as u32,
    }
}

fn lines<'a>(spans: impl Iterator<Item = &'a Span>) -> String {
    let mut text = String::new();
    for span in spans {
        let from = span.at_ms.first().copied().map(clock).unwrap_or_default();
        let to = span.at_ms.last().copied().map(clock).filter(|to| *to != from);
        let to = to.map(|to| format!("–{to}")).unwrap_or_default();
        // Writing into a string cannot fail.
        let _always = writeln!(text, "[{from}{to}] {}", span.line);
    }
    text
}

fn joined(moments: &[Moment], language: Language, brevity: Brevity) -> Vec<Span> {
    let mut spans: Vec<(String, Span)> = Vec::new();
    for moment in moments {
        let (same, line) = in_few_words(&moment.notes, language, brevity);
        match spans.last_mut() {
            Some((last, span)) if *last == same => span.at_ms.push(moment.at_ms),
            _ => spans.push((same, Span { at_ms: vec![moment.at_ms], line })),
        }
    }
    spans.into_iter().map(|(_, span)| span).collect()
}

/// What a frame shows, and the same with things in alphabetical order: which of them is likelier sways from frame to frame.
fn in_few_words(notes: &PictureNotes, language: Language, brevity: Brevity) -> (String, String) {
    let between = match language {
        Language::English => ", ",
        Language::Chinese => "、",
    };
    let mut things: Vec<&str> = notes.things.iter().map(|thing| words::thing_name(thing, language)).collect();
    things.truncate(brevity.things);
    let said = things.join(between);
    things.sort_unstable();

    let mut rest = Vec::new();
    let text = shortened(&words::text_rows(notes).join(" / "), brevity.text);
    if !text.is_empty() {
        rest.push(match language {
            Language::English => format!("text: \"{text}\""),
            Language::Chinese => format!("文字：“{text}”"),
        });
    }
    rest.extend(notes.codes.iter().map(|code| match language {
        Language::English => format!("a {} code says: {}", code.format, code.text),
        Language::Chinese => format!("{} 码的内容：{}", code.format, code.text),
    }));
    if things.is_empty() && rest.is_empty() {
        let color = notes.colors.first().map(|share| words::color(share.color, language));
        rest.push(match (language, color) {
            (Language::English, Some(color)) => format!("nothing recognised, mainly {color}"),
            (Language::English, None) => "nothing recognised".to_owned(),
            (Language::Chinese, Some(color)) => format!("没有认出内容，主要是{color}"),
            (Language::Chinese, None) => "没有认出内容".to_owned(),
        });
    }
    let parts = |things: String| {
        let parts: Vec<String> = Some(things).filter(|things| !things.is_empty()).into_iter().collect();
        [parts, rest.clone()].concat().join(match language {
            Language::English => "; ",
            Language::Chinese => "；",
        })
    };
    (parts(things.join(between)), parts(said))
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// What is said.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    /// Stretches of speech in it.
    pub(crate) lines: u32,
    pub(crate) lines_left_out: u32,
    pub(crate) cut: bool,
}

/// Puts what is said in a stretch into words of at most `most` tokens, each stretch of speech with its time. What a person
/// corrected has no times any more.
pub(crate) fn said(
    transcript: &Transcript,
    stretch: Stretch,
    most: u32,
    tokens: &dyn Fn(&str) -> u32,
) -> Said {
    let timed = !transcript.edited && !transcript.segments.is_empty();
    let lines: Vec<String> = if timed {
        let mut segments = transcript.segments.clone();
        segments.retain(|segment| stretch.overlaps(segment.start_ms, segment.end_ms));
        segments
            .iter()
            .map(|segment| format!("[{}] {}\n", clock(segment.start_ms), segment.text.trim()))
            .collect()
    } else {
        transcript.text.trim().lines().map(|line| format!("{line}\n")).collect()
    };
    let whole = lines.concat();
    if tokens(&whole) <= most {
        return Said { text: whole, lines: lines.len() as u32, ..Said::default() };
    }
    let start = words::longest_start(&whole, most, tokens);
    // A line cut in its middle would say something else; of one long line its start says more than nothing.
    let end = start.rfind('\n').map_or(start.len(), |end| end + 1);
    let text = start[..end].to_owned();
    let shown = text.lines().count();
    Said { lines: shown as u32, lines_left_out: (lines.len() - shown) as u32, cut: true, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use conversation::{ColorName, ColorShare, PictureKind, Point, TextLine, Thing, TranscriptSegment};

    fn moment(at_ms: u32, things: &[&str], text: &str) -> Moment {
        let thing = |en: &&str| Thing { en: (*en).into(), zh: format!("{en}的"), probability: 0.5 };
        let line = TextLine {
            text: text.into(),
            score: 1.0,
            corners: [Point { x: 0.0, y: 0.0 }; 4],
            block: 0,
            row: 0,
        };
        let notes = PictureNotes {
            width: 640,
            height: 360,
            kind: PictureKind::Photo,
            colors: vec![ColorShare { color: ColorName::Blue, share: 0.9 }],
            things: things.iter().map(thing).collect(),
            lines: if text.is_empty() { vec![] } else { vec![line] },
            codes: vec![],
            text_turned: 0,
        };
        Moment { at_ms, notes }
    }

    fn count(text: &str) -> u32 {
        text.len() as u32
    }

    fn titled(language: Language, sight: Sight) -> Titled<'static> {
        let facts = VideoFacts { duration_ms: 42_000, width: 640, height: 360, has_sound: true };
        let stretch = Stretch { start_ms: 5000, end_ms: Some(83_000) };
        Titled { language, sight, number: 1, name: "a.mp4", facts, stretch, usable: true }
    }

    #[test]
    fn heads_in_both_languages() {
        insta::assert_snapshot!(titled(Language::English, Sight::Notes).head(), @r#"
        [Notes of video 1, "a.mp4", made by recognisers; nobody showed you the video]
        It is 0:42 long, 640 by 360 pixels.
        Only 0:05 to 1:23 of it is given here.
        When you name a moment of it, give its time as m:ss.
        "#);
        insta::assert_snapshot!(titled(Language::Chinese, Sight::Frames).head(), @"
        【视频 1“a.mp4”，以单帧画面给出，每帧上方是它的时间】
        时长 0:42，640 × 360 像素。
        这里只给出其中 0:05 至 1:23 的部分。
        提到其中的某个时刻时，请以“分:秒”的形式写出时间。
        ");
        let empty = Titled { usable: false, ..titled(Language::English, Sight::Notes) };
        assert!(empty.head().contains("cannot tell what video 1 shows") && !empty.head().contains("a.mp4"));
    }

    #[test]
    fn frames_that_show_the_same_are_one_line() {
        let moments = [
            moment(0, &["beach", "dog"], ""),
            moment(5000, &["dog", "beach"], ""),
            moment(12_000, &[], "HELLO"),
            moment(61_000, &[], ""),
        ];
        let english = seen(&moments, Language::English, 1000, &count);
        insta::assert_snapshot!(english.text, @r#"
        [0:00–0:05] beach, dog
        [0:12] text: "HELLO"
        [1:01] nothing recognised, mainly blue
        "#);
        assert_eq!(english.moments, [0, 5000, 12_000, 61_000]);
        assert_eq!((english.lines, english.lines_left_out), (3, 0));
        let chinese = seen(&moments, Language::Chinese, 1000, &count);
        insta::assert_snapshot!(chinese.text, @"
        [0:00–0:05] beach的、dog的
        [0:12] 文字：“HELLO”
        [1:01] 没有认出内容，主要是蓝色
        ");
    }

    #[test]
    fn detail_goes_before_moments() {
        let long = "a sign with a long text on it ".repeat(6);
        let moments: Vec<Moment> = (0..8)
            .map(|second| moment(second * 1000, &["street", "car", "tree"], &format!("{second} {long}")))
            .collect();
        let [full, brief, thinned] =
            [4000, 500, 200].map(|most| seen(&moments, Language::English, most, &count));
        assert!(full.text.contains("street, car, tree; text:"), "{}", full.text);
        assert!(brief.text.contains("] street; text:"), "{}", brief.text);
        assert_eq!((brief.lines, brief.moments.len()), (8, 8));
        assert!(count(&brief.text) <= 500 && count(&thinned.text) <= 200);
        assert!(thinned.lines >= 2 && thinned.lines + thinned.lines_left_out == 8, "{thinned:?}");
        assert_eq!(thinned.moments.first(), Some(&0));
        assert_eq!(thinned.moments.last(), Some(&7000), "they cover all of it: {thinned:?}");
        assert_eq!(seen(&moments, Language::English, 3, &count).lines_left_out, 8);
    }

    #[test]
    fn some_of_many_are_spread_over_all() {
        let places = |all, keep| evenly(all, keep).collect::<Vec<_>>();
        assert_eq!(places(16, 4), [0, 5, 10, 15]);
        assert_eq!((places(5, 1), places(5, 0), places(0, 3)), (vec![0], vec![], vec![]));
        assert_eq!(places(3, 9), [0, 1, 2]);
    }

    #[test]
    fn what_is_said_keeps_its_times_and_its_stretch() {
        let segment = |start_ms, text: &str| TranscriptSegment {
            start_ms,
            end_ms: start_ms + 1000,
            text: text.to_owned(),
        };
        let mut transcript = Transcript {
            text: "One. Two. Three.".into(),
            segments: vec![segment(0, " One."), segment(65_000, "Two."), segment(70_000, "Three.")],
            ..Transcript::default()
        };
        let all = said(&transcript, Stretch::default(), 1000, &count);
        assert_eq!((all.text.as_str(), all.lines), ("[0:00] One.\n[1:05] Two.\n[1:10] Three.\n", 3));
        let stretch = Stretch { start_ms: 60_000, end_ms: Some(70_000) };
        assert_eq!(said(&transcript, stretch, 1000, &count).text, "[1:05] Two.\n");
        let cut = said(&transcript, Stretch::default(), 30, &count);
        assert_eq!(
            cut,
            Said { text: "[0:00] One.\n[1:05] Two.\n".into(), lines: 2, lines_left_out: 1, cut: true }
        );
        transcript.edited = true;
        assert_eq!(said(&transcript, stretch, 1000, &count).text, "One. Two. Three.\n");
    }
}
