//! Recordings of any length, window by window: each begins where the last timestamp of the one before says that its text
//! ends. After `transcribe` in `whisper/transcribe.py` of openai-whisper, with three differences. Sound is pulled as it is
//! needed, so that hours take no more memory than half a minute. A window in which nothing can be heard is passed over
//! unasked. And text that still repeats itself at the highest temperature is left out: about music and noise the network
//! writes the same words again and again.

use super::{
    SpeechRecognizer,
    chinese::{self, Simplifier},
    decode::{self, Decoded, Limits, Request},
    decoder::Heard,
    go_on,
    language::{self, SpokenLanguage},
    mel::{HOP, SAMPLE_RATE},
    pcm::{Listener, PcmSource, Window},
    tokens::{SpeechTask, TIMESTAMP_STEP, Tokens},
};
use crate::EngineError;
use candle_core::{Device, Tensor};

/// Frames between two timestamps: the encoder takes two at a time.
const FRAMES_PER_TIMESTAMP: usize = 2;
/// Text that was drawn at a higher temperature than this is no guide for the next window.
const MOST_GUIDING_TEMPERATURE: f32 = 0.5;
/// Where the first step above the likeliest tokens does no good, the steps of the reference (0.2 apart up to 1) mostly do
/// none either, and about music each takes as long as the first.
const TEMPERATURES: [f32; 3] = [0.0, 0.4, 0.8];

/// What is wanted of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct TranscribeOptions {
    /// Its language, by Whisper's code (`en`, `zh`, …); found out by listening where it is not given.
    pub language: Option<String>,
    /// What is to be written.
    pub task: SpeechTask,
    /// Tried in this order until a text is good: 0 takes the likeliest token each time, more draws among the likely ones.
    pub temperatures: Vec<f32>,
    /// Text as it may stand before the recording: names and terms in it are recognised more easily.
    pub prompt: Option<String>,
    /// Whether segments have times of their own. Without, each is a whole window of 30 s and words at its edge may suffer.
    pub timestamps: bool,
    /// Whether a window is told the text of those before.
    pub condition_on_previous: bool,
    /// Whether Chinese is written in simplified characters whatever was heard.
    pub simplified: bool,
}

impl Default for TranscribeOptions {
    fn default() -> Self {
        Self {
            language: None,
            task: SpeechTask::Transcribe,
            temperatures: TEMPERATURES.into(),
            prompt: None,
            timestamps: true,
            condition_on_previous: true,
            simplified: false,
        }
    }
}

/// A stretch of speech.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeechSegment {
    /// Its beginning in seconds of the recording.
    pub start: f64,
    /// Its end in seconds of the recording.
    pub end: f64,
    /// The words, with the space that parts them from those before where the language has one.
    pub text: String,
    /// The tokens of text and timestamps.
    pub tokens: Vec<u32>,
    /// How likely its window's tokens were: the mean of their natural logarithms.
    pub avg_log_prob: f32,
    /// How likely it is that nobody speaks in its window.
    pub no_speech_prob: f32,
    /// The temperature at which its window was written.
    pub temperature: f32,
}

/// What happens while a recording is transcribed.
#[derive(Debug, Clone, PartialEq)]
pub enum TranscribeEvent {
    /// The language was found out, or given: then its probability is 1.
    Language(SpokenLanguage),
    /// A segment is final.
    Segment(SpeechSegment),
    /// So many seconds of the recording are done.
    Progress {
        /// From its beginning.
        seconds: f64,
    },
}

/// All that was said in a recording.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transcript {
    /// The language; `None` where nothing could be heard and none was given.
    pub language: Option<SpokenLanguage>,
    /// In the order they were said.
    pub segments: Vec<SpeechSegment>,
    /// Length of the recording.
    pub seconds: f64,
}

impl Transcript {
    /// The words without times.
    pub fn text(&self) -> String {
        let text: String = self.segments.iter().map(|segment| segment.text.as_str()).collect();
        text.trim().to_owned()
    }
}

/// Transcribes a recording to its end.
pub fn transcribe(
    recognizer: &SpeechRecognizer,
    source: &mut dyn PcmSource,
    options: &TranscribeOptions,
    on_event: &mut dyn FnMut(TranscribeEvent),
    interrupted: &dyn Fn() -> bool,
) -> Result<Transcript, EngineError> {
    let mut transcription = Transcription::new(recognizer, options, on_event, interrupted)?;
    let mut listener = Listener::new(source);
    let mut first = 0;
    while let Some(window) = listener.window(first, recognizer.config.window_frames(), &recognizer.mel)? {
        go_on(interrupted)?;
        let frames = if window.is_audible { transcription.window(first, &window)? } else { window.frames };
        first += frames;
        transcription.progress(first);
    }
    Ok(transcription.transcript)
}

/// The language of the first window in which there is anything to hear; `None` where there is none.
pub fn detect_language(
    recognizer: &SpeechRecognizer,
    source: &mut dyn PcmSource,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<SpokenLanguage>, EngineError> {
    let mut listener = Listener::new(source);
    let mut first = 0;
    while let Some(window) = listener.window(first, recognizer.config.window_frames(), &recognizer.mel)? {
        go_on(interrupted)?;
        if window.is_audible {
            let heard = hear(recognizer, &window, interrupted)?;
            return language::detect(&recognizer.decoder, &heard, &recognizer.tokens, interrupted).map(Some);
        }
        first += window.frames;
    }
    Ok(None)
}

fn hear(
    recognizer: &SpeechRecognizer,
    window: &Window,
    interrupted: &dyn Fn() -> bool,
) -> Result<Heard, EngineError> {
    let shape = (recognizer.config.window_frames(), recognizer.config.mels);
    let spectrogram = Tensor::from_slice(&window.spectrogram, shape, &Device::Cpu)?;
    let sound = recognizer.encoder.forward(&spectrogram, interrupted)?;
    recognizer.decoder.hear(&sound, interrupted)
}

/// What is kept from window to window.
struct Transcription<'a> {
    recognizer: &'a SpeechRecognizer,
    options: &'a TranscribeOptions,
    on_event: &'a mut dyn FnMut(TranscribeEvent),
    interrupted: &'a dyn Fn() -> bool,
    /// What begins each text, once the language is known.
    beginning: Vec<u32>,
    simplifier: Option<Simplifier>,
    /// The text so far that may guide the next window, the person's own first.
    previous: Vec<u32>,
    transcript: Transcript,
}

impl<'a> Transcription<'a> {
    fn new(
        recognizer: &'a SpeechRecognizer,
        options: &'a TranscribeOptions,
        on_event: &'a mut dyn FnMut(TranscribeEvent),
        interrupted: &'a dyn Fn() -> bool,
    ) -> Result<Self, EngineError> {
        let previous = match options.prompt.as_deref().map(str::trim) {
            Some(prompt) if !prompt.is_empty() => recognizer.tokens.encode(&format!(" {prompt}"))?,
            _ => Vec::new(),
        };
        let mut transcription = Self {
            recognizer,
            options,
            on_event,
            interrupted,
            beginning: Vec::new(),
            simplifier: None,
            previous,
            transcript: Transcript::default(),
        };
        if let Some(code) = options.language.clone() {
            transcription.speaks(SpokenLanguage { code, probability: 1.0 })?;
        }
        Ok(transcription)
    }

    /// The language is known from now on.
    fn speaks(&mut self, language: SpokenLanguage) -> Result<(), EngineError> {
        let options = self.options;
        self.beginning =
            self.recognizer.tokens.beginning(&language.code, options.task, options.timestamps)?;
        if options.simplified && language.code == chinese::CODE && options.task == SpeechTask::Transcribe {
            self.simplifier = Some(Simplifier::new()?);
        }
        self.transcript.language = Some(language.clone());
        (self.on_event)(TranscribeEvent::Language(language));
        Ok(())
    }

    /// Transcribes a window and returns how many frames of it are done.
    fn window(&mut self, first: usize, window: &Window) -> Result<usize, EngineError> {
        let SpeechRecognizer { config, tokens, decoder, .. } = self.recognizer;
        let heard = hear(self.recognizer, window, self.interrupted)?;
        if self.transcript.language.is_none() {
            let language = language::detect(decoder, &heard, tokens, self.interrupted)?;
            self.speaks(language)?;
        }
        let request = Request {
            previous: &self.previous,
            beginning: &self.beginning,
            timestamps: self.options.timestamps,
            temperatures: &self.options.temperatures,
            seed: first as u64,
        };
        let limits = Limits { context: config.text_context, text: config.text_tokens() };
        let decoded = decode::decode(decoder, &heard, tokens, &request, limits, self.interrupted)?;
        if decoded.is_silence() || decoded.repeats_itself() {
            return Ok(window.frames);
        }
        let (stretches, frames) = stretches(tokens, &decoded.tokens, window.frames);
        for stretch in stretches {
            self.segment(first, &decoded, stretch)?;
        }
        if !self.options.condition_on_previous || decoded.temperature > MOST_GUIDING_TEMPERATURE {
            self.previous.clear();
        }
        // Only the last tokens of it are ever used.
        let unused = self.previous.len().saturating_sub(limits.text);
        self.previous.drain(..unused);
        Ok(frames)
    }

    fn segment(&mut self, first: usize, decoded: &Decoded, stretch: Stretch) -> Result<(), EngineError> {
        let text = self.recognizer.tokens.decode(&stretch.tokens)?;
        // The tokens of a segment without words or time guide nobody.
        if stretch.end <= stretch.start || text.trim().is_empty() {
            return Ok(());
        }
        self.previous.extend(&stretch.tokens);
        let segment = SpeechSegment {
            start: seconds(first) + stretch.start,
            end: seconds(first) + stretch.end,
            text: self.simplifier.as_ref().map_or_else(|| text.clone(), |chinese| chinese.simplify(&text)),
            tokens: stretch.tokens,
            avg_log_prob: decoded.avg_log_prob,
            no_speech_prob: decoded.no_speech_prob,
            temperature: decoded.temperature,
        };
        (self.on_event)(TranscribeEvent::Segment(segment.clone()));
        self.transcript.segments.push(segment);
        Ok(())
    }

    fn progress(&mut self, frames: usize) {
        self.transcript.seconds = seconds(frames);
        (self.on_event)(TranscribeEvent::Progress { seconds: seconds(frames) });
    }
}

fn seconds(frames: usize) -> f64 {
    (frames * HOP) as f64 / SAMPLE_RATE as f64
}

/// A part of a window's text, its times in seconds of the window.
#[derive(Debug, PartialEq)]
struct Stretch {
    start: f64,
    end: f64,
    tokens: Vec<u32>,
}

/// Takes a window's text apart at its timestamps. Returns how many frames of the window are done with it, too: as far as
/// the last timestamp goes where another stretch begins there, else all.
fn stretches(tokens: &Tokens, written: &[u32], frames: usize) -> (Vec<Stretch>, usize) {
    let is_timestamp = |index: usize| written.get(index).is_some_and(|token| tokens.is_timestamp(*token));
    let count =
        |token: Option<&u32>| token.map_or(0, |token| token.saturating_sub(tokens.first_timestamp) as usize);
    let time = |token: Option<&u32>| count(token) as f64 * TIMESTAMP_STEP;
    // Between two timestamps in a row one stretch ends and the next begins.
    let mut cuts: Vec<usize> =
        (1..written.len()).filter(|index| is_timestamp(index - 1) && is_timestamp(*index)).collect();
    let ends_alone =
        written.len() >= 2 && is_timestamp(written.len() - 1) && !is_timestamp(written.len() - 2);
    if cuts.is_empty() {
        let last = written.iter().rev().find(|token| tokens.is_timestamp(**token));
        let end = match count(last) {
            0 => seconds(frames),
            _ => time(last),
        };
        return (vec![Stretch { start: 0.0, end, tokens: written.to_vec() }], frames);
    }
    if ends_alone {
        cuts.push(written.len());
    }
    let mut begin = 0;
    let mut found = Vec::new();
    for cut in cuts {
        let part = &written[begin..cut];
        found.push(Stretch { start: time(part.first()), end: time(part.last()), tokens: part.to_vec() });
        begin = cut;
    }
    let done = match count(written.get(begin.wrapping_sub(1))) * FRAMES_PER_TIMESTAMP {
        // A timestamp of 0 would have the same window come again for ever.
        0 => frames,
        done => done.min(frames),
    };
    (found, if ends_alone { frames } else { done })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::whisper::fixture;

    fn parts(written: &[u32], frames: usize) -> (Vec<(f64, f64, usize)>, usize) {
        let (stretches, done) = stretches(&fixture::tokens(), written, frames);
        (stretches.into_iter().map(|part| (part.start, part.end, part.tokens.len())).collect(), done)
    }

    #[test]
    fn a_text_comes_apart_at_its_timestamps() {
        let at = |step: u32| fixture::tokens().first_timestamp + step;
        let word = 65;
        // Complete stretches, and one that the window cut off: the next window begins with it.
        let cut_off = [at(0), word, at(50), at(50), word, word, at(75), at(80), word];
        assert_eq!(parts(&cut_off, 200), (vec![(0.0, 1.0, 3), (1.0, 1.5, 4)], 150));
        // The last stretch ends before the window does: nobody speaks after it.
        let whole = [at(0), word, at(50), at(50), word, at(75)];
        assert_eq!(parts(&whole, 200), (vec![(0.0, 1.0, 3), (1.0, 1.5, 3)], 200));
        let one = [at(0), word, at(50)];
        assert_eq!(parts(&one, 180), (vec![(0.0, 1.0, 3)], 180));
        // Without a timestamp at its end it lasts as long as the window.
        assert_eq!(parts(&[at(0), word], 180), (vec![(0.0, 1.8, 2)], 180));
        assert_eq!(parts(&[], 180), (vec![(0.0, 1.8, 0)], 180));
    }

    #[test]
    fn a_window_is_never_done_with_nothing() {
        let first = fixture::tokens().first_timestamp;
        let (_, done) = parts(&[first, first, 65], 180);
        assert_eq!(done, 180);
        let (_, done) = parts(&[first, 65, first + 900, first + 900, 65], 180);
        assert_eq!(done, 180, "a timestamp behind the end ends the window");
    }
}
