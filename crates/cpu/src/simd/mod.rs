//! One vector of f32 as each instruction set has it.
//!
//! A kernel is written once, generic over [`Simd`]; its body and everything that it calls is `#[inline(always)]`, so that it
//! is compiled as a part of the shell in [`crate::dispatch`] that turns the instruction set on.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub use avx512::Avx512;
#[cfg(target_arch = "aarch64")]
pub use neon::Neon;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use scalar::Scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use wasm::Wasm;

use crate::gemm::TileArguments;

/// The most lanes that any instruction set here has.
pub const MAX_LANES: usize = 16;

/// An instruction set. A value is the proof that the machine has it, which makes its operations safe to call.
///
/// # Safety
/// Products and copies go through memory by these words without another check. An implementation promises that
/// - a value exists only on a machine that has the instructions;
/// - a vector has `LANES` lanes, at most [`MAX_LANES`], and `NR` is a multiple of them ([`tile`](crate::gemm::tile) refuses
///   to compile for other shapes);
/// - `load_ptr` and `store_ptr` touch `LANES` numbers from the pointer and no others;
/// - `tile` touches no more than [`crate::gemm::tile`] says of a tile of `MR` by `NR`.
pub unsafe trait Simd: Copy + 'static {
    const LANES: usize;
    /// Rows of the GEMM micro-kernel's register tile.
    const MR: usize;
    /// Columns of the register tile, a multiple of `LANES`.
    const NR: usize;
    type V: Copy;

    fn splat(self, x: f32) -> Self::V;

    /// # Safety
    /// `from` must be valid for reading `LANES` f32.
    unsafe fn load_ptr(self, from: *const f32) -> Self::V;

    /// # Safety
    /// `to` must be valid for writing `LANES` f32.
    unsafe fn store_ptr(self, v: Self::V, to: *mut f32);

    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    fn sqrt(self, a: Self::V) -> Self::V;
    /// `a · b + c`, rounded once where the instruction set can, else twice.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `a > b ? a : b`, so `b` where either is NaN.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a < b ? a : b`, so `b` where either is NaN.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a > b ? yes : no`
    fn select_gt(self, a: Self::V, b: Self::V, yes: Self::V, no: Self::V) -> Self::V;
    /// `a = b ? yes : no`
    fn select_eq(self, a: Self::V, b: Self::V, yes: Self::V, no: Self::V) -> Self::V;
    /// The nearest whole number, ties to even.
    fn round(self, a: Self::V) -> Self::V;
    /// `2^a` of whole numbers from −126 to 127.
    fn pow2(self, a: Self::V) -> Self::V;

    /// Asks for the cache line of an address that will be written soon; no address is wrong.
    #[inline(always)]
    fn prefetch(self, _: *const f32) {}

    /// The GEMM micro-kernel with this instruction set's register tile.
    ///
    /// # Safety
    /// As [`crate::gemm::tile`].
    unsafe fn tile<const ACCUMULATE: bool>(self, arguments: &TileArguments);

    #[inline(always)]
    fn zero(self) -> Self::V {
        self.splat(0.0)
    }

    /// The first `LANES` numbers of a slice.
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::V {
        assert!(from.len() >= Self::LANES);
        // SAFETY: the slice is long enough.
        unsafe { self.load_ptr(from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, v: Self::V, to: &mut [f32]) {
        assert!(to.len() >= Self::LANES);
        // SAFETY: the slice is long enough.
        unsafe { self.store_ptr(v, to.as_mut_ptr()) }
    }

    /// The first `lanes` (at most `LANES`) numbers of a slice, and zeros.
    #[inline(always)]
    fn load_lanes(self, from: &[f32], lanes: usize) -> Self::V {
        if lanes == Self::LANES {
            return self.load(from);
        }
        let mut whole = [0.0; MAX_LANES];
        for (w, x) in whole.iter_mut().zip(&from[..lanes]) {
            *w = *x;
        }
        self.load(&whole)
    }

    /// Stores the first `lanes` (at most `LANES`) lanes.
    #[inline(always)]
    fn store_lanes(self, v: Self::V, to: &mut [f32], lanes: usize) {
        if lanes == Self::LANES {
            return self.store(v, to);
        }
        let mut whole = [0.0; MAX_LANES];
        self.store(v, &mut whole);
        for (x, w) in to[..lanes].iter_mut().zip(&whole) {
            *x = *w;
        }
    }
}
