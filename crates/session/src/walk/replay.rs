//! The last updates of a run, made again from a copy of it that is some updates older: what became of one weight in each.

use std::sync::Arc;

use atelier_cpu::{CpuExecutor, Isa};
use atelier_data::{Shuffle, input_of};
use atelier_nn::{BufferId, Executor, Keep, Lowering, Plan, StepData};
use serde::Serialize;

use crate::evaluate::one_hot;
use crate::trainer::write_each;
use crate::{Checkpoint, Progress, Room, SessionError};

/// One update of a weight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Moved {
    /// Number of the update: 1 is the run's first.
    pub iteration: u32,
    /// The weight as the update found it.
    pub before: f32,
    pub gradient: f32,
    /// And as it left it.
    pub after: f32,
}

/// A run that goes on from a copy, on one worker of the CPU, and is watched at one weight. It makes the updates that the run made
/// but for rounding: workers and GPUs add up in other orders. A rate that was changed meanwhile it does not know of.
pub struct Replay {
    plan: Arc<Plan>,
    executor: CpuExecutor,
    progress: Progress,
    data: StepData,
    batch_size: usize,
    pictures: usize,
    weight: BufferId,
    gradient: BufferId,
    index: usize,
}

impl Replay {
    /// From a copy of the run; `anew`: from the first weights of its seed instead. `pictures`: as many as it trains on.
    ///
    /// # Errors
    /// Where there is no such weight or it is frozen, the copy lacks a tensor, or there is no room.
    pub fn new(
        checkpoint: &Checkpoint,
        anew: bool,
        pictures: usize,
        weight: &str,
        index: usize,
        room: Room,
    ) -> Result<Self, SessionError> {
        let training = &checkpoint.training;
        let lower = |batch: usize| {
            let lowering =
                Lowering { keep: Keep::Needed, ..Lowering::training(batch, training.loss, training.optimizer.clone()) };
            checkpoint.network.lower(&lowering)
        };
        let plan = Arc::new(lower(training.batch_size.min(pictures))?);
        let missing = |what: String| SessionError::NotInPlan { what };
        let found = plan.parameters.iter().find(|parameter| plan.buffer(parameter.buffer).name == weight);
        let found = found.and_then(|parameter| Some((parameter.buffer, parameter.gradient?)));
        let Some((weight, gradient)) = found.filter(|(buffer, _)| index < plan.buffer(*buffer).len()) else {
            return Err(missing(format!("nothing is learnt at number {index} of `{weight}`")));
        };
        let needed = CpuExecutor::needs([&*plan], Isa::best())?.total();
        let room = room.worker.min(room.together);
        if needed > room {
            return Err(SessionError::TooBig { needed, room, batch: training.batch_size, fits: 0 });
        }
        let mut executor = CpuExecutor::new(Arc::clone(&plan))?;
        let progress = if anew { Progress::default() } else { checkpoint.progress.clone() };
        if anew {
            for (buffer, values) in plan.initial_values(training.seed) {
                executor.write(buffer, &values)?;
            }
        } else {
            let parameters = plan.parameters.iter().map(|parameter| parameter.buffer);
            write_each(&plan, parameters, &checkpoint.parameters_for(&plan)?, |buffer, values| {
                Ok(executor.write(buffer, values)?)
            })?;
        }
        if progress.iteration > 0 {
            let kept = plan.optimizer_state.iter().copied();
            write_each(&plan, kept, &checkpoint.optimizer_state_for(&plan)?, |buffer, values| {
                Ok(executor.write(buffer, values)?)
            })?;
        }
        let data = StepData { learning_rate: training.learning_rate, seed: training.seed, ..StepData::forward(0) };
        let batch_size = training.batch_size;
        Ok(Replay { plan, executor, progress, data, batch_size, pictures, weight, gradient, index })
    }

    /// Updates that the run had made at the moment that is reached.
    pub fn iteration(&self) -> u32 {
        self.progress.iteration
    }

    /// The training pictures of the batch that comes next.
    pub fn next_batch(&mut self) -> Vec<u32> {
        let order = |epoch: u32| Shuffle::new(self.pictures as u32, u64::from(self.data.seed), u64::from(epoch));
        let batch = |epoch, at| order(epoch).batch(self.batch_size, at).map(<[u32]>::to_vec);
        batch(self.progress.epoch, self.progress.batch as usize).unwrap_or_else(|| {
            (self.progress.epoch, self.progress.batch) = (self.progress.epoch.saturating_add(1), 0);
            batch(self.progress.epoch, 0).unwrap_or_default()
        })
    }

    /// Trains the next batch: its pixels, as bytes, and its classes.
    ///
    /// # Errors
    /// Where the pictures do not fit the network.
    pub fn train(&mut self, pixels: &[u8], labels: &[u16]) -> Result<Moved, SessionError> {
        let plan = Arc::clone(&self.plan);
        let batch = labels.len();
        let expected = plan.len_of(plan.input, batch);
        if pixels.len() != expected || batch > plan.max_batch {
            return Err(SessionError::PictureLength { expected, got: pixels.len() });
        }
        let inputs: Vec<f32> = pixels.iter().copied().map(input_of).collect();
        self.executor.write(plan.input, &inputs)?;
        if let Some(target) = plan.target {
            self.executor.write(target, &one_hot(labels, plan.buffer(target).len()))?;
        }
        let iteration = self.progress.iteration.saturating_add(1);
        let data = StepData { batch, batch_total: batch, iteration, ..self.data };
        let at = |executor: &CpuExecutor, buffer| executor.get(buffer).get(self.index).copied().unwrap_or(f32::NAN);
        let before = at(&self.executor, self.weight);
        self.executor.run(0..plan.backward.end, &data)?;
        let gradient = at(&self.executor, self.gradient);
        self.executor.run(plan.update.clone(), &data)?;
        let after = at(&self.executor, self.weight);
        self.progress.iteration = iteration;
        self.progress.batch += 1;
        Ok(Moved { iteration, before, gradient, after })
    }
}
