use atelier_nn::Activation;

use super::copy;
use super::elementwise::{Binary, binary, binary_in_place};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `dx = dy · activation′`, from the activation's output `y`; NaN where `y` is, if the derivative depends on it.
pub struct ActivateGrad<'a> {
    pub activation: Activation,
    pub y: &'a [f32],
    /// None: `dx` holds `dy` at first.
    pub dy: Option<&'a [f32]>,
    pub dx: &'a mut [f32],
}

impl Kernel for ActivateGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        match self.activation {
            Activation::Linear | Activation::Softmax => {
                if let Some(dy) = self.dy {
                    copy::copy(simd, dy, self.dx);
                }
            }
            Activation::Sigmoid => self.apply(simd, Sigmoid),
            Activation::Relu => self.apply(simd, Relu),
            Activation::Tanh => self.apply(simd, Tanh),
            Activation::LeakyRelu { negative_slope } => self.apply(simd, LeakyRelu { negative_slope }),
            Activation::ClippedRelu { max_value } => self.apply(simd, ClippedRelu { max_value }),
        }
    }
}

impl ActivateGrad<'_> {
    #[inline(always)]
    fn apply<S: Simd, F: Binary>(self, simd: S, f: F) {
        match self.dy {
            Some(dy) => binary(simd, f, self.y, dy, self.dx),
            None => binary_in_place(simd, f, self.y, self.dx),
        }
    }
}

#[derive(Clone, Copy)]
struct Sigmoid;

impl Binary for Sigmoid {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, y: S::V, dy: S::V) -> S::V {
        simd.mul(dy, simd.mul(y, simd.sub(simd.splat(1.0), y)))
    }
}

#[derive(Clone, Copy)]
struct Relu;

impl Binary for Relu {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, y: S::V, dy: S::V) -> S::V {
        // What is not above zero is zero or NaN, which stays NaN.
        simd.select_gt(y, simd.zero(), dy, y)
    }
}

#[derive(Clone, Copy)]
struct Tanh;

impl Binary for Tanh {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, y: S::V, dy: S::V) -> S::V {
        let one = simd.splat(1.0);
        // (1 − y)(1 + y) keeps its digits near ±1, where 1 − y² would lose them.
        simd.mul(dy, simd.mul(simd.sub(one, y), simd.add(one, y)))
    }
}

#[derive(Clone, Copy)]
struct LeakyRelu {
    negative_slope: f32,
}

impl Binary for LeakyRelu {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, y: S::V, dy: S::V) -> S::V {
        let dx = simd.select_gt(y, simd.zero(), dy, simd.mul(dy, simd.splat(self.negative_slope)));
        simd.select_eq(y, y, dx, y)
    }
}

#[derive(Clone, Copy)]
struct ClippedRelu {
    max_value: f32,
}

impl Binary for ClippedRelu {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, y: S::V, dy: S::V) -> S::V {
        let below = simd.select_gt(simd.splat(self.max_value), y, dy, simd.zero());
        // What is not above zero is zero or NaN, which stays NaN.
        simd.select_gt(y, simd.zero(), below, y)
    }
}
