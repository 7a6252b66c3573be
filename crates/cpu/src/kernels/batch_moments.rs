use super::bias_grad::Values;
use super::columns::{self, Terms};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Mean and population variance of each channel, in two passes: the squares' mean minus the mean's square would lose the
/// variance of a channel far from zero.
pub struct BatchMoments<'a> {
    pub rows: usize,
    pub channels: usize,
    pub x: &'a [f32],
    pub mean: &'a mut [f32],
    pub variance: &'a mut [f32],
    pub scratch: &'a mut [f32],
}

impl Kernel for BatchMoments<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let BatchMoments { rows, channels, x, mean, variance, scratch } = self;
        columns::sum(simd, &Values(x), rows, channels, [&mut *mean], scratch);
        divide(mean, rows);
        columns::sum(simd, &SquaredDeviations { x, mean }, rows, channels, [&mut *variance], scratch);
        divide(variance, rows);
    }
}

fn divide(sums: &mut [f32], rows: usize) {
    for sum in sums {
        *sum /= rows as f32;
    }
}

struct SquaredDeviations<'a> {
    x: &'a [f32],
    mean: &'a [f32],
}

impl Terms<1> for SquaredDeviations<'_> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, channel: usize, lanes: usize) -> [S::V; 1] {
        let mean = simd.load_lanes(&self.mean[channel..], lanes);
        let deviation = simd.sub(simd.load_lanes(&self.x[at..], lanes), mean);
        [simd.mul(deviation, deviation)]
    }
}
