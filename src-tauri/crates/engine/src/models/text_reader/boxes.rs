//! Boxes around lines of text: rectangles with a reading direction.

/// Boxes at least this much longer than high are taken to read along their longer side (PaddleOCR's rule for upright
/// boxes, `get_rotate_crop_image`).
const CLEARLY_LONG: f32 = 1.5;

/// A rectangle around one line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LineBox {
    center: [f32; 2],
    /// Unit vector along the reading direction.
    direction: [f32; 2],
    /// Along the direction, in pixels.
    length: f32,
    /// Across it, in pixels.
    height: f32,
}

impl LineBox {
    pub(super) fn new(center: [f32; 2], direction: [f32; 2], length: f32, height: f32) -> Self {
        Self { center, direction, length, height }
    }

    /// Length over height.
    pub(super) fn aspect(&self) -> f32 {
        self.length / self.height.max(1.0)
    }

    pub(super) fn center(&self) -> [f32; 2] {
        self.center
    }

    pub(super) fn direction(&self) -> [f32; 2] {
        self.direction
    }

    pub(super) fn length(&self) -> f32 {
        self.length
    }

    pub(super) fn height(&self) -> f32 {
        self.height
    }

    /// The shorter side.
    pub(super) fn thickness(&self) -> f32 {
        self.length.min(self.height)
    }

    /// The corner where reading begins, the whole way along the line and the whole way down it.
    pub(super) fn frame(&self) -> [[f32; 2]; 3] {
        let [x, y] = self.direction;
        let right = [x * self.length, y * self.length];
        let down = [-y * self.height, x * self.height];
        let origin = [
            self.center[0] - f32::midpoint(right[0], down[0]),
            self.center[1] - f32::midpoint(right[1], down[1]),
        ];
        [origin, right, down]
    }

    /// Clockwise from the corner where reading begins, kept inside a picture of this size.
    pub(super) fn corners_within(&self, width: f32, height: f32) -> [[f32; 2]; 4] {
        let [[x, y], right, down] = self.frame();
        [
            [x, y],
            [x + right[0], y + right[1]],
            [x + right[0] + down[0], y + right[1] + down[1]],
            [x + down[0], y + down[1]],
        ]
        .map(|[x, y]| [x.clamp(0.0, width), y.clamp(0.0, height)])
    }

    /// The same, read from the other end.
    pub(super) fn reversed(&self) -> Self {
        Self { direction: [-self.direction[0], -self.direction[1]], ..self.clone() }
    }

    /// The same rectangle, read along its other side: clockwise from where it was read.
    fn turned(&self) -> Self {
        let [x, y] = self.direction;
        Self { center: self.center, direction: [-y, x], length: self.height, height: self.length }
    }

    /// The stretch between `from` and `to`, both fractions of the length.
    pub(super) fn stretch(&self, from: f32, to: f32) -> Self {
        let middle = (f32::midpoint(from, to) - 0.5) * self.length;
        let center =
            [self.center[0] + self.direction[0] * middle, self.center[1] + self.direction[1] * middle];
        Self { center, length: self.length * (to - from), ..self.clone() }
    }

    /// In another picture's pixels, `x` and `y` times as large.
    pub(super) fn scaled(&self, x: f32, y: f32) -> Self {
        let along = [self.direction[0] * x, self.direction[1] * y];
        let across = [-self.direction[1] * x, self.direction[0] * y];
        let norm = along[0].hypot(along[1]);
        Self {
            center: [self.center[0] * x, self.center[1] * y],
            direction: [along[0] / norm, along[1] / norm],
            length: self.length * norm,
            height: self.height * across[0].hypot(across[1]),
        }
    }

    /// Reading to the right, or downwards where it stands upright.
    fn horizontal(&self) -> Self {
        let [x, y] = self.direction;
        let flat = if x.abs() >= y.abs() { self.clone() } else { self.turned() };
        if flat.direction[0] < 0.0 { flat.reversed() } else { flat }
    }
}

/// Gives each box the side it is read along. Long ones tell by themselves; short ones follow the page. Returns whether
/// the page reads sideways, that is, downwards.
pub(super) fn lay_along_the_page(boxes: &mut [LineBox]) -> bool {
    let mut balance = 0.0;
    for line in boxes.iter_mut() {
        *line = line.horizontal();
        let shape = line.aspect();
        if shape >= CLEARLY_LONG {
            balance += line.length;
        } else if shape <= 1.0 / CLEARLY_LONG {
            balance -= line.height;
        }
    }
    let sideways = balance < 0.0;
    for line in boxes {
        let shape = line.aspect();
        let stands = shape <= 1.0 / CLEARLY_LONG || (sideways && shape < CLEARLY_LONG);
        if stands {
            *line = line.turned();
        }
    }
    sideways
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these numbers are exact")]
mod tests {
    use super::*;

    fn upright(length: f32, height: f32) -> LineBox {
        LineBox::new([100.0, 100.0], [1.0, 0.0], length, height)
    }

    #[test]
    fn corners_go_clockwise_from_the_beginning() {
        let corners = upright(20.0, 10.0).corners_within(105.0, 1000.0);
        assert_eq!(corners, [[90.0, 95.0], [105.0, 95.0], [105.0, 105.0], [90.0, 105.0]]);
        let reversed = upright(20.0, 10.0).reversed().corners_within(1000.0, 1000.0);
        assert_eq!(reversed[0], [110.0, 105.0]);
    }

    #[test]
    fn short_boxes_follow_the_page() {
        let mut flat = [upright(200.0, 20.0), upright(20.0, 25.0), upright(10.0, 100.0)];
        assert!(!lay_along_the_page(&mut flat));
        assert_eq!(
            flat.map(|line| line.direction),
            [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]].map(|d| d.map(|v: f32| v + 0.0))
        );

        let mut sideways = [upright(20.0, 200.0), upright(25.0, 20.0)];
        assert!(lay_along_the_page(&mut sideways));
        for line in &sideways {
            assert_eq!(line.direction[1], 1.0);
        }
        assert_eq!((sideways[0].length, sideways[0].height), (200.0, 20.0));
    }

    #[test]
    fn a_stretch_and_a_scale_keep_their_place() {
        let half = upright(20.0, 10.0).stretch(0.5, 1.0);
        assert_eq!((half.center, half.length), ([105.0, 100.0], 10.0));
        let larger = upright(20.0, 10.0).scaled(2.0, 3.0);
        assert_eq!((larger.center, larger.length, larger.height), ([200.0, 300.0], 40.0, 30.0));
    }
}
