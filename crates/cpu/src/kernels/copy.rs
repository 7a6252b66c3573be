//! Copies of a few dozen numbers, where a call to the library's copy would cost more than the copy.

use crate::simd::Simd;

/// Both slices have the same length.
#[inline(always)]
pub fn copy<S: Simd>(simd: S, from: &[f32], to: &mut [f32]) {
    let len = to.len();
    assert_eq!(from.len(), len);
    if len < S::LANES {
        for (from, to) in from.iter().zip(to) {
            *to = *from;
        }
        return;
    }
    for (from, to) in from.chunks_exact(S::LANES).zip(to.chunks_exact_mut(S::LANES)) {
        simd.store(simd.load(from), to);
    }
    if !len.is_multiple_of(S::LANES) {
        // The last vector overlaps the one before.
        let last = len - S::LANES;
        simd.store(simd.load(&from[last..]), &mut to[last..]);
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
