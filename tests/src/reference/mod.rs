//! What every operation means: loops that are obviously right, forward and backward, one file a stem.
//!
//! The functions take and return plain [`ndarray`] arrays and know no plan; [`Interpreter`] runs a plan with them.

mod activate;
mod adam;
mod add;
mod average_pool2d;
mod batch_norm;
mod bias_grad;
mod concatenate;
mod conv2d;
mod dense;
mod depthwise_conv2d;
mod dropout;
mod global_average_pool2d;
mod interpreter;
mod loss;
mod max_pool2d;
mod metrics;
mod moving_average;
mod sgd;
mod softmax;
mod zero_pad2d;

pub use activate::activation_of;

use atelier_nn::plan::PoolGeometry;
pub use interpreter::{Interpreter, Refused};
pub use max_pool2d::margin as max_pool_margin;

/// Cells of the input in a pooling's window, row by row.
fn window_cells(g: &PoolGeometry, i: usize, j: usize) -> impl Iterator<Item = [usize; 2]> + use<> {
    let span = |at: usize, stride: usize, window: usize, pad: usize, size: usize| {
        (at * stride).saturating_sub(pad)..(at * stride + window).saturating_sub(pad).min(size)
    };
    let rows = span(i, g.strides[0], g.window[0], g.pad_top, g.in_height);
    let columns = span(j, g.strides[1], g.window[1], g.pad_left, g.in_width);
    rows.flat_map(move |row| columns.clone().map(move |column| [row, column]))
}

/// Of one row of f32.
pub fn softmax_of(row: &[f32]) -> Vec<f32> {
    let row = ndarray::Array2::from_shape_fn((1, row.len()), |(_, c)| row[c]);
    softmax::softmax(&row).into_iter().collect()
}
