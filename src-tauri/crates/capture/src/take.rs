//! One recording, from samples to file: measures, looks for speech, waits for it, writes. Knows no device and no thread.

use crate::level::Meter;
use crate::voice::{Change, Voice};
use crate::{CaptureError, SPEECH_RATE};
use media::sound::{Resampler, SoundError, SoundFormat, SoundWriter};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Highest rate of the file. More is beyond hearing.
const MAX_FILE_RATE: u32 = 48_000;

/// Silence that ends speech where nobody says how long it is to be.
const PAUSE: Duration = Duration::from_millis(700);

/// How long before the detector hears a voice a word may have begun: with a soft consonant, or softly.
const SOFT_ONSET: Duration = Duration::from_millis(200);

/// What may pass between a first syllable and the certainty that it was one, filters included.
const HINDSIGHT: Duration = Duration::from_secs(1);

/// Hands-free recording: it waits for speech, and ends when nobody speaks any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenOptions {
    /// How long nobody speaks before it ends. This silence is part of the recording.
    pub silence: Duration,
    /// How much of what was before the first syllable is kept, about.
    pub pre_roll: Duration,
}

impl Default for ListenOptions {
    fn default() -> Self {
        Self { silence: Duration::from_millis(1500), pre_roll: Duration::from_millis(400) }
    }
}

/// What happens while it records.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The highest amplitude of the last 50 ms, from 0 to 1. Also while it waits for speech.
    Level(f32),
    /// What is recorded, mono at [`SPEECH_RATE`] or, with [`Options::full_rate`](crate::Options::full_rate), at that of the
    /// file, in pieces of some 10 to 100 ms; together, all that is in the file.
    Sound(Vec<f32>),
    /// Somebody began to speak, or paused.
    Speech(Speech),
    /// It ended by itself. The file is complete when this is reported. The last event.
    Ended(Ended),
}

/// A change between speech and none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// Somebody speaks.
    Began,
    /// Nobody has spoken for [`ListenOptions::silence`], or for 0.7 s where it does not listen.
    Ended,
}

/// Why a recording ended by itself. What was recorded until then is kept.
#[derive(Debug)]
#[non_exhaustive]
pub enum Ended {
    /// Nobody has spoken for [`ListenOptions::silence`].
    Silence,
    /// The file reached the 4 GiB a WAV file can hold: more than twelve hours.
    Full,
    /// The microphone or the disk failed.
    Failed(CaptureError),
}

/// A finished recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The WAV file.
    pub path: PathBuf,
    /// How long it is.
    pub duration: Duration,
    /// How much is missing in it, because this computer was too busy to keep up. Usually zero.
    pub lost: Duration,
}

/// Where samples go. A trait, so that tests can have disks that are full.
pub(crate) trait Sink: Send {
    fn write(&mut self, samples: &[f32]) -> Result<(), SoundError>;
    fn flush(&mut self) -> Result<(), SoundError>;
    fn finish(self: Box<Self>) -> Result<(), SoundError>;
}

impl Sink for SoundWriter {
    fn write(&mut self, samples: &[f32]) -> Result<(), SoundError> {
        Self::write(self, samples)
    }

    fn flush(&mut self) -> Result<(), SoundError> {
        Self::flush(self)
    }

    fn finish(self: Box<Self>) -> Result<(), SoundError> {
        Self::finish(*self)
    }
}

/// Samples of the last seconds, by their place in all that was heard.
#[derive(Debug)]
struct Recent {
    samples: VecDeque<f32>,
    /// The place of the first of them.
    first: u64,
    keep: usize,
}

impl Recent {
    fn new(rate: u32, keep: Duration) -> Self {
        Self { samples: VecDeque::new(), first: 0, keep: (f64::from(rate) * keep.as_secs_f64()) as usize }
    }

    fn push(&mut self, samples: &[f32]) {
        self.samples.extend(samples);
        let old = self.samples.len().saturating_sub(self.keep);
        self.samples.drain(..old);
        self.first += old as u64;
    }

    /// Takes out all there is, from this place on.
    fn take_from(&mut self, place: u64) -> Vec<f32> {
        let old = usize::try_from(place.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.samples.drain(..).skip(old).collect()
    }
}

/// Waiting for speech, with what was heard lately at both rates.
#[derive(Debug)]
struct Waiting {
    file: Recent,
    speech: Recent,
    pre_roll: Duration,
}

/// A recording in progress.
pub(crate) struct Take {
    sink: Box<dyn Sink>,
    path: PathBuf,
    file_rate: u32,
    meter: Meter,
    to_file: Resampler,
    to_speech: Resampler,
    voice: Voice,
    waiting: Option<Waiting>,
    ends_with_speech: bool,
    /// Whether sound is reported at the file's rate.
    full_rate: bool,
    /// Samples in the file.
    written: u64,
    /// Of these, how many a crash could not take.
    flushed: u64,
}

impl Take {
    /// Starts the file at `path` for mono sound at `rate` Hz.
    pub(crate) fn new(path: &Path, rate: u32, listen: Option<ListenOptions>) -> Result<Self, CaptureError> {
        let sink = SoundWriter::create(path, SoundFormat::Wav, rate.min(MAX_FILE_RATE), 1)?;
        Self::with_sink(Box::new(sink), path, rate, listen)
    }

    fn with_sink(
        sink: Box<dyn Sink>,
        path: &Path,
        rate: u32,
        listen: Option<ListenOptions>,
    ) -> Result<Self, CaptureError> {
        let file_rate = rate.min(MAX_FILE_RATE);
        let silence = listen.map_or(PAUSE, |listen| listen.silence);
        Ok(Self {
            sink,
            path: path.to_owned(),
            file_rate,
            meter: Meter::new(rate),
            to_file: Resampler::new(rate, file_rate, 1)?,
            to_speech: Resampler::new(file_rate, SPEECH_RATE, 1)?,
            voice: Voice::new((silence.as_secs_f64() * f64::from(SPEECH_RATE)) as u64),
            waiting: listen.map(|ListenOptions { pre_roll, .. }| Waiting {
                file: Recent::new(file_rate, pre_roll + HINDSIGHT),
                speech: Recent::new(SPEECH_RATE, pre_roll + HINDSIGHT),
                pre_roll,
            }),
            ends_with_speech: listen.is_some(),
            full_rate: false,
            written: 0,
            flushed: 0,
        })
    }

    /// The same, with the sound reported at the file's rate.
    pub(crate) fn at_full_rate(self) -> Self {
        Self { full_rate: true, ..self }
    }

    /// The rate of the file, in Hz.
    pub(crate) fn file_rate(&self) -> u32 {
        self.file_rate
    }

    /// Takes the sound that follows. When it says why, the recording has ended by itself and takes no more.
    pub(crate) fn push(&mut self, samples: &[f32], report: &mut dyn FnMut(Event)) -> Option<Ended> {
        self.take_in(samples, &[], report)
    }

    /// Takes the sound that follows, at [`SPEECH_RATE`], which has to be that of the file.
    /// Those for which `ignored` says so are not taken for speech.
    pub(crate) fn push_ignoring(
        &mut self,
        samples: &[f32],
        ignored: &[bool],
        report: &mut dyn FnMut(Event),
    ) -> Option<Ended> {
        self.take_in(samples, ignored, report)
    }

    fn take_in(&mut self, samples: &[f32], ignored: &[bool], report: &mut dyn FnMut(Event)) -> Option<Ended> {
        if samples.is_empty() {
            return None;
        }
        match self.record(samples, ignored, report) {
            Ok(false) => None,
            Ok(true) => Some(Ended::Silence),
            Err(SoundError::TooLong) => Some(Ended::Full),
            Err(error) => Some(Ended::Failed(error.into())),
        }
    }

    /// `true`: the silence that ends it is over.
    fn record(
        &mut self,
        samples: &[f32],
        ignored: &[bool],
        report: &mut dyn FnMut(Event),
    ) -> Result<bool, SoundError> {
        self.meter.push(samples, |peak| report(Event::Level(peak)));
        let (mut for_file, mut for_speech) = (Vec::new(), Vec::new());
        self.to_file.push(samples, &mut for_file)?;
        self.to_speech.push(&for_file, &mut for_speech)?;

        let (mut began, mut is_over) = (None, false);
        self.voice.push(&for_speech, ignored, |change| match change {
            Change::Began(place) => {
                began.get_or_insert(place);
                report(Event::Speech(Speech::Began));
            }
            Change::Ended => {
                is_over = true;
                report(Event::Speech(Speech::Ended));
            }
        });
        if let Some(mut waiting) = self.waiting.take() {
            waiting.file.push(&for_file);
            waiting.speech.push(&for_speech);
            let Some(place) = began else {
                self.waiting = Some(waiting);
                return Ok(false);
            };
            let pre_roll = ((waiting.pre_roll + SOFT_ONSET).as_secs_f64() * f64::from(SPEECH_RATE)) as u64;
            let first = place.saturating_sub(pre_roll);
            for_speech = waiting.speech.take_from(first);
            for_file = waiting.file.take_from(first * u64::from(self.file_rate) / u64::from(SPEECH_RATE));
        }
        self.write(&for_file)?;
        self.tell(for_file, for_speech, report);
        Ok(self.ends_with_speech && is_over)
    }

    /// Reports what is in the file now, at the rate that is wanted.
    fn tell(&self, for_file: Vec<f32>, for_speech: Vec<f32>, report: &mut dyn FnMut(Event)) {
        let sound = if self.full_rate { for_file } else { for_speech };
        if !sound.is_empty() {
            report(Event::Sound(sound));
        }
    }

    fn write(&mut self, samples: &[f32]) -> Result<(), SoundError> {
        self.sink.write(samples)?;
        self.written += samples.len() as u64;
        if self.written - self.flushed >= u64::from(self.file_rate) {
            self.sink.flush()?;
            self.flushed = self.written;
        }
        Ok(())
    }

    /// Completes the file. `None`: there is no sound in it, and it is removed. `lost` frames of the device were dropped.
    pub(crate) fn finish(
        mut self,
        lost: Duration,
        report: &mut dyn FnMut(Event),
    ) -> Result<Option<Recorded>, CaptureError> {
        let completed = if self.waiting.is_none() { self.complete(report) } else { Ok(()) };
        let completed = completed.and(self.sink.finish());
        if self.written == 0 {
            std::fs::remove_file(&self.path)?;
            return Ok(None);
        }
        let recorded = Recorded {
            duration: Duration::from_secs_f64(self.written as f64 / f64::from(self.file_rate)),
            path: self.path,
            lost,
        };
        match completed {
            // The file holds all it can.
            Ok(()) | Err(SoundError::TooLong) => Ok(Some(recorded)),
            // The header can be set right also on a full disk.
            Err(_) => match crate::repair(&recorded.path) {
                Ok(repaired) => Ok(Some(Recorded { lost, ..repaired })),
                Err(CaptureError::NotARecording) => {
                    std::fs::remove_file(&recorded.path)?;
                    Ok(None)
                }
                Err(error) => Err(error),
            },
        }
    }

    /// Writes what the filters still hold.
    fn complete(&mut self, report: &mut dyn FnMut(Event)) -> Result<(), SoundError> {
        let (mut for_file, mut for_speech) = (Vec::new(), Vec::new());
        self.to_file.finish(&mut for_file)?;
        self.to_speech.push(&for_file, &mut for_speech)?;
        self.to_speech.finish(&mut for_speech)?;
        self.write(&for_file)?;
        self.tell(for_file, for_speech, report);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
