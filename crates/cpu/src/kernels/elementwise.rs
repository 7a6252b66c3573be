//! Loops over elements, a vector at a time.

use crate::simd::Simd;

/// A function of one number.
pub trait Unary: Copy {
    fn apply<S: Simd>(self, simd: S, x: S::V) -> S::V;
}

/// A function of two numbers.
pub trait Binary: Copy {
    fn apply<S: Simd>(self, simd: S, a: S::V, b: S::V) -> S::V;
}

/// `y = f(x)`
#[inline(always)]
pub fn unary<S: Simd, F: Unary>(simd: S, f: F, x: &[f32], y: &mut [f32]) {
    for (x, y) in x.chunks(S::LANES).zip(y.chunks_mut(S::LANES)) {
        let lanes = y.len();
        simd.store_lanes(f.apply(simd, simd.load_lanes(x, lanes)), y, lanes);
    }
}

/// `y = f(y)`
#[inline(always)]
pub fn unary_in_place<S: Simd, F: Unary>(simd: S, f: F, y: &mut [f32]) {
    for y in y.chunks_mut(S::LANES) {
        let lanes = y.len();
        simd.store_lanes(f.apply(simd, simd.load_lanes(y, lanes)), y, lanes);
    }
}

/// `y = f(a, b)`
#[inline(always)]
pub fn binary<S: Simd, F: Binary>(simd: S, f: F, a: &[f32], b: &[f32], y: &mut [f32]) {
    for ((a, b), y) in a.chunks(S::LANES).zip(b.chunks(S::LANES)).zip(y.chunks_mut(S::LANES)) {
        let lanes = y.len();
        simd.store_lanes(f.apply(simd, simd.load_lanes(a, lanes), simd.load_lanes(b, lanes)), y, lanes);
    }
}

/// `y = f(a, y)`
#[inline(always)]
pub fn binary_in_place<S: Simd, F: Binary>(simd: S, f: F, a: &[f32], y: &mut [f32]) {
    for (a, y) in a.chunks(S::LANES).zip(y.chunks_mut(S::LANES)) {
        let lanes = y.len();
        simd.store_lanes(f.apply(simd, simd.load_lanes(a, lanes), simd.load_lanes(y, lanes)), y, lanes);
    }
}
