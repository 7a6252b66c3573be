use atelier_nn::plan::PadGeometry;

use super::copy;
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// The input with zeros around it.
pub struct ZeroPad2d<'a> {
    pub geometry: &'a PadGeometry,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for ZeroPad2d<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let ZeroPad2d { geometry: g, x, y } = self;
        let row = g.in_width * g.channels;
        for (x, y) in x.chunks_exact(g.in_height * row).zip(y.chunks_exact_mut(g.padded_len())) {
            copy::zero(simd, y);
            let inside = y.chunks_exact_mut(g.padded_row()).skip(g.top);
            for (x, y) in x.chunks_exact(row).zip(inside) {
                copy::copy(simd, x, &mut y[g.left * g.channels..][..row]);
            }
        }
    }
}
