//! The weights as they are published, under one set of names whatever the file: those of Hugging Face's Transformers.
//!
//! Only the header is read at once; each weight is read when the network asks for it, and checked before it is: its shape
//! against what the network needs, its place against the length of the file, its numbers for being finite.

mod ctranslate2;
mod safetensors;

use crate::EngineError;
use candle_core::{Device, Tensor};
use half::{bf16, f16, slice::HalfFloatSliceExt};
use std::{
    collections::HashMap,
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Numbers that are read from the file at once: a weight does not lie in memory twice.
const PIECE: usize = 64 * 1024;

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    F32,
    F16,
    Bf16,
}

/// Where a weight lies in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    shape: Vec<usize>,
    number: Number,
    /// Bytes from the beginning of the file.
    offset: u64,
}

/// An opened file of weights.
pub struct Weights {
    path: PathBuf,
    file: BufReader<File>,
    tensors: HashMap<String, Stored>,
}

impl Number {
    fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    /// The numbers that lie in `bytes`, as many as `values` has room for.
    fn convert(self, bytes: &[u8], values: &mut [f32]) {
        match self {
            Self::F32 => {
                for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                    *value = f32::from_le_bytes(*bytes);
                }
            }
            Self::F16 => {
                let halves: Vec<f16> =
                    bytes.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes)).collect();
                halves.convert_to_f32_slice(values);
            }
            Self::Bf16 => {
                let halves: Vec<bf16> =
                    bytes.as_chunks().0.iter().map(|bytes| bf16::from_le_bytes(*bytes)).collect();
                halves.convert_to_f32_slice(values);
            }
        }
    }
}

impl Stored {
    /// Bytes it takes, unless no file could be that large.
    fn bytes(&self) -> Option<u64> {
        let elements = self.shape.iter().try_fold(1_usize, |product, size| product.checked_mul(*size))?;
        u64::try_from(elements.checked_mul(self.number.bytes())?).ok()
    }
}

impl Weights {
    /// Opens `path`, a `model.bin` of CTranslate2 or a `model.safetensors` of Hugging Face, and reads what it holds.
    ///
    /// # Errors
    /// [`EngineError::Io`] when it cannot be read, [`EngineError::MalformedWeights`] when it is neither or broken.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let io = |source| EngineError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut file = BufReader::new(file);
        let mut begin = Vec::new();
        file.by_ref().take(ctranslate2::MAGIC.len() as u64).read_to_end(&mut begin).map_err(io)?;
        file.rewind().map_err(io)?;
        let parsed = if begin == ctranslate2::MAGIC {
            ctranslate2::read(&mut file, size)
        } else {
            safetensors::read(&mut file, size)
        };
        let tensors = parsed.map_err(|error| match error {
            HeaderError::Io(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => io(source),
            HeaderError::Io(_) => malformed("the file ends too early".into()),
            HeaderError::Malformed(detail) => malformed(detail),
        })?;
        for (name, stored) in &tensors {
            let end = stored.bytes().and_then(|bytes| stored.offset.checked_add(bytes));
            if end.is_none_or(|end| end > size) {
                return Err(malformed(format!("`{name}` reaches past the end of the file")));
            }
        }
        Ok(Self { path: path.to_owned(), file, tensors })
    }

    /// Whether there is a weight of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The shape of a weight.
    pub fn shape(&self, name: &str) -> Result<&[usize], EngineError> {
        Ok(&self.stored(name)?.shape)
    }

    /// Reads a weight of exactly this shape, row by row.
    pub fn read(&mut self, name: &str, expected: &[usize]) -> Result<Vec<f32>, EngineError> {
        let stored = self.stored(name)?.clone();
        if stored.shape != expected {
            return Err(EngineError::ShapeMismatch {
                name: name.into(),
                expected: expected.to_vec(),
                actual: stored.shape,
            });
        }
        let io = |source| EngineError::Io { path: self.path.clone(), source };
        self.file.seek(SeekFrom::Start(stored.offset)).map_err(io)?;
        let mut values = vec![0.0; expected.iter().product()];
        let mut bytes = vec![0; PIECE * stored.number.bytes()];
        for piece in values.chunks_mut(PIECE) {
            let bytes = &mut bytes[..piece.len() * stored.number.bytes()];
            self.file.read_exact(bytes).map_err(io)?;
            stored.number.convert(bytes, piece);
        }
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(malformed(format!("`{name}` holds numbers that are not finite")))
        }
    }

    /// The same as a tensor.
    pub fn tensor(&mut self, name: &str, expected: &[usize]) -> Result<Tensor, EngineError> {
        Ok(Tensor::from_vec(self.read(name, expected)?, expected, &Device::Cpu)?)
    }

    fn stored(&self, name: &str) -> Result<&Stored, EngineError> {
        self.tensors.get(name).ok_or_else(|| EngineError::MissingTensor { name: name.into() })
    }
}

/// Why a header cannot be read.
enum HeaderError {
    Io(std::io::Error),
    Malformed(String),
}

impl From<std::io::Error> for HeaderError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

fn malformed(detail: String) -> EngineError {
    EngineError::MalformedWeights { detail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::whisper::fixture::{ctranslate2_file, safetensors_file};

    const NAME: &str = "model.encoder.layers.0.self_attn.v_proj.weight";

    fn open(bytes: &[u8]) -> Result<Weights, EngineError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        std::fs::write(&path, bytes).unwrap();
        Weights::open(&path)
    }

    fn detail(bytes: &[u8]) -> String {
        match open(bytes).err() {
            Some(EngineError::MalformedWeights { detail }) => detail,
            other => panic!("{other:?}"),
        }
    }

    fn numbers(from: usize, count: usize) -> Vec<f32> {
        (from..from + count).map(|number| number as f32).collect()
    }

    #[test]
    fn stacked_weights_of_ctranslate2_come_apart_under_the_usual_names() {
        let file = ctranslate2_file(&[
            ("encoder/layer_0/self_attention/linear_0/weight", &[6, 2], &numbers(0, 12)),
            ("encoder/layer_0/self_attention/linear_0/bias", &[6], &[1.0, 2.0, 0.0, 0.0, 5.0, 6.0]),
            ("encoder/conv1/weight", &[1, 2, 3], &numbers(0, 6)),
            ("decoder/embeddings/weight", &[2, 2], &numbers(0, 4)),
            ("decoder/layer_11/attention/linear_1/weight", &[4, 1], &numbers(0, 4)),
            ("decoder/layer_11/ffn/layer_norm/gamma", &[1], &[7.0]),
        ]);
        let mut weights = open(&file).unwrap();
        assert_eq!(weights.read(NAME, &[2, 2]).unwrap(), [8.0, 9.0, 10.0, 11.0]);
        let bias = "model.encoder.layers.0.self_attn.v_proj.bias";
        assert_eq!(weights.read(bias, &[2]).unwrap(), [5.0, 6.0]);
        assert_eq!(weights.read("model.decoder.embed_tokens.weight", &[2, 2]).unwrap(), numbers(0, 4));
        let key = "model.decoder.layers.11.encoder_attn.k_proj.weight";
        assert_eq!(weights.read(key, &[2, 1]).unwrap(), [0.0, 1.0]);
        assert_eq!(weights.read("model.decoder.layers.11.final_layer_norm.weight", &[1]).unwrap(), [7.0]);
        assert_eq!(weights.shape("model.encoder.conv1.weight").unwrap(), [1, 2, 3]);
        assert!(
            matches!(weights.read(NAME, &[4, 1]), Err(EngineError::ShapeMismatch { actual, .. }) if actual == [2, 2])
        );
        assert!(matches!(weights.read("other", &[1]), Err(EngineError::MissingTensor { .. })));
    }

    #[test]
    fn safetensors_are_read_as_they_are() {
        let file = safetensors_file(&[(NAME, &[2, 2], &numbers(3, 4)), ("b", &[1], &[0.5])]);
        let mut weights = open(&file).unwrap();
        assert_eq!(weights.read(NAME, &[2, 2]).unwrap(), numbers(3, 4));
        assert_eq!(weights.read("b", &[1]).unwrap(), [0.5]);
    }

    #[test]
    fn files_cut_anywhere_are_refused() {
        let ctranslate2 = ctranslate2_file(&[("encoder/conv1/bias", &[4], &numbers(0, 4))]);
        let safetensors = safetensors_file(&[("b", &[4], &numbers(0, 4))]);
        for whole in [ctranslate2, safetensors] {
            assert!(open(&whole).is_ok());
            for length in 0..whole.len() {
                detail(&whole[..length]);
            }
        }
        assert!(matches!(Weights::open(Path::new("no-such-file")), Err(EngineError::Io { .. })));
        detail(b"<html>Not found</html>");
    }

    #[test]
    fn numbers_that_are_none_and_sizes_beyond_measure_are_refused() {
        let endless = safetensors_file(&[("b", &[1], &[f32::INFINITY])]);
        assert!(matches!(open(&endless).unwrap().read("b", &[1]), Err(EngineError::MalformedWeights { .. })));
        let header = format!(
            r#"{{"b":{{"dtype":"F32","shape":[{0},{0}],"data_offsets":[0,4]}}}}"#,
            u64::from(u32::MAX)
        );
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        file.extend([0; 4]);
        assert!(detail(&file).contains("entry"));
    }

    #[test]
    fn eight_bit_files_of_ctranslate2_are_named_as_such() {
        let mut file = ctranslate2_file(&[("encoder/layer_0/ffn/linear_0/weight", &[4], &numbers(0, 4))]);
        let place = file.windows(7).position(|bytes| bytes == b"weight\0").unwrap() + 7 + 1 + 4;
        file[place] = 1;
        assert!(detail(&file).contains("8 bits"), "{}", detail(&file));
    }
}
