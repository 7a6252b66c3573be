//! Optimisers with Keras's defaults. The learning rate is not here: it may change at every step, so it travels with
//! the step's data ([`crate::StepData`]).

use serde::{Deserialize, Serialize};

use crate::OutOfRange;
use crate::ranges::{BETA_1, BETA_2, EPSILON, MOMENTUM};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "class_name")]
pub enum Optimizer {
    #[serde(rename = "SGD")]
    Sgd(Sgd),
    Adam(Adam),
}

impl Optimizer {
    /// Keras's default learning rate of the optimiser.
    pub fn default_learning_rate(&self) -> f32 {
        match self {
            Optimizer::Sgd(_) => 0.01,
            Optimizer::Adam(_) => 0.001,
        }
    }

    /// Refuses what no training can use.
    pub fn check(&self) -> Result<(), OutOfRange> {
        match self {
            Optimizer::Sgd(sgd) => MOMENTUM.check(sgd.momentum),
            Optimizer::Adam(adam) => {
                BETA_1.check(adam.beta_1)?;
                BETA_2.check(adam.beta_2)?;
                EPSILON.check(adam.epsilon)
            }
        }
    }
}

impl Default for Optimizer {
    fn default() -> Self {
        Optimizer::Adam(Adam::default())
    }
}

/// Stochastic gradient descent: `v ← momentum·v − lr·g`, then `w ← w + v`, or `w ← w + momentum·v − lr·g` with
/// Nesterov's look-ahead.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Sgd {
    pub momentum: f32,
    pub nesterov: bool,
}

/// Adam (Kingma and Ba 2015) in Keras's form: `α = lr·√(1−β₂ᵗ)/(1−β₁ᵗ)`, `w ← w − α·m/(√v + ε)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Adam {
    pub beta_1: f32,
    pub beta_2: f32,
    pub epsilon: f32,
}

impl Default for Adam {
    fn default() -> Self {
        Adam { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}
