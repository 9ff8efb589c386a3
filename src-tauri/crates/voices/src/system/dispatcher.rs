//! Voices of Speech Dispatcher.

use super::ssip::{Connection, Progress};
use super::{Spoken, SystemVoice};
use crate::{SpokenLanguage, VoiceError};
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a stop is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// A character takes less than this at the lowest speed: what lasts longer will not end.
const SLOWEST: Duration = Duration::from_secs(1);
/// What a module may take to begin.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(super) struct Dispatcher {
    connection: Mutex<Connection>,
    /// The module the person has chosen for all programs.
    module: String,
    /// Voices that were listed once; a list takes a tenth of a second.
    known: Mutex<HashSet<String>>,
}

impl Dispatcher {
    pub(super) fn connect() -> Result<Self, VoiceError> {
        let mut connection = Connection::open()?;
        if modules(&mut connection)?.is_empty() {
            return Err(VoiceError::Missing);
        }
        let module = connection.ask("GET OUTPUT_MODULE")?.into_iter().next().unwrap_or_default();
        Ok(Self { connection: Mutex::new(connection), module, known: Mutex::default() })
    }

    pub(super) fn voices(&self) -> Result<Vec<SystemVoice>, VoiceError> {
        let mut connection = self.connection()?;
        let mut voices = Vec::new();
        for module in modules(&mut connection)? {
            connection.ask(&format!("SET SELF OUTPUT_MODULE {module}"))?;
            let listed = connection.ask("LIST SYNTHESIS_VOICES")?;
            voices.extend(listed.iter().filter_map(|line| voice(&module, line)));
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(voices.iter().map(|voice| voice.id.clone()));
        Ok(voices)
    }

    pub(super) fn speak(
        &self,
        text: &str,
        voice: Option<&str>,
        language: SpokenLanguage,
        speed: f32,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Spoken, VoiceError> {
        // The server says yes to any name, and then nothing with it.
        if let Some(voice) = voice
            && !self.is_known(voice)
            && !self.voices()?.iter().any(|listed| listed.id == voice)
        {
            return Err(VoiceError::Missing);
        }
        let mut connection = self.connection()?;
        let (module, name) = voice.and_then(|id| id.split_once(':')).unwrap_or((&self.module, ""));
        connection.ask(&format!("SET SELF OUTPUT_MODULE {module}"))?;
        let language = match language {
            SpokenLanguage::English => "en",
            SpokenLanguage::Chinese => "zh",
        };
        // This chooses the module's own voice for it, so the name comes after.
        connection.ask(&format!("SET SELF LANGUAGE {language}"))?;
        if !name.is_empty() {
            connection.ask(&format!("SET SELF SYNTHESIS_VOICE {name}"))?;
        }
        connection.ask(&format!("SET SELF RATE {}", rate(speed)))?;
        let message = connection.speak(text)?;
        let deadline =
            Instant::now() + PATIENCE + SLOWEST * u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        loop {
            match connection.progress(&message, LOOK_EVERY)? {
                Some(Progress::Ended) => return Ok(Spoken::ToTheEnd),
                Some(Progress::Canceled) => return Ok(Spoken::Stopped),
                None => {}
            }
            if is_stopped() {
                connection.ask("CANCEL SELF")?;
                return Ok(Spoken::Stopped);
            }
            if Instant::now() > deadline {
                connection.ask("CANCEL SELF")?;
                return Err(VoiceError::Failed("Speech Dispatcher does not come to an end".into()));
            }
        }
    }

    fn is_known(&self, voice: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(voice)
    }

    /// The connection, made again where the server has ended since.
    fn connection(&self) -> Result<MutexGuard<'_, Connection>, VoiceError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.ask("GET RATE").is_err() {
            *connection = Connection::open()?;
        }
        Ok(connection)
    }
}

/// The synthesizers; the one that only says that there is none does not count.
fn modules(connection: &mut Connection) -> Result<Vec<String>, VoiceError> {
    let modules = connection.ask("LIST OUTPUT_MODULES")?;
    Ok(modules.into_iter().filter(|module| module != "dummy").collect())
}

/// Reads "name, language, variant". A hundred disguises of each of espeak's voices ("English+Robert") are left out.
fn voice(module: &str, line: &str) -> Option<SystemVoice> {
    let mut fields = line.split('\t');
    let (name, language) = (fields.next()?, fields.next()?);
    let variant = fields.next().unwrap_or("none");
    let is_disguise = variant != "none" && name.strip_suffix(variant).is_some_and(|rest| rest.ends_with('+'));
    (!is_disguise && !name.is_empty()).then(|| SystemVoice {
        id: format!("{module}:{name}"),
        name: name.trim().to_owned(),
        language: tag(language),
    })
}

/// Writes a language as is usual: "cmn-LATN" becomes "zh-Latn", which Unicode's CLDR has for canonical.
fn tag(language: &str) -> String {
    let mut is_private = false;
    let parts = language.split(['-', '_']).enumerate().map(|(at, part)| {
        let part = part.to_ascii_lowercase();
        is_private |= part.len() == 1;
        match (at, part.len()) {
            (0, _) if part == "cmn" => "zh".to_owned(),
            (0, _) => part,
            _ if is_private => part,
            (_, 2) => part.to_ascii_uppercase(),
            (_, 4) => {
                part.get(..1).unwrap_or_default().to_ascii_uppercase() + part.get(1..).unwrap_or_default()
            }
            _ => part,
        }
    });
    parts.collect::<Vec<String>>().join("-")
}

/// From -100 to 100. The modules agree on neither end; measured with espeak-ng, the most common, 50 is twice as fast and
/// -100 half as fast.
fn rate(speed: f32) -> i32 {
    let octaves = speed.log2();
    (if octaves > 0.0 { octaves * 50.0 } else { octaves * 100.0 }).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_are_read_and_disguises_left_out() {
        let listed =
            voice("espeak-ng", "Chinese (Mandarin, latin as Pinyin)\tcmn-LATN-PINYIN\tnone").unwrap();
        assert_eq!(listed.id, "espeak-ng:Chinese (Mandarin, latin as Pinyin)");
        assert_eq!(listed.language, "zh-Latn-pinyin");
        assert_eq!(voice("espeak-ng", "English (America)+Adam\ten-US\tAdam"), None);
        assert_eq!(voice("flite", "kal16\ten\tMALE1").unwrap().language, "en");
        assert_eq!(voice("espeak-ng", "nonsense"), None);
        assert_eq!(tag("en-GB-X-RP"), "en-GB-x-rp");
        assert_eq!(tag("pt_br"), "pt-BR");
    }

    #[test]
    fn the_rate_is_even_in_octaves() {
        assert_eq!([0.5, 1.0, 2.0].map(rate), [-100, 0, 50]);
    }
}
