//! Pixels as an X server stores them, to red, green and blue of eight bits each.

use super::super::ScreenError;
use x11rb::protocol::xproto::{Setup, VisualClass, Visualid};

/// How the pixels of one visual lie in an image of the format `ZPixmap`.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Bits from one pixel to the next: 16, 24 or 32.
    bits_per_pixel: u8,
    /// Rows begin at multiples of so many bits.
    scanline_pad: u8,
    least_significant_first: bool,
    /// Red, green, blue.
    channels: [Channel; 3],
    /// The bits that are none of the colours, in a visual that has eight of them left.
    alpha: Option<Channel>,
}

/// The bits of one colour.
#[derive(Debug, Clone)]
struct Channel {
    mask: u32,
    shift: u32,
    /// The value of eight bits for each value of its own.
    values: Vec<u8>,
}

impl Channel {
    /// None for a mask without bits, with gaps or of more than 16 bits, which no visual has.
    fn new(mask: u32) -> Option<Self> {
        let shift = mask.trailing_zeros();
        let most = mask.checked_shr(shift)?;
        let contiguous = most & most.wrapping_add(1) == 0;
        (contiguous && u16::try_from(most).is_ok()).then(|| {
            let values = (0..=most).map(|value| ((value * 255 + most / 2) / most) as u8).collect();
            Self { mask, shift, values }
        })
    }

    fn value(&self, pixel: u32) -> u8 {
        self.values[((pixel & self.mask) >> self.shift) as usize]
    }
}

impl Layout {
    /// Looks up a visual and the depth it is used with.
    pub fn of(setup: &Setup, visual: Visualid, depth: u8) -> Result<Self, ScreenError> {
        let format = setup.pixmap_formats.iter().find(|format| format.depth == depth);
        let depths = setup.roots.iter().flat_map(|root| &root.allowed_depths);
        let visual = depths.flat_map(|depth| &depth.visuals).find(|found| found.visual_id == visual);
        let (Some(format), Some(visual)) = (format, visual) else {
            return Err(ScreenError::Unsupported(format!("the server does not describe its depth {depth}")));
        };
        if !matches!(visual.class, VisualClass::TRUE_COLOR | VisualClass::DIRECT_COLOR) {
            return Err(ScreenError::Unsupported("its colours come from a table".into()));
        }
        let masks = [visual.red_mask, visual.green_mask, visual.blue_mask];
        let least_significant_first =
            setup.image_byte_order == x11rb::protocol::xproto::ImageOrder::LSB_FIRST;
        Self::new(format.bits_per_pixel, format.scanline_pad, least_significant_first, masks, depth)
    }

    fn new(
        bits_per_pixel: u8,
        scanline_pad: u8,
        least_significant_first: bool,
        masks: [u32; 3],
        depth: u8,
    ) -> Result<Self, ScreenError> {
        let unsupported =
            || ScreenError::Unsupported(format!("{bits_per_pixel} bits a pixel, depth {depth}"));
        let [Some(red), Some(green), Some(blue)] = masks.map(Channel::new) else {
            return Err(unsupported());
        };
        if !matches!(bits_per_pixel, 16 | 24 | 32) || !matches!(scanline_pad, 8 | 16 | 32 | 64) {
            return Err(unsupported());
        }
        let others = !masks.iter().fold(0, |all, mask| all | mask);
        let alpha =
            if depth == 32 { Channel::new(others).filter(|alpha| alpha.values.len() == 256) } else { None };
        Ok(Self {
            bits_per_pixel,
            scanline_pad,
            least_significant_first,
            channels: [red, green, blue],
            alpha,
        })
    }

    /// Converts an image. `on_white` lays what is transparent on white: in a window that a compositor blends, colours are
    /// already multiplied by their alpha; without one alpha means nothing.
    ///
    /// # Errors
    /// [`ScreenError::Failed`] where the server sent less than the sides say.
    pub fn to_rgb(
        &self,
        width: u32,
        height: u32,
        data: &[u8],
        on_white: bool,
    ) -> Result<Vec<u8>, ScreenError> {
        let (width, height) = (width as usize, height as usize);
        let (pixel_bytes, pad) = (usize::from(self.bits_per_pixel / 8), usize::from(self.scanline_pad));
        let row_bytes = (width * usize::from(self.bits_per_pixel)).next_multiple_of(pad) / 8;
        if width == 0 || data.len() < row_bytes * height {
            return Err(ScreenError::Failed("the X server sent too few pixels".into()));
        }
        let alpha = self.alpha.as_ref().filter(|_| on_white);
        let mut rgb = Vec::with_capacity(width * height * 3);
        for row in data.chunks_exact(row_bytes).take(height) {
            let row = &row[..width * pixel_bytes];
            if let Some(alpha) = alpha {
                rgb.extend(row.chunks_exact(pixel_bytes).flat_map(|bytes| {
                    let pixel = self.pixel(bytes);
                    let under = 255 - alpha.value(pixel);
                    self.colours(pixel).map(|colour| colour.saturating_add(under))
                }));
            } else if self.is_usual() {
                rgb.extend(row.chunks_exact(4).flat_map(|bytes| [bytes[2], bytes[1], bytes[0]]));
            } else {
                rgb.extend(row.chunks_exact(pixel_bytes).flat_map(|bytes| self.colours(self.pixel(bytes))));
            }
        }
        Ok(rgb)
    }

    /// Blue, green, red and a byte more, as nearly every server has it.
    fn is_usual(&self) -> bool {
        self.bits_per_pixel == 32
            && self.least_significant_first
            && self.channels.iter().map(|channel| channel.mask).eq([0x00ff_0000, 0xff00, 0xff])
    }

    fn pixel(&self, bytes: &[u8]) -> u32 {
        let join = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
        if self.least_significant_first {
            bytes.iter().rev().fold(0, join)
        } else {
            bytes.iter().fold(0, join)
        }
    }

    fn colours(&self, pixel: u32) -> [u8; 3] {
        let [red, green, blue] = &self.channels;
        [red.value(pixel), green.value(pixel), blue.value(pixel)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: [u32; 3] = [0x00ff_0000, 0xff00, 0xff];

    #[test]
    fn every_layout_gives_the_same_colours() {
        let usual = Layout::new(32, 32, true, USUAL, 24).unwrap();
        assert_eq!(usual.to_rgb(2, 1, &[3, 2, 1, 99, 30, 20, 10, 99], false).unwrap(), [1, 2, 3, 10, 20, 30]);
        let big_endian = Layout::new(32, 32, false, USUAL, 24).unwrap();
        assert_eq!(big_endian.to_rgb(1, 1, &[99, 1, 2, 3], false).unwrap(), [1, 2, 3]);
        let turned = Layout::new(32, 32, true, [0xff, 0xff00, 0x00ff_0000], 24).unwrap();
        assert_eq!(turned.to_rgb(1, 1, &[1, 2, 3, 0], false).unwrap(), [1, 2, 3]);
        // Rows of three bytes a pixel are filled up to four.
        let packed = Layout::new(24, 32, true, USUAL, 24).unwrap();
        assert_eq!(packed.to_rgb(1, 2, &[3, 2, 1, 0, 6, 5, 4, 0], false).unwrap(), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn channels_of_other_widths_reach_black_and_white() {
        let high_colour = Layout::new(16, 32, true, [0xf800, 0x07e0, 0x001f], 16).unwrap();
        let pixels = [0xffff_u16, 0x0000, 0xf800, 0x0400];
        let data: Vec<u8> = pixels.iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
        assert_eq!(
            high_colour.to_rgb(4, 1, &data, false).unwrap(),
            [255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 130, 0]
        );
        let deep = Layout::new(32, 32, true, [0x3ff0_0000, 0x000f_fc00, 0x0000_03ff], 30).unwrap();
        let pixel = (1023_u32 << 20) | (512 << 10) | 4;
        assert_eq!(deep.to_rgb(1, 1, &pixel.to_le_bytes(), false).unwrap(), [255, 128, 1]);
    }

    #[test]
    fn what_is_transparent_is_white_only_where_it_is_blended() {
        let layout = Layout::new(32, 32, true, USUAL, 32).unwrap();
        let data = [0, 0, 0, 0, 64, 0, 0, 128, 7, 8, 9, 255];
        assert_eq!(layout.to_rgb(3, 1, &data, true).unwrap(), [255, 255, 255, 127, 127, 191, 9, 8, 7]);
        assert_eq!(layout.to_rgb(3, 1, &data, false).unwrap(), [0, 0, 0, 0, 0, 64, 9, 8, 7]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(matches!(Layout::new(8, 32, true, USUAL, 8), Err(ScreenError::Unsupported(_))));
        assert!(matches!(Layout::new(32, 32, true, [0, 0, 0], 24), Err(ScreenError::Unsupported(_))));
        assert!(matches!(
            Layout::new(32, 32, true, [0b101, 0xff00, 0xff], 24),
            Err(ScreenError::Unsupported(_))
        ));
        let layout = Layout::new(32, 32, true, USUAL, 24).unwrap();
        assert!(matches!(layout.to_rgb(2, 2, &[0; 15], false), Err(ScreenError::Failed(_))));
    }
}
