//! QR and bar codes in a picture, found and read by `rxing`, a port of ZXing.
//!
//! A code that is not there is worse than one that is missed, for a model repeats what its notes say. Only formats that
//! check themselves are read: of the plain bar codes those with a check digit or long enough not to come about by chance.
//! One check digit is not enough either: the strokes of a printed line of text have passed for an EAN-13. So the bars must
//! also be seen beside the line that was read.
//!
//! Aztec codes are found only around the middle of a picture, which is where `rxing` looks for them.

use conversation::{Code, Pixels, Point};
use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, MultiUseMultiFormatReader, RXingResult,
    common::HybridBinarizer,
    multi::{GenericMultipleBarcodeReader, MultipleBarcodeReader},
};
use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Formats that are looked for. Left out are those whose codes come about by chance in photos: Codabar, the GS1 DataBar
/// family, Telepen, Micro QR.
const FORMATS: [BarcodeFormat; 12] = [
    BarcodeFormat::QR_CODE,
    BarcodeFormat::AZTEC,
    BarcodeFormat::DATA_MATRIX,
    BarcodeFormat::PDF_417,
    BarcodeFormat::EAN_13,
    BarcodeFormat::EAN_8,
    BarcodeFormat::UPC_A,
    BarcodeFormat::UPC_E,
    BarcodeFormat::CODE_128,
    BarcodeFormat::CODE_93,
    BarcodeFormat::CODE_39,
    BarcodeFormat::ITF,
];
/// Longest edges in pixels at which a picture is looked at: first small, where noise is averaged away and most codes are
/// still large, then larger for small codes in large photos. The second look takes a second.
const EDGES: [u32; 2] = [1600, 2400];
/// Pixels of the shorter edge below which no code fits: the smallest has ten modules.
const LEAST_EDGE: u32 = 10;
/// Characters of a Code 39 or Code 128 below which it may be chance. Code 39 has no check digit.
const LEAST_CHARACTERS: usize = 6;
/// How far beside the line, in parts of its length, a bar code's bars must go on, and how alike they must be there: one
/// for equal, 0 for unrelated.
const ASIDE: [f32; 3] = [0.02, 0.04, 0.06];
const SAME_BARS: f32 = 0.7;
/// How far the bars may lean against the line, as tangents: a code that lies askew is read along a row of the picture.
const SLANTS: [f32; 5] = [0.0, 0.08, -0.08, 0.16, -0.16];
/// Most codes told.
const MOST: usize = 16;

/// The codes of a picture, from the top.
pub(crate) fn find_codes(pixels: &Pixels) -> Vec<Code> {
    let Some(luma) = luma(pixels) else { return Vec::new() };
    let longest = pixels.width.max(pixels.height);
    for (index, edge) in EDGES.into_iter().enumerate() {
        if index > 0 && longest <= EDGES[index - 1] {
            break;
        }
        let Some((view, width, height)) = scaled(&luma, pixels.width, pixels.height, edge) else { continue };
        let scale = longest as f32 / width.max(height) as f32;
        let codes = read(&view, width, height, scale);
        if !codes.is_empty() {
            return codes;
        }
    }
    Vec::new()
}

/// How light each pixel is; `None` where the picture is too small or its bytes do not fit its size.
fn luma(pixels: &Pixels) -> Option<Vec<u8>> {
    let bytes = u128::from(pixels.width) * u128::from(pixels.height) * 3;
    if pixels.width.min(pixels.height) < LEAST_EDGE || bytes != pixels.rgb.len() as u128 {
        return None;
    }
    let light =
        |[r, g, b]: &[u8; 3]| ((u32::from(*r) * 77 + u32::from(*g) * 150 + u32::from(*b) * 29) >> 8) as u8;
    Some(pixels.rgb.as_chunks().0.iter().map(light).collect())
}

/// A view whose longest edge is at most `edge`, and its size.
fn scaled(luma: &[u8], width: u32, height: u32, edge: u32) -> Option<(Vec<u8>, u32, u32)> {
    let longest = width.max(height);
    if longest <= edge {
        return Some((luma.to_vec(), width, height));
    }
    let side = |side: u32| (u64::from(side) * u64::from(edge) / u64::from(longest)) as u32;
    let (small_width, small_height) = (side(width), side(height));
    if small_width.min(small_height) < LEAST_EDGE {
        return None;
    }
    let source = ImageRef::new(width, height, luma, PixelType::U8).ok()?;
    let mut view = Image::new(small_width, small_height, PixelType::U8);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
    Resizer::new().resize(&source, &mut view, &options).ok()?;
    Some((view.into_vec(), small_width, small_height))
}

/// The codes of a view; `scale` leads back to the picture's pixels.
fn read(luma: &[u8], width: u32, height: u32, scale: f32) -> Vec<Code> {
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from(FORMATS)),
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        ..DecodeHints::default()
    };
    // The readers index into what they believe to be a code; a hostile picture must not end the program.
    let found = catch_unwind(AssertUnwindSafe(|| {
        let source = Luma8Source::new_with_slice(luma, width, height)?;
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        let mut reader = GenericMultipleBarcodeReader::new(MultiUseMultiFormatReader::default());
        reader.decode_multiple_with_hints(&mut bitmap, &hints)
    }));
    let Ok(Ok(found)) = found else { return Vec::new() };
    let mut codes: Vec<Code> = Vec::new();
    for result in found.iter().filter(|result| is_credible(result) && has_bars(result, luma, width, height)) {
        let code = Code {
            format: format!("{:?}", result.getBarcodeFormat()),
            text: result.getText().to_owned(),
            points: result
                .getPoints()
                .iter()
                .map(|point| Point { x: point.x * scale, y: point.y * scale })
                .collect(),
        };
        if code.points.len() > 1
            && !codes.iter().any(|known| known.format == code.format && known.text == code.text)
        {
            codes.push(code);
        }
    }
    let top = |code: &Code| code.points.iter().map(|point| point.y).fold(f32::INFINITY, f32::min);
    codes.sort_by(|one, other| top(one).total_cmp(&top(other)));
    codes.truncate(MOST);
    codes
}

/// Whether a code is more than chance.
fn is_credible(result: &RXingResult) -> bool {
    let text = result.getText();
    match result.getBarcodeFormat() {
        BarcodeFormat::CODE_39 | BarcodeFormat::CODE_128 | BarcodeFormat::CODE_93 => {
            text.chars().count() >= LEAST_CHARACTERS
        }
        // Interleaved codes check nothing themselves; the ones on cardboard boxes carry a trade number that does.
        BarcodeFormat::ITF => text.len() == 14 && has_trade_check_digit(text),
        _ => !text.is_empty(),
    }
}

/// Whether a plain bar code's bars go on beside the line it was read on: on one side at least, for the line may lie at
/// the edge. Codes of two dimensions carry much error correction instead and pass.
fn has_bars(result: &RXingResult, luma: &[u8], width: u32, height: u32) -> bool {
    if matches!(
        result.getBarcodeFormat(),
        BarcodeFormat::QR_CODE | BarcodeFormat::AZTEC | BarcodeFormat::DATA_MATRIX | BarcodeFormat::PDF_417
    ) {
        return true;
    }
    let [start, .., end] = result.getPoints() else { return false };
    let (along_x, along_y) = (end.x - start.x, end.y - start.y);
    let length = along_x.hypot(along_y);
    // How light the pixels are along the line, moved aside and along it by parts of its length; `None` outside the picture.
    let profile = |aside: f32, along: f32| -> Option<Vec<f32>> {
        (0..length as usize)
            .map(|step| {
                let part = step as f32 / length + along;
                let x = start.x + along_x * part - along_y * aside;
                let y = start.y + along_y * part + along_x * aside;
                let is_inside = x >= 0.0 && y >= 0.0 && x < width as f32 && y < height as f32;
                is_inside.then(|| f32::from(luma[y as usize * width as usize + x as usize]))
            })
            .collect()
    };
    let Some(line) = profile(0.0, 0.0) else { return false };
    let goes_on = |aside: f32, slant: f32| {
        profile(aside, aside * slant).is_some_and(|other| correlation(&line, &other) >= SAME_BARS)
    };
    [1.0, -1.0].into_iter().any(|side| {
        SLANTS.into_iter().any(|slant| ASIDE.into_iter().all(|aside| goes_on(side * aside, slant)))
    })
}

/// Pearson's correlation of two rows of equal length; 0 where one is constant.
fn correlation(one: &[f32], other: &[f32]) -> f32 {
    let mean = |row: &[f32]| row.iter().sum::<f32>() / row.len() as f32;
    let (one_mean, other_mean) = (mean(one), mean(other));
    let (mut both, mut one_square, mut other_square) = (0.0f32, 0.0f32, 0.0f32);
    for (one, other) in one.iter().zip(other) {
        let (one, other) = (one - one_mean, other - other_mean);
        both += one * other;
        one_square += one * one;
        other_square += other * other;
    }
    let scale = (one_square * other_square).sqrt();
    if scale > 0.0 { both / scale } else { 0.0 }
}

/// Whether the last digit is GS1's check digit: the digits, tripled every second from the right, add up to tens.
fn has_trade_check_digit(digits: &str) -> bool {
    let weighted = digits.bytes().rev().enumerate().try_fold(0, |sum, (place, digit)| {
        digit.is_ascii_digit().then(|| sum + u32::from(digit - b'0') * if place % 2 == 1 { 3 } else { 1 })
    });
    weighted.is_some_and(|sum: u32| sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rxing::{MultiFormatWriter, Writer};

    /// A white picture.
    fn page(width: u32, height: u32) -> Pixels {
        Pixels { width, height, rgb: vec![255; (width * height * 3) as usize] }
    }

    /// Draws a code whose modules are `module` pixels wide, at a place of a picture.
    fn draw(page: &mut Pixels, text: &str, format: BarcodeFormat, module: u32, left: u32, top: u32) {
        let is_flat = matches!(
            format,
            BarcodeFormat::EAN_13
                | BarcodeFormat::EAN_8
                | BarcodeFormat::UPC_A
                | BarcodeFormat::CODE_128
                | BarcodeFormat::CODE_39
                | BarcodeFormat::ITF
        );
        let matrix = MultiFormatWriter.encode(text, &format, 1, if is_flat { 40 } else { 1 }).unwrap();
        for y in 0..matrix.height() * module {
            for x in 0..matrix.width() * module {
                if matrix.get(x / module, y / module) {
                    let place = (((top + y) * page.width + left + x) * 3) as usize;
                    page.rgb[place..place + 3].fill(0);
                }
            }
        }
    }

    fn found(pixels: &Pixels) -> Vec<(String, String)> {
        find_codes(pixels).into_iter().map(|code| (code.format, code.text)).collect()
    }

    /// A picture seen after a turn around its middle by any angle, in degrees, on white.
    fn turned(pixels: &Pixels, degrees: f32) -> Pixels {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (middle_x, middle_y) = (pixels.width as f32 / 2.0, pixels.height as f32 / 2.0);
        let mut rgb = Vec::with_capacity(pixels.rgb.len());
        for y in 0..pixels.height {
            for x in 0..pixels.width {
                let (x, y) = (x as f32 - middle_x, y as f32 - middle_y);
                let (from_x, from_y) = (x * cos + y * sin + middle_x, y * cos - x * sin + middle_y);
                let inside = from_x >= 0.0
                    && from_y >= 0.0
                    && (from_x as u32) < pixels.width
                    && (from_y as u32) < pixels.height;
                let place = (from_y as usize * pixels.width as usize + from_x as usize) * 3;
                rgb.extend_from_slice(if inside { &pixels.rgb[place..place + 3] } else { &[255; 3] });
            }
        }
        Pixels { rgb, ..*pixels }
    }

    #[test]
    fn codes_of_each_kind_are_read() {
        for (text, format, name) in [
            ("https://example.org/castor?id=7", BarcodeFormat::QR_CODE, "QR_CODE"),
            ("北京南站 12号检票口", BarcodeFormat::QR_CODE, "QR_CODE"),
            ("4006381333931", BarcodeFormat::EAN_13, "EAN_13"),
            ("96385074", BarcodeFormat::EAN_8, "EAN_8"),
            ("Castor-2026", BarcodeFormat::CODE_128, "CODE_128"),
            ("ABC1234", BarcodeFormat::CODE_39, "CODE_39"),
            ("15400141288763", BarcodeFormat::ITF, "ITF"),
            ("boarding pass M1", BarcodeFormat::AZTEC, "AZTEC"),
            ("part 4711", BarcodeFormat::DATA_MATRIX, "DATA_MATRIX"),
        ] {
            let mut page = page(900, 400);
            let (left, top) = match format {
                // In the middle, see above.
                BarcodeFormat::AZTEC => (410, 160),
                _ => (60, 60),
            };
            draw(&mut page, text, format, 4, left, top);
            assert_eq!(found(&page), [(name.to_owned(), text.to_owned())]);
        }
    }

    #[test]
    fn a_code_is_found_however_it_lies_and_in_white_on_black() {
        let text = "https://example.org/menu";
        let mut page = page(500, 500);
        draw(&mut page, text, BarcodeFormat::QR_CODE, 7, 120, 120);
        for degrees in [0.0, 17.0, 90.0, 180.0, 250.0] {
            assert_eq!(found(&turned(&page, degrees)).len(), 1, "{degrees}");
        }
        let mut goods = self::page(700, 700);
        draw(&mut goods, "4006381333931", BarcodeFormat::EAN_13, 4, 150, 260);
        for degrees in [0.0, 4.0, -6.0, 90.0, 180.0, 270.0] {
            assert_eq!(found(&turned(&goods, degrees)).len(), 1, "{degrees}");
        }
        let negative = Pixels { rgb: page.rgb.iter().map(|value| 255 - value).collect(), ..page };
        assert_eq!(found(&negative), [("QR_CODE".to_owned(), text.to_owned())]);
    }

    #[test]
    fn several_codes_are_told_from_the_top_and_placed_in_the_picture() {
        let mut page = page(2400, 1800);
        draw(&mut page, "second", BarcodeFormat::QR_CODE, 10, 1600, 1000);
        draw(&mut page, "first one", BarcodeFormat::QR_CODE, 10, 200, 100);
        draw(&mut page, "4006381333931", BarcodeFormat::EAN_13, 6, 300, 1400);
        let codes = find_codes(&page);
        let texts: Vec<_> = codes.iter().map(|code| code.text.as_str()).collect();
        assert_eq!(texts, ["first one", "second", "4006381333931"]);
        for (code, (left, top)) in codes.iter().zip([(200.0, 100.0), (1600.0, 1000.0), (300.0, 1400.0)]) {
            for point in &code.points {
                let (x, y) = (point.x - left, point.y - top);
                assert!((-10.0..800.0).contains(&x) && (-10.0..400.0).contains(&y), "{code:?}");
            }
        }
    }

    #[test]
    fn a_small_code_in_a_large_photo_is_found_at_the_second_look() {
        let mut page = page(2400, 1800);
        draw(&mut page, "https://example.org/small", BarcodeFormat::QR_CODE, 2, 1500, 1100);
        assert_eq!(found(&page).len(), 1);
    }

    #[test]
    fn a_line_of_strokes_that_reads_like_a_code_is_not_one() {
        let text = "4006381333931";
        let mut tall = page(700, 300);
        draw(&mut tall, text, BarcodeFormat::EAN_13, 5, 80, 50);
        assert_eq!(found(&tall).len(), 1);
        // The same bars no higher than letters.
        let row = 150 * 700 * 3;
        let mut low = page(700, 300);
        low.rgb[row..row + 9 * 700 * 3].copy_from_slice(&tall.rgb[row..row + 9 * 700 * 3]);
        assert!(found(&low).is_empty());
    }

    #[test]
    fn short_and_unchecked_bar_codes_are_not_believed() {
        for (text, format) in [("A1", BarcodeFormat::CODE_39), ("123456", BarcodeFormat::ITF)] {
            let mut page = page(600, 300);
            draw(&mut page, text, format, 4, 60, 60);
            assert!(found(&page).is_empty(), "{text}");
        }
        assert!(has_trade_check_digit("15400141288763"));
        assert!(!has_trade_check_digit("15400141288764"));
        assert!(!has_trade_check_digit("1540014128876x"));
    }

    #[test]
    fn pictures_without_codes_and_of_any_shape_are_survived() {
        for (width, height) in [(0, 0), (1, 1), (1, 4000), (5000, 1), (10, 10), (20_000, 12), (64, 64)] {
            assert!(found(&page(width, height)).is_empty(), "{width}x{height}");
        }
        assert!(found(&Pixels { width: 100, height: 100, rgb: vec![0; 7] }).is_empty());
        assert!(found(&Pixels { width: u32::MAX, height: u32::MAX, rgb: vec![] }).is_empty());
        // Stripes and noise, which look like codes.
        let noise = (0..300u32 * 300 * 3).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert!(found(&Pixels { width: 300, height: 300, rgb: noise }).is_empty());
        let stripes =
            (0..400 * 300).flat_map(|at| [if at % 400 / 7 % 2 == 0 { 0u8 } else { 255 }; 3]).collect();
        assert!(found(&Pixels { width: 400, height: 300, rgb: stripes }).is_empty());
    }
}
