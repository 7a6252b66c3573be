use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Kingma and Ba 2015, in the form of section 2 that Keras uses: both bias corrections in the rate, `ε` added to `√v`.
pub struct Adam<'a> {
    pub learning_rate: f32,
    pub beta_1: f32,
    pub beta_2: f32,
    pub epsilon: f32,
    /// 1 for the first update.
    pub iteration: u32,
    pub gradient: &'a [f32],
    pub parameter: &'a mut [f32],
    pub m: &'a mut [f32],
    pub v: &'a mut [f32],
}

impl Kernel for Adam<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let power = |beta: f32| f64::from(beta).powf(f64::from(self.iteration));
        let rate = f64::from(self.learning_rate) * (1.0 - power(self.beta_2)).sqrt() / (1.0 - power(self.beta_1));
        let rate = simd.splat(rate as f32);
        let (take_1, take_2) = (simd.splat(1.0 - self.beta_1), simd.splat(1.0 - self.beta_2));
        let epsilon = simd.splat(self.epsilon);
        let state = self.m.chunks_mut(S::LANES).zip(self.v.chunks_mut(S::LANES));
        let learnt = self.parameter.chunks_mut(S::LANES).zip(self.gradient.chunks(S::LANES));
        for ((parameter, gradient), (m, v)) in learnt.zip(state) {
            let lanes = parameter.len();
            let g = simd.load_lanes(gradient, lanes);
            let old = simd.load_lanes(m, lanes);
            let first = simd.mul_add(simd.sub(g, old), take_1, old);
            let old = simd.load_lanes(v, lanes);
            let second = simd.mul_add(simd.sub(simd.mul(g, g), old), take_2, old);
            let change = simd.div(simd.mul(rate, first), simd.add(simd.sqrt(second), epsilon));
            let moved = simd.sub(simd.load_lanes(parameter, lanes), change);
            simd.store_lanes(first, m, lanes);
            simd.store_lanes(second, v, lanes);
            simd.store_lanes(moved, parameter, lanes);
        }
    }
}
