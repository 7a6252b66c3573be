//! f32 memory that begins on a cache line, so that no vector load of a packed panel straddles two.

use std::ops::{Deref, DerefMut};

const LINE: usize = 16;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct CacheLine([f32; LINE]);

/// A fixed number of f32, all zero at first.
#[derive(Clone, Default)]
pub struct AlignedBuffer {
    lines: Vec<CacheLine>,
    len: usize,
}

/// The allocator refused.
#[derive(Clone, Copy, Debug)]
pub struct Refused;

impl AlignedBuffer {
    pub fn zeros(len: u64) -> Result<Self, Refused> {
        let len = usize::try_from(len).map_err(|_| Refused)?;
        let mut lines = vec_of(len.div_ceil(LINE))?;
        lines.resize(len.div_ceil(LINE), CacheLine([0.0; LINE]));
        Ok(AlignedBuffer { lines, len })
    }

    /// Bytes that `len` numbers take: whole cache lines.
    pub fn bytes(len: u64) -> u64 {
        len.div_ceil(LINE as u64).saturating_mul(size_of::<CacheLine>() as u64)
    }
}

/// An empty vector with room for `len` elements.
pub fn vec_of<T>(len: usize) -> Result<Vec<T>, Refused> {
    let mut vec = Vec::new();
    vec.try_reserve_exact(len).map_err(|_| Refused)?;
    Ok(vec)
}

/// The product of sizes in 64 bits, also where an address has 32; one that is too large for them stays at the largest number.
pub fn product(sizes: &[usize]) -> u64 {
    sizes.iter().fold(1, |product: u64, size| product.saturating_mul(*size as u64))
}

impl Deref for AlignedBuffer {
    type Target = [f32];

    #[inline]
    fn deref(&self) -> &[f32] {
        // SAFETY: the lines are arrays of f32 without padding, `len` of them at least.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl DerefMut for AlignedBuffer {
    #[inline]
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: the lines are arrays of f32 without padding, `len` of them at least.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}
