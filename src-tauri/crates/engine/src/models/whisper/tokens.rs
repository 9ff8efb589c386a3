//! Whisper's tokens: text, the marks that steer the decoder, and timestamps. After `whisper/tokenizer.py` of
//! openai-whisper; the vocabulary is the `tokenizer.json` that is published beside the weights.

use super::config::Config;
use crate::EngineError;
use std::{collections::BTreeSet, path::Path};
use tokenizers::Tokenizer;

/// Seconds between two timestamps.
pub const TIMESTAMP_STEP: f64 = 0.02;

/// Signs that stand for no speech, such as brackets around `[music]`. Suppressed each alone and with a space before it
/// where that is one token.
const SIGNS: &str = "\" # ( ) * + / : ; < = > @ [ \\ ] ^ _ ` { | } ~ 「 」 『 』 \
    << >> <<< >>> -- --- -( -[ (' (\" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪";
/// Notes and the like, which are several tokens: their first token is suppressed, which begins nothing else.
const NOTES: &str = "♩ ♪ ♫ ♬ ♭ ♮ ♯";

/// What the decoder is to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SpeechTask {
    /// What is said, in its own language.
    #[default]
    Transcribe,
    /// What is said, in English.
    Translate,
}

/// The tokenizer and the places of the marks in it.
pub struct Tokens {
    tokenizer: Tokenizer,
    /// Ends a text. Every token from here on is a mark or a timestamp.
    pub end: u32,
    /// Begins a text.
    pub start: u32,
    /// Says that the text before follows.
    pub previous: u32,
    /// What the decoder writes when nobody speaks.
    pub no_speech: u32,
    /// Asks for a text without timestamps.
    pub no_timestamps: u32,
    /// The first timestamp, 0 s.
    pub first_timestamp: u32,
    transcribe: u32,
    translate: u32,
    start_of_model: u32,
    /// Codes and tokens of the languages; empty for a model that knows only English.
    languages: Vec<(String, u32)>,
    /// Never written.
    suppressed: Vec<u32>,
    /// Not written first.
    blanks: Vec<u32>,
}

impl Tokens {
    /// Reads `tokenizer.json`.
    ///
    /// # Errors
    /// [`EngineError::Io`] when it cannot be read, [`EngineError::Tokenizer`] when it is not Whisper's,
    /// [`EngineError::VocabularyMismatch`] when it belongs to another network.
    pub fn load(path: &Path, config: &Config) -> Result<Self, EngineError> {
        let bytes =
            std::fs::read(path).map_err(|source| EngineError::Io { path: path.to_owned(), source })?;
        Self::new(Tokenizer::from_bytes(bytes).map_err(|error| tokenizer(&error))?, config)
    }

    fn new(mut inner: Tokenizer, config: &Config) -> Result<Self, EngineError> {
        // Marks in a person's prompt are taken for the characters they are spelled with.
        inner.set_encode_special_tokens(true);
        let optional = |name: &str| inner.token_to_id(&format!("<|{name}|>"));
        let mark = |name: &str| {
            optional(name)
                .ok_or_else(|| EngineError::Tokenizer { detail: format!("`<|{name}|>` is missing") })
        };
        let (end, start, translate) = (mark("endoftext")?, mark("startoftranscript")?, mark("translate")?);
        let no_timestamps = mark("notimestamps")?;
        // Older files call it by its other name.
        let no_speech = optional("nospeech").map_or_else(|| mark("nocaptions"), Ok)?;
        let first_timestamp = no_timestamps + 1;
        // Published files may leave out the timestamps.
        let needed = (first_timestamp as usize).max(inner.get_vocab_size(true));
        if needed > config.vocabulary {
            return Err(EngineError::VocabularyMismatch { expected: config.vocabulary, actual: needed });
        }
        // A model of English alone keeps the languages' places, but does not know them.
        let is_multilingual = end != ENGLISH_END;
        let named = |id: u32| {
            let token = inner.id_to_token(id)?;
            Some((token.strip_prefix("<|")?.strip_suffix("|>")?.to_owned(), id))
        };
        let languages = (start + 1..translate).filter(|_| is_multilingual).filter_map(named).collect();
        let mut tokens = Self {
            end,
            start,
            previous: mark("startofprev")?,
            no_speech,
            no_timestamps,
            first_timestamp,
            transcribe: mark("transcribe")?,
            translate,
            start_of_model: mark("startoflm")?,
            languages,
            suppressed: Vec::new(),
            blanks: Vec::new(),
            tokenizer: inner,
        };
        tokens.suppressed = tokens.find_suppressed()?;
        tokens.blanks = tokens.encode(" ")?;
        tokens.blanks.push(end);
        Ok(tokens)
    }

    /// Codes of the languages the model tells apart, with their tokens. None for a model that knows only English.
    pub fn languages(&self) -> &[(String, u32)] {
        &self.languages
    }

    /// What begins a text: its language, what is to be done with it and whether timestamps are wanted.
    ///
    /// # Errors
    /// [`EngineError::UnknownLanguage`] for a language that the model does not know.
    pub fn beginning(
        &self,
        language: &str,
        task: SpeechTask,
        timestamps: bool,
    ) -> Result<Vec<u32>, EngineError> {
        let mut tokens = vec![self.start];
        if self.languages.is_empty() {
            if language != "en" {
                return Err(EngineError::UnknownLanguage { code: language.into() });
            }
        } else {
            let known = self.languages.iter().find(|(code, _)| code == language);
            let (_, token) = known.ok_or_else(|| EngineError::UnknownLanguage { code: language.into() })?;
            tokens.push(*token);
            tokens.push(match task {
                SpeechTask::Transcribe => self.transcribe,
                SpeechTask::Translate => self.translate,
            });
        }
        if !timestamps {
            tokens.push(self.no_timestamps);
        }
        Ok(tokens)
    }

    /// Tokens of plain text.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, EngineError> {
        let encoding = self.tokenizer.encode_fast(text, false).map_err(|error| tokenizer(&error))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The text of tokens; marks and timestamps are left out.
    pub fn decode(&self, tokens: &[u32]) -> Result<String, EngineError> {
        let text: Vec<u32> = tokens.iter().copied().filter(|token| *token < self.end).collect();
        self.tokenizer.decode(&text, false).map_err(|error| tokenizer(&error))
    }

    /// Whether a token is a timestamp.
    pub fn is_timestamp(&self, token: u32) -> bool {
        token >= self.first_timestamp
    }

    /// Tokens that are never written.
    pub fn suppressed(&self) -> &[u32] {
        &self.suppressed
    }

    /// Tokens that are not written first.
    pub fn blanks(&self) -> &[u32] {
        &self.blanks
    }

    /// `non_speech_tokens` of the reference and the marks that only prompts have.
    fn find_suppressed(&self) -> Result<Vec<u32>, EngineError> {
        let mut found = BTreeSet::from([
            self.transcribe,
            self.translate,
            self.start,
            self.previous,
            self.start_of_model,
            self.no_speech,
        ]);
        // A dash or an apostrophe begins no text.
        for begin in [" -", " '"] {
            found.extend(self.encode(begin)?.first());
        }
        for sign in SIGNS.split(' ').chain(NOTES.split(' ')) {
            for text in [sign.to_owned(), format!(" {sign}")] {
                let tokens = self.encode(&text)?;
                if tokens.len() == 1 || NOTES.contains(sign) {
                    found.extend(tokens.first());
                }
            }
        }
        Ok(found.into_iter().collect())
    }
}

/// The end mark of the vocabulary that was made for English alone; in the multilingual one it comes later.
const ENGLISH_END: u32 = 50_256;

fn tokenizer(error: &dyn std::fmt::Display) -> EngineError {
    EngineError::Tokenizer { detail: error.to_string() }
}
