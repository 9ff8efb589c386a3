//! What Castor knows how to fetch, built into the program: the language models of `assets/models/catalogue.json`, the
//! recognisers of pictures of `assets/models/recognisers.json`, those of speech of `assets/models/speech.json` and the voice
//! of `assets/models/voices.json`.

mod file;
mod recognisers;
mod speech;
mod voices;

pub use file::{ModelFile, RegistryClient, RegistryPart, Source};
pub use recognisers::{
    DEFAULT_RECOGNISERS, RecogniserFile, RecogniserFiles, RecogniserOffer, RecogniserSet, Recognisers,
};
pub use speech::{
    DEFAULT_SPEECH_MODEL, SpeechFiles, SpeechLanguages, SpeechModel, SpeechModels, SpeechOffer,
};
pub use voices::{VoiceModel, VoiceOffer};

use conversation::{AnswerTools, Capabilities, Mind, Model, ModelState};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Most tokens of notes for one picture: a full page of small print. Every one is read by this computer's processor, at
/// some seventy a second for the default model.
const NOTE_TOKENS: u32 = 1500;

const BUILTIN_MODELS: &str = include_str!("../../../../assets/models/catalogue.json");
const BUILTIN_RECOGNISERS: &str = include_str!("../../../../assets/models/recognisers.json");
const BUILTIN_SPEECH: &str = include_str!("../../../../assets/models/speech.json");
const BUILTIN_VOICES: &str = include_str!("../../../../assets/models/voices.json");

/// The catalogue cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// Not JSON, or not of this shape.
    #[error("the model catalogue is malformed: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A file's name would reach out of the models folder.
    #[error("the model catalogue is malformed: `{name}` is not a file name")]
    FileName {
        /// What stands there.
        name: String,
    },
    /// A set names a file that is not described.
    #[error("the model catalogue is malformed: `{set}` needs `{file}`, which is not described")]
    UnknownFile {
        /// The set.
        set: String,
        /// The file's name.
        file: String,
    },
}

/// Language models in the order they are offered, the default first, the recognisers of pictures and of speech, and the
/// voice.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    models: Vec<CatalogueModel>,
    recognisers: Recognisers,
    speech: SpeechModels,
    voice: VoiceModel,
}

/// One language model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CatalogueModel {
    /// Castor's identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Tokens of question, history and answer together that Castor lets it use. Below the model's own limit, because keys
    /// and values of every token stay in memory and every token is read by this computer.
    pub context_tokens: u32,
    /// Most tokens in one answer.
    pub output_tokens: u32,
    /// Its weights, with tokenizer and settings inside.
    pub file: ModelFile,
}

/// What is fetched, shown and deleted as one: a language model's file, or the files of a recogniser set or of a model of
/// speech.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle<'a> {
    /// The model's or set's identifier.
    pub id: &'a str,
    /// In the order they are fetched.
    pub files: Vec<BundleFile<'a>>,
}

/// One file of a bundle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BundleFile<'a> {
    /// The file.
    pub file: &'a ModelFile,
    /// Whether another bundle holds it too.
    pub shared: bool,
}

/// Whose weights these are, and what may be done with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelLicence {
    /// Name of the model for people, in English.
    pub name: String,
    /// SPDX identifier.
    pub licence: String,
    /// The publisher in words.
    pub source: String,
}

impl Catalogue {
    /// The catalogue built into the program.
    pub fn builtin() -> Result<Self, CatalogueError> {
        Self::parse(BUILTIN_MODELS, BUILTIN_RECOGNISERS, BUILTIN_SPEECH, BUILTIN_VOICES)
    }

    /// A catalogue from the JSON texts of its four parts.
    pub fn parse(models: &str, recognisers: &str, speech: &str, voice: &str) -> Result<Self, CatalogueError> {
        let catalogue = Self {
            models: serde_json::from_str(models)?,
            recognisers: serde_json::from_str(recognisers)?,
            speech: serde_json::from_str(speech)?,
            voice: serde_json::from_str(voice)?,
        };
        catalogue.recognisers.check()?;
        catalogue.speech.check()?;
        catalogue.voice.check()?;
        for file in catalogue.files() {
            if Path::new(&file.name).file_name().is_none_or(|name| name != file.name.as_str()) {
                return Err(CatalogueError::FileName { name: file.name.clone() });
            }
        }
        Ok(catalogue)
    }

    /// All language models, the default first.
    pub fn models(&self) -> &[CatalogueModel] {
        &self.models
    }

    /// One language model.
    pub fn get(&self, id: &str) -> Option<&CatalogueModel> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The recognisers.
    pub fn recognisers(&self) -> &Recognisers {
        &self.recognisers
    }

    /// The models that write down what is said.
    pub fn speech(&self) -> &SpeechModels {
        &self.speech
    }

    /// The voice that reads aloud.
    pub fn voice(&self) -> &VoiceModel {
        &self.voice
    }

    /// What the identifier of a model or of a recogniser set stands for.
    pub fn bundle(&self, id: &str) -> Option<Bundle<'_>> {
        self.bundles().find(|bundle| bundle.id == id)
    }

    /// Whether deleting a bundle's file would break another one that is here.
    pub fn is_needed_beside(&self, id: &str, file: &ModelFile, folder: &Path) -> bool {
        self.bundles().any(|other| {
            other.id != id
                && other.files.iter().any(|member| member.file.name == file.name)
                && other.state(folder) == ModelState::Ready
        })
    }

    /// The licence of every model and recogniser.
    pub fn licences(&self) -> Vec<ModelLicence> {
        let models = self.models.iter().map(|model| (&model.name, &model.file));
        let recognisers = self.recogniser_files().map(|recogniser| (&recogniser.title, &recogniser.file));
        // The tables of its styles are its publisher's, too.
        let voice = self.voice.files().iter().take(1).map(|entry| (&self.voice.name, &entry.file));
        models
            .chain(recognisers)
            .chain(voice)
            .map(|(name, file)| ModelLicence {
                name: name.clone(),
                licence: file.licence.clone(),
                source: file.publisher.clone(),
            })
            .collect()
    }

    fn files(&self) -> impl Iterator<Item = &ModelFile> {
        let recognisers = self.recogniser_files().map(|recogniser| &recogniser.file);
        self.models.iter().map(|model| &model.file).chain(recognisers).chain(self.voice.model_files())
    }

    /// Of pictures and of speech.
    fn recogniser_files(&self) -> impl Iterator<Item = &RecogniserFile> {
        self.recognisers.files().iter().chain(self.speech.files())
    }

    fn bundles(&self) -> impl Iterator<Item = Bundle<'_>> {
        self.members().map(|(id, files)| Bundle {
            id,
            files: files.into_iter().map(|file| BundleFile { file, shared: self.is_shared(file) }).collect(),
        })
    }

    /// The files of every bundle by its identifier.
    fn members(&self) -> impl Iterator<Item = (&str, Vec<&ModelFile>)> {
        let models = self.models.iter().map(|model| (model.id.as_str(), vec![&model.file]));
        let sets =
            self.recognisers.sets().iter().map(|set| (set.id.as_str(), self.recognisers.files_of(set)));
        let speech =
            self.speech.models().iter().map(|model| (model.id.as_str(), self.speech.files_of(model)));
        let voice = (self.voice.id.as_str(), self.voice.model_files());
        models.chain(sets).chain(speech).chain([voice])
    }

    fn is_shared(&self, file: &ModelFile) -> bool {
        self.members().filter(|(_, files)| files.contains(&file)).count() > 1
    }
}

impl Bundle<'_> {
    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|member| member.file.bytes).sum()
    }

    /// Bytes that are here, finished or not.
    pub fn have(&self, folder: &Path) -> u64 {
        self.files.iter().map(|member| member.file.have(folder)).sum()
    }

    /// Whether everything is here.
    pub fn state(&self, folder: &Path) -> ModelState {
        if self.files.iter().all(|member| member.file.is_ready(folder)) {
            ModelState::Ready
        } else {
            ModelState::NotFetched { bytes: self.bytes(), have: self.have(folder) }
        }
    }

    /// Where registry packages are kept while they are needed.
    pub fn packages_path(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.packages", self.id))
    }
}

impl CatalogueModel {
    /// Where its verified file lies once it was fetched.
    pub fn path(&self, folder: &Path) -> PathBuf {
        self.file.path(folder)
    }

    /// The model's limits. It only reads text, notes of pictures among it.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities {
            images: None,
            note_tokens: Some(NOTE_TOKENS),
            files: None,
            context_tokens: self.context_tokens,
            output_tokens: self.output_tokens,
            tools: AnswerTools::default(),
        }
    }

    /// Whether its file is there.
    pub fn state(&self, folder: &Path) -> ModelState {
        Bundle { id: &self.id, files: vec![BundleFile { file: &self.file, shared: false }] }.state(folder)
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
        assert!(catalogue.models().iter().all(|model| model.output_tokens < model.context_tokens));
        for file in catalogue.files() {
            assert!(
                file.sha256.len() == 64 && file.sha256.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
            );
            assert!(!file.sources.is_empty());
            let later = file.sources.iter().skip(1);
            assert!(
                later.clone().all(|source| matches!(source, Source::Registry { .. })),
                "{}: the publisher comes first",
                file.name
            );
            for source in &file.sources {
                if let Source::Registry { client, parts } = source {
                    let version = if *client == RegistryClient::Npm { "@" } else { "==" };
                    assert_eq!(parts.iter().map(|part| part.bytes).sum::<u64>(), file.bytes);
                    assert!(parts.iter().all(|part| part.package.contains(version)));
                }
            }
        }
        let mut names: Vec<_> = catalogue.files().map(|file| &file.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), catalogue.files().count(), "every file has a name of its own");
        let mut ids: Vec<_> = catalogue.bundles().map(|bundle| bundle.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), catalogue.bundles().count(), "every bundle has an identifier of its own");
    }

    #[test]
    fn the_recognisers_are_small_and_the_default_is_the_first() {
        let catalogue = Catalogue::builtin().unwrap();
        let sets = catalogue.recognisers().sets();
        assert_eq!(
            sets.iter().map(|set| set.id.as_str()).collect::<Vec<_>>(),
            [DEFAULT_RECOGNISERS, "picture-reading-light"]
        );
        let all: u64 = catalogue.recognisers().files().iter().map(|recogniser| recogniser.file.bytes).sum();
        assert!(all < 60_000_000, "{all} bytes");
        let light = catalogue.bundle("picture-reading-light").unwrap();
        let shared: Vec<_> = light.files.iter().map(|member| member.shared).collect();
        assert_eq!(shared, [false, false, true, true], "orientation and things serve both sets");
        let model = catalogue.bundle("qwen2.5-coder-0.5b-instruct").unwrap();
        assert!(!model.files[0].shared);
    }

    #[test]
    fn every_model_has_a_licence_and_a_publisher() {
        let licences = Catalogue::builtin().unwrap().licences();
        assert_eq!(licences.len(), 16);
        let permissive = ["Apache-2.0", "MIT"];
        assert!(licences.iter().all(|licence| permissive.contains(&licence.licence.as_str())));
        assert!(licences.iter().all(|licence| !licence.source.is_empty()));
    }

    const SET: &str = r#"{"id": "set", "name": "Set", "detection": "FILE", "recognition": "FILE",
        "orientation": "FILE", "things": "FILE"}"#;

    /// Recognisers with one file of this name and one set that wants `wanted`.
    fn recognisers(name: &str, wanted: &str) -> Result<Catalogue, CatalogueError> {
        let set = SET.replace("FILE", wanted);
        let json = format!(
            r#"{{"files": [{{"title": "T", "file": {{"name": "{name}", "bytes": 1, "sha256": "", "licence": "MIT",
                "publisher": "P", "sources": []}}}}], "sets": [{set}]}}"#
        );
        Catalogue::parse("[]", &json, NO_SPEECH, VOICE)
    }

    const NO_SPEECH: &str = r#"{"files": [], "models": []}"#;
    const VOICE: &str = r#"{
        "files": [{"title": "V", "file": {"name": "v.onnx", "bytes": 1, "sha256": "", "licence": "MIT", "publisher": "P",
            "sources": []}}],
        "id": "v", "name": "V", "weights": "v.onnx", "styles": {}
    }"#;

    #[test]
    fn a_catalogue_that_contradicts_itself_is_refused() {
        assert!(recognisers("a.onnx", "a.onnx").is_ok());
        assert!(
            matches!(recognisers("a.onnx", "b.onnx"), Err(CatalogueError::UnknownFile { set, file }) if set == "set" && file == "b.onnx")
        );
        for name in ["../a.onnx", "a/b.onnx", "/a.onnx", "..", ""] {
            assert!(matches!(recognisers(name, name), Err(CatalogueError::FileName { .. })), "{name}");
        }
        assert!(matches!(Catalogue::parse("[]", "[]", NO_SPEECH, VOICE), Err(CatalogueError::Malformed(_))));
    }

    #[test]
    fn the_voice_is_here_only_with_all_its_files() {
        let catalogue = Catalogue::builtin().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let voice = catalogue.voice();
        for member in catalogue.bundle(&voice.id).unwrap().files {
            assert_eq!(voice.ready(folder.path()), None);
            assert!(!member.shared);
            // Sparse: it takes no room on the disk.
            let file = std::fs::File::create(member.file.path(folder.path())).unwrap();
            file.set_len(member.file.bytes).unwrap();
        }
        let files = voice.ready(folder.path()).unwrap();
        let offered: Vec<_> = ::voices::neural_voices().iter().map(|voice| voice.id).collect();
        for id in &offered {
            assert!(files.styles.iter().any(|(style, _)| style == id), "{id} is offered and not fetched");
        }
        assert_eq!(files.styles.len(), offered.len());
        assert_eq!(voice.offer(folder.path()).state, ModelState::Ready);
    }

    #[test]
    fn models_of_speech_share_what_they_have_in_common() {
        let catalogue = Catalogue::builtin().unwrap();
        let ids: Vec<_> = catalogue.speech().models().iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids, [DEFAULT_SPEECH_MODEL, "whisper-small", "whisper-large-v3-turbo", "whisper-tiny-en"]);
        let shared = |id: &str| {
            let bundle = catalogue.bundle(id).unwrap();
            bundle.files.iter().map(|member| member.shared).collect::<Vec<_>>()
        };
        assert_eq!(shared(DEFAULT_SPEECH_MODEL), [false, true], "the tokens serve the small model, too");
        assert_eq!(shared("whisper-large-v3-turbo"), [false, false]);

        let folder = tempfile::tempdir().unwrap();
        let model = catalogue.speech().get(DEFAULT_SPEECH_MODEL).unwrap();
        for member in catalogue.bundle(&model.id).unwrap().files {
            assert_eq!(catalogue.speech().ready(model, folder.path()), None);
            let state = catalogue.speech().offer(model, folder.path()).state;
            assert!(matches!(state, ModelState::NotFetched { bytes: 147_420_771, .. }), "{state:?}");
            // Sparse: it takes no room on the disk.
            let file = std::fs::File::create(member.file.path(folder.path())).unwrap();
            file.set_len(member.file.bytes).unwrap();
        }
        let files = catalogue.speech().ready(model, folder.path()).unwrap();
        assert_eq!(files.weights, folder.path().join("whisper-base.bin"));
        assert_eq!(catalogue.speech().offer(model, folder.path()).state, ModelState::Ready);
        let unknown = r#"{"files": [], "models": [{"id": "m", "name": "M", "weights": "w", "tokenizer": "t",
            "languages": "english"}]}"#;
        let refused = Catalogue::parse("[]", r#"{"files": [], "sets": []}"#, unknown, VOICE);
        assert!(
            matches!(refused, Err(CatalogueError::UnknownFile { set, file }) if set == "m" && file == "w")
        );
    }

    #[test]
    fn a_set_is_here_only_with_all_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let catalogue = Catalogue::builtin().unwrap();
        let set = catalogue.recognisers().get(DEFAULT_RECOGNISERS).unwrap();
        let bundle = catalogue.bundle(&set.id).unwrap();
        for member in &bundle.files {
            assert!(matches!(bundle.state(folder), ModelState::NotFetched { .. }));
            assert_eq!(catalogue.recognisers().ready(set, folder), None);
            // Sparse: it takes no room on the disk.
            std::fs::File::create(member.file.path(folder)).unwrap().set_len(member.file.bytes).unwrap();
        }
        assert_eq!(bundle.state(folder), ModelState::Ready);
        let files = catalogue.recognisers().ready(set, folder).unwrap();
        assert_eq!(files.detection, folder.join("pp-ocrv6-small-det.onnx"));
        assert_eq!(files.recognition, folder.join("pp-ocrv6-small-rec.onnx"));
        assert_eq!(files.orientation, folder.join("pp-ocr-mobile-2.0-cls.onnx"));
        assert_eq!(files.things, folder.join("efficientnet-lite0-57934424.pth"));
    }
}
