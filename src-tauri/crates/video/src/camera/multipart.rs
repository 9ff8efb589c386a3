//! Takes FFmpeg's stream of JPEG pictures apart: each has a header with its length, as in HTTP (`multipart/x-mixed-replace`).

use crate::VideoError;

const LENGTH: &[u8] = b"Content-length:";
const END_OF_HEADER: &[u8] = b"\r\n\r\n";
/// Largest picture that is taken, in bytes.
const LARGEST: usize = 32 << 20;
/// Longest header.
const LONGEST_HEADER: usize = 1024;

/// Bytes of the stream that no picture was made of yet.
#[derive(Default)]
pub(super) struct Multipart {
    bytes: Vec<u8>,
}

impl Multipart {
    /// More of the stream came.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether [`Multipart::next`] has something to say.
    pub(super) fn is_ready(&self) -> bool {
        !matches!(self.bounds(), Ok(None))
    }

    /// The next whole picture.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, VideoError> {
        let Some((from, to)) = self.bounds()? else { return Ok(None) };
        let picture = self.bytes[from..to].to_vec();
        self.bytes.drain(..to);
        Ok(Some(picture))
    }

    /// Where the next picture lies, once it is there.
    fn bounds(&self) -> Result<Option<(usize, usize)>, VideoError> {
        let wrong = || VideoError::Failed { reason: "it sent something else than pictures".to_owned() };
        let head = &self.bytes[..self.bytes.len().min(LONGEST_HEADER)];
        let Some(end) = find(head, END_OF_HEADER) else {
            return if head.len() < LONGEST_HEADER { Ok(None) } else { Err(wrong()) };
        };
        let length = find(&head[..end], LENGTH)
            .and_then(|at| std::str::from_utf8(&head[at + LENGTH.len()..end]).ok())
            .and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok())
            .filter(|&length| length <= LARGEST)
            .ok_or_else(wrong)?;
        let from = end + END_OF_HEADER.len();
        Ok((self.bytes.len() >= from + length).then_some((from, from + length)))
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_taken_apart_however_they_arrive() {
        let stream = b"--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: 5\r\n\r\nab\r\n\r\r\n--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: 2\r\n\r\nxy\r\n--ffmpeg\r\n";
        for size in [1, 7, 1000] {
            let mut parts = Multipart::default();
            let mut pictures = Vec::new();
            for bytes in stream.chunks(size) {
                parts.push(bytes);
                while let Some(picture) = parts.next().unwrap() {
                    pictures.push(picture);
                }
            }
            assert_eq!(pictures, [b"ab\r\n\r".to_vec(), b"xy".to_vec()], "{size} bytes at once");
        }
    }

    #[test]
    fn something_else_is_refused() {
        let mut parts = Multipart::default();
        parts.push(&[b'x'; 2000]);
        assert!(parts.next().is_err());
        let mut parts = Multipart::default();
        parts.push(b"--ffmpeg\r\nContent-length: 99999999999\r\n\r\n");
        assert!(parts.next().is_err());
    }
}
