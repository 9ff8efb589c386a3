//! Everything that can go wrong between a model file and its answer.

use std::path::PathBuf;

/// Why a model cannot be loaded or cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file does not begin as a GGUF file does.
    #[error("not a GGUF file")]
    NotGguf,
    /// The file's header or a value in it makes no sense.
    #[error("malformed GGUF file: {detail}")]
    Malformed {
        /// What makes no sense.
        detail: String,
    },
    /// The file is shorter than its own header says.
    #[error("truncated GGUF file: {expected} bytes are announced, {actual} are here")]
    Truncated {
        /// Least size in bytes by the header.
        expected: u64,
        /// Size in bytes of the file.
        actual: u64,
    },
    /// The file is no checkpoint of PyTorch, a broken one, or holds numbers that no network can use.
    #[error("malformed PyTorch file: {detail}")]
    MalformedCheckpoint {
        /// What makes no sense.
        detail: String,
    },
    /// The file holds no weights of a speech recogniser, broken ones, or numbers that no network can use.
    #[error("malformed weights: {detail}")]
    MalformedWeights {
        /// What makes no sense.
        detail: String,
    },
    /// The model is of a kind Castor does not run.
    #[error("unsupported model architecture `{name}`")]
    UnsupportedArchitecture {
        /// The file's `general.architecture`.
        name: String,
    },
    /// The model's tokenizer is of a kind Castor does not run.
    #[error("unsupported tokenizer `{name}`")]
    UnsupportedTokenizer {
        /// The file's `tokenizer.ggml.model` and `tokenizer.ggml.pre`.
        name: String,
    },
    /// A metadata entry is absent or of the wrong type.
    #[error("metadata `{key}` is missing or of the wrong type")]
    MissingMetadata {
        /// Its key.
        key: String,
    },
    /// A weight is absent.
    #[error("tensor `{name}` is missing")]
    MissingTensor {
        /// Its name in the file.
        name: String,
    },
    /// A weight has another shape than the file's own settings ask for.
    #[error("tensor `{name}` has shape {actual:?}, expected {expected:?}")]
    ShapeMismatch {
        /// Its name in the file.
        name: String,
        /// Rows and columns by the settings.
        expected: Vec<usize>,
        /// Rows and columns in the file.
        actual: Vec<usize>,
    },
    /// The tokenizer has another number of tokens than the network.
    #[error("the tokenizer has {actual} tokens, the network {expected}")]
    VocabularyMismatch {
        /// Rows of the network's token embedding.
        expected: usize,
        /// Tokens of the tokenizer.
        actual: usize,
    },
    /// The chat template is broken or asks for something Castor does not offer.
    #[error("chat template: {0}")]
    Template(#[from] minijinja::Error),
    /// The tokenizer could not be built or failed on a text.
    #[error("tokenizer: {detail}")]
    Tokenizer {
        /// The tokenizer's own words.
        detail: String,
    },
    /// A picture has no pixels, or another number of bytes than its size asks for.
    #[error("a picture of {width}x{height} pixels cannot have {bytes} bytes")]
    Picture {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Bytes that came with it.
        bytes: usize,
    },
    /// A recording cannot be read on.
    #[error("sound: {0}")]
    Sound(String),
    /// The speech recogniser does not know the language.
    #[error("the model does not know the language `{code}`")]
    UnknownLanguage {
        /// As it was asked for.
        code: String,
    },
    /// The prompt leaves no room for an answer.
    #[error("the prompt has {needed} tokens, the context holds {limit}")]
    ContextFull {
        /// Tokens of the prompt.
        needed: usize,
        /// Tokens of prompt and answer together that the context holds.
        limit: usize,
    },
    /// A computation failed.
    #[error("computation failed: {0}")]
    Compute(#[from] candle_core::Error),
    /// A recogniser failed on a picture, or gave something else than it should.
    #[error("recogniser: {0}")]
    Recognizer(String),
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}
