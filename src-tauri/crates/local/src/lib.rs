//! The local mind: language models that run on this computer, behind the same trait as any other mind.
//!
//! [`LocalMind`] implements [`conversation::Provider`] over the engine, which works on a thread of its own and keeps one
//! model in memory. [`Catalogue`] lists the models and the recognisers of pictures and of speech; fetching brings their files here
//! from whatever source is within reach, verified as a whole before a file ever bears its name. [`SpeechToText`] writes down
//! what is said in a recording, [`TextToSpeech`] reads aloud.
//!
//! Outside crates: `reqwest` for downloads, `zip` for the members of registry packages, `sha2` for the check, `fs4` and
//! `sysinfo` for what is free on the disk and in memory, on all three systems.

mod catalogue;
mod fetch;
mod idle;
mod memory;
mod mind;
mod prompt;
mod senses;
mod text_to_speech;
mod worker;

pub use catalogue::{
    Bundle, BundleFile, Catalogue, CatalogueError, CatalogueModel, DEFAULT_RECOGNISERS, DEFAULT_SPEECH_MODEL,
    ModelFile, ModelLicence, RecogniserFile, RecogniserFiles, RecogniserOffer, RecogniserSet, Recognisers,
    RegistryClient, RegistryPart, Source, SpeechFiles, SpeechLanguages, SpeechModel, SpeechModels,
    SpeechOffer, VoiceModel, VoiceOffer,
};
pub use fetch::{FetchError, FetchProgress, FetchSettings, FetchStage, SourceError, SourceFailure};
pub use mind::{LocalConfig, LocalMind};
pub use senses::{Listening, SpeechChoice, SpeechError, SpeechToText};
pub use text_to_speech::TextToSpeech;
