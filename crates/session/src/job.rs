use std::sync::Arc;

use atelier_nn::StepData;
use serde::{Deserialize, Serialize};

/// What a worker is to do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Forward, loss and backward over a shard, as far as it goes alone. Outcome: what the shards put together at the plan's
    /// next exchange, or at the end `[Σ loss, right answers]` and every reduced buffer of the plan.
    Train(StepData),
    /// Goes on from an exchange with the numbers that all shards put together. Outcome: as of `Train`.
    GoOn,
    /// Forward and loss. Outcome: the loss of each example, then the output of each.
    Evaluate { examples: usize },
}

/// A piece of work for a worker.
#[derive(Clone, Debug)]
pub struct Job {
    pub task: Task,
    /// All parameters, in the plan's order, one after another; none where the worker has them.
    pub parameters: Option<Arc<[f32]>>,
    /// The examples, or what the shards put together.
    pub inputs: Vec<f32>,
    pub targets: Vec<f32>,
}
