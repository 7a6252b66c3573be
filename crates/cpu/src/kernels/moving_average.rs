use super::elementwise::{Binary, binary_in_place};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `average = momentum · average + (1 − momentum) · value`
pub struct MovingAverage<'a> {
    pub momentum: f32,
    pub value: &'a [f32],
    pub average: &'a mut [f32],
}

impl Kernel for MovingAverage<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        binary_in_place(simd, Mix { momentum: self.momentum }, self.value, self.average);
    }
}

#[derive(Clone, Copy)]
struct Mix {
    momentum: f32,
}

impl Binary for Mix {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, value: S::V, average: S::V) -> S::V {
        let taken = simd.mul(simd.splat(1.0 - self.momentum), value);
        simd.mul_add(simd.splat(self.momentum), average, taken)
    }
}
