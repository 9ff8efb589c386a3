//! Lets go of what nobody used for a while: an assistant that is idle should cost little memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a model stays in memory after it was used last: loading takes a second, and people dictate and listen in bursts.
const KEEP: Duration = Duration::from_mins(5);

/// What is kept in memory, and when it was used last.
pub(crate) struct Loaded<T> {
    pub(crate) model: T,
    pub(crate) used: Instant,
}

impl<T> Loaded<T> {
    /// Used now.
    pub(crate) fn new(model: T) -> Self {
        Self { model, used: Instant::now() }
    }
}

/// A place for one model.
pub(crate) type Place<T> = Arc<Mutex<Option<Loaded<T>>>>;

/// Watches a place until it is empty, and empties it when its model was not used for a while.
pub(crate) fn watch<T: Send + 'static>(place: Place<T>, name: &str) {
    let watch = move || {
        loop {
            let Some(used) = lock(&place).as_ref().map(|loaded| loaded.used) else { return };
            let left = KEEP.saturating_sub(used.elapsed());
            if left.is_zero() {
                *lock(&place) = None;
                return;
            }
            thread::sleep(left);
        }
    };
    if let Err(error) = thread::Builder::new().name(name.into()).spawn(watch) {
        tracing::warn!(%error, name, "a model stays in memory");
    }
}

/// The place's content, whatever happened to whoever had it before.
pub(crate) fn lock<T>(place: &Mutex<Option<Loaded<T>>>) -> MutexGuard<'_, Option<Loaded<T>>> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}
