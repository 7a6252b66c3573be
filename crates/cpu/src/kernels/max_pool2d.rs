use atelier_nn::plan::PoolGeometry;

use crate::dispatch::Kernel;
use crate::simd::Simd;

/// The largest number of each channel under each window; NaN where one of them is NaN.
pub struct MaxPool2d<'a> {
    pub geometry: &'a PoolGeometry,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for MaxPool2d<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let MaxPool2d { geometry: g, x, y } = self;
        let channels = g.channels;
        let images = x.chunks_exact(g.input_len()).zip(y.chunks_exact_mut(g.output_len()));
        for (x, y) in images {
            for (oy, y) in y.chunks_exact_mut(g.out_width * channels).enumerate() {
                let rows = g.rows(oy);
                for (ox, y) in y.chunks_exact_mut(channels).enumerate() {
                    let columns = g.columns(ox);
                    for c in (0..channels).step_by(S::LANES) {
                        let lanes = S::LANES.min(channels - c);
                        let mut largest = simd.splat(f32::NEG_INFINITY);
                        for iy in rows.clone() {
                            for ix in columns.clone() {
                                let cell = &x[(iy * g.in_width + ix) * channels + c..];
                                // The maximum is the cell's where either is NaN, and what is NaN already is kept.
                                let larger = simd.max(largest, simd.load_lanes(cell, lanes));
                                largest = simd.select_eq(largest, largest, larger, largest);
                            }
                        }
                        simd.store_lanes(largest, &mut y[c..], lanes);
                    }
                }
            }
        }
    }
}
