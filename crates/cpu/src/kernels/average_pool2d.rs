use atelier_nn::plan::PoolGeometry;

use crate::dispatch::Kernel;
use crate::simd::Simd;

/// The mean of each channel over the cells of each window that lie inside the input.
pub struct AveragePool2d<'a> {
    pub geometry: &'a PoolGeometry,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for AveragePool2d<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let AveragePool2d { geometry: g, x, y } = self;
        let channels = g.channels;
        let images = x.chunks_exact(g.input_len()).zip(y.chunks_exact_mut(g.output_len()));
        for (x, y) in images {
            for (oy, y) in y.chunks_exact_mut(g.out_width * channels).enumerate() {
                let rows = g.rows(oy);
                for (ox, y) in y.chunks_exact_mut(channels).enumerate() {
                    let columns = g.columns(ox);
                    let share = simd.splat(1.0 / (rows.len() * columns.len()) as f32);
                    for c in (0..channels).step_by(S::LANES) {
                        let lanes = S::LANES.min(channels - c);
                        let mut sum = simd.zero();
                        for iy in rows.clone() {
                            for ix in columns.clone() {
                                let cell = &x[(iy * g.in_width + ix) * channels + c..];
                                sum = simd.add(sum, simd.load_lanes(cell, lanes));
                            }
                        }
                        simd.store_lanes(simd.mul(sum, share), &mut y[c..], lanes);
                    }
                }
            }
        }
    }
}
