use atelier_nn::Activation;

use super::{Patches, TileArguments, Tiles};
use crate::kernels::activate;
use crate::simd::Simd;

/// `y = activation(patches · right + bias)`, the bias in the tiles' `start`.
pub struct MultiplyRows<'a> {
    pub patches: &'a Patches,
    pub source: &'a [f32],
    pub images: usize,
    /// The right matrix, packed.
    pub panels: &'a [f32],
    /// Columns of `y`.
    pub columns: usize,
    pub activation: Activation,
    pub y: &'a mut [f32],
    pub tiles: &'a mut Tiles,
}

/// Rows of patches gathered at a time: two register tiles, so that they are still in the first-level cache when they are
/// multiplied. Eight made a step 7% slower with AVX-512; with 128-bit vectors it does not matter.
pub fn tile_rows(mr: usize) -> usize {
    2 * mr
}

impl MultiplyRows<'_> {
    #[inline(always)]
    pub fn run<S: Simd>(self, simd: S) {
        let MultiplyRows { patches, source, images, panels, columns, activation, y, tiles } = self;
        let Tiles { patches: tile, start, edge, .. } = tiles;
        let (depth, stride) = (patches.shape.depth(), patches.shape.stride(0));
        let step = tile_rows(S::MR);
        let total = images * patches.shape.rows_per_image();
        assert!(y.len() >= total * columns && tile.len() >= step * stride);
        assert!(
            panels.len() >= columns.div_ceil(S::NR) * depth * S::NR && start.len() >= columns.next_multiple_of(S::NR)
        );
        assert!(edge.len() >= S::MR * S::NR);
        for first in (0..total).step_by(step) {
            let count = step.min(total - first);
            patches.gather(simd, source, first, count, tile, stride);
            let block = &mut y[first * columns..][..count * columns];
            for j in (0..columns).step_by(S::NR) {
                for i in (0..count).step_by(S::MR) {
                    let whole = i + S::MR <= count && j + S::NR <= columns;
                    let mut arguments = TileArguments {
                        depth,
                        a: tile[i * stride..].as_ptr(),
                        a_row: stride,
                        a_step: 1,
                        b: panels[j * depth..].as_ptr(),
                        start: start[j..].as_ptr(),
                        c: edge.as_mut_ptr(),
                        c_row: S::NR,
                    };
                    if whole {
                        arguments.c = block[i * columns + j..].as_mut_ptr();
                        arguments.c_row = columns;
                    }
                    // SAFETY: the tile has `step` rows, a multiple of MR; the panel, the start and the edge have the lengths
                    // asserted; a whole register tile lies inside the block.
                    unsafe { simd.tile::<false>(&arguments) };
                    if !whole {
                        let width = S::NR.min(columns - j);
                        for (from, to) in edge.chunks_exact(S::NR).zip(block[i * columns..].chunks_exact_mut(columns)) {
                            to[j..j + width].copy_from_slice(&from[..width]);
                        }
                    }
                }
            }
            activate::in_place(simd, activation, block);
        }
    }
}
