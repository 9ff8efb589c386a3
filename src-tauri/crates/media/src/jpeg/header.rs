//! The segments of a JPEG file, and what they say that is needed to decode it (ITU-T T.81, annex B).

use super::huffman::Table;

pub(super) const FRAME_BASELINE: u8 = 0xC0;
pub(super) const FRAME_EXTENDED: u8 = 0xC1;
pub(super) const FRAME_PROGRESSIVE: u8 = 0xC2;
const HUFFMAN_TABLES: u8 = 0xC4;
const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
/// A scan's header; its entropy-coded data follow.
pub(crate) const START_OF_SCAN: u8 = 0xDA;
const QUANTISATION_TABLES: u8 = 0xDB;
const RESTART_INTERVAL: u8 = 0xDD;

/// Where each coefficient, in the order of the file, stands in its block. Whatever a damaged file puts behind the last
/// one lands on it.
#[rustfmt::skip]
pub(super) const ZIGZAG: [u8; 128] = {
    let order = [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
        62, 63,
    ];
    let mut padded = [63; 128];
    let mut index = 0;
    while index < 64 {
        padded[index] = order[index];
        index += 1;
    }
    padded
};

/// One segment of the file: its marker and what follows the length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment<'a> {
    pub(crate) marker: u8,
    pub(crate) content: &'a [u8],
}

/// Walks over segments from a position in the file. Entropy-coded data on the way are stepped over.
#[derive(Debug, Clone)]
pub(crate) struct Segments<'a> {
    bytes: &'a [u8],
    /// Where the next marker is looked for.
    pub(super) position: usize,
}

impl<'a> Segments<'a> {
    /// All segments of a file, or none when it is no JPEG.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        let position = if bytes.starts_with(&[0xFF, START_OF_IMAGE]) { 2 } else { bytes.len() };
        Self { bytes, position }
    }

    /// Those before the first scan's data: with its header as the last.
    pub(crate) fn of_header(bytes: &'a [u8]) -> impl Iterator<Item = Segment<'a>> {
        let mut over = false;
        Self::of(bytes).take_while(move |segment| {
            let taken = !over;
            over = segment.marker == START_OF_SCAN;
            taken
        })
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.position += self.bytes.get(self.position..)?.iter().position(|byte| *byte == 0xFF)?;
            match *self.bytes.get(self.position + 1)? {
                END_OF_IMAGE => return None,
                // A stuffed 0xFF, a marker that stands alone.
                0x00 | 0x01 | 0xD0..=START_OF_IMAGE => self.position += 2,
                0xFF => self.position += 1,
                marker => {
                    let length = self.bytes.get(self.position + 2..self.position + 4)?;
                    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                    let start = self.position + 4;
                    let end = start + length.checked_sub(2)?;
                    let content = self.bytes.get(start..end)?;
                    self.position = end;
                    return Some(Segment { marker, content });
                }
            }
        }
    }
}

/// Whether a marker begins a frame: SOF0 to SOF15 without DHT, JPG and DAC, which share the range.
pub(crate) fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// One component as the frame header describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Blocks across in one unit of an interleaved scan (MCU).
    pub(super) across: usize,
    /// Blocks down in one unit.
    pub(super) down: usize,
    /// Which quantisation table.
    table: usize,
}

/// What the frame header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) is_progressive: bool,
    pub(super) components: Vec<Component>,
}

impl Frame {
    /// `None` for what is not decoded here: other processes than Huffman-coded sequential and progressive ones of eight
    /// bits, and headers that make no sense.
    fn parse(segment: Segment<'_>) -> Option<Self> {
        let Segment { marker, content } = segment;
        if !matches!(marker, FRAME_BASELINE | FRAME_EXTENDED | FRAME_PROGRESSIVE) {
            return None;
        }
        let [8, height_high, height_low, width_high, width_low, count, described @ ..] = content else {
            return None;
        };
        let height = usize::from(u16::from_be_bytes([*height_high, *height_low]));
        let width = usize::from(u16::from_be_bytes([*width_high, *width_low]));
        if width == 0 || height == 0 || !matches!(count, 1 | 3) || described.len() < 3 * usize::from(*count) {
            return None;
        }
        let mut components: Vec<Component> = Vec::new();
        for component in described.chunks_exact(3).take(usize::from(*count)) {
            let (across, down, table) = (component[1] >> 4, component[1] & 15, usize::from(component[2]));
            if !matches!(across, 1..=4) || !matches!(down, 1..=4) || table > 3 {
                return None;
            }
            components.push(Component {
                id: component[0],
                across: usize::from(across),
                down: usize::from(down),
                table,
            });
        }
        if let [only] = components.as_mut_slice() {
            // A single component is never interleaved: its blocks follow one another row by row.
            (only.across, only.down) = (1, 1);
        }
        let is_progressive = marker == FRAME_PROGRESSIVE;
        Some(Self { width, height, is_progressive, components })
    }

    /// Blocks across and down in one unit, of the component that has most.
    pub(super) fn most(&self) -> (usize, usize) {
        let across = self.components.iter().map(|component| component.across).max();
        let down = self.components.iter().map(|component| component.down).max();
        (across.unwrap_or(1), down.unwrap_or(1))
    }

    /// Units across and down.
    pub(super) fn units(&self) -> (usize, usize) {
        let (across, down) = self.most();
        (self.width.div_ceil(8 * across), self.height.div_ceil(8 * down))
    }
}

/// How the components are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Grey,
    Rgb,
    YCbCr,
}

/// Tables and settings that hold from where they stand in the file.
#[derive(Default)]
pub(super) struct Tables {
    quantisation: [Option<[u16; 64]>; 4],
    /// For the first coefficient of each block, the mean.
    pub(super) direct: [Option<Box<Table>>; 4],
    /// For the others.
    pub(super) alternating: [Option<Box<Table>>; 4],
    /// Units between two restart markers, 0 for none.
    pub(super) restart_interval: usize,
}

impl Tables {
    /// Takes a segment's tables. `None` when they are damaged.
    fn take(&mut self, segment: Segment<'_>) -> Option<()> {
        let mut rest = segment.content;
        match segment.marker {
            QUANTISATION_TABLES => {
                while let Some((&about, values)) = rest.split_first() {
                    let width = if about >> 4 == 0 { 1 } else { 2 };
                    let (values, after) = values.split_at_checked(64 * width)?;
                    let mut table = [0; 64];
                    for (place, value) in ZIGZAG.iter().zip(values.chunks_exact(width)) {
                        table[usize::from(*place)] =
                            value.iter().fold(0, |whole, byte| (whole << 8) | u16::from(*byte));
                    }
                    *self.quantisation.get_mut(usize::from(about & 15))? = Some(table);
                    rest = after;
                }
            }
            HUFFMAN_TABLES => {
                while let Some((&about, described)) = rest.split_first() {
                    let (counts, described) = described.split_first_chunk::<16>()?;
                    let total = counts.iter().map(|count| usize::from(*count)).sum();
                    let (symbols, after) = described.split_at_checked(total)?;
                    let tables = if about >> 4 == 0 { &mut self.direct } else { &mut self.alternating };
                    *tables.get_mut(usize::from(about & 15))? = Some(Box::new(Table::new(counts, symbols)?));
                    rest = after;
                }
            }
            RESTART_INTERVAL => {
                let interval = rest.first_chunk::<2>()?;
                self.restart_interval = usize::from(u16::from_be_bytes(*interval));
            }
            _ => {}
        }
        Some(())
    }
}

/// One scan's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan {
    /// Which of the frame's components, with their tables for the first coefficient and for the others.
    pub(super) components: Vec<(usize, usize, usize)>,
    /// First and last coefficient, in the file's order.
    pub(super) band: (usize, usize),
    /// Bits of the coefficients that came in earlier scans, counted from the lowest; 0 when this is the first.
    pub(super) high: u8,
    /// The lowest bit that comes in this scan.
    pub(super) low: u8,
}

impl Scan {
    fn parse(content: &[u8], frame: &Frame) -> Option<Self> {
        let (&count, rest) = content.split_first()?;
        let (described, rest) = rest.split_at_checked(2 * usize::from(count))?;
        let [first, last, bits, ..] = *rest else { return None };
        let mut components: Vec<(usize, usize, usize)> = Vec::new();
        for component in described.chunks_exact(2) {
            let index = frame.components.iter().position(|known| known.id == component[0])?;
            let (direct, alternating) = (usize::from(component[1] >> 4), usize::from(component[1] & 15));
            if direct > 3 || alternating > 3 || components.iter().any(|(known, ..)| *known == index) {
                return None;
            }
            components.push((index, direct, alternating));
        }
        let (first, last) = if frame.is_progressive { (first, last) } else { (0, 63) };
        let (high, low) = if frame.is_progressive { (bits >> 4, bits & 15) } else { (0, 0) };
        let makes_sense = !components.is_empty()
            && first <= last
            && last < 64
            && low < 14
            && (high == 0 || high == low + 1)
            // Only the first coefficient is interleaved, and never together with others, in several passes.
            && (!frame.is_progressive || if first == 0 { last == 0 } else { components.len() == 1 });
        makes_sense.then_some(Self { components, band: (usize::from(first), usize::from(last)), high, low })
    }
}

/// A file up to a scan's data.
pub(super) struct Header<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) frame: Frame,
    pub(super) tables: Tables,
    pub(super) coding: Coding,
    /// The first scan.
    pub(super) scan: Scan,
    /// Where its data begin.
    pub(super) position: usize,
}

impl<'a> Header<'a> {
    /// Reads everything before the first scan's data. `None` when it is damaged, or of a kind that is not decoded here.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut segments = Segments::of(bytes);
        let mut tables = Tables::default();
        let mut found = None;
        let (mut is_jfif, mut adobe) = (false, None);
        loop {
            let segment = segments.next()?;
            match segment.marker {
                0xE0 => is_jfif |= segment.content.starts_with(b"JFIF\0"),
                0xEE if segment.content.starts_with(b"Adobe") => adobe = segment.content.get(11).copied(),
                START_OF_SCAN => {
                    let frame: Frame = found?;
                    let scan = Scan::parse(segment.content, &frame)?;
                    let coding = coding(&frame, is_jfif, adobe);
                    let header = Self { bytes, frame, tables, coding, scan, position: segments.position };
                    return header.has_codes().then_some(header);
                }
                marker if is_frame(marker) => {
                    if found.is_some() {
                        return None;
                    }
                    found = Some(Frame::parse(segment)?);
                }
                _ => tables.take(segment)?,
            }
        }
    }

    /// Whether the tables are there that the first scan needs. Some programs leave out the usual ones.
    fn has_codes(&self) -> bool {
        let (is_progressive, first) = (self.frame.is_progressive, self.scan.band.0);
        self.scan.components.iter().all(|(_, direct, alternating)| {
            (is_progressive && first > 0 || self.tables.direct[*direct].is_some())
                && (is_progressive && first == 0 || self.tables.alternating[*alternating].is_some())
        })
    }

    /// Whether the first scan has all of the picture, in the frame's order.
    pub(super) fn is_in_one_scan(&self) -> bool {
        let in_scan = self.scan.components.iter().map(|(index, ..)| *index);
        !self.frame.is_progressive && in_scan.eq(0..self.frame.components.len())
    }

    /// Goes on to the next scan behind `position`. `None` at the end of the picture or where the file is damaged.
    pub(super) fn next_scan(&mut self, position: usize) -> Option<()> {
        let mut segments = Segments { bytes: self.bytes, position };
        loop {
            let segment = segments.next()?;
            if segment.marker == START_OF_SCAN {
                self.scan = Scan::parse(segment.content, &self.frame)?;
                self.position = segments.position;
                return Some(());
            }
            if is_frame(segment.marker) {
                return None;
            }
            self.tables.take(segment)?;
        }
    }

    /// What a component's coefficients are multiplied with, in the order of the block.
    pub(super) fn quantisation(&self, component: usize) -> Option<[u16; 64]> {
        *self.tables.quantisation.get(self.frame.components.get(component)?.table)?
    }
}

fn coding(frame: &Frame, is_jfif: bool, adobe: Option<u8>) -> Coding {
    let ids: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
    match (frame.components.len(), adobe) {
        (1, _) => Coding::Grey,
        (_, Some(0)) => Coding::Rgb,
        (_, None) if !is_jfif && ids == *b"RGB" => Coding::Rgb,
        _ => Coding::YCbCr,
    }
}
