use atelier_nn::Activation;
use atelier_nn::plan::ConvGeometry;
use ndarray::{Array1, Array4};

use super::activate::activation_of;
use crate::Real;

/// Where a kernel meets its input.
pub(super) struct Window {
    pub outputs: [usize; 2],
    pub inputs: [usize; 2],
    pub kernel: [usize; 2],
    pub strides: [usize; 2],
    pub dilation: [usize; 2],
    pub pads: [usize; 2],
}

impl Window {
    fn of(g: &ConvGeometry) -> Self {
        Window {
            outputs: [g.out_height, g.out_width],
            inputs: [g.in_height, g.in_width],
            kernel: g.kernel,
            strides: g.strides,
            dilation: g.dilation,
            pads: [g.pad_top, g.pad_left],
        }
    }

    /// Row and column of the input under a kernel's cell, where there is one.
    fn input_cell(&self, output: [usize; 2], tap: [usize; 2]) -> Option<[usize; 2]> {
        let along = |axis: usize| {
            let place = output[axis] * self.strides[axis] + tap[axis] * self.dilation[axis];
            place.checked_sub(self.pads[axis]).filter(|place| *place < self.inputs[axis])
        };
        Some([along(0)?, along(1)?])
    }

    /// Every (output, kernel cell, input) that meet: `f([i, j], [ki, kj], [row, column])`.
    pub fn for_each_meeting(&self, mut f: impl FnMut([usize; 2], [usize; 2], [usize; 2])) {
        for i in 0..self.outputs[0] {
            for j in 0..self.outputs[1] {
                for ki in 0..self.kernel[0] {
                    for kj in 0..self.kernel[1] {
                        if let Some(cell) = self.input_cell([i, j], [ki, kj]) {
                            f([i, j], [ki, kj], cell);
                        }
                    }
                }
            }
        }
    }
}

fn sums<T: Real>(terms: Array4<Vec<T>>) -> Array4<T> {
    terms.mapv(T::sum)
}

pub fn conv2d<T: Real>(
    g: &ConvGeometry,
    activation: Activation,
    x: &Array4<T>,
    kernel: &Array4<T>,
    bias: Option<&Array1<T>>,
) -> Array4<T> {
    let batch = x.dim().0;
    let mut terms = Array4::from_elem((batch, g.out_height, g.out_width, g.filters), Vec::new());
    for n in 0..batch {
        Window::of(g).for_each_meeting(|[i, j], [ki, kj], [row, column]| {
            for f in 0..g.filters {
                for c in 0..g.in_channels {
                    terms[[n, i, j, f]].push(x[[n, row, column, c]] * kernel[[ki, kj, c, f]]);
                }
            }
        });
    }
    for ((_, _, _, f), terms) in terms.indexed_iter_mut() {
        terms.extend(bias.map(|b| b[f]));
    }
    sums(terms).mapv(|z| activation_of(activation, z))
}

pub fn grad_input<T: Real>(g: &ConvGeometry, dy: &Array4<T>, kernel: &Array4<T>) -> Array4<T> {
    let batch = dy.dim().0;
    let mut terms = Array4::from_elem((batch, g.in_height, g.in_width, g.in_channels), Vec::new());
    for n in 0..batch {
        Window::of(g).for_each_meeting(|[i, j], [ki, kj], [row, column]| {
            for f in 0..g.filters {
                for c in 0..g.in_channels {
                    terms[[n, row, column, c]].push(dy[[n, i, j, f]] * kernel[[ki, kj, c, f]]);
                }
            }
        });
    }
    sums(terms)
}

pub fn grad_kernel<T: Real>(g: &ConvGeometry, x: &Array4<T>, dy: &Array4<T>) -> Array4<T> {
    let mut terms = Array4::from_elem((g.kernel[0], g.kernel[1], g.in_channels, g.filters), Vec::new());
    for n in 0..x.dim().0 {
        Window::of(g).for_each_meeting(|[i, j], [ki, kj], [row, column]| {
            for f in 0..g.filters {
                for c in 0..g.in_channels {
                    terms[[ki, kj, c, f]].push(dy[[n, i, j, f]] * x[[n, row, column, c]]);
                }
            }
        });
    }
    sums(terms)
}
