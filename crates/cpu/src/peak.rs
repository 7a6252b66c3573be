//! The machine's multiply-add peak, measured: what the kernels' speed is a share of.

use std::hint::black_box;

use crate::Isa;
use crate::dispatch::Kernel;
use crate::simd::{MAX_LANES, Simd};

/// Chains of multiply-adds that keep every unit busy, with their two constants in registers: 12 of the 16 registers
/// on x86-64 (and where browsers run on it); Apple's four units of four cycles want 16, and there are 32 registers.
const CHAINS: usize = if cfg!(target_arch = "aarch64") { 24 } else { 12 };

struct Peak {
    rounds: usize,
}

impl Kernel for Peak {
    /// The sum, so that nothing is optimised away, and the floating-point operations done.
    type Output = (f32, usize);

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> (f32, usize) {
        let factor = simd.splat(black_box(0.999_999));
        let term = simd.splat(black_box(1e-7));
        // Different ones as far as the compiler can see, or it would find that one chain is enough.
        let mut chains = [simd.zero(); CHAINS];
        for chain in &mut chains {
            *chain = simd.splat(black_box(1.0));
        }
        for _ in 0..self.rounds {
            for chain in &mut chains {
                *chain = simd.mul_add(*chain, factor, term);
            }
        }
        let mut lanes = [0.0; MAX_LANES];
        simd.store(chains.into_iter().fold(simd.zero(), |sum, chain| simd.add(sum, chain)), &mut lanes);
        (lanes.iter().sum(), self.rounds * 2 * CHAINS * S::LANES)
    }
}

/// Multiply-add peak of one core in GFLOP/s (a multiply-add counts two): the best of several runs of about ten
/// milliseconds each. `now` is a clock in seconds, since WebAssembly brings none of its own.
pub fn gflops(isa: Isa, now: impl Fn() -> f64) -> f64 {
    let timed = |rounds| {
        let start = now();
        let (sum, flops) = isa.dispatch(Peak { rounds });
        black_box(sum);
        (now() - start, flops)
    };
    let mut rounds = 1 << 12;
    while timed(rounds).0 < 0.01 && rounds < 1 << 30 {
        rounds *= 2;
    }
    let fastest = (0..5).map(|_| timed(rounds)).map(|(seconds, flops)| flops as f64 / seconds).fold(0.0, f64::max);
    fastest / 1e9
}
