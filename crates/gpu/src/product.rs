//! Convolutions, dense layers and their gradients: products of patches and kernels, and what each of them asks of its
//! shader. A dense layer is the convolution of a picture of one pixel.

use atelier_nn::plan::ConvGeometry;
use atelier_nn::{Activation, Op};

use crate::bind::{Bind, activation};
use crate::dispatch::{Access, Dispatch, Element, Invocations, Place};
use crate::tiles;

pub(crate) fn dispatches(b: &Bind, op: &Op) -> Vec<Dispatch> {
    let stem = op.stem();
    let dense = |inputs: &usize, units: &usize| ConvGeometry::dense(*inputs, *units);
    match op {
        Op::Conv2d { geometry, activation, bias, .. } => {
            vec![forward(b, stem, geometry, *activation, bias.is_some())]
        }
        Op::Dense { inputs, units, activation, bias, .. } => {
            vec![forward(b, stem, &dense(inputs, units), *activation, bias.is_some())]
        }
        Op::Conv2dGradInput { geometry, .. } => grad_input(b, stem, geometry),
        Op::DenseGradInput { inputs, units, .. } => grad_input(b, stem, &dense(inputs, units)),
        Op::Conv2dGradKernel { geometry, .. } => grad_kernel(b, stem, geometry),
        Op::DenseGradKernel { inputs, units, .. } => grad_kernel(b, stem, &dense(inputs, units)),
        _ => Vec::new(),
    }
}

/// A product over patches of `depth` channels: rows are the pixels of a grid, columns the `columns` output channels.
fn product(b: &Bind, stem: &'static str, g: &ConvGeometry, grid: [usize; 2], depth: usize, columns: usize) -> Dispatch {
    let pixels = grid[0] * grid[1];
    let rows = tiles::product_in_rows(g, grid[1], columns, b.software);
    let in_rows = rows.is_some();
    let tile = rows.unwrap_or_else(|| tiles::product(pixels * b.plan.max_batch, columns, b.software));
    let across = columns.div_ceil(tile.columns);
    let segments = grid[1].div_ceil(tile.rows);
    let invocations = if in_rows {
        Invocations::PerExample(grid[0] * segments * across)
    } else {
        Invocations::PerRows { per_example: pixels, each: tile.rows, invocations: across }
    };
    let mut dispatch = Dispatch::new(stem, invocations).ints(geometry(g)).ints([
        ("ROWS", tile.rows),
        ("COLUMNS", tile.columns),
        ("ACROSS", across),
        ("SEGMENTS", segments),
        ("SPAN", tile.rows + g.kernel[1] - 1),
        ("PIXELS", pixels),
        ("DEPTH", depth),
        ("WIDTH", columns),
    ]);
    dispatch.macs = g.macs();
    dispatch.flag("IN_ROWS", in_rows).flag("VECTORS", by_fours(b, depth) == Element::Vec4)
}

/// Numbers of the source are loaded by fours along their channels, but for the software adapter, which loads each of
/// them by itself.
fn by_fours(b: &Bind, channels: usize) -> Element {
    if channels.is_multiple_of(4) && !b.software { Element::Vec4 } else { Element::F32 }
}

fn forward(b: &Bind, stem: &'static str, g: &ConvGeometry, f: Activation, bias: bool) -> Dispatch {
    let d = product(b, stem, g, [g.out_height, g.out_width], g.in_channels, g.filters);
    let d = activation(d, f).flag("BIAS", bias);
    let d = b.bind_called(d, "source", "x", by_fours(b, g.in_channels));
    b.bind(b.bind_called(d, "weights", "kernel", Element::F32), &["bias", "y"])
}

/// The kernel is transposed first (its filters along what was its input channels), so that neighbouring invocations read
/// neighbouring weights as they do in the forward direction.
fn grad_input(b: &Bind, stem: &'static str, g: &ConvGeometry) -> Vec<Dispatch> {
    let taps = g.kernel[0] * g.kernel[1];
    let weights = taps * g.in_channels * g.filters;
    let transpose = Dispatch::new("common/transpose", Invocations::Fixed(weights));
    let transpose = transpose.ints([("HEIGHT", g.in_channels), ("WIDTH", g.filters)]);
    let transpose = b.bind_called(transpose, "matrix", "kernel", Element::F32);
    let mut transpose = transpose.bind("transposed", Place::Scratch, Access::Write, Element::F32);
    transpose.scratch = weights as u64 * 4;
    let d = product(b, stem, g, [g.in_height, g.in_width], g.filters, g.in_channels);
    let d = b.bind_called(d, "source", "dy", by_fours(b, g.filters));
    let d = d.bind("weights", Place::Scratch, Access::Read, Element::F32);
    vec![transpose, b.bind(d, &["dx"])]
}

fn grad_kernel(b: &Bind, stem: &'static str, g: &ConvGeometry) -> Vec<Dispatch> {
    let tiles::KernelTile { tile, each, in_rows } = tiles::grad_kernel(g, b.plan.max_batch, b.software);
    let pixels = g.out_height * g.out_width;
    let weights = g.depth() * g.filters;
    let across = g.filters.div_ceil(tile.columns);
    let down = if in_rows { g.kernel[0] * g.in_channels / tile.rows } else { g.depth().div_ceil(tile.rows) };
    let invocations = Invocations::PerRows { per_example: pixels, each, invocations: across * down };
    let d = Dispatch::new(stem, invocations).ints(geometry(g)).ints([
        ("ROWS", tile.rows),
        ("COLUMNS", tile.columns),
        ("ACROSS", across),
        ("DOWN", down),
        ("PIXELS", pixels),
        ("EACH", each),
        ("LAST_TAP", g.kernel[1] - 1),
    ]);
    // By fours where a tile's rows are neighbouring channels of one tap.
    let vectors = tile.rows.is_multiple_of(4) && !in_rows;
    let d = d.flag("IN_ROWS", in_rows);
    let d = d.flag("EIGHT", tile.rows == 8);
    let element = if vectors { Element::Vec4 } else { Element::F32 };
    let d = b.bind(b.bind_as(d.flag("VECTORS", vectors), element, &["x"]), &["dy"]);
    b.kernel_in_pieces(d, pixels, each, weights, g.macs())
}

fn geometry(g: &ConvGeometry) -> [(&'static str, usize); 14] {
    [
        ("IN_HEIGHT", g.in_height),
        ("IN_WIDTH", g.in_width),
        ("IN_CHANNELS", g.in_channels),
        ("OUT_HEIGHT", g.out_height),
        ("OUT_WIDTH", g.out_width),
        ("FILTERS", g.filters),
        ("KERNEL_HEIGHT", g.kernel[0]),
        ("KERNEL_WIDTH", g.kernel[1]),
        ("STRIDE_Y", g.strides[0]),
        ("STRIDE_X", g.strides[1]),
        ("DILATION_Y", g.dilation[0]),
        ("DILATION_X", g.dilation[1]),
        ("PAD_TOP", g.pad_top),
        ("PAD_LEFT", g.pad_left),
    ]
}
