//! A model file: opened, its header checked, its values and weights handed out with typed errors.
//!
//! Candle parses the header and reads the weights. What Candle takes on trust is checked here first, because a file comes
//! from outside: an alignment of zero, shapes whose size overflows, and weights that reach past the end of the file.

use crate::EngineError;
use candle_core::{
    Device,
    quantized::{QTensor, gguf_file},
};
use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

const MAGIC: &[u8; 4] = b"GGUF";

/// An opened GGUF file whose header is sound and whose weights are all there.
pub struct Artifact {
    path: PathBuf,
    reader: BufReader<File>,
    content: gguf_file::Content,
}

impl Artifact {
    /// Opens `path` and checks the header against the file's size. Reads no weights.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let io = |source| EngineError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut reader = BufReader::new(file);

        let mut magic = Vec::with_capacity(MAGIC.len());
        reader.by_ref().take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(io)?;
        if magic != MAGIC {
            return Err(EngineError::NotGguf);
        }
        reader.rewind().map_err(io)?;

        // Candle divides by the file's alignment, which a broken file may give as zero.
        let content = catch_unwind(AssertUnwindSafe(|| gguf_file::Content::read(&mut reader)))
            .map_err(|_| EngineError::Malformed { detail: "the header could not be parsed".into() })?
            .map_err(|error| EngineError::Malformed { detail: first_line(&error) })?;

        let end = content.tensor_infos.iter().try_fold(content.tensor_data_offset, |end, (name, info)| {
            let malformed = || EngineError::Malformed { detail: format!("the size or place of `{name}`") };
            let elements = info
                .shape
                .dims()
                .iter()
                .try_fold(1usize, |product, dimension| product.checked_mul(*dimension))
                .filter(|elements| elements.is_multiple_of(info.ggml_dtype.block_size()))
                .ok_or_else(malformed)?;
            let bytes = (elements / info.ggml_dtype.block_size()) as u64 * info.ggml_dtype.type_size() as u64;
            content
                .tensor_data_offset
                .checked_add(info.offset)
                .and_then(|start| start.checked_add(bytes))
                .map(|this_end| end.max(this_end))
                .ok_or_else(malformed)
        })?;
        if end > size {
            return Err(EngineError::Truncated { expected: end, actual: size });
        }
        Ok(Self { path: path.to_owned(), reader, content })
    }

    /// The parsed header, for Candle's own readers.
    pub fn content(&self) -> &gguf_file::Content {
        &self.content
    }

    /// A text value, e.g. `general.architecture`.
    pub fn text(&self, key: &str) -> Result<&str, EngineError> {
        match self.content.metadata.get(key) {
            Some(gguf_file::Value::String(text)) => Ok(text),
            _ => Err(missing(key)),
        }
    }

    /// A whole number, whatever its width in the file.
    pub fn number(&self, key: &str) -> Result<usize, EngineError> {
        self.content
            .metadata
            .get(key)
            .and_then(|value| value.to_u64().ok())
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| missing(key))
    }

    /// A floating-point number.
    pub fn float(&self, key: &str) -> Result<f32, EngineError> {
        self.content.metadata.get(key).and_then(|value| value.to_f32().ok()).ok_or_else(|| missing(key))
    }

    /// Whether a weight of this name is in the file.
    pub fn has_tensor(&self, name: &str) -> bool {
        self.content.tensor_infos.contains_key(name)
    }

    /// Rows and columns of a weight.
    pub fn shape(&self, name: &str) -> Result<&[usize], EngineError> {
        let info = self.content.tensor_infos.get(name);
        info.map(|info| info.shape.dims()).ok_or_else(|| EngineError::MissingTensor { name: name.into() })
    }

    /// Reads a weight of exactly this shape onto `device`.
    pub fn tensor(
        &mut self,
        name: &str,
        expected: &[usize],
        device: &Device,
    ) -> Result<QTensor, EngineError> {
        let actual = self.shape(name)?;
        if actual != expected {
            return Err(EngineError::ShapeMismatch {
                name: name.into(),
                expected: expected.to_vec(),
                actual: actual.to_vec(),
            });
        }
        self.content.tensor(&mut self.reader, name, device).map_err(|error| match error {
            candle_core::Error::Io(source) => EngineError::Io { path: self.path.clone(), source },
            other => other.into(),
        })
    }
}

fn missing(key: &str) -> EngineError {
    EngineError::MissingMetadata { key: key.into() }
}

/// Candle appends a backtrace to its messages where one is enabled.
fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LanguageModel, LoadOptions, fixture};
    use candle_core::quantized::{GgmlDType, QTensor, gguf_file::Value};
    use std::fs;

    /// Loads a model after `change`, expecting it to fail.
    fn error_after(change: impl FnOnce(&mut fixture::Model)) -> EngineError {
        let folder = tempfile::tempdir().unwrap();
        let mut model = fixture::Model::new(GgmlDType::F32);
        change(&mut model);
        error_of(&model.write(folder.path()))
    }

    fn error_of(path: &Path) -> EngineError {
        let options = LoadOptions { context_tokens: 64 };
        LanguageModel::load(path, &options, &mut |_| {}, &|| false).err().expect("the file must be refused")
    }

    fn error_of_bytes(bytes: &[u8]) -> EngineError {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.gguf");
        fs::write(&path, bytes).unwrap();
        error_of(&path)
    }

    fn good_bytes() -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        fs::read(fixture::Model::new(GgmlDType::F32).write(folder.path())).unwrap()
    }

    fn weight(rows: usize, columns: usize) -> QTensor {
        let zeros =
            candle_core::Tensor::zeros((rows, columns), candle_core::DType::F32, &Device::Cpu).unwrap();
        QTensor::quantize(&zeros, GgmlDType::F32).unwrap()
    }

    #[test]
    fn files_that_are_no_models_are_named_as_such() {
        assert!(matches!(error_of_bytes(b""), EngineError::NotGguf));
        assert!(matches!(error_of_bytes(b"<html>Not found</html>"), EngineError::NotGguf));
        assert!(matches!(error_of(Path::new("no-such-file.gguf")), EngineError::Io { .. }));
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let whole = good_bytes();
        for length in [5, 23, 24, 400, 4000] {
            assert!(matches!(error_of_bytes(&whole[..length]), EngineError::Malformed { .. }), "{length}");
        }
        let actual = whole.len() as u64 / 2;
        match error_of_bytes(&whole[..whole.len() / 2]) {
            EngineError::Truncated { expected, actual: found } => {
                assert_eq!(found, actual);
                assert_eq!(expected, whole.len() as u64);
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_header_that_would_divide_by_zero_is_malformed() {
        let error = error_after(|model| {
            model.metadata.insert("general.alignment".into(), Value::U32(0));
        });
        assert!(matches!(error, EngineError::Malformed { .. }));
    }

    #[test]
    fn other_architectures_and_tokenizers_are_named() {
        let error = error_after(|model| {
            model.metadata.insert("general.architecture".into(), Value::String("mamba".into()));
        });
        assert!(matches!(error, EngineError::UnsupportedArchitecture { name } if name == "mamba"));
        let error = error_after(|model| {
            model.metadata.insert("tokenizer.ggml.model".into(), Value::String("llama".into()));
        });
        assert!(matches!(error, EngineError::UnsupportedTokenizer { name } if name == "llama/qwen2"));
    }

    #[test]
    fn missing_and_misshapen_weights_are_named() {
        let error = error_after(|model| {
            model.tensors.remove("blk.1.ffn_up.weight");
        });
        assert!(matches!(error, EngineError::MissingTensor { name } if name == "blk.1.ffn_up.weight"));
        let error = error_after(|model| {
            model.tensors.insert("blk.0.attn_k.weight".into(), weight(64, 256));
        });
        match error {
            EngineError::ShapeMismatch { name, expected, actual } => {
                assert_eq!(name, "blk.0.attn_k.weight");
                assert_eq!((expected, actual), (vec![128, 256], vec![64, 256]));
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        let error = error_after(|model| {
            model.metadata.remove("qwen2.rope.freq_base");
        });
        assert!(matches!(error, EngineError::MissingMetadata { key } if key == "qwen2.rope.freq_base"));
        for heads in [0, 3] {
            let error = error_after(|model| {
                model.metadata.insert("qwen2.attention.head_count".into(), Value::U32(heads));
            });
            assert!(matches!(error, EngineError::Malformed { .. }), "{heads}");
        }
        let error = error_after(|model| {
            model.tensors.insert("token_embd.weight".into(), weight(fixture::VOCABULARY + 16, 256));
        });
        match error {
            EngineError::VocabularyMismatch { expected, actual } => {
                assert_eq!((expected, actual), (fixture::VOCABULARY + 16, fixture::VOCABULARY));
            }
            other => panic!("{other}"),
        }
    }
}
