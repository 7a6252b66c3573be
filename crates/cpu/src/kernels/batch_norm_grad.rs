use super::columns::{self, Terms};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Gradient of batch normalisation through the batch's own moments. With `x̂ = (x − mean) / √(variance + ε)` over `M` rows:
/// `dbeta = Σ dy`, `dgamma = Σ dy·x̂`, `dx = gamma / √(variance + ε) · (dy − dbeta/M − x̂ · dgamma/M)`.
pub struct BatchNormGrad<'a> {
    pub rows: usize,
    pub channels: usize,
    pub epsilon: f32,
    pub x: &'a [f32],
    pub mean: &'a [f32],
    pub variance: &'a [f32],
    pub gamma: Option<&'a [f32]>,
    pub dy: &'a [f32],
    pub dx: &'a mut [f32],
    pub dgamma: &'a mut [f32],
    pub dbeta: &'a mut [f32],
    /// Room for three numbers a channel.
    pub scratch: &'a mut [f32],
}

impl Kernel for BatchNormGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let BatchNormGrad { rows, channels, epsilon, x, mean, variance, gamma, dy, dx, dgamma, dbeta, scratch } = self;
        let terms = Sums { x, mean, dy };
        columns::sum(simd, &terms, rows, channels, [&mut *dbeta, &mut *dgamma], scratch);
        // dx = scale · (dy − shift − slope · (x − mean))
        let (scale, rest) = scratch.split_at_mut(channels);
        let (shift, slope) = rest.split_at_mut(channels);
        for c in 0..channels {
            let inverse = 1.0 / (variance[c] + epsilon).sqrt();
            dgamma[c] *= inverse;
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

/// `dy` and `dy · (x − mean)`.
struct Sums<'a> {
    x: &'a [f32],
    mean: &'a [f32],
    dy: &'a [f32],
}

impl Terms<2> for Sums<'_> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, channel: usize, lanes: usize) -> [S::V; 2] {
        let mean = simd.load_lanes(&self.mean[channel..], lanes);
        let deviation = simd.sub(simd.load_lanes(&self.x[at..], lanes), mean);
        let dy = simd.load_lanes(&self.dy[at..], lanes);
        [dy, simd.mul(dy, deviation)]
    }
}
