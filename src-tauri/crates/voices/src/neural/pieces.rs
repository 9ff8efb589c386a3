//! Cuts phonemes into pieces the network can speak at once, at the borders of clauses.

/// Most phonemes the network takes.
pub const MOST: usize = 510;

/// A piece ends behind one of these and the space after it, the first kind sooner than the second.
const SENTENCE_ENDS: &[char] = &['.', '!', '?', '…'];
const CLAUSE_ENDS: &[char] = &[',', ';', ':', '—'];
const ENDS: &[char] = &['.', '!', '?', '…', ',', ';', ':', '—'];

/// Cuts phonemes into pieces of at most [`MOST`]. The first one ends at the first border of a clause that leaves it `first`
/// phonemes or more, and half as many to the rest, so that it is soon spoken.
pub fn cut(phonemes: &str, first: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = phonemes.trim();
    if let Some(end) = borders(rest, ENDS).find(|&end| rest[..end].chars().count() >= first) {
        let (piece, after) = rest.split_at(end);
        // Not for the sake of a word or two.
        if piece.chars().count() <= MOST && after.chars().count() > first / 2 {
            pieces.push(piece.trim());
            rest = after.trim();
        }
    }
    while let Some((limit, _)) = rest.char_indices().nth(MOST) {
        let fits = |ends| borders(rest, ends).take_while(|&end| end <= limit).last();
        let end = fits(SENTENCE_ENDS)
            .or_else(|| fits(CLAUSE_ENDS))
            .or_else(|| rest[..limit].rfind(' '))
            .filter(|&end| end > 0)
            .unwrap_or(limit);
        let (piece, after) = rest.split_at(end);
        pieces.push(piece.trim());
        rest = after.trim();
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// Where clauses end: behind one of `ends` and before a space.
fn borders<'a>(phonemes: &'a str, ends: &'a [char]) -> impl Iterator<Item = usize> + 'a {
    let spaces = phonemes.match_indices(' ').map(|(at, _)| at);
    spaces.filter(move |&at| phonemes[..at].ends_with(ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_one_piece() {
        assert_eq!(cut("həlˈO wˈɜɹld.", 40), ["həlˈO wˈɜɹld."]);
        assert_eq!(cut("", 40), [""; 0]);
    }

    #[test]
    fn the_first_piece_ends_with_a_clause() {
        let text = "aaaa, bbbbbbbb, cccccccccccccccc dddddddddd";
        assert_eq!(cut(text, 8), ["aaaa, bbbbbbbb,", "cccccccccccccccc dddddddddd"]);
        assert_eq!(cut("aaaaaaaa, bb", 8), ["aaaaaaaa, bb"], "what is left would be too short");
    }

    #[test]
    fn no_piece_is_too_long_and_nothing_is_lost() {
        let clause = "ab cd, ".repeat(60);
        let long = format!("{clause}ef. {clause}{}", "x".repeat(1200));
        let pieces = cut(&long, MOST);
        assert!(pieces.iter().all(|piece| (1..=MOST).contains(&piece.chars().count())), "{pieces:?}");
        let squeezed = |text: &str| text.replace(' ', "");
        assert_eq!(squeezed(&pieces.concat()), squeezed(&long));
        assert!(pieces[0].ends_with("ef."), "the end of a sentence comes before that of a clause");
    }
}
