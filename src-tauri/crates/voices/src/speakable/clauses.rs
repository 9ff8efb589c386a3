//! Cuts sentences that are too long to be spoken in one breath.

use crate::SpokenLanguage;

/// The longest sentence in characters, after which a clause is spoken alone.
pub(super) fn longest(language: SpokenLanguage) -> usize {
    match language {
        SpokenLanguage::English => 200,
        SpokenLanguage::Chinese => 80,
    }
}

/// Whether a clause ends with the mark at `at`; `None` while what follows decides and is not there yet.
pub(super) fn is_clause(text: &[char], at: usize, is_whole: bool) -> Option<bool> {
    match text.get(at) {
        Some('，' | '、' | '：' | '；' | '—') => Some(true),
        // Not in a number or a time.
        Some(',' | ';' | ':') => match text.get(at + 1) {
            Some(next) => Some(next.is_whitespace()),
            None => is_whole.then_some(true),
        },
        _ => Some(false),
    }
}

/// Cuts `sentence` at the last clause that is short enough, where there is one; else between words.
pub(super) fn cut(sentence: &str) -> Vec<String> {
    let most = longest(SpokenLanguage::of(sentence));
    let text: Vec<char> = sentence.chars().collect();
    let (mut pieces, mut rest) = (Vec::new(), text.as_slice());
    while rest.len() > most {
        let ends = |is_end: &dyn Fn(usize) -> bool| (most / 4..most).rev().find(|at| is_end(*at));
        let end = ends(&|at| is_clause(rest, at, true) == Some(true))
            .or_else(|| ends(&|at| rest.get(at).is_some_and(|letter| letter.is_whitespace())))
            // Between any two letters that are not of one number or foreign word.
            .or_else(|| {
                ends(&|at| {
                    rest.get(at..at + 2).is_some_and(|pair| !pair.iter().all(char::is_ascii_alphanumeric))
                })
            })
            .unwrap_or(most - 1);
        let (piece, after) = rest.split_at(end + 1);
        pieces.push(piece.iter().collect());
        rest = after;
    }
    pieces.push(rest.iter().collect());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_is_cut_after_a_clause() {
        let clause = "this is a clause of a sentence that never ends";
        let long = [clause; 9].join(", ");
        let pieces = cut(&long);
        assert!(pieces.len() >= 3, "{pieces:?}");
        assert_eq!(pieces.concat(), long);
        let (last, others) = pieces.split_last().unwrap();
        assert!(
            others.iter().all(|piece| piece.ends_with(',') && piece.chars().count() <= 200),
            "{pieces:?}"
        );
        assert!(last.ends_with("ends"));
    }

    #[test]
    fn numbers_and_words_stay_whole() {
        let long = "1,234.5 ".repeat(40);
        for piece in cut(&long) {
            assert!(piece.split_whitespace().all(|word| word == "1,234.5"), "{piece}");
        }
        let long = "数据123456".repeat(20);
        let pieces = cut(&long);
        assert!(pieces.len() >= 2);
        assert!(
            pieces.iter().all(|piece| piece.matches("123456").count() == piece.matches('1').count()),
            "{pieces:?}"
        );
        assert_eq!(cut("短。"), ["短。"]);
    }
}
