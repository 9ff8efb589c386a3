//! Whether a model fits into what memory is free now, before it is loaded and the system starts to swap or kill.

use std::path::Path;
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Memory a loaded model takes for each byte of its file: the weights and the copy Candle packs for fast products, measured
/// at 2.0 for the default model, and some room for keys and values. Where the processor has matrix instructions (AMX, so
/// far in servers, which have memory to spare) Candle keeps a second copy and it is 3.2.
const BYTES_PER_FILE_BYTE: f64 = 2.2;

/// Bytes that loading `file` needs and bytes that are free, where the first is more than the second.
pub fn shortage(file: &Path) -> Option<(u64, u64)> {
    let size = file.metadata().ok()?.len();
    let needed = (size as f64 * BYTES_PER_FILE_BYTE) as u64;
    let available = available();
    (needed > available).then_some((needed, available))
}

/// What is free on the machine, or within the limit of the container this runs in.
fn available() -> u64 {
    let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(memory);
    let machine = system.available_memory();
    system.cgroup_limits().map_or(machine, |limits| machine.min(limits.free_memory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_larger_than_memory_is_a_shortage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(1000).unwrap();
        assert_eq!(shortage(&path), None);
        // Sparse: it takes no room on the disk.
        file.set_len(1 << 42).unwrap();
        assert!(shortage(&path).is_some_and(|(needed, available)| needed > available && available > 0));
    }
}
