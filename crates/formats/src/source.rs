use std::io;

/// Bytes that can be read at any place: a file, a browser's `Blob` or file handle, a vector.
pub trait ReadAt {
    /// All of them. Nothing is allocated for more than what is left of them.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `into` from byte `offset` on.
    ///
    /// # Errors
    /// If they end before, or cannot be read.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()>;
}

impl ReadAt for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(offset).ok().and_then(|from| self.get(from..)?.get(..into.len()));
        into.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// So many bytes from a place, where there are so many.
pub(crate) fn bytes_at(source: &dyn ReadAt, offset: u64, len: u64) -> io::Result<Vec<u8>> {
    let inside = offset.checked_add(len).is_some_and(|end| end <= source.len());
    let len = usize::try_from(len).ok().filter(|_| inside).ok_or(io::ErrorKind::UnexpectedEof)?;
    let mut bytes = vec![0; len];
    source.read_at(offset, &mut bytes)?;
    Ok(bytes)
}

/// By the first bytes of every such file.
pub(crate) fn is_hdf5(source: &dyn ReadAt) -> io::Result<bool> {
    Ok(source.len() >= 8 && bytes_at(source, 0, 8)? == *b"\x89HDF\r\n\x1a\n")
}
