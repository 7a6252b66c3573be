//! What a teacher is told, and what it tells.

use atelier_nn::{LEARNING_RATE, Real, Whole};
use serde::{Deserialize, Serialize};

use super::head::Scope;
use crate::SessionError;

const UPDATES: Whole = Whole { name: "updates", least: 1, most: 10_000 };
const BATCH_SIZE: Whole = Whole { name: "batch_size", least: 1, most: 512 };
const SHARE: Real =
    Real { name: "rehearsal", least: 0.0, most: 1.0, above_least: false, below_most: true, optional: false };

/// How a network is taught.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Teaching {
    pub scope: Scope,
    pub updates: u32,
    pub learning_rate: f32,
    /// Pictures an update.
    pub batch_size: usize,
    /// The share of each batch that is rehearsed; the rest is kept drawings, of which there is always one.
    pub rehearsal: f32,
    /// Of the order, and of the first weights of new classes.
    pub seed: u32,
}

impl Default for Teaching {
    /// What forgot least where it was measured, on the network of the opening: with a new class of four drawings, 942 of the 944
    /// test pictures in 1,000 that it had known were left, and every other drawing of that class was known. With the last
    /// layer alone it was 919; without rehearsal 843, and 435 at three times the rate.
    fn default() -> Self {
        Teaching { scope: Scope::LastBlock, updates: 120, learning_rate: 1e-3, batch_size: 32, rehearsal: 0.5, seed: 7 }
    }
}

impl Teaching {
    /// Refuses what cannot be taught with.
    pub(super) fn check(&self) -> Result<(), SessionError> {
        UPDATES.check(self.updates as usize)?;
        LEARNING_RATE.check(self.learning_rate)?;
        BATCH_SIZE.check(self.batch_size)?;
        Ok(SHARE.check(self.rehearsal)?)
    }
}

/// How far the teaching has come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Lesson {
    /// Pieces of work that are done.
    pub done: u32,
    /// Pieces of work in all.
    pub of: u32,
    /// Mean loss of the batch, where this piece was an update.
    pub loss: Option<f32>,
}

/// What the network says of one kept drawing: the mean over its readings, as in the Draw view.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Said {
    /// None where the network's outputs are not numbers.
    pub class: Option<u16>,
    /// What it gave that class.
    pub confidence: f32,
}

/// Right answers among all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Right {
    pub right: u32,
    pub of: u32,
}

/// What a network knows at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Standing {
    pub kept: Right,
    /// Of no picture where there was none to validate by.
    pub validation: Right,
    /// To each kept drawing.
    pub said: Vec<Said>,
}

/// What teaching changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Outcome {
    /// The network as it came, which knew no new class.
    pub before: Standing,
    pub after: Standing,
}

impl Right {
    pub(super) fn count(&mut self, right: bool) {
        self.right += u32::from(right);
        self.of += 1;
    }
}
