//! What a model is told about files it does not get, in the language of the question, so that it does not pretend to
//! have seen them.

use conversation::{MediaKind, OmissionReason};

/// The two languages notes are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

impl Language {
    /// The language of a question: Chinese where it has as many Han characters as Latin words.
    pub(crate) fn of(text: &str) -> Self {
        let han = text.chars().filter(|character| matches!(character, '\u{3400}'..='\u{9FFF}')).count();
        let latin_words =
            text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).count();
        if han > 0 && han >= latin_words { Self::Chinese } else { Self::English }
    }

    /// The note that stands in place of a file.
    pub(crate) fn omitted(self, name: &str, kind: MediaKind, reason: OmissionReason) -> String {
        let why = self.why(reason);
        match self {
            Self::English => {
                let what = match kind {
                    MediaKind::Image => "Picture",
                    MediaKind::Video => "Video",
                    _ => "File",
                };
                format!("[{what} \"{name}\" was attached but is not included: {why}.]")
            }
            Self::Chinese => {
                let what = match kind {
                    MediaKind::Image => "图片",
                    MediaKind::Video => "视频",
                    _ => "文件",
                };
                format!("[{what}“{name}”已附上，但未包含在内：{why}。]")
            }
        }
    }

    /// Why something is not included, as part of a sentence.
    pub(crate) fn why(self, reason: OmissionReason) -> &'static str {
        match self {
            Self::English => match reason {
                OmissionReason::ModelCannotSee | OmissionReason::RecognisersMissing => {
                    "you cannot see pictures"
                }
                OmissionReason::SpeechRecogniserMissing => "you cannot hear",
                OmissionReason::VideoToolsMissing => "you cannot watch videos",
                OmissionReason::ModelCannotOpen => "you cannot open files of this kind",
                OmissionReason::TooLarge => "it is too large for one request",
                OmissionReason::TooMany => "there are too many pictures for one request",
                OmissionReason::Unreadable => "the file could not be read",
                _ => "there was no room for it",
            },
            Self::Chinese => match reason {
                OmissionReason::ModelCannotSee | OmissionReason::RecognisersMissing => "你无法查看图片",
                OmissionReason::SpeechRecogniserMissing => "你无法听到声音",
                OmissionReason::VideoToolsMissing => "你无法观看视频",
                OmissionReason::ModelCannotOpen => "你无法打开这类文件",
                OmissionReason::TooLarge => "文件过大，一次请求放不下",
                OmissionReason::TooMany => "一次请求中的图片过多",
                OmissionReason::Unreadable => "文件无法读取",
                _ => "没有足够的空间",
            },
        }
    }

    /// The line above a text file.
    pub(crate) fn heading(self, name: &str) -> String {
        match self {
            Self::English => format!("File \"{name}\":\n\n"),
            Self::Chinese => format!("文件“{name}”：\n\n"),
        }
    }

    /// The line above what is said in a recording.
    pub(crate) fn heard(self, name: &str) -> String {
        match self {
            Self::English => format!("What is said in the recording \"{name}\":\n\n"),
            Self::Chinese => format!("录音“{name}”中说的话：\n\n"),
        }
    }

    /// The note in place of a recording in which nothing is said.
    pub(crate) fn silent(self, name: &str) -> String {
        match self {
            Self::English => format!("[No speech was heard in the recording \"{name}\".]"),
            Self::Chinese => format!("[录音“{name}”中没有听到说话声。]"),
        }
    }

    /// The note at the end of a text file or transcript that was cut.
    pub(crate) fn cut(self) -> &'static str {
        match self {
            Self::English => "\n[The rest of this file is not included: there was no room for it.]",
            Self::Chinese => "\n[此文件的其余部分未包含在内：没有足够的空间。]",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_question() {
        assert_eq!(Language::of("What does 你好 mean?"), Language::English);
        assert_eq!(Language::of("这张图片里有什么？"), Language::Chinese);
        assert_eq!(Language::of("解释 Rust 的 trait object"), Language::Chinese);
        assert_eq!(Language::of(""), Language::English);
    }

    #[test]
    fn notes_name_the_file_and_the_reason() {
        insta::assert_snapshot!(
            Language::English.omitted("a b.jpg", MediaKind::Image, OmissionReason::ModelCannotSee),
            @r#"[Picture "a b.jpg" was attached but is not included: you cannot see pictures.]"#
        );
        insta::assert_snapshot!(
            Language::Chinese.omitted("照片.jpg", MediaKind::Image, OmissionReason::ModelCannotSee),
            @"[图片“照片.jpg”已附上，但未包含在内：你无法查看图片。]"
        );
        insta::assert_snapshot!(
            Language::English.omitted("notes.txt", MediaKind::Text, OmissionReason::Unreadable),
            @r#"[File "notes.txt" was attached but is not included: the file could not be read.]"#
        );
    }
}
