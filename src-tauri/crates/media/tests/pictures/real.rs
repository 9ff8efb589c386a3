//! Real files. The expected colours are the means of the four quarters (upper left, upper right, lower left, lower
//! right) as Pillow 13 with pillow-heif 1.8, libavif and LittleCMS shows them, upright and in sRGB.

use crate::maker::{attachment, budget, close, contains, real};
use media::{MediaError, Picture};

/// Mean colours of the four quarters.
fn quarters(picture: &Picture) -> [[u8; 4]; 4] {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let rgba = picture.to_rgba();
    let mut sums = [[0u64; 4]; 4];
    let mut counts = [0u64; 4];
    for (index, pixel) in rgba.chunks_exact(4).enumerate() {
        let quarter = usize::from(index % width >= width / 2) + 2 * usize::from(index / width >= height / 2);
        counts[quarter] += 1;
        for (sum, sample) in sums[quarter].iter_mut().zip(pixel) {
            *sum += u64::from(*sample);
        }
    }
    [0, 1, 2, 3].map(|quarter| sums[quarter].map(|sum| (sum / counts[quarter]) as u8))
}

fn expect(name: &str, size: (u32, u32), colors: [[u8; 3]; 4]) {
    expect_within(4, name, size, colors);
}

fn expect_within(tolerance: u8, name: &str, size: (u32, u32), colors: [[u8; 3]; 4]) {
    let file = real(name);
    let inspected = media::inspect(&file).unwrap();
    assert_eq!((inspected.width, inspected.height), size, "{name}");
    let picture = media::decode(&file).unwrap();
    assert_eq!((picture.width(), picture.height()), size, "{name}");
    let found = quarters(&picture);
    for (found, expected) in found.iter().zip(colors) {
        assert!(close(&found[..3], &expected, tolerance), "{name}: {found:?} is not {expected:?}");
    }
}

const HOPPER: [[u8; 3]; 4] = [[94, 73, 81], [108, 117, 155], [81, 57, 54], [76, 73, 93]];

#[test]
fn jpeg_and_webp_orientations() {
    for orientation in 2..=8 {
        expect(&format!("hopper_orientation_{orientation}.jpg"), (128, 128), HOPPER);
    }
    for orientation in [2, 5, 6] {
        expect(&format!("hopper_orientation_{orientation}.webp"), (128, 128), HOPPER);
    }
}

#[test]
fn fax_tiffs_in_all_orientations() {
    for orientation in 1..=8 {
        expect(
            &format!("g4_orientation_{orientation}.tif"),
            (590, 88),
            [[211; 3], [228; 3], [228; 3], [240; 3]],
        );
    }
}

#[test]
fn avif_rotations_and_mirrors_are_applied_once() {
    for rotation in 0..4 {
        for mirror in 0..2 {
            expect(
                &format!("rot{rotation}mir{mirror}.avif"),
                (640, 427),
                [[148, 165, 138], [157, 169, 136], [89, 92, 53], [129, 125, 62]],
            );
        }
    }
    expect("hopper.avif", (128, 128), HOPPER);
    // Its XMP asks for half a turn, which does not count beside the container; its profile is ColorMatch, of gamma 1.8.
    expect(
        "xmp_tags_orientation.avif",
        (326, 268),
        [[235, 202, 147], [219, 186, 138], [200, 169, 121], [211, 181, 131]],
    );
}

#[test]
fn avif_transparency_and_sequence() {
    let picture = media::decode(&real("transparency.avif")).unwrap();
    assert!(picture.has_alpha());
    let found = quarters(&picture).map(|color| color[3]);
    assert!(close(&found, &[207, 198, 201, 197], 3), "{found:?}");
    let star = media::decode(&real("star.avifs")).unwrap();
    assert_eq!((star.width(), star.height()), (159, 159));
}

#[test]
fn phone_heics_are_upright_and_in_srgb() {
    expect("arrow.heic", (3024, 4032), [[160, 155, 150], [168, 162, 155], [161, 157, 155], [168, 162, 159]]);
    expect("pug.heic", (4032, 3024), [[200, 196, 187], [199, 196, 191], [138, 134, 127], [118, 112, 104]]);
    expect("xiaomi.heic", (2592, 1944), [[124, 135, 141], [210, 222, 227], [190, 203, 207], [208, 220, 224]]);
    expect(
        "aux_YCbCr.heic",
        (4000, 1848),
        [[133, 129, 104], [132, 133, 135], [139, 133, 108], [129, 127, 122]],
    );
}

#[test]
fn camera_hifs() {
    expect("cat.hif", (4240, 2832), [[149, 138, 132], [171, 161, 154], [61, 54, 49], [149, 144, 141]]);
    // Compared with the JPEG preview the camera put into the file, which is a little flatter than the picture.
    expect_within(
        12,
        "guitar_cw90.hif",
        (4672, 7008),
        [[84, 87, 85], [115, 109, 101], [142, 163, 168], [170, 172, 169]],
    );
}

#[test]
fn unusual_heifs() {
    expect("RGB_8_chroma444.heif", (29, 100), [[58, 62, 195], [190, 62, 63], [58, 191, 195], [190, 191, 63]]);
    expect(
        "RGB_10__128x128.heif",
        (128, 128),
        [[63, 64, 191], [191, 64, 63], [63, 192, 191], [191, 192, 63]],
    );
    expect("stereo_1200x800.heic", (1200, 800), [[187, 193, 193], [84, 94, 86], [68, 80, 48], [74, 86, 89]]);
    expect(
        "transform_mismatch_thumbnail.heic",
        (64, 64),
        [[62, 192, 96], [119, 119, 136], [136, 136, 72], [192, 63, 96]],
    );
    for name in ["LA_8__128x128.heif", "RGBA_8__128x128.heif"] {
        assert!(media::decode(&real(name)).unwrap().has_alpha(), "{name}");
    }
}

#[test]
fn two_hundred_megapixels_are_told_from_the_header() {
    let inspected = media::inspect(&real("200MP.heic")).unwrap();
    assert_eq!((inspected.mime, inspected.width, inspected.height), ("image/heic", 12_240, 16_320));
}

#[test]
fn damaged_heics_are_typed_errors() {
    for name in ["corrupted.heic", "corrupted.hif", "truncated.heic"] {
        match media::decode(&real(name)) {
            Err(MediaError::Damaged { .. } | MediaError::Unsupported { .. }) => {}
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn inks_and_deep_samples() {
    let inks = [[56, 7, 10], [36, 6, 8], [17, 5, 6], [12, 5, 6]];
    expect("pil_sample_cmyk.jpg", (100, 100), inks);
    expect("tiff_strip_cmyk_jpeg.tif", (100, 100), inks);
    expect("tiff_16bit_RGB.tiff", (100, 40), [[16, 13, 11], [51, 28, 20], [32, 22, 16], [68, 52, 40]]);
}

#[test]
fn stereo_and_web_files() {
    let file = real("fujifilm.mpo");
    assert_eq!(media::identify(&file).unwrap().mime, "image/jpeg");
    expect("fujifilm.mpo", (3648, 2736), [[98, 104, 94], [130, 136, 128], [108, 104, 109], [100, 99, 103]]);
    // The second picture does not travel along, nor does the camera's name.
    let prepared = media::prepare(&file, &budget(4000, u32::MAX), attachment()).unwrap();
    assert_eq!((prepared.width, prepared.height, prepared.scaled), (3648, 2736, false));
    assert!(prepared.data.len() < file.len() * 2 / 3 && prepared.metadata_removed);
    assert!(!contains(&prepared.data, b"FUJIFILM"));

    media::decode(&real("flower.webp")).unwrap();
    assert!(media::decode(&real("transparent.webp")).unwrap().has_alpha());
}

#[test]
fn places_are_removed() {
    let file = real("exif_gps.jpg");
    let prepared = media::prepare(&file, &budget(4000, u32::MAX), attachment()).unwrap();
    assert!(contains(&file, b"Exif") && !contains(&prepared.data, b"Exif") && prepared.metadata_removed);
    let heic = real("arrow.heic");
    let prepared = media::prepare(&heic, &budget(1000, u32::MAX), attachment()).unwrap();
    assert!(contains(&heic, b"Apple") && !contains(&prepared.data, b"Apple") && prepared.metadata_removed);
    assert_eq!((prepared.mime.as_str(), prepared.width, prepared.height), ("image/jpeg", 750, 1000));
}
