//! The tokenizer a GGUF file carries: byte-level BPE, with the model's control tokens kept apart from text.
//!
//! Control tokens such as `<|im_end|>` are only ever made by [`Tokenizer::encode`] from [`Piece::Markup`], the chat template's own text. The same
//! characters in [`Piece::Content`] (a person's text, a file, an earlier answer) are plain characters, so that nobody can
//! end a turn or open another by typing its marks.

use crate::{EngineError, artifact::Artifact};
use candle_core::quantized::{gguf_file::Value, tokenizer::TokenizerFromGguf};
use std::collections::HashMap;

/// Tokens the model itself treats as marks, in `tokenizer.ggml.token_type`.
const CONTROL: u64 = 3;

/// Marks that end an answer, by the names different model families give them.
const END_MARKS: [&str; 6] =
    ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "<end_of_turn>", "</s>"];

/// A stretch of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The chat template's own text, in which control tokens count.
    Markup(&'a str),
    /// What somebody said, in which they do not.
    Content(&'a str),
}

/// Text to tokens and tokens to bytes.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    /// Control tokens by text, the longest first so that none hides another.
    control: Vec<(String, u32)>,
    end: Vec<u32>,
    /// The byte each character of a byte-level token stands for.
    bytes: HashMap<char, u8>,
    size: usize,
}

impl Tokenizer {
    /// Builds the tokenizer from the file's metadata.
    pub fn from_artifact(artifact: &Artifact) -> Result<Self, EngineError> {
        let model = artifact.text("tokenizer.ggml.model")?;
        let pre = artifact.text("tokenizer.ggml.pre")?;
        if (model, pre) != ("gpt2", "qwen2") {
            return Err(EngineError::UnsupportedTokenizer { name: format!("{model}/{pre}") });
        }
        let metadata = &artifact.content().metadata;
        let (Some(Value::Array(tokens)), Some(Value::Array(types))) =
            (metadata.get("tokenizer.ggml.tokens"), metadata.get("tokenizer.ggml.token_type"))
        else {
            return Err(EngineError::MissingMetadata { key: "tokenizer.ggml.tokens".into() });
        };
        let mut control: Vec<(String, u32)> = (0u32..)
            .zip(tokens.iter().zip(types))
            .filter(|(_, (_, kind))| integer(kind) == Some(CONTROL))
            .filter_map(|(id, (token, _))| Some((token.to_string().ok()?.clone(), id)))
            .filter(|(text, _)| !text.is_empty())
            .collect();
        control.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));

        let mut inner = tokenizers::Tokenizer::from_gguf(artifact.content())
            .map_err(|error| EngineError::Tokenizer { detail: error.to_string() })?;
        // Marks are found by `encode` in markup alone; the crate must see only plain text.
        inner.set_encode_special_tokens(true);

        let mut end: Vec<u32> = control
            .iter()
            .filter(|(text, _)| END_MARKS.contains(&text.as_str()))
            .map(|(_, id)| *id)
            .chain(metadata.get("tokenizer.ggml.eos_token_id").and_then(integer).map(|id| id as u32))
            .collect();
        end.sort_unstable();
        end.dedup();
        Ok(Self { inner, control, end, bytes: byte_alphabet(), size: tokens.len() })
    }

    /// Number of tokens, control tokens and padding included.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether this token ends an answer.
    pub fn ends_answer(&self, token: u32) -> bool {
        self.end.contains(&token)
    }

    /// Tokens of the pieces as one text: words are split as if the pieces had been joined first.
    pub fn encode(&self, pieces: &[Piece<'_>]) -> Result<Vec<u32>, EngineError> {
        let mut tokens = Vec::new();
        let mut plain = String::new();
        for piece in pieces {
            match piece {
                Piece::Content(text) => plain.push_str(text),
                Piece::Markup(text) => {
                    let mut rest = *text;
                    while let Some((start, mark, id)) = self.next_mark(rest) {
                        plain.push_str(&rest[..start]);
                        self.encode_plain(&mut plain, &mut tokens)?;
                        tokens.push(id);
                        rest = &rest[start + mark.len()..];
                    }
                    plain.push_str(rest);
                }
            }
        }
        self.encode_plain(&mut plain, &mut tokens)?;
        Ok(tokens)
    }

    fn next_mark<'s>(&'s self, text: &str) -> Option<(usize, &'s str, u32)> {
        self.control
            .iter()
            .filter_map(|(mark, id)| text.find(mark.as_str()).map(|start| (start, mark.as_str(), *id)))
            .min_by_key(|(start, ..)| *start)
    }

    fn encode_plain(&self, plain: &mut String, tokens: &mut Vec<u32>) -> Result<(), EngineError> {
        if !plain.is_empty() {
            let encoding = self
                .inner
                .encode_fast(plain.as_str(), false)
                .map_err(|error| EngineError::Tokenizer { detail: error.to_string() })?;
            tokens.extend_from_slice(encoding.get_ids());
            plain.clear();
        }
        Ok(())
    }

    /// Appends the bytes a token stands for; none for a control token or an unknown number.
    pub fn append_bytes(&self, token: u32, output: &mut Vec<u8>) {
        if self.control.iter().any(|(_, id)| *id == token) {
            return;
        }
        let Some(text) = self.inner.id_to_token(token) else { return };
        // Added tokens are stored as they read; all others are spelled in the byte alphabet.
        if let Some(bytes) =
            text.chars().map(|character| self.bytes.get(&character).copied()).collect::<Option<Vec<u8>>>()
        {
            output.extend_from_slice(&bytes);
        } else {
            output.extend_from_slice(text.as_bytes());
        }
    }
}

fn integer(value: &Value) -> Option<u64> {
    match value {
        Value::I32(number) => u64::try_from(*number).ok(),
        other => other.to_u64().ok(),
    }
}

/// GPT-2's spelling of bytes: printable Latin-1 characters stand for themselves, every other byte for a character from
/// U+0100 on, in order.
fn byte_alphabet() -> HashMap<char, u8> {
    let mut next = 0x100u32;
    (0..=255u8)
        .filter_map(|byte| {
            let character = if matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF) {
                Some(char::from(byte))
            } else {
                next += 1;
                char::from_u32(next - 1)
            };
            character.map(|character| (character, byte))
        })
        .collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::fixture;
    use candle_core::quantized::GgmlDType;

    impl Tokenizer {
        /// The token of a single byte.
        pub fn byte_token(&self, byte: u8) -> u32 {
            let (character, _) = self.bytes.iter().find(|(_, value)| **value == byte).unwrap();
            self.inner.token_to_id(&character.to_string()).unwrap()
        }
    }

    /// A tokenizer of 256 bytes and the usual marks.
    pub fn byte_tokenizer() -> Tokenizer {
        let folder = tempfile::tempdir().unwrap();
        let path = fixture::Model::new(GgmlDType::F32).write(folder.path());
        Tokenizer::from_artifact(&Artifact::open(&path).unwrap()).unwrap()
    }

    fn text(tokenizer: &Tokenizer, tokens: &[u32]) -> String {
        let mut bytes = Vec::new();
        for token in tokens {
            tokenizer.append_bytes(*token, &mut bytes);
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn text_survives_the_way_to_tokens_and_back() {
        let tokenizer = byte_tokenizer();
        let sentence = "Zwölf 🦫 bauen in 北京\n\tcode();";
        let tokens = tokenizer.encode(&[Piece::Content(sentence)]).unwrap();
        assert_eq!(text(&tokenizer, &tokens), sentence);
    }

    #[test]
    fn marks_count_in_markup_and_are_plain_text_in_content() {
        let tokenizer = byte_tokenizer();
        let end = tokenizer.inner.token_to_id("<|im_end|>").unwrap();
        assert_eq!(tokenizer.encode(&[Piece::Markup("<|im_end|>")]).unwrap(), [end]);
        assert!(tokenizer.ends_answer(end));

        let typed = tokenizer.encode(&[Piece::Content("<|im_end|>")]).unwrap();
        assert!(!typed.iter().any(|token| tokenizer.ends_answer(*token)));
        assert_eq!(text(&tokenizer, &typed), "<|im_end|>");
    }

    #[test]
    fn a_mark_cannot_be_put_together_from_content_and_markup() {
        let tokenizer = byte_tokenizer();
        let tokens = tokenizer
            .encode(&[Piece::Content("<|im_"), Piece::Markup("end|>"), Piece::Content("x")])
            .unwrap();
        assert!(!tokens.iter().any(|token| tokenizer.ends_answer(*token)));
    }

    #[test]
    fn pieces_are_split_into_words_as_one_text() {
        let tokenizer = byte_tokenizer();
        let joined = tokenizer.encode(&[Piece::Content("user\n\n hello")]).unwrap();
        let pieces =
            [Piece::Markup("user\n"), Piece::Content("\n hel"), Piece::Content(""), Piece::Markup("lo")];
        assert_eq!(tokenizer.encode(&pieces).unwrap(), joined);
    }

    #[test]
    fn control_tokens_are_never_shown() {
        let tokenizer = byte_tokenizer();
        let start = tokenizer.inner.token_to_id("<|im_start|>").unwrap();
        assert_eq!(text(&tokenizer, &[start, u32::MAX]), "");
    }
}
