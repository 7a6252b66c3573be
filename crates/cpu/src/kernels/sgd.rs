use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Keras's SGD: without a velocity `p −= lr·g`; with one `v = momentum·v − lr·g`, then `p += v`, or with Nesterov's look
/// ahead `p += momentum·v − lr·g`.
pub struct Sgd<'a> {
    pub learning_rate: f32,
    pub momentum: f32,
    pub nesterov: bool,
    pub gradient: &'a [f32],
    pub parameter: &'a mut [f32],
    pub velocity: Option<&'a mut [f32]>,
}

impl Kernel for Sgd<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (rate, momentum) = (simd.splat(-self.learning_rate), simd.splat(self.momentum));
        let learnt = self.parameter.chunks_mut(S::LANES).zip(self.gradient.chunks(S::LANES));
        let Some(velocity) = self.velocity else {
            for (parameter, gradient) in learnt {
                let lanes = parameter.len();
                let p = simd.load_lanes(parameter, lanes);
                simd.store_lanes(simd.mul_add(rate, simd.load_lanes(gradient, lanes), p), parameter, lanes);
            }
            return;
        };
        for ((parameter, gradient), velocity) in learnt.zip(velocity.chunks_mut(S::LANES)) {
            let lanes = parameter.len();
            let step = simd.mul(rate, simd.load_lanes(gradient, lanes));
            let v = simd.mul_add(momentum, simd.load_lanes(velocity, lanes), step);
            let change = if self.nesterov { simd.mul_add(momentum, v, step) } else { v };
            let p = simd.load_lanes(parameter, lanes);
            simd.store_lanes(v, velocity, lanes);
            simd.store_lanes(simd.add(p, change), parameter, lanes);
        }
    }
}
