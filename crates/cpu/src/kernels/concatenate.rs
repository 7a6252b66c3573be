use super::copy;
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Writes one input's channels into its place in `y`: the channels `offset .. offset + channels` of `total`.
pub struct Concatenate<'a> {
    pub total: usize,
    pub offset: usize,
    pub channels: usize,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for Concatenate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for (x, y) in self.x.chunks_exact(self.channels).zip(self.y.chunks_exact_mut(self.total)) {
            copy::copy(simd, x, &mut y[self.offset..][..self.channels]);
        }
    }
}
