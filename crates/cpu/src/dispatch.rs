//! Which instruction sets there are, and the shells that compile a kernel's generic body for each.

use std::fmt;

#[cfg(target_arch = "aarch64")]
use crate::simd::Neon;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use crate::simd::Scalar;
use crate::simd::Simd;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use crate::simd::Wasm;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Avx2, Avx512};

/// An instruction set of the kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isa {
    /// Plain f32, everywhere but in WebAssembly built with SIMD, which cannot be loaded where that is missing.
    Scalar,
    /// x86-64: AVX2 and FMA.
    Avx2,
    /// x86-64: AVX-512F.
    Avx512,
    /// 64-bit ARM.
    Neon,
    /// WebAssembly's fixed-width SIMD; fixed when the module is built.
    Simd128,
    /// WebAssembly's relaxed SIMD, with fused multiply-add; fixed when the module is built.
    RelaxedSimd,
}

impl Isa {
    const ALL: [Isa; 6] = [Isa::Scalar, Isa::Avx2, Isa::Avx512, Isa::Neon, Isa::Simd128, Isa::RelaxedSimd];

    /// The fastest that this machine has.
    pub fn best() -> Isa {
        Isa::available().last().unwrap_or(Isa::Scalar)
    }

    /// Those that this machine has, from the slowest to the fastest.
    pub fn available() -> impl Iterator<Item = Isa> {
        Isa::ALL.into_iter().filter(|isa| isa.is_available())
    }

    pub fn is_available(self) -> bool {
        match self {
            Isa::Scalar => cfg!(not(all(target_arch = "wasm32", target_feature = "simd128"))),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => is_x86_feature_detected!("avx512f") && Isa::Avx2.is_available(),
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => true,
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(target_feature = "relaxed-simd")))]
            Isa::Simd128 => true,
            #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
            Isa::RelaxedSimd => true,
            _ => false,
        }
    }

    /// Runs the kernel compiled for the instructions that the module was built with.
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    pub(crate) fn dispatch<K: Kernel>(self, kernel: K) -> K::Output {
        shell(kernel, Wasm)
    }

    /// Runs the kernel compiled for this instruction set, or the scalar one where the machine lacks it.
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    pub(crate) fn dispatch<K: Kernel>(self, kernel: K) -> K::Output {
        if !self.is_available() {
            return shell(kernel, Scalar);
        }
        match self {
            // SAFETY: the machine has the instructions.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { avx2(kernel) },
            // SAFETY: the machine has the instructions.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { avx512(kernel) },
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => shell(kernel, Neon),
            _ => shell(kernel, Scalar),
        }
    }

    /// Rows and columns of the register tile.
    pub(crate) fn tile_size(self) -> (usize, usize) {
        struct TileSize;
        impl Kernel for TileSize {
            type Output = (usize, usize);
            fn run<S: Simd>(self, _: S) -> (usize, usize) {
                (S::MR, S::NR)
            }
        }
        self.dispatch(TileSize)
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Isa::Scalar => "scalar",
            Isa::Avx2 => "AVX2",
            Isa::Avx512 => "AVX-512",
            Isa::Neon => "NEON",
            Isa::Simd128 => "SIMD128",
            Isa::RelaxedSimd => "relaxed SIMD",
        })
    }
}

/// An operation with its operands, written once for all instruction sets. `run` must be `#[inline(always)]`: only then
/// is it compiled with the instructions of the shell that calls it.
pub(crate) trait Kernel {
    type Output;
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// Never inlined: all kernels in the one function that chooses among them are too large for some compilers. JavaScriptCore
/// only interprets WebAssembly functions of more than 100,000 bytes.
#[inline(never)]
fn shell<K: Kernel, S: Simd>(kernel: K, simd: S) -> K::Output {
    kernel.run(simd)
}

/// # Safety
/// The machine must have AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: promised by the caller.
    kernel.run(unsafe { Avx2::new() })
}

/// # Safety
/// The machine must have AVX-512F, AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
unsafe fn avx512<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: promised by the caller.
    kernel.run(unsafe { Avx512::new() })
}
