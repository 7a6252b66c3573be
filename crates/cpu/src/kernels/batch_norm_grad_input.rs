use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Gradient of batch normalisation through the batch's own moments. With `x̂ = (x − mean) / √(variance + ε)` and the sums
/// `dgamma = Σ dy·x̂` and `dbeta = Σ dy` over the `M` rows of the whole batch:
/// `dx = gamma / √(variance + ε) · (dy − dbeta/M − x̂ · dgamma/M)`.
pub struct BatchNormGradInput<'a> {
    /// Of the whole batch, of which `x` and `dy` may be a shard.
    pub rows: usize,
    pub channels: usize,
    pub epsilon: f32,
    pub x: &'a [f32],
    pub mean: &'a [f32],
    pub variance: &'a [f32],
    pub gamma: Option<&'a [f32]>,
    pub dgamma: &'a [f32],
    pub dbeta: &'a [f32],
    pub dy: &'a [f32],
    pub dx: &'a mut [f32],
    /// Room for three numbers a channel.
    pub scratch: &'a mut [f32],
}

impl Kernel for BatchNormGradInput<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let BatchNormGradInput { rows, channels, epsilon, x, mean, variance, gamma, dgamma, dbeta, dy, dx, scratch } =
            self;
        // dx = scale · (dy − shift − slope · (x − mean))
        let (scale, rest) = scratch.split_at_mut(channels);
        let (shift, slope) = rest.split_at_mut(channels);
        for c in 0..channels {
            let inverse = 1.0 / (variance[c] + epsilon).sqrt();
            scale[c] = gamma.map_or(1.0, |gamma| gamma[c]) * inverse;
            shift[c] = dbeta[c] / rows as f32;
            slope[c] = inverse * dgamma[c] / rows as f32;
        }
        let inputs = x.chunks_exact(channels).zip(dy.chunks_exact(channels));
        for ((x, dy), dx) in inputs.zip(dx.chunks_exact_mut(channels)) {
            for c in (0..channels).step_by(S::LANES) {
                let lanes = S::LANES.min(channels - c);
                let deviation = simd.sub(simd.load_lanes(&x[c..], lanes), simd.load_lanes(&mean[c..], lanes));
                let through_mean = simd.sub(simd.load_lanes(&dy[c..], lanes), simd.load_lanes(&shift[c..], lanes));
                let through_variance = simd.mul(simd.load_lanes(&slope[c..], lanes), deviation);
                let scale = simd.load_lanes(&scale[c..], lanes);
                simd.store_lanes(simd.mul(scale, simd.sub(through_mean, through_variance)), &mut dx[c..], lanes);
            }
        }
    }
}
