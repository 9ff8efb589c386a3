//! Rectangles of the desktop.

/// A rectangle in pixels; its origin may lie left of the desktop or above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

impl Rect {
    /// What both cover, if anything.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (x, width) = overlap((self.x, self.width), (other.x, other.width))?;
        let (y, height) = overlap((self.y, self.height), (other.y, other.height))?;
        Some(Self { x, y, width, height })
    }

    /// Whether the pixel at this place belongs to it.
    #[cfg(target_os = "linux")]
    pub fn contains(self, x: i32, y: i32) -> bool {
        self.intersection(Self { x, y, width: 1, height: 1 }).is_some()
    }
}

/// The common part of two ranges, each given by its start and length.
fn overlap(one: (i32, u32), other: (i32, u32)) -> Option<(i32, u32)> {
    let end = |(start, length): (i32, u32)| i64::from(start) + i64::from(length);
    let start = one.0.max(other.0);
    let length = end(one).min(end(other)) - i64::from(start);
    u32::try_from(length).ok().filter(|length| *length > 0).map(|length| (start, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_overlap_only_where_both_are() {
        let screen = Rect { x: 0, y: 0, width: 100, height: 50 };
        let half_outside = Rect { x: -10, y: 40, width: 30, height: 30 };
        let inside = Rect { x: 0, y: 40, width: 20, height: 10 };
        assert_eq!(screen.intersection(half_outside), Some(inside));
        assert_eq!(half_outside.intersection(screen), Some(inside));
        assert_eq!(screen.intersection(Rect { x: 100, y: 0, width: 5, height: 5 }), None);
        assert_eq!(screen.intersection(Rect { x: 5, y: 5, width: 0, height: 5 }), None);
        let widest = Rect { x: i32::MAX, y: i32::MIN, width: u32::MAX, height: u32::MAX };
        assert_eq!(widest.intersection(widest), Some(widest));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_last_pixel_belongs_to_it_and_the_next_does_not() {
        let screen = Rect { x: 0, y: 0, width: 100, height: 50 };
        assert!(screen.contains(99, 49));
        assert!(!screen.contains(100, 49));
        assert!(!screen.contains(-1, 0));
    }
}
