use super::columns::{self, Terms};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `dbias = Σ dy` over the rows.
pub struct BiasGrad<'a> {
    pub rows: usize,
    pub channels: usize,
    pub dy: &'a [f32],
    pub dbias: &'a mut [f32],
    pub scratch: &'a mut [f32],
}

impl Kernel for BiasGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        columns::sum(simd, &Values(self.dy), self.rows, self.channels, [self.dbias], self.scratch);
    }
}

/// The numbers themselves.
pub struct Values<'a>(pub &'a [f32]);

impl Terms<1> for Values<'_> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, _: usize, lanes: usize) -> [S::V; 1] {
        [simd.load_lanes(&self.0[at..], lanes)]
    }
}
