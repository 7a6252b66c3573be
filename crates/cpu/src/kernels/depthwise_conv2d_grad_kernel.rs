use atelier_nn::plan::DepthwiseGeometry;

use super::copy;
use super::depthwise::Axis;
use crate::dispatch::Kernel;
use crate::simd::{MAX_LANES, Simd};

/// `dkernel = Σ x · dy` over examples and outputs. A row is summed in registers, an image's rows in `scratch` and the
/// images in the result, so that no number meets more roundings than a row, a column and the batch are long.
pub struct DepthwiseConv2dGradKernel<'a> {
    pub geometry: &'a DepthwiseGeometry,
    pub x: &'a [f32],
    pub dy: &'a [f32],
    pub dkernel: &'a mut [f32],
    /// As many numbers as the kernel has.
    pub scratch: &'a mut [f32],
}

impl Kernel for DepthwiseConv2dGradKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let DepthwiseConv2dGradKernel { geometry: g, x, dy, dkernel, scratch } = self;
        let (rows, columns) = (Axis::rows(g), Axis::columns(g));
        let filters = g.filters();
        let image_sums = &mut scratch[..g.kernel_len()];
        copy::zero(simd, dkernel);
        for (x, dy) in x.chunks_exact(g.input_len()).zip(dy.chunks_exact(g.output_len())) {
            copy::zero(simd, image_sums);
            for (oy, dy) in dy.chunks_exact(g.out_width * filters).enumerate() {
                for ky in rows.inside(oy) {
                    let line = rows.under(oy, ky) * g.in_width;
                    for kx in 0..columns.taps {
                        let sums = &mut image_sums[(ky * columns.taps + kx) * filters..][..filters];
                        for f in (0..filters).step_by(S::LANES) {
                            let lanes = S::LANES.min(filters - f);
                            let mut sum = simd.zero();
                            for ox in columns.reached(kx) {
                                let at = (line + columns.under(ox, kx)) * g.channels;
                                let x = numbers(simd, x, at, f, lanes, g.multiplier);
                                sum = simd.mul_add(x, simd.load_lanes(&dy[ox * filters + f..], lanes), sum);
                            }
                            add(simd, sum, &mut sums[f..], lanes);
                        }
                    }
                }
            }
            for f in (0..dkernel.len()).step_by(S::LANES) {
                let lanes = S::LANES.min(dkernel.len() - f);
                add(simd, simd.load_lanes(&image_sums[f..], lanes), &mut dkernel[f..], lanes);
            }
        }
    }
}

/// The inputs of the output channels from `f`, of the pixel that begins at `at`.
#[inline(always)]
fn numbers<S: Simd>(simd: S, x: &[f32], at: usize, f: usize, lanes: usize, multiplier: usize) -> S::V {
    if multiplier == 1 {
        return simd.load_lanes(&x[at + f..], lanes);
    }
    let mut spread = [0.0; MAX_LANES];
    for (lane, number) in spread[..lanes].iter_mut().enumerate() {
        *number = x[at + (f + lane) / multiplier];
    }
    simd.load(&spread)
}

#[inline(always)]
fn add<S: Simd>(simd: S, value: S::V, to: &mut [f32], lanes: usize) {
    let sum = simd.add(simd.load_lanes(to, lanes), value);
    simd.store_lanes(sum, to, lanes);
}
