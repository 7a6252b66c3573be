use atelier_nn::plan::PoolGeometry;

use super::copy;
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Each window's gradient in equal shares to its cells inside the input.
pub struct AveragePool2dGrad<'a> {
    pub geometry: &'a PoolGeometry,
    pub dy: &'a [f32],
    pub dx: &'a mut [f32],
}

impl Kernel for AveragePool2dGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let AveragePool2dGrad { geometry: g, dy, dx } = self;
        let channels = g.channels;
        let images = dy.chunks_exact(g.output_len()).zip(dx.chunks_exact_mut(g.input_len()));
        for (dy, dx) in images {
            copy::zero(simd, dx);
            for (position, dy) in dy.chunks_exact(channels).enumerate() {
                let rows = g.rows(position / g.out_width);
                let columns = g.columns(position % g.out_width);
                let share = simd.splat(1.0 / (rows.len() * columns.len()) as f32);
                for c in (0..channels).step_by(S::LANES) {
                    let lanes = S::LANES.min(channels - c);
                    let part = simd.mul(simd.load_lanes(&dy[c..], lanes), share);
                    for iy in rows.clone() {
                        for ix in columns.clone() {
                            let dx = &mut dx[(iy * g.in_width + ix) * channels + c..];
                            simd.store_lanes(simd.add(simd.load_lanes(dx, lanes), part), dx, lanes);
                        }
                    }
                }
            }
        }
    }
}
