use atelier_nn::Activation;

use super::elementwise::{Unary, unary, unary_in_place};
use super::{copy, exp};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `y = activation(x)`; NaN stays NaN in all of them.
pub struct Activate<'a> {
    pub activation: Activation,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for Activate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Activate { activation, x, y } = self;
        match activation {
            Activation::Linear | Activation::Softmax => copy::copy(simd, x, y),
            Activation::Sigmoid => unary(simd, Sigmoid, x, y),
            Activation::Relu => unary(simd, Relu, x, y),
            Activation::Tanh => unary(simd, Tanh, x, y),
            Activation::LeakyRelu { negative_slope } => unary(simd, LeakyRelu { negative_slope }, x, y),
            Activation::ClippedRelu { max_value } => unary(simd, ClippedRelu { max_value }, x, y),
        }
    }
}

/// `y = activation(y)`
#[inline(always)]
pub fn in_place<S: Simd>(simd: S, activation: Activation, y: &mut [f32]) {
    match activation {
        Activation::Linear | Activation::Softmax => {}
        Activation::Sigmoid => unary_in_place(simd, Sigmoid, y),
        Activation::Relu => unary_in_place(simd, Relu, y),
        Activation::Tanh => unary_in_place(simd, Tanh, y),
        Activation::LeakyRelu { negative_slope } => unary_in_place(simd, LeakyRelu { negative_slope }, y),
        Activation::ClippedRelu { max_value } => unary_in_place(simd, ClippedRelu { max_value }, y),
    }
}

#[derive(Clone, Copy)]
struct Sigmoid;

impl Unary for Sigmoid {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::V) -> S::V {
        exp::sigmoid(simd, x)
    }
}

#[derive(Clone, Copy)]
struct Relu;

impl Unary for Relu {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::V) -> S::V {
        // In this order NaN stays NaN.
        simd.max(simd.zero(), x)
    }
}

#[derive(Clone, Copy)]
struct Tanh;

impl Unary for Tanh {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::V) -> S::V {
        exp::tanh(simd, x)
    }
}

#[derive(Clone, Copy)]
struct LeakyRelu {
    negative_slope: f32,
}

impl Unary for LeakyRelu {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::V) -> S::V {
        simd.select_gt(x, simd.zero(), x, simd.mul(x, simd.splat(self.negative_slope)))
    }
}

#[derive(Clone, Copy)]
struct ClippedRelu {
    max_value: f32,
}

impl Unary for ClippedRelu {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::V) -> S::V {
        // In this order NaN stays NaN.
        simd.min(simd.splat(self.max_value), simd.max(simd.zero(), x))
    }
}
