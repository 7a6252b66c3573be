//! Windows of a pooling.

use std::ops::Range;

use atelier_nn::plan::PoolGeometry;

/// The cells inside the input under each position of a window, along one axis.
fn span(position: usize, stride: usize, window: usize, pad: usize, size: usize) -> Range<usize> {
    let end = (position * stride + window).saturating_sub(pad).min(size);
    (position * stride).saturating_sub(pad).min(end)..end
}

/// Rows of the input under the windows of an output row.
pub fn rows(g: &PoolGeometry, y: usize) -> Range<usize> {
    span(y, g.strides[0], g.window[0], g.pad_top, g.in_height)
}

/// Columns of the input under the windows of an output column.
pub fn columns(g: &PoolGeometry, x: usize) -> Range<usize> {
    span(x, g.strides[1], g.window[1], g.pad_left, g.in_width)
}

/// Numbers in an input image.
pub fn input_len(g: &PoolGeometry) -> usize {
    g.in_height * g.in_width * g.channels
}

/// Numbers in an output image.
pub fn output_len(g: &PoolGeometry) -> usize {
    g.out_height * g.out_width * g.channels
}
