use std::arch::aarch64::*;

use super::Simd;
use crate::gemm::{TileArguments, tile};

/// 128-bit vectors of 64-bit ARM, where every machine has them.
#[derive(Clone, Copy)]
pub struct Neon;

macro_rules! intrinsic {
    ($call:expr) => {
        // SAFETY: every aarch64 target here has NEON; pointers are the caller's promise.
        unsafe { $call }
    };
}

// SAFETY: every aarch64 target here has the instructions; vectors have 4 lanes.
unsafe impl Simd for Neon {
    const LANES: usize = 4;
    const MR: usize = 8;
    const NR: usize = 8;
    type V = float32x4_t;

    #[inline(always)]
    fn splat(self, x: f32) -> float32x4_t {
        intrinsic!(vdupq_n_f32(x))
    }
    #[inline(always)]
    unsafe fn load_ptr(self, from: *const f32) -> float32x4_t {
        intrinsic!(vld1q_f32(from))
    }
    #[inline(always)]
    unsafe fn store_ptr(self, v: float32x4_t, to: *mut f32) {
        intrinsic!(vst1q_f32(to, v))
    }
    #[inline(always)]
    fn add(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        intrinsic!(vaddq_f32(a, b))
    }
    #[inline(always)]
    fn sub(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        intrinsic!(vsubq_f32(a, b))
    }
    #[inline(always)]
    fn mul(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        intrinsic!(vmulq_f32(a, b))
    }
    #[inline(always)]
    fn div(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        intrinsic!(vdivq_f32(a, b))
    }
    #[inline(always)]
    fn sqrt(self, a: float32x4_t) -> float32x4_t {
        intrinsic!(vsqrtq_f32(a))
    }
    #[inline(always)]
    fn mul_add(self, a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        intrinsic!(vfmaq_f32(c, a, b))
    }
    #[inline(always)]
    fn max(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        self.select_gt(a, b, a, b)
    }
    #[inline(always)]
    fn min(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        self.select_gt(b, a, a, b)
    }
    #[inline(always)]
    fn select_gt(self, a: float32x4_t, b: float32x4_t, yes: float32x4_t, no: float32x4_t) -> float32x4_t {
        intrinsic!(vbslq_f32(vcgtq_f32(a, b), yes, no))
    }
    #[inline(always)]
    fn select_eq(self, a: float32x4_t, b: float32x4_t, yes: float32x4_t, no: float32x4_t) -> float32x4_t {
        intrinsic!(vbslq_f32(vceqq_f32(a, b), yes, no))
    }
    #[inline(always)]
    fn round(self, a: float32x4_t) -> float32x4_t {
        intrinsic!(vrndnq_f32(a))
    }
    #[inline(always)]
    fn pow2(self, a: float32x4_t) -> float32x4_t {
        intrinsic!(vreinterpretq_f32_s32(vshlq_n_s32::<23>(vaddq_s32(vcvtnq_s32_f32(a), vdupq_n_s32(127)))))
    }
    #[inline(always)]
    unsafe fn tile<const ACCUMULATE: bool>(self, arguments: &TileArguments) {
        // SAFETY: promised by the caller.
        unsafe { tile::<Self, { Neon::MR }, { Neon::NR / Neon::LANES }, ACCUMULATE>(self, arguments) }
    }
}
