use atelier_nn::Activation;
use atelier_nn::plan::DepthwiseGeometry;
use ndarray::{Array1, Array4};

use super::activate::activation_of;
use crate::Real;

/// Row and column of the input under a kernel's cell, where there is one.
fn input_cell(g: &DepthwiseGeometry, [i, j]: [usize; 2], [ki, kj]: [usize; 2]) -> Option<[usize; 2]> {
    let row = (i * g.strides[0] + ki * g.dilation[0]).checked_sub(g.pad_top)?;
    let column = (j * g.strides[1] + kj * g.dilation[1]).checked_sub(g.pad_left)?;
    (row < g.in_height && column < g.in_width).then_some([row, column])
}

/// Every output, kernel cell and input that meet, of each channel and each of its outputs:
/// `f([i, j], [ki, kj], [row, column], channel, which)`.
fn for_each_meeting(g: &DepthwiseGeometry, mut f: impl FnMut([usize; 2], [usize; 2], [usize; 2], usize, usize)) {
    for i in 0..g.out_height {
        for j in 0..g.out_width {
            for ki in 0..g.kernel[0] {
                for kj in 0..g.kernel[1] {
                    let Some(cell) = input_cell(g, [i, j], [ki, kj]) else { continue };
                    for c in 0..g.channels {
                        for m in 0..g.multiplier {
                            f([i, j], [ki, kj], cell, c, m);
                        }
                    }
                }
            }
        }
    }
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
