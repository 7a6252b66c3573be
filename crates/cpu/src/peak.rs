//! The machine's multiply-add peak, measured: what the kernels' speed is a share of.

use crate::Isa;
use crate::dispatch::Kernel;
use crate::simd::{MAX_LANES, Simd};

struct Peak {
    rounds: usize,
}

impl Kernel for Peak {
    /// The sum, so that nothing is optimised away, and the floating-point operations done.
    type Output = (f32, usize);

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> (f32, usize) {
        (simd.multiply_adds(self.rounds), self.rounds * 2 * S::MR * S::NR)
    }
}

/// One chained multiply-add in each of the accumulators of a register tile, `rounds` times.
#[inline(always)]
pub fn multiply_adds<S: Simd, const MR: usize, const NV: usize>(simd: S, rounds: usize) -> f32 {
    let factor = simd.splat(std::hint::black_box(0.999_999));
    let term = simd.splat(std::hint::black_box(1e-7));
    // Different ones, or the compiler would see that one chain is enough.
    let mut accumulators = [[simd.zero(); NV]; MR];
    for row in &mut accumulators {
        for v in row {
            *v = simd.splat(std::hint::black_box(1.0));
        }
    }
    for _ in 0..rounds {
        for row in &mut accumulators {
            for v in row {
                *v = simd.mul_add(*v, factor, term);
            }
        }
    }
    let mut total = simd.zero();
    for row in accumulators {
        for v in row {
            total = simd.add(total, v);
        }
    }
    let mut lanes = [0.0; MAX_LANES];
    simd.store(total, &mut lanes);
    lanes.iter().sum()
}

/// Multiply-add peak of one core in GFLOP/s (a multiply-add counts two): the best of several runs of about ten
/// milliseconds each. `now` is a clock in seconds, since WebAssembly brings none of its own.
pub fn gflops(isa: Isa, now: impl Fn() -> f64) -> f64 {
    let timed = |rounds| {
        let start = now();
        let (sum, flops) = isa.dispatch(Peak { rounds });
        std::hint::black_box(sum);
        (now() - start, flops)
    };
    let mut rounds = 1 << 12;
    while timed(rounds).0 < 0.01 && rounds < 1 << 30 {
        rounds *= 2;
    }
    let fastest = (0..5).map(|_| timed(rounds)).map(|(seconds, flops)| flops as f64 / seconds).fold(0.0, f64::max);
    fastest / 1e9
}
