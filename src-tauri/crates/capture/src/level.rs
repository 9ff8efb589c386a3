//! How loud it is, for a meter on the screen.

/// Measures that are reported a second.
const A_SECOND: u32 = 20;

/// Cuts sound into equal stretches and gives the highest amplitude of each.
#[derive(Debug)]
pub(crate) struct Meter {
    stretch: u32,
    measured: u32,
    peak: f32,
}

impl Meter {
    /// A meter for sound at `rate` Hz.
    pub(crate) fn new(rate: u32) -> Self {
        Self { stretch: (rate / A_SECOND).max(1), measured: 0, peak: 0.0 }
    }

    /// Measures `samples` and hands every finished measure to `report`.
    pub(crate) fn push(&mut self, samples: &[f32], mut report: impl FnMut(f32)) {
        for sample in samples {
            self.peak = self.peak.max(sample.abs());
            self.measured += 1;
            if self.measured == self.stretch {
                report(self.peak.min(1.0));
                self.measured = 0;
                self.peak = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_twenty_peaks_a_second() {
        let samples: Vec<f32> = (0..16_000_u16).map(|at| -f32::from(at) / 16_000.0).collect();
        let (mut meter, mut peaks) = (Meter::new(16_000), Vec::new());
        for piece in samples.chunks(333) {
            meter.push(piece, |peak| peaks.push(peak));
        }
        assert_eq!(peaks.len(), 20);
        assert!((peaks[9] - 0.5).abs() < 0.01 && peaks.is_sorted(), "{peaks:?}");
    }
}
