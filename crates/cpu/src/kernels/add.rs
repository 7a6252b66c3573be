use super::elementwise::{Binary, binary, binary_in_place};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `y = a + b`, or `y += a` where `b` is None.
pub struct Add<'a> {
    pub a: &'a [f32],
    pub b: Option<&'a [f32]>,
    pub y: &'a mut [f32],
}

impl Kernel for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        match self.b {
            Some(b) => binary(simd, Sum, self.a, b, self.y),
            None => binary_in_place(simd, Sum, self.a, self.y),
        }
    }
}

#[derive(Clone, Copy)]
struct Sum;

impl Binary for Sum {
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, a: S::V, b: S::V) -> S::V {
        simd.add(a, b)
    }
}
