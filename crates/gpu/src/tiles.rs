//! How work is cut: the one place where sizes of tiles and pieces, and the variant of a shader, are chosen from shapes.
//!
//! What decides is multiply-adds per load. The figures were measured on a software adapter (SwiftShader in Chromium 156),
//! where workgroup memory loads 5 to 10 times slower than a storage buffer; real GPUs have fewer registers for an invocation.

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

/// The tile of a product over patches: pixels × output channels.
pub(crate) fn product(pixels: usize, columns: usize, software: bool) -> Tile {
    let rows = if pixels >= 8 { 8 } else { 4 };
    let most = if software { 8 } else { 4 };
    Tile { rows, columns: filling(columns, most) }
}

/// Pixels of one row of the grid that an invocation computes, where the window moves by one pixel and has no gaps along a
/// row: then numbers in registers serve all taps of the row. None elsewhere.
pub(crate) fn product_in_rows(g: &ConvGeometry, grid_width: usize, columns: usize, software: bool) -> Option<Tile> {
    if !moves_by_one(g) || g.kernel[1] > 7 || grid_width < 4 {
        return None;
    }
    let segments = grid_width.div_ceil(if software { 14 } else { 8 });
    Some(Tile { rows: grid_width.div_ceil(segments), columns: filling(columns, 4) })
}

/// How the gradient of a kernel is cut: `rows` weights along the input channels × `columns` filters an invocation (and all
/// taps of a row of the kernel where it goes `in_rows`), and `each` output pixels a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KernelTile {
    pub tile: Tile,
    pub each: usize,
    pub in_rows: bool,
}

pub(crate) fn grad_kernel(g: &ConvGeometry, max_batch: usize, software: bool) -> KernelTile {
    let in_rows = moves_by_one(g) && g.kernel[1] <= 5 && g.out_width >= 4;
    let rows = match g.in_channels {
        c if c.is_multiple_of(8) && !in_rows => 8,
        c if c.is_multiple_of(4) => 4,
        _ => 1,
    };
    let columns = filling(g.filters, if software && !in_rows { 8 } else { 4 });
    let weights = if in_rows { g.kernel[0] * g.in_channels } else { g.depth() };
    let invocations = weights.div_ceil(rows) * g.filters.div_ceil(columns);
    // Enough pieces to keep a device busy, none so small that adding them up costs more than it saves.
    let pieces = ((if software { 4096 } else { 32_768 }) / invocations).clamp(1, 256);
    let pixels = max_batch * g.out_height * g.out_width;
    let each = pixels.div_ceil(pieces).max(64);
    let each = if in_rows { each.next_multiple_of(g.out_width) } else { each };
    KernelTile { tile: Tile { rows, columns }, each, in_rows }
}

fn moves_by_one(g: &ConvGeometry) -> bool {
    g.strides == [1, 1] && g.dilation[1] == 1
}

/// At most `most` columns an invocation, and no more than leave every fourth of a few invocations something to do.
fn filling(columns: usize, most: usize) -> usize {
    most.min(columns.div_ceil(4).next_power_of_two())
}
