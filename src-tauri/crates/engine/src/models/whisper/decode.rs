//! The text of one window: the likeliest token each time, and where what comes of it is no good, tokens drawn at ever
//! higher temperatures. After `DecodingTask` in `whisper/decoding.py` and `decode_with_fallback` in
//! `whisper/transcribe.py` of openai-whisper.

use super::{
    activation::{largest, log_sum_exp},
    decoder::{Decoder, Heard},
    rules::Rules,
    tokens::Tokens,
};
use crate::EngineError;
use flate2::{Compression, write::ZlibEncoder};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::io::Write;

/// A text that becomes shorter than one part in this many when it is compressed repeats itself.
const MOST_COMPRESSION: f32 = 2.4;
/// A text whose tokens are less likely than this (mean of natural logarithms) is guesswork.
const LEAST_LOG_PROB: f32 = -1.0;
/// From this probability of silence on, a guess is taken for one about nothing.
const LIKELY_SILENCE: f32 = 0.6;
/// So many tokens of text at the end that are one unit of at most [`LONGEST_UNIT`] over and over are a loop that the
/// network does not leave by itself; the reference lets it run to the end of the window.
const LOOP: usize = 48;
const LONGEST_UNIT: usize = 8;

/// What is asked of a window.
pub struct Request<'a> {
    /// The text before, which the window continues; its last part is used.
    pub previous: &'a [u32],
    /// What begins the text, from [`Tokens::beginning`].
    pub beginning: &'a [u32],
    /// Whether the text has timestamps.
    pub timestamps: bool,
    /// In the order they are tried; 0 takes the likeliest token. None is as good as 0 alone.
    pub temperatures: &'a [f32],
    /// Decides what is drawn at temperatures above 0.
    pub seed: u64,
}

/// The text of a window.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// Text and timestamps, without the end mark.
    pub tokens: Vec<u32>,
    /// The mean of the natural logarithms of the tokens' probabilities, the end mark's among them.
    pub avg_log_prob: f32,
    /// How likely it is that nobody speaks.
    pub no_speech_prob: f32,
    /// At which it was written.
    pub temperature: f32,
    /// How many times shorter the text becomes when it is compressed.
    pub compression_ratio: f32,
    /// Whether it was broken off in a loop.
    pub loops: bool,
}

impl Decoded {
    /// Whether the window is to be written anew at a higher temperature.
    fn needs_fallback(&self) -> bool {
        let is_guess = self.avg_log_prob < LEAST_LOG_PROB;
        (self.repeats_itself() || is_guess) && !self.is_silence()
    }

    /// Whether it says the same again and again, as the network does about music and noise.
    pub fn repeats_itself(&self) -> bool {
        self.loops || self.compression_ratio > MOST_COMPRESSION
    }

    /// Whether it is a guess about silence.
    pub fn is_silence(&self) -> bool {
        self.no_speech_prob > LIKELY_SILENCE && self.avg_log_prob < LEAST_LOG_PROB
    }
}

/// Writes the text of what was heard.
///
/// # Errors
/// [`EngineError::Interrupted`] when asked to stop, which is asked at least before each token.
pub fn decode(
    decoder: &Decoder,
    heard: &Heard,
    tokens: &Tokens,
    request: &Request<'_>,
    limits: Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Decoded, EngineError> {
    let task = Task { decoder, heard, tokens, limits, interrupted };
    let mut random = StdRng::seed_from_u64(request.seed);
    let mut text =
        task.write(request, request.temperatures.first().copied().unwrap_or_default(), &mut random)?;
    for temperature in request.temperatures.iter().skip(1) {
        if !text.needs_fallback() {
            break;
        }
        text = task.write(request, *temperature, &mut random)?;
    }
    Ok(text)
}

/// How long texts may become.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Positions of the decoder.
    pub context: usize,
    /// Tokens of one window.
    pub text: usize,
}

struct Task<'a> {
    decoder: &'a Decoder,
    heard: &'a Heard,
    tokens: &'a Tokens,
    limits: Limits,
    interrupted: &'a dyn Fn() -> bool,
}

impl Task<'_> {
    fn write(
        &self,
        request: &Request<'_>,
        temperature: f32,
        random: &mut StdRng,
    ) -> Result<Decoded, EngineError> {
        let prompt = self.prompt(request);
        let place_of_start = prompt.len() - request.beginning.len();
        let rules = Rules::new(self.tokens, request.timestamps);
        let mut reading = self.decoder.begin(self.heard)?;
        let mut states = reading.read(&prompt, self.interrupted)?;
        let no_speech_prob = {
            let scores = reading.scores(&states, place_of_start)?;
            let score = scores.get(self.tokens.no_speech as usize).copied().unwrap_or(f32::NEG_INFINITY);
            (score - log_sum_exp(&scores)).exp()
        };
        let mut written = Vec::new();
        let mut text = Vec::new();
        let mut log_prob = 0.0;
        let mut loops = false;
        while !loops
            && written.len() < self.limits.text
            && prompt.len() + written.len() <= self.limits.context
        {
            if let Some(last) = written.last() {
                states = reading.read(&[*last], self.interrupted)?;
            }
            let mut scores = reading.scores(&states, states.dim(0)? - 1)?;
            rules.apply(&mut scores, &written);
            let token = choose(&scores, temperature, random);
            log_prob += scores[token] - log_sum_exp(&scores);
            if token == self.tokens.end as usize {
                break;
            }
            written.push(token as u32);
            if token < self.tokens.end as usize {
                text.push(token as u32);
                loops = is_loop(&text);
            }
        }
        let text = self.tokens.decode(&text)?;
        Ok(Decoded {
            avg_log_prob: log_prob / (written.len() + 1) as f32,
            tokens: written,
            no_speech_prob,
            temperature,
            compression_ratio: compression_ratio(text.trim()),
            loops,
        })
    }

    fn prompt(&self, request: &Request<'_>) -> Vec<u32> {
        let most = self.limits.text - 1;
        let previous = &request.previous[request.previous.len().saturating_sub(most)..];
        let mark: &[u32] = if previous.is_empty() { &[] } else { &[self.tokens.previous] };
        [mark, previous, request.beginning].concat()
    }
}

/// Whether tokens end in the same few again and again.
fn is_loop(text: &[u32]) -> bool {
    let Some(start) = text.len().checked_sub(LOOP) else { return false };
    let end = &text[start..];
    (1..=LONGEST_UNIT).any(|unit| end[unit..].iter().zip(end).all(|(later, before)| later == before))
}

/// The likeliest token, or one drawn by its probability.
fn choose(scores: &[f32], temperature: f32, random: &mut StdRng) -> usize {
    let most = largest(scores);
    let likeliest = || scores.iter().rposition(|score| *score >= most).unwrap_or_default();
    if temperature <= 0.0 {
        return likeliest();
    }
    let weight = |score: f32| f64::from(((score - most) / temperature).exp());
    let total: f64 = scores.iter().copied().map(weight).sum();
    let mut left = random.random::<f64>() * total;
    for (token, score) in scores.iter().enumerate() {
        left -= weight(*score);
        if left < 0.0 {
            return token;
        }
    }
    likeliest()
}

/// How many times shorter a text becomes with zlib.
fn compression_ratio(text: &str) -> f32 {
    if text.is_empty() {
        return 0.0;
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let compressed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
    text.len() as f32 / compressed.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(avg_log_prob: f32, no_speech_prob: f32, compression_ratio: f32) -> Decoded {
        let tokens = Vec::new();
        Decoded { tokens, avg_log_prob, no_speech_prob, temperature: 0.0, compression_ratio, loops: false }
    }

    #[test]
    fn repetition_and_guesses_are_tried_again_and_silence_is_not() {
        assert!(!decoded(-0.2, 0.9, 1.1).needs_fallback());
        assert!(decoded(-0.2, 0.1, 2.5).needs_fallback());
        assert!(decoded(-1.1, 0.1, 1.1).needs_fallback());
        assert!(!decoded(-1.1, 0.7, 1.1).needs_fallback());
        assert!(decoded(-1.1, 0.7, 1.1).is_silence() && !decoded(-0.9, 0.7, 1.1).is_silence());
    }

    #[test]
    fn repetition_compresses_and_speech_does_not() {
        let speech = "The quick brown fox jumps over the lazy dog while the band plays on.";
        assert!(compression_ratio(speech) < 1.5);
        assert!(compression_ratio(&"do ".repeat(60)) > MOST_COMPRESSION);
        assert!(compression_ratio("").abs() < f32::EPSILON);
    }

    #[test]
    fn loops_are_noticed_whatever_came_before() {
        let text: Vec<u32> = (0..100).collect();
        let unit = [7, 8, 9];
        let looping: Vec<u32> = text.iter().chain(unit.iter().cycle().take(LOOP)).copied().collect();
        assert!(!is_loop(&text) && !is_loop(&[7; LOOP - 1]) && !is_loop(&looping[..looping.len() - 1]));
        assert!(is_loop(&looping) && is_loop(&[7; LOOP]));
        assert!(Decoded { loops: true, ..decoded(-0.1, 0.1, 1.2) }.needs_fallback());
    }

    #[test]
    fn tokens_are_drawn_by_their_probability() {
        let mut random = StdRng::seed_from_u64(1);
        let scores = [0.0, 2.0_f32.ln(), f32::NEG_INFINITY];
        assert_eq!(choose(&scores, 0.0, &mut random), 1);
        let mut counts = [0; 3];
        for _ in 0..3000 {
            counts[choose(&scores, 1.0, &mut random)] += 1;
        }
        assert!((900..1100).contains(&counts[0]) && counts[2] == 0, "{counts:?}");
    }
}
