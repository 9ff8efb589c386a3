//! Decodes files that send their blocks in several scans: progressive ones (ITU-T T.81, annex G), and sequential ones with a
//! scan for each component. Only the coefficients that the smaller picture needs are held meanwhile.

use super::Layout;
use super::header::{Header, ZIGZAG};
use super::huffman::{Bits, Table};
use super::sequential::block_of;

/// Most scans that are read. Encoders write about ten; a file of thousands would keep a processor busy for hours.
const MOST_SCANS: usize = 100;

/// What is held of one component.
struct Held {
    /// Blocks in a row, and rows of blocks, with those that fill up the last units.
    across: usize,
    /// Blocks in a row and rows of blocks that a scan of this component alone has.
    alone: (usize, usize),
    /// Coefficients that are held of each block: as many rows and columns of the lowest as it will have pixels.
    width: usize,
    height: usize,
    values: Vec<i16>,
    /// For each block, a bit for each coefficient that is not zero; of all 64, since scans that refine depend on them.
    seen: Vec<u64>,
}

impl Held {
    fn new(header: &Header<'_>, layout: &Layout, index: usize) -> Self {
        let (plane, frame) = (&layout.planes[index], &header.frame);
        let (most, units) = (frame.most(), frame.units());
        let alone = (
            (frame.width * plane.across).div_ceil(8 * most.0),
            (frame.height * plane.down).div_ceil(8 * most.1),
        );
        let (across, down) = (units.0 * plane.across, units.1 * plane.down);
        let (width, height) = (plane.transform.width, plane.transform.height);
        let values = vec![0; across * down * width * height];
        Self { across, alone, width, height, values, seen: vec![0; across * down] }
    }

    /// The coefficient at a place in the block, where it is held.
    #[inline]
    fn value(&mut self, block: usize, place: u8) -> Option<&mut i16> {
        let (row, column) = (usize::from(place >> 3), usize::from(place & 7));
        if row >= self.height || column >= self.width {
            return None;
        }
        self.values.get_mut((block * self.height + row) * self.width + column)
    }

    #[inline]
    fn set(&mut self, block: usize, place: u8, value: i32) {
        self.seen[block] |= 1 << place;
        if let Some(held) = self.value(block, place) {
            *held = value as i16;
        }
    }

    /// All 64 coefficients of a block, those not held as zero.
    fn block(&self, block: usize) -> [i16; 64] {
        let mut whole = [0; 64];
        let size = self.width * self.height;
        let rows = self.values[block * size..(block + 1) * size].chunks_exact(self.width);
        for (target, row) in whole.chunks_exact_mut(8).zip(rows) {
            target[..row.len()].copy_from_slice(row);
        }
        whole
    }
}

/// Decodes all scans and hands the picture on as [`sequential::decode`](super::sequential::decode) does.
pub(super) fn decode(
    header: &mut Header<'_>,
    layout: &Layout,
    mut hand_on: impl FnMut(Vec<Vec<u8>>) -> bool,
) -> bool {
    let mut held: Vec<Held> =
        (0..layout.planes.len()).map(|index| Held::new(header, layout, index)).collect();
    for _ in 0..MOST_SCANS {
        let mut pass = Pass::new(header);
        // A scan that breaks off keeps what it gave; the next may still be whole.
        let _broken = pass.read(header, layout, &mut held);
        let end = pass.bits.position();
        if header.next_scan(end).is_none() {
            break;
        }
    }
    let units_down = header.frame.units().1;
    for first in (0..units_down).step_by(layout.units_at_once) {
        let rows = layout.units_at_once.min(units_down - first);
        let mut planes = layout.blank(rows);
        for ((target, plane), held) in planes.iter_mut().zip(&layout.planes).zip(&held) {
            for row in 0..rows * plane.down {
                for column in 0..held.across {
                    let block = (first * plane.down + row) * held.across + column;
                    let start = row * plane.transform.height * plane.stride + column * plane.transform.width;
                    // Not one scan came to this block.
                    if held.seen[block] == 0 {
                        continue;
                    }
                    let Some(target) = target.get_mut(start..) else { continue };
                    plane.transform.apply(&held.block(block), held.seen[block], target, plane.stride);
                }
            }
        }
        if !hand_on(planes) {
            break;
        }
    }
    held.iter().any(|held| held.seen.iter().any(|seen| *seen != 0))
}

/// One scan while it is read.
struct Pass<'a> {
    bits: Bits<'a>,
    predictors: Vec<i32>,
    /// Blocks that have nothing more in this scan.
    empty_blocks: u32,
}

impl<'a> Pass<'a> {
    fn new(header: &Header<'a>) -> Self {
        let bits = Bits::new(header.bytes, header.position);
        Self { bits, predictors: vec![0; header.scan.components.len()], empty_blocks: 0 }
    }

    /// `None` when it broke off.
    fn read(&mut self, header: &Header<'_>, layout: &Layout, held: &mut [Held]) -> Option<()> {
        let interval = header.tables.restart_interval;
        let alone = if let [(index, ..)] = *header.scan.components { Some(held[index].alone) } else { None };
        let (across, down) = alone.unwrap_or_else(|| header.frame.units());
        for unit in 0..across * down {
            if interval > 0 && unit > 0 && unit.is_multiple_of(interval) {
                self.bits.restart()?;
                self.predictors.fill(0);
                self.empty_blocks = 0;
            }
            let (row, column) = (unit / across, unit % across);
            for (order, (index, ..)) in header.scan.components.iter().enumerate() {
                let held = &mut held[*index];
                let plane = &layout.planes[*index];
                let (blocks_across, blocks_down) =
                    if alone.is_some() { (1, 1) } else { (plane.across, plane.down) };
                for y in row * blocks_down..(row + 1) * blocks_down {
                    for x in column * blocks_across..(column + 1) * blocks_across {
                        self.block(header, order, held, y * held.across + x)?;
                    }
                }
            }
        }
        Some(())
    }

    fn block(&mut self, header: &Header<'_>, order: usize, held: &mut Held, block: usize) -> Option<()> {
        let scan = &header.scan;
        let (_, direct, alternating) = scan.components[order];
        let direct = || header.tables.direct[direct].as_deref();
        let alternating = || header.tables.alternating[alternating].as_deref();
        match (header.frame.is_progressive, scan.band.0, scan.high) {
            (false, ..) => {
                let mut whole = [0; 64];
                let predictor = &mut self.predictors[order];
                held.seen[block] |=
                    block_of(&mut self.bits, direct()?, alternating()?, predictor, &mut whole)?;
                for place in 0..64 {
                    if let Some(value) = held.value(block, place) {
                        *value = whole[usize::from(place)];
                    }
                }
            }
            (true, 0, 0) => {
                let difference = self.bits.difference(direct()?)?;
                self.predictors[order] = self.predictors[order].wrapping_add(difference);
                held.set(block, 0, self.predictors[order].wrapping_shl(u32::from(scan.low)));
            }
            (true, 0, _) => {
                if self.bits.read(1) == 1
                    && let Some(value) = held.value(block, 0)
                {
                    *value |= 1 << scan.low;
                }
            }
            (true, first, 0) => self.first_band(alternating()?, first, scan.band.1, scan.low, held, block)?,
            (true, first, _) => {
                self.refined_band(alternating()?, first, scan.band.1, scan.low, held, block)?;
            }
        }
        (!self.bits.is_overdrawn()).then_some(())
    }

    /// The upper bits of some coefficients.
    fn first_band(
        &mut self,
        table: &Table,
        first: usize,
        last: usize,
        low: u8,
        held: &mut Held,
        block: usize,
    ) -> Option<()> {
        if self.empty_blocks > 0 {
            self.empty_blocks -= 1;
            return Some(());
        }
        let mut index = first;
        while index <= last {
            let step = self.bits.step(table)?;
            if step.has_value {
                index += step.zeros;
                held.set(block, ZIGZAG[index & 127] & 63, step.value << low);
                index += 1;
            } else if step.zeros == 15 {
                index += 16;
            } else {
                self.empty_blocks = self.run(step.zeros);
                break;
            }
        }
        Some(())
    }

    /// How many blocks after this one have nothing.
    fn run(&mut self, size: usize) -> u32 {
        (1 << size) - 1 + self.bits.read(size as u32)
    }

    /// One more bit of some coefficients, and those that become other than zero with it.
    fn refined_band(
        &mut self,
        table: &Table,
        first: usize,
        last: usize,
        low: u8,
        held: &mut Held,
        block: usize,
    ) -> Option<()> {
        let mut index = first;
        if self.empty_blocks > 0 {
            self.empty_blocks -= 1;
        } else {
            while index <= last {
                let symbol = self.bits.symbol(table)?;
                let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
                let mut value = 0;
                if size > 0 {
                    value = if self.bits.read(1) == 1 { 1 << low } else { -1 << low };
                } else if zeros < 15 {
                    self.empty_blocks = self.run(zeros);
                    break;
                }
                index = self.refine(held, block, index, last, low, zeros);
                if value != 0 && index <= last {
                    held.set(block, ZIGZAG[index], value);
                }
                index += 1;
            }
            if index > last || self.bits.is_overdrawn() {
                return Some(());
            }
        }
        self.refine(held, block, index, last, low, usize::MAX);
        Some(())
    }

    /// Refines the coefficients that are there already, until `zeros` that are not have been passed and one more is reached:
    /// its place is the answer.
    fn refine(
        &mut self,
        held: &mut Held,
        block: usize,
        mut index: usize,
        last: usize,
        low: u8,
        mut zeros: usize,
    ) -> usize {
        while index <= last {
            let place = ZIGZAG[index];
            if held.seen[block] & (1 << place) != 0 {
                if self.bits.read(1) == 1
                    && let Some(value) = held.value(block, place)
                    && *value & (1 << low) == 0
                {
                    *value = value.wrapping_add(if *value > 0 { 1 << low } else { -1 << low });
                }
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            index += 1;
        }
        index
    }
}
