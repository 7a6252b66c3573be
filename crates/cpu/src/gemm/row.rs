use atelier_nn::Activation;

use super::{Patches, Tiles};
use crate::kernels::activate;
use crate::simd::Simd;

/// `y = activation(patch · right + bias)` for a single row, the right matrix row-major as it lies.
///
/// Each number is summed in the order of [`super::rows::MultiplyRows`], so that the two agree to the bit.
pub struct MultiplyRow<'a> {
    pub patches: &'a Patches,
    pub source: &'a [f32],
    pub right: &'a [f32],
    pub columns: usize,
    pub bias: Option<&'a [f32]>,
    pub activation: Activation,
    pub y: &'a mut [f32],
    pub tiles: &'a mut Tiles,
}

/// Rows of the right matrix at a time: their pages stay known to the processor while a strip of columns after the other goes
/// down them, and loading and storing the sums does not count.
const BLOCK: usize = 64;

/// Vectors in the widest strip: as many independent sums hide the latency of a multiply-add.
const WIDE: usize = 8;

impl MultiplyRow<'_> {
    #[inline(always)]
    pub fn run<S: Simd>(self, simd: S) {
        let MultiplyRow { patches, source, right, columns, bias, activation, y, tiles } = self;
        let depth = patches.shape.depth();
        patches.gather(simd, source, 0, 1, &mut tiles.patches, patches.shape.stride(0));
        let patch = &tiles.patches[..depth];
        let y = &mut y[..columns];
        match bias {
            Some(bias) => y.copy_from_slice(bias),
            None => y.fill(0.0),
        }
        for (patch, right) in patch.chunks(BLOCK).zip(right.chunks(BLOCK * columns)) {
            let mut first = 0;
            while columns - first >= WIDE * S::LANES {
                strip::<S, WIDE>(simd, patch, right, columns, first, y);
                first += WIDE * S::LANES;
            }
            while columns - first >= 2 * S::LANES {
                strip::<S, 2>(simd, patch, right, columns, first, y);
                first += 2 * S::LANES;
            }
            while first < columns {
                narrow(simd, patch, right, columns, first, y);
                first += S::LANES;
            }
        }
        activate::in_place(simd, activation, y);
    }
}

/// Adds the products of `NV` whole vectors of columns to `y`.
#[inline(always)]
fn strip<S: Simd, const NV: usize>(simd: S, patch: &[f32], right: &[f32], columns: usize, first: usize, y: &mut [f32]) {
    assert!(right.len() >= patch.len() * columns && first + NV * S::LANES <= columns);
    let y = &mut y[first..][..NV * S::LANES];
    let mut sums = [simd.zero(); NV];
    for (sum, y) in sums.iter_mut().zip(y.chunks_exact(S::LANES)) {
        *sum = simd.load(y);
    }
    for (k, x) in patch.iter().enumerate() {
        let x = simd.splat(*x);
        for (j, sum) in sums.iter_mut().enumerate() {
            // SAFETY: row `k` is one of the matrix's, and the strip ends inside it.
            let row = unsafe { simd.load_ptr(right.as_ptr().add(k * columns + first + j * S::LANES)) };
            *sum = simd.mul_add(x, row, *sum);
        }
    }
    for (sum, y) in sums.into_iter().zip(y.chunks_exact_mut(S::LANES)) {
        simd.store(sum, y);
    }
}

/// Adds the products of at most one vector of columns to `y`.
#[inline(always)]
fn narrow<S: Simd>(simd: S, patch: &[f32], right: &[f32], columns: usize, first: usize, y: &mut [f32]) {
    let lanes = S::LANES.min(columns - first);
    let mut sum = simd.load_lanes(&y[first..], lanes);
    for (k, x) in patch.iter().enumerate() {
        // Whole vectors where there are numbers enough: what the lanes behind the row's end sum is not stored.
        let row = &right[k * columns + first..];
        let row = simd.load_lanes(row, S::LANES.min(row.len()));
        sum = simd.mul_add(simd.splat(*x), row, sum);
    }
    simd.store_lanes(sum, &mut y[first..], lanes);
}
