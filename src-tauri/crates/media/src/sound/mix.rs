//! Fewer channels from many: to mono for recognisers, to stereo for sending.

use symphonia::core::audio::{Channels, Position};

/// Where a loudspeaker stands, as far as one or two channels can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
    /// In the middle: heard from both sides, 3 dB down in each.
    Both,
    /// The low-frequency effects of films: left out, as the standards for downmixing do.
    Low,
}

/// The sides of `channels`, in the order of the samples.
pub(super) fn sides(channels: &Channels) -> Vec<Side> {
    let left = Position::FRONT_LEFT
        | Position::REAR_LEFT
        | Position::FRONT_LEFT_CENTER
        | Position::SIDE_LEFT
        | Position::TOP_FRONT_LEFT
        | Position::TOP_REAR_LEFT
        | Position::TOP_SIDE_LEFT
        | Position::BOTTOM_FRONT_LEFT
        | Position::FRONT_LEFT_WIDE;
    let right = Position::FRONT_RIGHT
        | Position::REAR_RIGHT
        | Position::FRONT_RIGHT_CENTER
        | Position::SIDE_RIGHT
        | Position::TOP_FRONT_RIGHT
        | Position::TOP_REAR_RIGHT
        | Position::TOP_SIDE_RIGHT
        | Position::BOTTOM_FRONT_RIGHT
        | Position::FRONT_RIGHT_WIDE;
    let low = Position::LFE1 | Position::LFE2;
    match channels {
        Channels::Positioned(positions) => positions
            .iter()
            .map(|position| {
                if left.contains(position) {
                    Side::Left
                } else if right.contains(position) {
                    Side::Right
                } else if low.contains(position) {
                    Side::Low
                } else {
                    Side::Both
                }
            })
            .collect(),
        // Nobody says where they stand: all are heard from both sides, two are taken for left and right.
        other => match other.count() {
            2 => vec![Side::Left, Side::Right],
            count => vec![Side::Both; count],
        },
    }
}

/// Mixes interleaved frames of one layout down (or a single channel up) to one or two channels.
#[derive(Debug)]
pub(super) struct Mixer {
    sides: Vec<Side>,
    /// The weight of each source channel, for each target channel.
    weights: Vec<Vec<f32>>,
}

impl Mixer {
    /// A mixer from channels on `sides` to `target` channels, 1 or 2.
    pub(super) fn new(sides: &[Side], target: usize) -> Self {
        let left = weights(sides, Side::Left);
        let right = weights(sides, Side::Right);
        let weights = if target == 1 {
            vec![left.iter().zip(&right).map(|(left, right)| f32::midpoint(*left, *right)).collect()]
        } else {
            vec![left, right]
        };
        Self { sides: sides.to_vec(), weights }
    }

    /// Whether it is for channels on these sides.
    pub(super) fn is_for(&self, sides: &[Side]) -> bool {
        self.sides == sides
    }

    /// Appends the mix of `frames` to `mixed`.
    pub(super) fn mix(&self, frames: &[f32], mixed: &mut Vec<f32>) {
        let channels = self.sides.len().max(1);
        // Mono stays mono and stereo stays stereo bit by bit.
        if channels == self.weights.len() && channels <= 2 && !self.sides.contains(&Side::Low) {
            mixed.extend_from_slice(frames);
            return;
        }
        for frame in frames.chunks_exact(channels) {
            for weights in &self.weights {
                mixed.push(frame.iter().zip(weights).map(|(sample, weight)| sample * weight).sum());
            }
        }
    }
}

/// What each channel adds to `side`. The weights add up to one, so nothing clips that did not clip before.
fn weights(sides: &[Side], side: Side) -> Vec<f32> {
    let raw: Vec<f32> = sides
        .iter()
        .map(|&of| match of {
            Side::Both => std::f32::consts::FRAC_1_SQRT_2,
            Side::Low => 0.0,
            of if of == side => 1.0,
            _ => 0.0,
        })
        .collect();
    let sum: f32 = raw.iter().sum();
    if sum > 0.0 {
        raw.into_iter().map(|weight| weight / sum).collect()
    } else {
        // Nothing on this side, e.g. a lone right channel: all that there is.
        vec![1.0 / sides.len().max(1) as f32; sides.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(sides: &[Side], target: usize, frame: &[f32]) -> Vec<f32> {
        let mut mixed = Vec::new();
        Mixer::new(sides, target).mix(frame, &mut mixed);
        mixed
    }

    #[test]
    fn stereo_becomes_its_mean() {
        assert_eq!(mixed(&[Side::Left, Side::Right], 1, &[0.5, -0.25, 1.0, 1.0]), [0.125, 1.0]);
    }

    #[test]
    fn mono_is_heard_from_both_sides() {
        assert_eq!(mixed(&[Side::Both], 2, &[0.5]), [0.5, 0.5]);
        assert_eq!(mixed(&[Side::Both], 1, &[0.5]), [0.5]);
    }

    #[test]
    fn surround_keeps_its_sides_and_never_clips() {
        let sides = [Side::Left, Side::Right, Side::Both, Side::Low, Side::Left, Side::Right];
        let [left, right] = mixed(&sides, 2, &[1.0, 0.0, 0.0, 1.0, 1.0, 0.0])[..] else { panic!() };
        assert!(left > 0.7 && right.abs() < 1e-6, "{left} {right}");
        let full = mixed(&sides, 2, &[1.0; 6]);
        assert!(full.iter().all(|sample| (sample - 1.0).abs() < 1e-6), "{full:?}");
    }

    #[test]
    fn positions_have_sides() {
        let channels = Channels::Positioned(
            Position::FRONT_LEFT | Position::FRONT_RIGHT | Position::FRONT_CENTER | Position::LFE1,
        );
        assert_eq!(sides(&channels), [Side::Left, Side::Right, Side::Both, Side::Low]);
        assert_eq!(sides(&Channels::Discrete(2)), [Side::Left, Side::Right]);
    }
}
