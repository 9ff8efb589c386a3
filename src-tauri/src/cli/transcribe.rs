//! `castor transcribe`: what is said in a recording, heard on this computer.

use super::{Exit, TranscribeArguments, TranscribeFormat, ask};
use crate::error::CastorError;
use crate::state::Castor;
use crate::subtitles::TranscriptFormat;
use ::ask::RecordedSpeech;
use conversation::{Hearing, HearingEvent, SPEECH_RATE, SensesError, Transcript};
use local::SpeechChoice;
use media::sound::SoundReader;
use std::cell::Cell;
use std::io::{IsTerminal, Write};

pub(super) fn run(castor: &Castor, arguments: &TranscribeArguments) -> Exit {
    let opened = SoundReader::open(&arguments.file).and_then(|reader| reader.mono(SPEECH_RATE));
    let mut sound = match opened {
        Ok(sound) => RecordedSpeech::from(sound),
        Err(error) => {
            eprintln!("castor: {}: {error}", arguments.file.display());
            return Exit::File;
        }
    };
    let mut listening = castor.settings().voice.listening();
    listening.language = (arguments.language != "auto").then(|| arguments.language.clone());
    if let Some(model) = &arguments.model {
        listening.choice = SpeechChoice::parse(model);
    }
    listening.simplified &= !arguments.traditional;
    castor.local.speech().listen(listening);
    // Words go out as they are understood; subtitles and JSON need the whole.
    let as_it_comes = arguments.format == TranscribeFormat::Txt;
    let wrote = Cell::new(false);
    let tell = |event: HearingEvent| match event {
        HearingEvent::Segment(segment) if as_it_comes => {
            wrote.set(true);
            // A reader that closed the pipe has read enough.
            let _closed = writeln!(std::io::stdout(), "{}", segment.text.trim());
        }
        HearingEvent::Progress(fraction) if !(as_it_comes && std::io::stdout().is_terminal()) => {
            ask::progress("listening", fraction);
        }
        _ => {}
    };
    match castor.local.transcribe(&mut sound, &tell, &|| false) {
        Ok(transcript) => finish(&transcript, arguments.format, wrote.get()),
        Err(SensesError::Missing) => {
            eprintln!(
                "castor: the recogniser that understands speech is not here yet. Fetch it with castor models fetch {}",
                local::DEFAULT_SPEECH_MODEL
            );
            Exit::ModelMissing
        }
        Err(error) => {
            eprintln!("castor: {}: {error}", arguments.file.display());
            Exit::Failed
        }
    }
}

fn finish(transcript: &Transcript, format: TranscribeFormat, wrote: bool) -> Exit {
    let words = match format {
        TranscribeFormat::Txt => {
            if !wrote {
                eprintln!("castor: no speech was heard in this recording");
            }
            return Exit::Fine;
        }
        TranscribeFormat::Srt => TranscriptFormat::Srt.write(transcript),
        TranscribeFormat::Vtt => TranscriptFormat::Vtt.write(transcript),
        TranscribeFormat::Json => match serde_json::to_string_pretty(transcript) {
            Ok(json) => json + "\n",
            Err(error) => {
                eprintln!("castor: {}", CastorError::System(error.to_string()));
                return Exit::Failed;
            }
        },
    };
    // A reader that closed the pipe has read enough.
    let _closed = write!(std::io::stdout(), "{words}");
    Exit::Fine
}
