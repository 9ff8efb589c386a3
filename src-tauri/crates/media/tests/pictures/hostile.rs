//! Files that lie, break off or hide a bomb: a typed error or a picture, never a crash and never unbounded memory.

use crate::maker::{contains, exif, flat_jpeg, gradient, real, with_exif};
use image::{DynamicImage, ImageFormat};
use media::{LooksLike, MediaError};
use std::io::Cursor;

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(gradient(40, 30)).write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn samples() -> Vec<(String, Vec<u8>)> {
    let mut samples: Vec<_> = [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
    ]
    .into_iter()
    .map(|format| (format!("{format:?}"), encoded(format)))
    .collect();
    samples.push(("inks".into(), flat_jpeg(64, 64, &[1, 2, 3, 4], Some(2))));
    for (passes, restart) in [(None, 1), (Some(4), 0), (Some(12), 2)] {
        let mut file = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
        encoder.set_restart_interval(restart);
        if let Some(passes) = passes {
            encoder.set_progressive_scans(passes);
        }
        encoder.encode(&gradient(72, 56), 72, 56, jpeg_encoder::ColorType::Rgb).unwrap();
        samples.push((format!("{passes:?} passes, restarts {restart}"), file));
    }
    samples.push(("exif".into(), with_exif(&gradient(40, 30), "image/jpeg", 6)));
    for name in ["transform_mismatch_thumbnail.heic", "hopper.avif", "transparency.avif"] {
        samples.push((name.into(), real(name)));
    }
    samples
}

/// Everything the crate does with a file; what it returns does not matter here.
fn exercise(bytes: &[u8]) {
    let identified = media::identify(bytes);
    let inspected = media::inspect(bytes);
    if let Ok(picture) = media::decode(bytes) {
        assert!(identified.is_ok() && inspected.is_ok());
        assert!(picture.width() > 0 && picture.height() > 0);
        picture.thumbnail(16).unwrap();
        let small = media::decode_within(bytes, 10).unwrap();
        assert_eq!(small.original_size(), (picture.width(), picture.height()));
    }
}

#[test]
fn cut_off_files_are_errors_or_pictures() {
    for (_, file) in samples() {
        let step = (file.len() / 60).max(1);
        for length in (0..64.min(file.len())).chain((64..file.len()).step_by(step)) {
            exercise(&file[..length]);
        }
    }
}

#[test]
fn altered_files_are_errors_or_pictures() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for (_, file) in samples() {
        for round in 0..120 {
            let mut altered = file.clone();
            // Headers deserve more attention than pixels.
            let reach = if round % 2 == 0 { file.len().min(600) } else { file.len() };
            for _ in 0..=random(6) {
                altered[random(reach)] = random(256) as u8;
            }
            exercise(&altered);
        }
    }
}

#[test]
fn empty_and_foreign_files_say_what_they_are() {
    for result in [media::decode(b"").err(), media::inspect(b"").err()] {
        assert!(matches!(result, Some(MediaError::Empty)));
    }
    assert!(matches!(
        media::decode(b"%PDF-1.7\n"),
        Err(MediaError::Unsupported { looks_like: LooksLike::Pdf })
    ));
    assert!(matches!(media::decode(b"\x89PNG\r\n\x1a\n"), Err(MediaError::Damaged { format: "PNG", .. })));
    assert!(matches!(media::decode(b"\xff\xd8\xff\xe0"), Err(MediaError::Damaged { format: "JPEG", .. })));
}

/// A PNG that claims a size and holds next to nothing.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut file = encoded(ImageFormat::Png);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&checksum.to_be_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
            },
        )
    })
}

#[test]
fn bombs_are_refused_with_their_numbers() {
    let png = png_claiming(100_000, 90_000);
    let mut gif = encoded(ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xFF; 4]);
    let mut bmp = encoded(ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&60_000u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&60_000u32.to_le_bytes());
    let mut jpeg = encoded(ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    let mut heic = real("transform_mismatch_thumbnail.heic");
    for start in 0..heic.len() - 16 {
        if &heic[start..start + 4] == b"ispe" {
            heic[start + 8..start + 12].copy_from_slice(&60_000u32.to_be_bytes());
            heic[start + 12..start + 16].copy_from_slice(&60_000u32.to_be_bytes());
        }
    }
    for (file, claimed) in [
        (png, (100_000, 90_000)),
        (gif, (65_535, 65_535)),
        (bmp, (60_000, 60_000)),
        (heic, (60_000, 60_000)),
        (jpeg, (65_535, 65_535)),
    ] {
        let inspected = media::inspect(&file).unwrap();
        assert_eq!((inspected.width, inspected.height), claimed, "a header can be told without decoding");
        match media::decode(&file) {
            Err(MediaError::TooLarge { width, height, bytes_needed, bytes_limit }) => {
                assert_eq!((width, height), claimed);
                assert!(bytes_needed > bytes_limit && bytes_limit == media::MAX_WORKING_BYTES);
            }
            other => panic!("{other:?}"),
        }
    }
    exercise(&real("decompression_bomb.gif"));
}

#[test]
fn broken_exif_does_not_hide_the_picture() {
    let mut file = with_exif(&gradient(40, 30), "image/jpeg", 6);
    let start = file.windows(4).position(|window| window == b"II*\0").unwrap();
    assert!(contains(&file, &exif(6)));
    file[start + 8..start + 10].copy_from_slice(&[0xFF, 0xFF]);
    file[start + 4..start + 8].copy_from_slice(&[0xFF; 4]);
    let picture = media::decode(&file).unwrap();
    assert_eq!((picture.width(), picture.height()), (40, 30));
    media::decode(&real("hopper_bad_exif.jpg")).unwrap();
}
