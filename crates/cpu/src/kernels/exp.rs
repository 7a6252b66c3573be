//! The exponential function and what is made of it, over vectors.

use crate::simd::Simd;

/// `e^x` to about 1.5 units in the last place, as in Cephes's `expf` (Moshier, <https://www.netlib.org/cephes/>):
/// `x = n · ln 2 + r`, a polynomial for `e^r`, and `2^n` through the exponent's bits. Below −87.3 it stays at the
/// smallest normal number, above 88.3 at the last finite value; NaN stays NaN.
#[inline(always)]
pub fn exp<S: Simd>(simd: S, x: S::V) -> S::V {
    let x = simd.max(simd.splat(-87.336_54), x);
    let x = simd.min(simd.splat(88.376_26), x);
    let n = simd.round(simd.mul(x, simd.splat(std::f32::consts::LOG2_E)));
    // ln 2 in two pieces, the first with few enough bits for the product to be exact.
    let r = simd.sub(x, simd.mul(n, simd.splat(0.693_359_4)));
    let r = simd.sub(r, simd.mul(n, simd.splat(-2.121_944_4e-4)));
    let mut p = simd.splat(1.987_569_2e-4);
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = simd.mul_add(p, r, simd.splat(coefficient));
    }
    let p = simd.add(simd.mul_add(p, simd.mul(r, r), r), simd.splat(1.0));
    simd.mul(p, simd.pow2(n))
}

/// `1 / (1 + e^−x)`
#[inline(always)]
pub fn sigmoid<S: Simd>(simd: S, x: S::V) -> S::V {
    let one = simd.splat(1.0);
    simd.div(one, simd.add(one, exp(simd, simd.sub(simd.zero(), x))))
}

/// `tanh x`, as in Cephes's `tanhf`: `1 − 2 / (e^2|x| + 1)`, and near 0, where that cancels, an odd polynomial.
#[inline(always)]
pub fn tanh<S: Simd>(simd: S, x: S::V) -> S::V {
    let minus = simd.sub(simd.zero(), x);
    let magnitude = simd.max(minus, x);
    let one = simd.splat(1.0);
    let e = exp(simd, simd.add(magnitude, magnitude));
    let far = simd.sub(one, simd.div(simd.splat(2.0), simd.add(e, one)));
    let far = simd.select_gt(simd.zero(), x, simd.sub(simd.zero(), far), far);
    let square = simd.mul(x, x);
    let mut p = simd.splat(-5.704_988_7e-3);
    for coefficient in [2.063_909e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1] {
        p = simd.mul_add(p, square, simd.splat(coefficient));
    }
    let near = simd.mul_add(simd.mul(p, square), x, x);
    simd.select_gt(magnitude, simd.splat(0.625), far, near)
}
