//! Looks whether conversations can be kept.

use super::{Finding, FindingCode as Code, FindingSubject as Subject};
use std::io::Write;
use std::path::Path;

/// With less than this a model or a long video no longer fits.
const LITTLE_ROOM: u64 = 1 << 30;

/// Writes a little, and looks how much more would fit.
pub(super) fn room(data: &Path) -> Finding {
    let written = tempfile::NamedTempFile::new_in(data).and_then(|mut file| file.write_all(&[0; 4096]));
    if let Err(error) = written {
        return Finding::failed(Subject::Storage, Code::StorageFailed, &error);
    }
    match fs4::available_space(data) {
        Ok(free) if free < LITTLE_ROOM => {
            Finding::warning(Subject::Storage, Code::StorageFull, &format!("{} MB", free >> 20))
        }
        Ok(free) => Finding::works(Subject::Storage, format!("{} GB", free >> 30)),
        Err(error) => Finding::failed(Subject::Storage, Code::StorageFailed, &error),
    }
}
