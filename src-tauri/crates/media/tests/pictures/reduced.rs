//! JPEGs decoded at a smaller size: the same picture as the whole one made smaller, of every kind of file.

use crate::maker::{SECRET, attachment, budget, close, contains, exif, flat_jpeg, gradient, png, real};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::{ExtendedColorType, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use media::MediaError;

/// How a test's file is written.
#[derive(Debug, Clone, Copy)]
struct Writing {
    sampling: SamplingFactor,
    /// Passes of a progressive file.
    passes: Option<u8>,
    restart: u16,
    color: ColorType,
}

const PLAIN: Writing =
    Writing { sampling: SamplingFactor::F_2_2, passes: None, restart: 0, color: ColorType::Rgb };

fn write(
    pixels: &[u8],
    width: u32,
    height: u32,
    how: Writing,
    extra: impl Fn(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 90);
    encoder.set_sampling_factor(how.sampling);
    encoder.set_restart_interval(how.restart);
    if let Some(passes) = how.passes {
        encoder.set_progressive_scans(passes);
    }
    extra(&mut encoder);
    encoder.encode(pixels, width as u16, height as u16, how.color).unwrap();
    file
}

/// A scene with slopes, rings that get finer, coloured patches with sharp edges, and a little noise.
fn scene(width: u32, height: u32) -> RgbImage {
    let mut state = 7_u32;
    RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = f64::from(state >> 29);
        let (right, down) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let rings = 40.0 * (60.0 * (right * right + down * down)).sin();
        let patch = if (x / 61 + y / 47) % 3 == 0 { 50.0 } else { 0.0 };
        image::Rgb(
            [150.0 * right + patch, 60.0 + 120.0 * down, 200.0 - 150.0 * right + 0.5 * patch]
                .map(|value| (value + rings + noise).clamp(0.0, 255.0) as u8),
        )
    })
}

/// The whole picture, made smaller as Castor does with other formats.
fn made_smaller(file: &[u8], width: u32, height: u32) -> Vec<u8> {
    let whole = media::decode(file).unwrap();
    smaller(&whole.to_rgb(), (whole.width(), whole.height()), (width, height))
}

fn smaller(pixels: &[u8], from: (u32, u32), to: (u32, u32)) -> Vec<u8> {
    let source = ImageRef::new(from.0, from.1, pixels, PixelType::U8x3).unwrap();
    let mut target = Image::new(to.0, to.1, PixelType::U8x3);
    Resizer::new().resize(&source, &mut target, &ResizeOptions::default()).unwrap();
    target.into_vec()
}

/// Mean and largest difference of the samples.
fn differences(left: &[u8], right: &[u8]) -> (f64, u8) {
    assert_eq!(left.len(), right.len());
    let each = || left.iter().zip(right).map(|(left, right)| left.abs_diff(*right));
    let sum: u64 = each().map(u64::from).sum();
    (sum as f64 / left.len() as f64, each().max().unwrap_or(0))
}

/// Decodes a file at some sizes beside the whole one: how far apart both may be, on average and at most. It must be a picture
/// that has no transparency.
fn assert_alike(what: &str, file: &[u8], edges: &[u32], (mean_allowed, most_allowed): (f64, u8)) {
    let whole = media::decode(file).unwrap();
    for edge in edges {
        let small = media::decode_within(file, *edge).unwrap();
        assert_eq!(small.width().max(small.height()), *edge, "{what}");
        assert_eq!(small.original_size(), (whole.width(), whole.height()), "{what}");
        let reference = made_smaller(file, small.width(), small.height());
        let (mean, most) = differences(&small.to_rgb(), &reference);
        assert!(mean < mean_allowed && most < most_allowed, "{what} at {edge}: {mean:.2}, {most} at most");
    }
}

/// Those of cameras and programs.
const USUAL: [SamplingFactor; 5] = [
    SamplingFactor::F_1_1,
    SamplingFactor::F_2_1,
    SamplingFactor::F_1_2,
    SamplingFactor::F_2_2,
    SamplingFactor::R_4_2_0,
];
/// Rare ones, some of them written with a scan for each component.
const RARE: [SamplingFactor; 4] =
    [SamplingFactor::F_4_1, SamplingFactor::F_4_2, SamplingFactor::F_1_4, SamplingFactor::F_2_4];

#[test]
fn every_sampling_in_one_scan_and_in_many() {
    // Neither side a multiple of a block, let alone of several.
    let size = (603, 451);
    let pixels = scene(size.0, size.1);
    for sampling in USUAL.into_iter().chain(RARE) {
        for passes in [None, Some(2), Some(9)] {
            for restart in [0, 5] {
                let how = Writing { sampling, passes, restart, ..PLAIN };
                let file = write(&pixels, size.0, size.1, how, |_| {});
                // At every size of block, exactly and not.
                let edges = [520, 301, 230, 150, 75, 20];
                if USUAL.contains(&sampling) {
                    assert_alike(&format!("{how:?}"), &file, &edges, (0.8, 16));
                }
                // Also beside what was encoded: the full decoder mistakes some of the rare ones.
                for edge in edges {
                    let small = media::decode_within(&file, edge).unwrap();
                    let truth = smaller(&pixels, size, (small.width(), small.height()));
                    let (mean, most) = differences(&small.to_rgb(), &truth);
                    assert!(mean < 2.5 && most < 60, "{how:?} at {edge}: {mean:.2}, {most} at most");
                }
            }
        }
    }
}

#[test]
fn grey_and_inks() {
    let (width, height) = (401, 333);
    let pixels = scene(width, height);
    let grey: Vec<u8> = pixels.pixels().map(|pixel| pixel[1]).collect();
    let inks: Vec<u8> =
        pixels.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], pixel[1] / 3]).collect();
    for passes in [None, Some(5)] {
        let how = Writing { sampling: SamplingFactor::F_1_1, passes, color: ColorType::Luma, ..PLAIN };
        assert_alike("grey", &write(&grey, width, height, how, |_| {}), &[200, 100, 50], (0.8, 16));
        for color in [ColorType::Cmyk, ColorType::CmykAsYcck] {
            let file = write(&inks, width, height, Writing { color, ..how }, |_| {});
            assert_alike(&format!("{color:?} {passes:?}"), &file, &[200, 100, 50], (0.8, 16));
        }
    }
}

#[test]
fn flat_inks_come_out_right_at_every_size() {
    let orange = [255, 127, 0, 255];
    for edge in [80, 40, 20, 3] {
        let small = media::decode_within(&flat_jpeg(160, 80, &orange, Some(0)), edge).unwrap();
        assert!(small.to_rgba().chunks_exact(4).all(|pixel| close(pixel, &orange, 2)), "{edge}");
    }
    // The three of RGB instead of YCbCr.
    let small = media::decode_within(&flat_jpeg(160, 80, &[200, 100, 50], Some(0)), 20).unwrap();
    assert!(small.to_rgba().chunks_exact(4).all(|pixel| close(pixel, &[200, 100, 50, 255], 1)));
}

#[test]
fn profiles_are_honoured() {
    let (width, height) = (320, 240);
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let pixels = RgbImage::from_pixel(width, height, image::Rgb([200, 60, 60]));
    let file = write(&pixels, width, height, PLAIN, |encoder| encoder.add_icc_profile(&profile).unwrap());
    let small = media::decode_within(&file, 40).unwrap().to_rgb();
    let whole = media::decode(&file).unwrap().to_rgb();
    assert!(small[0] > 210 && small[1] < 60, "{:?}", &small[..3]);
    assert!(small.chunks_exact(3).all(|pixel| close(pixel, &whole[..3], 1)));
}

#[test]
fn all_orientations_come_out_upright() {
    let (width, height) = (240, 160);
    let pixels = gradient(width, height);
    for orientation in 1..=8 {
        let block = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
        let file =
            write(&pixels, width, height, PLAIN, |encoder| encoder.add_app_segment(1, &block).unwrap());
        let whole = media::decode(&file).unwrap();
        let small = media::decode_within(&file, 60).unwrap();
        let expected = if orientation < 5 { (60, 40) } else { (40, 60) };
        assert_eq!((small.width(), small.height()), expected);
        assert_eq!(small.original_size(), (whole.width(), whole.height()));
        let (mean, _) = differences(&small.to_rgb(), &made_smaller(&file, expected.0, expected.1));
        assert!(mean < 2.0, "{orientation}: {mean}");
        assert!(contains(&file, SECRET));
        let sent = media::prepare(&file, &budget(60, 1 << 20), attachment()).unwrap();
        assert!(sent.metadata_removed && sent.scaled && !contains(&sent.data, SECRET));
        assert_eq!((sent.width, sent.height), expected);
    }
}

#[test]
fn real_photos_are_the_same_made_smaller() {
    let mut seen = 0;
    for name in std::fs::read_dir(crate::maker::folder()).unwrap() {
        let name = name.unwrap().file_name().into_string().unwrap();
        let file = real(&name);
        let Ok(inspected) = media::inspect(&file) else { continue };
        // One of them is full of errors, which the two decoders take differently.
        if inspected.mime != "image/jpeg" || media::decode(&file).is_err() || name == "hopper_bad_exif.jpg" {
            continue;
        }
        let longest = inspected.width.max(inspected.height);
        let edges = [longest / 2, longest / 5, longest / 9].map(|edge| edge.max(1));
        assert_alike(&name, &file, &edges, (1.5, 40));
        seen += 1;
    }
    assert!(seen > 3, "{seen} only");
}

#[test]
fn what_there_is_of_a_cut_off_file_is_shown() {
    let (width, height) = (640, 480);
    let pixels = scene(width, height);
    let file = write(&pixels, width, height, PLAIN, |_| {});
    let half = &file[..file.len() / 2];
    let small = media::decode_within(half, 160).unwrap();
    let (shown, whole) = (small.to_rgb(), media::decode_within(&file, 160).unwrap().to_rgb());
    let part = whole.len() / 3;
    assert!(close(&shown[..part], &whole[..part], 0));
    assert!(shown[whole.len() * 9 / 10..].iter().all(|sample| *sample == 128));
    let (mean, _) = differences(&shown, &made_smaller(half, 160, 120));
    assert!(mean < 2.0, "as with the whole: {mean}");
    // Without a single block the full decoder has the last word.
    let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let nothing = &file[..scan + 14];
    assert_eq!(media::decode_within(nothing, 160).is_ok(), media::decode(nothing).is_ok());
    // Of a progressive file the first passes are shown, of all of the picture.
    let how = Writing { passes: Some(10), ..PLAIN };
    let file = write(&pixels, width, height, how, |_| {});
    let shown = media::decode_within(&file[..file.len() / 2], 160).unwrap().to_rgb();
    let (mean, _) = differences(&shown, &whole);
    assert!(mean < 10.0, "{mean}");
}

#[test]
fn damage_before_a_restart_marker_does_not_reach_beyond_the_picture() {
    let (width, height) = (640, 480);
    let file = write(&scene(width, height), width, height, Writing { restart: 3, ..PLAIN }, |_| {});
    for step in [7, 31, 113] {
        let mut damaged = file.clone();
        for place in (700..damaged.len()).step_by(step * 10) {
            damaged[place] ^= 0x55;
        }
        let small = media::decode_within(&damaged, 100).unwrap();
        assert_eq!((small.width(), small.height()), (100, 75));
    }
}

#[test]
fn what_is_no_larger_than_wanted_is_decoded_as_it_is() {
    let file = write(&scene(200, 100), 200, 100, PLAIN, |_| {});
    for edge in [200, 500] {
        let same = media::decode_within(&file, edge).unwrap();
        assert_eq!(same.to_rgb(), media::decode(&file).unwrap().to_rgb());
    }
    // Smaller, but not by half.
    let small = media::decode_within(&file, 150).unwrap();
    assert_eq!((small.width(), small.height(), small.original_size()), (150, 75, (200, 100)));
    let lossless = png(&scene(200, 100), 200, 100, ExtendedColorType::Rgb8);
    let small = media::decode_within(&lossless, 50).unwrap();
    assert_eq!((small.width(), small.height(), small.original_size()), (50, 25, (200, 100)));
    assert!(close(&small.to_rgb(), &made_smaller(&lossless, 50, 25), 0));
}

#[test]
fn a_file_that_claims_too_much_is_refused_at_every_size() {
    let mut file = flat_jpeg(64, 64, &[1, 2, 3], None);
    let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    let refused = media::decode_within(&file, 100);
    assert!(
        matches!(refused, Err(MediaError::TooLarge { width: 65_535, height: 65_535, .. })),
        "{refused:?}"
    );
}
