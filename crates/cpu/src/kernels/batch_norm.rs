use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `y = gamma · (x − mean) / √(variance + ε) + beta`
pub struct BatchNorm<'a> {
    pub channels: usize,
    pub epsilon: f32,
    pub x: &'a [f32],
    pub mean: &'a [f32],
    pub variance: &'a [f32],
    pub gamma: Option<&'a [f32]>,
    pub beta: Option<&'a [f32]>,
    pub y: &'a mut [f32],
    /// Room for two numbers a channel.
    pub scratch: &'a mut [f32],
}

impl Kernel for BatchNorm<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let BatchNorm { channels, epsilon, x, mean, variance, gamma, beta, y, scratch } = self;
        let (scale, shift) = scratch.split_at_mut(channels);
        for c in 0..channels {
            scale[c] = gamma.map_or(1.0, |gamma| gamma[c]) / (variance[c] + epsilon).sqrt();
            shift[c] = beta.map_or(0.0, |beta| beta[c]);
        }
        for (x, y) in x.chunks_exact(channels).zip(y.chunks_exact_mut(channels)) {
            for c in (0..channels).step_by(S::LANES) {
                let lanes = S::LANES.min(channels - c);
                let deviation = simd.sub(simd.load_lanes(&x[c..], lanes), simd.load_lanes(&mean[c..], lanes));
                let (scale, shift) = (simd.load_lanes(&scale[c..], lanes), simd.load_lanes(&shift[c..], lanes));
                simd.store_lanes(simd.mul_add(deviation, scale, shift), &mut y[c..], lanes);
            }
        }
    }
}
