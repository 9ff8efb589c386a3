//! The sound of a clip while it is recorded, on the clip's clock: sample by sample, whatever comes late, twice or never. Pure.

/// So much sound waits for the picture at most, in seconds.
const MOST_WAITING: u32 = 120;

/// Samples of mono sound that were not handed on yet.
pub(crate) struct SoundLine {
    rate: u32,
    waiting: Vec<i16>,
    /// Samples that were handed on.
    handed_on: u64,
}

impl SoundLine {
    /// Sound at `rate` Hz.
    pub(crate) fn new(rate: u32) -> Self {
        Self { rate, waiting: Vec::new(), handed_on: 0 }
    }

    /// Takes samples from -1 to 1, the first of which is the one with this number in the clip. Silence stands for what is
    /// missing before them; where there was sound or silence already, that remains. What finds no room is left out.
    pub(crate) fn take(&mut self, first: u64, samples: &[f32]) {
        let room = (u64::from(self.rate) * u64::from(MOST_WAITING)).saturating_sub(self.waiting.len() as u64);
        if (first + samples.len() as u64).saturating_sub(self.known()) > room {
            return;
        }
        self.fill(first);
        let known = usize::try_from(self.known() - first).unwrap_or(usize::MAX);
        let new = samples.get(known..).unwrap_or_default();
        self.waiting.extend(new.iter().map(|sample| (sample.clamp(-1.0, 1.0) * 32767.0).round() as i16));
    }

    /// Silence up to the sample with this number, as far as there is nothing.
    pub(crate) fn fill(&mut self, until: u64) {
        let missing = usize::try_from(until.saturating_sub(self.known())).unwrap_or(usize::MAX);
        self.waiting.resize(self.waiting.len() + missing, 0);
    }

    /// What is there up to the sample with this number and was not handed on: the number of its first, and the samples.
    pub(crate) fn hand_on(&mut self, until: u64) -> (u64, Vec<i16>) {
        let first = self.handed_on;
        let count =
            usize::try_from(until.saturating_sub(first)).unwrap_or(usize::MAX).min(self.waiting.len());
        self.handed_on += count as u64;
        (first, self.waiting.drain(..count).collect())
    }

    /// The number of the sample that belongs to a place of a grid with so many places a second.
    pub(crate) fn at(&self, place: u64, frame_rate: u32) -> u64 {
        place * u64::from(self.rate) / u64::from(frame_rate.max(1))
    }

    /// Samples a second.
    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    /// Samples that came, or stand for what did not.
    fn known(&self) -> u64 {
        self.handed_on + self.waiting.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_has_its_place() {
        let mut line = SoundLine::new(10);
        line.take(0, &[0.5, -2.0]);
        assert_eq!(line.hand_on(1), (0, vec![16384]));
        // Two are missing.
        line.take(4, &[1.0]);
        assert_eq!(line.hand_on(100), (1, vec![-32767, 0, 0, 32767]));
        assert_eq!(line.hand_on(100), (5, vec![]));
        // It is late: silence stands there already.
        line.fill(8);
        line.take(5, &[1.0, 1.0, 1.0, 1.0]);
        assert_eq!(line.hand_on(100), (5, vec![0, 0, 0, 32767]));
        line.take(6, &[1.0]);
        line.fill(3);
        assert_eq!(line.hand_on(100), (9, vec![]));
        assert_eq!(line.at(3, 15), 2);
    }

    #[test]
    fn without_a_picture_only_so_much_is_kept() {
        let mut line = SoundLine::new(10);
        line.take(0, &[1.0; 1200]);
        line.take(1200, &[1.0]);
        line.take(u64::MAX / 2, &[1.0]);
        let (_, samples) = line.hand_on(u64::MAX);
        assert_eq!(samples.len(), 1200);
        line.take(1201, &[1.0]);
        assert_eq!(line.hand_on(u64::MAX), (1200, vec![0, 32767]));
    }
}
