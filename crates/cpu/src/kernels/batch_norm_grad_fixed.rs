use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Gradient of batch normalisation where the moments are fixed: `dx = gamma / √(variance + ε) · dy`.
pub struct BatchNormGradFixed<'a> {
    pub channels: usize,
    pub epsilon: f32,
    pub variance: &'a [f32],
    pub gamma: Option<&'a [f32]>,
    pub dy: &'a [f32],
    pub dx: &'a mut [f32],
    /// Room for one number a channel.
    pub scratch: &'a mut [f32],
}

impl Kernel for BatchNormGradFixed<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let BatchNormGradFixed { channels, epsilon, variance, gamma, dy, dx, scratch } = self;
        for (c, (scale, variance)) in scratch.iter_mut().zip(variance).enumerate() {
            *scale = gamma.map_or(1.0, |gamma| gamma[c]) / (variance + epsilon).sqrt();
        }
        for (dy, dx) in dy.chunks_exact(channels).zip(dx.chunks_exact_mut(channels)) {
            for c in (0..channels).step_by(S::LANES) {
                let lanes = S::LANES.min(channels - c);
                let (dy, scale) = (simd.load_lanes(&dy[c..], lanes), simd.load_lanes(&scratch[c..], lanes));
                simd.store_lanes(simd.mul(dy, scale), &mut dx[c..], lanes);
            }
        }
    }
}
