use atelier_nn::plan::PoolGeometry;

use super::copy;
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Each window's gradient goes to its first cell, in row order, that is not below the maximum (the first of all where that
/// is NaN); where windows overlap, a cell sums.
pub struct MaxPool2dGrad<'a> {
    pub geometry: &'a PoolGeometry,
    pub x: &'a [f32],
    pub y: &'a [f32],
    pub dy: &'a [f32],
    pub dx: &'a mut [f32],
}

impl Kernel for MaxPool2dGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let MaxPool2dGrad { geometry: g, x, y, dy, dx } = self;
        let channels = g.channels;
        let (input_len, output_len) = (g.input_len(), g.output_len());
        // Windows side by side write each cell once, and where they cover the input nothing is left to be zeroed.
        let apart = g.strides[0] >= g.window[0] && g.strides[1] >= g.window[1];
        let covered = g.windows_tile_the_input();
        let inputs = x.chunks_exact(input_len).zip(dx.chunks_exact_mut(input_len));
        let outputs = y.chunks_exact(output_len).zip(dy.chunks_exact(output_len));
        for ((x, dx), (y, dy)) in inputs.zip(outputs) {
            if !covered {
                copy::zero(simd, dx);
            }
            let vectors = y.chunks_exact(channels).zip(dy.chunks_exact(channels)).enumerate();
            for (position, (y, dy)) in vectors {
                let rows = g.rows(position / g.out_width);
                let columns = g.columns(position % g.out_width);
                for c in (0..channels).step_by(S::LANES) {
                    let lanes = S::LANES.min(channels - c);
                    let largest = simd.load_lanes(&y[c..], lanes);
                    // What has not found its cell yet.
                    let mut left = simd.load_lanes(&dy[c..], lanes);
                    for iy in rows.clone() {
                        for ix in columns.clone() {
                            let at = (iy * g.in_width + ix) * channels + c;
                            let cell = simd.load_lanes(&x[at..], lanes);
                            let dx = &mut dx[at..];
                            let won = simd.select_gt(largest, cell, simd.zero(), left);
                            left = simd.select_gt(largest, cell, left, simd.zero());
                            let sum = if apart { won } else { simd.add(simd.load_lanes(dx, lanes), won) };
                            simd.store_lanes(sum, dx, lanes);
                        }
                    }
                }
            }
        }
    }
}
