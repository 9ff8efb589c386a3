//! Orientation: the eight ways a picture can lie in its file.

use image::DynamicImage;
use image::metadata::Orientation;

/// Whether the picture lies on its side, so that width and height change places.
pub(crate) fn swaps_sides(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Width and height as a person sees them.
pub(crate) fn upright(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    if swaps_sides(orientation) { (height, width) } else { (width, height) }
}

/// The largest size with the same shape whose longest edge is at most `longest_edge`; never larger than the original,
/// never below one pixel.
pub(crate) fn fit(width: u32, height: u32, longest_edge: u32) -> (u32, u32) {
    let longest = width.max(height);
    let edge = longest_edge.max(1);
    if longest <= edge {
        return (width, height);
    }
    let scale = |side: u32| {
        let scaled = (u64::from(side) * u64::from(edge) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(edge).max(1)
    };
    (scale(width), scale(height))
}

/// Turns the pixels upright.
pub(crate) fn orient(mut image: DynamicImage, orientation: Orientation) -> DynamicImage {
    image.apply_orientation(orientation);
    image
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn fit_keeps_shape_and_never_grows() {
        assert_eq!(fit(4000, 3000, 1000), (1000, 750));
        assert_eq!(fit(300, 400, 1000), (300, 400));
        assert_eq!(fit(100_000, 1, 1000), (1000, 1));
        assert_eq!(fit(u32::MAX, u32::MAX, 7), (7, 7));
        assert_eq!(fit(10, 5, 0), (1, 1));
    }
}
