//! How many rows of patches a product takes at a time.

use super::PatchShape;

/// Rows of patches gathered at a time: two register tiles, so that they are still in the first-level cache when they are
/// multiplied. Eight made a step 7% slower with AVX-512; with 128-bit vectors it does not matter.
pub fn tile_rows(mr: usize) -> usize {
    2 * mr
}

/// Numbers in a tile of patches: 256 KiB, which a second-level cache holds beside the panels and the sums.
const TILE_LEN: usize = 64 * 1024;

/// Rows in a block: enough of them that loading and storing the sums does not count, few enough for a small error.
pub fn block_rows(shape: &PatchShape, mr: usize) -> usize {
    (TILE_LEN / shape.stride(mr)).clamp(48, 256)
}
