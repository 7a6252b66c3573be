//! What a hyper-parameter is called and what it may be: said once, for the checks and for those who let people choose.
//!
//! Ranges of real numbers are f32, as the engine computes: a number is narrowed first and checked then, since `1e-50` is
//! above 0 until it is narrowed.

use serde::Serialize;

use crate::OutOfRange;
use crate::text::grouped;

/// A hyper-parameter as an editor shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hyperparameter {
    Whole(Whole),
    Real(Real),
    Pair(Pair),
    Borders(Borders),
    Choice {
        name: &'static str,
        choices: &'static [&'static str],
    },
    Flag {
        name: &'static str,
    },
    /// One of the catalogue's activations, with its arguments.
    Activation {
        name: &'static str,
    },
}

/// A whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Whole {
    pub name: &'static str,
    pub least: usize,
    pub most: usize,
}

impl Whole {
    pub fn check(&self, value: usize) -> Result<(), OutOfRange> {
        let Whole { name: field, least, most } = *self;
        if (least..=most).contains(&value) {
            return Ok(());
        }
        let allowed = format!("from {} to {}", grouped(least as u64), grouped(most as u64));
        Err(OutOfRange { field, value: grouped(value as u64), allowed })
    }
}

/// `[height, width]`, or `null` where it may be left to the layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Pair {
    pub name: &'static str,
    pub least: usize,
    pub most: usize,
    pub optional: bool,
}

impl Pair {
    pub fn check(&self, pair: [usize; 2]) -> Result<(), OutOfRange> {
        let Pair { name, least, most, .. } = *self;
        pair.into_iter().try_for_each(|side| Whole { name, least, most }.check(side))
    }
}

/// `[[top, bottom], [left, right]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Borders {
    pub name: &'static str,
    pub least: usize,
    pub most: usize,
}

impl Borders {
    pub fn check(&self, borders: [[usize; 2]; 2]) -> Result<(), OutOfRange> {
        let Borders { name, least, most } = *self;
        borders.into_iter().flatten().try_for_each(|n| Whole { name, least, most }.check(n))
    }
}

/// A finite f32 between two others, or `null` where it may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Real {
    pub name: &'static str,
    pub least: f32,
    /// The largest f32 where there is no bound.
    pub most: f32,
    /// `least` itself is too little.
    pub above_least: bool,
    /// `most` itself is too much.
    pub below_most: bool,
    pub optional: bool,
}

impl Real {
    /// `0 < value`.
    pub const fn positive(name: &'static str) -> Self {
        Real { name, least: 0.0, most: f32::MAX, above_least: true, below_most: false, optional: false }
    }

    /// `0 ≤ value`.
    pub const fn not_negative(name: &'static str) -> Self {
        Real { above_least: false, ..Real::positive(name) }
    }

    /// `0 ≤ value < 1`.
    pub const fn below_one(name: &'static str) -> Self {
        Real { name, least: 0.0, most: 1.0, above_least: false, below_most: true, optional: false }
    }

    /// `0 ≤ value ≤ 1`.
    pub const fn share(name: &'static str) -> Self {
        Real { below_most: false, ..Real::below_one(name) }
    }

    pub fn check(&self, value: f32) -> Result<(), OutOfRange> {
        let Real { name: field, least, most, above_least, below_most, .. } = *self;
        let enough = if above_least { value > least } else { value >= least };
        let not_too_much = if below_most { value < most } else { value <= most };
        if enough && not_too_much {
            return Ok(());
        }
        let lower = format!("{} {least}", if above_least { "above" } else { "at least" });
        let allowed = match (most, below_most) {
            (f32::MAX, _) => lower,
            (_, true) => format!("{lower} and below {most}"),
            (_, false) => format!("{lower} and at most {most}"),
        };
        Err(OutOfRange { field, value: value.to_string(), allowed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_judged_as_the_engine_computes_with_them() {
        let narrowed = |text: &str| text.parse::<f64>().map(|v| v as f32).expect("a number");
        for (range, text, fits) in [
            (Real::positive("learning_rate"), "1e-50", false),
            (Real::positive("learning_rate"), "1e-45", true),
            (Real::positive("learning_rate"), "1e39", false),
            (Real::positive("learning_rate"), "3e38", true),
            (Real::positive("learning_rate"), "NaN", false),
            (Real::below_one("beta_1"), "0.99999999999", false),
            (Real::below_one("beta_1"), "0.9999999", true),
            (Real::below_one("beta_1"), "-1e-50", true),
            (Real::share("momentum"), "1", true),
            (Real::share("momentum"), "1.0000001", false),
            (Real::not_negative("negative_slope"), "-0.1", false),
        ] {
            assert_eq!(range.check(narrowed(text)).is_ok(), fits, "{range:?} {text}");
        }
    }

    #[test]
    fn a_refusal_says_what_is_allowed() {
        let said = |refusal: Result<(), OutOfRange>| refusal.expect_err("out of range").to_string();
        let batch = Whole { name: "batch_size", least: 1, most: 4096 };
        assert_eq!(said(batch.check(0)), "`batch_size` is 0, which must be from 1 to 4,096");
        assert_eq!(said(Real::positive("rate").check(0.0)), "`rate` is 0, which must be above 0");
        assert_eq!(said(Real::below_one("rate").check(1.0)), "`rate` is 1, which must be at least 0 and below 1");
        assert_eq!(said(Real::share("rate").check(1.5)), "`rate` is 1.5, which must be at least 0 and at most 1");
    }
}
