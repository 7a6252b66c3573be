use std::future::Future;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{BufferId, Plan};

/// What changes from one run of a plan's steps to the next. It travels as data: nothing of it may be baked into
/// what an executor prepares once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepData {
    /// Examples in the buffers now, at most the plan's `max_batch`.
    pub batch: usize,
    /// Examples of the whole batch, of which `batch` may be one worker's shard: gradients are divided by this.
    pub batch_total: usize,
    /// Where this shard begins in the whole batch: dropout's mask counts elements from there.
    pub first_example: usize,
    pub learning_rate: f32,
    /// Updates done before this one, plus one: Adam's `t`, and the step that dropout's mask is drawn for.
    pub iteration: u32,
    pub seed: u32,
}

impl StepData {
    /// Data of a forward-only run over `batch` examples.
    pub fn forward(batch: usize) -> Self {
        StepData { batch, batch_total: batch, first_example: 0, learning_rate: 0.0, iteration: 1, seed: 0 }
    }
}

/// Runs any range of a plan's steps over its buffers.
///
/// Reads are asynchronous because a browser cannot wait for its GPU; an executor that has the numbers at hand answers
/// at once.
pub trait Executor {
    type Error: std::error::Error + 'static;

    fn plan(&self) -> &Plan;

    /// Writes `data` to the start of a buffer; a batched buffer may be written for fewer than `max_batch` examples.
    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), Self::Error>;

    /// Runs `steps` of the plan in order. What they wrote is there for later steps and reads. The numbers of examples beyond
    /// `data.batch` count for nothing, and stay as they are.
    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), Self::Error>;

    /// The first `len` numbers of a buffer.
    fn read(&self, buffer: BufferId, len: usize) -> impl Future<Output = Result<Vec<f32>, Self::Error>>;
}
