//! What is heard, one thing at a time; playing recordings.

use crate::error::CastorError;
use capture::{Played, Speaker};
use media::sound::{SoundReader, SoundStream};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What is being played or read aloud, if anything is.
#[derive(Debug, Default)]
pub struct Player(Mutex<CancellationToken>);

impl Player {
    /// Plays a file from a moment on, in place of what is being played, to its end or until it is stopped. Blocks.
    pub fn play(
        &self,
        path: &Path,
        from: Duration,
        on_position: &dyn Fn(Duration),
    ) -> Result<Played, CastorError> {
        let stopped = self.begin();
        let speaker = Speaker::find()?;
        let unreadable = |error: media::sound::SoundError| CastorError::InvalidInput(error.to_string());
        let mut sound =
            SoundReader::open(path).and_then(|reader| reader.mono(speaker.rate())).map_err(unreadable)?;
        let mut rest = skip(&mut sound, from, &stopped).map_err(unreadable)?;
        let mut next = || {
            if let Some(rest) = rest.take() {
                return Some(rest);
            }
            let block =
                sound.next_block().inspect_err(|error| tracing::warn!(%error, "a recording breaks off"));
            Some(block.ok()??.to_vec())
        };
        Ok(speaker.play(&mut next, &mut |played| on_position(from + played), &|| stopped.is_cancelled())?)
    }

    /// Stops what is being played.
    pub fn stop(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    /// Stops what is being played, for something else; it is stopped by the token.
    pub fn begin(&self) -> CancellationToken {
        let mut playing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        playing.cancel();
        *playing = CancellationToken::new();
        playing.clone()
    }
}

/// Passes over the beginning; what of the last block is to be heard.
fn skip(
    sound: &mut SoundStream,
    from: Duration,
    stopped: &CancellationToken,
) -> Result<Option<Vec<f32>>, media::sound::SoundError> {
    let mut left = (from.as_secs_f64() * f64::from(sound.sample_rate())) as usize;
    while left > 0 && !stopped.is_cancelled() {
        let Some(block) = sound.next_block()? else { break };
        if block.len() > left {
            return Ok(block.get(left..).map(<[f32]>::to_vec));
        }
        left -= block.len();
    }
    Ok(None)
}
