//! Which models there are and what they take.

use crate::client::bare;
use crate::files::LARGEST_FILE;
use crate::request::LARGEST_REQUEST;
use crate::wire;
use conversation::{
    AnswerTools, Capabilities, FileBudget, ImageBudget, Mind, Model, ModelState, ThinkingLevel,
};

/// Offered first.
pub const DEFAULT_MODEL: &str = "gemini-3.8-flash";

/// Offered where the default is overloaded or not available.
pub const FALLBACK_MODEL: &str = "gemini-3.5-flash-lite";

/// Models that answer with something Castor does not play. They too are listed under `generateContent`.
const SPEAKS: &str = "-tts";

/// Models whose answers hold pictures.
const DRAWS: &str = "-image";

/// The models known without asking, the default first.
pub(crate) fn built_in(state: &ModelState) -> Vec<Model> {
    [(DEFAULT_MODEL, "Gemini 3.8 Flash"), (FALLBACK_MODEL, "Gemini 3.5 Flash-Lite")]
        .map(|(id, name)| Model {
            mind: Mind::Gemini,
            id: id.into(),
            name: name.into(),
            capabilities: capabilities(id, 1_048_576, 65_536, true),
            state: state.clone(),
        })
        .into()
}

/// The models of a list that can answer a question, the default first, the fallback second, the others as listed, those
/// that draw last.
pub(crate) fn offered(listed: Vec<wire::Model>) -> Vec<Model> {
    let mut models: Vec<Model> = listed.into_iter().filter(answers_questions).filter_map(from_wire).collect();
    models.sort_by_key(|model| match model.id.as_str() {
        DEFAULT_MODEL => 0,
        FALLBACK_MODEL => 1,
        _ if !model.capabilities.tools.draws => 2,
        _ => 3,
    });
    models
}

/// `None` for a model that does not say how much it can read.
pub(crate) fn from_wire(model: wire::Model) -> Option<Model> {
    let id = bare(&model.name).to_owned();
    let thinks = model.thinking == Some(true);
    Some(Model {
        mind: Mind::Gemini,
        name: model.display_name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone()),
        capabilities: capabilities(&id, model.input_token_limit?, model.output_token_limit?, thinks),
        id,
        state: ModelState::Ready,
    })
}

fn answers_questions(model: &wire::Model) -> bool {
    model.supported_generation_methods.iter().any(|method| method == "generateContent")
        && !model.name.contains(SPEAKS)
}

fn capabilities(id: &str, context_tokens: u32, output_tokens: u32, thinks: bool) -> Capabilities {
    // The list does not say what a model takes. All of the Gemini family see; of others nothing is assumed.
    let images = id.starts_with("gemini-").then(image_budget);
    let files = id.starts_with("gemini-").then(file_budget);
    Capabilities { images, note_tokens: None, files, context_tokens, output_tokens, tools: tools(id, thinks) }
}

/// What a model can do beyond words. The list only tells whether it thinks, so the rest goes by its name; of models that are
/// not of the Gemini family nothing is assumed.
pub(crate) fn tools(id: &str, thinks: bool) -> AnswerTools {
    use ThinkingLevel::{High, Low, Medium, Minimal};
    if !id.starts_with("gemini-") {
        return AnswerTools::default();
    }
    if id.contains(DRAWS) {
        return AnswerTools { search: true, draws: true, ..AnswerTools::default() };
    }
    let thinking = match id {
        "gemini-3.8-flash" | "gemini-4-argon" => vec![Low, Medium, High],
        "gemini-3.5-flash-lite" => vec![Minimal, Low, Medium, High],
        // The two levels that all models know that know any.
        _ if thinks => vec![Low, High],
        _ => Vec::new(),
    };
    AnswerTools { thinking, search: true, read_links: true, run_code: true, schema: true, draws: false }
}

/// Most bytes of media in one request. Three quarters: base64 makes four bytes of three. The last tenth is left to the words.
const MOST_MEDIA_BYTES: u32 = (LARGEST_REQUEST as u32 / 4 * 3) / 10 * 9;

/// The files the API documents, as much of them as fits into one request.
fn file_budget() -> FileBudget {
    let accepts = [
        "application/pdf",
        "audio/wav",
        "audio/mp3",
        "audio/aiff",
        "audio/aac",
        "audio/ogg",
        "audio/flac",
        "video/mp4",
        "video/mpeg",
        "video/mov",
        "video/avi",
        "video/x-flv",
        "video/webm",
        "video/wmv",
        "video/3gpp",
    ];
    FileBudget {
        accepts: accepts.map(Into::into).into(),
        max_bytes: MOST_MEDIA_BYTES,
        max_sent_ahead: LARGEST_FILE,
    }
}

/// The API scales a picture to a fixed number of tokens whatever its size, and 3072 pixels is the longest edge it
/// documents to use. As many of the largest pictures as are allowed fit into one request.
fn image_budget() -> ImageBudget {
    const MAX_COUNT: u32 = 10;
    let max_bytes = MOST_MEDIA_BYTES / MAX_COUNT;
    ImageBudget {
        longest_edge: 3072,
        max_bytes,
        tokens: 1120,
        accepts: ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"].map(Into::into).into(),
        max_count: MAX_COUNT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(id: &str, method: &str) -> wire::Model {
        wire::Model {
            name: format!("models/{id}"),
            display_name: None,
            input_token_limit: Some(1000),
            output_token_limit: Some(100),
            supported_generation_methods: vec![method.into()],
            thinking: None,
        }
    }

    #[test]
    fn only_models_that_write_or_draw_are_offered_and_the_default_comes_first() {
        let models = offered(vec![
            listed("gemini-4-argon", "generateContent"),
            listed("gemini-embedding-2", "embedContent"),
            listed("gemini-3.8-flash-tts", "generateContent"),
            listed("gemini-3-pro-image", "generateContent"),
            listed(FALLBACK_MODEL, "generateContent"),
            listed("gemma-9", "generateContent"),
            listed(DEFAULT_MODEL, "generateContent"),
            wire::Model { input_token_limit: None, ..listed("gemini-odd", "generateContent") },
        ]);
        let ids: Vec<_> = models.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids, [DEFAULT_MODEL, FALLBACK_MODEL, "gemini-4-argon", "gemma-9", "gemini-3-pro-image"]);
        assert!(models[2].capabilities.images.is_some());
        assert!(models[3].capabilities.images.is_none());
        assert_eq!(models[2].capabilities.context_tokens, 1000);
    }

    #[test]
    fn what_a_model_can_do_goes_by_its_name_and_by_whether_it_thinks() {
        use ThinkingLevel::{High, Low, Medium, Minimal};
        assert_eq!(tools(DEFAULT_MODEL, false).thinking, [Low, Medium, High]);
        assert_eq!(tools("gemini-4-argon", true).thinking, [Low, Medium, High]);
        assert_eq!(tools(FALLBACK_MODEL, true).thinking, [Minimal, Low, Medium, High]);
        assert_eq!(tools("gemini-5-neon", true).thinking, [Low, High]);
        let odd = tools("gemini-5-neon", false);
        assert!(odd.thinking.is_empty() && odd.search && odd.read_links && odd.run_code && odd.schema);
        let draws = AnswerTools { search: true, draws: true, ..AnswerTools::default() };
        assert_eq!(tools("gemini-3.1-flash-image", true), draws);
        assert_eq!(tools("gemma-9", true), AnswerTools::default());
        let thinks = wire::Model { thinking: Some(true), ..listed("gemini-5-neon", "generateContent") };
        assert_eq!(from_wire(thinks).unwrap().capabilities.tools.thinking, [Low, High]);
    }

    #[test]
    fn the_largest_pictures_fit_into_one_request() {
        let budget = image_budget();
        let largest = budget.max_bytes as usize * budget.max_count as usize;
        assert!(largest.div_ceil(3) * 4 < LARGEST_REQUEST);
    }
}
