//! How a video lies: the turn or flip that brings its frames upright, from the file's display matrix or `rotate` tag.
//!
//! Done here and not by FFmpeg's own turning, which differs between versions in what it reads.

/// One of the eight ways a frame can lie, named after what brings it upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Orientation {
    Upright,
    Clockwise,
    HalfTurn,
    CounterClockwise,
    FlipSideways,
    FlipUpsideDown,
    Transpose,
    Transverse,
}

impl Orientation {
    /// From the matrix as ffprobe prints it: three lines of an offset and three numbers, of which the first two of the
    /// first two lines tell where x and y go (ISO/IEC 14496-12, 6.2.2). `None` where it is no multiple of a quarter turn.
    pub(crate) fn of_matrix(printed: &str) -> Option<Self> {
        let rows: Vec<Vec<i64>> = printed
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(_, row)| row.split_whitespace().filter_map(|number| number.parse().ok()).collect())
            .collect();
        let at = |row: usize, column: usize| Some(rows.get(row)?.get(column)?.signum());
        Some(match (at(0, 0)?, at(0, 1)?, at(1, 0)?, at(1, 1)?) {
            (1, 0, 0, 1) => Self::Upright,
            (0, 1, -1, 0) => Self::Clockwise,
            (-1, 0, 0, -1) => Self::HalfTurn,
            (0, -1, 1, 0) => Self::CounterClockwise,
            (-1, 0, 0, 1) => Self::FlipSideways,
            (1, 0, 0, -1) => Self::FlipUpsideDown,
            (0, 1, 1, 0) => Self::Transpose,
            (0, -1, -1, 0) => Self::Transverse,
            _ => return None,
        })
    }

    /// From the tag older programs write: degrees to turn clockwise.
    pub(crate) fn of_tag(degrees: &str) -> Option<Self> {
        let degrees: f64 = degrees.trim().parse().ok()?;
        Some(match degrees.rem_euclid(360.0).round() as u32 {
            0 | 360 => Self::Upright,
            90 => Self::Clockwise,
            180 => Self::HalfTurn,
            270 => Self::CounterClockwise,
            _ => return None,
        })
    }

    /// Whether width and height change places.
    pub(crate) fn swaps_sides(self) -> bool {
        matches!(self, Self::Clockwise | Self::CounterClockwise | Self::Transpose | Self::Transverse)
    }

    /// FFmpeg's filters that do it, if any are needed.
    pub(crate) fn filter(self) -> Option<&'static str> {
        match self {
            Self::Upright => None,
            Self::Clockwise => Some("transpose=clock"),
            Self::HalfTurn => Some("hflip,vflip"),
            Self::CounterClockwise => Some("transpose=cclock"),
            Self::FlipSideways => Some("hflip"),
            Self::FlipUpsideDown => Some("vflip"),
            Self::Transpose => Some("transpose=cclock_flip"),
            Self::Transverse => Some("transpose=clock_flip"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_are_understood() {
        let print = |a: i64, b: i64, c: i64, d: i64| {
            format!("\n00000000: {a:>12} {b:>12} 0\n00000001: {c:>12} {d:>12} 0\n00000002: 0 0 1073741824\n")
        };
        let one = 65536;
        assert_eq!(Orientation::of_matrix(&print(one, 0, 0, one)), Some(Orientation::Upright));
        assert_eq!(Orientation::of_matrix(&print(0, one, -one, 0)), Some(Orientation::Clockwise));
        assert_eq!(Orientation::of_matrix(&print(-one, 0, 0, one)), Some(Orientation::FlipSideways));
        assert_eq!(Orientation::of_matrix(&print(46341, 46341, -46341, 46341)), None);
        assert_eq!(Orientation::of_matrix("nonsense"), None);
    }

    #[test]
    fn tags_are_understood() {
        assert_eq!(Orientation::of_tag("90"), Some(Orientation::Clockwise));
        assert_eq!(Orientation::of_tag("-90"), Some(Orientation::CounterClockwise));
        assert_eq!(Orientation::of_tag("180"), Some(Orientation::HalfTurn));
        assert_eq!(Orientation::of_tag("45"), None);
        assert_eq!(Orientation::of_tag("up"), None);
    }
}
