//! Numbers that the reference computes with.
//!
//! The reference is written once, over [`Real`]. With `f64` it gives the value to expect, with `f32` a naive
//! executor, and with [`Bounded`] the value together with how far an honest f32 evaluation may lie from it: a running
//! error analysis (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., chapters 2 and 3), so that no
//! tolerance is a constant that made a test pass.
//!
//! The model: each elementary operation errs by at most its share of the unit roundoff `u = 2⁻²⁴`; a sum of n terms
//! errs by `γₙ·Σ|terms|`, `γₙ = n·u / (1 − n·u)`, which holds for every order of adding, with and without fused
//! multiply-adds. Division, square root, exponential, logarithm and hyperbolic tangent may err as much as WGSL allows
//! them to (<https://www.w3.org/TR/WGSL/#concrete-float-accuracy>), which is more than a CPU needs; results below the
//! smallest normal number may be flushed to zero.

use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Unit roundoff of f32.
pub const U: f64 = 1.0 / 16_777_216.0;

/// Anything smaller may become zero.
const SMALLEST_NORMAL: f64 = f32::MIN_POSITIVE as f64;

/// Relative error of a sum of n terms in any order, times `Σ|terms|`.
pub fn gamma(n: usize) -> f64 {
    let nu = n as f64 * U;
    nu / (1.0 - nu)
}

pub trait Real:
    Copy
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// A number that every executor holds exactly: an f32 input or hyper-parameter, or a small integer.
    fn exact(value: f64) -> Self;

    fn value(self) -> f64;

    /// How far an f32 evaluation may lie from `value`.
    fn error(self) -> f64 {
        0.0
    }

    /// The same number, known less well.
    fn widened(self, _by: f64) -> Self {
        self
    }

    /// The sum in an unspecified order.
    fn sum(terms: impl IntoIterator<Item = Self>) -> Self;

    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn sqrt(self) -> Self;
    fn tanh(self) -> Self;

    fn zero() -> Self {
        Self::exact(0.0)
    }

    fn one() -> Self {
        Self::exact(1.0)
    }

    /// NaN where one of the two is.
    fn max(self, other: Self) -> Self {
        if self.value().is_nan() {
            return self;
        }
        if other.value().is_nan() {
            return other;
        }
        let greater = if other.value() > self.value() { other } else { self };
        greater.widened((self.error().max(other.error()) - greater.error()).max(0.0))
    }

    /// `then` where the number is above zero, and NaN where it is. Where rounding may decide otherwise, the result covers both
    /// branches.
    fn if_positive(self, then: Self, otherwise: Self) -> Self {
        if self.value().is_nan() {
            return self;
        }
        let (taken, other) = if self.value() > 0.0 { (then, otherwise) } else { (otherwise, then) };
        let unsure = self.error() > 0.0 && self.value().abs() <= self.error();
        let reach = (taken.value() - other.value()).abs() + other.error();
        if unsure { taken.widened((reach - taken.error()).max(0.0)) } else { taken }
    }
}

impl Real for f64 {
    fn exact(value: f64) -> Self {
        value
    }

    fn value(self) -> f64 {
        self
    }

    fn sum(terms: impl IntoIterator<Item = Self>) -> Self {
        terms.into_iter().sum()
    }

    fn exp(self) -> Self {
        self.exp()
    }

    fn ln(self) -> Self {
        self.ln()
    }

    fn sqrt(self) -> Self {
        self.sqrt()
    }

    fn tanh(self) -> Self {
        self.tanh()
    }
}

impl Real for f32 {
    fn exact(value: f64) -> Self {
        value as f32
    }

    fn value(self) -> f64 {
        f64::from(self)
    }

    fn sum(terms: impl IntoIterator<Item = Self>) -> Self {
        terms.into_iter().sum()
    }

    fn exp(self) -> Self {
        self.exp()
    }

    fn ln(self) -> Self {
        self.ln()
    }

    fn sqrt(self) -> Self {
        self.sqrt()
    }

    fn tanh(self) -> Self {
        self.tanh()
    }
}

/// A value and how far an f32 evaluation may lie from it.
#[derive(Clone, Copy, Debug)]
pub struct Bounded {
    value: f64,
    error: f64,
}

impl Bounded {
    /// NaN and infinities come of NaN and infinities alone, as no case's finite numbers overflow f32: every executor has the
    /// same ones, however it rounds.
    fn new(value: f64, error: f64) -> Self {
        Bounded { value, error: if value.is_finite() { error } else { 0.0 } }
    }

    /// `value` computed from operands whose errors move it by `carried`, then rounded `ulps` half-units off.
    fn rounded(value: f64, carried: f64, roundings: f64) -> Self {
        Bounded::new(value, carried + roundings * U * (value.abs() + carried) + SMALLEST_NORMAL)
    }

    /// The error once the number is stored as f32; none where the value was only copied.
    pub fn rounded_error(self) -> f64 {
        if self.error == 0.0 { 0.0 } else { self.error + U * self.value.abs() }
    }
}

impl Add for Bounded {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Bounded::rounded(self.value + other.value, self.error + other.error, 1.0)
    }
}

impl Sub for Bounded {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Bounded {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let carried = self.value.abs() * other.error + other.value.abs() * self.error + self.error * other.error;
        Bounded::rounded(self.value * other.value, carried, 1.0)
    }
}

impl Div for Bounded {
    type Output = Self;

    /// WGSL: 2.5 units in the last place, each at most 2u.
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        let room = other.value.abs() - other.error;
        let carried = if room > 0.0 { (self.error + value.abs() * other.error) / room } else { f64::INFINITY };
        Bounded::rounded(value, carried, 5.0)
    }
}

impl Neg for Bounded {
    type Output = Self;

    fn neg(self) -> Self {
        Bounded { value: -self.value, error: self.error }
    }
}

impl Real for Bounded {
    fn exact(value: f64) -> Self {
        Bounded { value, error: 0.0 }
    }

    fn value(self) -> f64 {
        self.value
    }

    fn error(self) -> f64 {
        self.error
    }

    fn widened(self, by: f64) -> Self {
        Bounded { value: self.value, error: self.error + by }
    }

    fn sum(terms: impl IntoIterator<Item = Self>) -> Self {
        let (mut n, mut value, mut carried, mut magnitude) = (0, 0.0, 0.0, 0.0);
        for term in terms {
            n += 1;
            value += term.value;
            carried += term.error;
            magnitude += term.value.abs() + term.error;
        }
        // One term fewer is added than there are terms, and the smallest sum is exact.
        Bounded::new(value, carried + gamma(n) * magnitude)
    }

    /// WGSL: `3 + 2·|x|` units in the last place.
    fn exp(self) -> Self {
        let value = self.value.exp();
        // Of an infinity it is exact.
        let units = if self.value.is_infinite() { 0.0 } else { 3.0 + 2.0 * self.value.abs() };
        Bounded::rounded(value, value * self.error.exp_m1(), 2.0 * units)
    }

    /// WGSL: absolute error 2⁻²¹ within [0.5, 2], three units in the last place elsewhere.
    fn ln(self) -> Self {
        let value = self.value.ln();
        let room = self.value - self.error;
        let carried = if room > 0.0 { self.error / room } else { f64::INFINITY };
        Bounded::rounded(value, carried, 6.0).widened(8.0 * U)
    }

    /// WGSL: as `1 / inverseSqrt(x)`, 2 + 2.5 units in the last place.
    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        let carried = if self.error == 0.0 { 0.0 } else { value - (self.value - self.error).max(0.0).sqrt() };
        Bounded::rounded(value, carried, 9.0)
    }

    /// From the exponential: `1 − 2 / (e^2x + 1)`, absolute and not relative to a small result.
    fn tanh(self) -> Self {
        let value = self.value.tanh();
        let slope = 1.0 / self.value.cosh().powi(2);
        // The derivative is at most 1, and nearly the slope at hand where the error is small.
        let carried = (self.error * slope * (2.0 * self.error).exp()).min(self.error);
        let exponential = 2.0 * (3.0 + 4.0 * self.value.abs().min(10.0)) * slope;
        Bounded::new(value, carried + (8.0 + exponential) * U)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_covers_every_order() {
        let terms: Vec<f32> = (1..200).map(|i| (i as f32 * 0.7).sin() / i as f32).collect();
        let bounded = Bounded::sum(terms.iter().map(|t| Bounded::exact(f64::from(*t))));
        let forwards: f32 = terms.iter().sum();
        let backwards: f32 = terms.iter().rev().sum();
        assert_ne!(forwards, backwards);
        for sum in [forwards, backwards] {
            assert!((f64::from(sum) - bounded.value()).abs() <= bounded.error());
        }
    }

    #[test]
    fn an_unsure_branch_covers_both() {
        let near = Bounded { value: 1e-9, error: 1e-8 };
        let chosen = near.if_positive(Bounded::exact(3.0), Bounded::exact(-1.0));
        assert_eq!(chosen.value(), 3.0);
        assert!(chosen.error() >= 4.0);
        let sure = Bounded { value: 1e-7, error: 1e-8 };
        assert_eq!(sure.if_positive(Bounded::exact(3.0), Bounded::exact(-1.0)).error(), 0.0);
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let [nan, infinity, one] = [f64::NAN, f64::INFINITY, 1.0].map(Bounded::exact);
        let nans = [nan.max(one), one.max(nan), nan.if_positive(one, one), infinity - infinity, nan.exp(), nan.tanh()];
        for (at, number) in nans.into_iter().enumerate() {
            assert!(number.value().is_nan() && number.error() == 0.0, "{at}: {number:?}");
        }
        assert_eq!((infinity.exp().value(), infinity.exp().error()), (f64::INFINITY, 0.0));
        for (number, value) in [((-infinity).exp(), 0.0), (one / infinity, 0.0), (infinity.tanh(), 1.0)] {
            assert!(number.value() == value && number.error() < 1e-5, "{value}: {number:?}");
        }
    }

    #[test]
    fn elementary_functions_cover_f32() {
        for i in -80..=80 {
            let x = i as f32 * 0.25;
            let bounded = Bounded::exact(f64::from(x));
            let close = |got: f32, expected: Bounded| {
                assert!((f64::from(got) - expected.value()).abs() <= expected.error(), "{x}: {got} {expected:?}");
            };
            close(x.exp(), bounded.exp());
            close(x.tanh(), bounded.tanh());
            close(1.0 - 2.0 / ((2.0 * x).exp() + 1.0), bounded.tanh());
            close(x.abs().sqrt(), bounded.max(-bounded).sqrt());
        }
    }
}
