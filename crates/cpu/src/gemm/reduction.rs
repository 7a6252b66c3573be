use super::{PatchShape, Patches, TileArguments, Tiles, Workspace, pack};
use crate::simd::Simd;

/// `product = transposed patches · right`: a sum over every position of every image.
///
/// It is summed in registers over a block of rows, and the blocks' sums one after another, so that the error grows with
/// the length of a block plus the number of blocks and not with their product.
pub struct MultiplyTransposed<'a> {
    pub patches: &'a Patches,
    pub source: &'a [f32],
    pub images: usize,
    /// Row-major, a row for each patch.
    pub right: &'a [f32],
    pub columns: usize,
    /// `[depth, columns]`.
    pub product: &'a mut [f32],
    pub workspace: &'a mut Workspace,
}

/// Numbers in a tile of patches: 256 KiB, which a second-level cache holds beside the panels and the sums.
const TILE_LEN: usize = 64 * 1024;

/// Rows in a block: enough of them that loading and storing the sums does not count, few enough for a small error.
pub fn block_rows(shape: &PatchShape, mr: usize) -> usize {
    (TILE_LEN / shape.stride(mr)).clamp(48, 256)
}

impl MultiplyTransposed<'_> {
    #[inline(always)]
    pub fn run<S: Simd>(self, simd: S) {
        let MultiplyTransposed { patches, source, images, right, columns, product, workspace } = self;
        let Workspace { packed, tiles: Tiles { patches: tile, sums, .. } } = workspace;
        let depth = patches.shape.depth();
        let stride = patches.shape.stride(depth.next_multiple_of(S::MR));
        let step = block_rows(&patches.shape, S::MR);
        let total = images * patches.shape.rows_per_image();
        let (height, width) = (depth.next_multiple_of(S::MR), columns.next_multiple_of(S::NR));
        assert!(tile.len() >= step * stride && packed.len() >= step * width && sums.len() >= height * width);
        let sums = &mut sums[..height * width];
        sums.fill(0.0);
        for first in (0..total).step_by(step) {
            let count = step.min(total - first);
            patches.gather(simd, source, first, count, tile, stride);
            pack::rows(simd, &right[first * columns..][..count * columns], columns, packed);
            for j in (0..width).step_by(S::NR) {
                for i in (0..height).step_by(S::MR) {
                    let arguments = TileArguments {
                        depth: count,
                        a: tile[i..].as_ptr(),
                        a_row: 1,
                        a_step: stride,
                        b: packed[j * count..].as_ptr(),
                        start: std::ptr::null(),
                        c: sums[i * width + j..].as_mut_ptr(),
                        c_row: width,
                    };
                    // SAFETY: the tile has `count` rows of at least `height` numbers, the packed panels have `count` rows
                    // each, and the sums are padded to whole register tiles.
                    unsafe { simd.tile::<true>(&arguments) };
                }
            }
        }
        for (from, to) in sums.chunks_exact(width).zip(product.chunks_exact_mut(columns)) {
            to.copy_from_slice(&from[..columns]);
        }
    }
}
