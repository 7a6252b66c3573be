use super::columns::{self, Terms};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Over the rows, with `x̂ = (x − mean) / √(variance + ε)`: `dbeta = Σ dy`, `dgamma = Σ dy·x̂`.
pub struct BatchNormGradParameters<'a> {
    pub rows: usize,
    pub channels: usize,
    pub epsilon: f32,
    pub x: &'a [f32],
    pub mean: &'a [f32],
    pub variance: &'a [f32],
    pub dy: &'a [f32],
    pub dgamma: &'a mut [f32],
    pub dbeta: &'a mut [f32],
    /// Room for two numbers a channel.
    pub scratch: &'a mut [f32],
}

impl Kernel for BatchNormGradParameters<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let BatchNormGradParameters { rows, channels, epsilon, x, mean, variance, dy, dgamma, dbeta, scratch } = self;
        let terms = Sums { x, mean, dy };
        columns::sum(simd, &terms, rows, channels, [dbeta, &mut *dgamma], scratch);
        for (dgamma, variance) in dgamma.iter_mut().zip(variance) {
            *dgamma *= 1.0 / (variance + epsilon).sqrt();
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
