//! Packing the right matrix into panels: `NR` columns wide, row after row, the last panel filled up with zeros.

use atelier_nn::plan::ConvGeometry;

use crate::dispatch::Kernel;
use crate::kernels::copy;
use crate::memory::product;
use crate::simd::Simd;

/// Shape of a right matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matrix {
    pub rows: usize,
    pub columns: usize,
}

impl Matrix {
    pub fn len(self) -> usize {
        self.rows * self.columns
    }

    /// Numbers in its panels of `nr` columns.
    pub fn packed_len(self, nr: usize) -> u64 {
        product(&[self.columns.next_multiple_of(nr), self.rows])
    }
}

/// [`rows`] as a kernel of its own, for panels that are kept.
pub struct PackRows<'a> {
    pub matrix: &'a [f32],
    pub columns: usize,
    pub panels: &'a mut [f32],
}

impl Kernel for PackRows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        rows(simd, self.matrix, self.columns, self.panels);
    }
}

/// Packs the rows of a row-major matrix of `columns` columns.
#[inline(always)]
pub fn rows<S: Simd>(simd: S, matrix: &[f32], columns: usize, packed: &mut [f32]) {
    let depth = matrix.len() / columns;
    for (j, panel) in packed.chunks_exact_mut(depth * S::NR).take(columns.div_ceil(S::NR)).enumerate() {
        let first = j * S::NR;
        let width = S::NR.min(columns - first);
        for (row, to) in matrix.chunks_exact(columns).zip(panel.chunks_exact_mut(S::NR)) {
            copy::copy(simd, &row[first..first + width], &mut to[..width]);
            copy::zero(simd, &mut to[width..]);
        }
    }
}

/// Packs a kernel `[height, width, in, out]` for the gradient of the input: the taps from the last to the first, each
/// transposed to `[out, in]`.
#[inline(always)]
pub fn flipped_transposed<S: Simd>(simd: S, kernel: &[f32], g: &ConvGeometry, packed: &mut [f32]) {
    let (channels, filters) = (g.in_channels, g.filters);
    let depth = g.kernel[0] * g.kernel[1] * filters;
    for (j, panel) in packed.chunks_exact_mut(depth * S::NR).take(channels.div_ceil(S::NR)).enumerate() {
        let first = j * S::NR;
        let width = S::NR.min(channels - first);
        let taps = kernel.chunks_exact(channels * filters).rev();
        for (tap, to) in taps.zip(panel.chunks_exact_mut(filters * S::NR)) {
            let from = &tap[first * filters..][..width * filters];
            for (f, to) in to.chunks_exact_mut(S::NR).enumerate() {
                for (column, to) in from[f..].iter().step_by(filters).zip(to.iter_mut()) {
                    *to = *column;
                }
                copy::zero(simd, &mut to[width..]);
            }
        }
    }
}
