use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `dx = y ⊙ (dy − Σ dy·y)` along the channels.
pub struct SoftmaxGrad<'a> {
    pub channels: usize,
    pub y: &'a [f32],
    pub dy: &'a [f32],
    pub dx: &'a mut [f32],
}

impl Kernel for SoftmaxGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let SoftmaxGrad { channels, y, dy, dx } = self;
        let inputs = y.chunks_exact(channels).zip(dy.chunks_exact(channels));
        for ((y, dy), dx) in inputs.zip(dx.chunks_exact_mut(channels)) {
            let dot: f64 = y.iter().zip(dy).map(|(y, dy)| f64::from(*y) * f64::from(*dy)).sum();
            for ((y, dy), dx) in y.iter().zip(dy).zip(dx) {
                *dx = (f64::from(*y) * (f64::from(*dy) - dot)) as f32;
            }
        }
    }
}
