//! Notes of a picture in words: always in the same order, in the language of the question, within a number of tokens.

use crate::note::Language;
use conversation::{ColorName, PictureKind, PictureNotes, Thing};
use std::fmt::Write;

/// Between the cells of a row.
const CELL_SEPARATOR: &str = " | ";
/// Of the lines that fit, how many are from the beginning; the rest are from the end, where totals and signatures stand.
const SHARE_OF_BEGINNING: f32 = 0.7;

/// Notes as a model gets them.
pub(crate) struct Words {
    pub(crate) text: String,
    /// Lines of the picture's text in it.
    pub(crate) lines: u32,
    /// Lines that found no room.
    pub(crate) lines_left_out: u32,
}

/// Puts notes into words. `tokens` counts a text's tokens; what goes beyond `most` is left out of the picture's text.
pub(crate) fn words(
    notes: &PictureNotes,
    language: Language,
    number: u32,
    name: &str,
    most: u32,
    tokens: &dyn Fn(&str) -> u32,
) -> Words {
    let head = head(notes, language, number, name);
    let foot = match language {
        Language::English => format!("[End of the notes of picture {number}]"),
        Language::Chinese => format!("【图片 {number} 的识别笔记结束】"),
    };
    let rows = rows(notes);
    let room = most.saturating_sub(tokens(&head) + tokens(&foot));
    let (beginning, end) = fitting(&rows, room, tokens);
    let shown: usize = rows[..beginning].iter().chain(&rows[end..]).map(|row| row.lines).sum();
    let all: usize = rows.iter().map(|row| row.lines).sum();
    let left_out = all - shown;

    let mut text = head;
    if all > 0 {
        text.push_str(match language {
            Language::English => "Text in the picture, row by row:\n",
            Language::Chinese => "图片中的文字（逐行）：\n",
        });
    }
    let mut block = None;
    let mut put = |text: &mut String, row: &Row| {
        if block.is_some_and(|last| last != row.block) {
            text.push('\n');
        }
        block = Some(row.block);
        text.push_str(&row.text);
        text.push('\n');
    };
    rows[..beginning].iter().for_each(|row| put(&mut text, row));
    if left_out > 0 {
        // Writing into a string cannot fail.
        let _always = match language {
            Language::English => writeln!(text, "[{left_out} lines are left out here: there was no room]"),
            Language::Chinese => writeln!(text, "【此处省略 {left_out} 行：空间不足】"),
        };
    }
    rows[end..].iter().for_each(|row| put(&mut text, row));
    text.push_str(&foot);
    Words { text, lines: shown as u32, lines_left_out: left_out as u32 }
}

/// The picture's text, a string for each row.
pub(crate) fn text_rows(notes: &PictureNotes) -> Vec<String> {
    rows(notes).into_iter().map(|row| row.text).collect()
}

/// The longest start of `text` of at most `most` tokens: by halving, since only the whole is counted.
pub(crate) fn longest_start<'t>(text: &'t str, most: u32, tokens: &dyn Fn(&str) -> u32) -> &'t str {
    let (mut fits, mut too_long) = (0, text.len());
    while too_long - fits > 1 {
        let middle = usize::midpoint(fits, too_long);
        if tokens(&text[..text.floor_char_boundary(middle)]) <= most {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    &text[..text.floor_char_boundary(fits)]
}

struct Row {
    text: String,
    block: u32,
    lines: usize,
}

/// The picture's text, a row each.
fn rows(notes: &PictureNotes) -> Vec<Row> {
    let rows = notes.lines.chunk_by(|one, other| one.row == other.row);
    rows.map(|row| {
        let cells: Vec<&str> = row.iter().map(|line| line.text.as_str()).collect();
        Row { text: cells.join(CELL_SEPARATOR), block: row[0].block, lines: row.len() }
    })
    .collect()
}

/// How many rows from the beginning fit, and the first of those from the end that do.
fn fitting(rows: &[Row], room: u32, tokens: &dyn Fn(&str) -> u32) -> (usize, usize) {
    let costs: Vec<u32> = rows.iter().map(|row| tokens(&row.text) + 1).collect();
    if costs.iter().sum::<u32>() <= room {
        return (rows.len(), rows.len());
    }
    let for_beginning = (room as f32 * SHARE_OF_BEGINNING) as u32;
    let mut spent = 0;
    let mut take = |cost: &u32, most: u32| {
        let fits = spent + cost <= most;
        if fits {
            spent += cost;
        }
        fits
    };
    let beginning = costs.iter().take_while(|cost| take(cost, for_beginning)).count();
    let end = costs[beginning..].iter().rev().take_while(|cost| take(cost, room)).count();
    (beginning, rows.len() - end)
}

/// Everything above the text.
fn head(notes: &PictureNotes, language: Language, number: u32, name: &str) -> String {
    let mut head = String::new();
    // Writing into a string cannot fail.
    let mut line = |arguments: std::fmt::Arguments<'_>| {
        let _always = writeln!(head, "{arguments}");
    };
    let (width, height) = (notes.width, notes.height);
    let kind = kind(notes.kind, language);
    // Of a picture that says nothing itself, a small model would tell what the file's name says.
    let name = match language {
        _ if !notes.are_usable() => String::new(),
        Language::English => format!(", \"{name}\""),
        Language::Chinese => format!("“{name}”"),
    };
    match language {
        Language::English => {
            line(format_args!(
                "[Notes of picture {number}{name}, made by recognisers; nobody showed you the picture]"
            ));
            line(format_args!("It is {kind}, {width} by {height} pixels."));
        }
        Language::Chinese => {
            line(format_args!("【图片 {number}{name}的识别笔记，由识别程序生成；你没有看到图片】"));
            line(format_args!("这是{kind}，{width} × {height} 像素。"));
        }
    }
    let list = |names: Vec<String>| {
        names.join(match language {
            Language::English => ", ",
            Language::Chinese => "、",
        })
    };
    if !notes.things.is_empty() {
        let things = notes.things.iter().map(|thing| {
            let percent = (thing.probability * 100.0).round();
            let name = thing_name(thing, language);
            match language {
                Language::English => format!("{name} ({percent} % likely)"),
                Language::Chinese => format!("{name}（可能性 {percent}%）"),
            }
        });
        let things = list(things.collect());
        match language {
            Language::English => line(format_args!("It probably shows: {things}.")),
            Language::Chinese => line(format_args!("可能显示：{things}。")),
        }
    }
    if !notes.colors.is_empty() {
        let colors = list(notes.colors.iter().map(|share| color(share.color, language).to_owned()).collect());
        match language {
            Language::English => line(format_args!("Main colours: {colors}.")),
            Language::Chinese => line(format_args!("主要颜色：{colors}。")),
        }
    }
    for code in &notes.codes {
        match language {
            Language::English => line(format_args!("A {} code says: {}", code.format, code.text)),
            Language::Chinese => line(format_args!("{} 码的内容：{}", code.format, code.text)),
        }
    }
    if !notes.are_usable() {
        match language {
            Language::English => line(format_args!(
                "The recognisers made out no text and nothing they know in it. Say plainly that you cannot tell what picture {number} shows."
            )),
            Language::Chinese => line(format_args!(
                "识别程序没有认出任何文字或物体。请直接说明你无法判断图片 {number} 的内容。"
            )),
        }
    }
    head
}

/// A thing's name.
pub(crate) fn thing_name(thing: &Thing, language: Language) -> &str {
    match language {
        Language::English => &thing.en,
        Language::Chinese => &thing.zh,
    }
}

fn kind(kind: PictureKind, language: Language) -> &'static str {
    let (english, chinese) = match kind {
        PictureKind::Screenshot => ("a screenshot", "一张屏幕截图"),
        PictureKind::Document => ("a document", "一份文档"),
        PictureKind::Drawing => ("a drawing", "一幅图画"),
        PictureKind::Photo => ("a photo", "一张照片"),
        _ => ("a picture", "一张图片"),
    };
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

/// A colour's name.
pub(crate) fn color(color: ColorName, language: Language) -> &'static str {
    let (english, chinese) = match color {
        ColorName::Black => ("black", "黑色"),
        ColorName::White => ("white", "白色"),
        ColorName::Gray => ("grey", "灰色"),
        ColorName::Red => ("red", "红色"),
        ColorName::Orange => ("orange", "橙色"),
        ColorName::Yellow => ("yellow", "黄色"),
        ColorName::Green => ("green", "绿色"),
        ColorName::Blue => ("blue", "蓝色"),
        ColorName::Purple => ("purple", "紫色"),
        ColorName::Pink => ("pink", "粉色"),
        ColorName::Brown => ("brown", "棕色"),
    };
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use conversation::{Code, ColorShare, Point, TextLine};

    fn notes(rows: &[&[&str]]) -> PictureNotes {
        let corners = [Point { x: 0.0, y: 0.0 }; 4];
        let lines = rows.iter().enumerate().flat_map(|(row, cells)| {
            cells.iter().map(move |text| TextLine {
                text: (*text).into(),
                score: 1.0,
                corners,
                block: u32::from(row > 0),
                row: row as u32,
            })
        });
        PictureNotes {
            width: 700,
            height: 900,
            kind: PictureKind::Document,
            colors: vec![ColorShare { color: ColorName::White, share: 0.9 }],
            things: vec![Thing { en: "menu".into(), zh: "菜单".into(), probability: 0.62 }],
            lines: lines.collect(),
            codes: vec![Code {
                format: "QR_CODE".into(),
                text: "https://example.org".into(),
                points: vec![],
            }],
            text_turned: 0,
        }
    }

    fn count(text: &str) -> u32 {
        text.len() as u32
    }

    #[test]
    fn notes_in_both_languages() {
        let notes = notes(&[&["Corner Café"], &["Tea", "2.00"], &["Total", "2.00"]]);
        let english = words(&notes, Language::English, 1, "r.png", 10_000, &count);
        insta::assert_snapshot!(english.text, @r#"
        [Notes of picture 1, "r.png", made by recognisers; nobody showed you the picture]
        It is a document, 700 by 900 pixels.
        It probably shows: menu (62 % likely).
        Main colours: white.
        A QR_CODE code says: https://example.org
        Text in the picture, row by row:
        Corner Café

        Tea | 2.00
        Total | 2.00
        [End of the notes of picture 1]
        "#);
        assert_eq!((english.lines, english.lines_left_out), (5, 0));
        let chinese = words(&notes, Language::Chinese, 2, "r.png", 10_000, &count);
        insta::assert_snapshot!(chinese.text, @"
        【图片 2“r.png”的识别笔记，由识别程序生成；你没有看到图片】
        这是一份文档，700 × 900 像素。
        可能显示：菜单（可能性 62%）。
        主要颜色：白色。
        QR_CODE 码的内容：https://example.org
        图片中的文字（逐行）：
        Corner Café

        Tea | 2.00
        Total | 2.00
        【图片 2 的识别笔记结束】
        ");
    }

    #[test]
    fn long_pages_keep_their_beginning_and_their_end() {
        let rows: Vec<String> = (0..100).map(|row| format!("row {row:02}")).collect();
        let cells: Vec<[&str; 1]> = rows.iter().map(|row| [row.as_str()]).collect();
        let rows: Vec<&[&str]> = cells.iter().map(<[&str; 1]>::as_slice).collect();
        let cut = words(&notes(&rows), Language::English, 1, "p.png", 600, &count);
        assert!(cut.text.contains("row 00\n") && cut.text.contains("row 99\n"), "{}", cut.text);
        assert!(cut.text.contains(&format!("[{} lines are left out here", cut.lines_left_out)));
        assert_eq!(cut.lines + cut.lines_left_out, 100);
        assert!(cut.lines > 10 && count(&cut.text) < 700);
        let none = words(&notes(&rows), Language::English, 1, "p.png", 0, &count);
        assert_eq!(none.lines_left_out, 100);
    }

    #[test]
    fn notes_without_content_say_so() {
        let mut empty = notes(&[]);
        empty.things.clear();
        empty.codes.clear();
        let words = words(&empty, Language::English, 3, "x.png", 1000, &count);
        assert!(words.text.contains("cannot tell what picture 3 shows"), "{}", words.text);
        assert!(!words.text.contains("x.png"), "{}", words.text);
    }
}
