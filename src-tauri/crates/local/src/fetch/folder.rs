//! A folder as a source: the file may already be on this computer or on a disk a person brought.

use super::{SourceError, part_file::PartFile};
use std::{io::SeekFrom, path::Path};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

const BUFFER: usize = 1 << 20;

/// Copies the rest of the file from `path`. `report` hears how many bytes are here.
pub async fn copy(
    path: &Path,
    part: &mut PartFile,
    report: &(dyn Fn(u64) + Send + Sync),
) -> Result<(), SourceError> {
    let unreadable = |source| SourceError::Unreadable { path: path.to_owned(), source };
    let mut file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let actual = file.metadata().await.map_err(unreadable)?.len();
    if actual != part.total() {
        return Err(SourceError::WrongSize { expected: part.total(), actual });
    }
    file.seek(SeekFrom::Start(part.have())).await.map_err(unreadable)?;
    let mut buffer = vec![0; BUFFER];
    while !part.is_full() {
        match file.read(&mut buffer).await.map_err(unreadable)? {
            0 => return Err(SourceError::WrongSize { expected: part.total(), actual: part.have() }),
            count => part.append(&buffer[..count])?,
        }
        report(part.have());
    }
    Ok(())
}
