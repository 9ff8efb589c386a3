//! Which token may come next: `SuppressBlank`, `SuppressTokens` and `ApplyTimestampRules` of `whisper/decoding.py` in
//! openai-whisper. Scores of tokens that may not become minus infinity.

use super::{
    activation::{largest, log_sum_exp},
    tokens::{TIMESTAMP_STEP, Tokens},
};

/// The first timestamp of a window lies within this many seconds (`max_initial_timestamp`).
const LATEST_FIRST: f64 = 1.0;

/// The rules for one window.
pub struct Rules<'a> {
    tokens: &'a Tokens,
    timestamps: bool,
}

impl<'a> Rules<'a> {
    /// Rules for text with or without timestamps.
    pub fn new(tokens: &'a Tokens, timestamps: bool) -> Self {
        Self { tokens, timestamps }
    }

    /// Applies them to the scores of what may follow `written`, the tokens of this window so far.
    pub fn apply(&self, scores: &mut [f32], written: &[u32]) {
        if written.is_empty() {
            forbid(scores, self.tokens.blanks());
        }
        forbid(scores, self.tokens.suppressed());
        if self.timestamps {
            self.keep_timestamps_in_order(scores, written);
        }
    }

    fn keep_timestamps_in_order(&self, scores: &mut [f32], written: &[u32]) {
        let (end, first) = (self.tokens.end as usize, self.tokens.first_timestamp as usize);
        forbid(scores, &[self.tokens.no_timestamps]);
        let is_timestamp = |token: Option<&u32>| token.is_some_and(|token| self.tokens.is_timestamp(*token));
        let last = is_timestamp(written.last());
        let before_last = written.len() < 2 || is_timestamp(written.get(written.len() - 2));
        // They come in pairs, the end of one stretch and the beginning of the next, except before the end of the text.
        if last && before_last {
            forbid_range(scores, first, scores.len());
        } else if last {
            forbid_range(scores, 0, end);
        }
        // They do not fall, and a stretch takes time.
        if let Some(latest) = written.iter().rev().find(|token| is_timestamp(Some(token))) {
            let earliest = if last && !before_last { *latest } else { latest + 1 };
            forbid_range(scores, first, earliest as usize);
        }
        if written.is_empty() {
            forbid_range(scores, 0, first);
            let latest = first + (LATEST_FIRST / TIMESTAMP_STEP).round() as usize;
            forbid_range(scores, latest + 1, scores.len());
        }
        // Where all timestamps together are likelier than any text, one of them it is.
        let (text, timestamps) = scores.split_at(first.min(scores.len()));
        if log_sum_exp(timestamps) > largest(text) {
            forbid_range(scores, 0, first);
        }
    }
}

fn forbid(scores: &mut [f32], tokens: &[u32]) {
    for token in tokens {
        if let Some(score) = scores.get_mut(*token as usize) {
            *score = f32::NEG_INFINITY;
        }
    }
}

fn forbid_range(scores: &mut [f32], from: usize, to: usize) {
    let to = to.min(scores.len());
    if let Some(scores) = scores.get_mut(from..to) {
        scores.fill(f32::NEG_INFINITY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::whisper::fixture;

    /// Tokens that may follow `written` when all text scores alike and timestamps score far less.
    fn allowed(tokens: &Tokens, written: &[u32]) -> Vec<u32> {
        let first = tokens.first_timestamp as usize;
        let mut scores = vec![0.0; fixture::VOCABULARY];
        scores[first..].fill(-50.0);
        Rules::new(tokens, true).apply(&mut scores, written);
        (0_u32..)
            .zip(scores)
            .filter(|(_, score)| *score > f32::NEG_INFINITY)
            .map(|(token, _)| token)
            .collect()
    }

    #[test]
    fn a_window_begins_with_an_early_timestamp() {
        let tokens = fixture::tokens();
        let first = tokens.first_timestamp;
        assert_eq!(allowed(&tokens, &[]), (first..=first + 50).collect::<Vec<_>>());
    }

    #[test]
    fn timestamps_come_in_pairs_and_do_not_fall() {
        let tokens = fixture::tokens();
        let (first, end) = (tokens.first_timestamp, tokens.end);
        let word = 65;
        // After the first timestamp comes text.
        let after_begin = allowed(&tokens, &[first + 3]);
        assert!(after_begin.contains(&word) && after_begin.iter().all(|token| *token < first));
        // In the text comes more text, the end, or a later timestamp.
        let in_text = allowed(&tokens, &[first + 3, word]);
        assert!(in_text.contains(&word) && in_text.contains(&end));
        assert!(!in_text.contains(&(first + 3)) && in_text.contains(&(first + 4)));
        // After the timestamp that ends a stretch comes the next one's beginning, or the end.
        let after_stretch = allowed(&tokens, &[first + 3, word, first + 9]);
        assert!(after_stretch.contains(&end) && !after_stretch.contains(&word));
        assert!(after_stretch.contains(&(first + 9)) && !after_stretch.contains(&(first + 8)));
    }

    #[test]
    fn timestamps_win_where_all_of_them_together_are_likelier() {
        let tokens = fixture::tokens();
        let first = tokens.first_timestamp as usize;
        let mut scores = vec![-9.0; fixture::VOCABULARY];
        scores[65] = 1.0;
        scores[first + 10..first + 20].fill(0.0);
        Rules::new(&tokens, true).apply(&mut scores, &[first as u32, 65]);
        assert!(scores[65] == f32::NEG_INFINITY && scores[first + 10] > f32::NEG_INFINITY);
    }

    #[test]
    fn marks_signs_and_blanks_are_not_written() {
        let tokens = fixture::tokens();
        let mut scores = vec![0.0; fixture::VOCABULARY];
        Rules::new(&tokens, false).apply(&mut scores, &[]);
        let forbidden = |token: u32| scores[token as usize] == f32::NEG_INFINITY;
        for token in [tokens.start, tokens.previous, tokens.no_speech, tokens.end] {
            assert!(forbidden(token), "{token}");
        }
        for sign in ["[", "(", "*", " "] {
            assert!(forbidden(tokens.encode(sign).unwrap()[0]), "{sign}");
        }
        assert!(!forbidden(65));
        let mut scores = vec![0.0; fixture::VOCABULARY];
        Rules::new(&tokens, false).apply(&mut scores, &[65]);
        assert!(scores[tokens.end as usize] > f32::NEG_INFINITY, "a text may end when it has begun");
    }
}
