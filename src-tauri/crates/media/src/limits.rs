//! How large a picture may be, checked from its header before memory is taken.

use crate::MediaError;

/// Most pixels of one picture: 2^28, a little more than the largest phone sensors deliver.
pub const MAX_PIXELS: u64 = 1 << 28;

/// Most bytes decoding one picture may take beside its file: 1.5 GiB.
pub const MAX_WORKING_BYTES: u64 = 3 << 29;

/// Refuses a picture that claims too many pixels, or that needs more than the limit at `bytes_per_pixel`.
pub(crate) fn check(width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), MediaError> {
    let pixels = u64::from(width) * u64::from(height);
    let bytes_needed = pixels.saturating_mul(bytes_per_pixel);
    if pixels > MAX_PIXELS || bytes_needed > MAX_WORKING_BYTES {
        return Err(MediaError::TooLarge { width, height, bytes_needed, bytes_limit: MAX_WORKING_BYTES });
    }
    Ok(())
}
