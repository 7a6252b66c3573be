use super::copy;
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `dx` = the channels `offset .. offset + channels` of `dy`, which has `total`.
pub struct ConcatenateGrad<'a> {
    pub total: usize,
    pub offset: usize,
    pub channels: usize,
    pub dy: &'a [f32],
    pub dx: &'a mut [f32],
}

impl Kernel for ConcatenateGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for (dy, dx) in self.dy.chunks_exact(self.total).zip(self.dx.chunks_exact_mut(self.channels)) {
            copy::copy(simd, &dy[self.offset..][..self.channels], dx);
        }
    }
}
