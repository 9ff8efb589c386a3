//! Colour: from whatever space the file names to sRGB.

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients,
    TransferCharacteristics, TransformOptions,
};

/// The colour space a file says its samples are in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SourceColor {
    /// Nothing said, or sRGB.
    Srgb,
    /// An embedded ICC profile.
    Icc(Vec<u8>),
    /// Code points of ITU-T H.273.
    Coded { primaries: u8, transfer: u8 },
}

const PQ: u8 = 16;
const HLG: u8 = 18;
const SRGB: u8 = 13;

/// Converts interleaved 8-bit pixels to sRGB in place. `channels` is 3 or 4; alpha is left alone.
///
/// A profile that cannot be read or does not describe RGB or grey leaves the pixels as they are: wrong by a shade, where
/// an error would refuse the picture.
pub(crate) fn to_srgb(pixels: &mut [u8], channels: usize, source: &SourceColor) {
    let profile = match source {
        SourceColor::Srgb => return,
        SourceColor::Icc(bytes) => ColorProfile::new_from_slice(bytes).ok(),
        SourceColor::Coded { primaries, transfer } => {
            if *transfer == PQ {
                tone_map_pq(pixels, channels);
            }
            coded_profile(*primaries, *transfer)
        }
    };
    let Some(profile) = profile else { return };
    let layout = if channels == 4 { Layout::Rgba } else { Layout::Rgb };
    let srgb = ColorProfile::new_srgb();
    match profile.color_space {
        DataColorSpace::Rgb => {
            let Ok(transform) =
                profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default())
            else {
                return;
            };
            convert(pixels, channels, |source, target| transform.transform(source, target).is_ok());
        }
        DataColorSpace::Gray => {
            let Ok(transform) =
                profile.create_transform_8bit(Layout::Gray, &srgb, Layout::Rgb, TransformOptions::default())
            else {
                return;
            };
            // Grey pixels were spread over three equal channels; one of them goes in.
            let codes: Vec<u8> = (0..=u8::MAX).collect();
            let mut table = vec![0; 256 * 3];
            if transform.transform(&codes, &mut table).is_ok() {
                for pixel in pixels.chunks_exact_mut(channels) {
                    let code = usize::from(pixel[0]) * 3;
                    pixel[..3].copy_from_slice(&table[code..code + 3]);
                }
            }
        }
        _ => {}
    }
}

/// Runs a conversion over runs of pixels through one small buffer, so that no second picture is held.
fn convert(pixels: &mut [u8], channels: usize, transform: impl Fn(&[u8], &mut [u8]) -> bool) {
    const RUN: usize = 16_384;
    let mut converted = vec![0; RUN * channels];
    for run in pixels.chunks_mut(RUN * channels) {
        let target = &mut converted[..run.len()];
        if !transform(run, target) {
            return;
        }
        run.copy_from_slice(target);
    }
}

/// A profile for coded primaries, or `None` where the samples are sRGB already.
///
/// Transfers meant for standard-range video (BT.709, BT.601, BT.2020) are shown as sRGB by convention; HLG was designed
/// to be shown the same way, and PQ has been tone-mapped before.
fn coded_profile(primaries: u8, transfer: u8) -> Option<ColorProfile> {
    let transfer = match transfer {
        0 | 1 | 2 | 3 | 6 | 14 | 15 | PQ | HLG => SRGB,
        other => other,
    };
    let primaries = if matches!(primaries, 0 | 2 | 3) { 1 } else { primaries };
    if primaries == 1 && transfer == SRGB {
        return None;
    }
    Some(ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
        transfer_characteristics: TransferCharacteristics::try_from(transfer).ok()?,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    }))
}

/// Brings PQ codes (SMPTE ST 2084) into the sRGB range: 203 cd/m² (BT.2408's white) lands near code 207 and everything
/// above is rolled off towards white.
fn tone_map_pq(pixels: &mut [u8], channels: usize) {
    let table: Vec<u8> = (0..=u8::MAX)
        .map(|code| {
            let signal = f64::from(code) / 255.0;
            let power = signal.powf(1.0 / 78.843_75);
            let light = ((power - 0.835_937_5).max(0.0) / (18.851_562_5 - 18.6875 * power))
                .powf(1.0 / 0.159_301_757_812_5);
            let relative = light * 10_000.0 / 203.0;
            // Reinhard's curve, a little steeper: it reaches white well before the format's peak.
            let peak = 10_000.0 / 203.0;
            let mapped = relative * (1.0 + relative / (peak * peak)) / (1.0 + relative * 0.6);
            let mapped = mapped.clamp(0.0, 1.0);
            let encoded =
                if mapped <= 0.003_130_8 { 12.92 * mapped } else { 1.055 * mapped.powf(1.0 / 2.4) - 0.055 };
            (encoded * 255.0).round() as u8
        })
        .collect();
    for pixel in pixels.chunks_exact_mut(channels) {
        for sample in &mut pixel[..3] {
            *sample = table[usize::from(*sample)];
        }
    }
}

/// Ink to light without a profile. `ink` holds cyan, magenta, yellow and black, 255 meaning full ink.
fn ink_to_light(ink: &[u8]) -> [u8; 3] {
    let paper = 255 - u16::from(ink[3]);
    [0, 1, 2].map(|channel| (((255 - u16::from(ink[channel])) * paper + 127) / 255) as u8)
}

/// Converts CMYK pixels, 255 meaning full ink, to sRGB: through the profile where there is one for inks, otherwise by
/// multiplying what each ink lets through.
pub(crate) fn cmyk_to_srgb(ink: &[u8], icc: Option<&[u8]>) -> Vec<u8> {
    let mut rgb = vec![0; ink.len() / 4 * 3];
    if let Some(profile) = icc.and_then(|bytes| ColorProfile::new_from_slice(bytes).ok())
        && profile.color_space == DataColorSpace::Cmyk
        && let Ok(transform) = profile.create_transform_8bit(
            Layout::Rgba,
            &ColorProfile::new_srgb(),
            Layout::Rgb,
            TransformOptions::default(),
        )
        && transform.transform(ink, &mut rgb).is_ok()
    {
        return rgb;
    }
    for (light, ink) in rgb.chunks_exact_mut(3).zip(ink.chunks_exact(4)) {
        light.copy_from_slice(&ink_to_light(ink));
    }
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_p3_is_brought_to_srgb() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        // A P3 red inside sRGB's gamut gets a higher code; grey and alpha stay.
        let mut pixels = vec![200, 60, 60, 128, 90, 90, 90, 255];
        let mut coded = pixels.clone();
        to_srgb(&mut pixels, 4, &SourceColor::Icc(profile));
        assert!(pixels[0] > 210 && pixels[1] < 60, "{pixels:?}");
        assert!(pixels[4].abs_diff(90) <= 1 && pixels[3] == 128 && pixels[7] == 255, "{pixels:?}");
        to_srgb(&mut coded, 4, &SourceColor::Coded { primaries: 12, transfer: 13 });
        for (from_icc, from_code) in pixels.iter().zip(&coded) {
            assert!(from_icc.abs_diff(*from_code) <= 1, "{pixels:?} {coded:?}");
        }
    }

    #[test]
    fn unreadable_profiles_leave_pixels_alone() {
        for source in [SourceColor::Icc(vec![1, 2, 3]), SourceColor::Coded { primaries: 1, transfer: 1 }] {
            let mut pixels = vec![1, 2, 3];
            to_srgb(&mut pixels, 3, &source);
            assert_eq!(pixels, [1, 2, 3]);
        }
    }

    #[test]
    fn pq_keeps_order_and_uses_the_range() {
        let mut pixels: Vec<u8> = (0..=255).flat_map(|code| [code; 3]).collect();
        tone_map_pq(&mut pixels, 3);
        assert!(pixels.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!((pixels[0], pixels[255 * 3]), (0, 255));
        // PQ code 0.58 is 203 cd/m².
        assert!((190..=235).contains(&pixels[148 * 3]), "{}", pixels[148 * 3]);
    }

    #[test]
    fn inks_without_a_profile() {
        let light = cmyk_to_srgb(&[0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255, 0, 255, 255, 128], None);
        assert_eq!(light, [255, 255, 255, 0, 255, 255, 0, 0, 0, 127, 0, 0]);
    }
}
