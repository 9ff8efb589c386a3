//! Colour, orientation and metadata on pictures made here.

use crate::maker::{
    SECRET, attachment, budget, close, contains, first_pixel, flat_jpeg, gradient, png, with_exif,
};
use image::{DynamicImage, ExtendedColorType, ImageFormat, RgbImage, RgbaImage};
use std::io::Cursor;

/// The picture as it lies in a file with this orientation, from the definition in the EXIF standard.
fn lay(upright: &RgbImage, orientation: u16) -> RgbImage {
    let (width, height) = upright.dimensions();
    let (stored_width, stored_height) = if orientation >= 5 { (height, width) } else { (width, height) };
    let mut stored = RgbImage::new(stored_width, stored_height);
    for (x, y, pixel) in upright.enumerate_pixels() {
        let (right, bottom) = (width - 1 - x, height - 1 - y);
        let (stored_x, stored_y) = match orientation {
            1 => (x, y),
            2 => (right, y),
            3 => (right, bottom),
            4 => (x, bottom),
            5 => (y, x),
            6 => (y, right),
            7 => (bottom, right),
            _ => (bottom, x),
        };
        stored.put_pixel(stored_x, stored_y, *pixel);
    }
    stored
}

#[test]
fn all_orientations_come_out_upright() {
    let upright = gradient(48, 32);
    let expected = DynamicImage::from(upright.clone()).into_rgba8().into_raw();
    for mime in ["image/png", "image/webp", "image/jpeg"] {
        for orientation in 1..=8 {
            let file = with_exif(&lay(&upright, orientation), mime, orientation);
            let inspected = media::inspect(&file).unwrap();
            assert_eq!((inspected.mime, inspected.width, inspected.height), (mime, 48, 32), "{orientation}");
            let picture = media::decode(&file).unwrap();
            assert_eq!((picture.width(), picture.height()), (48, 32));
            let tolerance = if mime == "image/jpeg" { 24 } else { 0 };
            assert!(close(&picture.to_rgba(), &expected, tolerance), "{mime} {orientation}");

            // Scaled first and turned afterwards gives the same picture.
            let view = picture.thumbnail(24).unwrap();
            assert_eq!((view.width, view.height), (24, 16));
            let small = media::decode(&view.data).unwrap().to_rgba();
            let reference = media::decode(&with_exif(&upright, "image/png", 1)).unwrap();
            let reference = media::decode(&reference.thumbnail(24).unwrap().data).unwrap().to_rgba();
            assert!(close(&small, &reference, 24), "{mime} {orientation}");
        }
    }
}

#[test]
fn sixteen_bit_samples_are_rounded_to_eight() {
    let samples: Vec<u8> =
        [0xFFFFu16, 0x8000, 0x0180].iter().flat_map(|sample| sample.to_ne_bytes()).collect();
    assert_eq!(first_pixel(&png(&samples, 1, 1, ExtendedColorType::Rgb16)), [255, 128, 1, 255]);
    assert_eq!(
        first_pixel(&png(&0x8000u16.to_ne_bytes(), 1, 1, ExtendedColorType::L16)),
        [128, 128, 128, 255]
    );
    let transparent = [&samples[..], &0x4000u16.to_ne_bytes()].concat();
    assert_eq!(first_pixel(&png(&transparent, 1, 1, ExtendedColorType::Rgba16)), [255, 128, 1, 64]);
}

#[test]
fn grey_and_palette_become_colour() {
    assert_eq!(first_pixel(&png(&[77], 1, 1, ExtendedColorType::L8)), [77, 77, 77, 255]);
    assert_eq!(first_pixel(&png(&[77, 10], 1, 1, ExtendedColorType::La8)), [77, 77, 77, 10]);

    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 2, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Four);
    encoder.set_palette(vec![10, 20, 30, 200, 100, 50]);
    encoder.set_trns(vec![255, 128]);
    encoder.write_header().unwrap().write_image_data(&[0x01]).unwrap();
    assert_eq!(media::decode(&file).unwrap().to_rgba(), [10, 20, 30, 255, 200, 100, 50, 128]);
}

#[test]
fn every_simple_format_decodes() {
    let picture = DynamicImage::from(gradient(20, 10));
    for (format, mime) in [
        (ImageFormat::Bmp, "image/bmp"),
        (ImageFormat::Tiff, "image/tiff"),
        (ImageFormat::Png, "image/png"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, format).unwrap();
        let file = file.into_inner();
        let identified = media::identify(&file).unwrap();
        assert_eq!((identified.kind, identified.mime), (conversation::MediaKind::Image, mime));
        let decoded = media::decode(&file).unwrap();
        assert_eq!(decoded.to_rgba(), picture.to_rgba8().into_raw(), "{mime}");
        assert_eq!(decoded.source_mime(), mime);
    }
}

#[test]
fn a_gif_shows_its_first_frame() {
    let mut file = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut file);
        for color in [[200, 0, 0, 255], [0, 0, 200, 255]] {
            let frame = RgbaImage::from_pixel(6, 4, image::Rgba(color));
            encoder.encode_frame(image::Frame::new(frame)).unwrap();
        }
    }
    assert_eq!(media::identify(&file).unwrap().mime, "image/gif");
    assert!(close(&first_pixel(&file), &[200, 0, 0, 255], 8));
}

#[test]
fn four_inks_come_out_right() {
    // Adobe stores inks inverted: 255 is no ink. Orange: no cyan, half magenta, full yellow, no black.
    let orange = [255, 127, 0, 255];
    assert!(close(&first_pixel(&flat_jpeg(16, 8, &orange, Some(0))), &orange, 2));
    // Without Adobe's marker the same picture is stored the plain way.
    let plain = orange.map(|sample: u8| 255 - sample);
    let plain = [plain[0], plain[1], plain[2], 0];
    assert!(close(&first_pixel(&flat_jpeg(16, 8, &plain, None)), &[255, 127, 0, 255], 2));
    // YCCK: the luminance and colour differences of the stored inks' complements, black beside them at half.
    let (light_red, light_green, light_blue) = (0.0f64, 128.0, 255.0);
    let luma = 0.299 * light_red + 0.587 * light_green + 0.114 * light_blue;
    let ycc = [luma, 128.0 + (light_blue - luma) * 0.564_33, 128.0 + (light_red - luma) * 0.713_27];
    let [luma, blue, red] = ycc.map(|sample| sample.round() as u8);
    let file = flat_jpeg(16, 8, &[luma, blue, red, 128], Some(2));
    assert!(close(&first_pixel(&file), &[128, 64, 0, 255], 3), "{:?}", first_pixel(&file));
}

#[test]
fn transparency_is_kept_as_png_and_laid_on_white_as_jpeg() {
    let glass = RgbaImage::from_fn(64, 64, |x, _| image::Rgba([255, 0, 0, if x < 32 { 0 } else { 255 }]));
    let file = png(&glass, 64, 64, ExtendedColorType::Rgba8);
    let kept = media::prepare(&file, &budget(32, 1 << 20), attachment()).unwrap();
    assert_eq!((kept.mime.as_str(), kept.width, kept.height, kept.scaled), ("image/png", 32, 32, true));
    let kept = media::decode(&kept.data).unwrap();
    assert!(kept.has_alpha());
    let pixels = kept.to_rgba();
    // Red all the way to the edge: what is transparent does not darken or bleed.
    assert!(pixels.chunks_exact(4).all(|pixel| pixel[3] < 8 || (pixel[0] > 250 && pixel[1] < 5)));

    let mut only_jpeg = budget(64, 1 << 20);
    only_jpeg.accepts = vec!["image/jpeg".into()];
    let laid = media::prepare(&file, &only_jpeg, attachment()).unwrap();
    assert_eq!(laid.mime, "image/jpeg");
    let pixels = media::decode(&laid.data).unwrap().to_rgba();
    assert!(
        close(&pixels[..4], &[255, 255, 255, 255], 6) && close(&pixels[63 * 4..64 * 4], &[255, 0, 0, 255], 6)
    );

    only_jpeg.accepts = vec!["image/gif".into()];
    assert!(matches!(
        media::prepare(&file, &only_jpeg, attachment()),
        Err(media::MediaError::NoAcceptedFormat)
    ));
}

#[test]
fn metadata_stays_behind() {
    let picture = gradient(64, 48);
    for mime in ["image/png", "image/webp", "image/jpeg"] {
        for orientation in [1, 6] {
            let file = with_exif(&picture, mime, orientation);
            assert!(contains(&file, SECRET), "the test's own file lacks it: {mime}");
            for edge in [32, 64] {
                let prepared = media::prepare(&file, &budget(edge, 1 << 20), attachment()).unwrap();
                assert!(prepared.metadata_removed, "{mime}");
                for word in [SECRET, b"Exif", b"eXIf", b"EXIF"] {
                    assert!(!contains(&prepared.data, word), "{mime} {orientation} {edge}");
                }
                let again = media::prepare(&prepared.data, &budget(edge, 1 << 20), attachment()).unwrap();
                assert!(!again.metadata_removed && !again.scaled, "{mime}");
            }
            let picture = media::decode(&file).unwrap();
            for view in [picture.thumbnail(40).unwrap(), picture.display(2000).unwrap()] {
                assert!(!contains(&view.data, SECRET));
            }
        }
    }
}

#[test]
fn a_jpeg_that_fits_keeps_its_samples() {
    let file = with_exif(&gradient(64, 48), "image/jpeg", 1);
    // What phones put after the end: a preview or a clip.
    let trailed = [&file[..], b"MotionPhoto", SECRET].concat();
    let prepared = media::prepare(&trailed, &budget(64, 1 << 20), attachment()).unwrap();
    assert_eq!(prepared.mime, "image/jpeg");
    assert!(prepared.data.ends_with(&[0xFF, 0xD9]) && !contains(&prepared.data, SECRET));
    assert_eq!(
        media::decode(&prepared.data).unwrap().to_rgba(),
        media::decode(&file).unwrap().to_rgba(),
        "the pixels are the very same"
    );
    // The scan itself is byte for byte the original's.
    let scan = |bytes: &[u8]| {
        let start = bytes.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
        bytes[start..].to_vec()
    };
    assert_eq!(scan(&prepared.data), scan(&file));
}

#[test]
fn screenshots_stay_png_and_are_never_enlarged() {
    let text =
        RgbImage::from_fn(300, 200, |x, y| image::Rgb([if (x / 3 + y / 5) % 4 == 0 { 0 } else { 250 }; 3]));
    let file = png(&text, 300, 200, ExtendedColorType::Rgb8);
    let prepared = media::prepare(&file, &budget(3072, 1 << 20), attachment()).unwrap();
    assert_eq!(
        (prepared.mime.as_str(), prepared.width, prepared.height, prepared.scaled),
        ("image/png", 300, 200, false)
    );
    assert_eq!(media::decode(&prepared.data).unwrap().to_rgba(), media::decode(&file).unwrap().to_rgba());
}

#[test]
fn clipboard_pixels_become_png() {
    let pixels = [1, 2, 3, 255, 4, 5, 6, 7];
    let file = media::from_rgba(2, 1, &pixels).unwrap();
    assert_eq!(media::decode(&file).unwrap().to_rgba(), pixels);
    let opaque = media::from_rgba(1, 1, &[1, 2, 3, 255]).unwrap();
    assert!(!media::decode(&opaque).unwrap().has_alpha());
    assert!(matches!(
        media::from_rgba(2, 2, &pixels),
        Err(media::MediaError::WrongLength { expected: 16, actual: 8, .. })
    ));
    assert!(matches!(media::from_rgba(0, 5, &[]), Err(media::MediaError::Empty)));
}

#[test]
fn a_hundred_megapixels_become_a_picture_for_the_model() {
    let file = flat_jpeg(12_000, 9_000, &[180], None);
    let picture = media::decode(&file).unwrap();
    assert_eq!((picture.width(), picture.height()), (12_000, 9_000));
    let prepared = picture.prepare(&file, &budget(3072, 4 << 20), attachment()).unwrap();
    assert_eq!((prepared.width, prepared.height, prepared.scaled), (3072, 2304, true));
    assert!(close(&first_pixel(&prepared.data), &[180, 180, 180, 255], 2));
}
