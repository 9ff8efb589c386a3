//! `castor read`: the text of a picture, or everything noted about it.

use super::{Exit, ReadArguments};
use crate::error::CastorError;
use crate::state::Castor;
use conversation::{Pixels, Senses, SensesError};
use std::io::Write;

pub(super) fn run(castor: &Castor, arguments: &ReadArguments) -> Exit {
    let pixels = match pixels(arguments) {
        Ok(pixels) => pixels,
        Err(words) => {
            eprintln!("castor: {}: {words}", arguments.file.display());
            return Exit::File;
        }
    };
    let notes = match castor.local.read(&pixels, &|_| {}, &|| false) {
        Ok(notes) => notes,
        Err(SensesError::Missing) => {
            eprintln!(
                "castor: the recognisers that read pictures are not here yet. Fetch them with castor models fetch {}",
                local::DEFAULT_RECOGNISERS
            );
            return Exit::ModelMissing;
        }
        Err(error) => {
            eprintln!("castor: {error}");
            return Exit::Failed;
        }
    };
    let words = if arguments.json {
        match serde_json::to_string_pretty(&notes) {
            Ok(json) => json,
            Err(error) => {
                eprintln!("castor: {}", CastorError::System(error.to_string()));
                return Exit::Failed;
            }
        }
    } else if notes.lines.is_empty() {
        eprintln!("castor: no text was found in this picture");
        return Exit::Fine;
    } else {
        notes.text()
    };
    // A reader that closed the pipe has read enough.
    let _closed = writeln!(std::io::stdout(), "{words}");
    Exit::Fine
}

fn pixels(arguments: &ReadArguments) -> Result<Pixels, String> {
    let bytes = std::fs::read(&arguments.file).map_err(|error| error.to_string())?;
    let picture = media::decode(&bytes).map_err(|error| error.to_string())?;
    Ok(Pixels { width: picture.width(), height: picture.height(), rgb: picture.to_rgb() })
}
