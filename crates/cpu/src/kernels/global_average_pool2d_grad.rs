use super::elementwise::{Unary, unary};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Every position gets its share of its channel's gradient: `dx = dy / positions`.
pub struct GlobalAveragePool2dGrad<'a> {
    pub positions: usize,
    pub channels: usize,
    pub dy: &'a [f32],
    pub dx: &'a mut [f32],
}

impl Kernel for GlobalAveragePool2dGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let GlobalAveragePool2dGrad { positions, channels, dy, dx } = self;
        let share = Scale(1.0 / positions as f32);
        for (dy, dx) in dy.chunks_exact(channels).zip(dx.chunks_exact_mut(positions * channels)) {
            for dx in dx.chunks_exact_mut(channels) {
                unary(simd, share, dy, dx);
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Scale(f32);

impl Unary for Scale {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::V) -> S::V {
        simd.mul(x, simd.splat(self.0))
    }
}
