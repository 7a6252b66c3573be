use super::bias_grad::Values;
use super::columns;
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// The mean of each channel over the positions of each image.
pub struct GlobalAveragePool2d<'a> {
    pub positions: usize,
    pub channels: usize,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
    pub scratch: &'a mut [f32],
}

impl Kernel for GlobalAveragePool2d<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let GlobalAveragePool2d { positions, channels, x, y, scratch } = self;
        for (x, y) in x.chunks_exact(positions * channels).zip(y.chunks_exact_mut(channels)) {
            columns::sum(simd, &Values(x), positions, channels, [&mut *y], scratch);
            for mean in y {
                *mean /= positions as f32;
            }
        }
    }
}
