use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `y = e^x / Σ e^x` along the channels, shifted by the largest so that nothing overflows.
pub struct Softmax<'a> {
    pub channels: usize,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for Softmax<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (x, y) in self.x.chunks_exact(self.channels).zip(self.y.chunks_exact_mut(self.channels)) {
            let largest = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let mut sum = 0.0;
            for (x, y) in x.iter().zip(&mut *y) {
                *y = (x - largest).exp();
                sum += f64::from(*y);
            }
            let share = (1.0 / sum) as f32;
            for y in y {
                *y *= share;
            }
        }
    }
}
