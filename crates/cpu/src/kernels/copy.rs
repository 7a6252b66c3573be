//! Copies of a few dozen numbers, where a call to the library's copy would cost more than the copy.

use crate::simd::Simd;

/// Both slices have the same length.
#[inline(always)]
pub fn copy<S: Simd>(simd: S, from: &[f32], to: &mut [f32]) {
    assert_eq!(from.len(), to.len());
    // SAFETY: both are valid for their length.
    unsafe { copy_pointers(simd, to.len(), from.as_ptr(), to.as_mut_ptr()) }
}

/// Copies `count` lines of `len` numbers, whose beginnings lie `from_step` and `to_step` apart.
#[inline(always)]
pub fn copy_lines<S: Simd>(
    simd: S,
    len: usize,
    count: usize,
    from: &[f32],
    from_step: usize,
    to: &mut [f32],
    to_step: usize,
) {
    assert!(count > 0 && (count - 1) * from_step + len <= from.len() && (count - 1) * to_step + len <= to.len());
    for i in 0..count {
        // SAFETY: the last line ends inside both slices.
        unsafe { copy_pointers(simd, len, from.as_ptr().add(i * from_step), to.as_mut_ptr().add(i * to_step)) }
    }
}

/// # Safety
/// `from` must be valid for reading and `to` for writing `len` numbers, and they must not overlap.
#[inline(always)]
unsafe fn copy_pointers<S: Simd>(simd: S, len: usize, from: *const f32, to: *mut f32) {
    // SAFETY: every piece lies inside the `len` numbers.
    unsafe {
        if len >= S::LANES {
            let mut at = 0;
            while at + S::LANES <= len {
                simd.store_ptr(simd.load_ptr(from.add(at)), to.add(at));
                at += S::LANES;
            }
            if at < len {
                // The last vector overlaps the one before.
                simd.store_ptr(simd.load_ptr(from.add(len - S::LANES)), to.add(len - S::LANES));
            }
            return;
        }
        // Pieces of 8, 4, 2 and 1: the compiler would make a call out of a loop.
        let mut at = 0;
        if len & 8 != 0 {
            to.cast::<[f32; 8]>().write_unaligned(from.cast::<[f32; 8]>().read_unaligned());
            at = 8;
        }
        if len & 4 != 0 {
            to.add(at).cast::<[f32; 4]>().write_unaligned(from.add(at).cast::<[f32; 4]>().read_unaligned());
            at += 4;
        }
        if len & 2 != 0 {
            to.add(at).cast::<[f32; 2]>().write_unaligned(from.add(at).cast::<[f32; 2]>().read_unaligned());
            at += 2;
        }
        if len & 1 != 0 {
            to.add(at).write(from.add(at).read());
        }
    }
}

#[inline(always)]
pub fn zero<S: Simd>(simd: S, to: &mut [f32]) {
    let mut vectors = to.chunks_exact_mut(S::LANES);
    for to in &mut vectors {
        simd.store(simd.zero(), to);
    }
    for to in vectors.into_remainder() {
        *to = 0.0;
    }
}
