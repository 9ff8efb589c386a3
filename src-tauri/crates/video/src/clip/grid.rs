//! Puts frames with times on a grid of constant rate. Pure.
//!
//! A place of the grid shows the frame that was taken last before its end: frames closer together than the grid's places
//! replace one another, frames further apart are repeated. So what is seen is never further from its time than one place,
//! however long the clip is.

use std::time::Duration;

/// What is to be written next: this picture, so many times.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) jpeg: Option<Vec<u8>>,
    pub(crate) times: u64,
}

/// The grid of a clip.
pub(crate) struct Grid {
    rate: u32,
    /// Taken last, and not written yet for any place it is the latest of.
    latest: Option<Vec<u8>>,
    /// Places that are settled.
    written: u64,
}

impl Grid {
    pub(crate) fn new(rate: u32) -> Self {
        Self { rate, latest: None, written: 0 }
    }

    /// A frame was taken. One that is older than what is settled already counts as taken just now.
    pub(crate) fn frame(&mut self, at: Duration, jpeg: Vec<u8>) -> Step {
        let place = self.place(at);
        match self.latest.take() {
            // The first one is shown from the beginning.
            None => {
                self.latest = Some(jpeg);
                Step { jpeg: None, times: 0 }
            }
            Some(before) => {
                let times = place.saturating_sub(self.written);
                self.written += times;
                self.latest = Some(jpeg);
                Step { jpeg: Some(before), times }
            }
        }
    }

    /// The clip ends: the last frame is shown until then, at least once.
    pub(crate) fn end(&mut self, end: Duration) -> Step {
        let Some(last) = self.latest.take() else { return Step { jpeg: None, times: 0 } };
        let places = (end.as_secs_f64() * f64::from(self.rate) - 1e-6).ceil() as u64;
        let times = places.saturating_sub(self.written).max(1);
        self.written += times;
        Step { jpeg: Some(last), times }
    }

    /// Places that are settled.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// The place that is nearest.
    fn place(&self, at: Duration) -> u64 {
        (at.as_secs_f64() * f64::from(self.rate)).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Which frame each place shows, of frames at these milliseconds.
    fn places(rate: u32, frames: &[u64], end: u64) -> Vec<u8> {
        let mut grid = Grid::new(rate);
        let mut shown = Vec::new();
        let mut write = |step: Step| {
            for _ in 0..step.times {
                shown.push(step.jpeg.as_ref().unwrap()[0]);
            }
        };
        for (index, &at) in frames.iter().enumerate() {
            write(grid.frame(Duration::from_millis(at), vec![index as u8]));
        }
        write(grid.end(Duration::from_millis(end)));
        assert_eq!(grid.written(), shown.len() as u64);
        shown
    }

    #[test]
    fn times_decide() {
        assert_eq!(places(10, &[0, 100, 200], 300), [0, 1, 2]);
        assert_eq!(places(10, &[0, 100, 500], 700), [0, 1, 1, 1, 1, 2, 2], "held");
        assert_eq!(places(10, &[350, 400], 600), [0, 0, 0, 0, 1, 1], "late start");
        assert_eq!(places(10, &[0, 10, 20, 30, 100], 200), [3, 4], "more than there are places");
        assert_eq!(places(10, &[0], 0), [0], "a single frame");
        assert_eq!(places(10, &[0, 300, 100, 400], 500), [0, 0, 0, 2, 3], "out of order");
        assert_eq!(places(10, &[], 500), [] as [u8; 0]);
    }

    proptest! {
        #[test]
        fn nothing_is_seen_further_than_a_place_from_its_time(
            mut frames in prop::collection::vec(0..5000_u64, 1..100), rate in 1..60_u32, rest in 0..500_u64,
        ) {
            frames.sort_unstable();
            frames.truncate(200);
            let end = frames.last().unwrap() + rest;
            let shown = places(rate, &frames, end);
            let length = 1000.0 / f64::from(rate);
            prop_assert!((shown.len() as f64 * length - end as f64).abs() <= 1.5 * length);
            for (place, &frame) in shown.iter().enumerate() {
                let at = place as f64 * length;
                let (begins, ends) = (frames[frame as usize], frames.get(frame as usize + 1));
                prop_assert!(frame == 0 || begins as f64 <= at + length);
                prop_assert!(ends.is_none_or(|&ends| ends as f64 + length >= at));
            }
        }
    }
}
