//! The text as the gitleaks rules expect it: ASCII, each byte where it was.

/// A copy of equal length in which full-width signs are their ASCII kin and every other character outside ASCII is
/// white space. The rules are written for code: they want a key to end with a space or a quote, which Chinese does not
/// set.
pub(crate) fn plain(text: &str) -> Vec<u8> {
    let mut plain = vec![b' '; text.len()];
    for (place, character) in text.char_indices() {
        plain[place] = match character {
            '\0'..='\x7F' => character as u8,
            '：' => b':',
            '＝' => b'=',
            '“' | '”' | '＂' => b'"',
            '‘' | '’' | '＇' => b'\'',
            _ => b' ',
        };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn every_byte_stays_where_it_was() {
        assert_eq!(plain("键：“a”é1"), b"   :  \"  a\"    1");
    }
}
