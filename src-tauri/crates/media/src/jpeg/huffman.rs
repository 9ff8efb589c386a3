//! Huffman codes and the bits of a scan (ITU-T T.81, annexes C and F).

/// Bits looked up at once; longer codes are rare.
const LOOKUP: u32 = 10;

/// A Huffman table, ready to decode with.
pub(super) struct Table {
    /// For each beginning of [`LOOKUP`] bits: the symbol in the high byte, the length of its code in the low one; 0 for longer
    /// codes.
    short: [u16; 1 << LOOKUP],
    /// The same where the bits of the coefficient fit in as well: the coefficient in the upper half, then how many zeros go
    /// before it, then the bits taken; 0 where they do not.
    whole: [u32; 1 << LOOKUP],
    /// For each length: the first code of 16 bits beyond its codes.
    beyond: [u32; 17],
    /// For each length: what is added to a code to find its symbol, going round at the end of the range.
    offsets: [u32; 17],
    symbols: [u8; 256],
}

impl Table {
    /// `counts`: how many codes there are of each length from 1 to 16. `None` when there are more than fit.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            short: [0; 1 << LOOKUP],
            whole: [0; 1 << LOOKUP],
            beyond: [0; 17],
            offsets: [0; 17],
            symbols: [0; 256],
        };
        table.symbols.get_mut(..symbols.len())?.copy_from_slice(symbols);
        let (mut code, mut index) = (0_u32, 0_usize);
        for length in 1..=16_u32 {
            let count = usize::from(counts[length as usize - 1]);
            table.offsets[length as usize] = (index as u32).wrapping_sub(code);
            for symbol in symbols.get(index..index + count)? {
                if code >= 1 << length {
                    return None;
                }
                if length <= LOOKUP {
                    let first = (code << (LOOKUP - length)) as usize;
                    let entry = (u16::from(*symbol) << 8) | length as u16;
                    table.short.get_mut(first..first + (1 << (LOOKUP - length)))?.fill(entry);
                }
                code += 1;
            }
            index += count;
            table.beyond[length as usize] = code << (16 - length);
            code <<= 1;
        }
        for (bits, (whole, short)) in table.whole.iter_mut().zip(&table.short).enumerate() {
            let (symbol, length) = (u32::from(short >> 8), u32::from(short & 255));
            let (zeros, size) = (symbol >> 4, symbol & 15);
            if length > 0 && size > 0 && length + size <= LOOKUP {
                let value = (bits as u32 >> (LOOKUP - length - size)) & ((1 << size) - 1);
                *whole = (extended(value, size).cast_unsigned() << 16) | (zeros << 8) | (length + size);
            }
        }
        Some(table)
    }
}

/// The number that `size` bits stand for: the lower half of their range is negative.
fn extended(value: u32, size: u32) -> i32 {
    let value = value.cast_signed();
    if size > 0 && value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
}

/// One decoded step of a block.
pub(super) struct Step {
    /// Coefficients skipped because they are zero.
    pub(super) zeros: usize,
    pub(super) value: i32,
    /// Whether there was a value at all: without one the symbol is about zeros only.
    pub(super) has_value: bool,
}

/// Reads a scan's data bit by bit. Behind the end come zeros, and [`Bits::is_overdrawn`] tells.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
    /// The next bits, from the top.
    held: u64,
    count: u32,
    /// How many of those in `held` are not from the file.
    invented: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], position: usize) -> Self {
        Self { bytes, position, held: 0, count: 0, invented: 0 }
    }

    /// Where reading goes on: at a marker, once a scan is over.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Whether more was read than there is.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.invented > self.count
    }

    /// Makes at least 32 bits ready.
    #[inline]
    fn fill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if let Some(next) = self.bytes.get(self.position..).and_then(|rest| rest.first_chunk::<8>()) {
            let next = u64::from_be_bytes(*next);
            // No byte of them is 0xFF, behind which a marker or a stuffed zero stands.
            let complement = !next;
            if complement.wrapping_sub(0x0101_0101_0101_0101) & next & 0x8080_8080_8080_8080 == 0 {
                self.held |= next >> self.count;
                self.position += (63 - self.count as usize) >> 3;
                // As many whole bytes as fit: from 56 to 63 bits are there now.
                self.count |= 0x38;
                return;
            }
        }
        self.fill_by_bytes();
    }

    #[cold]
    fn fill_by_bytes(&mut self) {
        while self.count <= 48 {
            let byte = match (self.bytes.get(self.position), self.bytes.get(self.position + 1)) {
                (Some(0xFF), Some(0x00)) => {
                    self.position += 2;
                    0xFF
                }
                (Some(0xFF), Some(0xFF)) => {
                    self.position += 1;
                    continue;
                }
                (Some(0xFF) | None, _) => {
                    self.count += 8;
                    self.invented += 8;
                    continue;
                }
                (Some(byte), _) => {
                    self.position += 1;
                    *byte
                }
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    #[inline]
    fn consume(&mut self, count: u32) {
        self.held <<= count;
        self.count -= count;
    }

    /// Up to 16 bits that are ready.
    #[inline]
    fn take(&mut self, count: u32) -> u32 {
        if count == 0 {
            return 0;
        }
        let taken = (self.held >> (64 - count)) as u32;
        self.consume(count);
        taken
    }

    /// Up to 16 bits.
    pub(super) fn read(&mut self, count: u32) -> u32 {
        self.fill();
        self.take(count)
    }

    /// A symbol of at most 16 bits that are ready. `None` when no code begins so.
    #[inline]
    fn ready_symbol(&mut self, table: &Table) -> Option<u8> {
        let short = table.short[(self.held >> (64 - LOOKUP)) as usize];
        if short != 0 {
            self.consume(u32::from(short & 255));
            return Some((short >> 8) as u8);
        }
        let next = (self.held >> 48) as u32;
        for length in LOOKUP + 1..=16 {
            if next < table.beyond[length as usize] {
                self.consume(length);
                let index = (next >> (16 - length)).wrapping_add(table.offsets[length as usize]);
                return table.symbols.get(index as usize).copied();
            }
        }
        None
    }

    /// A symbol. `None` when no code begins so.
    pub(super) fn symbol(&mut self, table: &Table) -> Option<u8> {
        self.fill();
        self.ready_symbol(table)
    }

    /// The difference of a block's first coefficient to that of the block before.
    #[inline]
    pub(super) fn difference(&mut self, table: &Table) -> Option<i32> {
        self.fill();
        let size = u32::from(self.ready_symbol(table)?);
        (size <= 15).then(|| extended(self.take(size), size))
    }

    /// The next of a block's other coefficients.
    #[inline]
    pub(super) fn step(&mut self, table: &Table) -> Option<Step> {
        self.fill();
        let whole = table.whole[(self.held >> (64 - LOOKUP)) as usize];
        if whole != 0 {
            self.consume(whole & 255);
            let zeros = ((whole >> 8) & 255) as usize;
            return Some(Step { zeros, value: whole.cast_signed() >> 16, has_value: true });
        }
        let symbol = self.ready_symbol(table)?;
        let (zeros, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        Some(Step { zeros, value: extended(self.take(size), size), has_value: size > 0 })
    }

    /// Goes over a restart marker. `None` when there is none: the scan is over, or damaged.
    pub(super) fn restart(&mut self) -> Option<()> {
        let rest = self.bytes.get(self.position..)?;
        let marker = rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF))?;
        if !matches!(rest[marker + 1], 0xD0..=0xD7) {
            return None;
        }
        *self = Self::new(self.bytes, self.position + marker + 2);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes 0, 10, 110 for the symbols 1, 2 and 0x13, and one of eleven bits for 5.
    fn table() -> Table {
        let mut counts = [0; 16];
        (counts[0], counts[1], counts[2], counts[10]) = (1, 1, 1, 1);
        Table::new(&counts, &[1, 2, 0x13, 5]).unwrap()
    }

    #[test]
    fn codes_short_and_long_are_read_across_stuffed_bytes() {
        // 10 110 0 11100000000 111 11111 11… : the third byte is 0xFF and has its zero behind it.
        let bytes = [0b1011_0011, 0b1000_0000, 0b0111_1111, 0xFF, 0x00, 0b1010_1010];
        let mut bits = Bits::new(&bytes, 0);
        let symbols: Vec<_> = (0..4).map(|_| bits.symbol(&table()).unwrap()).collect();
        assert_eq!(symbols, [2, 0x13, 1, 5]);
        assert_eq!(bits.read(7 + 8), 0x7FFF);
        assert_eq!(bits.read(8), 0b1010_1010);
        assert!(!bits.is_overdrawn());
        assert_eq!(bits.read(3), 0);
        assert!(bits.is_overdrawn());
    }

    #[test]
    fn steps_hold_zeros_and_signed_values() {
        // 110 and three bits: after one zero 0b101, 5. Then 0 and one bit: 0b0, -1.
        let bytes = [0b1101_0100];
        let mut bits = Bits::new(&bytes, 0);
        let table = table();
        let step = bits.step(&table).unwrap();
        assert_eq!((step.zeros, step.value, step.has_value), (1, 5, true));
        assert_eq!(bits.step(&table).unwrap().value, -1);
    }

    #[test]
    fn impossible_tables_and_codes_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Table::new(&counts, &[1, 2, 3]).is_none());
        let ones = [0xFF, 0x00, 0xFF, 0x00];
        assert!(Bits::new(&ones, 0).symbol(&table()).is_none());
    }

    #[test]
    fn only_restart_markers_are_gone_over() {
        let bytes = [0x12, 0xFF, 0xD3, 0x80];
        let mut bits = Bits::new(&bytes, 0);
        bits.restart().unwrap();
        assert_eq!(bits.read(1), 1);
        assert!(Bits::new(&[0x12, 0xFF, 0xD9], 0).restart().is_none());
    }
}
