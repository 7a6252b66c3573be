use crate::simd::{MAX_LANES, Simd};

/// Operands of one register tile: `c[i, j] = start[j] + Σ_k a[i, k] · b[k, j]`, or `c[i, j] += Σ_k a[i, k] · b[k, j]`.
pub struct TileArguments {
    /// Length of the sum.
    pub depth: usize,
    pub a: *const f32,
    /// From a row of `a` to the next.
    pub a_row: usize,
    /// From one `k` of `a` to the next.
    pub a_step: usize,
    /// A packed panel: `depth` rows of `NR` numbers.
    pub b: *const f32,
    /// `NR` numbers to begin from, where the tile does not accumulate.
    pub start: *const f32,
    pub c: *mut f32,
    /// From a row of `c` to the next.
    pub c_row: usize,
}

/// The micro-kernel: a tile of `MR` rows by `NV` vectors of accumulators stays in registers through the whole sum. Each step
/// loads `NV` vectors of `b` and broadcasts `MR` numbers of `a`, each used up before the next is loaded: a compiler that loads
/// them all first runs out of registers (WebAssembly builds therefore pass `-C llvm-args=-pre-RA-sched=source`).
///
/// # Safety
/// With `NR = NV · LANES`: `a` must be readable at `i·a_row + k·a_step` for every `i < MR`, `k < depth`; `b` for
/// `depth · NR` numbers; `c` writable (and readable if `ACCUMULATE`) for `NR` numbers from `i·c_row`; `start` readable for
/// `NR` numbers unless `ACCUMULATE`.
#[inline(always)]
pub unsafe fn tile<S: Simd, const MR: usize, const NV: usize, const ACCUMULATE: bool>(
    simd: S,
    arguments: &TileArguments,
) {
    const {
        assert!(
            MR == S::MR && NV * S::LANES == S::NR,
            "the tile is not the one that the instruction set's callers reckon with"
        );
        assert!(S::LANES <= MAX_LANES && MR > 0 && NV > 0);
    }
    let &TileArguments { depth, a, a_row, a_step, mut b, start, c, c_row } = arguments;
    let mut sums = [[simd.zero(); NV]; MR];
    // SAFETY: every access is one of those that the caller vouches for.
    unsafe {
        if !ACCUMULATE {
            for row in &mut sums {
                for (j, sum) in row.iter_mut().enumerate() {
                    *sum = simd.load_ptr(start.add(j * S::LANES));
                }
            }
        }
        // They arrive while the sum runs.
        for i in 0..MR {
            for j in (0..NV * S::LANES).step_by(16) {
                simd.prefetch(c.wrapping_add(i * c_row + j));
            }
        }
        let mut rows = [a; MR];
        for (i, row) in rows.iter_mut().enumerate() {
            *row = a.add(i * a_row);
        }
        for k in 0..depth {
            let mut columns = [simd.zero(); NV];
            for (j, column) in columns.iter_mut().enumerate() {
                *column = simd.load_ptr(b.add(j * S::LANES));
            }
            b = b.add(NV * S::LANES);
            for (row, sums) in rows.iter().zip(&mut sums) {
                let x = simd.splat(*row.add(k * a_step));
                for (column, sum) in columns.iter().zip(sums) {
                    *sum = simd.mul_add(x, *column, *sum);
                }
            }
        }
        for (i, row) in sums.iter().enumerate() {
            for (j, sum) in row.iter().enumerate() {
                let to = c.add(i * c_row + j * S::LANES);
                let sum = if ACCUMULATE { simd.add(simd.load_ptr(to), *sum) } else { *sum };
                simd.store_ptr(sum, to);
            }
        }
    }
}
