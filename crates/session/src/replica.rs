use std::sync::Arc;

use atelier_cpu::CpuExecutor;
use atelier_nn::{BufferId, Executor, Lowering, Network, Plan, StepData};
use serde::{Deserialize, Serialize};

use crate::host::Breathless;
use crate::{Host, SessionError, Training};

/// What every worker of a run must agree on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setup {
    pub network: Network,
    pub training: Training,
    /// Workers that share a batch, the leader included.
    pub workers: usize,
}

/// Pictures that one worker evaluates at a time.
pub(crate) const EVALUATION_BATCH: usize = 128;

impl Setup {
    /// Examples of the largest shard.
    pub fn largest_shard(&self) -> usize {
        self.training.batch_size.div_ceil(self.workers.max(1))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Forward, loss and backward. Outcome: `[Σ loss, right answers]`, then every reduced buffer of the plan.
    Train,
    /// Forward and loss. Outcome: the loss of each example, then the output of each.
    Evaluate,
}

/// A shard of a batch for a worker.
#[derive(Clone, Debug)]
pub struct Job {
    pub task: Task,
    pub data: StepData,
    /// All parameters, in the plan's order, one after another.
    pub parameters: Arc<[f32]>,
    pub inputs: Vec<f32>,
    pub targets: Vec<f32>,
}

/// One worker's copy of the network: its plans and their memory.
pub struct Replica {
    train: Compiled,
    evaluate: Compiled,
}

impl Replica {
    pub fn new(setup: &Setup) -> Result<Self, SessionError> {
        let Setup { network, training, .. } = setup;
        let train = Lowering::training(setup.largest_shard(), training.loss, training.optimizer.clone());
        let evaluate = Lowering::evaluation(EVALUATION_BATCH, training.loss);
        Ok(Replica { train: Compiled::new(network, &train)?, evaluate: Compiled::new(network, &evaluate)? })
    }

    /// Does a whole job without a break.
    pub async fn perform(&mut self, job: &Job) -> Result<Vec<f32>, SessionError> {
        self.set_parameters(job.task, &job.parameters)?;
        self.run_shard(job.task, &job.data, &job.inputs, &job.targets, &Breathless).await
    }

    /// Runs a shard with the parameters that the task's plan holds, and reads its outcome.
    pub(crate) async fn run_shard(
        &mut self,
        task: Task,
        data: &StepData,
        inputs: &[f32],
        targets: &[f32],
        host: &impl Host,
    ) -> Result<Vec<f32>, SessionError> {
        let compiled = self.compiled(task);
        let plan = Arc::clone(&compiled.plan);
        compiled.executor.write(plan.input, inputs)?;
        if let Some(target) = plan.target {
            compiled.executor.write(target, targets)?;
        }
        for step in 0..plan.backward.end {
            compiled.executor.run(step..step + 1, data)?;
            host.breathe().await;
        }
        let wanted: Vec<BufferId> = match task {
            Task::Train => plan.metrics.into_iter().chain(plan.reduced()).collect(),
            Task::Evaluate => plan.example_loss.into_iter().chain([plan.output]).collect(),
        };
        compiled.read(wanted, data.batch).await
    }

    /// Puts the reduced gradients and moments in place and updates the parameters.
    pub(crate) fn update(&mut self, reduced: &[f32], data: &StepData) -> Result<(), SessionError> {
        let plan = Arc::clone(&self.train.plan);
        self.train.write(plan.reduced(), reduced)?;
        // An update looks at no example; the whole batch may be more than one worker's memory holds.
        Ok(self.train.executor.run(plan.update.clone(), &StepData { batch: 1, ..*data })?)
    }

    /// All parameters, in the plan's order.
    pub(crate) async fn parameters(&self) -> Result<Vec<f32>, SessionError> {
        self.train.read(self.train.plan.parameters.iter().map(|p| p.buffer), 1).await
    }

    pub(crate) fn set_parameters(&mut self, task: Task, parameters: &[f32]) -> Result<(), SessionError> {
        self.compiled(task).set_parameters(parameters)
    }

    /// All optimiser state, in the plan's order.
    pub(crate) async fn optimizer_state(&self) -> Result<Vec<f32>, SessionError> {
        self.train.read(self.train.plan.optimizer_state.iter().copied(), 1).await
    }

    pub(crate) fn set_optimizer_state(&mut self, state: &[f32]) -> Result<(), SessionError> {
        let plan = Arc::clone(&self.train.plan);
        self.train.write(plan.optimizer_state.iter().copied(), state)
    }

    /// The plan that trains.
    pub(crate) fn plan(&self) -> &Arc<Plan> {
        &self.train.plan
    }

    fn compiled(&mut self, task: Task) -> &mut Compiled {
        match task {
            Task::Train => &mut self.train,
            Task::Evaluate => &mut self.evaluate,
        }
    }
}

/// A plan and what runs it.
pub(crate) struct Compiled {
    pub plan: Arc<Plan>,
    pub executor: CpuExecutor,
}

impl Compiled {
    pub fn new(network: &Network, lowering: &Lowering) -> Result<Self, SessionError> {
        let plan = Arc::new(network.lower(lowering)?);
        let executor = CpuExecutor::new(Arc::clone(&plan))?;
        Ok(Compiled { plan, executor })
    }

    pub fn set_parameters(&mut self, parameters: &[f32]) -> Result<(), SessionError> {
        let plan = Arc::clone(&self.plan);
        self.write(plan.parameters.iter().map(|p| p.buffer), parameters)
    }

    /// Buffers one after another.
    pub async fn read(
        &self,
        buffers: impl IntoIterator<Item = BufferId>,
        batch: usize,
    ) -> Result<Vec<f32>, SessionError> {
        let mut all = Vec::new();
        for buffer in buffers {
            all.extend(self.executor.read(buffer, self.plan.len_of(buffer, batch)).await?);
        }
        Ok(all)
    }

    /// Unbatched buffers from where [`Self::read`] left them.
    fn write(&mut self, buffers: impl IntoIterator<Item = BufferId>, values: &[f32]) -> Result<(), SessionError> {
        let mut rest = values;
        for buffer in buffers {
            let len = self.plan.buffer(buffer).len();
            let Some((these, after)) = rest.split_at_checked(len) else {
                return Err(SessionError::OtherNetwork {
                    reason: format!(
                        "there are too few numbers ({}) for `{}`",
                        values.len(),
                        self.plan.buffer(buffer).name
                    ),
                });
            };
            self.executor.write(buffer, these)?;
            rest = after;
        }
        Ok(())
    }
}
