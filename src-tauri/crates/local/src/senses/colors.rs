//! The main colours of a picture, by the words people have for them.
//!
//! A pixel's colour is judged in Oklab (Björn Ottosson, "A perceptual color space for image processing", 2020), where
//! lightness, strength and hue are what the eye makes of them: brown is a dark orange there and pink a light red.

use conversation::{ColorName, ColorShare, Pixels};

/// Most colours told.
const MOST: usize = 4;
/// Least share of a colour that is told.
const LEAST_SHARE: f32 = 0.08;
/// Pixels looked at along each side.
const SAMPLES: u32 = 128;

/// The main colours, the largest first, at most four.
pub(crate) fn main_colors(pixels: &Pixels) -> Vec<ColorShare> {
    let mut shares: Vec<(ColorName, u32)> = Vec::new();
    let mut count = 0;
    for pixel in samples(pixels) {
        count += 1;
        let color = name(pixel);
        match shares.iter_mut().find(|(known, _)| *known == color) {
            Some((_, pixels)) => *pixels += 1,
            None => shares.push((color, 1)),
        }
    }
    shares.sort_by_key(|(_, pixels)| std::cmp::Reverse(*pixels));
    shares
        .into_iter()
        .map(|(color, pixels)| ColorShare { color, share: pixels as f32 / count as f32 })
        .filter(|color| color.share >= LEAST_SHARE)
        .take(MOST)
        .collect()
}

/// Pixels on an even grid. Single pixels and not means: the mean of black print on white paper is gray.
fn samples(pixels: &Pixels) -> impl Iterator<Item = [u8; 3]> + '_ {
    let places = |side: u32| {
        let count = side.min(SAMPLES);
        (0..count).map(move |index| (u64::from(index) * u64::from(side) / u64::from(count)) as usize)
    };
    let all = pixels.rgb.as_chunks::<3>().0;
    places(pixels.height)
        .flat_map(move |y| places(pixels.width).map(move |x| y * pixels.width as usize + x))
        .filter_map(|place| all.get(place).copied())
}

/// The word for a colour.
fn name(rgb: [u8; 3]) -> ColorName {
    let [lightness, strength, hue] = oklch(rgb);
    // The darker, the less of a tint is seen; a light one is seen at once.
    if lightness < 0.22 || (lightness < 0.3 && strength < 0.05) {
        return ColorName::Black;
    }
    if strength < 0.04 {
        return match lightness {
            _ if lightness > 0.9 => ColorName::White,
            _ if lightness < 0.3 => ColorName::Black,
            _ => ColorName::Gray,
        };
    }
    // Hues in degrees: red 29, orange 65, yellow 110, green 142, cyan 195, blue 264, magenta 328.
    match hue {
        _ if !(20.0..345.0).contains(&hue) => match lightness {
            _ if lightness > 0.62 => ColorName::Pink,
            _ => ColorName::Red,
        },
        _ if hue < 42.0 => match lightness {
            _ if strength / lightness > 0.34 && hue < 38.0 => ColorName::Red,
            _ if lightness > 0.72 && strength < 0.16 => ColorName::Pink,
            _ if lightness < 0.62 => ColorName::Brown,
            _ if hue < 34.0 => ColorName::Red,
            _ => ColorName::Orange,
        },
        _ if hue < 84.0 => {
            if lightness > 0.64 && strength > 0.11 {
                ColorName::Orange
            } else {
                ColorName::Brown
            }
        }
        _ if hue < 118.0 => match lightness {
            _ if lightness > 0.7 => ColorName::Yellow,
            _ if hue < 98.0 => ColorName::Brown,
            _ => ColorName::Green,
        },
        _ if hue < 187.0 => ColorName::Green,
        _ if hue < 288.0 => ColorName::Blue,
        _ if hue > 318.0 && lightness > 0.68 => ColorName::Pink,
        _ => ColorName::Purple,
    }
}

/// Lightness from 0 to 1, strength (chroma) from 0 to about 0.3, hue in degrees from 0 to 360.
#[expect(
    clippy::excessive_precision,
    clippy::unreadable_literal,
    clippy::many_single_char_names,
    reason = "numbers and names are the author's"
)]
fn oklch(rgb: [u8; 3]) -> [f32; 3] {
    let [r, g, b] = rgb.map(|value| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    let l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b).cbrt();
    let m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b).cbrt();
    let s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b).cbrt();
    let lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
    let a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
    let b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
    [lightness, a.hypot(b), b.atan2(a).to_degrees().rem_euclid(360.0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ColorName::{Black, Blue, Brown, Gray, Green, Orange, Pink, Purple, Red, White, Yellow};

    #[test]
    fn colors_have_the_names_people_give_them() {
        let known = [
            ([0, 0, 0], Black),
            ([25, 25, 28], Black),
            ([255, 255, 255], White),
            ([250, 248, 240], White),
            ([128, 128, 128], Gray),
            ([60, 60, 60], Gray),
            ([200, 200, 205], Gray),
            ([255, 0, 0], Red),
            ([220, 20, 60], Red),
            ([178, 34, 34], Red),
            ([128, 0, 0], Red),
            ([255, 165, 0], Orange),
            ([255, 140, 0], Orange),
            ([230, 120, 20], Orange),
            ([255, 255, 0], Yellow),
            ([255, 215, 0], Yellow),
            ([240, 230, 140], Yellow),
            ([0, 128, 0], Green),
            ([0, 255, 0], Green),
            ([107, 142, 35], Green),
            ([46, 139, 87], Green),
            ([0, 0, 255], Blue),
            ([0, 0, 128], Blue),
            ([135, 206, 235], Blue),
            ([66, 133, 244], Blue),
            ([0, 200, 255], Blue),
            ([128, 0, 128], Purple),
            ([75, 0, 130], Purple),
            ([138, 43, 226], Purple),
            ([255, 192, 203], Pink),
            ([255, 105, 180], Pink),
            ([255, 20, 147], Pink),
            ([139, 69, 19], Brown),
            ([101, 67, 33], Brown),
            ([160, 82, 45], Brown),
            ([210, 180, 140], Brown),
        ];
        let wrong: Vec<_> = known
            .iter()
            .filter(|(rgb, color)| name(*rgb) != *color)
            .map(|(rgb, color)| (rgb, color, name(*rgb), oklch(*rgb)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn shares_are_counted_and_small_ones_left_out() {
        let row: Vec<u8> = [[255, 0, 0].repeat(60), [0, 0, 255].repeat(35), [0, 255, 0].repeat(5)].concat();
        let flag = Pixels { width: 100, height: 40, rgb: row.repeat(40) };
        let found = main_colors(&flag);
        assert_eq!(found.len(), 2);
        for (found, (color, share)) in found.iter().zip([(Red, 0.6), (Blue, 0.35)]) {
            assert_eq!(found.color, color);
            assert!((found.share - share).abs() < 0.001, "{found:?}");
        }
    }

    #[test]
    fn at_most_four_and_nothing_of_nothing() {
        let stripes: Vec<u8> =
            [[255, 0, 0], [0, 0, 255], [0, 255, 0], [255, 255, 0], [0, 0, 0], [255, 255, 255]].concat();
        assert_eq!(main_colors(&Pixels { width: 6, height: 1, rgb: stripes }).len(), 4);
        assert!(main_colors(&Pixels { width: 0, height: 0, rgb: vec![] }).is_empty());
        // Fewer bytes than the size asks for.
        assert_eq!(main_colors(&Pixels { width: 2, height: 2, rgb: vec![9; 5] }).len(), 1);
        assert_eq!(main_colors(&Pixels { width: 5000, height: 1, rgb: vec![255; 15000] })[0].color, White);
    }
}
