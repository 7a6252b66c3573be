//! Convolutions of each channel by itself, and their gradients: an invocation a number, or four along the channels.

use atelier_nn::Op;
use atelier_nn::plan::DepthwiseGeometry;

use crate::bind::{Bind, activation};
use crate::dispatch::{Dispatch, Element, Invocations};
use crate::tiles;

pub(crate) fn dispatches(b: &Bind, op: &Op) -> Vec<Dispatch> {
    let stem = op.stem();
    match op {
        Op::DepthwiseConv2d { geometry: g, activation: f, bias, .. } => {
            let (d, element) = counted(stem, g, g.output_len());
            let d = activation(d, *f).flag("BIAS", bias.is_some());
            vec![b.bind_as(d, element, &["x", "kernel", "bias", "y"])]
        }
        Op::DepthwiseConv2dGradInput { geometry: g, .. } => {
            let (d, element) = counted(stem, g, g.input_len());
            vec![b.bind_as(d, element, &["dy", "kernel", "dx"])]
        }
        Op::DepthwiseConv2dGradKernel { geometry, .. } => grad_kernel(b, stem, geometry),
        _ => Vec::new(),
    }
}

/// A dispatch over so many numbers an example, which are counted by fours along the channels where they come in fours.
fn counted(stem: &'static str, g: &DepthwiseGeometry, numbers: usize) -> (Dispatch, Element) {
    let vectors = g.multiplier == 1 && g.channels.is_multiple_of(4);
    let (width, element) = if vectors { (4, Element::Vec4) } else { (1, Element::F32) };
    let dispatch = Dispatch::new(stem, Invocations::PerExample(numbers / width));
    let mut dispatch = dispatch.ints(geometry(g, width)).flag("VECTORS", vectors);
    dispatch.macs = g.macs();
    (dispatch, element)
}

fn grad_kernel(b: &Bind, stem: &'static str, g: &DepthwiseGeometry) -> Vec<Dispatch> {
    let pixels = g.out_height * g.out_width;
    let weights = g.kernel_len();
    let each = tiles::rows_of_a_piece(b.plan.max_batch * pixels, weights);
    let invocations = Invocations::PerRows { per_example: pixels, each, invocations: weights };
    let d = Dispatch::new(stem, invocations).ints(geometry(g, 1));
    let d = d.ints([("LEN", weights), ("PIXELS", pixels), ("EACH", each)]);
    b.kernel_in_pieces(b.bind(d, &["x", "dy"]), pixels, each, weights, g.macs())
}

/// Channels counted `width` at a time.
fn geometry(g: &DepthwiseGeometry, width: usize) -> [(&'static str, usize); 15] {
    [
        ("IN_HEIGHT", g.in_height),
        ("IN_WIDTH", g.in_width),
        ("CHANNELS", g.channels / width),
        ("MULTIPLIER", g.multiplier),
        ("OUT_HEIGHT", g.out_height),
        ("OUT_WIDTH", g.out_width),
        ("FILTERS", g.filters() / width),
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
