use atelier_nn::Activation;
use atelier_nn::plan::DepthwiseGeometry;
use ndarray::{Array1, Array4};

use super::activate::activation_of;
use super::conv2d::Window;
use crate::Real;

/// Every output, kernel cell and input that meet, of each channel and each of its outputs:
/// `f([i, j], [ki, kj], [row, column], channel, which)`.
fn for_each_meeting(g: &DepthwiseGeometry, mut f: impl FnMut([usize; 2], [usize; 2], [usize; 2], usize, usize)) {
    let window = Window {
        outputs: [g.out_height, g.out_width],
        inputs: [g.in_height, g.in_width],
        kernel: g.kernel,
        strides: g.strides,
        dilation: g.dilation,
        pads: [g.pad_top, g.pad_left],
    };
    window.for_each_meeting(|output, tap, cell| {
        for c in 0..g.channels {
            for m in 0..g.multiplier {
                f(output, tap, cell, c, m);
            }
        }
    });
}

pub fn depthwise_conv2d<T: Real>(
    g: &DepthwiseGeometry,
    activation: Activation,
    x: &Array4<T>,
    kernel: &Array4<T>,
    bias: Option<&Array1<T>>,
) -> Array4<T> {
    let batch = x.dim().0;
    let mut terms = Array4::from_elem((batch, g.out_height, g.out_width, g.filters()), Vec::new());
    for n in 0..batch {
        for_each_meeting(g, |[i, j], [ki, kj], [row, column], c, m| {
            terms[[n, i, j, c * g.multiplier + m]].push(x[[n, row, column, c]] * kernel[[ki, kj, c, m]]);
        });
    }
    for ((_, _, _, f), terms) in terms.indexed_iter_mut() {
        terms.extend(bias.map(|b| b[f]));
    }
    terms.mapv(T::sum).mapv(|z| activation_of(activation, z))
}

pub fn grad_input<T: Real>(g: &DepthwiseGeometry, dy: &Array4<T>, kernel: &Array4<T>) -> Array4<T> {
    let batch = dy.dim().0;
    let mut terms = Array4::from_elem((batch, g.in_height, g.in_width, g.channels), Vec::new());
    for n in 0..batch {
        for_each_meeting(g, |[i, j], [ki, kj], [row, column], c, m| {
            terms[[n, row, column, c]].push(dy[[n, i, j, c * g.multiplier + m]] * kernel[[ki, kj, c, m]]);
        });
    }
    terms.mapv(T::sum)
}

pub fn grad_kernel<T: Real>(g: &DepthwiseGeometry, x: &Array4<T>, dy: &Array4<T>) -> Array4<T> {
    let mut terms = Array4::from_elem((g.kernel[0], g.kernel[1], g.channels, g.multiplier), Vec::new());
    for n in 0..x.dim().0 {
        for_each_meeting(g, |[i, j], [ki, kj], [row, column], c, m| {
            terms[[ki, kj, c, m]].push(dy[[n, i, j, c * g.multiplier + m]] * x[[n, row, column, c]]);
        });
    }
    terms.mapv(T::sum)
}
