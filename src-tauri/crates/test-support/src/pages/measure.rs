//! How well a text was read: character error rates, in reading order and regardless of it.
//!
//! Both texts are normalised first, so that only what a reader would call an error counts:
//! - Unicode NFKC: full-width letters, digits and punctuation are their narrow kin, ligatures and "…" come apart;
//! - typographic quotation marks and dashes are the typewriter's;
//! - lines are joined and each run of white space, tabs and line ends included, is one space; beside a Chinese character
//!   it is none, for Chinese has no spaces between words.
//!
//! Case and all other punctuation count.

use serde::Serialize;
use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    ops::Range,
};
use unicode_normalization::UnicodeNormalization;

/// Errors against characters of the truth; sums over pages weigh each page by its length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TextErrors {
    /// Characters put in, left out or taken for others.
    pub errors: usize,
    /// Characters of the truth.
    pub characters: usize,
}

impl TextErrors {
    /// The character error rate: errors by characters of the truth. Above 1 when more was made up than there was.
    pub fn rate(self) -> f64 {
        self.errors as f64 / self.characters.max(1) as f64
    }
}

impl std::iter::Sum for TextErrors {
    fn sum<I: Iterator<Item = Self>>(errors: I) -> Self {
        errors.fold(Self::default(), |sum, next| Self {
            errors: sum.errors + next.errors,
            characters: sum.characters + next.characters,
        })
    }
}

/// One text read, measured in three ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The Levenshtein distance of the whole texts.
    pub in_order: TextErrors,
    /// The same without any spaces.
    pub without_spaces: TextErrors,
    /// The least distance of parts of lines that belong together, wherever they stand, without spaces: recognition
    /// alone, without reading order. A line found in two pieces, or two found as one, is no error.
    pub any_order: TextErrors,
}

/// Compares the lines of a page with those that were found in it. Cells of a row are parted by tabs or are lines.
pub fn compare(truth: &[String], found: &[String]) -> Comparison {
    let (whole_truth, whole_found) = (normalised(&truth.join("\n")), normalised(&found.join("\n")));
    let without_spaces = errors(&spaceless(&whole_truth), &spaceless(&whole_found));
    let any_order = errors_in_any_order(pieces(truth), pieces(found));
    Comparison {
        in_order: errors(&whole_truth, &whole_found),
        without_spaces,
        // The order of the truth is one of the orders; pairing the best first does not always find it.
        any_order: if any_order.errors < without_spaces.errors { any_order } else { without_spaces },
    }
}

/// The character error rate in reading order; see [`Comparison::in_order`].
pub fn character_error_rate(truth: &[String], found: &[String]) -> f64 {
    compare(truth, found).in_order.rate()
}

fn errors(truth: &str, found: &str) -> TextErrors {
    TextErrors { errors: strsim::levenshtein(truth, found), characters: truth.chars().count() }
}

fn normalised(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut space = false;
    for character in text.nfkc() {
        if character.is_whitespace() {
            space = true;
            continue;
        }
        if space && !is_chinese(character) && result.chars().next_back().is_some_and(|last| !is_chinese(last))
        {
            result.push(' ');
        }
        space = false;
        result.push(match character {
            '‘' | '’' | '‛' | '′' => '\'',
            '“' | '”' | '‟' | '″' => '"',
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
            other => other,
        });
    }
    result
}

/// Ideographs and the punctuation that is used with them alone.
fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

fn spaceless(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

type Piece = Vec<char>;

fn pieces(lines: &[String]) -> Vec<Piece> {
    lines
        .iter()
        .flat_map(|line| line.split(['\t', '\n']))
        .map(|piece| spaceless(&normalised(piece)).chars().collect())
        .filter(|piece: &Piece| !piece.is_empty())
        .collect()
}

/// A flexible character accuracy after Clausner, Pletschacher and Antonacopoulos (2020), "Flexible character accuracy
/// measure for reading-order-independent evaluation of text recognition methods": the pair of pieces that agrees in most
/// characters is taken, the shorter one as part of the longer, whose rest is a piece again; until nothing agrees.
/// What is left on both sides is taken for each other, character for character.
fn errors_in_any_order(truth: Vec<Piece>, found: Vec<Piece>) -> TextErrors {
    let characters = truth.iter().map(Vec::len).sum();
    let mut truth: Vec<Option<Piece>> = truth.into_iter().map(Some).collect();
    let mut found: Vec<Option<Piece>> = found.into_iter().map(Some).collect();
    let mut pairs = BinaryHeap::new();
    for (t, true_piece) in truth.iter().enumerate() {
        for (f, found_piece) in found.iter().enumerate() {
            pairs.extend(Pair::of(t, true_piece.as_ref(), f, found_piece.as_ref()));
        }
    }
    let mut errors = 0;
    while let Some(pair) = pairs.pop() {
        let (Some(true_piece), Some(found_piece)) = (&truth[pair.truth], &found[pair.found]) else {
            continue; // one of them is used up
        };
        errors += pair.distance;
        let truth_is_longer = true_piece.len() > found_piece.len();
        let longer = if truth_is_longer { true_piece } else { found_piece };
        let rests = [longer[..pair.part.start].to_vec(), longer[pair.part.end..].to_vec()];
        truth[pair.truth] = None;
        found[pair.found] = None;
        for rest in rests.into_iter().filter(|rest| !rest.is_empty()) {
            if truth_is_longer {
                let t = truth.len();
                for (f, other) in found.iter().enumerate() {
                    pairs.extend(Pair::of(t, Some(&rest), f, other.as_ref()));
                }
                truth.push(Some(rest));
            } else {
                let f = found.len();
                for (t, other) in truth.iter().enumerate() {
                    pairs.extend(Pair::of(t, other.as_ref(), f, Some(&rest)));
                }
                found.push(Some(rest));
            }
        }
    }
    let left = |pieces: &[Option<Piece>]| pieces.iter().flatten().map(Vec::len).sum::<usize>();
    TextErrors { errors: errors + left(&truth).max(left(&found)), characters }
}

/// A piece of the truth and one that was found, and the part of the longer that is like the shorter.
#[derive(Debug, PartialEq, Eq)]
struct Pair {
    /// Characters of the shorter that agree, less those that do not.
    agreement: usize,
    distance: usize,
    truth: usize,
    found: usize,
    part: Range<usize>,
}

impl Pair {
    /// None when less than half of the shorter piece is in the longer.
    fn of(
        truth: usize,
        true_piece: Option<&Piece>,
        found: usize,
        found_piece: Option<&Piece>,
    ) -> Option<Self> {
        let (true_piece, found_piece) = (true_piece?, found_piece?);
        let (longer, shorter) = if true_piece.len() > found_piece.len() {
            (true_piece, found_piece)
        } else {
            (found_piece, true_piece)
        };
        let (distance, part) = nearest_part(longer, shorter);
        let agreement = shorter.len().checked_sub(2 * distance).filter(|agreement| *agreement > 0)?;
        Some(Self { agreement, distance, truth, found, part })
    }
}

impl Ord for Pair {
    /// The best pair is the greatest; among equals the one whose pieces stand at like places, then the first.
    fn cmp(&self, other: &Self) -> Ordering {
        let apart = |pair: &Self| pair.truth.abs_diff(pair.found);
        (self.agreement.cmp(&other.agreement))
            .then_with(|| apart(other).cmp(&apart(self)))
            .then_with(|| other.truth.cmp(&self.truth))
            .then_with(|| other.found.cmp(&self.found))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The part of `longer` with the least Levenshtein distance to `shorter` (Sellers 1980), and that distance; of several
/// the longest, so that no character is left over that stands for one of `shorter`.
fn nearest_part(longer: &[char], shorter: &[char]) -> (usize, Range<usize>) {
    // One row per character of `shorter`: (distance, where the part begins) for parts that end before each column.
    let mut row: Vec<(usize, usize)> = (0..=longer.len()).map(|column| (0, column)).collect();
    for (above, wanted) in shorter.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (above + 1, 0);
        for (column, character) in longer.iter().enumerate() {
            let replaced = (diagonal.0 + usize::from(character != wanted), diagonal.1);
            diagonal = row[column + 1];
            let left_out = (diagonal.0 + 1, diagonal.1);
            let put_in = (row[column].0 + 1, row[column].1);
            row[column + 1] = replaced.min(left_out).min(put_in);
        }
    }
    let ends = row.into_iter().enumerate().map(|(end, (distance, start))| (distance, start..end));
    ends.min_by_key(|(distance, part)| (*distance, Reverse(part.len()))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[&str]) -> Vec<String> {
        text.iter().map(|line| (*line).to_owned()).collect()
    }

    fn measured(truth: &[&str], found: &[&str]) -> [usize; 3] {
        let comparison = compare(&lines(truth), &lines(found));
        [comparison.in_order.errors, comparison.without_spaces.errors, comparison.any_order.errors]
    }

    #[test]
    fn the_same_text_has_no_errors() {
        assert_eq!(measured(&["Tea\t2.00", "你好，世界"], &["Tea", "2.00", "你好,世界"]), [0, 0, 0]);
        assert!(character_error_rate(&lines(&["Tea"]), &lines(&["Tea"])).abs() < f64::EPSILON);
    }

    #[test]
    fn each_kind_of_error_counts_once() {
        assert_eq!(measured(&["Room 204"], &["Ro0m 204"]), [1, 1, 1], "taken for another");
        assert_eq!(measured(&["Room 204"], &["Rom 204"]), [1, 1, 1], "left out");
        assert_eq!(measured(&["Room 204"], &["Room 2004"]), [1, 1, 1], "put in");
        assert_eq!(measured(&["Room 204"], &["room 204"]), [1, 1, 1], "case");
        assert_eq!(measured(&["Room 204"], &["Room204"]), [1, 0, 0], "a space");
        assert_eq!(measured(&["会议在三点"], &["会仪在三点"]), [1, 1, 1]);
    }

    #[test]
    fn the_rate_is_by_characters_of_the_truth() {
        let rate = character_error_rate(&lines(&["abcde", "fghi"]), &lines(&["abcde", "fgxx"]));
        assert!((rate - 0.2).abs() < 1e-9, "{rate}: two of ten, the line end being one");
    }

    #[test]
    fn width_quotes_dashes_and_spaces_beside_chinese_do_not_count() {
        assert_eq!(measured(&["“ＡＢＣ”——１２３"], &["\"ABC\"--123"]), [0, 0, 0]);
        assert_eq!(measured(&["请到 204 室"], &["请到204室"]), [0, 0, 0]);
        assert_eq!(measured(&["room  204"], &[" room 204 "]), [0, 0, 0]);
    }

    #[test]
    fn order_counts_in_one_measure_only() {
        let [in_order, without_spaces, any_order] =
            measured(&["left one", "left two", "right one"], &["right one", "left one", "left two"]);
        assert!(in_order > 5 && without_spaces > 5, "{in_order}, {without_spaces}");
        assert_eq!(any_order, 0);
    }

    #[test]
    fn in_any_order_lines_may_be_cut_or_joined() {
        assert_eq!(measured(&["Total to pay 12.40"], &["12.40", "Total to pay"])[2], 0);
        assert_eq!(measured(&["Total to pay", "12.40"], &["Total to pay 12.40"])[2], 0);
        assert_eq!(measured(&["Total to pay", "12.40"], &["12.90 Tota1 to pay"])[2], 2);
    }

    #[test]
    fn in_any_order_what_is_missing_and_what_is_made_up_counts() {
        assert_eq!(measured(&["first line", "second"], &["first line"])[2], 6);
        assert_eq!(measured(&["first line"], &["first line", "#%&"])[2], 3);
        assert_eq!(measured(&["first line", "abc"], &["first line", "#%&"])[2], 3);
    }

    #[test]
    fn any_order_is_never_worse_than_this_order() {
        let [_, without_spaces, any_order] = measured(&["abcdefgh"], &["xbxdxfxh"]);
        assert_eq!((without_spaces, any_order), (4, 4));
    }

    #[test]
    fn nothing_found_is_all_wrong_and_nothing_to_find_is_right() {
        let nothing = compare(&lines(&["abc def"]), &[]);
        assert!((nothing.in_order.rate() - 1.0).abs() < 1e-9);
        assert!((nothing.any_order.rate() - 1.0).abs() < 1e-9);
        let empty = compare(&[], &[]);
        assert!(empty.in_order.rate().abs() < 1e-9);
        assert!(compare(&[], &lines(&["ab"])).in_order.rate() > 1.0);
    }

    #[test]
    fn pages_are_summed_by_length() {
        let sum: TextErrors =
            [TextErrors { errors: 1, characters: 10 }, TextErrors { errors: 3, characters: 30 }]
                .into_iter()
                .sum();
        assert_eq!(sum, TextErrors { errors: 4, characters: 40 });
        assert!((sum.rate() - 0.1).abs() < 1e-9);
    }
}
