//! The title of a new conversation, made from its first question.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Most columns of a title; a Chinese character takes two.
const COLUMNS: usize = 40;

/// The first line with something in it, cut at the end of a word where that leaves enough, otherwise of a character.
/// Without text, the name of the first file.
pub(crate) fn title(text: &str, first_file: Option<&str>) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    shorten(line.or(first_file).unwrap_or_default())
}

fn shorten(line: &str) -> String {
    if line.width() <= COLUMNS {
        return line.to_owned();
    }
    let room = COLUMNS - 1;
    let by_word = fitting(line.split_word_bounds(), room);
    // A very long first word would leave next to nothing.
    let kept =
        if by_word.trim_end().width() * 2 >= room { by_word } else { fitting(line.graphemes(true), room) };
    format!("{}…", kept.trim_end())
}

/// The leading pieces that fit into `room` columns together.
fn fitting<'a>(pieces: impl Iterator<Item = &'a str>, room: usize) -> String {
    let mut kept = String::new();
    let mut columns = 0;
    for piece in pieces {
        columns += piece.width();
        if columns > room {
            break;
        }
        kept.push_str(piece);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_question_is_its_own_title() {
        assert_eq!(title("\n  What is this?  \nTell me more.", None), "What is this?");
    }

    #[test]
    fn a_long_question_is_cut_after_a_word() {
        let title = title("Explain the difference between optical and digital zoom to a beginner", None);
        assert_eq!(title, "Explain the difference between optical…");
    }

    #[test]
    fn chinese_is_cut_by_its_width() {
        let title = title("请用简单的语言解释光学变焦和数码变焦之间的区别，并且各举一个例子说明", None);
        assert_eq!(title, "请用简单的语言解释光学变焦和数码变焦之…");
        assert!(title.width() <= COLUMNS);
    }

    #[test]
    fn one_long_word_is_cut_inside() {
        assert_eq!(title(&"a".repeat(100), None), format!("{}…", "a".repeat(39)));
    }

    #[test]
    fn a_family_is_not_taken_apart() {
        let family = "👨‍👩‍👧‍👦";
        let title = title(&family.repeat(30), None);
        let kept = title.strip_suffix('…').unwrap();
        assert_eq!(kept.replace(family, ""), "");
    }

    #[test]
    fn a_picture_alone_lends_its_name() {
        assert_eq!(title(" \n", Some("照片 #1.jpg")), "照片 #1.jpg");
        assert_eq!(title("", None), "");
    }
}
