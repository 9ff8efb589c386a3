//! Makes a good file of a recording whose program ended before it did.

use crate::{CaptureError, Recorded};
use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

/// "RIFF", a size, "WAVE".
const RIFF_HEADER: u64 = 12;
/// A chunk's name and size.
const CHUNK_HEADER: u64 = 8;

/// Sets the sizes in the header of the WAV file at `path` to what is really there. A file that is already right stays as
/// it is.
///
/// # Errors
/// [`CaptureError::NotARecording`], also when not even one sample got to the disk, [`CaptureError::DiskFull`] or
/// [`CaptureError::Io`].
pub fn repair(path: &Path) -> Result<Recorded, CaptureError> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    let mut at = RIFF_HEADER;
    let mut header = [0; RIFF_HEADER as usize];
    read(&mut file, 0, &mut header)?;
    if !(header.starts_with(b"RIFF") && header.ends_with(b"WAVE")) {
        return Err(CaptureError::NotARecording);
    }
    let mut frame_and_rate = None;
    loop {
        let mut chunk = [0; CHUNK_HEADER as usize];
        read(&mut file, at, &mut chunk)?;
        let [n0, n1, n2, n3, size @ ..] = chunk;
        let size = u64::from(u32::from_le_bytes(size));
        match &[n0, n1, n2, n3] {
            b"data" => return set_sizes(&mut file, path, at, size, length, frame_and_rate),
            b"fmt " => {
                let mut format = [0; 16];
                read(&mut file, at + CHUNK_HEADER, &mut format)?;
                let [_, _, _, _, r0, r1, r2, r3, _, _, _, _, f0, f1, _, _] = format;
                let frame = u64::from(u16::from_le_bytes([f0, f1]));
                frame_and_rate = Some((frame, u32::from_le_bytes([r0, r1, r2, r3])));
            }
            _ => {}
        }
        // Chunks begin at even places.
        at += CHUNK_HEADER + size.next_multiple_of(2);
    }
}

fn set_sizes(
    file: &mut (impl Read + Write + Seek),
    path: &Path,
    at: u64,
    stated: u64,
    length: u64,
    frame_and_rate: Option<(u64, u32)>,
) -> Result<Recorded, CaptureError> {
    let Some((frame @ 1.., rate @ 1..)) = frame_and_rate else { return Err(CaptureError::NotARecording) };
    let begins = at + CHUNK_HEADER;
    let stored = length.saturating_sub(begins);
    // What the header states is right when other chunks follow the sound; a recording in progress has none.
    let mut riff = [0; 4];
    read(file, 4, &mut riff)?;
    let is_right = stated <= stored && u64::from(u32::from_le_bytes(riff)) + CHUNK_HEADER == length;
    let bytes = if is_right { stated } else { stored.min(u64::from(u32::MAX) - begins) };
    let bytes = bytes / frame * frame;
    if bytes == 0 {
        return Err(CaptureError::NotARecording);
    }
    if !is_right {
        let size = |bytes: u64| (bytes as u32).to_le_bytes();
        file.seek(SeekFrom::Start(4))?;
        file.write_all(&size(begins + bytes - CHUNK_HEADER))?;
        file.seek(SeekFrom::Start(at + 4))?;
        file.write_all(&size(bytes))?;
        file.flush()?;
    }
    let duration = Duration::from_secs_f64((bytes / frame) as f64 / f64::from(rate));
    Ok(Recorded { path: path.to_owned(), duration, lost: Duration::ZERO })
}

fn read(file: &mut (impl Read + Seek), at: u64, into: &mut [u8]) -> Result<(), CaptureError> {
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(into).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => CaptureError::NotARecording,
        _ => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::sound::{SoundFormat, SoundReader, SoundWriter};

    fn samples_in(path: &Path) -> usize {
        let mut stream = SoundReader::open(path).unwrap().mono(48_000).unwrap();
        let mut samples = 0;
        while let Some(block) = stream.next_block().unwrap() {
            samples += block.len();
        }
        samples
    }

    /// A file as a crash leaves it: the header as of the last flush, and some more samples.
    fn crashed(path: &Path, flushed: bool) {
        let mut writer = SoundWriter::create(path, SoundFormat::Wav, 48_000, 1).unwrap();
        if flushed {
            writer.write(&vec![0.1; 24_000]).unwrap();
            writer.flush().unwrap();
        }
        writer.write(&vec![0.1; 48_000]).unwrap();
        // Its destructor would complete the file.
        std::mem::forget(writer);
    }

    #[test]
    fn a_crash_takes_only_what_had_not_reached_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crashed.wav");
        for (flushed, written) in [(true, 72_000), (false, 48_000)] {
            crashed(&path, flushed);
            let recorded = repair(&path).unwrap();
            let samples = samples_in(&path);
            // The last few thousand samples were still in the program's memory.
            assert!((written - 5000..=written).contains(&samples), "{samples} of {written}");
            assert!((recorded.duration.as_secs_f64() * 48_000.0 - samples as f64).abs() < 1.0);
            assert_eq!(repair(&path).unwrap(), recorded);
        }
    }

    #[test]
    fn half_a_sample_at_the_end_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("half.wav");
        crashed(&path, true);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(&[7]).unwrap();
        repair(&path).unwrap();
        assert!(samples_in(&path) > 60_000);
    }

    #[test]
    fn a_finished_file_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("good.wav");
        let mut writer = SoundWriter::create(&path, SoundFormat::Wav, 16_000, 1).unwrap();
        writer.write(&vec![0.1; 16_000]).unwrap();
        writer.finish().unwrap();
        // Another program's chunk after the sound.
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend(b"LIST\x04\0\0\0INFO");
        let size = (bytes.len() as u32 - 8).to_le_bytes();
        bytes[4..8].copy_from_slice(&size);
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(repair(&path).unwrap().duration, Duration::from_secs(1));
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn other_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other");
        for content in [
            &b""[..],
            b"RIFF",
            b"RIFF\0\0\0\0WAVE",
            b"RIFF\0\0\0\0WAVEdata\0\0\0\0\0\0",
            b"words, words, words",
        ] {
            std::fs::write(&path, content).unwrap();
            assert!(matches!(repair(&path), Err(CaptureError::NotARecording)), "{content:?}");
            assert_eq!(std::fs::read(&path).unwrap(), content);
        }
        assert!(matches!(repair(&folder.path().join("missing")), Err(CaptureError::Io(_))));
    }
}
