//! A loaded model: messages to a prompt, a prompt to streamed text.

use crate::{
    ChatMessage, EngineError, Sampling,
    artifact::Artifact,
    chat_template::ChatTemplate,
    detokenizer::Detokenizer,
    device,
    models::qwen2::{Config, Forward, Text},
    sampling::Sampler,
    tokenizer::Tokenizer,
};
use std::path::Path;

/// Tokens read in one pass over the network. Large enough that each weight is used many times once it is in the cache
/// (and that Candle takes matrix instructions where there are some), small enough that one layer of a pass takes a
/// fraction of the 100 ms in which an answer must stop.
const CHUNK: usize = 32;

/// Share of the loading time that reading the file takes; the rest goes into packing the weights.
const READING_SHARE: f32 = 0.4;

/// How a model is loaded.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// Most tokens of prompt and answer together; the model's own limit where that is lower.
    pub context_tokens: usize,
}

/// How one answer is made.
#[derive(Debug, Clone)]
pub struct GenerateOptions {
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Most tokens of the answer.
    pub max_tokens: usize,
}

/// What happens while an answer is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GenerationEvent {
    /// The prompt is being read.
    Prefill {
        /// Tokens read, those kept from an earlier answer included.
        done: usize,
        /// Tokens in all.
        total: usize,
    },
    /// More text, always whole characters.
    Text(String),
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The model said so.
    Finished,
    /// It reached `max_tokens` or the end of the context.
    Length,
    /// The caller interrupted.
    Interrupted,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Why.
    pub reason: StopReason,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Tokens of the prompt that an earlier answer had already read.
    pub reused_tokens: usize,
    /// Tokens of the answer, the mark at its end not counted.
    pub answer_tokens: usize,
}

/// A model in memory, with the keys and values of the text it read last: a prompt that begins like the one before only
/// has its new part read.
pub struct LanguageModel {
    network: Text,
    tokenizer: Tokenizer,
    template: ChatTemplate,
    context: usize,
    /// The tokens behind the network's cache.
    cached: Vec<u32>,
}

impl LanguageModel {
    /// Loads a model and readies it, so that the first answer is as fast as later ones. `progress` hears fractions from 0
    /// to 1; when `interrupted` says so, loading ends with [`EngineError::Interrupted`].
    pub fn load(
        path: &Path,
        options: &LoadOptions,
        progress: &mut dyn FnMut(f32),
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, EngineError> {
        let mut artifact = Artifact::open(path)?;
        let architecture = artifact.text("general.architecture")?;
        if architecture != "qwen2" {
            return Err(EngineError::UnsupportedArchitecture { name: architecture.to_owned() });
        }
        let config = Config::from_artifact(&artifact)?;
        let tokenizer = Tokenizer::from_artifact(&artifact)?;
        if tokenizer.size() != config.vocabulary {
            return Err(EngineError::VocabularyMismatch {
                expected: config.vocabulary,
                actual: tokenizer.size(),
            });
        }
        let template = ChatTemplate::new(artifact.text("tokenizer.chat_template")?)?;
        let context = options.context_tokens.min(config.context);
        let mut network =
            Text::load(&mut artifact, config, context, &device::preferred(), &mut |fraction| {
                progress(fraction * READING_SHARE);
                !interrupted()
            })?;
        warm_up(&mut network, context, progress, interrupted)?;
        progress(1.0);
        Ok(Self { network, tokenizer, template, context, cached: Vec::new() })
    }

    /// Most tokens of prompt and answer together.
    pub fn context_tokens(&self) -> usize {
        self.context
    }

    /// Lays out a conversation as the model was trained on. When the last message is the model's own, the answer goes on
    /// from its end.
    pub fn prompt(&self, messages: &[ChatMessage]) -> Result<Vec<u32>, EngineError> {
        self.tokenizer.encode(&self.template.render(messages)?.pieces())
    }

    /// Reads `prompt` and writes an answer, telling `on_event` as it goes. `interrupted` is asked before each layer of
    /// each pass. A prompt that leaves no room for a single token is [`EngineError::ContextFull`].
    pub fn generate(
        &mut self,
        prompt: &[u32],
        options: &GenerateOptions,
        interrupted: &dyn Fn() -> bool,
        on_event: &mut dyn FnMut(GenerationEvent),
    ) -> Result<Outcome, EngineError> {
        if prompt.is_empty() || prompt.len() >= self.context {
            return Err(EngineError::ContextFull { needed: prompt.len(), limit: self.context });
        }
        // The last token is always read again: its scores begin the answer.
        let common = self.cached.iter().zip(prompt).take_while(|(cached, new)| cached == new).count();
        let reused_tokens = common.min(prompt.len() - 1);
        self.rewind(reused_tokens);
        let mut outcome = Outcome {
            reason: StopReason::Interrupted,
            prompt_tokens: prompt.len(),
            reused_tokens,
            answer_tokens: 0,
        };

        let mut scores = None;
        for chunk in prompt[reused_tokens..].chunks(CHUNK) {
            on_event(GenerationEvent::Prefill { done: self.cached.len(), total: prompt.len() });
            let last = self.cached.len() + chunk.len() == prompt.len();
            match self.read(chunk, last, interrupted)? {
                Forward::Scores(values) => scores = Some(values),
                Forward::Read => {}
                Forward::Interrupted => return Ok(outcome),
            }
        }
        on_event(GenerationEvent::Prefill { done: prompt.len(), total: prompt.len() });

        let mut sampler = Sampler::new(options.sampling.clone());
        let mut detokenizer = Detokenizer::default();
        outcome.reason = StopReason::Length;
        while let Some(values) = scores.take() {
            if outcome.answer_tokens == options.max_tokens {
                break;
            }
            let Some(token) = sampler.choose(values, &self.cached) else {
                return Err(candle_core::Error::Msg("the network gave no usable scores".into()).into());
            };
            if self.tokenizer.ends_answer(token) {
                outcome.reason = StopReason::Finished;
                break;
            }
            outcome.answer_tokens += 1;
            let text = detokenizer.push(token, &self.tokenizer);
            if !text.is_empty() {
                on_event(GenerationEvent::Text(text));
            }
            if self.cached.len() + 1 >= self.context {
                break;
            }
            match self.read(&[token], true, interrupted)? {
                Forward::Scores(values) => scores = Some(values),
                Forward::Read => {}
                Forward::Interrupted => {
                    outcome.reason = StopReason::Interrupted;
                    break;
                }
            }
        }
        let rest = detokenizer.finish();
        if !rest.is_empty() {
            on_event(GenerationEvent::Text(rest));
        }
        Ok(outcome)
    }

    fn read(
        &mut self,
        tokens: &[u32],
        want_scores: bool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Forward, EngineError> {
        let forward = self.network.forward(tokens, want_scores, &mut || !interrupted())?;
        if !matches!(forward, Forward::Interrupted) {
            self.cached.extend_from_slice(tokens);
        }
        Ok(forward)
    }

    fn rewind(&mut self, length: usize) {
        self.network.truncate(length);
        self.cached.truncate(length);
    }
}

/// Candle packs each weight for fast products when it is first used, for many rows and, where the processor has matrix
/// instructions, once more for few; better now than in the first answer.
fn warm_up(
    network: &mut Text,
    context: usize,
    progress: &mut dyn FnMut(f32),
    interrupted: &dyn Fn() -> bool,
) -> Result<(), EngineError> {
    let passes = [CHUNK, 2];
    let steps = (passes.len() * network.layers()) as f32;
    let mut step = 0.0;
    for rows in passes {
        let forward = network.forward(&[0; CHUNK][..rows.min(context)], false, &mut || {
            progress(READING_SHARE + (1.0 - READING_SHARE) * step / steps);
            step += 1.0;
            !interrupted()
        })?;
        network.truncate(0);
        if matches!(forward, Forward::Interrupted) {
            return Err(EngineError::Interrupted);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, fixture};
    use candle_core::quantized::GgmlDType;
    use std::cell::Cell;

    fn load(context_tokens: usize) -> LanguageModel {
        let folder = tempfile::tempdir().unwrap();
        let path = fixture::Model::new(GgmlDType::F32).write(folder.path());
        LanguageModel::load(&path, &LoadOptions { context_tokens }, &mut |_| {}, &|| false).unwrap()
    }

    fn greedy(max_tokens: usize) -> GenerateOptions {
        GenerateOptions { sampling: Sampling::greedy(), max_tokens }
    }

    fn answer(
        model: &mut LanguageModel,
        prompt: &[u32],
        max_tokens: usize,
    ) -> (Outcome, Vec<GenerationEvent>) {
        let mut events = Vec::new();
        let outcome =
            model.generate(prompt, &greedy(max_tokens), &|| false, &mut |event| events.push(event)).unwrap();
        (outcome, events)
    }

    fn question(text: &str) -> Vec<ChatMessage> {
        vec![ChatMessage { role: Role::User, content: text.into() }]
    }

    #[test]
    fn loading_reports_rising_fractions_and_can_be_interrupted() {
        let folder = tempfile::tempdir().unwrap();
        let path = fixture::Model::new(GgmlDType::F32).write(folder.path());
        let options = LoadOptions { context_tokens: 64 };
        let mut fractions = Vec::new();
        LanguageModel::load(&path, &options, &mut |fraction| fractions.push(fraction), &|| false).unwrap();
        assert!(fractions.is_sorted() && fractions.first() == Some(&0.0) && fractions.last() == Some(&1.0));

        for polls in 0..3 * fixture::LAYERS {
            let asked = Cell::new(0);
            let interrupted = || asked.replace(asked.get() + 1) == polls;
            let result = LanguageModel::load(&path, &options, &mut |_| {}, &interrupted);
            assert!(matches!(result, Err(EngineError::Interrupted)));
            assert_eq!(asked.get(), polls + 1);
        }
    }

    #[test]
    fn a_second_turn_reads_only_what_is_new_and_answers_as_a_fresh_model() {
        let mut model = load(600);
        let first = model.prompt(&question("Tell me a story about beavers.")).unwrap();
        answer(&mut model, &first, 5);
        let mut second = first.clone();
        second.extend(model.prompt(&question("And then?")).unwrap());

        let (reused, events) = answer(&mut model, &second, 8);
        assert_eq!(reused.reused_tokens, first.len());
        assert_eq!(events[0], GenerationEvent::Prefill { done: first.len(), total: second.len() });

        let (fresh, fresh_events) = answer(&mut load(600), &second, 8);
        assert_eq!(fresh.reused_tokens, 0);
        let text = |events: &[GenerationEvent]| {
            events
                .iter()
                .filter(|event| matches!(event, GenerationEvent::Text(_)))
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(text(&events), text(&fresh_events));
    }

    #[test]
    fn the_same_prompt_again_gives_the_same_answer() {
        let mut model = load(300);
        let prompt = model.prompt(&question("Again")).unwrap();
        let (first, first_events) = answer(&mut model, &prompt, 6);
        let (second, second_events) = answer(&mut model, &prompt, 6);
        assert_eq!((first.reused_tokens, second.reused_tokens), (0, prompt.len() - 1));
        assert_eq!(first_events.last(), second_events.last());
    }

    #[test]
    fn an_answer_ends_at_its_limit_or_at_the_end_of_the_context() {
        let mut model = load(100);
        let prompt: Vec<u32> = (0..90).collect();
        let (outcome, _) = answer(&mut model, &prompt, 4);
        assert_eq!((outcome.reason, outcome.answer_tokens), (StopReason::Length, 4));
        let (outcome, _) = answer(&mut model, &prompt, 1000);
        assert_eq!((outcome.reason, outcome.answer_tokens), (StopReason::Length, 10));

        let long: Vec<u32> = (0..100).collect();
        let result = model.generate(&long, &greedy(1), &|| false, &mut |_| {});
        assert!(matches!(result, Err(EngineError::ContextFull { needed: 100, limit: 100 })));
    }

    #[test]
    fn an_interruption_is_seen_before_the_next_layer_and_the_model_stays_usable() {
        let mut model = load(300);
        let prompt: Vec<u32> = (0..200).collect();
        let (_, expected) = answer(&mut load(300), &prompt, 5);
        // While the prompt is read and while the answer is written: not one layer is computed after the interruption.
        for polls in [0, 1, 5, 7 * fixture::LAYERS, 7 * fixture::LAYERS + 3] {
            let asked = Cell::new(0);
            let interrupted = || {
                asked.set(asked.get() + 1);
                asked.get() > polls
            };
            let outcome = model.generate(&prompt, &greedy(50), &interrupted, &mut |_| {}).unwrap();
            assert_eq!((outcome.reason, asked.get()), (StopReason::Interrupted, polls + 1));
            let (_, events) = answer(&mut model, &prompt, 5);
            assert_eq!(events.last(), expected.last());
            model.rewind(0);
        }
    }
}
