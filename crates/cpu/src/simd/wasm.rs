use std::arch::wasm32::*;

use super::{Simd, TileArguments};
use crate::gemm::tile;

/// WebAssembly's 128-bit vectors; fused multiply-add where the module is built with relaxed SIMD.
#[derive(Clone, Copy)]
pub struct Wasm;

// SAFETY: the module is built with the instructions; vectors have 4 lanes.
unsafe impl Simd for Wasm {
    const LANES: usize = 4;
    /// Measured in Chromium: larger tiles spill, because multiply and add need a register more than the fused instruction.
    const MR: usize = if cfg!(target_feature = "relaxed-simd") { 6 } else { 4 };
    const NR: usize = 8;
    type V = v128;

    #[inline(always)]
    fn splat(self, x: f32) -> v128 {
        f32x4_splat(x)
    }
    #[inline(always)]
    unsafe fn load_ptr(self, from: *const f32) -> v128 {
        // SAFETY: promised by the caller; WebAssembly's loads need no alignment.
        unsafe { v128_load(from.cast()) }
    }
    #[inline(always)]
    unsafe fn store_ptr(self, v: v128, to: *mut f32) {
        // SAFETY: promised by the caller; WebAssembly's stores need no alignment.
        unsafe { v128_store(to.cast(), v) }
    }
    #[inline(always)]
    fn add(self, a: v128, b: v128) -> v128 {
        f32x4_add(a, b)
    }
    #[inline(always)]
    fn sub(self, a: v128, b: v128) -> v128 {
        f32x4_sub(a, b)
    }
    #[inline(always)]
    fn mul(self, a: v128, b: v128) -> v128 {
        f32x4_mul(a, b)
    }
    #[inline(always)]
    fn div(self, a: v128, b: v128) -> v128 {
        f32x4_div(a, b)
    }
    #[inline(always)]
    fn sqrt(self, a: v128) -> v128 {
        f32x4_sqrt(a)
    }
    #[inline(always)]
    fn mul_add(self, a: v128, b: v128, c: v128) -> v128 {
        #[cfg(target_feature = "relaxed-simd")]
        return f32x4_relaxed_madd(a, b, c);
        #[cfg(not(target_feature = "relaxed-simd"))]
        return f32x4_add(f32x4_mul(a, b), c);
    }
    #[inline(always)]
    fn max(self, a: v128, b: v128) -> v128 {
        // Not `pmax`, nor `pmin` below: with relaxed SIMD the compiler makes the relaxed instructions of them, which may give
        // either operand where one is NaN.
        #[cfg(target_feature = "relaxed-simd")]
        return self.select_gt(a, b, a, b);
        #[cfg(not(target_feature = "relaxed-simd"))]
        return f32x4_pmax(b, a);
    }
    #[inline(always)]
    fn min(self, a: v128, b: v128) -> v128 {
        #[cfg(target_feature = "relaxed-simd")]
        return self.select_gt(b, a, a, b);
        #[cfg(not(target_feature = "relaxed-simd"))]
        return f32x4_pmin(b, a);
    }
    #[inline(always)]
    fn select_gt(self, a: v128, b: v128, yes: v128, no: v128) -> v128 {
        v128_bitselect(yes, no, f32x4_gt(a, b))
    }
    #[inline(always)]
    fn select_eq(self, a: v128, b: v128, yes: v128, no: v128) -> v128 {
        v128_bitselect(yes, no, f32x4_eq(a, b))
    }
    #[inline(always)]
    fn round(self, a: v128) -> v128 {
        f32x4_nearest(a)
    }
    #[inline(always)]
    fn pow2(self, a: v128) -> v128 {
        i32x4_shl(i32x4_add(i32x4_trunc_sat_f32x4(a), i32x4_splat(127)), 23)
    }
    #[inline(always)]
    unsafe fn tile<const ACCUMULATE: bool>(self, arguments: &TileArguments) {
        // SAFETY: promised by the caller.
        unsafe { tile::<Self, { Wasm::MR }, { Wasm::NR / Wasm::LANES }, ACCUMULATE>(self, arguments) }
    }
}
