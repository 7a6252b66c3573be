use atelier_nn::plan::PadGeometry;

use super::copy;
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// The part of the gradient that lies over the input.
pub struct ZeroPad2dGrad<'a> {
    pub geometry: &'a PadGeometry,
    pub dy: &'a [f32],
    pub dx: &'a mut [f32],
}

impl Kernel for ZeroPad2dGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let ZeroPad2dGrad { geometry: g, dy, dx } = self;
        let row = g.in_width * g.channels;
        for (dy, dx) in dy.chunks_exact(g.padded_len()).zip(dx.chunks_exact_mut(g.in_height * row)) {
            let inside = dy.chunks_exact(g.padded_row()).skip(g.top);
            for (dy, dx) in inside.zip(dx.chunks_exact_mut(row)) {
                copy::copy(simd, &dy[g.left * g.channels..][..row], dx);
            }
        }
    }
}
