//! The layout of a picture's text: lines into rows, rows into blocks, blocks into reading order.
//!
//! Works on the text as it reads: turned upright and straightened by the lines' own direction. Regions are cut in two at
//! gaps, again and again (the X-Y cut of Nagy and Seth 1984, "Hierarchical representation of optically scanned
//! documents"). A gap from top to bottom separates columns only where it does not separate the cells of a table, whose
//! rows belong together.

use conversation::{Point, TextLine};
use engine::RecognizedLine;

/// A gap between columns is at least this much wider than the text is high.
const COLUMN_GAP: f32 = 1.0;
/// Lines on each side that make it worth calling them columns.
const LEAST_COLUMN_LINES: usize = 3;
/// Cells of a table stand beside one another: below this share of lines with a neighbour, the sides are columns.
const TABLE_ALIGNMENT: f32 = 0.6;
/// Running text fills its column: above this share of the column's width in the middle line, the sides are columns.
const COLUMN_FILL: f32 = 0.7;
/// ... and has at least this many characters (a Chinese one counts twice) in the middle line.
const COLUMN_CHARACTERS: usize = 16;
/// A gap between blocks is at least this much larger than the usual gap between rows.
const BLOCK_GAP: f32 = 1.8;
/// Pieces of one line are closer than this, in heights.
const PIECE_GAP: f32 = 0.8;

/// A line in the upright, straightened frame.
#[derive(Debug, Clone)]
struct Placed {
    line: RecognizedLine,
    left: f32,
    right: f32,
    middle: f32,
    height: f32,
}

impl Placed {
    fn top(&self) -> f32 {
        self.middle - self.height / 2.0
    }

    fn bottom(&self) -> f32 {
        self.middle + self.height / 2.0
    }
}

/// Lines in reading order, with their rows and blocks.
pub(super) fn arrange(lines: Vec<RecognizedLine>) -> Vec<TextLine> {
    let angle = direction(&lines);
    let placed: Vec<Placed> = lines.into_iter().map(|line| place(line, angle)).collect();
    let mut blocks = Vec::new();
    split(placed, &mut blocks);
    let mut arranged = Vec::new();
    let mut row_number = 0;
    for (block, rows) in blocks.into_iter().enumerate() {
        for row in rows {
            arranged.extend(row.into_iter().map(|placed| TextLine {
                text: placed.line.text,
                score: placed.line.score,
                corners: placed.line.corners.map(|[x, y]| Point { x, y }),
                block: block as u32,
                row: row_number,
            }));
            row_number += 1;
        }
    }
    arranged
}

/// The direction most of the text reads in, in radians: the median of the lines', the longer counting more.
fn direction(lines: &[RecognizedLine]) -> f32 {
    let mut angles: Vec<(f32, f32)> = lines
        .iter()
        .map(|line| {
            let [start, end, ..] = line.corners;
            let (x, y) = (end[0] - start[0], end[1] - start[1]);
            (y.atan2(x), x.hypot(y))
        })
        .collect();
    angles.sort_by(|one, other| one.0.total_cmp(&other.0));
    let half = angles.iter().map(|(_, length)| length).sum::<f32>() / 2.0;
    let mut passed = 0.0;
    angles
        .iter()
        .find(|(_, length)| {
            passed += length;
            passed >= half
        })
        .map_or(0.0, |(angle, _)| *angle)
}

fn place(line: RecognizedLine, angle: f32) -> Placed {
    let (sine, cosine) = (-angle).sin_cos();
    let turned = line.corners.map(|[x, y]| [x * cosine - y * sine, x * sine + y * cosine]);
    let xs = turned.map(|[x, _]| x);
    let bounds = |values: [f32; 4]| {
        let least = values.into_iter().fold(f32::INFINITY, f32::min);
        (least, values.into_iter().fold(f32::NEG_INFINITY, f32::max))
    };
    let (left, right) = bounds(xs);
    let middle = turned.iter().map(|[_, y]| y).sum::<f32>() / 4.0;
    let length = |from: usize, to: usize| {
        let (from, to) = (line.corners[from], line.corners[to]);
        (to[0] - from[0]).hypot(to[1] - from[1])
    };
    let height = f32::midpoint(length(0, 3), length(1, 2)).max(1.0);
    Placed { line, left, right, middle, height }
}

type Row = Vec<Placed>;

/// Cuts a region until nothing separates what is left.
fn split(region: Vec<Placed>, blocks: &mut Vec<Vec<Row>>) {
    if region.is_empty() {
        return;
    }
    if let Some(cut) = column_cut(&region) {
        let (left, right) = region.into_iter().partition(|line| line.right <= cut);
        split(left, blocks);
        split(right, blocks);
        return;
    }
    let rows = rows(region);
    match block_cut(&rows) {
        Some(index) => {
            let mut above = rows;
            let below = above.split_off(index);
            split(above.into_iter().flatten().collect(), blocks);
            split(below.into_iter().flatten().collect(), blocks);
        }
        None => blocks.push(rows.into_iter().map(joined).collect()),
    }
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Where a gap from top to bottom separates columns, the widest first.
fn column_cut(region: &[Placed]) -> Option<f32> {
    let height = median(region.iter().map(|line| line.height).collect());
    let mut spans: Vec<(f32, f32)> = region.iter().map(|line| (line.left, line.right)).collect();
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut gaps = Vec::new();
    let mut reached = f32::INFINITY;
    for (left, right) in spans {
        if left - reached > height * COLUMN_GAP {
            gaps.push((left - reached, f32::midpoint(left, reached)));
        }
        reached = if reached.is_infinite() { right } else { reached.max(right) };
    }
    gaps.sort_by(|one, other| other.0.total_cmp(&one.0));
    gaps.into_iter().map(|(_, at)| at).find(|at| separates_columns(region, *at))
}

fn separates_columns(region: &[Placed], at: f32) -> bool {
    let (left, right): (Vec<&Placed>, Vec<&Placed>) = region.iter().partition(|line| line.right <= at);
    if left.len().min(right.len()) < LEAST_COLUMN_LINES {
        return false;
    }
    let (few, many) = if left.len() <= right.len() { (&left, &right) } else { (&right, &left) };
    let aligned = few.iter().filter(|line| many.iter().any(|other| side_by_side(line, other))).count();
    if (aligned as f32) < few.len() as f32 * TABLE_ALIGNMENT {
        return true;
    }
    [left, right].iter().all(|side| is_running_text(side))
}

fn side_by_side(one: &Placed, other: &Placed) -> bool {
    (one.middle - other.middle).abs() < 0.4 * one.height.min(other.height)
}

fn is_running_text(side: &[&Placed]) -> bool {
    let edge = |of: fn(&Placed) -> f32, better: fn(f32, f32) -> f32, worst: f32| {
        side.iter().map(|line| of(line)).fold(worst, better)
    };
    let width = edge(|line| line.right, f32::max, f32::NEG_INFINITY)
        - edge(|line| line.left, f32::min, f32::INFINITY);
    let fill = median(side.iter().map(|line| (line.right - line.left) / width.max(1.0)).collect());
    let mut characters: Vec<usize> = side.iter().map(|line| width_of(&line.line.text)).collect();
    characters.sort_unstable();
    fill >= COLUMN_FILL && characters[characters.len() / 2] >= COLUMN_CHARACTERS
}

/// Characters, those as wide as two letters counted twice.
fn width_of(text: &str) -> usize {
    text.chars().map(|character| if u32::from(character) >= 0x2E80 { 2 } else { 1 }).sum()
}

/// Lines that stand side by side, from the top down, each from the left.
fn rows(mut region: Vec<Placed>) -> Vec<Row> {
    region.sort_by(|one, other| one.middle.total_cmp(&other.middle));
    let mut rows: Vec<Row> = Vec::new();
    for line in region {
        let fits = |row: &Row| {
            row.iter().all(|other| {
                let level = (line.middle - other.middle).abs() < 0.5 * line.height.min(other.height);
                level && (line.left >= other.right || other.left >= line.right || overlap(&line, other) < 0.5)
            })
        };
        match rows.last_mut() {
            Some(row) if fits(row) => row.push(line),
            _ => rows.push(vec![line]),
        }
    }
    for row in &mut rows {
        row.sort_by(|one, other| one.left.total_cmp(&other.left));
    }
    rows
}

/// How much of the narrower line the other one covers, across.
fn overlap(one: &Placed, other: &Placed) -> f32 {
    let shared = one.right.min(other.right) - one.left.max(other.left);
    shared / (one.right - one.left).min(other.right - other.left).max(1.0)
}

/// The first row of a new block: after the largest gap, if it stands out.
fn block_cut(rows: &[Row]) -> Option<usize> {
    let edge = |row: &Row, of: fn(&Placed) -> f32, better: fn(f32, f32) -> f32, worst: f32| {
        row.iter().map(of).fold(worst, better)
    };
    let gaps: Vec<f32> = rows
        .windows(2)
        .map(|pair| {
            let bottom = edge(&pair[0], Placed::bottom, f32::max, f32::NEG_INFINITY);
            (edge(&pair[1], Placed::top, f32::min, f32::INFINITY) - bottom).max(0.0)
        })
        .collect();
    let height = median(rows.iter().flatten().map(|line| line.height).collect());
    // Of a few rows, none is usual.
    let usual = if gaps.len() > 2 { median(gaps.clone()) } else { 0.0 };
    let (index, gap) = gaps.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1))?;
    (*gap > (usual * BLOCK_GAP).max(height * 0.6)).then_some(index + 1)
}

/// A row whose pieces, which the detector took apart at a space, are one line again.
fn joined(row: Row) -> Row {
    let mut whole: Row = Vec::with_capacity(row.len());
    for line in row {
        match whole.last_mut() {
            Some(last) if line.left - last.right < PIECE_GAP * last.height.min(line.height) => {
                let [start, _, _, below] = last.line.corners;
                let [_, end, end_below, _] = line.line.corners;
                let wide = |text: &str, at: Option<char>| {
                    at.is_some_and(|c| u32::from(c) >= 0x2E80) && !text.is_empty()
                };
                let tight = wide(&last.line.text, last.line.text.chars().last())
                    && wide(&line.line.text, line.line.text.chars().next());
                if !tight {
                    last.line.text.push(' ');
                }
                let lengths =
                    [width_of(&last.line.text), width_of(&line.line.text)].map(|width| width as f32);
                last.line.score = (last.line.score * lengths[0] + line.line.score * lengths[1])
                    / (lengths[0] + lengths[1]).max(1.0);
                last.line.text.push_str(&line.line.text);
                last.line.corners = [start, end, end_below, below];
                last.right = line.right;
            }
            _ => whole.push(line),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, x: f32, y: f32, width: f32) -> RecognizedLine {
        let corners = [[x, y], [x + width, y], [x + width, y + 20.0], [x, y + 20.0]];
        RecognizedLine { text: text.into(), score: 0.9, corners }
    }

    /// Rows as lines, cells separated by `|`, blocks by an empty line.
    fn layout(lines: Vec<RecognizedLine>) -> String {
        let mut text = String::new();
        let mut before: Option<TextLine> = None;
        for line in arrange(lines) {
            if let Some(last) = before {
                text.push_str(match () {
                    () if last.row == line.row => "|",
                    () if last.block == line.block => "\n",
                    () => "\n\n",
                });
            }
            text.push_str(&line.text);
            before = Some(line);
        }
        text
    }

    #[test]
    fn a_receipt_keeps_its_rows() {
        let items = [("Espresso", "2.40"), ("Cappuccino", "3.20"), ("Muffin", "2.90"), ("TOTAL", "8.50")];
        let mut lines = vec![line("CORNER CAFÉ", 10.0, 0.0, 300.0)];
        for (index, (item, price)) in items.iter().enumerate() {
            let y = 90.0 + index as f32 * 30.0;
            lines.insert(0, line(price, 400.0, y + 1.0, 60.0));
            lines.push(line(item, 10.0, y, 150.0));
        }
        assert_eq!(layout(lines), "CORNER CAFÉ\n\nEspresso|2.40\nCappuccino|3.20\nMuffin|2.90\nTOTAL|8.50");
    }

    #[test]
    fn columns_of_running_text_are_read_one_after_the_other() {
        let mut lines = vec![line("A heading over both", 10.0, 0.0, 700.0)];
        for index in 0..4 {
            let y = 80.0 + index as f32 * 28.0;
            lines.push(line(&format!("left column line {index}"), 10.0, y, 300.0));
            lines.push(line(&format!("right column line {index}"), 400.0, y, 300.0));
        }
        let text = layout(lines);
        assert!(text.starts_with("A heading over both\n\nleft column line 0\nleft column line 1"), "{text}");
        assert!(text.ends_with("right column line 2\nright column line 3"), "{text}");
    }

    #[test]
    fn a_list_beside_text_is_a_column_of_its_own() {
        let mut lines: Vec<_> = (0..5).map(|i| line("Chat", 0.0, i as f32 * 47.0, 60.0)).collect();
        lines.extend((0..6).map(|i| line("What it says here", 200.0, 13.0 + i as f32 * 31.0, 320.0)));
        let text = layout(lines);
        assert!(!text.contains('|'), "{text}");
        assert!(text.starts_with("Chat\n"), "{text}");
    }

    #[test]
    fn a_slanted_and_a_turned_page_read_the_same() {
        let page = || {
            vec![
                line("second", 10.0, 40.0, 200.0),
                line("first", 10.0, 10.0, 200.0),
                line("cell", 400.0, 40.0, 60.0),
            ]
        };
        for degrees in [0.0_f32, 3.0, -4.0, 90.0, 180.0, 270.0] {
            let (sine, cosine) = degrees.to_radians().sin_cos();
            let turned = page().into_iter().map(|mut line| {
                line.corners =
                    line.corners.map(|[x, y]| [x * cosine - y * sine + 500.0, x * sine + y * cosine + 500.0]);
                line
            });
            assert_eq!(layout(turned.collect()), "first\nsecond|cell", "{degrees}");
        }
    }

    #[test]
    fn pieces_of_a_line_are_joined() {
        assert_eq!(layout(vec![line("Room", 0.0, 0.0, 60.0), line("12", 66.0, 1.0, 30.0)]), "Room 12");
        assert_eq!(layout(vec![line("会议", 0.0, 0.0, 60.0), line("时间", 62.0, 1.0, 60.0)]), "会议时间");
        assert_eq!(layout(vec![]), "");
    }
}
