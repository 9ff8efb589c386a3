//! Blacking out: what is under a stroke is gone, what is beside it stays.

use crate::maker::{SECRET, close, contains, gradient, png, with_exif};
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, ExtendedColorType, Frame, RgbImage, Rgba, RgbaImage};
use media::{Encoded, MediaError, Stroke, decode, redact};
use proptest::prelude::*;

fn line(points: &[[f32; 2]], width: f32) -> Stroke {
    Stroke::Brush { points: points.to_vec(), width }
}

fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Stroke {
    Stroke::Rect { left, top, right, bottom }
}

fn redacted(file: &[u8], strokes: &[Stroke]) -> (Encoded, RgbaImage) {
    let encoded = redact(&decode(file).unwrap(), strokes).unwrap();
    let pixels = decode(&encoded.data).unwrap().to_rgba();
    let pixels = RgbaImage::from_raw(encoded.width, encoded.height, pixels).unwrap();
    (encoded, pixels)
}

/// Distance of a pixel's centre from the line between two points, by stepping along it.
fn distance(x: u32, y: u32, from: [f32; 2], to: [f32; 2], width: u32, height: u32) -> f64 {
    let place =
        |point: [f32; 2]| (f64::from(point[0]) * f64::from(width), f64::from(point[1]) * f64::from(height));
    let (from, to) = (place(from), place(to));
    (0..=2000)
        .map(|step| {
            let part = f64::from(step) / 2000.0;
            let (at_x, at_y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            (f64::from(x) + 0.5 - at_x).hypot(f64::from(y) + 0.5 - at_y)
        })
        .fold(f64::INFINITY, f64::min)
}

#[test]
fn a_line_blackens_what_it_touches_and_nothing_else() {
    let source = gradient(120, 80);
    let file = with_exif(&source, "image/png", 1);
    for (from, to) in [
        ([0.2, 0.3], [0.7, 0.6]),
        ([0.7, 0.2], [0.2, 0.9]),
        ([0.1, 0.5], [0.9, 0.5]),
        ([0.5, 0.1], [0.5, 0.9]),
        ([0.4, 0.4], [0.4, 0.4]),
    ] {
        let (encoded, pixels) = redacted(&file, &[line(&[from, to], 0.1)]);
        assert_eq!((encoded.mime, encoded.width, encoded.height), ("image/png", 120, 80));
        for (x, y, pixel) in pixels.enumerate_pixels() {
            let distance = distance(x, y, from, to, 120, 80);
            if distance < 6.7 {
                assert_eq!(pixel.0, [0, 0, 0, 255], "{x} {y} of {from:?} {to:?}");
            }
            if distance > 6.8 {
                assert_eq!(pixel.0[..3], source.get_pixel(x, y).0, "{x} {y} of {from:?} {to:?}");
            }
        }
    }
}

#[test]
fn a_rectangle_covers_every_pixel_it_touches() {
    let source = gradient(64, 32);
    let file = with_exif(&source, "image/png", 1);
    // 10.5 to 20.5 across, 4 to 8 down; edges in either order.
    let [left, right] = [10.5 / 64.0, 20.5 / 64.0];
    for stroke in [rect(left, 0.125, right, 0.25), rect(right, 0.25, left, 0.125)] {
        let (_, pixels) = redacted(&file, &[stroke]);
        for (x, y, pixel) in pixels.enumerate_pixels() {
            let black = (10..21).contains(&x) && (4..8).contains(&y);
            let expected = if black { [0; 3] } else { source.get_pixel(x, y).0 };
            assert_eq!(pixel.0[..3], expected, "{x} {y}");
        }
    }
}

#[test]
fn places_are_those_of_the_upright_picture_and_metadata_is_gone() {
    // Stored on its side: 60 wide and 40 high in the file, 40 wide and 60 high for a person.
    let stored = gradient(60, 40);
    for mime in ["image/png", "image/webp", "image/jpeg"] {
        let file = with_exif(&stored, mime, 6);
        assert!(contains(&file, SECRET));
        let picture = decode(&file).unwrap();
        let before = RgbaImage::from_raw(40, 60, picture.to_rgba()).unwrap();
        let (encoded, pixels) = redacted(&file, &[rect(0.0, 0.0, 0.5, 0.5)]);
        assert_eq!((encoded.width, encoded.height), (40, 60), "{mime}");
        assert!(!contains(&encoded.data, SECRET) && !contains(&encoded.data, b"Exif"), "{mime}");
        assert_eq!(encoded.mime, if mime == "image/png" { "image/png" } else { "image/jpeg" });
        assert_eq!(pixels.get_pixel(0, 0).0, [0, 0, 0, 255]);
        // Inside the black by a block of JPEG's.
        assert_eq!(pixels.get_pixel(10, 20).0, [0, 0, 0, 255]);
        for (x, y) in [(30, 5), (5, 45), (35, 55)] {
            let tolerance = if encoded.mime == "image/png" { 0 } else { 10 };
            assert!(close(&pixels.get_pixel(x, y).0, &before.get_pixel(x, y).0, tolerance), "{mime} {x} {y}");
        }
    }
}

#[test]
fn a_photo_keeps_nothing_of_what_was_covered() {
    // Two photos that differ only under the stroke come out as the same file.
    let one = gradient(96, 96);
    let mut other = one.clone();
    for (x, y) in (24..72).flat_map(|x| (24..72).map(move |y| (x, y))) {
        other.put_pixel(x, y, image::Rgb([255, (x * y) as u8, 90]));
    }
    let as_png = |picture: &RgbImage| with_exif(picture, "image/webp", 1);
    let covered = [rect(0.25, 0.25, 0.75, 0.75)];
    let (first, pixels) = redacted(&as_png(&one), &covered);
    let (second, _) = redacted(&as_png(&other), &covered);
    assert_eq!(first.mime, "image/jpeg");
    assert!(first == second);
    assert_eq!(pixels.get_pixel(48, 48).0, [0, 0, 0, 255]);
}

#[test]
fn black_is_opaque_also_where_the_picture_is_not() {
    let source = RgbaImage::from_fn(40, 40, |x, y| Rgba([x as u8, y as u8, 200, (x * 6) as u8]));
    let file = png(&source, 40, 40, ExtendedColorType::Rgba8);
    let (encoded, pixels) = redacted(&file, &[line(&[[0.0, 0.5], [1.0, 0.5]], 0.2)]);
    assert_eq!(encoded.mime, "image/png");
    for x in 0..40 {
        assert_eq!(pixels.get_pixel(x, 20).0, [0, 0, 0, 255]);
    }
    assert_eq!(pixels.get_pixel(30, 5), source.get_pixel(30, 5));
    // Hidden colours go: the first column was transparent.
    assert_eq!(pixels.get_pixel(0, 5).0, [0; 4]);
}

#[test]
fn a_single_point_is_a_dot_and_no_point_is_nothing() {
    let source = gradient(50, 50);
    let file = with_exif(&source, "image/png", 1);
    let (_, pixels) = redacted(&file, &[line(&[[0.5, 0.5]], 0.2)]);
    let black = pixels.pixels().filter(|pixel| pixel.0[..3] == [0; 3]).count();
    assert!((90..120).contains(&black), "{black}");
    assert_eq!(pixels.get_pixel(25, 25).0, [0, 0, 0, 255]);

    let (_, pixels) = redacted(&file, &[line(&[], 0.2)]);
    assert_eq!(DynamicImage::from(pixels).into_rgb8(), source);
    // No width still is a line.
    for width in [0.0, -1.0, f32::NAN] {
        let (_, pixels) = redacted(&file, &[line(&[[0.0, 0.51], [1.0, 0.51]], width)]);
        assert!((0..50).all(|x| pixels.get_pixel(x, 25).0 == [0, 0, 0, 255]), "{width}");
        assert_eq!(pixels.get_pixel(25, 30).0[..3], source.get_pixel(25, 30).0);
    }
}

#[test]
fn of_an_animation_the_first_frame_is_left() {
    let mut file = Vec::new();
    let mut frames = GifEncoder::new(&mut file);
    for color in [[200, 0, 0, 255], [0, 200, 0, 255]] {
        frames.encode_frame(Frame::new(RgbaImage::from_pixel(20, 20, Rgba(color)))).unwrap();
    }
    drop(frames);
    let (encoded, pixels) = redacted(&file, &[rect(0.0, 0.0, 0.5, 1.0)]);
    assert_eq!(encoded.mime, "image/png");
    assert_eq!(pixels.get_pixel(2, 2).0, [0, 0, 0, 255]);
    assert!(close(&pixels.get_pixel(15, 15).0, &[200, 0, 0, 255], 4));
}

#[test]
fn a_drawing_stays_sharp_also_when_it_came_as_webp() {
    let drawing = RgbImage::from_fn(64, 64, |x, _| image::Rgb(if x < 32 { [255; 3] } else { [10, 20, 30] }));
    let (encoded, pixels) = redacted(&with_exif(&drawing, "image/webp", 1), &[rect(0.9, 0.9, 1.0, 1.0)]);
    assert_eq!(encoded.mime, "image/png");
    assert_eq!(pixels.get_pixel(33, 0).0, [10, 20, 30, 255]);
}

#[test]
fn what_lies_outside_is_cut_off_and_what_is_no_number_covers_more() {
    let source = gradient(40, 40);
    let file = with_exif(&source, "image/png", 1);
    let all_black =
        |strokes: &[Stroke]| redacted(&file, strokes).1.pixels().all(|pixel| pixel.0 == [0, 0, 0, 255]);
    assert!(all_black(&[rect(-5.0, f32::NEG_INFINITY, f32::INFINITY, 1e30)]));
    assert!(all_black(&[rect(f32::NAN, 0.0, 0.1, 1.0)]));
    assert!(all_black(&[line(&[[0.5, 0.5]], f32::INFINITY)]));
    assert!(all_black(&[line(&[[-1e30, 0.5], [1e30, 0.5]], 3.0)]));

    let untouched = |strokes: &[Stroke]| DynamicImage::from(redacted(&file, strokes).1).into_rgb8() == source;
    assert!(untouched(&[rect(1.5, 0.0, 2.0, 1.0), line(&[[3.0, 3.0], [9.0, 3.0]], 0.1)]));
    assert!(untouched(&[line(&[[f32::NAN, 0.5]], 0.1)]));

    // A point that is none does not tear the line.
    let (_, pixels) = redacted(&file, &[line(&[[0.0, 0.5], [f32::NAN, 0.5], [1.0, 0.5]], 0.1)]);
    assert!((0..40).all(|x| pixels.get_pixel(x, 20).0 == [0, 0, 0, 255]));
    // A line far out still goes through the picture.
    let (_, pixels) = redacted(&file, &[line(&[[0.5, 0.5], [f32::INFINITY, 0.5]], 0.1)]);
    assert!((20..40).all(|x| pixels.get_pixel(x, 20).0 == [0, 0, 0, 255]));
    assert_eq!(pixels.get_pixel(5, 20).0[..3], source.get_pixel(5, 20).0);
}

#[test]
fn more_than_can_be_painted_is_refused_not_left_out() {
    let file = png(&vec![90; 8000], 2, 4000, ExtendedColorType::L8);
    let picture = decode(&file).unwrap();
    let scribble: Vec<[f32; 2]> = (0..50_000).map(|step| [0.5, (step % 2) as f32]).collect();
    assert!(matches!(redact(&picture, &[line(&scribble, 0.1)]), Err(MediaError::TooManyStrokes)));
    let much: Vec<[f32; 2]> = (0..20_000).map(|step| [0.5, (step % 2) as f32]).collect();
    redact(&picture, &[line(&much, 0.1)]).unwrap();
}

#[test]
fn strokes_cross_the_bridge_under_their_names() {
    let strokes: Vec<Stroke> = serde_json::from_str(
        r#"[{"type":"brush","points":[[0.25,0.5]],"width":0.1},{"type":"rect","left":0,"top":0,"right":1,"bottom":0.5}]"#,
    )
    .unwrap();
    assert_eq!(strokes, [line(&[[0.25, 0.5]], 0.1), rect(0.0, 0.0, 1.0, 0.5)]);
}

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![any::<f32>(), -0.5f32..1.5, Just(f32::NAN), Just(f32::INFINITY), Just(f32::MIN)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_number_does_harm(
        points in proptest::collection::vec([number(), number()], 0..20),
        width in number(),
        (left, top, right, bottom) in (number(), number(), number(), number()),
    ) {
        let picture = decode(&with_exif(&gradient(31, 17), "image/png", 5)).unwrap();
        let encoded = redact(&picture, &[line(&points, width), rect(left, top, right, bottom)]).unwrap();
        prop_assert_eq!((encoded.width, encoded.height), (17, 31));
        prop_assert!(decode(&encoded.data).is_ok());
    }
}
