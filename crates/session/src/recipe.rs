//! How a run departs from the plain course: other pictures each epoch, a rate that falls, an average of its weights.

use atelier_data::mixture::Mixture;
use serde::{Deserialize, Serialize};

/// What a run trains on and how its rate falls, where that is more than a data set and a rate. A checkpoint keeps it, so
/// that a run goes on as it began and its weights say how they were made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipe {
    pub mixture: Mixture,
    pub schedule: Option<CosineDecay>,
    /// The mean of the weights after so many last epochs is the run's result; 1 is the last one alone.
    pub average: u32,
}

impl Default for Recipe {
    fn default() -> Self {
        Self { mixture: Mixture::default(), schedule: None, average: 1 }
    }
}

/// The rate falls along half a cosine from the run's own to `final_rate`, as Keras's `CosineDecay` with `alpha` as the last
/// rate over the first (Loshchilov and Hutter, arXiv:1608.03983, without restarts).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CosineDecay {
    /// Updates until the last rate is reached, at which it stays.
    pub steps: u32,
    pub final_rate: f32,
}

impl CosineDecay {
    /// The rate of an update, the first being 1, for a run whose own rate is `rate`. It is computed in f64 and rounded once,
    /// so that cosines that differ in their last bit give the same rate.
    pub fn rate(&self, rate: f32, iteration: u32) -> f32 {
        let done = f64::from(iteration.saturating_sub(1).min(self.steps)) / f64::from(self.steps.max(1));
        let (first, last) = (f64::from(rate), f64::from(self.final_rate));
        (last + (first - last) * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `keras.optimizers.schedules.CosineDecay(1e-3, 1000, alpha=0.01)`, whose step counts from 0, by its formula
    /// `((1 − α)·½·(1 + cos(π·step / steps)) + α)·initial` in decimal arithmetic.
    #[test]
    fn the_rate_falls_as_kerass_does() {
        let decay = CosineDecay { steps: 1000, final_rate: 1e-5 };
        let expected =
            [(1, 1e-3), (251, 8.550_178_5e-4), (501, 5.05e-4), (751, 1.549_821_5e-4), (1001, 1e-5), (5000, 1e-5)];
        for (iteration, rate) in expected {
            let got = f64::from(decay.rate(1e-3, iteration));
            // The given rates are rounded to f32, and so is the result.
            assert!((got - rate).abs() <= 3e-7 * rate, "{iteration}: {got} and not {rate}");
        }
    }
}
