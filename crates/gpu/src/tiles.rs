//! How work is cut: the one place where sizes of tiles and pieces are chosen from shapes.

use atelier_nn::plan::ConvGeometry;

/// Outputs that one invocation of a product computes: `rows` × `columns` registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    pub rows: usize,
    pub columns: usize,
}

/// Rows that one invocation adds up before the pieces are added: some hundred pieces a channel at most, and few where
/// the channels alone keep a GPU busy.
pub(crate) fn rows_of_a_piece(rows: usize, channels: usize) -> usize {
    let pieces = (16_384 / channels.max(1)).clamp(8, 256);
    rows.div_ceil(pieces).max(32)
}

/// The tile of a product over patches: pixels × output channels. `software`: SwiftShader's compiler takes seconds for 32
/// registers and 0.2 s for 16.
pub(crate) fn product(pixels: usize, columns: usize, software: bool) -> Tile {
    Tile { rows: if pixels >= 8 && !software { 8 } else { 4 }, columns: if columns >= 16 { 4 } else { 1 } }
}

/// How the gradient of a kernel is cut: `rows` weights along the input channels × `columns` filters an invocation, and
/// `each` output pixels a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KernelTile {
    pub tile: Tile,
    pub each: usize,
}

pub(crate) fn grad_kernel(g: &ConvGeometry, max_batch: usize, software: bool) -> KernelTile {
    let rows = if g.in_channels.is_multiple_of(8) && !software {
        8
    } else if g.in_channels.is_multiple_of(4) {
        4
    } else {
        1
    };
    let columns = if g.filters >= 16 { 4 } else { 1 };
    let pixels = max_batch * g.out_height * g.out_width;
    let invocations = g.depth().div_ceil(rows) * g.filters.div_ceil(columns);
    // Enough pieces to keep a GPU busy, none so small that adding them up costs more than it saves.
    let pieces = (32_768 / invocations).clamp(1, 256);
    KernelTile { tile: Tile { rows, columns }, each: pixels.div_ceil(pieces).max(64) }
}
