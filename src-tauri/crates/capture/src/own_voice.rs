//! What Castor itself plays, carried from the speaker's thread to the recorder's, which takes it out of what the microphone
//! hears.

use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Sound that waits for a recorder. Without one it is thrown away.
const RING: Duration = Duration::from_secs(3);
/// Deliveries that wait for a recorder.
const MARKS: usize = 1024;
/// How long after the end of what another program plays it is still heard: the room, and what the sound server holds.
const TAIL: Duration = Duration::from_millis(300);

/// Castor's own voice. A speaker that plays says what it plays, a recorder that has the same one takes it out of what it
/// hears. Clones are the same. Only one recorder at a time may have it.
#[derive(Debug, Clone, Default)]
pub struct OwnVoice {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Speakers that nobody listens to yet. Neither of the system's threads takes this lock.
    new: Mutex<Vec<Ear>>,
    deaf: Mutex<Deaf>,
}

#[derive(Debug, Default)]
enum Deaf {
    #[default]
    No,
    Yes,
    Until(Instant),
}

/// Whether two are the same, not whether they say the same.
impl PartialEq for OwnVoice {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Eq for OwnVoice {}

impl OwnVoice {
    /// One that says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes nothing for speech while another program speaks for Castor, as the system's voices do: what it plays is not
    /// known. Goes on for a moment after the end. What is recorded does not change.
    pub fn deafen(&self, is_deaf: bool) {
        let mut deaf = locked(&self.shared.deaf);
        *deaf = match (is_deaf, &*deaf) {
            (true, _) => Deaf::Yes,
            (false, Deaf::Yes) => Deaf::Until(Instant::now() + TAIL),
            (false, Deaf::No) => Deaf::No,
            (false, Deaf::Until(end)) => Deaf::Until(*end),
        };
    }

    /// Whether nothing that is heard `at` this time is to be taken for speech.
    pub(crate) fn is_deaf(&self, at: Instant) -> bool {
        match *locked(&self.shared.deaf) {
            Deaf::No => false,
            Deaf::Yes => true,
            Deaf::Until(end) => at < end,
        }
    }

    /// For a speaker that begins to play at `rate` Hz.
    pub(crate) fn mouth(&self, rate: u32) -> Mouth {
        let (sound, heard) = RingBuffer::new((RING.as_secs_f64() * f64::from(rate)) as usize);
        let (marks, told) = RingBuffer::new(MARKS);
        let mut new = locked(&self.shared.new);
        // Without a recorder nobody takes them.
        new.retain(|ear| !ear.sound.is_abandoned());
        new.push(Ear { rate, sound: heard, marks: told });
        Mouth { sound, marks }
    }

    /// Speakers that began since the last call.
    pub(crate) fn new_ears(&self) -> Vec<Ear> {
        std::mem::take(&mut *locked(&self.shared.new))
    }

    /// Leaves these to the next recorder.
    pub(crate) fn give_back(&self, ears: Vec<Ear>) {
        locked(&self.shared.new).extend(ears);
    }
}

/// A delivery to the device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    /// When it was handed over. It sounds later.
    pub at: Instant,
    /// Samples of it.
    pub count: usize,
}

/// The end in the speaker's thread. Does not wait, allocate or fail.
#[derive(Debug)]
pub(crate) struct Mouth {
    sound: Producer<f32>,
    marks: Producer<Mark>,
}

impl Mouth {
    /// Says that `count` samples are handed to the device at this time, which `sample` gives one after the other.
    pub(crate) fn says(&mut self, count: usize, at: Instant, mut sample: impl FnMut() -> f32) {
        let is_heard = self.marks.slots() > 0 && self.sound.slots() >= count;
        if is_heard {
            let _fits = self.marks.push(Mark { at, count });
        }
        for _ in 0..count {
            let sample = sample();
            if is_heard {
                let _fits = self.sound.push(sample);
            }
        }
    }
}

/// The end in the recorder's thread.
#[derive(Debug)]
pub(crate) struct Ear {
    pub rate: u32,
    sound: Consumer<f32>,
    marks: Consumer<Mark>,
}

impl Ear {
    /// The next delivery; its sound is appended to `samples`.
    pub(crate) fn hear(&mut self, samples: &mut Vec<f32>) -> Option<Mark> {
        // The mark is there before its sound is complete.
        let mark = *self.marks.peek().ok()?;
        let chunk = self.sound.read_chunk(mark.count).ok()?;
        samples.extend(chunk);
        self.marks.pop().ok()
    }

    /// Whether the speaker has ended and all it said was heard.
    pub(crate) fn has_ended(&self) -> bool {
        self.marks.is_abandoned() && self.marks.is_empty()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard_delivery_by_delivery() {
        let own = OwnVoice::new();
        let mut mouth = own.clone().mouth(16_000);
        let mut ears = own.new_ears();
        assert_eq!((ears.len(), own.new_ears().len()), (1, 0));
        let mut next = 0.0;
        for count in [3, 2] {
            mouth.says(count, Instant::now(), || {
                next += 1.0;
                next
            });
        }
        let mut heard = Vec::new();
        assert_eq!(ears[0].hear(&mut heard).unwrap().count, 3);
        assert!(!ears[0].has_ended());
        drop(mouth);
        assert_eq!(ears[0].hear(&mut heard).unwrap().count, 2);
        assert!(ears[0].hear(&mut heard).is_none() && ears[0].has_ended());
        assert_eq!(heard, [1.0, 2.0, 3.0, 4.0, 5.0]);
    }

    #[test]
    fn what_finds_no_room_is_left_out_whole() {
        let own = OwnVoice::new();
        let mut mouth = own.mouth(10);
        let mut given = 0;
        for _ in 0..3 {
            mouth.says(20, Instant::now(), || {
                given += 1;
                0.5
            });
        }
        assert_eq!(given, 60, "the device gets all");
        let (mut ears, mut heard) = (own.new_ears(), Vec::new());
        while ears[0].hear(&mut heard).is_some() {}
        assert_eq!(heard.len(), 20);
    }

    #[test]
    fn deafness_has_a_tail() {
        let own = OwnVoice::new();
        let now = Instant::now();
        own.deafen(false);
        assert!(!own.is_deaf(now));
        own.deafen(true);
        assert!(own.clone().is_deaf(now + Duration::from_secs(100)));
        own.deafen(false);
        let ended = Instant::now();
        assert!(own.is_deaf(now + TAIL) && !own.is_deaf(ended + TAIL));
        // Said twice, it ends no later.
        own.deafen(false);
        assert!(!own.is_deaf(ended + TAIL));
    }
}
