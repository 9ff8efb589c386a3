//! Turns tokens back into text as they come, never showing half a character.
//!
//! A byte-level token is any run of bytes, so a Chinese character or an emoji may be spread over several tokens. Bytes are
//! held back until they make whole characters. The streaming decoder of `tokenizers` re-decodes a window of tokens and can
//! fail in the middle of an answer; byte-level tokens need neither.

use crate::tokenizer::Tokenizer;

/// Collects the bytes of one answer.
#[derive(Default)]
pub struct Detokenizer {
    pending: Vec<u8>,
}

impl Detokenizer {
    /// Adds a token and returns what can now be shown, possibly nothing. Control tokens add nothing.
    pub fn push(&mut self, token: u32, tokenizer: &Tokenizer) -> String {
        tokenizer.append_bytes(token, &mut self.pending);
        self.take_whole_characters()
    }

    /// What is left when the answer ends: a character the model never finished becomes a replacement character.
    pub fn finish(self) -> String {
        String::from_utf8_lossy(&self.pending).into_owned()
    }

    fn take_whole_characters(&mut self) -> String {
        let mut text = String::new();
        loop {
            match std::str::from_utf8(&self.pending) {
                Ok(whole) => {
                    text.push_str(whole);
                    self.pending.clear();
                    return text;
                }
                Err(error) => {
                    let valid = error.valid_up_to();
                    text.push_str(&String::from_utf8_lossy(&self.pending[..valid]));
                    let Some(invalid) = error.error_len() else {
                        self.pending.drain(..valid);
                        return text;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    self.pending.drain(..valid + invalid);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Detokenizer;
    use crate::tokenizer::tests::byte_tokenizer;

    fn stream(bytes: &[u8]) -> (Vec<String>, String) {
        let tokenizer = byte_tokenizer();
        let mut detokenizer = Detokenizer::default();
        let pieces = bytes
            .iter()
            .map(|byte| detokenizer.push(tokenizer.byte_token(*byte), &tokenizer))
            .filter(|piece| !piece.is_empty())
            .collect();
        (pieces, detokenizer.finish())
    }

    #[test]
    fn characters_of_several_bytes_come_whole() {
        let (pieces, rest) = stream("a北🦫é".as_bytes());
        assert_eq!(pieces, ["a", "北", "🦫", "é"]);
        assert_eq!(rest, "");
    }

    #[test]
    fn an_invalid_byte_is_replaced_and_what_follows_is_kept() {
        let (pieces, rest) = stream(b"a\xffb");
        assert_eq!(pieces.concat(), "a\u{fffd}b");
        assert_eq!(rest, "");
    }

    #[test]
    fn an_unfinished_character_is_only_shown_at_the_end() {
        let (pieces, rest) = stream(&"北".as_bytes()[..2]);
        assert!(pieces.is_empty());
        assert_eq!(rest, "\u{fffd}");
    }
}
