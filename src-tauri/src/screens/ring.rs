//! What a screen showed in the last seconds: each picture from when it was seen first until the next one was. Pure.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most bytes of pictures. Ten seconds of a film at full size are as much; a desktop at work stays far below.
const MOST_BYTES: usize = 64 << 20;
/// Less than this is no stretch of time to ask about.
const SHORTEST: Duration = Duration::from_secs(1);

/// Pictures of the last seconds, in order.
pub struct Ring {
    length: Duration,
    pictures: VecDeque<Seen>,
    bytes: usize,
    /// When it was looked last.
    looked: Option<Instant>,
}

/// A picture, from when it was seen first.
#[derive(Clone)]
struct Seen {
    at: Instant,
    /// The number for what it looked like.
    print: u64,
    picture: Arc<[u8]>,
}

/// What was shown in a stretch of time that has just ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Pictures, and when since the beginning of the stretch each was seen first; the first one from that beginning on.
    pub frames: Vec<(Duration, Arc<[u8]>)>,
    /// From its beginning to the last look.
    pub length: Duration,
}

impl Ring {
    /// Keeps the last `length`.
    pub fn new(length: Duration) -> Self {
        Self { length, pictures: VecDeque::new(), bytes: 0, looked: None }
    }

    /// Somebody looked, and saw what has this number. Whether that is known already: if not, [`Ring::add`] its picture. What comes
    /// again, such as a caret that blinks, has its picture made once.
    pub fn looked(&mut self, at: Instant, print: u64) -> bool {
        if let Some(known) = self.pictures.iter().rev().find(|seen| seen.print == print) {
            let again = Seen { at, ..known.clone() };
            self.looked = Some(at);
            if self.pictures.back().is_some_and(|last| last.print != print) {
                self.push(again);
            }
            self.drop_old(at);
            return true;
        }
        false
    }

    /// A picture of what was seen anew.
    pub fn add(&mut self, at: Instant, print: u64, picture: Vec<u8>) {
        self.looked = Some(at);
        self.push(Seen { at, print, picture: picture.into() });
        self.drop_old(at);
    }

    fn push(&mut self, seen: Seen) {
        self.bytes += seen.picture.len();
        self.pictures.push_back(seen);
    }

    fn drop_old(&mut self, now: Instant) {
        // The picture that was shown when the last seconds began is needed, however long it was there before.
        while self.pictures.get(1).is_some_and(|next| now.duration_since(next.at) >= self.length)
            || (self.bytes > MOST_BYTES && self.pictures.len() > 1)
        {
            if let Some(oldest) = self.pictures.pop_front() {
                self.bytes -= oldest.picture.len();
            }
        }
    }

    /// Nothing that was seen is of use any more.
    pub fn forget(&mut self) {
        *self = Self::new(self.length);
    }

    /// What was shown in the last `length`, or for as long as it was looked; none for less than a second.
    pub fn last(&self, length: Duration) -> Option<Stretch> {
        let (looked, first) = (self.looked?, self.pictures.front()?.at);
        let length = length.min(looked.duration_since(first));
        if length < SHORTEST {
            return None;
        }
        let ago = |seen: &Seen| looked.duration_since(seen.at);
        let before = self.pictures.iter().take_while(|seen| ago(seen) >= length).count();
        let shown = self.pictures.iter().skip(before.saturating_sub(1));
        let frames =
            shown.map(|seen| (length.saturating_sub(ago(seen)), Arc::clone(&seen.picture))).collect();
        Some(Stretch { frames, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Duration = Duration::from_secs(10);

    /// Looks at these tenths of a second, and what is seen: a letter.
    fn looked(looks: &[(u64, &str)]) -> Ring {
        let began = Instant::now();
        let mut ring = Ring::new(TEN);
        for (tenths, letter) in looks {
            let (at, print) = (began + Duration::from_millis(tenths * 100), letter.as_bytes()[0].into());
            if !ring.looked(at, print) {
                ring.add(at, print, letter.as_bytes().to_vec());
            }
        }
        ring
    }

    /// The stretch as tenths of a second and letters, and its length.
    fn shown(ring: &Ring, seconds: u64) -> Option<(Vec<(u64, String)>, u64)> {
        let tenths = |time: Duration| u64::try_from(time.as_millis() / 100).unwrap();
        let stretch = ring.last(Duration::from_secs(seconds))?;
        let letters = |(at, picture): &(Duration, Arc<[u8]>)| {
            (tenths(*at), String::from_utf8(picture.to_vec()).unwrap())
        };
        Some((stretch.frames.iter().map(letters).collect(), tenths(stretch.length)))
    }

    fn frames(frames: &[(u64, &str)], length: u64) -> (Vec<(u64, String)>, u64) {
        (frames.iter().map(|(at, letter)| (*at, (*letter).to_owned())).collect(), length)
    }

    #[test]
    fn the_last_seconds_begin_with_what_was_shown_then() {
        let ring = looked(&[(0, "a"), (20, "b"), (40, "b"), (70, "c"), (90, "c")]);
        assert_eq!(shown(&ring, 5), Some(frames(&[(0, "b"), (30, "c")], 50)));
        assert_eq!(shown(&ring, 2), Some(frames(&[(0, "c")], 20)), "changed just then");
        assert_eq!(shown(&ring, 10), Some(frames(&[(0, "a"), (20, "b"), (70, "c")], 90)), "no more was seen");
    }

    #[test]
    fn what_holds_still_is_kept_for_as_long_as_it_does() {
        let ring = looked(&[(0, "a"), (300, "a"), (600, "a")]);
        assert_eq!(shown(&ring, 5), Some(frames(&[(0, "a")], 50)));
        let ring = looked(&[(0, "a"), (590, "b"), (600, "b")]);
        assert_eq!(shown(&ring, 10), Some(frames(&[(0, "a"), (90, "b")], 100)));
        assert_eq!(ring.pictures.len(), 2);
        let ring = looked(&[(0, "a"), (10, "b"), (110, "b")]);
        assert_eq!(ring.pictures.len(), 1, "none older than ten seconds is kept beside the one shown then");
        assert_eq!(shown(&ring, 10), Some(frames(&[(0, "b")], 100)));
    }

    #[test]
    fn what_comes_again_has_the_picture_it_had() {
        let began = Instant::now();
        let at = |tenths: u64| began + Duration::from_millis(tenths * 100);
        let mut ring = Ring::new(TEN);
        assert!(!ring.looked(at(0), 1));
        ring.add(at(0), 1, b"off".to_vec());
        assert!(!ring.looked(at(5), 2));
        ring.add(at(5), 2, b"on".to_vec());
        assert!(ring.looked(at(10), 1), "it is known");
        assert!(ring.looked(at(12), 1));
        assert_eq!(
            shown(&ring, 5),
            Some((vec![(0, "off".into()), (5, "on".into()), (10, "off".into())], 12))
        );
        assert!(Arc::ptr_eq(&ring.pictures[0].picture, &ring.pictures[2].picture));
        // What was seen longer ago than anybody can ask about is not known any more.
        assert!(!ring.looked(at(300), 3));
        ring.add(at(300), 3, b"new".to_vec());
        assert!(ring.looked(at(310), 3));
        assert!(ring.looked(at(500), 3));
        assert!(!ring.looked(at(501), 2));
    }

    #[test]
    fn there_is_nothing_in_the_first_second_and_after_it_was_forgotten() {
        assert_eq!(shown(&Ring::new(TEN), 5), None);
        let mut ring = looked(&[(0, "a"), (9, "b")]);
        assert_eq!(shown(&ring, 5), None);
        ring = looked(&[(0, "a"), (9, "b"), (10, "b")]);
        assert_eq!(shown(&ring, 5), Some(frames(&[(0, "a"), (9, "b")], 10)));
        ring.forget();
        assert_eq!(shown(&ring, 5), None);
        assert_eq!(ring.bytes, 0);
    }

    #[test]
    fn it_never_grows_beyond_its_bytes() {
        let began = Instant::now();
        let mut ring = Ring::new(TEN);
        for look in 0..40 {
            let picture = vec![u8::try_from(look).unwrap(); MOST_BYTES / 8];
            ring.add(began + Duration::from_millis(look * 200), look, picture);
        }
        assert!(ring.bytes <= MOST_BYTES);
        assert_eq!(ring.pictures.len(), 8);
        let stretch = ring.last(TEN).unwrap();
        assert_eq!(stretch.length, Duration::from_millis(7 * 200), "only what is left of them");
        assert_eq!(stretch.frames[0].1[0], 32);
    }
}
