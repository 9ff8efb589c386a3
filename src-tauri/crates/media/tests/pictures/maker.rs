//! Makes pictures: pixels by formula, encoded by encoders that are not under test, and JPEGs written bit by bit where no
//! encoder writes what is needed (inks, enormous sizes).

use conversation::{AttachmentId, ImageBudget};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use std::path::{Path, PathBuf};

/// A word no encoder writes by itself: where it stands, metadata survived.
pub const SECRET: &[u8] = b"CASTORCAMERA";

/// A budget that accepts both formats.
pub fn budget(longest_edge: u32, max_bytes: u32) -> ImageBudget {
    ImageBudget {
        longest_edge,
        max_bytes,
        tokens: 258,
        accepts: vec!["image/png".into(), "image/jpeg".into()],
        max_count: 16,
    }
}

/// A fresh attachment.
pub fn attachment() -> AttachmentId {
    AttachmentId::new()
}

/// Where the fetched set is.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/test-media")
}

/// A file of the fetched set.
pub fn real(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("The test picture {name} is missing: run scripts/fetch-test-media.sh first. ({error})")
    })
}

/// A picture in which every pixel differs from its neighbours and no turn or flip maps it to itself.
pub fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, ((x * 3 + y * 7) % 64) as u8])
    })
}

/// An EXIF block with an orientation, a camera's name and a GPS directory.
pub fn exif(orientation: u16) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    let entry = |block: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: u32| {
        block.extend(tag.to_le_bytes());
        block.extend(kind.to_le_bytes());
        block.extend(count.to_le_bytes());
        block.extend(value.to_le_bytes());
    };
    block.extend(3u16.to_le_bytes());
    entry(&mut block, 0x0110, 2, SECRET.len() as u32, 50);
    entry(&mut block, 0x0112, 3, 1, u32::from(orientation));
    entry(&mut block, 0x8825, 4, 1, 62);
    block.extend([0; 4]);
    block.extend(SECRET);
    block.extend([0, 0, 0, 0, 0, 0]);
    block
}

fn write<E: ImageEncoder>(mut encoder: E, exif: Vec<u8>, pixels: &[u8], width: u32, height: u32) {
    encoder.set_exif_metadata(exif).unwrap();
    encoder.write_image(pixels, width, height, ExtendedColorType::Rgb8).unwrap();
}

/// Writes with EXIF as PNG, JPEG of quality 95, or lossless WebP.
pub fn with_exif(picture: &RgbImage, mime: &str, orientation: u16) -> Vec<u8> {
    let mut file = Vec::new();
    let exif = exif(orientation);
    let (width, height) = picture.dimensions();
    match mime {
        "image/png" => write(PngEncoder::new(&mut file), exif, picture, width, height),
        "image/webp" => write(WebPEncoder::new_lossless(&mut file), exif, picture, width, height),
        _ => write(JpegEncoder::new_with_quality(&mut file, 95), exif, picture, width, height),
    }
    file
}

/// Writes as PNG without anything else.
pub fn png(pixels: &[u8], width: u32, height: u32, color: ExtendedColorType) -> Vec<u8> {
    let mut file = Vec::new();
    PngEncoder::new(&mut file).write_image(pixels, width, height, color).unwrap();
    file
}

/// A baseline JPEG of one flat colour, written bit by bit: one value for each component, as coded. `adobe` is the
/// transform of Adobe's marker (0 none, 2 YCCK), `None` leaves the marker out.
pub fn flat_jpeg(width: u16, height: u16, samples: &[u8], adobe: Option<u8>) -> Vec<u8> {
    let components = samples.len() as u8;
    let mut file = vec![0xFF, 0xD8];
    if let Some(transform) = adobe {
        file.extend([0xFF, 0xEE, 0, 14]);
        file.extend(b"Adobe\0\x64\0\0\0\0");
        file.push(transform);
    }
    file.extend([0xFF, 0xDB, 0, 67, 0]);
    file.extend([1; 64]);
    file.extend([0xFF, 0xC0, 0, 8 + 3 * components, 8]);
    file.extend(height.to_be_bytes());
    file.extend(width.to_be_bytes());
    file.push(components);
    for component in 1..=components {
        file.extend([component, 0x11, 0]);
    }
    // DC: the twelve categories as codes of four bits. AC: "end of block" as a single zero bit.
    file.extend([0xFF, 0xC4, 0, 31, 0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    file.extend(0..12);
    file.extend([0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    file.extend([0xFF, 0xDA, 0, 6 + 2 * components, components]);
    for component in 1..=components {
        file.extend([component, 0]);
    }
    file.extend([0, 63, 0]);

    let (mut bits, mut pending) = (0u32, 0u32);
    let mut put = |file: &mut Vec<u8>, value: u32, length: u32| {
        bits = (bits << length) | value;
        pending += length;
        while pending >= 8 {
            let byte = (bits >> (pending - 8)) as u8;
            file.push(byte);
            if byte == 0xFF {
                file.push(0);
            }
            pending -= 8;
            bits &= (1 << pending) - 1;
        }
    };
    let blocks = u64::from(width.div_ceil(8)) * u64::from(height.div_ceil(8));
    for block in 0..blocks {
        for sample in samples {
            // The mean of a block is an eighth of its first coefficient; after the first block nothing changes.
            let difference = if block == 0 { (i32::from(*sample) - 128) * 8 } else { 0 };
            let category = 32 - difference.unsigned_abs().leading_zeros();
            let coded = if difference < 0 { difference + (1 << category) - 1 } else { difference };
            put(&mut file, category, 4);
            put(&mut file, coded as u32, category);
            put(&mut file, 0, 1);
        }
    }
    put(&mut file, 0x7F, 7);
    file.extend([0xFF, 0xD9]);
    file
}

/// The colour of the first pixel.
pub fn first_pixel(file: &[u8]) -> [u8; 4] {
    let rgba = media::decode(file).unwrap().to_rgba();
    [rgba[0], rgba[1], rgba[2], rgba[3]]
}

/// Whether every channel is within `tolerance`.
pub fn close(left: &[u8], right: &[u8], tolerance: u8) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).all(|(left, right)| left.abs_diff(*right) <= tolerance)
}

/// Whether `needle` stands anywhere in `bytes`.
pub fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
