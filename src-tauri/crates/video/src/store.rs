//! Pixels of frames that may be chosen, in a temporary file: there may be more of them than should be in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// A file of places for frames of one size. It is gone with this value, or with the process.
pub(crate) struct Store {
    file: File,
    /// Bytes of a frame.
    length: usize,
    /// Places that were used and are free again.
    free: Vec<usize>,
    /// Places of the file.
    places: usize,
}

impl Store {
    /// For frames of `length` bytes.
    ///
    /// # Errors
    /// Where no temporary file can be made.
    pub(crate) fn new(length: usize) -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, length, free: Vec::new(), places: 0 })
    }

    /// Keeps a frame, and says in which place.
    ///
    /// # Errors
    /// Those of the file. A frame of another size is [`io::ErrorKind::InvalidInput`].
    pub(crate) fn put(&mut self, pixels: &[u8]) -> io::Result<usize> {
        if pixels.len() != self.length {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let place = self.free.pop().unwrap_or(self.places);
        self.go_to(place)?;
        self.file.write_all(pixels)?;
        self.places = self.places.max(place + 1);
        Ok(place)
    }

    /// The frame in a place.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn get(&mut self, place: usize) -> io::Result<Vec<u8>> {
        let mut pixels = vec![0; self.length];
        self.go_to(place)?;
        self.file.read_exact(&mut pixels)?;
        Ok(pixels)
    }

    /// Lets another frame have the place.
    pub(crate) fn let_go(&mut self, place: usize) {
        self.free.push(place);
    }

    /// Places that hold a frame.
    pub(crate) fn held(&self) -> usize {
        self.places - self.free.len()
    }

    fn go_to(&mut self, place: usize) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(place as u64 * self.length as u64)).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_used_again() {
        let mut store = Store::new(3).unwrap();
        let (one, two) = (store.put(&[1, 1, 1]).unwrap(), store.put(&[2, 2, 2]).unwrap());
        assert_eq!((store.get(one).unwrap(), store.held()), (vec![1, 1, 1], 2));
        store.let_go(one);
        assert_eq!(store.held(), 1);
        assert_eq!(store.put(&[3, 3, 3]).unwrap(), one);
        assert_eq!((store.get(one).unwrap(), store.get(two).unwrap()), (vec![3, 3, 3], vec![2, 2, 2]));
        assert!(store.put(&[0; 4]).is_err());
    }
}
