//! Everything that a page or a person can choose from, with names, defaults and ranges.

use atelier_nn::{Hyperparameter, LEARNING_RATE, NetworkCatalogue, Whole};
use serde::Serialize;

use crate::Training;

pub(crate) const BATCH_SIZE: Whole = Whole { name: "batch_size", least: 1, most: 4096 };
pub(crate) const EPOCHS: Whole = Whole { name: "epochs", least: 1, most: 10_000 };
const SEED: Whole = Whole { name: "seed", least: 0, most: u32::MAX as usize };

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Catalogue {
    pub network: NetworkCatalogue,
    pub training: TrainingCatalogue,
}

/// The settings of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TrainingCatalogue {
    pub default: Training,
    /// Those that are not the optimiser's.
    pub hyperparameters: Vec<Hyperparameter>,
}

impl Catalogue {
    pub fn new() -> Self {
        let hyperparameters = vec![
            Hyperparameter::Real(LEARNING_RATE),
            Hyperparameter::Whole(BATCH_SIZE),
            Hyperparameter::Whole(EPOCHS),
            Hyperparameter::Whole(SEED),
        ];
        Catalogue {
            network: NetworkCatalogue::new(),
            training: TrainingCatalogue { default: Training::default(), hyperparameters },
        }
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}
