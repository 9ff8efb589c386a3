//! The self-test: tries each thing Castor works with, as far as that needs nobody's help, and names the layer that fails. The
//! window words the findings and adds what a person has to see or hear; `castor doctor` prints them.

mod devices;
mod finding;
mod local_model;
mod network;
mod storage;
mod videos;

pub use finding::{Finding, FindingCode, FindingState, FindingSubject};

use crate::error::CastorError;
use crate::state::Castor;
use capture::Speaker;
use std::f32::consts::TAU;
use std::sync::Arc;

/// Tries everything, one thing after the other; `tell` hears each finding as soon as it is made.
pub async fn run(castor: &Arc<Castor>, tell: impl Fn(Finding)) {
    tell(on_thread(castor, |castor| devices::microphone(&castor.settings().voice)).await);
    tell(on_thread(castor, |_| devices::speaker()).await);
    tell(on_thread(castor, |castor| devices::camera(castor.settings().camera.consent)).await);
    tell(on_thread(castor, |_| devices::screen()).await);
    tell(on_thread(castor, |_| videos::programs()).await);
    let (network, key) = network::reach(castor).await;
    tell(key);
    tell(network);
    tell(local_model::answer(castor).await);
    tell(on_thread(castor, |castor| storage::room(&castor.folders.data)).await);
}

/// Runs what waits for devices or the disk away from the async workers.
async fn on_thread(castor: &Arc<Castor>, check: impl FnOnce(&Castor) -> Finding + Send + 'static) -> Finding {
    let castor = Arc::clone(castor);
    match tokio::task::spawn_blocking(move || check(&castor)).await {
        Ok(finding) => finding,
        Err(error) => Finding::failed(FindingSubject::Storage, FindingCode::StorageFailed, &error),
    }
}

/// Plays a short rising chime, in place of what is being played. Blocks until it was heard.
pub fn play_test_sound(castor: &Castor) -> Result<(), CastorError> {
    const NOTES: [f32; 3] = [523.25, 659.25, 783.99];
    const NOTE_SECONDS: f32 = 0.25;
    let stopped = castor.player.begin();
    let speaker = Speaker::find()?;
    let rate = speaker.rate() as f32;
    let note = |frequency: f32| {
        let samples = (rate * NOTE_SECONDS) as usize;
        (0..samples).map(move |sample| {
            let at = sample as f32 / rate;
            // Swells and fades, so that nothing clicks.
            let loudness = (at / NOTE_SECONDS * TAU / 2.0).sin() * 0.3;
            (at * frequency * TAU).sin() * loudness
        })
    };
    let mut chime = Some(NOTES.into_iter().flat_map(note).collect::<Vec<_>>());
    speaker.play(&mut || chime.take(), &mut |_| {}, &|| stopped.is_cancelled())?;
    Ok(())
}
