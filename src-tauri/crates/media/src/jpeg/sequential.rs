//! Decodes a scan that holds each block whole, handing the picture on row by row while it is read.

use super::Layout;
use super::header::{Header, ZIGZAG};
use super::huffman::{Bits, Table};

/// Decodes the file's only scan. `hand_on` gets some rows of all components at a time and says whether to go on; where the file
/// is damaged or ends, the rest is blank. Gives whether there was anything.
pub(super) fn decode(
    header: &Header<'_>,
    layout: &Layout,
    mut hand_on: impl FnMut(Vec<Vec<u8>>) -> bool,
) -> bool {
    let Some(tables) = tables(header) else { return false };
    let (units_across, units_down) = header.frame.units();
    let mut bits = Bits::new(header.bytes, header.position);
    let mut predictors = vec![0; layout.planes.len()];
    let mut units_left = header.tables.restart_interval;
    let (mut is_whole, mut has_picture) = (true, false);
    for first in (0..units_down).step_by(layout.units_at_once) {
        let rows = layout.units_at_once.min(units_down - first);
        let mut planes = layout.blank(rows);
        let mut unit = |row: usize, column: usize| {
            if header.tables.restart_interval > 0 {
                if units_left == 0 {
                    bits.restart()?;
                    predictors.fill(0);
                    units_left = header.tables.restart_interval;
                }
                units_left -= 1;
            }
            for (index, plane) in layout.planes.iter().enumerate() {
                let (direct, alternating) = tables[index];
                for down in 0..plane.down {
                    for across in 0..plane.across {
                        let mut block = [0; 64];
                        let seen =
                            block_of(&mut bits, direct, alternating, &mut predictors[index], &mut block)?;
                        let x = (column * plane.across + across) * plane.transform.width;
                        let y = (row * plane.down + down) * plane.transform.height;
                        let target = planes[index].get_mut(y * plane.stride + x..)?;
                        plane.transform.apply(&block, seen, target, plane.stride);
                    }
                }
            }
            has_picture = true;
            Some(())
        };
        is_whole =
            is_whole && (0..rows).all(|row| (0..units_across).all(|column| unit(row, column).is_some()));
        if !hand_on(planes) {
            break;
        }
    }
    has_picture
}

/// The two tables of each component, in the frame's order. `None` when one is missing.
fn tables<'a>(header: &'a Header<'_>) -> Option<Vec<(&'a Table, &'a Table)>> {
    let in_frame = 0..header.frame.components.len();
    in_frame
        .map(|index| {
            let (_, direct, alternating) =
                header.scan.components.iter().find(|(known, ..)| *known == index)?;
            let tables = &header.tables;
            Some((tables.direct[*direct].as_deref()?, tables.alternating[*alternating].as_deref()?))
        })
        .collect()
}

/// Reads one block's coefficients, still to be multiplied, into an empty `block`. Gives a bit for each that is there; `None`
/// when the data are damaged or over.
#[inline]
pub(super) fn block_of(
    bits: &mut Bits<'_>,
    direct: &Table,
    alternating: &Table,
    predictor: &mut i32,
    block: &mut [i16; 64],
) -> Option<u64> {
    *predictor = predictor.wrapping_add(bits.difference(direct)?);
    block[0] = *predictor as i16;
    let mut seen = 1;
    let mut index = 1;
    while index < 64 {
        let step = bits.step(alternating)?;
        if step.has_value {
            index += step.zeros;
            let place = ZIGZAG[index & 127] & 63;
            block[usize::from(place)] = step.value as i16;
            seen |= 1 << place;
            index += 1;
        } else if step.zeros == 15 {
            index += 16;
        } else {
            break;
        }
    }
    (!bits.is_overdrawn()).then_some(seen)
}
