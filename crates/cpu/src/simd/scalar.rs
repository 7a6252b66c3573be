use super::Simd;
use crate::gemm::{TileArguments, tile};

/// Plain f32: every machine has it, and it is what the others are compared with.
#[derive(Clone, Copy)]
pub struct Scalar;

// SAFETY: plain f32, one lane.
unsafe impl Simd for Scalar {
    const LANES: usize = 1;
    const MR: usize = 4;
    const NR: usize = 4;
    type V = f32;

    #[inline(always)]
    fn splat(self, x: f32) -> f32 {
        x
    }
    #[inline(always)]
    unsafe fn load_ptr(self, from: *const f32) -> f32 {
        // SAFETY: promised by the caller.
        unsafe { from.read() }
    }
    #[inline(always)]
    unsafe fn store_ptr(self, v: f32, to: *mut f32) {
        // SAFETY: promised by the caller.
        unsafe { to.write(v) }
    }
    #[inline(always)]
    fn add(self, a: f32, b: f32) -> f32 {
        a + b
    }
    #[inline(always)]
    fn sub(self, a: f32, b: f32) -> f32 {
        a - b
    }
    #[inline(always)]
    fn mul(self, a: f32, b: f32) -> f32 {
        a * b
    }
    #[inline(always)]
    fn div(self, a: f32, b: f32) -> f32 {
        a / b
    }
    #[inline(always)]
    fn sqrt(self, a: f32) -> f32 {
        a.sqrt()
    }
    #[inline(always)]
    fn mul_add(self, a: f32, b: f32, c: f32) -> f32 {
        // Rounded twice: without the instruction, f32::mul_add is a slow library call.
        a * b + c
    }
    #[inline(always)]
    fn max(self, a: f32, b: f32) -> f32 {
        if a > b { a } else { b }
    }
    #[inline(always)]
    fn min(self, a: f32, b: f32) -> f32 {
        if a < b { a } else { b }
    }
    #[inline(always)]
    fn select_gt(self, a: f32, b: f32, yes: f32, no: f32) -> f32 {
        if a > b { yes } else { no }
    }
    #[inline(always)]
    fn select_eq(self, a: f32, b: f32, yes: f32, no: f32) -> f32 {
        if a == b { yes } else { no }
    }
    #[inline(always)]
    fn round(self, a: f32) -> f32 {
        a.round_ties_even()
    }
    #[inline(always)]
    fn pow2(self, a: f32) -> f32 {
        f32::from_bits(((a as i32 + 127) as u32) << 23)
    }
    #[inline(always)]
    unsafe fn tile<const ACCUMULATE: bool>(self, arguments: &TileArguments) {
        // SAFETY: promised by the caller.
        unsafe { tile::<Self, { Scalar::MR }, { Scalar::NR / Scalar::LANES }, ACCUMULATE>(self, arguments) }
    }
}
