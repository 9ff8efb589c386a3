//! The promises of `prepare`, on pictures of many sizes, contents and budgets.

use crate::maker::{attachment, budget, png};
use image::ExtendedColorType;
use media::MediaError;
use proptest::prelude::*;

/// Pixels from calm (0) to noise (255), with or without transparency.
fn pixels(width: u32, height: u32, channels: u32, noise: u8, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..width * height * channels)
        .map(|index| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let calm = (index / channels % width) * 200 / width;
            (calm as u8).wrapping_add((state as u8) & noise)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn prepared_pictures_keep_every_promise(
        width in 1u32..260,
        height in 1u32..260,
        alpha in any::<bool>(),
        noise in prop_oneof![Just(0u8), Just(15), Just(255)],
        seed in any::<u64>(),
        longest_edge in 1u32..300,
        max_bytes in 1_000u32..60_000,
        jpeg_only in any::<bool>(),
    ) {
        let (channels, color) =
            if alpha { (4, ExtendedColorType::Rgba8) } else { (3, ExtendedColorType::Rgb8) };
        let file = png(&pixels(width, height, channels, noise, seed), width, height, color);
        let mut limits = budget(longest_edge, max_bytes);
        if jpeg_only {
            limits.accepts = vec!["image/jpeg".into()];
        }
        let prepared = media::prepare(&file, &limits, attachment()).unwrap();

        prop_assert!(prepared.data.len() <= max_bytes as usize);
        prop_assert!(limits.accepts.contains(&prepared.mime));
        let longest = prepared.width.max(prepared.height);
        let wanted = width.max(height).min(longest_edge);
        prop_assert!(longest <= wanted);
        prop_assert_eq!(prepared.scaled, (prepared.width, prepared.height) != (width, height));
        let inspected = media::inspect(&prepared.data).unwrap();
        prop_assert_eq!(inspected.mime, &prepared.mime);
        prop_assert_eq!((inspected.width, inspected.height), (prepared.width, prepared.height));
        // The shape is kept to a pixel.
        let exact = f64::from(width.min(height)) * f64::from(longest) / f64::from(width.max(height));
        prop_assert!((f64::from(prepared.width.min(prepared.height)) - exact.max(1.0)).abs() <= 1.0);

        if longest < wanted {
            // Smaller than asked only because nothing at the asked size fits, whatever the quality.
            let picture = media::decode(&file).unwrap();
            let view = media::decode(&media::from_rgba(width, height, &picture.to_rgba()).unwrap()).unwrap();
            limits.max_bytes = u32::MAX;
            let full = view.prepare(&file, &limits, attachment()).unwrap();
            prop_assert_eq!(full.width.max(full.height), wanted);
            let decoded = media::decode(&full.data).unwrap().to_rgba();
            let opaque: Vec<u8> = decoded
                .chunks_exact(4)
                .flat_map(|pixel| {
                    let alpha = u32::from(pixel[3]);
                    [0, 1, 2].map(|channel| {
                        ((u32::from(pixel[channel]) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
                    })
                })
                .collect();
            let mut lowest = Vec::new();
            image::codecs::jpeg::JpegEncoder::new_with_quality(&mut lowest, 60)
                .encode(&opaque, full.width, full.height, ExtendedColorType::Rgb8)
                .unwrap();
            // A tenth of slack: where only JPEG is accepted this copy has been through one encoding more.
            prop_assert!(lowest.len() * 11 / 10 > max_bytes as usize);
        }
    }
}

#[test]
fn a_budget_no_picture_fits_is_an_error() {
    let file = png(&[0; 300], 10, 10, ExtendedColorType::Rgb8);
    assert!(matches!(
        media::prepare(&file, &budget(100, 20), attachment()),
        Err(MediaError::BudgetTooSmall { max_bytes: 20 })
    ));
}

#[test]
fn noise_is_lowered_in_quality_before_it_is_made_smaller() {
    let file = png(&pixels(200, 200, 3, 255, 7), 200, 200, ExtendedColorType::Rgb8);
    let roomy = media::prepare(&file, &budget(200, 1 << 20), attachment()).unwrap();
    assert_eq!((roomy.mime.as_str(), roomy.width), ("image/png", 200));
    let mut limits = budget(200, 60_000);
    let tight = media::prepare(&file, &limits, attachment()).unwrap();
    assert_eq!((tight.mime.as_str(), tight.width), ("image/jpeg", 200));
    limits.max_bytes = 8_000;
    let tightest = media::prepare(&file, &limits, attachment()).unwrap();
    assert!(tightest.width < 200 && tightest.width > 40, "{tightest:?}");
}
