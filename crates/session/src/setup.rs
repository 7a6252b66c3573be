use atelier_nn::{Lowering, Network};
use serde::{Deserialize, Serialize};

use crate::Training;

/// What every worker of a run must agree on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    pub network: Network,
    pub training: Training,
    /// Workers that share a batch, the leader included.
    pub workers: usize,
}

impl Setup {
    /// Examples of the largest shard.
    pub fn largest_shard(&self) -> usize {
        self.training.batch_size.div_ceil(self.workers.max(1))
    }

    /// The plan that leads an update: it holds the optimiser's state.
    pub(crate) fn training_plan(&self, max_batch: usize) -> Lowering {
        Lowering::training(max_batch, self.training.loss, self.training.optimizer.clone())
    }

    /// A helper's: without the optimiser's state, which only the leader needs.
    pub(crate) fn helper_plan(&self, max_batch: usize) -> Lowering {
        Lowering { update: None, ..self.training_plan(max_batch) }
    }

    pub(crate) fn evaluation_plan(&self, max_batch: usize) -> Lowering {
        Lowering::evaluation(max_batch, self.training.loss)
    }
}
