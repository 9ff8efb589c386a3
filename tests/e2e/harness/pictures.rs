//! Pictures whose every corner has a colour of its own, so that what is up and what is left can be told from pixels.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Rgb, RgbImage};
use std::path::{Path, PathBuf};

/// Top left, top right, bottom left, bottom right.
pub const CORNERS: [Rgb<u8>; 4] =
    [Rgb([220, 30, 30]), Rgb([30, 160, 60]), Rgb([40, 70, 220]), Rgb([240, 200, 40])];

/// A picture of four colours, one for each quarter.
pub fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let corner = usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2);
        CORNERS[corner]
    })
}

/// Writes a landscape photo (1200 x 800) as JPEG.
pub fn photo(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, jpeg(&quarters(1200, 800))).unwrap();
    path
}

/// Writes a picture as PNG.
pub fn png(folder: &Path, name: &str, width: u32, height: u32) -> PathBuf {
    let path = folder.join(name);
    quarters(width, height).save_with_format(&path, image::ImageFormat::Png).unwrap();
    path
}

/// Writes a portrait photo (800 x 1200 when upright) as a telephone held upright does: lying on its side, with an EXIF
/// note that says so (orientation 6: turn clockwise to show), and a place and a maker that must not be sent.
pub fn photo_on_its_side(folder: &Path, name: &str) -> PathBuf {
    let lying = DynamicImage::ImageRgb8(quarters(800, 1200)).rotate270().into_rgb8();
    let mut bytes = jpeg(&lying);
    bytes.splice(2..2, exif_segment());
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// What [`photo_on_its_side`] notes as the maker.
pub const MAKER: &[u8; 12] = b"SecretMaker\0";

fn exif_segment() -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    // Make: ASCII, at offset 38, behind the two entries and the end mark.
    tiff.extend([0x01, 0x0f, 0, 2, 0, 0, 0, 12, 0, 0, 0, 38]);
    // Orientation: one short, 6.
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    tiff.extend([0, 0, 0, 0]);
    tiff.extend(MAKER);
    let mut segment = vec![0xff, 0xe1];
    segment.extend(u16::try_from(2 + 6 + tiff.len()).unwrap().to_be_bytes());
    segment.extend(b"Exif\0\0");
    segment.extend(tiff);
    segment
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 92).encode_image(picture).unwrap();
    bytes
}

/// Whether two colours are the same but for what compressing and scaling change.
pub fn alike(one: Rgb<u8>, other: Rgb<u8>) -> bool {
    one.0.iter().zip(other.0).all(|(one, other)| one.abs_diff(other) <= 24)
}

/// Asserts that a picture shows [`CORNERS`] where they belong. It looks near the middle: a thumbnail is cropped, and a
/// button may lie on its corner.
pub fn assert_upright(picture: &RgbImage) {
    let (width, height) = picture.dimensions();
    let places = [(35, 35), (65, 35), (35, 65), (65, 65)];
    for ((x, y), expected) in places.into_iter().zip(CORNERS) {
        let found = *picture.get_pixel(width * x / 100, height * y / 100);
        assert!(alike(found, expected), "at {x} %, {y} %: {found:?} instead of {expected:?}");
    }
}
