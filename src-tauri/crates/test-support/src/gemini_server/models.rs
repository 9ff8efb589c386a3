//! The models the server has.

use serde_json::{Value, json};

/// A model of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Model {
    pub id: &'static str,
    name: &'static str,
    input: u32,
    output: u32,
    methods: &'static [&'static str],
    /// Thinking levels it takes.
    pub levels: &'static [&'static str],
    /// Whether it makes pictures. Such a model has no tool but the search, and no JSON mode.
    pub draws: bool,
}

const GENERATES: &[&str] = &["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"];

/// In the order the list has them: not the order a picker should have.
pub(super) const MODELS: &[Model] = &[
    Model {
        id: "gemini-embedding-2",
        name: "Gemini Embedding 2",
        input: 8192,
        output: 1,
        methods: &["embedContent", "countTokens"],
        levels: &[],
        draws: false,
    },
    Model {
        id: "gemini-3.1-flash-image",
        name: "Gemini 3.1 Flash Image",
        input: 65_536,
        output: 32_768,
        methods: GENERATES,
        levels: &[],
        draws: true,
    },
    Model {
        id: "gemini-4-argon",
        name: "Gemini 4 Argon",
        input: 1_048_576,
        output: 65_536,
        methods: GENERATES,
        levels: &["low", "medium", "high"],
        draws: false,
    },
    Model {
        id: "gemini-3.5-flash-lite",
        name: "Gemini 3.5 Flash-Lite",
        input: 1_048_576,
        output: 65_536,
        methods: GENERATES,
        levels: &["minimal", "low", "medium", "high"],
        draws: false,
    },
    Model {
        id: "gemini-3.8-flash",
        name: "Gemini 3.8 Flash",
        input: 1_048_576,
        output: 65_536,
        methods: GENERATES,
        levels: &["low", "medium", "high"],
        draws: false,
    },
    Model {
        id: "gemini-3.8-flash-tts",
        name: "Gemini 3.8 Flash TTS",
        input: 8192,
        output: 16_384,
        methods: GENERATES,
        levels: &[],
        draws: false,
    },
    Model {
        id: "gemini-3.8-live",
        name: "Gemini 3.8 Live",
        input: 131_072,
        output: 65_536,
        methods: &["bidiGenerateContent"],
        levels: &[],
        draws: false,
    },
];

impl Model {
    pub fn find(id: &str) -> Option<Self> {
        MODELS.iter().find(|model| model.id == id).copied()
    }

    pub fn serves(&self, method: &str) -> bool {
        // Streaming is not a method of its own in the API's list.
        let method = if method == "streamGenerateContent" { "generateContent" } else { method };
        self.methods.contains(&method)
    }

    pub fn to_json(self) -> Value {
        json!({
            "name": format!("models/{}", self.id),
            "version": "001",
            "displayName": self.name,
            "description": format!("{} on the test server", self.name),
            "inputTokenLimit": self.input,
            "outputTokenLimit": self.output,
            "supportedGenerationMethods": self.methods,
            "temperature": 1,
            "topP": 0.95,
            "topK": 64,
            "maxTemperature": 2,
            "thinking": !self.levels.is_empty(),
        })
    }
}
