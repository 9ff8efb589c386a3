//! What sort of picture one looks like.
//!
//! What is computed has no noise: on a screen, a rendered page or a drawing most neighbours are exactly equal, and JPEG
//! leaves most of them so. A camera's neighbours differ. The rest is how much of the picture is text and how much of it one
//! ground colour.

use conversation::{PictureKind, Pixels};

/// Rows and columns looked at, at most.
const SAMPLES: usize = 256;
/// Share of exactly equal neighbours from which a picture is computed. Measured: screenshots 0.92 to 0.99 and as JPEG of
/// quality 75 still 0.80 or more; photos up to 0.59, where large parts are black or overexposed.
const COMPUTED: f32 = 0.75;
/// The same where one colour covers much of the picture, as it does under strongly compressed pages.
const COMPUTED_ON_GROUND: f32 = 0.62;
/// Share of the commonest colour that counts as a ground.
const GROUND: f32 = 0.4;
/// Lines of text from which a computed picture is a screen and not a drawing with a legend.
const SCREEN_LINES: usize = 8;
/// Lines of text from which a computed picture can be a page and not a word drawn large.
const PAGE_LINES: usize = 3;
/// Share of text in a rendered page: of any, and of one without colour, such as a receipt.
const PAGE_TEXT: f32 = 0.22;
const PLAIN_PAGE_TEXT: f32 = 0.11;
/// Share of coloured pixels up to which a page is plain.
const PLAIN: f32 = 0.005;

/// What is measured of the pixels.
struct Measures {
    /// Share of neighbours in a row that are exactly equal.
    equal: f32,
    /// Share of the commonest colour, in steps of sixteen.
    ground: f32,
    /// Whether that colour is light.
    is_light: bool,
    /// Share of pixels with a clear colour.
    colored: f32,
}

/// The sort of a picture. `text_share` is the part of its area that lies under boxes of text, from 0 to 1, `lines` is how
/// many lines of text it has.
pub(crate) fn picture_kind(pixels: &Pixels, text_share: f32, lines: usize) -> PictureKind {
    let measures = measure(pixels);
    let is_computed =
        measures.equal >= COMPUTED || (measures.equal >= COMPUTED_ON_GROUND && measures.ground >= GROUND);
    if !is_computed {
        // A photographed page or receipt fills the picture with text; a street full of signs does not.
        let is_page = (lines >= 8 && text_share >= 0.06) || (lines >= 4 && text_share >= 0.2);
        return if is_page { PictureKind::Document } else { PictureKind::Photo };
    }
    let is_page = text_share >= PAGE_TEXT || (text_share >= PLAIN_PAGE_TEXT && measures.colored <= PLAIN);
    if is_page && lines >= PAGE_LINES && measures.is_light && measures.ground >= GROUND {
        PictureKind::Document
    } else if lines >= SCREEN_LINES {
        PictureKind::Screenshot
    } else {
        PictureKind::Drawing
    }
}

fn measure(pixels: &Pixels) -> Measures {
    let width = pixels.width as usize;
    let all = pixels.rgb.as_chunks::<3>().0;
    let row_step = (pixels.height as usize / SAMPLES).max(1);
    let column_step = (width / SAMPLES).max(1);
    let (mut pairs, mut equal, mut count, mut colored) = (0u32, 0u32, 0u32, 0u32);
    let mut bins = vec![0u32; 1 << 12];
    for row in all.chunks_exact(width.max(1)).step_by(row_step) {
        for pair in row.windows(2) {
            pairs += 1;
            equal += u32::from(pair[0] == pair[1]);
        }
        for pixel in row.iter().step_by(column_step) {
            let [r, g, b] = pixel.map(usize::from);
            count += 1;
            bins[(r >> 4) << 8 | (g >> 4) << 4 | b >> 4] += 1;
            colored += u32::from(r.max(g).max(b) - r.min(g).min(b) > 48);
        }
    }
    let (commonest, most) =
        bins.iter().copied().enumerate().max_by_key(|(_, pixels)| *pixels).unwrap_or_default();
    let share = |part: u32, whole: u32| part as f32 / whole.max(1) as f32;
    Measures {
        equal: share(equal, pairs),
        ground: share(most, count),
        is_light: (commonest >> 8) + (commonest >> 4 & 15) + (commonest & 15) >= 3 * 12,
        colored: share(colored, count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PictureKind::{Document, Drawing, Photo, Screenshot};

    /// A picture whose pixels come from a function of column and row.
    fn picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Pixels {
        let rgb = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| pixel(x, y))
            .collect();
        Pixels { width, height, rgb }
    }

    /// A colour with a camera's noise.
    fn noisy(color: [u8; 3], x: u32, y: u32) -> [u8; 3] {
        let noise =
            (x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263)).wrapping_mul(1_274_126_177) >> 28;
        color.map(|value| value.saturating_add(noise as u8))
    }

    /// Black strokes, as text has, on a ground.
    fn printed(ground: [u8; 3], x: u32, y: u32) -> [u8; 3] {
        if y % 20 < 10 && x.is_multiple_of(9) && x > 40 { [20; 3] } else { ground }
    }

    #[test]
    fn what_a_camera_took_is_a_photo_unless_text_fills_it() {
        let wall = picture(640, 480, |x, y| noisy([(x / 4) as u8, (y / 4) as u8, 90], x, y));
        assert_eq!(picture_kind(&wall, 0.0, 0), Photo);
        assert_eq!(picture_kind(&wall, 0.03, 12), Photo);
        assert_eq!(picture_kind(&wall, 0.15, 2), Photo);
        let page = picture(600, 800, |x, y| noisy(printed([228, 225, 215], x, y), x, y));
        assert_eq!(picture_kind(&page, 0.42, 27), Document);
        assert_eq!(picture_kind(&page, 0.43, 5), Document);
        assert_eq!(picture_kind(&page, 0.07, 21), Document);
    }

    #[test]
    fn rendered_pages_are_documents_and_screens_are_screenshots() {
        let receipt = picture(480, 900, |x, y| printed([255; 3], x, y));
        assert_eq!(picture_kind(&receipt, 0.12, 21), Document);
        let window = picture(1180, 800, |x, y| match x {
            0..240 => [240, 240, 244],
            900..1000 if y > 700 => [60, 90, 220],
            _ => printed([255; 3], x, y),
        });
        assert_eq!(picture_kind(&window, 0.12, 30), Screenshot);
        let dark = picture(1180, 800, |x, y| if x < 240 { [20; 3] } else { printed([30; 3], x, y) });
        assert_eq!(picture_kind(&dark, 0.3, 30), Screenshot);
    }

    #[test]
    fn even_colors_with_little_text_are_a_drawing() {
        let shapes = picture(800, 600, |x, y| match (x, y) {
            (100..400, 100..400) => [220, 40, 40],
            (_, 520..) => [60, 160, 70],
            _ => [250, 250, 240],
        });
        assert_eq!(picture_kind(&shapes, 0.0, 0), Drawing);
        assert_eq!(picture_kind(&shapes, 0.02, 6), Drawing);
        let logo = picture(300, 400, |x, y| printed([255; 3], x, y));
        assert_eq!(picture_kind(&logo, 0.25, 1), Drawing);
    }

    #[test]
    fn any_size_is_survived() {
        for (width, height) in [(0, 0), (0, 7), (1, 1), (1, 3000), (9000, 1)] {
            let plain = picture(width, height, |_, _| [255; 3]);
            assert!(matches!(picture_kind(&plain, 0.0, 0), Photo | Drawing), "{width}x{height}");
        }
        assert_eq!(picture_kind(&Pixels { width: 9, height: 9, rgb: vec![1; 4] }, 0.0, 0), Photo);
    }
}
